"""Changes of a capability document that leave every other byte of its text as it is. Pure.

A YAML library that writes a text anew moves comments and indents. Here its marks say where a value stands,
and only that place is written; the result is loaded again, and must differ in the modes of that capability
alone.
"""

from __future__ import annotations

import re
from typing import Final

from lineclear.domain.policy.capabilities import OTHERS
from lineclear.domain.policy.differing import differences
from lineclear.domain.policy.document import DocumentError, load
from lineclear.domain.policy.source import Place, Source, read
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Mode

_STEP: Final = 2
_SCALAR: Final = re.compile(r"""'[^']*'|"[^"]*"|[A-Za-z]+""")


def with_mode(text: str, capability: str, agent: str, mode: Mode) -> str:
    """The text in which an agent has this mode for a capability; `everyone` is all who are not named.

    Raises Refusal(DOCUMENT_INVALID) where the text cannot be read, knows no such capability, or is written
    in a way in which no single place can be changed.
    """
    source = read(text)
    if ("capabilities", capability) not in source.places:
        raise _unchanged(f"it knows no capability {capability}.")
    lines = text.splitlines(keepends=True)
    _write(_Lines(lines, "\r\n" if "\r\n" in text else "\n"), source, capability, agent, mode)
    changed = "".join(lines)
    _check(text, changed, capability, agent, mode)
    return changed


class _Lines:
    """The lines of a text, changed in place; places are 1-based."""

    def __init__(self, lines: list[str], ending: str) -> None:
        self._lines, self._ending = lines, ending

    def replace_scalar(self, place: Place, said: str) -> None:
        """Write something else where a value stands; a remark behind it stays."""
        line = self._lines[place.line - 1]
        before, rest = line[: place.column - 1], line[place.column - 1 :]
        self._lines[place.line - 1] = before + _SCALAR.sub(said, rest, count=1)

    def drop_scalar(self, place: Place) -> None:
        """Leave the key alone on its line, for a group below it."""
        line = self._lines[place.line - 1]
        before, rest = line[: place.column - 1], line[place.column - 1 :]
        rest = _SCALAR.sub("", rest, count=1)
        has_remark = bool(rest.strip())
        self._lines[place.line - 1] = before.rstrip() + (rest if has_remark else self._ending)

    def insert_inline(self, place: Place, said: str) -> None:
        """Write behind the bracket that opens a group on one line."""
        line = self._lines[place.line - 1]
        self._lines[place.line - 1] = line[: place.column] + said + line[place.column :]

    def insert_below(self, number: int, indent: int, *said: str) -> None:
        """Write lines of their own below a line."""
        above = self._lines[number - 1]
        if not above.endswith(("\n", "\r")):
            self._lines[number - 1] = above + self._ending
        made = [f"{' ' * indent}{each}{self._ending}" for each in said]
        self._lines[number:number] = made


def _write(lines: _Lines, source: Source, capability: str, agent: str, mode: Mode) -> None:
    owner, path = source.places["capabilities", capability], ("capabilities", capability, "modes")
    stated, entry = source.at(path), f"{agent}: {mode}"
    place = source.places.get(path)
    if place is None:
        inside = _first_inside(source, ("capabilities", capability))
        if _is_in_brackets(source, capability):
            raise _unchanged(f"{capability} is written in brackets; change it in the text.")
        column = inside.key_column - 1
        lines.insert_below(owner.key_line, column + _STEP, entry)
        lines.insert_below(owner.key_line, column, "modes:")
    elif isinstance(stated, str) and agent == OTHERS:
        lines.replace_scalar(place, mode)
    elif isinstance(stated, str):
        if place.line != place.key_line or _is_in_brackets(source, capability):
            raise _unchanged(f"the modes of {capability} are written across lines; change them in the text.")
        lines.drop_scalar(place)
        indent = place.key_column - 1 + _STEP
        lines.insert_below(place.key_line, indent, f"{OTHERS}: {stated}", entry)
    elif (*path, agent) in source.places:
        lines.replace_scalar(source.places[*path, agent], mode)
    else:
        _add(lines, source, place, capability, entry)


def _add(lines: _Lines, source: Source, place: Place, capability: str, entry: str) -> None:
    """One agent more in a group that names some."""
    inside = _first_inside(source, ("capabilities", capability, "modes"))
    if inside.key_line == place.key_line or _is_in_brackets(source, capability):
        lines.insert_inline(place, f"{entry}, ")
    else:
        lines.insert_below(inside.key_line - 1, inside.key_column - 1, entry)


def _is_in_brackets(source: Source, capability: str) -> bool:
    """Whether a whole capability is written in brackets."""
    inside = _first_inside(source, ("capabilities", capability))
    return inside.key_line == source.places["capabilities", capability].key_line


def _first_inside(source: Source, path: tuple[str, ...]) -> Place:
    data = source.at(path)
    if not isinstance(data, dict) or not data:
        raise _unchanged(f"{'.'.join(path)} is no group of keys.")
    return source.places[*path, next(iter(data))]


def _check(before: str, after: str, capability: str, agent: str, mode: Mode) -> None:
    """What was written says this and nothing else."""
    try:
        modes = load(after).capabilities[capability].modes
    except DocumentError as error:
        raise _unchanged(f"{error}") from error
    is_said = modes is not None and modes.of("" if agent == OTHERS else agent) is mode
    if not is_said or any(
        one.path.split(".")[:2] != [capability, "modes"] for one in differences(before, after)
    ):
        raise _unchanged(
            f"the modes of {capability} cannot be changed in one place; change them in the text."
        )


def _unchanged(problem: str) -> Refusal:
    return Refusal(Code.DOCUMENT_INVALID, document="capability document", problem=problem)
