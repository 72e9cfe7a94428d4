"""Conditions in CEL (common expression language): from text to a program, or its first fault. Pure.

The compiler brings a terminal program of its own along, which takes longer to import than all of ours that
stands on this module: so it comes with the first condition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from rapidfuzz import fuzz, process

from lineclear.domain.policy.conditions import MOST_LOOPS, Program, loops_in

LONGEST: Final = 1_000
_ALIKE: Final = 60.0

FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "action": frozenset(
        {"amount", "arguments", "capability", "confidence", "connector", "currency", "effect"}
        | {"environment", "id", "idempotency_key", "mutates", "reversible", "stake", "tool"}
    ),
    "agent": frozenset({"id", "mode", "owner"}),
    "job": frozenset({"customer", "id", "project", "workflow"}),
    "target": frozenset({"connector", "id", "kind"}),
    "time": frozenset({"at", "date", "hour", "minute", "weekday"}),
    "workspace": frozenset({"environment", "name"}),
}
"""What a condition may look at. A member is there only where its fact is known."""

_FUNCTIONS: Final = frozenset(
    {"contains", "endsWith", "matches", "size", "startsWith", "type"}
    | {"getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getFullYear", "getHours", "getMinutes"}
    | {"getMonth", "getSeconds", "duration", "timestamp"}
    | {"bool", "bytes", "double", "int", "string", "uint"}
)
_TYPES: Final = frozenset({"bool", "bytes", "double", "int", "list", "map", "null_type", "string", "uint"})
_LITERAL: Final = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'")
_BOUND: Final = re.compile(r"\.(?:all|exists|exists_one|filter|map)\(\s*([A-Za-z_]\w*)\s*,")
_MEMBER: Final = re.compile(r"(?<![\w.])(action|agent|job|target|time|workspace)\.([A-Za-z_]\w*)")
_PLACED: Final = re.compile(r"ERROR: <input>:(\d+):(\d+): (?:Syntax error: )?([^\n]*)")


class ConditionError(ValueError):
    """An expression that cannot be taken. `line` and `column` count from 1 within the expression."""

    def __init__(self, says: str, remedy: str, line: int = 1, column: int = 1) -> None:
        super().__init__(says)
        self.says, self.remedy, self.line, self.column = says, remedy, line, column


def compiled(text: str) -> Program:
    """An expression, ready to run; raises ConditionError with the place inside the text."""
    import cel  # noqa: PLC0415  # slow: with the first condition

    _check_loops(text)
    try:
        program = cel.compile(text)
    except ValueError as error:
        raise _misspelled(str(error)) from None
    bare = _LITERAL.sub(lambda literal: " " * len(literal[0]), text)
    _check_names(bare, set(program.variables()))
    _check_functions(bare, set(program.functions()))
    _check_members(bare)
    return program


def _check_loops(text: str) -> None:
    """Nothing interrupts an expression, so that it must not be able to run for ever."""
    loops = loops_in(text)
    if len(loops) > MOST_LOOPS or loops.count("map") > 1:
        says = f"There are more than {MOST_LOOPS} loops, or more than one map."
        raise ConditionError(says, "Write several conditions, each with a part of it.")


def _misspelled(error: str) -> ConditionError:
    found = _PLACED.search(error)
    remedy = 'Write a CEL expression that is true or false, such as action.amount > 100 && job.id != "".'
    if found is None:
        return ConditionError("This is not a condition.", remedy)
    says = f"This is not a condition: {found[3].partition(' expecting')[0].strip().rstrip('!')}."
    return ConditionError(says, remedy, int(found[1]), int(found[2]))


def _check_names(bare: str, used: set[str]) -> None:
    for name in sorted(used - FIELDS.keys() - _TYPES - set(_BOUND.findall(bare))):
        known = ", ".join(sorted(FIELDS))
        raise _at(bare, name, f"A condition knows no {name}.", _hint(name, FIELDS, f"It knows {known}."))


def _check_functions(bare: str, used: set[str]) -> None:
    for name in sorted(one for one in used if one[0].isalpha() and one not in _FUNCTIONS):
        known = ", ".join(sorted(_FUNCTIONS))
        raise _at(bare, name, f"There is no function {name}.", _hint(name, _FUNCTIONS, f"There are {known}."))


def _check_members(bare: str) -> None:
    for found in _MEMBER.finditer(bare):
        root, name = found[1], found[2]
        if name not in FIELDS[root]:
            known = ", ".join(sorted(FIELDS[root]))
            line, column = _place(bare, found.start(2))
            remedy = _hint(name, FIELDS[root], f"It has {known}.")
            raise ConditionError(f"{root} has no {name}.", remedy, line, column)


def _at(bare: str, name: str, says: str, remedy: str) -> ConditionError:
    found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", bare)
    return ConditionError(says, remedy, *_place(bare, found.start() if found else 0))


def _place(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def _hint(name: str, known: frozenset[str] | Mapping[str, object], otherwise: str) -> str:
    nearest = process.extractOne(name, sorted(known), scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return f"Did you mean {nearest[0]}?" if nearest else otherwise
