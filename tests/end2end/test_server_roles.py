"""What each role may ask: every address times every role, beyond the role never a success, never a crash."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier
from lineclear.server.aap.app import WAYS
from lineclear.server.app import ENDPOINTS
from lineclear.server.endpoints import Endpoint
from support.aap import agents_workspace, call
from support.backend import Bot, Running, new_key, new_workspace, refund_payload, running


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(new_workspace(tmp_path / "workspace"), workers=0) as backend:
        yield backend


AGENT = {Role.AGENT}
READERS = {Role.APPROVER, Role.OPS, Role.ADMIN, Role.AUDITOR}
DECIDERS = READERS - {Role.AUDITOR}

# Who may ask what, said once more and apart from the program.
MAY: dict[str, set[Role]] = {
    "POST /v1/jobs": AGENT,
    "GET /v1/jobs": READERS,
    "GET /v1/jobs/{job}": READERS | AGENT,
    "POST /v1/jobs/{job}/spans": AGENT,
    "POST /v1/jobs/{job}/reservations": AGENT,
    "POST /v1/jobs/{job}/end": AGENT,
    "POST /v1/jobs/{job}/stop": DECIDERS,
    "POST /v1/jobs/{job}/budget": {Role.OPS, Role.ADMIN},
    "POST /v1/actions": AGENT,
    "GET /v1/actions": READERS,
    "GET /v1/actions/{action}": READERS | AGENT,
    "GET /v1/actions/{action}/detail": READERS,
    "POST /v1/actions/{action}/withdraw": AGENT,
    "POST /v1/actions/{action}/consume": AGENT,
    "POST /v1/actions/{action}/outcome": AGENT,
    "GET /v1/actions/{action}/arguments": AGENT,
    "POST /v1/actions/{action}/decisions": DECIDERS,
    "POST /v1/actions/{action}/claim": DECIDERS,
    "POST /v1/actions/{action}/release": DECIDERS,
    "POST /v1/actions/{action}/presence": DECIDERS,
    "GET /v1/actions/{action}/presence": READERS,
    "POST /v1/actions/{action}/escalate": DECIDERS,
    "GET /v1/oversight": {Role.OPS, Role.ADMIN},
    "POST /v1/actions/{action}/questions": DECIDERS,
    "POST /v1/actions/{action}/answers": AGENT,
    "GET /v1/actions/{action}/contract": READERS,
    "POST /v1/actions/{action}/edit/preview": DECIDERS,
    "POST /v1/actions/{action}/edit": DECIDERS,
    "GET /v1/actions/{action}/undo": DECIDERS,
    "POST /v1/actions/{action}/undo": DECIDERS,
    "POST /v1/actions/{action}/reconcile": DECIDERS,
    "POST /v1/agents/{agent}/stop": DECIDERS,
    "POST /v1/agents/{agent}/resume": {Role.OPS, Role.ADMIN},
    "GET /v1/safe-mode": READERS,
    "POST /v1/safe-mode": DECIDERS,
    "GET /v1/control": READERS,
    "GET /v1/me": READERS | AGENT,
    "POST /v1/devices": DECIDERS,
    "GET /v1/feed": READERS,
    "GET /v1/checkpoint": READERS,
    "GET /v1/checkpoint/cosigned": READERS,
    "POST /v1/checkpoint/cosignatures": READERS,
    "GET /v1/tlog-policy": READERS,
    "POST /v1/erasures": {Role.ADMIN},
    "GET /v1/legal-hold": READERS,
    "POST /v1/legal-hold": {Role.ADMIN},
    "POST /v1/witnesses": READERS,
    "GET /v1/tile/{level}/{n}": READERS,
    "GET /v1/tile/{level}/{n}/{nn}": READERS,
    "GET /v1/tile/{level}/{n}/{nn}/{nnn}": READERS,
    "GET /v1/tile/{level}/{n}/{nn}/{nnn}/{nnnn}": READERS,
    "GET /v1/blobs/{digest}": READERS,
    "GET /v1/policy": READERS,
    "GET /v1/policy/{version}": READERS,
    "POST /v1/policy/compare": READERS,
    "POST /v1/policy": {Role.OPS, Role.ADMIN},
    "GET /v1/offline": READERS,
    "POST /v1/offline": {Role.OPS, Role.ADMIN},
    "GET /v1/trial": READERS,
    "POST /v1/trial": {Role.OPS, Role.ADMIN},
    "POST /v1/trial/stop": {Role.OPS, Role.ADMIN},
    "POST /v1/lab/replay": READERS,
    "POST /v1/lab/queue": READERS,
    "POST /v1/lab/what-if": READERS,
    "GET /v1/people": READERS,
    "POST /v1/people/{person}": {Role.ADMIN},
    "POST /v1/people/{person}/leave": {Role.ADMIN},
    "POST /v1/people/{person}/break-glass/review": DECIDERS,
    "POST /v1/delegations": DECIDERS,
    "POST /v1/delegations/{delegation}/end": DECIDERS,
    "POST /v1/break-glass": {Role.OPS, Role.ADMIN},
    "POST /v1/devices/{device}/revoke": DECIDERS,
    "GET /v1/tokens": {Role.ADMIN},
    "POST /v1/tokens": {Role.ADMIN},
    "POST /v1/tokens/{token}/revoke": {Role.ADMIN},
    "GET /v1/connections": {Role.ADMIN},
}

PROVISIONERS = {Role.PROVISIONER}

# The same for the Agent Approval Protocol.
AAP_MAY: dict[str, set[Role]] = {
    "POST /aap/v1/requests": AGENT,
    "GET /aap/v1/requests/{id}": AGENT,
    "DELETE /aap/v1/requests/{id}": AGENT,
    "POST /aap/v1/requests/{id}/consume": AGENT,
    "POST /aap/v1/requests/{id}/outcome": AGENT,
    "POST /aap/v1/instances": PROVISIONERS,
    "GET /aap/v1/instances/{id}": PROVISIONERS,
    "PATCH /aap/v1/instances/{id}": PROVISIONERS,
    "DELETE /aap/v1/instances/{id}": PROVISIONERS,
}

BODIES: dict[str, dict[str, object]] = {
    "POST /v1/jobs": {"goal": "Refund"},
    "POST /v1/jobs/{job}/spans": {"spans": []},
    "POST /v1/jobs/{job}/stop": {"reason": "Because"},
    "POST /v1/jobs/{job}/budget": {"kind": "cost", "limit": 1, "reason": "Because"},
    "POST /v1/actions/{action}/decisions": {"envelope": "e30=", "device": "d"},
    "POST /v1/actions/{action}/escalate": {"reason": "It is beyond me"},
    "POST /v1/actions/{action}/questions": {"text": "Why?"},
    "POST /v1/actions/{action}/answers": {"text": "Because"},
    "POST /v1/actions/{action}/outcome": {"outcome": "failed"},
    "POST /v1/actions/{action}/edit/preview": {"arguments": {}, "revision": 1},
    "POST /v1/actions/{action}/edit": {"arguments": {}, "revision": 1},
    "POST /v1/actions/{action}/undo": {"version": "v", "reason": "Because"},
    "POST /v1/actions/{action}/reconcile": {"happened": True, "reason": "Because"},
    "POST /v1/agents/{agent}/stop": {"reason": "Because"},
    "POST /v1/agents/{agent}/resume": {"reason": "Because"},
    "POST /v1/safe-mode": {"on": True, "reason": "Because"},
    "POST /v1/policy/compare": {"document": "capabilities: {}"},
    "POST /v1/policy": {"document": "capabilities: {}", "expected": 1, "reason": "Because"},
    "POST /v1/offline": {"tier": 2, "fresh_minutes": 15, "within_minutes": 60, "reason": "Because"},
    "POST /v1/trial": {"document": "capabilities: {}", "expected": 1, "reason": "Because"},
    "POST /v1/trial/stop": {"reason": "Because"},
    "POST /v1/lab/queue": {"document": "capabilities: {}"},
    "POST /v1/lab/what-if": {"payload": {"capability": "a", "tool": "b", "arguments": {}}},
    "POST /v1/devices": {"public_key": "", "kept": "memory"},
    "POST /v1/people/{person}": {"role": "auditor", "tier": 1},
    "POST /v1/people/{person}/leave": {"reason": "Because"},
    "POST /v1/people/{person}/break-glass/review": {"justified": True, "reason": "Because"},
    "POST /v1/delegations": {"receiver": "x", "tier": 1, "capabilities": [], "hours": 1, "reason": "Because"},
    "POST /v1/break-glass": {"minutes": 1, "reason": "Because"},
    "POST /v1/tokens": {"name": "some-bot", "role": "agent", "owner": "nobody"},
    "POST /v1/checkpoint/cosignatures": {"size": 1, "line": ""},
    "POST /v1/erasures": {"kind": "action", "name": "act-none", "reason": "Because"},
    "POST /v1/legal-hold": {"on": False, "reason": "Because"},
    "POST /v1/witnesses": {"public_key": "", "kept": "memory"},
}


def named(endpoint: Endpoint) -> str:
    return f"{endpoint.method} {endpoint.path}"


def test_the_table_of_roles_names_every_address():
    assert {named(endpoint) for endpoint in ENDPOINTS} == MAY.keys()
    assert {f"{way.method} {way.path}" for way in WAYS} == AAP_MAY.keys()


@pytest.mark.parametrize("role", list(Role))
def test_no_role_reaches_beyond_its_own_in_the_agents_protocol(tmp_path: Path, role: Role):
    """I10: people's tokens ask for nothing, agents provision nothing, provisioners ask for nothing."""
    with running(agents_workspace(tmp_path / "workspace"), workers=0) as here:
        agent = here.http(here.token("some-agent", Role.AGENT, owner="owner"))
        maker = here.http(here.token("some-provisioner", Role.PROVISIONER))
        asked = agent.post("/aap/v1/requests", json=call(), headers={"Idempotency-Key": new_key()})
        made = maker.post("/aap/v1/instances", json={}, headers={"Idempotency-Key": new_key()})
        ids = {"requests": asked.json()["id"], "instances": made.json()["instance"]["id"]}
        bodies = {"outcome": {"status": "failed"}, "instances": {"instance_name": "x"}, "requests": call()}
        wire = here.http(here.token(f"some-{role}", role, tier=Tier.THREE))
        wrong = []
        for way in WAYS:
            path = way.path.replace("{id}", ids[way.path.split("/")[3]])
            body = bodies.get(way.path.rsplit("/", 1)[-1], bodies["instances"]) if way.has_body else None
            headers = {"Idempotency-Key": new_key()}
            status = wire.request(way.method, path, json=body, headers=headers).status_code
            let_in = status != 403
            if status >= 500 or let_in is not (role in AAP_MAY[f"{way.method} {way.path}"]):
                wrong.append(f"{role} {way.method} {way.path}: {status}")
        assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_no_role_reaches_beyond_its_own(here: Running, role: Role):
    """I10 with the rest of the matrix: refused is 403, or 404 where even existence is nobody's business."""
    bot = here.bot()
    action = bot.propose()
    ids = {
        "job": bot.job.id,
        "action": action.id,
        "digest": action.content.payload,
        "agent": action.agent,
    } | {
        "person": "nobody",
        "delegation": "none",
        "device": "none",
        "token": "none",
        "level": "0",
        "n": "000",
        "nn": "000",
        "nnn": "000",
        "nnnn": "000",
        "version": "1",
    }
    token = here.token("support-agent" if role is Role.AGENT else f"some-{role}", role, tier=Tier.THREE)
    wire, wrong = here.http(token), []
    for endpoint in ENDPOINTS:
        path = re.sub(r"\{(\w+)\}", lambda match: ids[match[1]], endpoint.path)
        body = BODIES.get(named(endpoint), {})
        if endpoint.method == "GET":
            status = wire.get(path).status_code
        else:
            status = wire.post(path, json=body, headers={"Idempotency-Key": new_key()}).status_code
        allowed = role in MAY[named(endpoint)]
        # Beyond the role is 403; a device that nobody enrolled is as well, once the role was let in.
        let_in = status != 403 or (allowed and "decisions" in path)
        if status >= 500 or let_in is not allowed:
            wrong.append(f"{role} {named(endpoint)}: {status}")
    stream = here.http(token)
    with stream.stream("GET", "/v1/feed/stream") as response:
        assert response.status_code == (200 if role in READERS else 403)
    assert wrong == []


def test_another_agents_work_does_not_exist_for_an_agent(here: Running):
    mine, other = here.bot("support-agent"), here.bot("billing-agent")
    action = mine.propose()
    asked = {
        "job": lambda: other.client.job(mine.job.id),
        "action": lambda: other.client.action(action.id),
        "withdraw": lambda: other.client.withdraw(action.id, key=new_key()),
        "end": lambda: other.client.end_job(mine.job.id, key=new_key()),
        "propose": lambda: Bot(other.client, mine.job).propose(),
    }
    for ask in asked.values():
        with pytest.raises(Refusal) as refused:
            ask()
        assert refused.value.code in {Code.JOB_UNKNOWN, Code.ACTION_UNKNOWN}
    assert mine.client.action(action.id) == action


def test_only_an_ops_lead_leaves_safe_mode(here: Running):
    approver = here.hand("approver", Role.APPROVER)
    approver.client.switch_safe_mode(on=True, reason="Something is odd", key=new_key())
    with pytest.raises(Refusal) as refused:
        approver.client.switch_safe_mode(on=False, reason="Never mind", key=new_key())
    assert refused.value.code is Code.ROLE_INSUFFICIENT
    assert [one.on for one in here.hand().client.safe_modes()] == [True]


def test_an_agents_owner_reads_its_action_and_cannot_decide(here: Running):
    bot = here.bot(owner="alice")
    alice = here.hand("alice", Role.OPS, Tier.THREE)
    action = bot.propose(refund_payload("70.00"))
    detail = alice.client.detail(action.id)
    assert detail.owner_decides
    assert [one.says for one in detail.conditions if not one.met] == ["You are not the agent's owner"]
    with pytest.raises(Refusal) as refused:
        alice.decide(action)
    assert refused.value.code is Code.OWNER_CANNOT_DECIDE
