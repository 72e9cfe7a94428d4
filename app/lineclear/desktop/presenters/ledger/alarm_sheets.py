"""What the bar over every page shows of an alarm, as a plain value. Free of Qt, of rules and of I/O."""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.desktop.presenters.sheets import Words


@dataclass(frozen=True, slots=True)
class AlarmSheet:
    """Something was seen in the ledger that no honest log shows."""

    title: str
    seen: Words
    remedy: str
    evidence: Words = ""
