"""Top bar, jobs, ledger and control as sheets. Pure: free of Qt, of I/O and of the clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from lineclear.application.answers import Control, Me
from lineclear.application.formats import age_text, counted, dollars, local_time, seconds_between
from lineclear.application.scopes import WORKSPACE
from lineclear.desktop.presenters.list_sheets import JobRow, JobsSheet, LedgerRow, LedgerSheet
from lineclear.desktop.presenters.sheets import (
    Chip,
    ControlSheet,
    HealthRow,
    Line,
    Mark,
    Notice,
    NoticeKind,
    SafeModeSheet,
    SafeModeState,
    Tone,
    TopSheet,
    five_questions,
)
from lineclear.domain.control import ConnectorHealth, SafeMode
from lineclear.domain.effects import HealthState
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job
from lineclear.domain.principals import MAY, Deed
from lineclear.domain.records import Recorded
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import JobStatus, Role, Tier

_TIERS = {Tier.ONE: Tone.OK, Tier.TWO: Tone.CAUTION, Tier.THREE: Tone.STOP}
_JOBS = {
    JobStatus.RUNNING: Chip("Running", Tone.ACCENT),
    JobStatus.PAUSED: Chip("Paused", Tone.CAUTION),
    JobStatus.ENDED: Chip("Ended", Tone.OK),
    JobStatus.STOPPED: Chip("Stopped", Tone.STOP),
}
_HEALTH = {
    HealthState.HEALTHY: Chip("Healthy", Tone.OK),
    HealthState.SLOW: Chip("Slow", Tone.CAUTION),
    HealthState.RATE_LIMITED: Chip("Rate limited", Tone.CAUTION),
    HealthState.PARTIAL: Chip("Partial data", Tone.CAUTION),
    HealthState.STALE: Chip("Stale", Tone.CAUTION),
    HealthState.DOWN: Chip("Down", Tone.STOP),
    HealthState.DENIED: Chip("Denied", Tone.STOP),
}


def safe_mode_sheet(safe_mode: SafeMode | None, me: Me | None, now: datetime) -> SafeModeSheet:
    """The switch: requested and confirmed are told apart."""
    on = safe_mode is not None and safe_mode.on
    why_not = _why_not_switch(me, on=on)
    if safe_mode is None or not on:
        return SafeModeSheet(SafeModeState.OFF, "Safe mode off", why_not=why_not)
    since = paintable(f"by {safe_mode.by} at {local_time(safe_mode.requested_at, now)}: {safe_mode.reason}")
    if safe_mode.confirmed_at:
        return SafeModeSheet(SafeModeState.ON, "Safe mode on", since, why_not)
    running = counted(len(safe_mode.in_flight), "execution")
    return SafeModeSheet(SafeModeState.TURNING_ON, f"Safe mode on, {running} ending", since, why_not)


def top_sheet(me: Me | None, freshness: Chip, safe_mode: SafeModeSheet) -> TopSheet:
    """What is always in sight."""
    if me is None:
        return TopSheet("", "", freshness, safe_mode, "", Chip(""))
    tier = Chip(f"Tier {int(me.person.tier)}", _TIERS[me.person.tier]) if me.person else Chip(me.role)
    return TopSheet(
        paintable(me.workspace), paintable(me.environment), freshness, safe_mode, paintable(me.subject), tier
    )


def jobs_sheet(jobs: Sequence[Job], me: Me | None, now: datetime, selected: str | None) -> JobsSheet:
    """The newest jobs with their own answers."""
    if not jobs:
        notice = Notice(NoticeKind.EMPTY, "No jobs yet", "A job appears here when an agent opens one.")
        return JobsSheet(notice=notice)
    return JobsSheet(tuple(_job(job, me, now) for job in jobs), selected or jobs[0].id)


def ledger_sheet(recorded: Sequence[Recorded], size: int, now: datetime) -> LedgerSheet:
    """The newest entries, newest first."""
    entries = counted(size, "entry", "entries")
    said = f"{entries} received in order and folded into the same tables as the backend's"
    rows = tuple(
        LedgerRow(one.index, local_time(one.at, now), one.type, paintable(one.stream), paintable(one.actor))
        for one in reversed(recorded)
    )
    return LedgerSheet(Line(Mark.UNKNOWN, said, "Signatures of checkpoints are not verified here"), rows)


def control_sheet(control: Control, me: Me | None, now: datetime) -> ControlSheet:
    """Safe mode, policy in force, connectors and agents."""
    policy = control.policy
    title = (
        f"Capability document v{policy.version}, active since {local_time(policy.activated_at, now)}"
        if policy
        else ""
    )
    return ControlSheet(
        safe_mode=safe_mode_sheet(_workspace_wide(control.safe_modes), me, now),
        document_title=title,
        document=tuple(paintable(line) for line in control.document.splitlines()),
        connectors=tuple(_connector(one, now) for one in control.connectors),
        agents=tuple(_agent(one) for one in control.agents),
    )


def _workspace_wide(safe_modes: Sequence[SafeMode]) -> SafeMode | None:
    return next((one for one in safe_modes if one.id == WORKSPACE), None)


def _why_not_switch(me: Me | None, *, on: bool) -> str:
    if me is None:
        return "Not connected."
    deed = Deed.LEAVE_SAFE_MODE if on else Deed.SAFE_MODE
    if Role(me.role) in MAY[deed]:
        return ""
    return f"Your role ({me.role}) may not {deed}."


def _job(job: Job, me: Me | None, now: datetime) -> JobRow:
    running = job.status is JobStatus.RUNNING
    doing = f"Step {job.steps}" if running else _JOBS[job.status].text
    answers = (
        doing,
        paintable(job.goal or "Text erased"),
        "See its actions",
        "Yes, before the next step starts" if running else "It is over",
        "Each action by itself",
    )
    can_stop = me is not None and Role(me.role) in MAY[Deed.STOP]
    why_not = "" if running and can_stop else "Your role may not stop jobs." if running else "It is over."
    return JobRow(
        id=job.id,
        title=paintable(job.goal or "Text erased"),
        agent=paintable(job.agent),
        state=_JOBS[job.status],
        cost=f"{dollars(job.cost_micros)} / {dollars(job.budget.cost_micros)}",
        steps=f"{job.steps} / {job.budget.steps}",
        updated=age_text(seconds_between(job.updated_at, now)),
        questions=five_questions(answers, has_run=not running),
        stop_why_not=why_not,
    )


def _connector(connector: ConnectorHealth, now: datetime) -> HealthRow:
    since = f"since {local_time(connector.since, now)}"
    text = f"{since}: {connector.detail}" if connector.detail else since
    return HealthRow(paintable(connector.id), _HEALTH[connector.state], paintable(text))


def _agent(agent: Agent) -> HealthRow:
    modes = ", ".join(f"{capability}: {mode}" for capability, mode in sorted(agent.modes.items()))
    owner = f"owned by {agent.owner}" if agent.owner else "without an owner"
    return HealthRow(
        paintable(agent.id), Chip("Enrolled"), paintable(f"{owner}{'; ' + modes if modes else ''}")
    )
