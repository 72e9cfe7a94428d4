"""Agents come in by the Agent Approval Protocol: its published client, unmodified, against a real backend."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from agentapprovalprotocol import Call, Gate
from agentapprovalprotocol._client import ConflictError, CredentialRefused, NotFound

from lineclear.application.deciding.editing import Edit
from lineclear.application.governing.people import revoke_token
from lineclear.application.governing.workspaces import activate_policy
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from support.aap import REFUND, Desk, agents_workspace, call, client_of, desk, key
from support.backend import new_key, running


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with running(agents_workspace(tmp_path / "workspace")) as backend:
        yield desk(backend)


def test_an_approved_call_runs_once_and_its_outcome_is_on_the_register(here: Desk):
    request = here.client.create(call(agent_reasoning="Charged twice"), key())
    assert request.status == "pending"
    action = here.action(request.id)
    assert (action.status, action.capability, action.tool) == (
        ActionStatus.PENDING,
        "agents_refund",
        "issue_refund",
    )
    assert (action.why, action.amount, action.currency) == ("Charged twice", "60.00", "USD")

    here.decide(request.id, reason="Confirmed with the bank")
    approved = here.client.get(request.id, wait=5)
    assert approved.decision is not None
    assert (approved.status, approved.decision.note) == ("approved", "Confirmed with the bank")
    assert here.client.consume(request.id, key()).consumption is not None
    assert here.action(request.id).status is ActionStatus.STARTED

    done = here.client.report_outcome(request.id, "succeeded", "Refund re_1")
    assert done.consumption is not None
    assert done.consumption.outcome is not None
    assert (done.consumption.outcome.status, done.consumption.outcome.note) == ("succeeded", "Refund re_1")
    assert here.action(request.id).status is ActionStatus.SUCCEEDED
    types = [json.loads(item.entry)["type"] for item in here.ops.client.feed(0).items]
    assert [one for one in types if one.startswith("execution.")] == [
        "execution.started",
        "execution.reported",
    ]


def test_what_is_shown_and_signed_is_the_call_to_the_byte(here: Desk):
    """I1: number spelling, key order and odd keys of the arguments survive into the payload and back."""
    wire = here.here.http(here.here.token("refund-bot", Role.AGENT, owner="owner"))
    arguments = '{"z":1.50,"a":"\\u00e9","payment id":"x","amount":"60.00","currency":"USD"}'
    body = f'{{"timeout":"10m","tool":"issue_refund","arguments":{arguments}}}'
    headers = {"Content-Type": "application/json", "Idempotency-Key": key()}
    answer = wire.post("/aap/v1/requests", content=body, headers=headers)
    assert answer.status_code == 201
    assert arguments in answer.text
    detail = here.ops.client.detail(here.action(answer.json()["id"]).id)
    assert detail.payload is not None
    assert arguments.encode() in unseal(detail.payload.encode())


def test_a_denial_carries_its_reason_and_nothing_may_run(here: Desk):
    request = here.client.create(call(), key())
    here.decide(request.id, Verdict.REJECT, "Use 30.00 instead")
    denied = here.client.get(request.id)
    assert denied.decision is not None
    assert (denied.status, denied.decision.note, denied.decision.expires_at) == (
        "denied",
        "Use 30.00 instead",
        None,
    )
    with pytest.raises(ConflictError) as refused:
        here.client.consume(request.id, key())
    assert refused.value.code == "not_approved"


def test_a_call_that_would_go_on_with_its_own_arguments_cannot_be_edited(here: Desk):
    request = here.client.create(call(), key())
    action = here.action(request.id)
    wanted = Edit(json.dumps({**REFUND, "amount": "50.00"}).encode(), action.revision)
    with pytest.raises(Refusal) as refused:
        here.ops.client.edit(action.id, wanted, key=new_key())
    assert refused.value.code is Code.NOT_EDITABLE
    assert here.action(request.id) == action


def test_policy_answers_at_once_where_it_asks_nobody(here: Desk):
    allowed = here.client.create(call("look_up"), key())
    assert allowed.status == "approved"
    denied = here.client.create(call("rm_rf"), key())
    assert denied.decision is not None
    assert denied.decision.note is not None
    assert (denied.status, denied.decision.note[:18]) == ("denied", "Denied by policy. ")
    assert here.action(denied.id).status is ActionStatus.DENIED


def test_a_tool_of_a_server_is_known_by_both_names(here: Desk):
    request = here.client.create(call("send", server="desk", context={"call_id": "c1"}), key())
    assert (request.server, request.tool, request.context) == ("desk", "send", {"call_id": "c1"})
    assert here.action(request.id).tool == "desk.send"


def test_policy_may_queue_tools_that_nobody_declared(tmp_path: Path):
    with running(agents_workspace(tmp_path / "open", unlisted=True)) as backend:
        here = desk(backend)
        request = here.client.create(call("rm_rf"), key())
        action = here.action(request.id)
        assert (request.status, action.tool, action.title) == ("pending", "agents.unlisted", "Call rm_rf")
        assert action.tier is Tier.THREE


def test_a_tool_that_the_backend_carries_out_cannot_be_had_this_way(here: Desk):
    """An agent gets no clearance of its own for what a connector would do."""
    assert here.client.create(call("payments.create_refund"), key()).status == "denied"


def test_a_clearance_is_consumed_once_whoever_races(here: Desk):
    """I2: of many consumers with keys of their own one wins; its key again gives the same answer."""
    request = here.client.create(call(), key())
    here.decide(request.id)
    keys = [key() for _ in range(16)]

    def consume(one: str) -> str:
        try:
            here.client.consume(request.id, one)
        except ConflictError as conflict:
            return conflict.code
        return one

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(consume, keys))
    (winner,) = set(found) & set(keys)
    assert found.count("already_consumed") == 15
    first = here.client.consume(request.id, winner)
    assert first == here.client.consume(request.id, winner)


def test_the_same_submission_again_is_the_same_request_and_another_conflicts(here: Desk):
    name = key()
    first = here.client.create(call(), name)
    size = here.here.settled_size()
    assert here.client.create(call(), name) == first
    assert here.here.size() == size
    with pytest.raises(ConflictError) as other:
        here.client.create(call("desk.send"), name)
    assert other.value.code == "idempotency_conflict"
    wire = here.here.http(here.here.token("refund-bot", Role.AGENT, owner="owner"))
    spaced = json.dumps(dict(reversed(call().items())), indent=2)
    headers = {"Content-Type": "application/json", "Idempotency-Key": name}
    again = wire.post("/aap/v1/requests", content=spaced, headers=headers)
    assert (again.status_code, again.json()["id"]) == (200, first.id)


def test_many_submissions_of_one_key_make_one_request(here: Desk):
    """I26."""
    name = key()
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: here.client.create(call(), name).id, range(24)))
    assert len(found) == 1
    assert len(here.ops.client.actions().items) == 1


def test_a_request_is_cancelled_while_it_waits_and_never_afterwards(here: Desk):
    waiting, decided = (here.client.create(call(), key()) for _ in range(2))
    with ThreadPoolExecutor(1) as pool:
        poll = pool.submit(here.client.get, waiting.id, wait=20)
        assert here.client.cancel(waiting.id).status == "cancelled"
        assert poll.result().status == "cancelled"
    assert here.client.cancel(waiting.id).status == "cancelled"
    here.decide(decided.id)
    with pytest.raises(ConflictError) as refused:
        here.client.cancel(decided.id)
    assert refused.value.code == "already_terminal"
    assert here.client.get(decided.id).status == "approved"


def test_a_request_that_nobody_decides_expires_and_can_be_approved_no_more(here: Desk):
    request = here.client.create(call(timeout="1s"), key())
    action = here.action(request.id)
    expired = here.client.get(request.id, wait=10)
    assert (expired.status, expired.deadline_at) == ("expired", request.deadline_at)
    with pytest.raises(Refusal):
        here.ops.decide(action)


def test_an_approval_ends_unused_and_stays_an_approval(tmp_path: Path):
    with running(agents_workspace(tmp_path / "short", lasts=1)) as backend:
        here = desk(backend)
        request = here.client.create(call(), key())
        action = here.decide(request.id)
        approved = here.client.get(request.id)
        backend.until(lambda: here.action(request.id).status is ActionStatus.EXPIRED)
        with pytest.raises(ConflictError) as refused:
            here.client.consume(request.id, key())
        assert refused.value.code == "approval_expired"
        assert here.client.get(request.id) == approved
        assert action.status is ActionStatus.CLEARED


def test_a_started_call_without_an_outcome_becomes_unknown_and_a_late_word_is_taken(tmp_path: Path):
    with running(agents_workspace(tmp_path / "silent", within=1)) as backend:
        here = desk(backend)
        request = here.client.create(call(), key())
        here.decide(request.id)
        here.client.consume(request.id, key())
        backend.until(lambda: here.action(request.id).status is ActionStatus.UNKNOWN)
        late = here.client.report_outcome(request.id, "failed", "The bank said no")
        assert late.consumption is not None
        assert late.consumption.outcome is not None
        assert here.action(request.id).status is ActionStatus.FAILED


def test_an_outcome_comes_after_the_start_and_is_said_once(here: Desk):
    request = here.client.create(call(), key())
    here.decide(request.id)
    with pytest.raises(ConflictError) as early:
        here.client.report_outcome(request.id, "succeeded")
    here.client.consume(request.id, key())
    here.client.report_outcome(request.id, "succeeded")
    here.client.report_outcome(request.id, "succeeded")
    with pytest.raises(ConflictError) as other:
        here.client.report_outcome(request.id, "failed")
    assert (early.value.code, other.value.code) == ("not_consumed", "outcome_conflict")


def test_what_holds_the_backend_back_holds_the_agent_back(here: Desk):
    """I27: after safe mode nothing starts, also not by who executes elsewhere; leaving it lets it go on."""
    request = here.client.create(call(), key())
    here.decide(request.id)
    here.ops.client.switch_safe_mode(on=True, reason="Something is odd", key=new_key())
    with pytest.raises(ConflictError) as refused:
        here.client.consume(request.id, key())
    assert refused.value.code == "safe_mode_on"
    assert here.action(request.id).held == "safe_mode_on"
    for one in (here.ops, here.here.hand("second", Role.OPS, Tier.THREE)):
        one.client.switch_safe_mode(on=False, reason="All clear", key=new_key())
    assert here.client.consume(request.id, key()).consumption is not None


def test_a_stopped_agent_starts_nothing_and_asks_for_nothing(here: Desk):
    approved, waiting = (here.client.create(call(), key()) for _ in range(2))
    here.decide(approved.id)
    here.ops.client.stop_agent("refund-bot", "Misbehaves", key=new_key())
    with pytest.raises(ConflictError):
        here.client.consume(approved.id, key())
    assert here.client.get(approved.id).status == "approved"
    assert here.client.get(waiting.id).status == "denied"
    with pytest.raises(CredentialRefused):
        here.client.create(call(), key())


def test_a_stricter_policy_after_the_approval_counts_at_the_start(here: Desk):
    request = here.client.create(call("look_up"), key())
    services = here.here.backend.services
    text = (here.here.folder / "policy.yaml").read_text()
    stricter = text.replace(
        "      - name: look_up\n", "      - name: look_up\n        requires_approval: true\n"
    )
    activate_policy(services, stricter, by="admin")
    with pytest.raises(ConflictError) as refused:
        here.client.consume(request.id, key())
    assert refused.value.code == "policy_stricter"


def test_another_agents_request_does_not_exist(here: Desk):
    request = here.client.create(call(), key())
    other = client_of(here.here, here.here.token("other-bot", Role.AGENT, owner="owner"))
    for ask in (
        lambda: other.get(request.id),
        lambda: other.cancel(request.id),
        lambda: other.consume(request.id, key()),
        lambda: other.report_outcome(request.id, "succeeded"),
    ):
        with pytest.raises(NotFound):
            ask()
    assert here.client.get(request.id).status == "pending"


def test_a_request_waits_through_a_restart(tmp_path: Path):
    folder = agents_workspace(tmp_path / "workspace")
    with running(folder) as backend:
        first = desk(backend)
        request = first.client.create(call(), key())
        token = backend.token("refund-bot", Role.AGENT, owner="owner")
    with running(folder) as backend:
        again = Desk(backend, client_of(backend, token), backend.hand(tier=Tier.THREE))
        assert again.client.get(request.id) == request
        again.decide(request.id)
        assert again.client.get(request.id, wait=5).status == "approved"


def test_the_gate_of_the_client_waits_runs_and_reports(here: Desk):
    gate, ran = Gate(here.client), []
    with ThreadPoolExecutor(1) as pool:
        verdict = pool.submit(gate.check, Call(key="run:1", tool="issue_refund", arguments=REFUND))
        (waiting,) = here.here.until(lambda: here.ops.client.actions().items)
        here.ops.decide(waiting)
        allowed = verdict.result()
    assert allowed
    ran.append("refund")
    assert allowed.report("succeeded", "re_1")
    again = gate.check(Call(key="run:1", tool="issue_refund", arguments=REFUND))
    assert not again
    assert ran == ["refund"]


def test_a_revoked_credential_is_refused_in_the_protocols_envelope(here: Desk):
    secret = here.here.token("refund-bot", Role.AGENT, owner="owner")
    client, wire = client_of(here.here, secret), here.here.http(secret)
    revoke_token(here.here.backend.services, sha256(secret.encode()).hexdigest()[:16])
    with pytest.raises(CredentialRefused):
        client.create(call(), key())
    answer = wire.get("/aap/v1/requests/7ab8c8ec-7b2d-4fd6-9b52-752f9515eb71")
    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (401, "authentication")
    assert error["request_id"] == answer.headers["X-Request-ID"]


NO_SUBMISSIONS = (
    "",
    "{",
    "[]",
    '{"tool":"look_up","arguments":{},"timeout":"10m","tool":"issue_refund"}',
    '{"tool":"look_up","arguments":{},"timeout":"10m","surprise":1}',
    '{"tool":"look_up","arguments":{},"timeout":"10m","agent_reasoning":null}',
    '{"tool":"look_up","arguments":[],"timeout":"10m"}',
    '{"tool":"look_up","arguments":{},"timeout":"0m"}',
    '{"tool":"look_up","arguments":{},"timeout":"10 m"}',
    '{"tool":"","arguments":{},"timeout":"10m"}',
    '{"tool":"look_up","arguments":{"n":9007199254740993},"timeout":"10m"}',
    '{"tool":"look_up","arguments":{"n":NaN},"timeout":"10m"}',
    '{"tool":"look_up","arguments":{"text":"' + "x" * 1_400_000 + '"},"timeout":"10m"}',
)


def test_what_is_not_a_submission_is_refused_and_recorded_nowhere(here: Desk):
    wire = here.here.http(here.here.token("refund-bot", Role.AGENT, owner="owner"))
    size = here.here.settled_size()
    for body in NO_SUBMISSIONS:
        headers = {"Content-Type": "application/json", "Idempotency-Key": key()}
        answer = wire.post("/aap/v1/requests", content=body, headers=headers)
        assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request"), body[:80]
    keyless = wire.post("/aap/v1/requests", json=call())
    assert keyless.json()["error"]["code"] == "missing_idempotency_key"
    assert here.here.size() == size
