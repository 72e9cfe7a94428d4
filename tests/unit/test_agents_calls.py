"""Calls that agents make themselves, in the kernel: cleared, begun once, known by their word."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest

from lineclear.adapters.http.receivers import ReceiverPoster, is_public
from lineclear.adapters.memory.limits import MinuteLimits
from lineclear.adapters.memory.tools import MemoryTools
from lineclear.adapters.system.secret_box import SecretBox
from lineclear.application.agents.agents_word import can, is_outside
from lineclear.application.agents.courier import WINDOW, Courier
from lineclear.application.agents.instances import REGISTRATIONS, Changed, Wanted, delete, provision, update
from lineclear.application.agents.outside import Outside, Receiver
from lineclear.application.agents.tool_calls import ToolCall, ask
from lineclear.application.executing.consume import consume
from lineclear.application.executing.outcome import report
from lineclear.application.governing.people import authenticate
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.ports import Posted, ToolFailed
from lineclear.domain.actions import Action
from lineclear.domain.instances import Ability, Instance
from lineclear.domain.principals import Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.uuids import Named, id_of, random_uuid, uuid_of
from lineclear.domain.vocabulary import ActionStatus, EffectClass, Executor, Role, Stake, Verdict
from support.kernel import CONTRACTS, DOCUMENT, Kernel, contract

CALLS = (
    DOCUMENT
    + """\
  send_reply:
    tools:
      - name: desk.reply
        requires_approval: true
  look_up:
    tools:
      - name: desk.find
"""
)
OWN = {"connector": "agents", "effect": EffectClass.BLIND, "reversible": False, "executor": Executor.AGENT}
TOOLS = (
    *CONTRACTS,
    contract("desk.reply", **OWN),
    contract("desk.find", **OWN),
    contract("desk.wipe", **OWN),
    contract("agents.unlisted", Stake.ACCESS, **OWN),
)
SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


class Receivers:
    """A poster that keeps what it is given, and answers as it is told."""

    def __init__(self) -> None:
        self.status, self.retry_after = 204, None
        self.sent: list[tuple[str, bytes]] = []

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Posted:
        said = json.loads(body)
        assert headers["webhook-id"] == said["id"]
        if said["type"] == "webhook.verification":
            return Posted(200, json.dumps({"challenge": said["challenge"]}).encode())
        self.sent.append((url, body))
        return Posted(self.status, b"", self.retry_after)


class Calls:
    """A kernel with agents' own tools, a provisioner, and one instance with a receiver."""

    def __init__(self, tmp_path) -> None:
        self.kernel = Kernel(tools=MemoryTools(TOOLS, {"x": {}}))
        activate_policy(self.kernel.services, CALLS, by="admin")
        self.receivers = Receivers()
        services = self.kernel.services
        limits = MinuteLimits(services.clock)
        self.outside = Outside(services, SecretBox(tmp_path / "key"), self.receivers, limits)
        self.maker = self.kernel.token("ci", Role.PROVISIONER, owner="alice")
        self.courier = Courier(self.outside, "c1")
        wanted = Wanted("bot", Receiver("https://one.example/x", str(UUID(int=1)), SECRET))
        self.shown, secret, _ = provision(
            self.outside, self.maker, wanted, lambda one: f"token of {one}", self.kernel.key()
        )
        self.agent = authenticate(services, secret)
        self._numbers = count()

    def ask(self, tool: str = "desk.reply", window: timedelta = timedelta(minutes=10)) -> Action:
        arguments = json.dumps({"id": "x", "fields": {"n": next(self._numbers)}}).encode()
        call = ToolCall(tool, "", arguments, window, "Because", "", b"{}")
        return ask(self.kernel.services, self.agent, call, self.kernel.key())[0]

    def now(self, action: Action) -> Action:
        found = self.kernel.store.read(lambda snapshot: snapshot.load(Action, action.id))
        assert found is not None
        return found

    def approved(self) -> Action:
        action = self.ask()
        return self.kernel.decide(self.kernel.reviewer(), action)

    def deliver(self, **later: float) -> int:
        """How many attempts are made when so much time has passed."""
        self.kernel.clock.advance(timedelta(**later))
        before = len(self.receivers.sent)
        while self.courier.run_one():
            pass
        return len(self.receivers.sent) - before


@pytest.fixture
def calls(tmp_path) -> Calls:
    return Calls(tmp_path)


def test_nothing_but_the_agent_carries_out_what_is_its_own(calls: Calls):
    action = calls.approved()
    assert not calls.kernel.worker.run_one()
    assert calls.now(action).status is ActionStatus.CLEARED
    assert is_outside(action)
    assert not can(action, Ability.EDIT)
    assert not can(action, Ability.UNDO)


def test_a_clearance_that_is_not_used_in_time_is_over(calls: Calls):
    action = calls.approved()
    calls.kernel.clock.advance(timedelta(seconds=301))
    with pytest.raises(Refusal) as refused:
        consume(calls.kernel.services, calls.agent, action.id, calls.kernel.key())
    assert refused.value.code is Code.CLEARANCE_OVER
    calls.kernel.worker.run_one()
    assert calls.now(action).status is ActionStatus.EXPIRED


def test_only_its_own_agent_begins_it(calls: Calls):
    """I10, I2."""
    action = calls.approved()
    for other in (calls.kernel.agent, calls.kernel.reviewer().principal, calls.maker):
        with pytest.raises(Refusal):
            consume(calls.kernel.services, other, action.id, calls.kernel.key())
    begun, replayed = consume(calls.kernel.services, calls.agent, action.id, calls.kernel.key())
    assert (begun.status, replayed) == (ActionStatus.STARTED, False)
    with pytest.raises(Refusal) as again:
        consume(calls.kernel.services, calls.agent, action.id, calls.kernel.key())
    assert again.value.code is Code.CLEARANCE_CONSUMED


def test_a_call_without_a_word_is_unknown_after_its_time_and_not_before(calls: Calls):
    action = calls.approved()
    consume(calls.kernel.services, calls.agent, action.id, calls.kernel.key())
    calls.kernel.clock.advance(timedelta(seconds=3_599))
    while calls.kernel.worker.run_one():
        pass
    assert calls.now(action).status is ActionStatus.STARTED
    calls.kernel.clock.advance(timedelta(seconds=1))
    while calls.kernel.worker.run_one():
        pass
    assert calls.now(action).status is ActionStatus.UNKNOWN
    done = report(calls.kernel.services, calls.agent, action.id, succeeded=True, note="It went through")
    assert done.status is ActionStatus.SUCCEEDED


def test_a_notice_is_owed_by_every_way_in_which_an_action_is_decided(calls: Calls):
    approved, rejected, expired, allowed, denied = (
        calls.approved(),
        calls.kernel.decide(calls.kernel.reviewer("second"), calls.ask(), Verdict.REJECT, "No"),
        calls.ask(window=timedelta(seconds=5)),
        calls.ask("desk.find"),
        calls.ask("desk.wipe"),
    )
    calls.kernel.clock.advance(timedelta(seconds=6))
    while calls.kernel.worker.run_one():
        pass
    assert calls.deliver() == 5
    told = {json.loads(body)["request_id"] for _, body in calls.receivers.sent}
    actions = (approved, rejected, expired, allowed, denied)
    assert told == {uuid_of(Named.REQUEST, one.id) for one in actions}
    assert calls.deliver(days=8) == 0


def test_a_notice_is_tried_for_seven_days_with_the_same_bytes_and_ever_longer_pauses(calls: Calls):
    calls.receivers.status = 500
    calls.approved()
    attempts, hours = 0, 0
    while hours < 24 * 9:
        attempts += calls.deliver(hours=1)
        hours += 1
    assert 24 * 7 - 10 <= attempts <= 24 * 7 + 2
    assert len({body for _, body in calls.receivers.sent}) == 1
    assert timedelta(hours=168) == WINDOW


def test_a_receiver_that_asks_for_a_pause_gets_it(calls: Calls):
    calls.receivers.status, calls.receivers.retry_after = 429, 7_200
    calls.approved()
    assert calls.deliver() == 1
    assert calls.deliver(hours=1, minutes=59) == 0
    assert calls.deliver(minutes=2) == 1


def test_a_receiver_that_came_later_hears_nothing_of_before(calls: Calls):
    dropped = Changed(drops=True)
    update(calls.outside, calls.maker, calls.shown.id, dropped, calls.kernel.key())
    calls.approved()
    later = Changed(receiver=Receiver("https://two.example/x", str(UUID(int=2)), SECRET))
    update(calls.outside, calls.maker, calls.shown.id, later, calls.kernel.key())
    assert calls.deliver() == 0
    waiting = calls.ask()
    delete(calls.outside, calls.maker, calls.shown.id)
    assert calls.now(waiting).status is ActionStatus.WITHDRAWN
    assert calls.deliver(hours=1) == 0


def test_one_host_is_not_flooded_whoever_asks(calls: Calls):
    for number in range(130):
        try:
            calls.ask("desk.find" if number % 2 else "desk.wipe")
        except Refusal:
            break
    assert calls.deliver() <= 120


def test_a_provisioner_makes_so_many_a_minute_and_then_waits(calls: Calls):
    def made() -> None:
        provision(calls.outside, calls.maker, Wanted(), lambda one: f"t {one}", calls.kernel.key())

    for _ in range(REGISTRATIONS - 1):
        made()
    with pytest.raises(Refusal) as refused:
        made()
    assert refused.value.code is Code.RATE_LIMITED
    calls.kernel.clock.advance(timedelta(minutes=1))
    made()


def test_instances_never_take_the_name_of_another_agent(calls: Calls):
    one, two = (
        provision(calls.outside, calls.maker, Wanted("Bot"), lambda id_: f"t {id_}", calls.kernel.key())[0]
        for _ in range(2)
    )
    found = calls.kernel.store.read(lambda snapshot: snapshot.every(Instance))
    names = {each.id: each.agent for each in found}
    assert names[calls.shown.id] == "ci.bot"
    assert len(set(names.values())) == 3
    assert {names[one.id][:6], names[two.id][:6]} == {"ci.bot"}


def test_ids_and_uuids_are_names_of_each_other():
    identifier = "act-01m82pdgm0vtgszq"
    name = uuid_of(Named.REQUEST, identifier)
    assert UUID(name).version == 8
    assert id_of(Named.REQUEST, name) == id_of(Named.REQUEST, name.upper()) == identifier
    assert uuid_of(Named.NOTICE, identifier) != name
    assert id_of(Named.NOTICE, name) is None
    assert id_of(Named.INSTANCE, name) is None
    for other in ("", "act-1", "7ab8c8ec-7b2d-4fd6-9b52-752f9515eb71", name.replace("-", "")):
        assert id_of(Named.REQUEST, other) is None
    assert UUID(random_uuid(bytes(range(32)))).version == 4


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "192.168.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::", "::1", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1",
        "2002:a00:1::", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2001:0:4136:e378::1", "fec0::1",
    ],
)  # fmt: skip
def test_what_is_not_on_the_public_internet_is_told_from_what_is(address: str):
    assert not is_public(ipaddress.ip_address(address))
    assert is_public(ipaddress.ip_address("93.184.215.14"))
    assert is_public(ipaddress.ip_address("2606:2800:21f:cb07::1"))


@pytest.mark.parametrize("url", ["https://127.0.0.1/x", "https://localhost/x", "https://[::1]/", "ftp://x/y"])
def test_a_private_address_is_refused_before_anything_is_sent(url: str):
    with pytest.raises(Refusal) as refused:
        ReceiverPoster().post(url, {}, b"")
    assert refused.value.code is Code.RECEIVER_UNSAFE


@pytest.mark.parametrize("host", [f"{'a' * 64}.example", "a..example"])
def test_a_host_that_no_name_can_be_is_one_that_does_not_answer(host: str):
    with pytest.raises(ToolFailed) as failed:
        ReceiverPoster().post(f"https://{host}/", {}, b"")
    assert failed.value.code == "unreachable"


def test_a_vault_opens_what_it_sealed_and_nothing_else(tmp_path):
    vault, other = SecretBox(tmp_path / "one"), SecretBox(tmp_path / "two")
    sealed = vault.seal(b"secret")
    assert SecretBox(tmp_path / "one").open(sealed) == b"secret"
    assert sealed != vault.seal(b"secret")
    for wrong in (sealed[:-1], b"", other.seal(b"secret")):
        with pytest.raises(ValueError, match="not sealed"):
            vault.open(wrong)


def test_a_principal_of_a_provisioner_is_none_of_the_people():
    assert Principal(Role.PROVISIONER, "ci", "t").actor == "provisioner/ci"
