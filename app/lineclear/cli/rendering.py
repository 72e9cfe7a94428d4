"""Lines for a terminal, where no text from outside is ever interpreted. Free of rules.

Whatever is printed goes through `domain.text.paintable` into a `rich.text.Text`, which knows no mark-up: what
cannot be seen becomes a visible escape, and no terminal sequence comes through. Outside text never starts
where our own words stand, and two different texts never give the same lines: what follows a line feed stands
behind `|`, and on a terminal a line that is too long goes on deeper than lines begin.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import msgspec
from rich.cells import chop_cells
from rich.console import Console
from rich.text import Text

from lineclear.domain.diffing import Absent, Span
from lineclear.domain.diffing import Json as Comparable
from lineclear.domain.text import CHUNK, TextFlag, identifier_flags, paintable, paintable_lines

REMOVED: Final = "red"
ADDED: Final = "green"
CHANGED: Final = "bold underline"
QUIET: Final = "dim"
STRONG: Final = "bold"
_HANGING: Final = "  "
_LEAST: Final = 20
_NARROW: Final = 60
"""Columns below which leads would leave no room: lines then wrap wherever the terminal wraps them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line. `lead` holds our own sign or label and stands alone at the left edge."""

    lead: str
    text: Text

    @property
    def plain(self) -> str:
        """The characters to print."""
        return paintable(self.lead).text + self.text.plain


BLANK: Final = Row("", Text())


def words(text: str, style: str = "") -> Text:
    """A whole text as one paintable line."""
    return Text(paintable(text).text, style)


def heading(text: str) -> Row:
    """A title of our own over the rows that follow."""
    return Row("", words(text, STRONG))


def rows_of(lead: str, text: str, style: str = "", spans: Iterable[Span] = ()) -> Iterator[Row]:
    """A text of any length, line by line; characters within `spans` stand out."""
    marked = tuple(spans)
    start = 0
    for line in text.split("\n"):
        inside = [Span(max(span.start - start, 0), min(span.end - start, len(line))) for span in marked]
        for painted in _painted(line, style, inside):
            yield Row(lead, painted)
            lead = "| ".rjust(len(lead))
        start += len(line) + 1


def _painted(line: str, style: str, spans: Iterable[Span]) -> Iterator[Text]:
    """One line, in several parts beyond `CHUNK` characters; those are not marked inside.

    A line is painted whole and marked afterwards: painted in pieces, two of them could look like an escape.
    """
    if len(line) > CHUNK:
        yield from (Text(part.text, style) for part in paintable_lines(line))
        return
    text = words(line, style)
    for span in spans:
        if span.start < span.end:
            text.stylize(CHANGED, _shift(line, span.start), _shift(line, span.end))
    yield text


def _shift(line: str, place: int) -> int:
    return len(paintable(line[:place]).text)


def literal(value: Comparable | Absent) -> str:
    """A value so that no two different ones read alike: texts in quotes, everything else as JSON."""
    if isinstance(value, Absent):
        return "absent"
    if isinstance(value, str):
        return f'"{value}"'
    return json.dumps(value, ensure_ascii=False, default=str)


def caution(*texts: str) -> str:
    """What a reader of these names, hosts or amounts should look at twice; empty where there is nothing."""
    flags = frozenset[TextFlag]().union(*map(identifier_flags, texts)) - {TextFlag.LONG}
    return flag_words(flags)


def flag_words(flags: Iterable[TextFlag]) -> str:
    """The flags by their names, in one order."""
    present = set(flags)
    return ", ".join(flag.value.replace("_", " ") for flag in TextFlag if flag in present)


def _chopped(text: Text, room: int) -> Iterator[Text]:
    """A text in lines of exactly `room` columns but for the last, so that no blank is lost at an end."""
    ends = accumulate(map(len, chop_cells(text.plain, room)))
    return iter(text.divide([end for end in ends if end < len(text.plain)]))


def json_line(value: object) -> str:
    """A value as one line of JSON in ASCII, so that a terminal finds nothing to obey in it."""
    return json.dumps(msgspec.to_builtins(value), ensure_ascii=True).replace("\x7f", "\\u007f")


class Screen:
    """Where answers go: rows for people, or one line of JSON and nothing else."""

    def __init__(self, console: Console, *, as_json: bool) -> None:
        self._console = console
        self.as_json = as_json

    def show(self, rows: Iterable[Row]) -> None:
        """Print what a person reads before they decide."""
        if not self.as_json:
            self._print(rows)

    def answer(self, value: object, rows: Iterable[Row]) -> None:
        """Print the answer of a command; `value` is what its JSON holds."""
        if self.as_json:
            self._line(Text(json_line(value)))
        else:
            self._print(rows)

    def _print(self, rows: Iterable[Row]) -> None:
        wraps = self._console.is_terminal and self._console.width >= _NARROW
        for row in rows:
            lead = paintable(row.lead).text
            room = max(self._console.width - len(lead) - len(_HANGING), _LEAST)
            for line in _chopped(row.text, room) if wraps else [row.text]:
                self._line(Text(lead) + line)
                lead = " " * len(row.lead) + _HANGING

    def _line(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)
