"""The API against its own description: whatever is sent, it answers as it says and never breaks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lineclear.domain.vocabulary import Role, Tier
from support.backend import Running, new_workspace, running

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(new_workspace(tmp_path / "workspace"), workers=0) as backend:
        yield backend


def described(here: Running) -> dict:
    """What the backend says of itself, but for waiting: a test that waits proves nothing here."""
    document = here.http().get("/openapi.json").json()
    del document["paths"]["/v1/feed/stream"]
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["parameters"] = [
                one for one in operation.get("parameters", []) if one["name"] != "wait"
            ]
    return document


def fuzz(here: Running, role: Role, *, examples: int) -> list[str]:
    """Every address with generated requests, as one role, on ids that exist and ids that do not."""
    bot = here.bot()
    ids = {"job": bot.job.id, "action": bot.propose().id, "agent": bot.job.agent}
    ids["digest"] = bot.client.action(ids["action"]).content.payload
    name = "support-agent" if role is Role.AGENT else f"some-{role}"
    headers = {"Authorization": f"Bearer {here.token(name, role, tier=Tier.THREE)}"}
    schema = schemathesis.openapi.from_dict(described(here))
    answered: list[str] = []
    for found in schema.get_all_operations():
        operation = found.ok()
        known = {one: ids.get(one, "0") for one in re.findall(r"\{(\w+)\}", operation.path)}
        modes = st.one_of(
            operation.as_strategy(generation_mode=mode, path_parameters=path)
            for mode in schemathesis.GenerationMode
            for path in ([known, None] if known else [None])
        )

        @given(case=modes)
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def attack(case: schemathesis.Case) -> None:
            answer = case.call(base_url=here.url, headers=headers)
            case.validate_response(answer, checks=CHECKS)
            answered.append(f"{case.method} {answer.status_code}")

        attack()
    return answered


@pytest.mark.parametrize("role", [Role.AGENT, Role.ADMIN])
def test_generated_requests_are_answered_as_described(here: Running, role: Role):
    answered = fuzz(here, role, examples=8)
    assert len(answered) > 200
    assert {"GET 200", "POST 400"} <= set(answered)


@pytest.mark.long
@pytest.mark.parametrize("role", list(Role))
def test_many_generated_requests_are_answered_as_described(here: Running, role: Role):
    assert fuzz(here, role, examples=300)
