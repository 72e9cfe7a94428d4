"""YAML 1.2 text to plain data that knows where everything stands. Pure; free of what the keys mean.

Stricter than YAML where two readers could differ: no anchors, aliases, tags, other versions, second
documents, repeated keys, nulls, or numbers that are not plain decimals. Fractions become Decimal from
their source text and never pass through a binary float. Problems are collected, not raised one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from lineclear.domain.policy.problems import Problem, spelled
from lineclear.domain.policy.showing import shown

type Data = bool | int | str | Decimal | list[Data] | dict[str, Data] | None
type Path = tuple[str | int, ...]

MAX_BYTES = 262_144
MAX_DEPTH = 32

_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
_NUMERIC = re.compile(
    r"[-+]?(\.inf|\.Inf|\.INF|\.[0-9]+|[0-9][0-9]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|\.nan|\.NaN|\.NAN|0o[0-7]+|0x[0-9a-fA-F]+"
)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, 1-based: its key (or list item) and its value."""

    key_line: int
    key_column: int
    line: int
    column: int


@dataclass(slots=True)
class Source:
    """The data of one text, a place for every path in it, and what is wrong with the text itself."""

    data: Data = None
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def at(self, path: Path) -> Data:
        """The value at a path, or nothing where the text has none."""
        found = self.data
        for part in path:
            match found, part:
                case dict(), str():
                    found = found.get(part)
                case list(), int() if part < len(found):
                    found = found[part]
                case _:
                    return None
        return found


class _Halt(Exception):  # noqa: N818  # a jump out of nested reading, never seen outside
    """Reading further makes no sense."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def read(text: str) -> Source:
    """Read one text; total. Data is incomplete where there are problems."""
    source = Source()
    reader = _Reader(source)
    try:
        reader.start(_events(text))
    except _Halt as halt:
        source.problems.append(halt.problem)
    except YAMLError as error:
        source.problems.append(_syntax(error, text))
    except (ValueError, OverflowError):  # ruamel lets these two through from escapes and directives
        says = "This is not YAML: a number in an escape or in a % line is too large."
        source.problems.append(Problem(1, 1, "", says, "Remove the escape or the line."))
    return source


def _events(text: str) -> Iterator[Event]:
    """Parse events rather than nodes: nesting is seen, and stopped, before anything recurses."""
    depth = 0
    for event in YAML(typ="rt", pure=True).parse(text):
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _Halt(_at(event, (), f"This is nested over {MAX_DEPTH} deep.", "Write it flatter."))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            depth -= 1
        yield event


class _Reader:
    """Turns events into data by recursive descent, at most MAX_DEPTH deep."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._events: Iterator[Event] = iter(())

    def start(self, events: Iterator[Event]) -> None:
        self._events = events
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                self._check_start(event, documents)
            elif isinstance(event, NodeEvent):
                self._source.places[()] = _place(event, event)
                self._source.data = self._value(event, ())

    def _check_start(self, event: DocumentStartEvent, documents: int) -> None:
        if documents > 1:
            raise _Halt(_at(event, (), "A second document starts here.", "Keep one document per file."))
        if event.version not in (None, (1, 2)):
            raise _Halt(_at(event, (), "Another version of YAML is asked for.", "Remove the %YAML line."))

    def _value(self, event: Event, path: Path) -> Data:
        self._check_node(event, path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        if isinstance(event, ScalarEvent):
            return self._scalar(event, path)
        return None

    def _check_node(self, event: Event, path: Path) -> None:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
            self._problem(event, path, "Anchors and aliases are not accepted.", "Write the value out here.")
        if getattr(event, "tag", None) is not None:
            self._problem(event, path, "Tags are not accepted.", "Remove the tag; put text into quotes.")

    def _mapping(self, path: Path) -> dict[str, Data]:
        found: dict[str, Data] = {}
        while not isinstance(event := next(self._events), MappingEndEvent):
            key = self._key(event, path)
            value_event = next(self._events)
            if key is None or key in found:
                if key is not None:
                    self._repeated(event, (*path, key))
                self._skip(value_event)
                continue
            inner = (*path, key)
            self._source.places[inner] = _place(event, value_event)
            found[key] = self._value(value_event, inner)
        return found

    def _key(self, event: Event, path: Path) -> str | None:
        self._check_node(event, path)
        if isinstance(event, ScalarEvent) and (event.implicit[1] or _resolve(event.value) == event.value):
            return str(event.value)
        self._problem(event, path, "A key must be a word.", "Put the key into quotes if it is a name.")
        self._skip(event)
        return None

    def _repeated(self, event: Event, path: Path) -> None:
        first = self._source.places[path].key_line
        says = f"Key {shown(path[-1])} is already given on line {first}."
        self._problem(event, path, says, "Keep one of the two.")

    def _skip(self, event: Event) -> None:
        """Pass over one whole node."""
        depth = _step(event)
        while depth:
            depth += _step(next(self._events))

    def _sequence(self, path: Path) -> list[Data]:
        found: list[Data] = []
        while not isinstance(event := next(self._events), SequenceEndEvent):
            inner = (*path, len(found))
            self._source.places[inner] = _place(event, event)
            found.append(self._value(event, inner))
        return found

    def _scalar(self, event: ScalarEvent, path: Path) -> Data:
        text = str(event.value)
        if not event.implicit[0]:
            return text
        value = _resolve(text)
        if value is None:
            place = self._source.places[path]
            says, remedy = "There is no value here.", "Give a value, or remove the key."
            self._source.problems.append(Problem(place.line, place.column, spelled(path), says, remedy))
        elif isinstance(value, str) and _NUMERIC.fullmatch(text):
            self._problem(event, path, f"{shown(text)} is not a plain decimal number.", _QUOTE)
            return None
        return value

    def _problem(self, event: Event, path: Path, says: str, remedy: str) -> None:
        self._source.problems.append(_at(event, path, says, remedy))


_QUOTE = "Write numbers such as 200 or 49.50; put anything else into quotes."


def _resolve(text: str) -> Data:
    """YAML 1.2's core schema for plain scalars, with decimals only (section 10.3)."""
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _DECIMAL.fullmatch(text):
        return Decimal(text) if "." in text else int(text)
    return text


def _step(event: Event) -> int:
    if isinstance(event, MappingStartEvent | SequenceStartEvent):
        return 1
    return -1 if isinstance(event, MappingEndEvent | SequenceEndEvent) else 0


def _mark(event: Event) -> tuple[int, int]:
    mark = cast("StringMark", event.start_mark)
    return mark.line + 1, mark.column + 1


def _place(key: Event, value: Event) -> Place:
    """An absent value stands where its key does; the parser sees it where the next thing begins."""
    is_absent = isinstance(value, ScalarEvent) and not value.value
    return Place(*_mark(key), *_mark(key if is_absent else value))


def _at(event: Event, path: Path, says: str, remedy: str) -> Problem:
    return Problem(*_mark(event), spelled(path), says, remedy)


def _syntax(error: YAMLError, text: str) -> Problem:
    """A parser's error as one line and one place."""
    if isinstance(error, ReaderError):
        before = text[: error.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        return Problem(line, column, "", "This character cannot stand in YAML.", "Remove it.")
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        line, column = error.problem_mark.line + 1, error.problem_mark.column + 1
        return Problem(line, column, "", f"This is not YAML: {error.problem}.", _INDENT)
    return Problem(1, 1, "", "This is not YAML.", _INDENT)


_INDENT = "Check indentation (spaces, not tabs), colons, quotes and brackets."
