"""What a line of code consists of, and what its row is. Plain values, free of Qt and of colours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """A piece of code by its part in the language."""

    PLAIN = "plain"
    KEYWORD = "keyword"
    STRING = "string"
    COMMENT = "comment"
    NUMBER = "number"
    NAME = "name"


class RowKind(StrEnum):
    """What a row of a code change is."""

    FILE = "file"
    HUNK = "hunk"
    FOLD = "fold"
    LINE = "line"


class Layout(StrEnum):
    """Gone and new lines below one another, or facing each other."""

    UNIFIED = "unified"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row of code stands; lines count from 1, None where a side has none.

    A file's row has how many lines came and went, and in `told` what became of the file as a whole; a fold's
    row has the `key` that opens it.
    """

    kind: RowKind
    before: int | None = None
    after: int | None = None
    layout: Layout = Layout.UNIFIED
    key: str = ""
    came: int = 0
    went: int = 0
    told: str = ""
