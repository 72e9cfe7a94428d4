"""Why it needs a person, whose, and what is checked before it runs, as lines. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lineclear.application.agents.agents_word import is_outside
from lineclear.application.deciding.authorising import judgement
from lineclear.application.executing.inside import ends_job, is_inside
from lineclear.application.reading.answers import Condition, Detail
from lineclear.application.reading.blind import BLIND, is_blind
from lineclear.application.reading.formats import local_time
from lineclear.application.reading.questions import NEVER_RAN
from lineclear.desktop.presenters.review.around import Viewer, scope_words
from lineclear.desktop.presenters.review.passing import escalated_lines
from lineclear.desktop.presenters.sheets import Line, Mark, text_of
from lineclear.domain.actions import Action
from lineclear.domain.authority import Condition as Needed
from lineclear.domain.authority import ConditionCode
from lineclear.domain.authority import sentence as sentence_of
from lineclear.domain.control import ConnectorHealth
from lineclear.domain.effects import HealthState
from lineclear.domain.policy.reasons import Reason, ReasonEffect
from lineclear.domain.policy.wording import sentence, where
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus, Verdict
from lineclear.domain.wording import marked, say, say_n

_MARKS = {
    ReasonEffect.ALLOW: Mark.MET,
    ReasonEffect.ASK: Mark.ATTENTION,
    ReasonEffect.DENY: Mark.REFUSED,
    ReasonEffect.INFO: Mark.MET,
}
_FIRST = (ReasonEffect.DENY, ReasonEffect.ASK, ReasonEffect.INFO, ReasonEffect.ALLOW)
_TAKEN_FOR_GRANTED = frozenset({ConditionCode.ROLE, ConditionCode.ACTIVE, ConditionCode.TIER})
_NOT_STARTED = frozenset({ActionStatus.PROPOSED, ActionStatus.PENDING, ActionStatus.CLEARED})
_BY = {
    Verdict.APPROVE: marked("Approved by {person} at tier {tier}"),
    Verdict.REJECT: marked("Rejected by {person} at tier {tier}"),
}
_HEALTH = {
    HealthState.HEALTHY: (marked("{name} connector healthy"), Mark.MET),
    HealthState.SLOW: (marked("{name} connector slow"), Mark.ATTENTION),
    HealthState.RATE_LIMITED: (marked("{name} connector rate limited"), Mark.ATTENTION),
    HealthState.PARTIAL: (marked("{name} connector gives partial data"), Mark.ATTENTION),
    HealthState.STALE: (marked("{name} connector is stale"), Mark.ATTENTION),
    HealthState.DOWN: (marked("{name} connector is down"), Mark.REFUSED),
    HealthState.DENIED: (marked("{name} connector is denied access"), Mark.REFUSED),
}


def reason_lines(action: Action) -> tuple[Line, ...]:
    """Every rule that policy looked at: what decided first, then what was met. Nothing is left out."""
    if action.judged is None:
        return ()
    return judged_lines(action.judged.reasons, action.judged.policy_version)


def judged_lines(reasons: Iterable[Reason], version: int = 0) -> tuple[Line, ...]:
    """The same of any evaluation; without a version, by the policy in force."""
    ordered = sorted(reasons, key=lambda reason: _FIRST.index(reason.effect))
    return tuple(_line(reason, version) for reason in ordered)


def deciding(action: Action) -> str:
    """The sentence of the rule that decided; empty where policy has not judged."""
    lines = reason_lines(action)
    return text_of(lines[0].text) if lines else ""


def authority_lines(detail: Detail, viewer: Viewer) -> tuple[Line, ...]:
    """What a decision takes, met or missing, and who has voted."""
    action = detail.action
    blind = is_blind(action, viewer.person.id if viewer.person is not None else "")
    lines = [Line(Mark.ATTENTION, say(BLIND))] if blind else []
    if action.status is ActionStatus.PENDING:
        missing = judgement(action, action.votes).missing
        has_votes = bool(action.votes) and not blind
        lines += [Line(Mark.MISSING, sentence_of(one, has_votes=has_votes)) for one in missing]
    lines += escalated_lines(action)
    lines += [
        _condition_line(one) for one in detail.conditions if not one.met or one.code not in _TAKEN_FOR_GRANTED
    ]
    for vote in () if blind else action.votes:
        source = paintable(vote.reason) if vote.reason else None
        lines.append(
            Line(
                Mark.MET,
                say(_BY[vote.verdict], person=vote.person, tier=int(vote.tier)),
                source,
            )
        )
    if viewer.person is not None and action.cleared_by == "policy":
        lines.append(Line(Mark.MET, say("Cleared by policy, without a person")))
    return tuple({(line.mark, text_of(line.text)): line for line in reversed(lines)}.values())[::-1]


def _condition_line(one: Condition) -> Line:
    """What this person must be; that they own the agent ends it, so it is said as it is."""
    if one.code == ConditionCode.NOT_OWNER and not one.met:
        return Line(Mark.REFUSED, say("You own this agent: somebody else decides"))
    return Line(Mark.MET if one.met else Mark.MISSING, paintable(condition_words(one)))


def condition_words(one: Condition) -> str:
    """What is needed, in the reader's language; as the backend says it where this build lacks the words."""
    try:
        return sentence_of(Needed(ConditionCode(one.code), one.met, one.params))
    except (ValueError, KeyError):  # a code of a newer backend, or an older one that sends no params
        return one.says


def check_lines(detail: Detail, viewer: Viewer) -> tuple[Line, ...]:
    """What the start transaction will check, as far as it is known now."""
    action = detail.action
    if action.status in NEVER_RAN:
        return ()
    if is_inside(action):
        return _inside_lines(action)
    connector, breaker = _connector_line(detail, viewer), tuple(_breaker_line(action, viewer))
    if breaker and connector.mark is Mark.MET:
        lines = [*_safe_mode_line(action, viewer), *breaker]  # what a probe found before the calls failed
    else:
        lines = [*_safe_mode_line(action, viewer), connector, *breaker]
    if is_outside(action):
        return (*lines, Line(Mark.MET, say("Its clearance is good for one start")))
    if action.status is ActionStatus.PENDING:
        lines.append(Line(Mark.UNKNOWN, say("Target unchanged since it was read: checked when it starts")))
    lines.append(Line(Mark.MET, say("Idempotency key present")))
    return tuple(lines)


def _inside_lines(action: Action) -> tuple[Line, ...]:
    lines = [Line(Mark.MET, say("Carried out inside Lineclear, in one transaction with its record"))]
    if action.status is ActionStatus.PENDING:
        still = say(" and the job still paused") if ends_job(action) else ""
        said = say("The budget is as shown{still}: checked when it starts", still=still)
        lines.append(Line(Mark.UNKNOWN, said))
    return tuple(lines)


def _safe_mode_line(action: Action, viewer: Viewer) -> Iterator[Line]:
    safe_mode = viewer.around.safe_mode_over(action)
    if safe_mode is not None and action.status in _NOT_STARTED:
        said = say("Safe mode is on for {scope}", scope=scope_words(safe_mode.id))
        yield Line(
            Mark.REFUSED,
            paintable(said),
            paintable(say("by {by}: {reason}", by=safe_mode.by, reason=safe_mode.reason)),
        )


def _connector_line(detail: Detail, viewer: Viewer) -> Line:
    name = detail.action.connector
    state = detail.health.state if detail.health else viewer.around.health.get(name)
    if state is None:
        return Line(Mark.UNKNOWN, paintable(say("{name} connector not probed yet", name=name)))
    if detail.health is not None and state is HealthState.PARTIAL and detail.health.tools:
        return _in_part(detail.action, detail.health)
    said, mark = _HEALTH[state]
    detail_text = paintable(detail.health.detail) if detail.health and detail.health.detail else None
    return Line(mark, paintable(say(said, name=name)), detail_text)


def _in_part(action: Action, health: ConnectorHealth) -> Line:
    """Of a connector only some of whose tools can be used, whether this one can."""
    why = health.tools.get(action.tool)
    if why is None:
        said = say("{name} connector answers for this tool, though not for others", name=action.connector)
        return Line(Mark.MET, paintable(said), paintable(health.detail))
    said = say("{name} connector is down for this tool", name=action.connector)
    return Line(Mark.REFUSED, paintable(said), paintable(why))


def _breaker_line(action: Action, viewer: Viewer) -> Iterator[Line]:
    breaker = viewer.around.open_breaker(action.connector, viewer.now)
    if breaker is not None:
        said = say("Breaker open: nothing is sent before {time}", time=local_time(breaker.until, viewer.now))
        failed = say(
            "{number} in a row: {detail}",
            number=say_n("{count:,} failure", "{count:,} failures", breaker.failures),
            detail=breaker.detail,
        )
        yield Line(Mark.REFUSED, said, paintable(failed))


def _line(reason: Reason, version: int) -> Line:
    place = where(reason)
    source = place if reason.line is not None else None
    if source is not None and version:
        source = say("{place}, policy v{version}", place=place, version=version)
    return Line(_MARKS[reason.effect], paintable(sentence(reason)), paintable(source) if source else None)
