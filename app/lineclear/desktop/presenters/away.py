"""What pages show while the backend does not answer: as it was, with nothing to press. Pure: free of Qt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from lineclear.desktop.presenters.control.control_sheets import ControlSheet
from lineclear.desktop.presenters.jobs.list_sheets import JobRow, JobSheet, JobsSheet
from lineclear.desktop.presenters.sheets import ButtonSheet, DecisionSheet, Notice, NoticeKind
from lineclear.domain.wording import say


def away_decision(sheet: DecisionSheet, ways: Mapping[str, str] = MappingProxyType({})) -> DecisionSheet:
    """The buttons with the reason in sight before anybody presses; another reason stays.

    `ways` says by command what can be done without the backend, and where it cannot now, why not.
    """
    return replace(sheet, buttons=tuple(_held(sheet.buttons, ways)))


def away_jobs(sheet: JobsSheet, notice: Notice) -> JobsSheet:
    """The jobs as they were; where none was ever read, it is not said that there are none."""
    rows = tuple(map(_held_job, sheet.rows))
    is_blank = sheet.notice is not None and sheet.notice.kind is NoticeKind.EMPTY
    said = bare(notice) if is_blank else notice
    return replace(sheet, rows=rows, agent_why_not=_needs_backend(), notice=said)


def away_job(sheet: JobSheet) -> JobSheet:
    """One job as it was."""
    agent_why_not = sheet.agent_why_not or _needs_backend()
    return replace(sheet, row=_held_job(sheet.row), agent_why_not=agent_why_not)


def away_control(sheet: ControlSheet, notice: Notice) -> ControlSheet:
    """What was in force when the backend was heard last."""
    scopes = sheet.scopes
    rows = tuple(replace(one, why_not=one.why_not or _needs_backend()) for one in scopes.rows)
    agents = tuple(replace(one, why_not=one.why_not or _needs_backend()) for one in sheet.agents)
    held = replace(scopes, rows=rows, why_not=scopes.why_not or _needs_backend())
    modes = replace(sheet.modes, why_not=notice.title)
    return replace(sheet, scopes=held, agents=agents, modes=modes, notice=notice)


def bare(notice: Notice) -> Notice:
    """The same where nothing is at hand that could be as it was."""
    if notice.kind is not NoticeKind.OFFLINE:
        return notice
    return replace(notice, text=say("Nothing was read before, so nothing is known of it here."))


def _held_job(row: JobRow) -> JobRow:
    return replace(row, stop_why_not=row.stop_why_not or _needs_backend())


def _held(buttons: Iterable[ButtonSheet], ways: Mapping[str, str]) -> Iterable[ButtonSheet]:
    for one in buttons:
        why_not = ways[one.command] if one.command in ways else _needs_backend()
        yield replace(one, why_not=one.why_not or why_not)


def _needs_backend() -> str:
    return say("This needs the backend, which does not answer now.")
