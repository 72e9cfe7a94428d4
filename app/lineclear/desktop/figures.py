"""Numbers and moments as a locale writes them. Of Qt only QLocale."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from PySide6.QtCore import QDate, QDateTime, QLocale, QTime

_NARROW = "\N{NARROW NO-BREAK SPACE}"


class LocalFigures:
    """What `lineclear.domain.wording` asks of a reader's way to write."""

    def __init__(self, locale: QLocale) -> None:
        self._locale = locale
        marks = {",": locale.groupSeparator(), ".": locale.decimalPoint(), "%": f"{_NARROW}%"}
        self._marks = str.maketrans(marks)

    def number(self, value: float | Decimal, form: str, /) -> str:
        return format(value, form).translate(self._marks)

    def clock(self, at: datetime, /) -> str:
        return self._locale.toString(QTime(at.hour, at.minute, at.second), "HH:mm:ss")

    def moment(self, at: datetime, /) -> str:
        day = QDateTime(QDate(at.year, at.month, at.day), QTime(at.hour, at.minute))
        return self._locale.toString(day, "d. MMM HH:mm")

    def day(self, at: date, /) -> str:
        return self._locale.toString(QDate(at.year, at.month, at.day), "d. MMM yyyy")
