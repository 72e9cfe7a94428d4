"""A reviewer decides on exactly what they saw, with a signature that the server cannot make. Free of I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lineclear.application.budgeting.budgets import end_paused
from lineclear.application.budgeting.days import keep
from lineclear.application.deciding.arriving import check_arrival
from lineclear.application.deciding.authorising import check_vote, judgement
from lineclear.application.deciding.claiming import check_claim
from lineclear.application.deciding.loading import load_action, load_person
from lineclear.application.deciding.looking_twice import draw_second_look
from lineclear.application.executing.inside import check_room, ends_job, raises_day
from lineclear.application.governing.canaries import is_canary, reveal
from lineclear.application.idempotency import Request, replayed
from lineclear.application.judging.clearing import clear
from lineclear.application.ports import Signatures, Snapshot, Transaction
from lineclear.application.reasons import require_reason, require_short
from lineclear.application.recording import Recorder, kept
from lineclear.application.services import Services, stamp
from lineclear.domain.actions import Action
from lineclear.domain.bulk import MOST, SENTENCES, Hindrance, hindrances
from lineclear.domain.confirming import confirm_words, is_confirmed
from lineclear.domain.control import Workspace
from lineclear.domain.events import DecisionBrief, DecisionRecorded, DeviceSigned
from lineclear.domain.identities import Device, Person
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.statements import DecisionStatement, StatementError, open_decision
from lineclear.domain.payloads import view_digest
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.standing import Standing, standing_for
from lineclear.domain.vocabulary import JobStatus, Tier, Verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """A signed verdict as it is sent: the DSSE envelope's bytes, the device that signed, the reason."""

    envelope: bytes
    device: str
    reason: str = ""


def decide(
    services: Services, principal: Principal, identifier: str, decision: Decision, request: Request
) -> tuple[Action, bool]:
    """Record a verdict and, when it suffices, clear the action; True where this was answered before.

    Raises Refusal for everything that moved since the reviewer looked, and for want of authority.
    """
    principal.require(Deed.DECIDE)

    def work(tx: Transaction) -> tuple[Action, bool]:
        if replayed(tx, principal, request) is not None:
            return load_action(tx, identifier), True
        action = load_action(tx, identifier)
        person = load_person(tx, principal)
        device = _device(tx, decision.device, person)
        statement = open_statement(services.signatures, decision.envelope, device)
        verdict = _verdict(statement)
        check_arrival(services, tx, action, statement)
        if not (statement.offline and verdict is Verdict.REJECT):
            check_claim(action, person.id, services.clock.now())
        check_binding(origin_of(tx), action, statement, device)
        stands = standing_for(person, action, services.clock.now())
        check_vote(action, person, stands, services.clock.now())
        _check_bulk(action, person, statement, services.clock.now())
        if verdict is Verdict.APPROVE:
            check_confirmed(tx, action, statement)
            check_room(tx, stamp(services.clock.now()), action)
        if verdict is Verdict.REJECT:
            require_reason(decision.reason, "Rejecting")
        require_short(decision.reason)
        action = _record(services, tx, principal, action, stands, statement, decision)
        tx.remember(request.answered(principal, action.id))
        return action, False

    return services.store.transact(work)


def open_statement(signatures: Signatures, envelope: bytes, device: Device) -> DecisionStatement:
    """The statement that this device signed; Refusal(SIGNATURE_INVALID) for anything else."""
    try:
        return open_decision(envelope, {device.id: _DeviceKey(signatures, device.public_key)})
    except StatementError as error:
        raise Refusal(Code.SIGNATURE_INVALID, problem=error) from error


@dataclass(frozen=True, slots=True)
class _DeviceKey:
    """An enrolled key as the ledger's Verifier."""

    signatures: Signatures
    public_key: str

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return self.signatures.holds(self.public_key, signature, message)


def check_binding(origin: str, action: Action, statement: DecisionStatement, device: Device) -> None:
    """Refuse a statement that is about anything but the revision, view, policy and ledger of now."""
    if statement.action != action.id or statement.origin != origin:
        raise Refusal(Code.SIGNATURE_INVALID, problem="it was made for another action or workspace")
    if statement.revision != action.revision:
        raise Refusal(Code.REVISION_STALE, seen=statement.revision, current=action.revision)
    if statement.challenge != action.challenge:
        raise Refusal(Code.SIGNATURE_INVALID, problem="it was not made for this ledger")
    if statement.payload_sha256 != action.content.payload or statement.view_sha256 != view_digest(action):
        raise Refusal(Code.STATE_CHANGED, what="what the action would change")
    if action.judged is None or statement.policy_sha256 != action.judged.policy:
        raise Refusal(Code.STATE_CHANGED, what="the policy in force")
    if (statement.capability, statement.tier) != (action.capability, action.tier):
        raise Refusal(Code.SIGNATURE_INVALID, problem="it names another capability or tier")
    if statement.previous_decision != (device.last or None):
        raise Refusal(Code.SIGNATURE_INVALID, problem="this device signed another decision in between")
    if statement.device_counter <= device.counter:
        raise Refusal(Code.SIGNATURE_INVALID, problem="this device already signed a later decision")


def check_confirmed(snapshot: Snapshot, action: Action, statement: DecisionStatement) -> None:
    """Refuse an approval that was not confirmed with what it is of, where its evaluation asks for that."""
    if action.judged is None or not action.judged.confirms:
        return
    sealed = kept(snapshot.blob(action.content.payload), action.content.payload)
    if not is_confirmed(statement.confirmed, sealed, confirm_words(action).text):
        raise unconfirmed(action, is_typed=statement.confirmed is not None)


def unconfirmed(action: Action, *, is_typed: bool) -> Refusal:
    """The refusal of an approval for which nothing was typed, or something else."""
    what, typed = "amount" if action.amount else "target", "another text was" if is_typed else "nothing was"
    problem = f"it takes the {what}, typed as it stands, and {typed} typed"
    return Refusal(Code.APPROVAL_UNCONFIRMED, action=action.id, problem=problem)


def origin_of(snapshot: Snapshot) -> str:
    """What tells this workspace's ledger from all others."""
    return snapshot.every(Workspace)[0].origin


def _device(snapshot: Snapshot, identifier: str, person: Person) -> Device:
    device = snapshot.load(Device, identifier)
    if device is None or device.person != person.id or device.revoked:
        raise Refusal(Code.DEVICE_UNKNOWN, device=identifier, person=person.id)
    return device


def _verdict(statement: DecisionStatement) -> Verdict:
    try:
        return Verdict(statement.verdict)
    except ValueError:
        raise Refusal(Code.SIGNATURE_INVALID, problem=f"{statement.verdict!r} is not a verdict") from None


def _check_bulk(action: Action, person: Person, statement: DecisionStatement, at: datetime) -> None:
    """Refuse what was decided among others and may only be decided by itself."""
    if not statement.bulk:
        return
    because = [SENTENCES[one] for one in hindrances(action, person.id, at)]
    if statement.verdict is not Verdict.APPROVE:
        because.append("Only approvals are given together")
    if statement.bulk > MOST:
        because.append(SENTENCES[Hindrance.TOO_MANY])
    if because:
        raise Refusal(Code.BULK_EXCLUDED, action=action.id, problem="; ".join(because))


def _record(
    services: Services,
    tx: Transaction,
    principal: Principal,
    action: Action,
    stands: Standing,
    statement: DecisionStatement,
    decision: Decision,
) -> Action:
    recorder = Recorder(services, tx, principal.actor)
    event = DecisionRecorded(
        revision=action.revision,
        verdict=Verdict(statement.verdict),
        person=principal.subject,
        tier=Tier(stands.tier),
        device=decision.device,
        counter=statement.device_counter,
        grounds=stands.grounds,
        giver=stands.giver,
        groups=load_person(tx, principal).groups,
        bulk=statement.bulk,
        dwell_ms=statement.dwell_ms,
        changes_seen=statement.changes_seen,
    )
    brief = DecisionBrief(decision.reason) if decision.reason else None
    commits = {"statement": recorder.keep(decision.envelope)}
    signed = DeviceSigned(counter=statement.device_counter, action=action.id)
    recorder.record(Device, decision.device, signed, commits=commits)
    action = recorder.record(Action, action.id, event, brief=brief, commits=commits)
    if event.verdict is Verdict.REJECT and raises_day(action):
        keep(tx, recorder, action, principal.subject)
    elif event.verdict is Verdict.REJECT and ends_job(action):
        job = tx.load(Job, action.job)
        if job is not None and job.status is JobStatus.PAUSED:
            end_paused(services, tx, job, principal.subject)
    is_rejected = event.verdict is Verdict.REJECT
    if not is_rejected and not judgement(action, action.votes).met:
        return action
    if is_canary(tx, action):
        return reveal(services, tx, action)
    if is_rejected:
        return action
    action = draw_second_look(recorder, action)
    suffices = judgement(action, action.votes).met
    return clear(services, tx, action, by="decisions") if suffices else action


def verify_votes(services: Services, snapshot: Snapshot, action: Action) -> None:
    """Check again, from the stored bytes alone, that signed decisions suffice; Refusal otherwise.

    The executor trusts no row: a vote changed in the database by hand makes it refuse.
    """
    for vote in action.votes:
        device = snapshot.load(Device, vote.device)
        if device is None or device.person != vote.person:
            raise Refusal(Code.DEVICE_UNKNOWN, device=vote.device, person=vote.person)
        envelope = kept(snapshot.blob(vote.statement), vote.statement)
        statement = open_statement(services.signatures, envelope, device)
        signed = (statement.action, statement.revision, statement.payload_sha256, statement.verdict)
        if signed != (action.id, action.revision, action.content.payload, vote.verdict):
            raise Refusal(
                Code.SIGNATURE_INVALID, problem="the recorded decision is not the one that was signed"
            )
        if statement.view_sha256 != view_digest(action) or statement.challenge != action.challenge:
            raise Refusal(Code.SIGNATURE_INVALID, problem="what was signed is not what would run")
        if vote.verdict is Verdict.APPROVE:
            check_confirmed(snapshot, action, statement)
    if not judgement(action, action.votes).met:
        raise Refusal(Code.SIGNATURE_INVALID, problem="the signed decisions do not suffice")
