"""What pages show while the backend does not answer: as it was, with nothing to press. Pure: free of Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lineclear.desktop.presenters.control_sheets import ControlSheet
from lineclear.desktop.presenters.list_sheets import JobsSheet
from lineclear.desktop.presenters.sheets import ButtonSheet, DecisionSheet, Notice
from lineclear.domain.wording import say


def away_decision(sheet: DecisionSheet) -> DecisionSheet:
    """The buttons with the reason in sight before anybody presses; another reason stays."""
    return replace(sheet, buttons=tuple(_held(sheet.buttons)))


def away_jobs(sheet: JobsSheet, notice: Notice) -> JobsSheet:
    """The jobs as they were."""
    rows = tuple(replace(one, stop_why_not=one.stop_why_not or _needs_backend()) for one in sheet.rows)
    return replace(sheet, rows=rows, notice=notice)


def away_control(sheet: ControlSheet, notice: Notice) -> ControlSheet:
    """What was in force when the backend was heard last."""
    scopes = sheet.scopes
    rows = tuple(replace(one, why_not=one.why_not or _needs_backend()) for one in scopes.rows)
    agents = tuple(replace(one, why_not=one.why_not or _needs_backend()) for one in sheet.agents)
    held = replace(scopes, rows=rows, why_not=scopes.why_not or _needs_backend())
    return replace(sheet, scopes=held, agents=agents, notice=notice)


def _held(buttons: Iterable[ButtonSheet]) -> Iterable[ButtonSheet]:
    return (replace(one, why_not=one.why_not or _needs_backend()) for one in buttons)


def _needs_backend() -> str:
    return say("This needs the backend, which does not answer now.")
