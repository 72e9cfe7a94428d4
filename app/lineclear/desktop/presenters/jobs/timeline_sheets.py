"""The steps of a job as bars on one line. Plain values; free of Qt and of rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lineclear.desktop.presenters.sheets import Words


class BarKind(StrEnum):
    """What a step's time went into."""

    WORK = "work"
    MODEL = "model"
    POLICY = "policy"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Bar:
    """One step; `start` and `length` are fractions of the whole timeline, 0 to 1."""

    label: Words
    kind: BarKind
    start: float
    length: float
    duration: str
    span: str = ""


@dataclass(frozen=True, slots=True)
class TimelineSheet:
    """The job's steps up to now."""

    summary: str
    bars: tuple[Bar, ...]
