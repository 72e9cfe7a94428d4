"""The parts of code by language, for the lines in sight. Free of Qt and of colours.

Only lexers that ship with Pygments are used, found by a closed table: no plug-in is ever loaded for the sake
of a file name that an agent chose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, Protocol, cast

from lineclear.desktop.presenters.changes.code_parts import Part

_BY_SUFFIX: Final = {
    "bash": "bash", "c": "c", "cc": "cpp", "cpp": "cpp", "cs": "csharp", "css": "css", "go": "go", "h": "c",
    "hpp": "cpp", "html": "html", "ini": "ini", "java": "java", "js": "javascript", "json": "json",
    "jsx": "jsx", "kt": "kotlin", "md": "markdown", "mjs": "javascript", "php": "php", "py": "python",
    "pyi": "python", "rb": "ruby", "rs": "rust", "scala": "scala", "sh": "bash", "sql": "sql",
    "swift": "swift", "tf": "terraform", "toml": "toml", "ts": "typescript", "tsx": "tsx", "xml": "xml",
    "yaml": "yaml", "yml": "yaml",
}  # fmt: skip
_BY_NAME: Final = {"Dockerfile": "docker", "Makefile": "make"}
_BLOCK: Final = 24
"""Lines that are read together where a file is too long to be read whole."""
_SHORT: Final = 400
"""Lines up to which a file is read whole, so that what goes on over many lines is known."""
_MOST: Final = 8_000
"""Characters read at once: a lexer takes about ten milliseconds for them."""
_LONGEST: Final = 500
"""Characters of a line beyond which nothing around it is coloured; no code is written in such lines."""


class _Lexer(Protocol):
    """What is used of Pygments, which tells no types."""

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, object, str]]:
        """Each token with where it begins and its kind."""


class Run(NamedTuple):
    """A part of a line, from a character on up to the next run."""

    start: int
    part: Part


_PLAIN: Final = (Run(0, Part.PLAIN),)


class Colouring:
    """The parts of a file's lines, read in blocks when a line of theirs is asked for."""

    def __init__(self, path: str, lines: Sequence[str]) -> None:
        self._lines = lines
        self._language = language_of(path)
        is_short = sum(map(len, lines[:_SHORT])) <= _MOST and len(lines) <= _SHORT
        self._block = max(len(lines), 1) if is_short else _BLOCK
        self._read: dict[int, list[tuple[Run, ...]]] = {}

    def line(self, number: int) -> tuple[Run, ...]:
        """The runs of a line, counted from 0; at least one."""
        if not self._language:
            return _PLAIN
        block, place = divmod(number, self._block)
        if block not in self._read:
            self._read[block] = self._lex(self._lines[block * self._block : (block + 1) * self._block])
        return self._read[block][place]

    def _lex(self, lines: Sequence[str]) -> list[tuple[Run, ...]]:
        if sum(map(len, lines)) > _MOST or max(map(len, lines), default=0) > _LONGEST:
            return [_PLAIN] * len(lines)
        runs: list[list[Run]] = [[] for _ in lines]
        line = start = 0
        for found, part, text in _parts(self._language, "\n".join(lines)):
            while line < len(lines) - 1 and found > start + len(lines[line]):
                start += len(lines[line]) + 1
                line += 1
            _spread(runs, line, found - start, part, text)
        return [tuple(one) or _PLAIN for one in runs]


def language_of(path: str) -> str:
    """The language that a file's name tells, or nothing."""
    name = path.rpartition("/")[2]
    stem, _, suffix = name.rpartition(".")
    return _BY_NAME.get(name) or (_BY_SUFFIX.get(suffix.lower(), "") if stem else "")


def _spread(runs: list[list[Run]], line: int, at: int, part: Part, text: str) -> None:
    """A part may go on over several lines; one that ends with its line has nothing on the next."""
    for offset, piece in enumerate(text.split("\n")):
        into = runs[line + offset]
        if piece and (not into or into[-1].part is not part):
            into.append(Run(0 if offset else at, part))


def _parts(language: str, text: str) -> Iterator[tuple[int, Part, str]]:
    for at, kind, piece in _lexer(language).get_tokens_unprocessed(text):
        yield at, _part_of(kind), piece


@lru_cache(maxsize=512)
def _part_of(kind: object) -> Part:
    """The part that a kind of token is; there are some hundred kinds."""
    # Costs nothing until code is shown.
    from pygments.token import Token as Kinds  # type: ignore[import-untyped]  # noqa: PLC0415  # has no types

    by_kind = (
        (Kinds.Comment, Part.COMMENT),
        (Kinds.Literal.String, Part.STRING),
        (Kinds.Literal.Number, Part.NUMBER),
        (Kinds.Keyword, Part.KEYWORD),
        (Kinds.Operator.Word, Part.KEYWORD),
        (Kinds.Name.Function, Part.NAME),
        (Kinds.Name.Class, Part.NAME),
        (Kinds.Name.Decorator, Part.NAME),
        (Kinds.Name.Tag, Part.NAME),
        (Kinds.Generic.Heading, Part.KEYWORD),
    )
    return next((part for one, part in by_kind if kind in one), Part.PLAIN)


@lru_cache(maxsize=64)
def _lexer(language: str) -> _Lexer:
    from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]  # noqa: PLC0415  # as above

    return cast("_Lexer", get_lexer_by_name(language))
