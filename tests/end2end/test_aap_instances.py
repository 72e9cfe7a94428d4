"""Provisioners and webhooks of the Agent Approval Protocol: the published receiver against a real backend."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from agentapprovalprotocol import AsyncClient, AsyncGate, Call, Pending, Receiver
from agentapprovalprotocol._client import CredentialRefused, WebhookVerificationFailed
from agentapprovalprotocol.receiver import new_secret, verify

from lineclear.domain.identities import Agent
from lineclear.domain.instances import Instance
from lineclear.domain.refusals import Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier
from support.aap import REFUND, Desk, agents_workspace, call, client_of, key
from support.backend import Running, running
from support.hooks import Hooks, certificate, receiving

PATIENCE = 60  # seconds for what comes at once on a machine that does nothing else


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificate(tmp_path)


@pytest.fixture
def here(tmp_path: Path, pem: Path) -> Iterator[Running]:
    with running(agents_workspace(tmp_path / "workspace", trust=str(pem))) as backend:
        yield backend


@pytest.fixture
def hooks(pem: Path) -> Iterator[Hooks]:
    with receiving(pem) as receiver:
        yield receiver


def provisioner(here: Running, name: str = "ci") -> httpx.Client:
    return here.http(here.token(name, Role.PROVISIONER, owner="alice"))


def delivery(url: str, secret: str = "", registration: str = "") -> dict[str, str]:
    return {
        "type": "webhook",
        "url": url,
        "registration_id": registration or str(uuid4()),
        "signing_secret": secret or new_secret(),
    }


def expecting(hooks: Hooks, secret: str) -> None:
    """Echo challenges that are signed with this secret; hear everything else."""

    def answer(headers: dict[str, str], body: bytes) -> tuple[int, bytes, dict[str, str]]:
        said = verify(secret, headers, body)
        if said["type"] == "webhook.verification":
            return 200, json.dumps({"challenge": said["challenge"]}).encode(), {}
        return 204, b"", {}

    hooks.answer = answer


def provisioned(wire: httpx.Client, **body: object) -> dict:
    answer = wire.post("/aap/v1/instances", json=body, headers={"Idempotency-Key": key()})
    assert answer.status_code == 201, answer.text
    return answer.json()


def desk_of(here: Running, made: dict) -> Desk:
    return Desk(here, client_of(here, made["credential"]["token"]), here.hand(tier=Tier.THREE))


def test_an_instance_gets_an_identity_of_its_own_whose_owner_never_decides(here: Running):
    """I8: who answers for the provisioner answers for its agents."""
    made = provisioned(provisioner(here), instance_name="codex laptop")
    desk = desk_of(here, made)
    request = desk.client.create(call(), key())
    action = desk.action(request.id)
    assert (action.agent, action.owner) == ("ci.codex-laptop", "alice")
    with pytest.raises(Refusal):
        here.hand("alice", Role.OPS, Tier.THREE).decide(action)


def test_the_same_provisioning_again_gives_the_same_credential(here: Running):
    wire, name = provisioner(here), key()
    first = wire.post("/aap/v1/instances", json={"instance_name": "one"}, headers={"Idempotency-Key": name})
    size = here.settled_size()
    again = wire.post("/aap/v1/instances", json={"instance_name": "one"}, headers={"Idempotency-Key": name})
    other = wire.post("/aap/v1/instances", json={"instance_name": "two"}, headers={"Idempotency-Key": name})
    assert (first.status_code, again.status_code, again.json()) == (201, 200, first.json())
    assert (other.status_code, other.json()["error"]["code"]) == (409, "idempotency_conflict")
    assert here.size() == size


def test_credentials_are_kept_nowhere(here: Running):
    made = provisioned(provisioner(here))
    data = b"".join(path.read_bytes() for path in here.folder.glob("lineclear.db*"))
    assert made["credential"]["token"].encode() not in data


def test_provisioners_and_instances_do_each_their_own_and_nothing_else(here: Running):
    """I10."""
    wire, other = provisioner(here), provisioner(here, "other")
    made = provisioned(wire)
    agent = here.http(made["credential"]["token"])
    path = f"/aap/v1/instances/{made['instance']['id']}"
    headers = {"Idempotency-Key": key()}
    assert wire.get(path).json() == made["instance"]
    assert other.get(path).status_code == 404
    assert other.delete(path).status_code == 404
    assert wire.post("/aap/v1/requests", json=call(), headers=headers).status_code == 403
    assert agent.get(path).status_code == 403
    assert agent.post("/aap/v1/instances", json={}, headers=headers).status_code == 403
    for address in ("/v1/me", "/v1/feed", "/v1/actions", "/v1/control"):
        assert wire.get(address).status_code == 403


def test_a_deleted_instance_waits_for_nothing_and_comes_back_by_nothing(here: Running, hooks: Hooks):
    wire, name, secret = provisioner(here), key(), new_secret()
    expecting(hooks, secret)
    body = {"delivery": delivery(hooks.url, secret)}
    made = wire.post("/aap/v1/instances", json=body, headers={"Idempotency-Key": name}).json()
    desk = desk_of(here, made)
    waiting, decided = (desk.client.create(call(), key()) for _ in range(2))
    desk.decide(decided.id)
    hooks.heard.get(timeout=PATIENCE)  # the challenge
    hooks.heard.get(timeout=PATIENCE)  # the decision
    path = f"/aap/v1/instances/{made['instance']['id']}"
    assert [wire.delete(path).status_code for _ in range(2)] == [204, 204]
    assert desk.action(waiting.id).status is ActionStatus.WITHDRAWN
    assert desk.action(decided.id).status is ActionStatus.CLEARED
    with pytest.raises(CredentialRefused):
        desk.client.consume(decided.id, key())
    again = wire.post("/aap/v1/instances", json=body, headers={"Idempotency-Key": name})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "instance_deleted")
    changed = wire.patch(path, json={"instance_name": "x"}, headers={"Idempotency-Key": key()})
    assert (changed.status_code, wire.get(path).status_code) == (404, 404)
    assert hooks.heard.empty()


def test_a_decision_wakes_the_published_receiver_and_the_run_goes_on(here: Running, hooks: Hooks):
    token = here.token("ci", Role.PROVISIONER, owner="alice")
    ops = here.hand(tier=Tier.THREE)

    async def run() -> list[str]:
        loop, woken, ran = asyncio.get_running_loop(), asyncio.Event(), []
        receiver = Receiver(resumers={"test": lambda _handle, _request: woken.set()})

        def answer(headers: dict[str, str], body: bytes) -> tuple[int, bytes, dict[str, str]]:
            handled = asyncio.run_coroutine_threadsafe(receiver.handle(headers, body), loop).result()
            return *handled, {}

        hooks.answer = answer
        made = await receiver.provision(
            provider_url=f"{here.url}/aap", provisioner_token=token, url=hooks.url, instance_name="sleeper"
        )
        client = AsyncClient(f"{here.url}/aap", made.token)
        gate = AsyncGate(client, mode="async")
        wanted = Call(key="run:1", tool="issue_refund", arguments=REFUND, resume={"framework": "test"})
        paused = await gate.check(wanted)
        assert isinstance(paused, Pending)
        (waiting,) = (await asyncio.to_thread(ops.client.actions)).items
        await asyncio.to_thread(ops.decide, waiting)
        async with asyncio.timeout(20):
            await woken.wait()
        verdict = await gate.check(wanted)
        assert verdict
        ran.append("refund")
        assert await verdict.report("succeeded")
        assert receiver.client is not None
        for one in (client, receiver.client):
            await one.aclose()
        return ran

    assert asyncio.run(run()) == ["refund"]
    assert [one.status for one in ops.client.actions(view="all").items] == [ActionStatus.SUCCEEDED]


def test_a_receiver_that_fails_is_told_again_with_the_same_message(here: Running, hooks: Hooks):
    secret = new_secret()
    expecting(hooks, secret)
    desk = desk_of(here, provisioned(provisioner(here), delivery=delivery(hooks.url, secret)))
    hooks.heard.get(timeout=PATIENCE)
    answers = iter([(503, b"", {"Retry-After": "1"}), (302, b"", {"Location": hooks.url}), (204, b"", {})])
    hooks.answer = lambda _headers, _body: next(answers)
    request = desk.client.create(call(), key())
    desk.decide(request.id)
    heard = [hooks.heard.get(timeout=PATIENCE) for _ in range(3)]
    assert len({body for _, body in heard}) == 1
    said = verify(secret, heard[2][0], heard[2][1])
    decision = desk.client.get(request.id).decision
    assert decision is not None
    assert (said["type"], said["request_id"]) == ("request.resolved", request.id)
    assert said["created_at"].startswith(decision.decided_at.isoformat()[:19])
    here.until(
        lambda: "notice.ended" in [json.loads(one.entry)["type"] for one in desk.ops.client.feed(0).items]
    )


def test_a_new_receiver_is_verified_first_and_then_hears_what_is_still_owed(here: Running, hooks: Hooks):
    old, new, wire = new_secret(), new_secret(), provisioner(here)
    expecting(hooks, old)
    made = provisioned(wire, delivery=delivery(hooks.url, old))
    path = f"/aap/v1/instances/{made['instance']['id']}"
    desk = desk_of(here, made)
    hooks.heard.get(timeout=PATIENCE)
    hooks.answer = lambda _headers, _body: (500, b"", {})
    request = desk.client.create(call(), key())
    desk.decide(request.id)
    hooks.heard.get(timeout=PATIENCE)
    failed = wire.patch(
        path,
        json={"instance_name": "other", "delivery": delivery(hooks.url, new)},
        headers={"Idempotency-Key": key()},
    )
    assert (failed.status_code, failed.json()["error"]["code"]) == (422, "webhook_verification_failed")
    assert wire.get(path).json() == made["instance"]
    expecting(hooks, new)
    name = key()
    body = {"delivery": delivery(hooks.url, new)}
    changed = wire.patch(path, json=body, headers={"Idempotency-Key": name})
    assert changed.status_code == 200
    assert wire.patch(path, json=body, headers={"Idempotency-Key": name}).json() == changed.json()
    while True:
        headers, raw = hooks.heard.get(timeout=PATIENCE)
        if json.loads(raw)["type"] == "request.resolved" and verify_or_none(new, headers, raw):
            break
    dropped = wire.patch(path, json={"delivery": None}, headers={"Idempotency-Key": key()})
    assert "delivery" not in dropped.json()


def verify_or_none(secret: str, headers: dict[str, str], body: bytes) -> dict | None:
    try:
        return verify(secret, headers, body)
    except ValueError:
        return None


def test_a_receiver_that_does_not_expect_the_registration_makes_no_instance(here: Running, hooks: Hooks):
    token = here.token("ci", Role.PROVISIONER)
    answers = [
        (204, b"", {}),
        (200, b'{"challenge":"no"}', {}),
        (302, b"", {"Location": hooks.url}),
        (403, b"", {}),
    ]
    for answered in answers:
        hooks.answer = lambda _headers, _body, said=answered: said
        receiver = Receiver(resumers={})
        with pytest.raises(WebhookVerificationFailed):
            asyncio.run(
                receiver.provision(provider_url=f"{here.url}/aap", provisioner_token=token, url=hooks.url)
            )
    read = here.backend.services.store.read
    assert read(lambda snapshot: snapshot.every(Instance)) == ()
    assert read(lambda snapshot: snapshot.every(Agent)) == ()
    assert hooks.heard.qsize() == len(answers)


def test_concurrent_provisioning_under_one_key_verifies_and_makes_one(here: Running, hooks: Hooks):
    wire, secret, name = provisioner(here), new_secret(), key()
    expecting(hooks, secret)
    body = {"delivery": delivery(hooks.url, secret)}

    def ask(_: int) -> str:
        return wire.post("/aap/v1/instances", json=body, headers={"Idempotency-Key": name}).text

    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(ask, range(6)))) == 1
    assert hooks.heard.qsize() == 1


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example/x", "invalid_webhook_url"),
        ("https://user@hooks.example/x", "invalid_webhook_url"),
        ("https://hooks.example/x#y", "invalid_webhook_url"),
        ("https://10.0.0.1/x", "invalid_webhook_url"),
        ("https://169.254.169.254/latest", "invalid_webhook_url"),
        ("https://[::1]/x", "invalid_webhook_url"),
        ("https://[::ffff:127.0.0.1]/x", "invalid_webhook_url"),
        ("https://[64:ff9b::7f00:1]/x", "invalid_webhook_url"),
        ("https://2130706433/x", "invalid_webhook_url"),
        ("https://hooks.example:0/x", "invalid_webhook_url"),
        ("https://hooks.example:99999/x", "invalid_webhook_url"),
    ],
)
def test_no_message_goes_to_an_address_that_is_not_public(here: Running, url: str, code: str):
    answer = provisioner(here).post(
        "/aap/v1/instances", json={"delivery": delivery(url)}, headers={"Idempotency-Key": key()}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_signing_secrets_are_sealed_and_shown_to_nobody(here: Running, hooks: Hooks):
    secret, wire = new_secret(), provisioner(here)
    expecting(hooks, secret)
    made = provisioned(wire, delivery=delivery(hooks.url, secret))
    assert secret not in json.dumps(made)
    (instance,) = here.backend.services.store.read(lambda snapshot: snapshot.every(Instance))
    assert instance.delivery is not None
    assert secret.encode() not in here.hand().client.blob(instance.delivery.secret)
    data = b"".join(path.read_bytes() for path in here.folder.glob("lineclear.db*"))
    assert secret.encode() not in data
    assert (here.folder / "receivers.key").stat().st_mode & 0o077 == 0


def test_without_a_system_of_kind_agent_nobody_comes_in(tmp_path: Path):
    folder = agents_workspace(tmp_path / "workspace")
    document = folder / "workspace.yaml"
    text = document.read_text()
    start, end = text.index("\n  issue_refund:"), text.index("  # Reads")
    document.write_text(
        "".join(
            line
            for line in (text[:start] + text[end:]).splitlines(keepends=True)
            if "kind: agent" not in line
        )
    )
    with running(folder) as backend:
        answer = backend.http(backend.token("bot", Role.AGENT)).post(
            "/aap/v1/requests", json=call(), headers={"Idempotency-Key": key()}
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "source_closed")
