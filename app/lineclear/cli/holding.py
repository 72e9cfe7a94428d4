"""What keeps an action from going on, and what to do about it, as rows. Free of rules, I/O and the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lineclear.application.budgeting.budgets import paused
from lineclear.application.executing.inside import ends_job, is_inside, raises_day
from lineclear.application.governing.scopes import scopes_of
from lineclear.application.reading.allowances import name_of, today_text
from lineclear.application.reading.answers import BudgetOfDay, Control, Detail
from lineclear.application.reading.formats import counted, local_time
from lineclear.cli.rendering import STRONG, Row, rows_of, words
from lineclear.domain.actions import Action
from lineclear.domain.control import SafeMode
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Tier

HELD: Final[Mapping[str, str]] = {
    Code.SAFE_MODE_ON: "safe mode is on",
    Code.BREAKER_OPEN: "its connector keeps failing",
    Code.JOB_PAUSED: "its job is paused",
    Code.AGENT_STOPPED: "its agent is stopped",
    Code.BUDGET_SPENT: "a budget of the day is spent",
}
"""Why a cleared action does not start, by the refusal's code."""

_RUNS: Final[Mapping[str, str]] = {
    Code.SAFE_MODE_ON: "It runs when safe mode is left.",
    Code.BREAKER_OPEN: "It runs by itself when the connector answers again.",
    Code.JOB_PAUSED: "It runs when the budget is raised.",
    Code.AGENT_STOPPED: "It runs when the agent is resumed.",
    Code.BUDGET_SPENT: "It runs when the budget renews at 00:00 UTC, or is raised for today.",
}


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around an action: the control page where it is held, what waits of a paused job."""

    control: Control | None = None
    waiting: tuple[Action, ...] = ()


def held_text(action: Action) -> str:
    """Why it waits though it is cleared, in a few words; empty where it does not."""
    return HELD.get(action.held, action.held)


def held_rows(action: Action, around: Around, now: datetime) -> Iterator[Row]:
    """Why it waits though it is cleared, by whose word, and what ends that."""
    if not action.held:
        return
    yield Row("! ", words(f"Cleared and waiting: {held_text(action)}"))
    if around.control is not None:
        yield from _cause(action, around.control, now)
    if action.held in _RUNS:
        yield Row("  ", words(_RUNS[action.held]))


def _cause(action: Action, control: Control, now: datetime) -> Iterator[Row]:
    """Who or what holds it at this moment; nothing where that has just ended."""
    if action.held == Code.SAFE_MODE_ON:
        for safe_mode in control.safe_modes:
            if safe_mode.on and safe_mode.id in scopes_of(action):
                yield from _switched(f"Requested for {safe_mode.id}", safe_mode, now)
    elif action.held == Code.BREAKER_OPEN:
        for breaker in control.breakers:
            if breaker.id == action.connector and breaker.until:
                failed = f"{breaker.id} failed {breaker.failures} times in a row"
                again = f"tried again at {local_time(breaker.until, now)}"
                yield from rows_of("  ", f"{failed}, {again}: {breaker.detail}")
    elif action.held == Code.AGENT_STOPPED:
        for agent in control.agents:
            if agent.id == action.agent and agent.stopped_by:
                yield from rows_of("  ", f"{agent.id} was stopped by {agent.stopped_by}")


def paused_rows(job: Job, around: Around) -> Iterator[Row]:
    """That a job is paused, and which action asks to raise its budget."""
    if job.status is not JobStatus.PAUSED:
        return
    yield from rows_of("  ! ", paused(job).sentence)
    for action in around.waiting:
        if is_inside(action):
            yield from rows_of(f"    {action.id}  ", action.title)


def raising_rows(detail: Detail, around: Around) -> Iterator[Row]:
    """What either decision on a budget does to its job."""
    action = detail.action
    if not is_inside(action) or action.status is not ActionStatus.PENDING:
        return
    if raises_day(action):
        kept = "rejecting keeps the limit until 00:00 UTC, and what would pass it waits"
        yield Row("! ", words(f"Approving raises the limit for today alone; {kept}."))
        return
    if not ends_job(action):
        yield Row(
            "! ", words("Approving raises the limit; rejecting keeps it, and the job goes on within it.")
        )
        return
    others = sum(one.id != action.id for one in around.waiting)
    stopped = (
        f", and {counted(others, 'action')} of it that wait{'s' if others == 1 else ''}" if others else ""
    )
    yield Row("! ", words(f"Approving lets {detail.job.id} go on; rejecting ends it{stopped}."))


def budget_rows(budgets: Iterable[BudgetOfDay]) -> Iterator[Row]:
    """Each limit of today: whose it is, what is used of it, what is left."""
    for row in budgets:
        lead = "  ! " if row.is_spent else "  "
        name = name_of(row.budget, row.kind)
        yield from rows_of(lead, f"{name}: {today_text(row)}")
        if row.asked:
            yield Row("    ", words(f"lineclear review show {row.asked}"))


def unknown_rows(action: Action) -> Iterator[Row]:
    """What to do about an attempt of which nobody can say whether it took effect."""
    if action.status is not ActionStatus.UNKNOWN:
        return
    where = f"{action.target.kind} {action.target.id}" if action.target else "the target"
    yield Row("  ! ", words("It was sent, nobody can say whether it took effect, and it is not sent again."))
    yield from rows_of(
        "    ", f"Look at {where} in {action.connector}; then, at tier {int(action.tier)} or above:"
    )
    for found in ("--happened", "--did-not-happen"):
        yield Row("    ", words(f'lineclear review reconcile {action.id} {found} --reason "…"'))


def safe_mode_rows(safe_modes: Iterable[SafeMode], now: datetime) -> Iterator[Row]:
    """Each scope with what was requested and what is confirmed kept apart; those that are on come first."""
    known = sorted(safe_modes, key=lambda one: (not one.on, one.id != "workspace", one.id))
    if not any(one.on for one in known):
        yield Row("", words("Safe mode is off everywhere", STRONG))
    for safe_mode in known:
        yield from scope_rows(safe_mode, now)


def scope_rows(safe_mode: SafeMode, now: datetime) -> Iterator[Row]:
    """Safe mode of one scope."""
    yield Row("", words(f"Safe mode is {'on' if safe_mode.on else 'off'}: {safe_mode.id}", STRONG))
    yield from _switched("Requested" if safe_mode.on else "Left", safe_mode, now)
    if safe_mode.on:
        yield from _confirmed(safe_mode, now)


def _switched(did: str, safe_mode: SafeMode, now: datetime) -> Iterator[Row]:
    if safe_mode.requested_at:
        at = local_time(safe_mode.requested_at, now)
        yield from rows_of("  ", f"{did} by {safe_mode.by} at {at}: {safe_mode.reason}")


def _confirmed(safe_mode: SafeMode, now: datetime) -> Iterator[Row]:
    if safe_mode.confirmed_at:
        yield Row("  ", words(f"Confirmed at {local_time(safe_mode.confirmed_at, now)}: nothing is running"))
    else:
        running = counted(len(safe_mode.in_flight), "execution")
        yield Row("  ", words(f"{running} had started and may still run: {', '.join(safe_mode.in_flight)}"))
    if safe_mode.leaving_by:
        yield Row("  ", words(f"Waiting for a second person: {safe_mode.leaving_by} wants to leave it"))
    elif safe_mode.tier > Tier.TWO:
        yield Row("  ", words("It was requested at tier 3: two people leave it together"))


def agent_rows(agent: Agent) -> Iterator[Row]:
    """Whether an agent may propose."""
    if agent.stopped_by:
        said = f"is stopped by {agent.stopped_by}: it may propose nothing, and all its jobs are stopped."
    else:
        said = "may open jobs and propose again; what was stopped stays stopped."
    yield from rows_of("", f"{agent.id} {said}")
