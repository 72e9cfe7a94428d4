"""Sentences in the reader's language: the English one is the key, a catalogue knows the others. Free of I/O.

The catalogue belongs to the process, as with gettext, whose words and plural rules this follows: a program's
composition root names it once, before anything is shown. Without one, what the code says in English is
what is said. What goes onto the ledger or over the wire is never said through here: it is the same in all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol


class Catalogue(Protocol):
    """Finds sentences, as `gettext.GNUTranslations` does; one that it does not know comes back as it is."""

    def gettext(self, message: str, /) -> str: ...

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str: ...


class English:
    """The language of the code: every sentence is said as it is written."""

    def gettext(self, message: str, /) -> str:
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        return msgid1 if n == 1 else msgid2


class Figures(Protocol):
    """How the reader writes numbers and moments."""

    def number(self, value: float | Decimal, form: str, /) -> str:
        """The number as Python's format says, such as `,` or `,.2f`, with the reader's own marks."""
        ...

    def clock(self, at: datetime, /) -> str:
        """The time of day, to the second."""
        ...

    def moment(self, at: datetime, /) -> str:
        """The day of the year and the time of day, to the minute."""
        ...

    def day(self, at: date, /) -> str:
        """The day with its year."""
        ...


class EnglishFigures:
    """As the code writes them."""

    def number(self, value: float | Decimal, form: str, /) -> str:
        return format(value, form)

    def clock(self, at: datetime, /) -> str:
        return f"{at:%H:%M:%S}"

    def moment(self, at: datetime, /) -> str:
        return f"{at:%d %b %H:%M}"

    def day(self, at: date, /) -> str:
        return f"{at.day} {at:%b} {at.year}"


class _Spoken:
    catalogue: Catalogue = English()
    figures: Figures = EnglishFigures()


@dataclass(frozen=True, slots=True)
class _Number:
    """A number on its way into a sentence: with a form it is written as the reader writes numbers."""

    value: float | Decimal

    def __format__(self, form: str) -> str:
        return _Spoken.figures.number(self.value, form) if form else str(self.value)


def use(catalogue: Catalogue, figures: Figures | None = None) -> None:
    """Say everything from here on by this catalogue. For composition roots, before anything is shown."""
    _Spoken.catalogue = catalogue
    _Spoken.figures = figures or EnglishFigures()


def spoken() -> Catalogue:
    """The catalogue that everything is said by: what was said by another one no longer holds."""
    return _Spoken.catalogue


def say(sentence: str, /, **values: object) -> str:
    """The sentence in the reader's language, with its values put in: `say("Sent to {name}", name=name)`.

    Values are never looked at for braces, so they may come from outside. A number that the sentence asks for
    with a form, as in `{size:,}`, is written as the reader writes numbers. Without values the sentence is not
    a template. Raises KeyError for a place without a value.
    """
    found = _Spoken.catalogue.gettext(sentence) if sentence else ""  # which keys a catalogue's own head
    return found.format(**_written(values)) if values else found


def say_n(one: str, many: str, count: int, /, **values: object) -> str:
    """The sentence for this many, by the plural rules of the reader's language; `{count}` is the number."""
    found = _Spoken.catalogue.ngettext(one, many, count)
    return found.format(count=_Number(count), **_written(values))


def marked(sentence: str, /) -> str:
    """The sentence as it is, for a table made before anybody reads; `say` says it when it is shown."""
    return sentence


def marked_n(one: str, many: str, /) -> tuple[str, str]:
    """Both forms as they are, for a table; `say_n(*forms, count)` says them."""
    return one, many


def figure(value: float | Decimal, form: str = ",", /) -> str:
    """A number that stands alone, as the reader writes it."""
    return _Spoken.figures.number(value, form)


def clock(at: datetime, /) -> str:
    """A time of day as the reader writes it."""
    return _Spoken.figures.clock(at)


def moment(at: datetime, /) -> str:
    """A day and a time of day as the reader writes them."""
    return _Spoken.figures.moment(at)


def day(at: date, /) -> str:
    """A day with its year as the reader writes it."""
    return _Spoken.figures.day(at)


def _written(values: dict[str, object]) -> dict[str, object]:
    return {
        name: _Number(value) if isinstance(value, (int, float, Decimal)) else value
        for name, value in values.items()
    }
