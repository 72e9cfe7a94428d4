"""Open Policy Agent itself as the judge outside, with the rule that comes with the program.

It runs where `opa` is found; elsewhere a stand-in that speaks its documented API is asked (`support.opa`).
"""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from lineclear.domain.policy.reasons import ReasonCode
from lineclear.domain.vocabulary import ActionStatus, Outcome, Tier
from support.backend import Running, new_workspace, refund_payload, running
from support_source import PROJECT

OPA = shutil.which("opa") or ""
pytestmark = pytest.mark.skipif(not OPA, reason="Open Policy Agent is not installed here")

RULE = PROJECT / "resources/policy/lineclear.rego"


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def opa(port: int) -> Iterator[None]:
    """It answers for the rule until the end of the block."""
    command = [OPA, "run", "--server", "--addr", f"127.0.0.1:{port}", str(RULE)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            transport = httpx.HTTPTransport(retries=6)  # it takes a moment to listen
            with httpx.Client(transport=transport, trust_env=False) as wire:
                assert wire.get(f"http://127.0.0.1:{port}/health").status_code == 200
            yield
        finally:
            process.terminate()


@pytest.fixture
def port() -> int:
    return a_free_port()


@pytest.fixture
def here(tmp_path: Path, port: int) -> Iterator[Running]:
    workspace = new_workspace(tmp_path / "workspace")
    with (workspace / "policy.yaml").open("a") as policy:
        policy.write(
            f"\nopa:\n  url: http://127.0.0.1:{port}/v1/data/lineclear/decision\n  timeout_ms: 5000\n"
        )
    with running(workspace) as found:
        yield found


@pytest.mark.parametrize(
    ("amount", "outcome", "code", "says"),
    [
        ("20.00", Outcome.ALLOW, ReasonCode.JUDGE_ALLOWS, ""),
        ("45.00", Outcome.ASK, ReasonCode.JUDGE_ASKS, "A refund above 40"),
        ("180.00", Outcome.DENY, ReasonCode.JUDGE_DENIES, "Refunds above 150 are made by hand"),
    ],
)
def test_what_its_rule_says_is_what_counts(here, port, amount, outcome, code, says):
    with opa(port):
        judged = here.bot().propose(refund_payload(amount)).judged
    (reason,) = [one for one in judged.reasons if one.code is code]
    assert (judged.outcome, reason.params.get("says", "")) == (outcome, says)


def test_the_tier_that_its_rule_asks_for_is_the_least(here, port):
    with opa(port):
        assert here.bot().propose(refund_payload("45.00")).judged.tier is Tier.TWO


def test_it_is_asked_again_before_an_effect_which_then_takes_place(here, port):
    store, reader = here.backend.services.store, here.hand().client
    with opa(port):
        action = here.bot().propose(refund_payload("20.00"))
        size = 0
        while action.status in {ActionStatus.CLEARED, ActionStatus.STARTED}:
            size = store.wait(size, 5)
            action = reader.detail(action.id).action
    assert action.status is ActionStatus.SUCCEEDED
    assert action.consulted.occasion == "start"


def test_i14_its_silence_allows_nothing(here):
    assert here.bot().propose(refund_payload("20.00")).status is ActionStatus.DENIED
