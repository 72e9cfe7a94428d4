"""Time for presenters: the wall clock for words, a steady one for arming. Free of I/O and of Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Ticks:
    """`now` is aware and in the reader's zone; `steady` counts seconds and never goes back."""

    now: Callable[[], datetime]
    steady: Callable[[], float]
