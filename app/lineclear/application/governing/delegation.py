"""Reviewers lend part of their own authority for a while, and take it back (I12). Free of I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from lineclear.application.deciding.loading import load_person
from lineclear.application.judging.in_force import check_known
from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.reasons import require_reason
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, stamp
from lineclear.domain.authority import DECIDERS
from lineclear.domain.events import AuthorityDelegated, DelegationEnded
from lineclear.domain.identities import Delegation, Person
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier

LONGEST = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Loan:
    """What is lent to whom: at most a tier of one's own, for named capabilities, for a while."""

    receiver: str
    tier: Tier
    capabilities: tuple[str, ...]
    lasts: timedelta
    reason: str


def delegate(services: Services, principal: Principal, loan: Loan) -> Person:
    """Lend authority; the receiver as they stand then. Raises Refusal.

    Only what the giver was enrolled with can be lent: what somebody lent to them never goes on to a third.
    """
    principal.require(Deed.DELEGATE)
    require_reason(loan.reason, "Delegating")

    def work(tx: Transaction) -> Person:
        giver = load_person(tx, principal)
        _check(tx, giver, loan)
        event = AuthorityDelegated(
            delegation=services.ids.new("dlg"),
            giver=giver.id,
            tier=loan.tier,
            capabilities=loan.capabilities,
            until=stamp(services.clock.now() + loan.lasts),
            reason=loan.reason,
            ceiling=giver.ceiling,
            currency=giver.currency,
        )
        return Recorder(services, tx, principal.actor).record(Person, loan.receiver, event)

    return services.store.transact(work)


def end_delegation(services: Services, principal: Principal, identifier: str, reason: str) -> Person:
    """End a delegation, as its giver, its receiver or an administrator. Raises Refusal."""
    principal.require(Deed.DELEGATE)

    def work(tx: Transaction) -> Person:
        person = load_person(tx, principal)
        receiver, delegation = _find(tx, identifier)
        if person.role is not Role.ADMIN and person.id not in {receiver.id, delegation.giver}:
            raise Refusal(Code.NOT_FOUND, what=f"Delegation {identifier}")
        ended = DelegationEnded(identifier, by=person.id, reason=reason)
        return Recorder(services, tx, principal.actor).record(Person, receiver.id, ended)

    return services.store.transact(work)


def end_all_by(tx: Transaction, recorder: Recorder, giver: str, by: str, reason: str) -> None:
    """End whatever somebody lent, because their own authority is no longer what it was."""
    for receiver in tx.every(Person):
        for one in receiver.received:
            if one.giver == giver:
                recorder.record(Person, receiver.id, DelegationEnded(one.id, by, reason))


def _check(tx: Snapshot, giver: Person, loan: Loan) -> None:
    receiver = tx.load(Person, loan.receiver)
    if receiver is None or receiver.left or receiver.role not in DECIDERS:
        raise Refusal(Code.DELEGATION_REFUSED, problem=f"{loan.receiver} is no reviewer of this workspace")
    if receiver.id == giver.id:
        raise Refusal(Code.DELEGATION_REFUSED, problem="it would be to yourself")
    if loan.tier > giver.tier:
        problem = f"you are at tier {giver.tier} yourself, and what was lent to you stays with you"
        raise Refusal(Code.DELEGATION_REFUSED, problem=problem)
    if not timedelta() < loan.lasts <= LONGEST:
        raise Refusal(Code.DELEGATION_REFUSED, problem=f"it would not end within {LONGEST.days} days")
    if not loan.capabilities:
        raise Refusal(Code.DELEGATION_REFUSED, problem="it names no capability")
    for capability in loan.capabilities:
        check_known(tx, capability)


def _find(tx: Snapshot, identifier: str) -> tuple[Person, Delegation]:
    for person in tx.every(Person):
        for one in person.received:
            if one.id == identifier:
                return person, one
    raise Refusal(Code.NOT_FOUND, what=f"Delegation {identifier}")
