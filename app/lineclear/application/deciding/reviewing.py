"""The reviewer's side of a decision: what was on screen becomes a statement, signed on this device.

Free of I/O: window and terminal use it alike. The server can check a statement and never make one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from lineclear.application.services import moment, stamp
from lineclear.domain.actions import Action
from lineclear.domain.confirming import confirmation
from lineclear.domain.identities import Device
from lineclear.domain.ledger.statements import DecisionStatement
from lineclear.domain.payloads import view_digest
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Verdict

VALID = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Looked:
    """How somebody looked before deciding. `payload` is the sealed payload as the backend gave it.

    `typed` is what they typed to approve, empty where nothing was asked for. `dwell_ms` is for how long the
    revision was in sight in an active window, `changes` how many changed fields were shown; None is unknown.
    `bulk` is how many were approved at one look, 0 for one alone.
    """

    payload: str = ""
    typed: str = ""
    dwell_ms: int | None = None
    changes: int | None = None
    bulk: int = 0


NOT_KNOWN = Looked()


@dataclass(frozen=True, slots=True)
class Without:
    """That the backend cannot be reached: when it last confirmed what is shown, and until when that holds.

    Both by its own clock; empty where it never did, and then nothing can be approved.
    """

    seen_at: str = ""
    until: str = ""


def statement_of(  # each is a part of what is signed
    action: Action,
    device: Device,
    verdict: Verdict,
    *,
    origin: str,
    now: datetime,
    looked: Looked = NOT_KNOWN,
    without: Without | None = None,
) -> DecisionStatement:
    """What this device signs: the verdict on exactly the revision, view and policy in `action`.

    `bulk` is how many are approved at one look, `without` says that the backend cannot be reached.
    `device` is as the ledger has it, so that the counter goes on from its newest decision.
    Raises Refusal(ACTION_DECIDED) for an action that policy has not judged.
    """
    if action.judged is None:
        raise Refusal(Code.ACTION_DECIDED, action=action.id, status=action.status)
    end = min(now + VALID, moment(action.deadline)) if action.deadline else now + VALID
    return DecisionStatement(
        verdict=verdict,
        origin=origin,
        action=action.id,
        revision=action.revision,
        payload_sha256=action.content.payload,
        view_sha256=view_digest(action),
        policy_sha256=action.judged.policy,
        capability=action.capability,
        tier=action.tier,
        challenge=action.challenge,
        device_counter=device.counter + 1,
        not_after=(without.until if without else "") or stamp(end),
        claimed_time=stamp(now),
        offline=without is not None,
        seen_at=(without.seen_at or None) if without else None,
        previous_decision=device.last or None,
        bulk=looked.bulk,
        confirmed=confirmation(looked.payload.encode(), looked.typed) if looked.typed else None,
        dwell_ms=looked.dwell_ms,
        changes_seen=looked.changes,
    )
