"""Policy over HTTP: its versions, bringing one into force, and the lab. Free of frameworks."""

from __future__ import annotations

from lineclear.application.deciding.arriving import offline_rule
from lineclear.application.governing.offline import set_offline_rule
from lineclear.application.governing.policies import (
    bring_into_force,
    compare_policy,
    read_policies,
    read_policy,
)
from lineclear.application.governing.trials import read_trial, start_trial, stop_trial
from lineclear.application.governing.workspaces import check_document
from lineclear.application.judging.clearing import policy_in_force
from lineclear.application.lab.replaying import Stretch, Supposed, replay_page, what_if
from lineclear.application.lab.waiting import try_queue
from lineclear.application.reading.answers import TrialState
from lineclear.application.services import moment
from lineclear.domain.control import ActivePolicy
from lineclear.domain.offline import OfflineRule
from lineclear.domain.payloads import Undoing, read_payload
from lineclear.domain.policy.capabilities import CapabilityDocument
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Code, Refusal
from lineclear.server.endpoints import Answer, Call, Endpoint, once, reads, writes
from lineclear.wire.messages import Nothing
from lineclear.wire.policies import (
    ActivatePolicy,
    ComparePolicy,
    Policies,
    PolicyChange,
    PolicyText,
    QueueTrial,
    Replay,
    ReplayPage,
    SetOfflineRule,
    StartTrial,
    StopTrial,
    Suppose,
    TryQueue,
    WhatIf,
)

_MOST_DIGITS = 15


def _read(call: Call, _: Nothing) -> Answer:
    return Answer(read_policies(call.services, call.principal))


def _read_version(call: Call, _: Nothing) -> Answer:
    version = call.path["version"]
    if not (version.isascii() and version.isdigit() and len(version) <= _MOST_DIGITS):
        raise Refusal(Code.NOT_FOUND, what=f"Version {version} of the policy")
    return Answer(read_policy(call.services, call.principal, int(version)))


def _compare(call: Call, asked: ComparePolicy) -> Answer:
    return Answer(compare_policy(call.services, call.principal, asked.document))


def _activate(call: Call, asked: ActivatePolicy) -> Answer:
    def bring() -> Answer:
        active = bring_into_force(
            call.services, call.principal, asked.document, expected=asked.expected, reason=asked.reason
        )
        return Answer(active)

    def present() -> Answer:
        return Answer(call.services.store.read(lambda snapshot: policy_in_force(snapshot)[0]))

    return once(call, bring, again=present)


def _offline(call: Call, _: Nothing) -> Answer:
    return Answer(call.services.store.read(offline_rule))


def _set_offline(call: Call, asked: SetOfflineRule) -> Answer:
    rule = OfflineRule(asked.tier, asked.fresh_minutes, asked.within_minutes)
    return once(
        call,
        lambda: Answer(set_offline_rule(call.services, call.principal, rule, asked.reason)),
        again=lambda: _offline(call, Nothing()),
    )


def _trial(call: Call, _: Nothing) -> Answer:
    return Answer(read_trial(call.services, call.principal))


def _start_trial(call: Call, asked: StartTrial) -> Answer:
    def start() -> Answer:
        start_trial(
            call.services,
            call.principal,
            asked.document,
            expected=asked.expected,
            reason=asked.reason,
            margin=asked.margin,
            least=asked.least,
            level=asked.level,
        )
        return _trial(call, Nothing())

    return once(call, start, again=lambda: _trial(call, Nothing()))


def _stop_trial(call: Call, asked: StopTrial) -> Answer:
    def stop() -> Answer:
        stop_trial(call.services, call.principal, asked.reason)
        return _trial(call, Nothing())

    return once(call, stop, again=lambda: _trial(call, Nothing()))


def _replay(call: Call, asked: Replay) -> Answer:
    stretch = Stretch(asked.start, asked.limit)
    return Answer(replay_page(call.services, call.principal, asked.documents, stretch))


def _try_queue(call: Call, asked: TryQueue) -> Answer:
    return Answer(try_queue(call.services, call.principal, asked.document))


def _suppose(call: Call, asked: Suppose) -> Answer:
    change = read_payload(bytes(asked.payload))
    if isinstance(change, Undoing):
        raise Refusal(Code.BODY_INVALID, problem="no document judges an undo")
    _check_moment(asked.at)
    supposed = Supposed(
        change=change,
        agent=asked.agent,
        confidence=asked.confidence,
        mode=asked.mode,
        workflow=asked.workflow,
        customer=asked.customer,
        project=asked.project,
        at=asked.at,
    )
    return Answer(what_if(call.services, _document(call, asked.document), supposed))


def _check_moment(at: str) -> None:
    try:
        moment(at or "2000-01-01T00:00:00Z")
    except (ValueError, OverflowError):
        raise Refusal(Code.BODY_INVALID, problem="at is a time such as 2026-11-22T14:05:00Z") from None


def _document(call: Call, text: str) -> CapabilityDocument:
    """The document of a text; without one, that in force."""
    if text:
        return check_document(text)
    return call.services.store.read(lambda snapshot: policy_in_force(snapshot)[1])


ENDPOINTS: tuple[Endpoint, ...] = (
    reads(
        "/v1/policy",
        "Read every version of the policy, newest first, and the text of the one in force.",
        _read,
        asked=Nothing,
        answered=Policies,
        deed=Deed.READ,
    ),
    reads(
        "/v1/policy/{version}",
        "Read one version of the policy, and how it differs from the one before.",
        _read_version,
        asked=Nothing,
        answered=PolicyText,
        deed=Deed.READ,
    ),
    writes(
        "/v1/policy/compare",
        "See what a text would change about the policy in force; nothing is changed.",
        _compare,
        asked=ComparePolicy,
        answered=PolicyChange,
        deed=Deed.READ,
    ),
    writes(
        "/v1/policy",
        "Bring a text into force as the next version; by a person of tier 3.",
        _activate,
        asked=ActivatePolicy,
        answered=ActivePolicy,
        deed=Deed.ACTIVATE_POLICY,
    ),
    reads(
        "/v1/offline",
        "Read what may be approved while the backend cannot be reached.",
        _offline,
        asked=Nothing,
        answered=OfflineRule,
        deed=Deed.READ,
    ),
    writes(
        "/v1/offline",
        "Change what may be approved while the backend cannot be reached; by a person of tier 3.",
        _set_offline,
        asked=SetOfflineRule,
        answered=OfflineRule,
        deed=Deed.ACTIVATE_POLICY,
    ),
    reads(
        "/v1/trial",
        "Read the newest live trial, with what became of the jobs of both halves.",
        _trial,
        asked=Nothing,
        answered=TrialState,
        deed=Deed.READ,
    ),
    writes(
        "/v1/trial",
        "Judge half of all new jobs by another text until it is stopped; by a person of tier 3.",
        _start_trial,
        asked=StartTrial,
        answered=TrialState,
        deed=Deed.ACTIVATE_POLICY,
    ),
    writes(
        "/v1/trial/stop",
        "End the live trial: all jobs go on under the policy in force.",
        _stop_trial,
        asked=StopTrial,
        answered=TrialState,
        deed=Deed.ACTIVATE_POLICY,
    ),
    writes(
        "/v1/lab/replay",
        "Judge one stretch of history anew, by the policy in force and by others; nothing is changed.",
        _replay,
        asked=Replay,
        answered=ReplayPage,
        deed=Deed.READ,
    ),
    writes(
        "/v1/lab/queue",
        "See what a policy would do with all that waits for people now; nothing is changed.",
        _try_queue,
        asked=TryQueue,
        answered=QueueTrial,
        deed=Deed.READ,
    ),
    writes(
        "/v1/lab/what-if",
        "See what a policy says of an action that nobody proposed; nothing is changed.",
        _suppose,
        asked=Suppose,
        answered=WhatIf,
        deed=Deed.READ,
    ),
)
