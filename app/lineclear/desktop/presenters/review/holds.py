"""Why a cleared action cannot start, and what happens next, in words. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lineclear.application.executing.inside import is_inside
from lineclear.application.reading.allowances import amount_of_job, name_of, today_text
from lineclear.application.reading.answers import BudgetOfDay, Detail
from lineclear.application.reading.formats import local_time
from lineclear.application.reading.questions import BUDGETS
from lineclear.desktop.presenters.review.around import Viewer, scope_words
from lineclear.desktop.presenters.saying import said_step
from lineclear.desktop.presenters.sheets import Chip, Notice, NoticeKind, Step, Tone
from lineclear.domain.actions import Action
from lineclear.domain.events import BudgetKind
from lineclear.domain.jobs import Job, limit_of
from lineclear.domain.refusals import Code
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus, JobStatus
from lineclear.domain.wording import marked, say, say_n

_CONTROL: Final = Step("go.control", marked("Open Control"))
_BADGES: Final = {
    Code.SAFE_MODE_ON: marked("Held · safe mode"),
    Code.BREAKER_OPEN: marked("Held · connector"),
    Code.JOB_PAUSED: marked("Held · job paused"),
    Code.AGENT_STOPPED: marked("Held · agent stopped"),
    Code.BUDGET_SPENT: marked("Held · day's budget"),
    Code.JUDGE_UNREACHABLE: marked("Held · policy judge"),
}


def held_badge(code: str) -> Chip:
    """Why it waits, in two words."""
    return Chip(say(_BADGES.get(Code(code), marked("Held"))), Tone.CAUTION)


def hold_notice(detail: Detail, viewer: Viewer) -> Notice | None:
    """Why it cannot start, or would not if it were cleared now; None where nothing holds it."""
    action, job = detail.action, detail.job
    if action.status is ActionStatus.PENDING:
        return _not_yet(action, job, viewer) or _no_room(detail)
    if action.status is not ActionStatus.CLEARED or not (action.held or _is_paused(action, job)):
        return None
    return _held(detail, viewer)


def _held(detail: Detail, viewer: Viewer) -> Notice:
    action = detail.action
    match action.held:
        case Code.SAFE_MODE_ON:
            return _by_safe_mode(action, viewer)
        case Code.BREAKER_OPEN:
            return _by_breaker(action, viewer)
        case Code.AGENT_STOPPED:
            return _by_agent(action, viewer)
        case Code.BUDGET_SPENT:
            return _by_day(detail)
        case Code.JUDGE_UNREACHABLE:
            return _by_judge(action)
        case _:
            return _by_pause(detail.job)


def _by_judge(action: Action) -> Notice:
    said = action.consulted
    problem = said.problem if said is not None and said.problem else say("it was not asked")
    text = say(
        "{problem}. It is asked again every half minute, and it runs when it allows that.", problem=problem
    )
    return Notice(NoticeKind.HELD, say("Held: the policy judge does not answer"), paintable(text))


def spent_text(job: Job) -> str:
    """Which budget of a paused job is spent, and how much of it."""
    kind = BudgetKind(job.paused_by)
    used = {BudgetKind.COST: job.cost_held, BudgetKind.STEPS: job.steps_held}.get(kind)
    limit = amount_of_job(kind, limit_of(job, kind))
    of = limit if used is None else say("{amount} of {limit}", amount=amount_of_job(kind, used), limit=limit)
    return say("Its {budgets} is spent: {of}.", budgets=say(BUDGETS[kind]), of=of)


def _not_yet(action: Action, job: Job, viewer: Viewer) -> Notice | None:
    """It can be decided on, but would wait afterwards."""
    safe_mode = viewer.around.safe_mode_over(action)
    if safe_mode is not None:
        title = paintable(say("Safe mode is on for {scope}", scope=scope_words(safe_mode.id))).text
        text = say(
            "You can decide now. It starts when safe mode is left; until then its deadline stands still."
        )
        return Notice(NoticeKind.SAFE_MODE, title, text)
    if _is_paused(action, job):
        text = say("{job} You can decide now. It starts when the budget is raised.", job=spent_text(job))
        return Notice(NoticeKind.HELD, say("Its job is paused"), text)
    return None


def _is_paused(action: Action, job: Job) -> bool:
    return job.status is JobStatus.PAUSED and not action.undoes and not is_inside(action)


def _by_safe_mode(action: Action, viewer: Viewer) -> Notice:
    safe_mode = viewer.around.safe_mode_over(action)
    if safe_mode is None:
        return Notice(
            NoticeKind.SAFE_MODE, say("Held by safe mode"), say("It was left since: the start is on its way.")
        )
    title = paintable(say("Held: safe mode is on for {scope}", scope=scope_words(safe_mode.id))).text
    at = local_time(safe_mode.requested_at, viewer.now)
    text = say(
        "Cleared and waiting. It runs when safe mode is left. {by} at {at}: {reason}",
        by=safe_mode.by,
        at=at,
        reason=safe_mode.reason,
    )
    return Notice(NoticeKind.SAFE_MODE, title, paintable(text), said_step(_CONTROL))


def _by_breaker(action: Action, viewer: Viewer) -> Notice:
    breaker = viewer.around.open_breaker(action.connector, viewer.now)
    if breaker is None:
        title = paintable(say("Held: connector {connector} failed", connector=action.connector)).text
        return Notice(
            NoticeKind.HELD, title, say("Nothing holds it any more: it is tried again in a moment.")
        )
    failed = say_n(
        "Held: connector {connector} failed {count:,} time in a row",
        "Held: connector {connector} failed {count:,} times in a row",
        breaker.failures,
        connector=action.connector,
    )
    title = paintable(failed).text
    until = local_time(breaker.until, viewer.now)
    text = say(
        "Nothing is sent to it before {until}; then it is tried again by itself. Last: {detail}",
        until=until,
        detail=breaker.detail,
    )
    return Notice(NoticeKind.HELD, title, paintable(text))


def _by_agent(action: Action, viewer: Viewer) -> Notice:
    agent = viewer.around.agents.get(action.agent)
    by = (
        say(" by {stopped_by}", stopped_by=agent.stopped_by) if agent is not None and agent.stopped_by else ""
    )
    title = paintable(say("Held: {agent} was stopped{by}", agent=action.agent, by=by)).text
    text = say("Cleared and waiting. It runs when an ops lead lets the agent go on.")
    return Notice(NoticeKind.HELD, title, text, said_step(_CONTROL))


def _no_room(detail: Detail) -> Notice | None:
    """Nothing is left of today: it can be decided on, but would wait."""
    spent = [row for row in detail.budgets if row.is_spent]
    if not spent or detail.action.undoes or is_inside(detail.action):
        return None
    text = say(
        "{spent} You can decide now. It starts when the budget renews, or is raised for today.",
        spent=_of_today(spent),
    )
    return Notice(NoticeKind.HELD, say("A budget of the day is spent"), paintable(text))


def _by_day(detail: Detail) -> Notice:
    rows = [row for row in detail.budgets if row.is_spent] or list(detail.budgets)
    text = say("{rows} It runs when the budget renews, or is raised for today.", rows=_of_today(rows))
    return Notice(NoticeKind.HELD, say("Held: it does not fit into today's budget"), paintable(text.lstrip()))


def _of_today(rows: Sequence[BudgetOfDay]) -> str:
    """Each limit with what is left of it, as sentences."""
    return " ".join(f"{name_of(row.budget, row.kind)}: {today_text(row)}." for row in rows)


def _by_pause(job: Job) -> Notice:
    spent = f"{spent_text(job)} " if job.paused_by else ""
    text = say("{spent}It runs when the budget is raised; the request is in the queue.", spent=spent)
    return Notice(NoticeKind.HELD, say("Held: its job is paused"), text)
