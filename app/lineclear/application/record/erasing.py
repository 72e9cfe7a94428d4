"""Erasing what is private, at somebody's word or when its time is over, and legal hold. Free of frameworks.

The ledger keeps a tombstone. Proofs hold: entries commit to digests of salted contents; salt and content go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from lineclear.application.ports import ActionQuery, Snapshot, Task, TaskKind, Transaction
from lineclear.application.reading.answers import Erasure
from lineclear.application.reasons import require_reason
from lineclear.application.record.retention import GOING, RETENTION, erased_at
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.erasure import BRIEF, CONTENTS, PRIVATE, STEPS, LegalHold
from lineclear.domain.events import ContentErased, DecisionBrief, ErasureCause, HoldLifted, HoldPlaced
from lineclear.domain.jobs import Job
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import stream_of

ONLY = "workspace"
LEASE = timedelta(minutes=10)
AGAIN = timedelta(minutes=1)
KINDS = frozenset({TaskKind.ERASE, TaskKind.SCRUB})

_HELD = stream_of(LegalHold, ONLY)
_FAR = timedelta(days=365)
_PAGE = 500
_LATER = timedelta(days=1)
_PARTS: Final[Mapping[type[Action | Job], frozenset[str]]] = {Action: CONTENTS, Job: STEPS}


class Whose(StrEnum):
    """Whose contents to erase: one action's, a job's with its actions, or all of an agent's."""

    ACTION = "action"
    JOB = "job"
    AGENT = "agent"


def erase(services: Services, principal: Principal, whose: Whose, name: str, reason: str) -> Erasure:
    """Erase at an administrator's word. Raises Refusal."""
    principal.require(Deed.ADMINISTER)
    return erase_as(services, principal.actor, principal.subject, whose, name, reason)


def erase_as(services: Services, actor: str, by: str, whose: Whose, name: str, reason: str) -> Erasure:
    """Destroy keys, salts and contents, and leave tombstones. Raises Refusal; then nothing was erased.

    What is open cannot be erased: Refusal(STILL_NEEDED). Under legal hold nothing is: Refusal(LEGAL_HOLD).
    """
    require_reason(reason, "Erasing")

    def work(tx: Transaction) -> Erasure:
        _require_no_hold(tx)
        actions, jobs = _found(tx, whose, name)
        recorder = Recorder(services, tx, actor)
        for action in actions:
            _erase(tx, recorder, action, by, reason)
        for job in jobs:
            _erase(tx, recorder, job, by, reason)
        if actions or jobs:
            tx.enqueue(Task(services.ids.new("tsk"), TaskKind.SCRUB, name, services.clock.now()))
        return Erasure(tuple(one.id for one in actions), tuple(one.id for one in jobs))

    return services.store.transact(work)


def switch_hold(services: Services, actor: str, by: str, *, on: bool, reason: str) -> LegalHold:
    """Place or lift legal hold; asking for what already is changes nothing. Raises Refusal."""
    require_reason(reason, "Legal hold" if on else "Lifting legal hold")

    def work(tx: Transaction) -> LegalHold:
        present = hold_of(tx)
        if present.on is on:
            return present
        event = HoldPlaced(by, reason) if on else HoldLifted(by, reason)
        return Recorder(services, tx, actor).record(LegalHold, ONLY, event)

    return services.store.transact(work)


def hold_of(snapshot: Snapshot) -> LegalHold:
    """Legal hold as it stands; off where it was never placed."""
    return snapshot.load(LegalHold, ONLY) or LegalHold(ONLY, -1, on=False, by="", reason="", since="")


class Keeper:
    """Carries out what retention makes due, one task a call; safe to run in several threads and processes."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def run_one(self) -> bool:
        """Erase what is due, or scrub after that; False where nothing was due."""
        task = self._services.store.transact(self._lease)
        if task is None:
            return False
        if task.kind is TaskKind.SCRUB:
            self._scrub(task)
        else:
            self._services.store.transact(lambda tx: self._erase(tx, task))
        return True

    def scrub_due(self) -> None:
        """Do at once what erasures left to be done, for who waits for it. Raises Refusal(DATABASE_BUSY)."""
        self._services.store.scrub()
        kinds = frozenset({TaskKind.SCRUB})
        while (task := self._services.store.transact(lambda tx: self._lease(tx, kinds))) is not None:
            self._finish(task)

    def _lease(self, tx: Transaction, kinds: frozenset[TaskKind] = KINDS) -> Task | None:
        now = self._services.clock.now()
        return tx.lease(kinds, now=now, until=now + LEASE)

    def _scrub(self, task: Task) -> None:
        try:
            self._services.store.scrub()
        except Refusal as refusal:
            if refusal.code is not Code.DATABASE_BUSY:
                raise
            due = self._services.clock.now() + AGAIN
            self._services.store.transact(lambda tx: tx.postpone(task, due=due))
            return
        self._finish(task)

    def _finish(self, task: Task) -> None:
        self._services.store.transact(lambda tx: tx.finish(task))

    def _erase(self, tx: Transaction, task: Task) -> None:
        """As the policy says now: it may have become longer since."""
        now, one = self._services.clock.now(), tx.load(Action, task.ref) or tx.load(Job, task.ref)
        due = _due(tx, one, now) if one is not None else None
        if one is None or due is None or _is_gone(one, _PARTS[type(one)]):
            tx.finish(task)
        elif hold_of(tx).on:
            tx.postpone(task, due=now + _FAR, waits_for=_HELD)
        elif due[0] > now:
            tx.postpone(task, due=due[0])
        elif tx.finish(task):
            self._take(tx, one, due[1])

    def _take(self, tx: Transaction, one: Action | Job, cause: ErasureCause) -> None:
        gone = tx.erase(stream_of(type(one), one.id), _PARTS[type(one)])
        recorder = Recorder(self._services, tx, f"system/{RETENTION}")
        recorder.record(type(one), one.id, ContentErased(RETENTION, cause, gone))
        due = self._services.clock.now()
        tx.enqueue(Task(self._services.ids.new("tsk"), TaskKind.SCRUB, one.id, due))


def _due(tx: Snapshot, one: Action | Job, now: datetime) -> tuple[datetime, ErasureCause] | None:
    """From when contents are not kept; those of a job's steps go with the last of its actions' contents.

    None for as long as wanted: also where one action of the job is kept so, and for a job without actions.
    While one is open nothing goes; looked at again in a day.
    """
    if isinstance(one, Action):
        return erased_at(tx, one)
    dues: list[tuple[datetime, ErasureCause]] = []
    for action in _actions(tx, ActionQuery(job=one.id, order="newest")):
        if action.status.is_open:
            return now + _LATER, ErasureCause.RETENTION
        gone = action.erased
        due = erased_at(tx, action) if gone is None else (moment(gone.at), gone.cause)
        if due is None:
            return None
        dues.append(due)
    return max(dues, default=None)


def _require_no_hold(tx: Snapshot) -> None:
    hold = hold_of(tx)
    if hold.on:
        raise Refusal(Code.LEGAL_HOLD, by=hold.by, reason=hold.reason)


def _erase(tx: Transaction, recorder: Recorder, one: Action | Job, by: str, reason: str) -> None:
    gone = tx.erase(stream_of(type(one), one.id), PRIVATE)
    event = ContentErased(by, ErasureCause.REQUEST, gone)
    recorder.record(type(one), one.id, event, brief=DecisionBrief(reason))


def _found(tx: Snapshot, whose: Whose, name: str) -> tuple[tuple[Action, ...], tuple[Job, ...]]:
    """What there is to erase and was not yet; Refusal where there is none such, or where it still goes on."""
    actions, jobs = _all(tx, whose, name)
    for action in actions:
        if action.status.is_open:
            raise Refusal(Code.STILL_NEEDED, what=f"Action {action.id}", status=action.status)
    for job in jobs:
        if job.status in GOING:
            raise Refusal(Code.STILL_NEEDED, what=f"Job {job.id}", status=job.status)
    left = frozenset({BRIEF})
    return (
        tuple(one for one in actions if not _is_gone(one, left)),
        tuple(one for one in jobs if not _is_gone(one, left)),
    )


def _all(tx: Snapshot, whose: Whose, name: str) -> tuple[list[Action], list[Job]]:
    if whose is Whose.ACTION:
        action = tx.load(Action, name)
        if action is None:
            raise Refusal(Code.ACTION_UNKNOWN, action=name)
        # What undid it says the same things.
        undone = tx.load(Action, action.undone_by) if action.undone_by else None
        return [action, *((undone,) if undone is not None else ())], []
    if whose is Whose.JOB:
        job = tx.load(Job, name)
        if job is None:
            raise Refusal(Code.NOT_FOUND, what=f"Job {name}")
        return list(_actions(tx, ActionQuery(job=name, order="newest"))), [job]
    jobs = [job for job in _jobs(tx) if job.agent == name]
    actions = list(_actions(tx, ActionQuery(agent=name, order="newest")))
    if not jobs and not actions:
        raise Refusal(Code.NOT_FOUND, what=f"Agent {name}, or anything of it,")
    return actions, jobs


def _actions(tx: Snapshot, query: ActionQuery) -> Iterator[Action]:
    after: str | None = None
    while True:
        page = tx.actions(query, after=after, limit=_PAGE)
        yield from page.items
        after = page.next
        if after is None:
            return


def _jobs(tx: Snapshot) -> Iterator[Job]:
    after: str | None = None
    while True:
        page = tx.jobs(after=after, limit=_PAGE)
        yield from page.items
        after = page.next
        if after is None:
            return


def _is_gone(one: Action | Job, parts: frozenset[str]) -> bool:
    return one.erased is not None and parts <= set(one.erased.parts)
