"""Decisions made without the backend: kept, sent in order, settled; over a whole kernel and on a disk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.system.keys import DeviceKey
from lineclear.adapters.system.outboxes import FileOutbox, outbox_of
from lineclear.application.deciding.hearing import Hearing
from lineclear.application.deciding.outbox import Doing, Kept, Stage
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.governing.offline import set_offline_rule
from lineclear.application.governing.people import revoke_device
from lineclear.application.services import stamp
from lineclear.domain.identities import Device
from lineclear.domain.offline import OfflineRule
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Role, Tier, Verdict
from support.away import SEED, Desk
from support.kernel import Kernel

APPROVE, REJECT = Verdict.APPROVE, Verdict.REJECT


@pytest.fixture
def kernel():
    kernel = Kernel()
    lead = kernel.token("lead", Role.OPS, tier=Tier.THREE)
    set_offline_rule(kernel.services, lead, OfflineRule(tier=2), "Bad reception")
    return kernel


@pytest.fixture
def desk(kernel):
    return Desk(kernel)


def refunds(kernel, count):
    return [kernel.refund(f"{180 + number}.00") for number in range(count)]


def test_what_is_decided_without_the_backend_waits_and_is_sent_in_its_order(kernel, desk):
    first, second, third = refunds(kernel, 3)
    desk.lose()
    assert desk.decide(first).code is Code.DECISION_KEPT
    assert desk.decide(second, APPROVE).code is Code.DECISION_KEPT
    assert desk.decide(third).code is Code.DECISION_KEPT
    assert desk.waiting == [first.id, second.id, third.id]
    assert kernel.action(first.id).status is ActionStatus.PENDING
    desk.hear()
    assert desk.drain() == [(first.id, "sent"), (second.id, "sent"), (third.id, "sent")]
    assert kernel.action(first.id).status is ActionStatus.REJECTED
    assert kernel.action(second.id).status is ActionStatus.CLEARED
    device = kernel.store.read(lambda snapshot: snapshot.every(Device))[0]
    assert device.counter == 3
    assert [one.stage for one in desk.outbox.read().items] == [Stage.SENT] * 3


def test_i16_one_that_is_refused_or_taken_back_does_not_break_the_chain_behind_it(kernel, desk):
    first, second, third, fourth = refunds(kernel, 4)
    desk.lose()
    for action in (first, second, third, fourth):
        desk.decide(action)
    taken = desk.reviewer.dispatch.take_back(2)
    assert taken is not None
    assert taken.action == second.id
    kernel.decide(kernel.reviewer("ops-east"), first, REJECT, "Mine")
    desk.hear()
    assert desk.drain() == [(first.id, "action_decided"), (third.id, "sent"), (fourth.id, "sent")]
    assert kernel.action(second.id).status is ActionStatus.PENDING


def test_a_new_decision_goes_after_what_waits(kernel, desk):
    first, second = refunds(kernel, 2)
    desk.lose()
    desk.decide(first)
    desk.hear()
    decided = desk.reviewer.decide(second, APPROVE, looked=kernel.looked(second))
    assert decided.status is ActionStatus.CLEARED
    votes = [kernel.action(one.id).votes[0] for one in (first, second)]
    assert votes[0].at <= votes[1].at
    assert kernel.action(first.id).status is ActionStatus.REJECTED
    assert [one.action for one in desk.outbox.read().items] == [first.id]


def test_nothing_is_approved_offline_above_the_tier_or_once_it_is_stale(kernel, desk):
    action = kernel.refund("180.00")
    desk.lose()
    desk.steady += 15 * 60 + 1
    refusal = desk.decide(action, APPROVE)
    assert refusal.code is Code.OFFLINE_APPROVAL
    assert refusal.params["problem"] == "it was last confirmed more than 15 minutes ago"
    assert desk.decide(action).code is Code.DECISION_KEPT
    desk.hear()
    lead = kernel.token("lead", Role.OPS, tier=Tier.THREE)
    set_offline_rule(kernel.services, lead, OfflineRule(), "Good reception again")
    desk.lose()
    assert desk.decide(kernel.refund("181.00"), APPROVE).params["problem"] == "only up to tier 1"


def test_what_sleeps_with_its_machine_grows_old_by_the_wall(kernel, desk):
    action = kernel.refund("180.00")
    desk.lose()
    kernel.later(minutes=16)
    assert desk.decide(action, APPROVE).code is Code.OFFLINE_APPROVAL


def test_a_console_that_is_behind_has_not_seen_what_it_would_approve(kernel):
    desk = Desk(kernel)
    desk.hearing = Hearing(kernel.clock, lambda: desk.steady)
    desk.hearing.heard(stamp(kernel.clock.now()), behind=3)
    assert desk.hearing.last is None
    desk.hearing.heard(stamp(kernel.clock.now()))
    assert desk.hearing.last is not None
    assert desk.hearing.last.age == timedelta()


def test_i46_what_the_backend_recorded_before_its_answer_was_lost_is_not_recorded_again(kernel, desk):
    first, second = refunds(kernel, 2)

    class Deaf(MemoryGateway):
        def decide(self, action, decision, *, key):
            super().decide(action, decision, key=key)
            raise Refusal(Code.UNREACHABLE, url="memory", problem="the answer was lost")

    desk.reviewer.dispatch._gateway = Deaf(kernel.services, desk.gateway._principal)
    assert desk.decide(first).code is Code.DECISION_KEPT
    assert desk.decide(second).code is Code.DECISION_KEPT
    with pytest.raises(Refusal) as caught:
        desk.reviewer.dispatch.take_back(1)
    assert caught.value.code is Code.DECISION_UNDER_WAY
    desk.reviewer.dispatch._gateway = desk.gateway
    assert desk.drain() == [(first.id, "sent"), (second.id, "sent")]
    assert [len(kernel.action(one.id).votes) for one in (first, second)] == [1, 1]


@pytest.mark.parametrize(
    ("meanwhile", "code"),
    [
        (lambda kernel, action: kernel.later(hours=5), "decision_expired"),
        (lambda kernel, action: kernel.decide(kernel.reviewer("east"), action), "action_decided"),
        (lambda kernel, action: revoke(kernel), "device_unknown"),
    ],
)
def test_each_way_to_come_too_late_has_its_own_refusal(kernel, desk, meanwhile, code):
    action = kernel.refund("180.00")
    desk.reviewer.decide(kernel.refund("190.00"), REJECT, "No")
    desk.lose()
    desk.decide(action, APPROVE)
    meanwhile(kernel, action)
    desk.hear()
    assert desk.drain() == [(action.id, code)]
    kept = desk.outbox.read().items[0]
    assert kept.refusal is not None
    assert kept.refusal.remedy
    desk.reviewer.dispatch.read(frozenset({kept.number}))
    assert desk.outbox.read().items == ()


def revoke(kernel):
    device = kernel.store.read(lambda snapshot: snapshot.every(Device))[0]
    revoke_device(kernel.services, kernel.token("boss", Role.ADMIN), device.id)


def test_a_stop_waits_as_well_and_happens_once(kernel, desk):
    action = kernel.refund("180.00")
    desk.lose()
    with pytest.raises(Refusal) as caught:
        desk.reviewer.stop(action.job, "Odd refunds", action.id, action.title)
    assert caught.value.code is Code.DECISION_KEPT
    desk.hear()
    assert desk.drain() == [(action.id, "sent")]
    stopped = desk.gateway.detail(action.id).job
    assert stopped.status is JobStatus.STOPPED


def test_i21_a_locked_session_signs_reads_and_sends_nothing_of_it(kernel, desk):
    action = kernel.refund("180.00")
    desk.lose()
    desk.decide(action)
    desk.reviewer.lock()
    desk.hear()
    for deed in (desk.reviewer.send_next, desk.reviewer.dispatch.contents, lambda: desk.decide(action)):
        try:
            refusal = deed()
        except Refusal as raised:
            refusal = raised
        assert refusal.code is Code.SESSION_LOCKED
    desk.outbox.unlock()
    desk.reviewer.unlock(desk.key)
    assert desk.drain() == [(action.id, "sent")]


def test_a_program_that_keeps_nothing_says_that_the_backend_is_away_and_forgets_the_signature(kernel):
    action = kernel.refund("180.00")
    gateway = MemoryGateway(kernel.services, kernel.token("ops-west", Role.OPS, tier=Tier.TWO))
    reviewer = Reviewer(gateway, DeviceKey(SEED, "file"), gateway.me().origin, kernel.clock, SeededIds(3))
    gateway.down = True
    for _ in range(2):
        with pytest.raises(Refusal) as caught:
            reviewer.decide(action, REJECT, "No")
        assert caught.value.code is Code.UNREACHABLE
    gateway.down = False
    assert reviewer.send_next() is None


# -- on a disk ------------------------------------------------------------------------------------


def item(number: int, **more) -> Kept:
    return Kept(number, f"req-{number}", Doing.REJECT, "act-1", "job-1", "Refund of 4411", "then", **more)


@pytest.fixture
def box(tmp_path):
    return FileOutbox(tmp_path / "box", DeviceKey(SEED, "file").secret("outbox"))


def test_nothing_of_it_can_be_read_on_the_disk_and_only_its_owner_may_try(box, tmp_path):
    box.put(item(1, reason="Because of Mara"))
    paths = [path for path in (tmp_path / "box").iterdir() if path.suffix == ".sealed"]
    assert len(paths) == 1
    assert b"Mara" not in paths[0].read_bytes()
    assert paths[0].stat().st_mode & 0o077 == 0
    other = FileOutbox(tmp_path / "box", DeviceKey(bytes(32), "file").secret("outbox"))
    assert [Path(one).name for one in other.read().damaged] == ["000000000001.sealed"]


def test_another_run_finds_it_as_it_was(box, tmp_path):
    box.put(item(1))
    box.put(item(2, tries=1))
    again = FileOutbox(tmp_path / "box", DeviceKey(SEED, "file").secret("outbox"))
    assert again.read().items == (item(1), item(2, tries=1))
    again.drop(1)
    assert box.read().items == (item(2, tries=1),)


def test_a_damaged_file_is_named_and_left_and_hides_no_other(box, tmp_path):
    for number in (1, 2, 3):
        box.put(item(number))
    path = tmp_path / "box" / "000000000002.sealed"
    path.write_bytes(path.read_bytes()[:-1])
    contents = box.read()
    assert ([one.number for one in contents.items], contents.damaged) == ([1, 3], (str(path),))
    swapped = tmp_path / "box" / "000000000003.sealed"
    swapped.write_bytes((tmp_path / "box" / "000000000001.sealed").read_bytes())
    assert [one.number for one in box.read().items] == [1]


def test_it_takes_no_more_than_it_can_hold_and_an_answer_always_fits(tmp_path):
    box = FileOutbox(tmp_path / "box", bytes(32), most=5)
    for number in range(1, 6):
        box.put(item(number))
    with pytest.raises(Refusal) as caught:
        box.put(item(6))
    assert (caught.value.code, caught.value.params) == (Code.OUTBOX_FULL, {"count": "5"})
    box.put(item(5, tries=1))
    box.put(item(1, stage=Stage.REFUSED, code=Code.ACTION_DECIDED, params={"action": "a", "status": "b"}))
    for number in range(2, 6):
        box.put(item(number, stage=Stage.SENT))
    for number in range(6, 9):
        box.put(item(number, stage=Stage.SENT))
    assert [one.number for one in box.read().items] == [1, 4, 5, 6, 7, 8]


def test_i47_a_folder_that_cannot_be_written_keeps_nothing_and_says_which(tmp_path):
    (tmp_path / "file").write_text("in the way")
    box = outbox_of(tmp_path / "file", "origin", "ops-west", bytes(32))
    with pytest.raises(Refusal) as caught, box.alone():
        box.put(item(1))
    assert caught.value.code is Code.OUTBOX_UNUSABLE
    assert str(tmp_path / "file") in caught.value.sentence


def test_what_a_killed_program_had_begun_to_write_is_swept_away(box, tmp_path):
    box.put(item(1))
    draft = tmp_path / "box" / "000000000002.sealed.new-1"
    draft.write_bytes(b"half")
    with box.alone():
        assert [one.number for one in box.read().items] == [1]
    assert not draft.exists()


def test_two_consoles_of_one_device_share_what_waits(kernel, tmp_path):
    secret = DeviceKey(SEED, "file").secret("outbox")
    west = Desk(kernel, outbox=FileOutbox(tmp_path / "box", secret))
    twin = Desk(kernel, outbox=FileOutbox(tmp_path / "box", secret), ids=12)
    first, second = refunds(kernel, 2)
    west.lose()
    twin.lose()
    west.decide(first)
    twin.decide(second)
    twin.hear()
    assert twin.drain() == [(first.id, "sent"), (second.id, "sent")]
    west.hear()
    assert west.drain() == []
