"""The Agent Approval Protocol against its description: it answers as it says and never breaks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lineclear.domain.vocabulary import Role
from support.aap import agents_workspace, call, key
from support.backend import Running, running

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(agents_workspace(tmp_path / "workspace"), workers=0) as backend:
        yield backend


def fuzz(here: Running, document: dict, *, examples: int) -> set[str]:
    """Every address with generated requests, as those who may and those who may not."""
    agent, maker = here.token("bot", Role.AGENT), here.token("ci", Role.PROVISIONER)
    for operations in document["paths"].values():
        for operation in operations.values():
            if isinstance(operation, dict) and "parameters" in operation:
                # A test that waits proves nothing here.
                operation["parameters"] = [
                    one for one in operation["parameters"] if one.get("name") != "wait"
                ]
    asked = here.http(agent).post("/aap/v1/requests", json=call(), headers={"Idempotency-Key": key()})
    made = here.http(maker).post("/aap/v1/instances", json={}, headers={"Idempotency-Key": key()})
    ids = {"requests": asked.json()["id"], "instances": made.json()["instance"]["id"]}
    answered: set[str] = set()
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        operation = found.ok()
        kind = "instances" if "/instances" in operation.path else "requests"
        token = maker if kind == "instances" else agent
        known = {"id": ids[kind]} if "{id}" in operation.path else None
        modes = st.one_of(
            operation.as_strategy(generation_mode=mode, path_parameters=path)
            for mode in schemathesis.GenerationMode
            for path in ([known, None] if known else [None])
        )

        @given(case=modes, secret=st.sampled_from([token, token, token, "nobody"]))
        @settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def attack(case: schemathesis.Case, secret: str) -> None:
            answer = case.call(base_url=here.url, headers={"Authorization": f"Bearer {secret}"})
            case.validate_response(answer, checks=CHECKS)
            answered.add(f"{case.method} {answer.status_code}")

        attack()
    return answered


def test_generated_requests_are_answered_as_the_protocol_says(here: Running):
    document = here.http().get("/aap/openapi.json").json()
    answered = fuzz(here, document, examples=25)
    assert {"POST 201", "POST 400", "POST 401", "GET 200", "GET 404", "PATCH 200", "DELETE 200"} <= answered


@pytest.mark.long
def test_many_generated_requests_are_answered_as_the_protocol_says(here: Running):
    document = here.http().get("/aap/openapi.json").json()
    assert fuzz(here, document, examples=400)
