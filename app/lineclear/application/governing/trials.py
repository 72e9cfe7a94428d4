"""A second document on half of all new jobs, begun and ended by people. Free of frameworks and databases."""

from __future__ import annotations

from hashlib import sha256
from importlib import import_module

from lineclear.application.deciding.loading import load_person
from lineclear.application.governing.workspaces import check_document
from lineclear.application.judging.in_force import ACTIVE, policy_in_force
from lineclear.application.lab.guarding import begun, end_trial, follow, judged
from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.reading.answers import TrialLook, TrialState
from lineclear.application.reasons import require_reason
from lineclear.application.recording import Recorder
from lineclear.application.services import Services
from lineclear.domain.control import ActivePolicy
from lineclear.domain.events import DecisionBrief, TrialEnd, TrialStarted
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.trials import LIVE, LiveTrial
from lineclear.domain.vocabulary import Tier


def start_trial(  # what a trial is
    services: Services,
    principal: Principal,
    text: str,
    *,
    expected: int,
    reason: str,
    margin: int = 20,
    least: int = 30,
    level: int = 950,
) -> LiveTrial:
    """Judge half of all new jobs by this text; by a person of tier 3 who saw how it differs. Raises Refusal.

    `margin` and `level` are per mille. What the document in force denies stays denied in both halves.
    """
    principal.require(Deed.ACTIVATE_POLICY)
    person = services.store.read(lambda snapshot: load_person(snapshot, principal))
    if person.tier < Tier.THREE:
        raise Refusal(Code.TIER_INSUFFICIENT, person=person.id, tier=int(person.tier), needed=3)
    require_reason(reason, "Beginning a trial")
    document = check_document(text)
    try:
        import_module("scipy.stats")
    except ModuleNotFoundError:
        raise Refusal(Code.TRIAL_REFUSED, problem="its guardrail needs scipy, from lineclear[lab]") from None
    content = text.encode()
    digest = sha256(content).hexdigest()

    def work(tx: Transaction) -> LiveTrial:
        active, in_force = policy_in_force(tx)
        if expected != active.version:
            raise Refusal(Code.STATE_CHANGED, what=f"version {active.version} of the policy is in force")
        present = tx.load(LiveTrial, LIVE)
        if present is not None and present.on:
            if present.digest == digest:
                return present
            raise Refusal(Code.TRIAL_REFUSED, problem="another trial is on; end that first")
        if digest == active.digest:
            raise Refusal(Code.TRIAL_REFUSED, problem="this text is in force already")
        if _judge(document.opa) != _judge(in_force.opa):
            raise Refusal(Code.TRIAL_REFUSED, problem="both documents have to ask the same judge outside")
        recorder = Recorder(services, tx, principal.actor)
        event = TrialStarted(active.version, digest, person.id, margin, least, level)
        commits = {"document": recorder.keep(content)}
        return recorder.record(LiveTrial, LIVE, event, brief=DecisionBrief(reason), commits=commits)

    return services.store.transact(work)


def stop_trial(services: Services, principal: Principal, reason: str) -> LiveTrial:
    """All jobs go on under the document in force; what ended already changes nothing. Raises Refusal."""
    principal.require(Deed.ACTIVATE_POLICY)
    require_reason(reason, "Ending a trial")
    trial = services.store.read(lambda snapshot: snapshot.load(LiveTrial, LIVE))
    if trial is None:
        raise Refusal(Code.NOT_FOUND, what="A trial")
    halves = begun(trial)
    services.store.read(lambda snapshot: follow(snapshot, halves))
    by, actor = principal.subject, principal.actor
    ended = services.store.transact(
        lambda tx: end_trial(services, tx, actor, by, TrialEnd.HAND, halves, reason)
    )
    return ended or trial


def read_trial(services: Services, principal: Principal) -> TrialState:
    """The newest trial with its counts now and its looks; without one, nothing. Raises Refusal."""
    principal.require(Deed.READ)
    return services.store.read(_state)


def _state(snapshot: Snapshot) -> TrialState:
    trial = snapshot.load(LiveTrial, LIVE)
    if trial is None:
        return TrialState()
    if not trial.on:
        return TrialState(trial, trial.jobs, trial.troubled)
    halves = begun(trial)
    follow(snapshot, halves)
    try:
        looks = tuple(
            TrialLook(found.look.number, found.look.jobs, found.look.troubled, found.gap.low, found.gap.high)
            for found in (judged(trial, look) for look in halves.looks)
        )
    except ModuleNotFoundError:
        looks = ()
    active = snapshot.load(ActivePolicy, ACTIVE)
    return TrialState(trial, halves.jobs, halves.troubled, looks, active.version if active else 0)


def _judge(judge: object) -> object:
    """What of a judge outside counts: all but where in the text it stands."""
    if judge is None:
        return None
    return tuple(getattr(judge, name) for name in ("url", "unreachable", "timeout_ms", "token_env"))
