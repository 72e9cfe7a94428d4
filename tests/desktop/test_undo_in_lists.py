"""Lists say of each row whether it was undone, can be undone, or cannot be, and why."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from lineclear.application.reading.jobs import read_job
from lineclear.application.reading.questions import UndoState, undo_state, undo_text
from lineclear.desktop.presenters.jobs.job_page import job_sheet
from lineclear.desktop.presenters.queue.queue_sheet import undo_about
from lineclear.desktop.presenters.sheets import text_of
from lineclear.domain.actions import Action
from lineclear.domain.effects import UndoPlan
from lineclear.domain.vocabulary import ActionStatus
from support.kernel import Kernel


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def done(kernel: Kernel) -> Action:
    action = kernel.refund("20.00")
    kernel.run()
    return kernel.action(action.id)


def test_the_state_of_an_undo_follows_what_happened(kernel):
    action, now = done(kernel), kernel.clock.now()
    with_window = msgspec.structs.replace(action, undo=UndoPlan(possible=True, window=60))
    final = msgspec.structs.replace(action, undo=UndoPlan(possible=False, loses="a refund is final"))
    unknown = msgspec.structs.replace(action, status=ActionStatus.UNKNOWN)
    undone = msgspec.structs.replace(action, undone_by="act-2")
    denied = msgspec.structs.replace(action, status=ActionStatus.DENIED)
    later = now + timedelta(seconds=61)
    assert undo_state(action, now) is UndoState.POSSIBLE
    assert undo_state(with_window, now) is UndoState.POSSIBLE
    assert undo_state(with_window, later) is UndoState.IMPOSSIBLE
    assert undo_state(final, now) is UndoState.IMPOSSIBLE
    assert undo_state(unknown, now) is UndoState.IMPOSSIBLE
    assert undo_state(undone, now) is UndoState.DONE
    assert undo_state(denied, now) is UndoState.NOTHING
    for one, at in ((action, now), (with_window, later), (final, now)):
        assert undo_text(one, at).startswith("Yes") is (undo_state(one, at) is UndoState.POSSIBLE)


def test_each_action_of_a_job_says_it_with_the_reason(kernel):
    done(kernel)
    found = kernel.store.read(lambda snapshot: read_job(snapshot, kernel.job))
    sheet = job_sheet(found, None, kernel.clock.now())
    assert [text_of(one.undo) for one in sheet.actions] == ["Yes, at any time"]


def test_what_was_done_says_it_first_in_the_queue(kernel):
    action, now = done(kernel), kernel.clock.now()
    final = msgspec.structs.replace(action, undo=UndoPlan(possible=False, loses="a refund is final"))
    assert undo_about(action, now).startswith("can be undone")
    assert undo_about(final, now).startswith("cannot be undone: a refund is final")
