"""Tier 3 in an emergency: for an hour at most, with a reason, reviewed by somebody else (I13). Free of I/O.

It raises the tier of a person's own decisions and lifts their ceiling, and nothing else: signatures, the
owner's rule, the number of people, policy's denials and safe mode stand, and ledger, keys and roles are out
of its reach.
"""

from __future__ import annotations

from datetime import timedelta

from lineclear.application.deciding.loading import load_person
from lineclear.application.ports import Transaction
from lineclear.application.reasons import require_reason
from lineclear.application.recording import Recorder
from lineclear.application.services import Services, stamp
from lineclear.domain.events import GlassBroken, GlassReviewed
from lineclear.domain.identities import Person
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Tier

LONGEST = timedelta(hours=1)


def break_glass(services: Services, principal: Principal, lasts: timedelta, reason: str) -> Person:
    """Decide at tier 3 for a while; Refusal while an earlier time was not reviewed."""
    principal.require(Deed.BREAK_GLASS)
    require_reason(reason, "Breaking the glass")
    if not timedelta() < lasts <= LONGEST:
        raise Refusal(Code.BODY_INVALID, problem="break-glass lasts 60 minutes at most")

    def work(tx: Transaction) -> Person:
        person = load_person(tx, principal)
        if person.glass is not None and not person.glass.reviewed_by:
            raise Refusal(Code.GLASS_UNREVIEWED, person=person.id, since=person.glass.since)
        broken = GlassBroken(stamp(services.clock.now() + lasts), reason)
        return Recorder(services, tx, principal.actor).record(Person, person.id, broken)

    return services.store.transact(work)


def review_glass(
    services: Services, principal: Principal, whose: str, *, justified: bool, reason: str
) -> Person:
    """Say what one thinks of somebody else's break-glass, which ends it where it still runs."""
    principal.require(Deed.REVIEW_GLASS)
    require_reason(reason, "Reviewing a break-glass")

    def work(tx: Transaction) -> Person:
        reviewer, person = load_person(tx, principal), tx.load(Person, whose)
        if person is None or person.glass is None or person.glass.reviewed_by:
            raise Refusal(Code.NOT_FOUND, what=f"A break-glass of {whose} to review")
        if reviewer.id == person.id:
            raise Refusal(Code.OWN_AUTHORITY, deed=Deed.REVIEW_GLASS)
        if reviewer.tier < Tier.THREE:
            needed = int(Tier.THREE)
            raise Refusal(Code.TIER_INSUFFICIENT, person=reviewer.id, tier=int(reviewer.tier), needed=needed)
        reviewed = GlassReviewed(reviewer.id, justified, reason)
        return Recorder(services, tx, principal.actor).record(Person, person.id, reviewed)

    return services.store.transact(work)
