"""A scripted person works through a hundred mixed actions by keyboard in the real window."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.ports import ActionQuery
from lineclear.domain.vocabulary import ActionStatus, Verdict
from support.kernel import CONTRACTS, Kernel
from support.seat import Seat

KEY = Qt.Key
ITEMS = 100
ME = "ops-west"


@pytest.fixture
def kernel() -> Kernel:
    records = {f"rec_{number}": {"status": "captured", "city": "Bern"} for number in range(ITEMS)}
    return Kernel(tools=MemoryTools(CONTRACTS, records))


@pytest.fixture
def seat(shows, kernel) -> Iterator[Seat]:
    window = shows()
    propose(kernel)
    seat = Seat(window, kernel)
    yield seat
    seat.close()


def propose(kernel: Kernel) -> None:
    """Money, records with little confidence, merges, mail, and access that is above this person's tier."""
    for number in range(ITEMS):
        where = {"id": f"rec_{number}"}
        match number % 5:
            case 0:
                kernel.refund(
                    f"{60 + number}.00", **where, deadline=f"2026-01-01T{number // 10 + 1:02d}:00:00Z"
                )
            case 1:
                kernel.propose("crm.update_customer", "manage_customers", **where, confidence="0.20")
            case 2:
                kernel.propose("crm.merge_customers", "manage_customers", **where)
            case 3:
                kernel.propose("mail.send", "send_mail", **where, why="weekly note", confidence="0.30")
            case _:
                kernel.propose("access.grant", "manage_access", **where)


def intents(kernel: Kernel, rng: random.Random) -> dict[str, str]:
    """What this person means to do about each action that they may decide."""
    mine = [one for one in all_pending(kernel) if one.tier <= 2]
    return {
        one.id: rng.choices(["approve", "reject", "leave", "approve, regret, reject"], [5, 3, 1, 1])[0]
        for one in mine
    }


def all_pending(kernel: Kernel):
    query = ActionQuery(statuses=frozenset({ActionStatus.PENDING}))
    return [*kernel.store.read(lambda snapshot: snapshot.actions(query, limit=500)).items]


def reject(seat: Seat) -> int:
    """Its reason by keyboard alone; how many keys the reason took."""
    seat.press(KEY.Key_R)
    seat.press(KEY.Key_Down)
    seat.press(KEY.Key_Return)
    return 1


def work_on(seat: Seat, intent: str) -> int:
    """Do what is meant about the action on screen; how many keys were reasons or second thoughts."""
    match intent:
        case "approve":
            seat.press(KEY.Key_A)
            return 0
        case "reject":
            return reject(seat)
        case "leave":
            seat.press(KEY.Key_J)
            return 0
        case _:
            regretted = seat.on_screen
            seat.press(KEY.Key_A)
            seat.press(KEY.Key_Z)
            assert seat.on_screen == regretted
            seat.wait(1.1)
            return 2 + reject(seat)


def test_every_intended_decision_is_made_and_none_other(seat, kernel):
    rng = random.Random(20)
    wanted = intents(kernel, rng)
    left, extra = dict(wanted), 0
    others = [one.id for one in all_pending(kernel) if one.id not in wanted]
    assert len(wanted) >= 60
    assert len(wanted) + len(others) >= 75
    queue = seat.window.review.queue.list
    queue.setFocus()
    for turn in range(3 * ITEMS):
        if not left:
            break
        seat.wait(1.1)
        here = seat.on_screen
        if here not in left:
            seat.press(KEY.Key_J)
            extra += 1
            if seat.on_screen == here:
                seat.session.queue.choose(next(iter(left)))
            continue
        extra += work_on(seat, left.pop(here))
        assert queue.hasFocus(), f"focus went to {seat.focus()} after {wanted[here]}"
        if wanted[here] != "leave" and left:
            assert seat.on_screen != here, "the next that needs me is shown at once"
            assert seat.on_screen not in others, "what is not for me is passed over"
        if turn % 7 == 0:
            seat.read()
    seat.wait(6)
    seat.read()
    assert left == {}
    for identifier, intent in wanted.items():
        action = kernel.action(identifier)
        votes = [(vote.person, vote.verdict) for vote in action.votes]
        assert votes == {
            "approve": [(ME, Verdict.APPROVE)],
            "leave": [],
        }.get(intent, [(ME, Verdict.REJECT)])
    assert [identifier for identifier in others if kernel.action(identifier).votes] == []
    assert seat.keys - extra <= 2 * len(wanted)
