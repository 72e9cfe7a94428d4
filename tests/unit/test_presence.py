"""Who has an action open now: for twenty seconds, within bounds, never in the ledger."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.application.reading.presence import LASTS, MOST_ACTIONS, MOST_PEOPLE, Presences
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role
from support.kernel import Kernel

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def presences():
    return Presences()


def test_people_see_each_other_and_not_themselves(presences):
    presences.open("act_1", "mara", NOON)
    presences.open("act_1", "ben", NOON)
    presences.open("act_2", "zoe", NOON)
    assert presences.others("act_1", "mara", NOON).people == ("ben",)
    assert presences.others("act_1", "zoe", NOON).people == ("ben", "mara")


def test_who_says_nothing_more_is_there_for_twenty_seconds(presences):
    presences.open("act_1", "mara", NOON)
    assert presences.others("act_1", "ben", NOON + LASTS - timedelta(milliseconds=1)).people == ("mara",)
    assert presences.others("act_1", "ben", NOON + LASTS).people == ()


def test_saying_it_again_lasts_from_then_on(presences):
    presences.open("act_1", "mara", NOON)
    presences.open("act_1", "mara", NOON + timedelta(seconds=10))
    assert presences.others("act_1", "ben", NOON + timedelta(seconds=29)).people == ("mara",)


def test_who_leaves_is_gone_at_once(presences):
    presences.open("act_1", "mara", NOON)
    presences.leave("act_1", "mara")
    presences.leave("act_1", "nobody")
    assert presences.others("act_1", "ben", NOON).people == ()


def test_a_clock_that_is_put_back_keeps_nobody_for_longer(presences):
    presences.open("act_1", "mara", NOON)
    assert presences.others("act_1", "ben", NOON - timedelta(hours=1)).people == ()


def test_of_one_action_only_so_many_people_are_kept(presences):
    for number in range(MOST_PEOPLE + 5):
        presences.open("act_1", f"p{number:02}", NOON)
    assert len(presences.others("act_1", "ben", NOON).people) == MOST_PEOPLE
    later = NOON + timedelta(seconds=5)
    presences.open("act_1", "p00", later)  # who is kept already stays
    assert "p00" in presences.others("act_1", "ben", later + timedelta(seconds=16)).people


def test_of_one_person_the_newest_actions_are_kept(presences):
    for number in range(MOST_ACTIONS + 1):
        presences.open(f"act_{number}", "mara", NOON)
    assert presences.others("act_0", "ben", NOON).people == ()
    assert presences.others(f"act_{MOST_ACTIONS}", "ben", NOON).people == ("mara",)


def gateway(kernel: Kernel, name: str, role: Role) -> MemoryGateway:
    return MemoryGateway(kernel.services, kernel.token(name, role))


def test_auditors_see_and_are_not_seen():
    kernel = Kernel()
    action = kernel.refund("180.00")
    mara, auditor = gateway(kernel, "mara", Role.APPROVER), gateway(kernel, "auditor", Role.AUDITOR)
    mara.announce(action.id, is_open=True, key="k")
    assert auditor.present(action.id).people == ("mara",)
    with pytest.raises(Refusal) as caught:
        auditor.announce(action.id, is_open=True, key="k")
    assert caught.value.code is Code.ROLE_INSUFFICIENT
    assert mara.present(action.id).people == ()


def test_nothing_of_it_is_in_the_ledger():
    kernel = Kernel()
    action, mara = kernel.refund("180.00"), gateway(kernel, "mara", Role.APPROVER)
    size = kernel.store.read(lambda snapshot: snapshot.size())
    mara.announce(action.id, is_open=True, key="k")
    mara.announce(action.id, is_open=False, key="l")
    assert kernel.store.read(lambda snapshot: snapshot.size()) == size


def test_an_action_that_does_not_exist_is_not_looked_at():
    kernel = Kernel()
    mara = gateway(kernel, "mara", Role.APPROVER)
    for ask in (lambda: mara.announce("act_none", is_open=True, key="k"), lambda: mara.present("act_none")):
        with pytest.raises(Refusal) as caught:
            ask()
        assert caught.value.code is Code.ACTION_UNKNOWN


def test_another_workspace_knows_nothing_of_it():
    kernel, other = Kernel(), Kernel()
    action, same = kernel.refund("180.00"), other.refund("180.00")
    assert action.id == same.id
    gateway(kernel, "mara", Role.APPROVER).announce(action.id, is_open=True, key="k")
    assert gateway(other, "ben", Role.APPROVER).present(same.id).people == ()
