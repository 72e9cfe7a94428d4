"""Safe mode: while it is on, nothing that mutates starts. Free of frameworks and databases.

The switch is one entry; every start reads it in its own transaction, and writers are serialised, so
after the commit that switches it on there is no later start, whatever the timing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lineclear.application.deciding.loading import load_person
from lineclear.application.governing.in_flight import MOST_NAMED, every_action, in_flight
from lineclear.application.governing.scopes import WORKSPACE, check_scope, safe_modes_over, scopes_of
from lineclear.application.ports import ActionQuery, Snapshot, Task, TaskKind, Transaction
from lineclear.application.reasons import require_reason
from lineclear.application.recording import Recorder
from lineclear.application.services import LAST, Services, moment, stamp
from lineclear.domain.actions import Action
from lineclear.domain.control import SafeMode
from lineclear.domain.events import DeadlineMoved, SafeModeLeaveAsked, SafeModeSwitched
from lineclear.domain.identities import Person
from lineclear.domain.principals import MAY, Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Executor, Tier

_WAITING = ActionQuery(statuses=frozenset({ActionStatus.PENDING, ActionStatus.CLEARED}))
_LEAVERS = MAY[Deed.LEAVE_SAFE_MODE]
_LAST = datetime(LAST, 12, 31, tzinfo=UTC)


def switch_safe_mode(
    services: Services, principal: Principal, *, on: bool, reason: str, scope: str = WORKSPACE
) -> SafeMode:
    """Request safe mode or leave it; asking for what already is changes nothing. Raises Refusal.

    What a person at tier 3 switched on is left by two: the first call records who wants to leave.
    """
    principal.require(Deed.SAFE_MODE if on else Deed.LEAVE_SAFE_MODE)
    check_scope(scope)
    require_reason(reason, "Safe mode" if on else "Leaving safe mode")

    def work(tx: Transaction) -> SafeMode:
        person = load_person(tx, principal)
        present = safe_mode_of(tx, scope)
        if present.on is on:
            return present
        recorder = Recorder(services, tx, principal.actor)
        if on:
            return _enter(tx, recorder, person, scope, reason)
        return _leave(services, tx, recorder, person, present, reason)

    return services.store.transact(work)


def safe_mode_of(snapshot: Snapshot, scope: str = WORKSPACE) -> SafeMode:
    """A scope's safe mode; off where it was never switched."""
    found = snapshot.load(SafeMode, scope)
    return found or SafeMode(scope, -1, on=False, by="", reason="", requested_at="")


def _enter(tx: Transaction, recorder: Recorder, person: Person, scope: str, reason: str) -> SafeMode:
    named = tuple(one.id for one in in_flight(tx, scope)[:MOST_NAMED])
    event = SafeModeSwitched(on=True, by=person.id, reason=reason, in_flight=named, tier=person.tier)
    return recorder.record(SafeMode, scope, event)


def _leave(
    services: Services, tx: Transaction, recorder: Recorder, person: Person, present: SafeMode, reason: str
) -> SafeMode:
    first = tx.load(Person, present.leaving_by) if present.leaving_by else None
    if present.tier > Tier.TWO and (first is None or first.left or first.role not in _LEAVERS):
        return recorder.record(SafeMode, present.id, SafeModeLeaveAsked(person.id, reason))
    if present.tier > Tier.TWO and present.leaving_by == person.id:
        raise Refusal(Code.CONFIRMATION_MISSING, deed="Leaving a safe mode of tier 3")
    event = SafeModeSwitched(on=False, by=person.id, reason=reason, tier=present.tier)
    left = recorder.record(SafeMode, present.id, event)
    _thaw(services, tx, recorder, present)
    return left


def _thaw(services: Services, tx: Transaction, recorder: Recorder, was: SafeMode) -> None:
    """Deadlines stood still while it was on: each goes on by the time that its action was held.

    For as long as another safe mode holds an action too, that one counts when it is left.
    """
    now = services.clock.now()
    for action in every_action(tx, _WAITING):
        if action.executor is Executor.AGENT:
            continue  # its agent was told when it ends, and waits no longer
        if not action.mutates or not action.deadline or was.id not in scopes_of(action):
            continue
        others = (moment(one.requested_at) for one in safe_modes_over(tx, action))
        frozen = min((now, *others)) - max(moment(was.requested_at), moment(action.proposed_at))
        if frozen <= timedelta():
            continue
        due = min(moment(action.deadline) + frozen, _LAST)
        recorder.record(Action, action.id, DeadlineMoved(stamp(due), "safe mode was left"))
        tx.enqueue(Task(services.ids.new("tsk"), TaskKind.EXPIRE, action.id, due, proposer=action.proposer))
