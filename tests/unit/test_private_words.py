"""Words that may name somebody lie beside the ledger, never in an entry; older entries still have them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.verifying import verify_pack
from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.deciding.claiming import answer, ask, claim
from lineclear.application.deciding.editing import Edit, edit_action
from lineclear.application.jobs import stop_job
from lineclear.application.ports import Snapshot, Stored, ToolFailed, ToolOutcomeUnknown
from lineclear.application.record.erasing import Whose, erase_as
from lineclear.application.recording import read_stored
from lineclear.domain.actions import Action
from lineclear.domain.control import Breaker
from lineclear.domain.events import BRIEF_TYPES, EVENT_TYPES
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.entries import Entry, encode
from lineclear.domain.records import Recorded
from lineclear.domain.state import fold, fold_all
from lineclear.domain.vocabulary import ActionStatus, Verdict
from support.kernel import CONTRACTS, Kernel
from support_audit import LOG, entries_of, examiner, key_of, write

SAID = "card of Wilhelmina Example"

INLINE = {
    "agent.resumed": "about an agent, which is no person",
    "agent.stopped": "about an agent, which is no person",
    "authority.delegated": "why somebody may decide: accountability outlasts the person's stay",
    "breaker.failed": "a code and the name of an action",
    "breaker.opened": "a code and the name of an action",
    "connector.changed": "what a probe of a system found",
    "deadline.moved": "one fixed sentence",
    "delegation.ended": "as authority.delegated",
    "glass.broken": "why somebody may decide",
    "glass.reviewed": "why somebody may decide",
    "hold.lifted": "outlasts what it protects",
    "hold.placed": "outlasts what it protects",
    "person.left": "why somebody may decide no more",
    "safe_mode.leave_asked": "about the workspace",
    "safe_mode.switched": "about the workspace",
    "trial.ended": "a word of a closed vocabulary",
}
"""Types whose entries keep a free text in themselves, and why that is right."""

EMPTY = {
    "action.revised",
    "execution.delayed",
    "execution.failed",
    "execution.held",
    "execution.unknown",
    "job.stopped",
}
"""Types that had a free text in themselves once, and have it in a brief now."""


def test_no_event_keeps_a_free_text_but_those_that_are_known_to():
    texts = {"reason", "detail", "because", "note", "text", "why", "title"}
    having = {name for name, event in EVENT_TYPES.items() if texts & set(event.__struct_fields__)}
    assert having == INLINE.keys() | EMPTY
    assert BRIEF_TYPES.keys() >= EMPTY


class Talkative(MemoryTools):
    """A provider that quotes what it was sent."""

    def __init__(self, *failures: Exception) -> None:
        super().__init__(CONTRACTS, {"pay_1": {"status": "captured", "refunded": "0.00"}})
        self._failures = list(failures)

    def apply(self, tool: str, arguments: object, **more: object) -> object:
        if self._failures:
            raise self._failures.pop(0)
        return super().apply(tool, arguments, **more)


def failed(*failures: Exception) -> tuple[Kernel, Action]:
    """A refund that went as these failures lead it."""
    kernel = Kernel(tools=Talkative(*failures))
    action = kernel.refund("20.00")
    for _ in range(9):
        kernel.run()
        kernel.later(seconds=60)
    return kernel, kernel.action(action.id)


def written(kernel: Kernel) -> bytes:
    return b"\n".join(one.entry for one in stored(kernel))


def stored(kernel: Kernel) -> tuple[Stored, ...]:
    return kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=999))


def folded(snapshot: Snapshot) -> dict[str, object]:
    return dict(fold_all(read_stored(one) for one in snapshot.entries(start=0, limit=999)))


@pytest.mark.parametrize(
    ("failures", "status"),
    [
        ((ToolFailed("refused", f"no {SAID}"),), ActionStatus.FAILED),
        ((ToolOutcomeUnknown(f"no {SAID}"),) * 9, ActionStatus.UNKNOWN),
        (
            (ToolFailed("unreachable", f"no {SAID}"),) * 2 + (ToolFailed("refused", SAID),),
            ActionStatus.FAILED,
        ),
    ],
)
def test_i41_what_a_provider_said_goes_with_its_action(failures: tuple[Exception, ...], status: ActionStatus):
    kernel, action = failed(*failures)
    assert action.status is status
    assert action.run is not None
    assert SAID in action.run.detail
    assert b"ilhelmina" not in written(kernel)
    for breaker in kernel.store.read(lambda snapshot: snapshot.every(Breaker)):
        assert "ilhelmina" not in breaker.detail
    before = written(kernel)
    if status is ActionStatus.FAILED:
        erase_as(kernel.services, "person/root", "root", Whose.ACTION, action.id, "She asked for it")
        now = kernel.action(action.id)
        assert now.run is not None
        assert now.run.detail == ""
        assert kernel.store.read(folded)[f"action/{action.id}"] == now
        assert written(kernel).startswith(before)
        assert all(b"ilhelmina" not in (one.brief or b"") for one in stored(kernel))


def test_i41_why_a_job_was_stopped_goes_with_the_job():
    kernel = Kernel()
    stop_job(kernel.services, kernel.reviewer().principal, kernel.job, f"It read the {SAID}")
    job = kernel.store.read(lambda snapshot: snapshot.load(Job, kernel.job))
    assert job is not None
    assert job.stop_reason == f"It read the {SAID}"
    assert b"ilhelmina" not in written(kernel)
    erase_as(kernel.services, "person/root", "root", Whose.JOB, kernel.job, "She asked for it")
    job = kernel.store.read(lambda snapshot: snapshot.load(Job, kernel.job))
    assert job is not None
    assert job.stop_reason == ""
    assert kernel.store.read(folded)[f"job/{kernel.job}"] == job


def test_i41_an_edit_goes_with_its_action_reason_and_arguments_alike(tmp_path: Path):
    kernel = Kernel()
    ops, action = kernel.reviewer(), kernel.refund("180.00")
    sent = {
        "id": "pay_1",
        "fields": {"status": "refunded"},
        "amount": "120.00",
        "currency": "USD",
        "note": SAID,
    }
    wanted = Edit(json.dumps(sent).encode(), action.revision, f"Only the {SAID}")
    edited = edit_action(kernel.services, ops.principal, action.id, wanted, kernel.key())[0]
    assert edited.revised_because == f"ops-west edited it: Only the {SAID}"
    assert b"ilhelmina" not in written(kernel)
    claim(kernel.services, ops.principal, action.id)
    ask(kernel.services, ops.principal, action.id, f"Whose is the {SAID}?", kernel.key())
    answer(kernel.services, kernel.agent, action.id, f"Of {SAID}", kernel.key())
    kernel.decide(ops, edited, Verdict.REJECT, "No")
    assert kernel.store.read(lambda snapshot: snapshot.blob(edited.edited)) is not None
    erase_as(kernel.services, "person/root", "root", Whose.ACTION, action.id, "She asked for it")
    assert kernel.store.read(lambda snapshot: snapshot.blob(edited.edited)) is None
    now = kernel.action(action.id)
    assert now.revised_because == ""
    assert kernel.store.read(folded)[f"action/{action.id}"] == now
    pack = write(entries_of(kernel), tmp_path / "pack")
    assert verify_pack(pack, Trust(str(key_of(LOG)))).conclusion.findings == ()
    assert examiner().verify(pack, str(key_of(LOG)))[0] == []


@pytest.mark.parametrize(
    ("kind", "stream", "body"),
    [
        ("execution.failed", "action/a", {"token": 1, "code": "refused", "detail": SAID}),
        ("execution.unknown", "action/a", {"token": 1, "detail": SAID}),
        ("execution.delayed", "action/a", {"token": 1, "code": "unreachable", "detail": SAID, "attempt": 1}),
        ("job.stopped", "job/a", {"by": "ops", "reason": SAID}),
    ],
)
def test_older_entries_say_it_themselves_and_are_read_as_ever(
    kind: str, stream: str, body: dict[str, object]
):
    kernel, _ = failed(ToolFailed("refused", "as new programs record it"))
    record = kernel.store.read(folded)
    before = next(one for one in record.values() if isinstance(one, Action if stream[0] == "a" else Job))
    if isinstance(before, Action):
        before = replace_status(before)
    written_then = Entry(kind, stream, before.seq + 1, "2026-01-31T09:30:00.000Z", "worker/w1", body)
    recorded = read_stored(Stored(99, encode(written_then), None))
    after = told(before, recorded)
    assert SAID in (after.run.detail if isinstance(after, Action) and after.run else after.stop_reason)


def replace_status(action: Action) -> Action:
    """As it was while the call was under way."""
    return msgspec.structs.replace(action, status=ActionStatus.STARTED)


def told(before: Action | Job, recorded: Recorded) -> Action | Job:
    stream = f"{'action' if isinstance(before, Action) else 'job'}/{before.id}"
    after = fold(before, replace(recorded, stream=stream))
    assert isinstance(after, Action | Job)
    return after
