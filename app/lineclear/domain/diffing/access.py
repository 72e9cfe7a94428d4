"""Access policies compared as who gains and who loses what. Pure: reads statements, evaluates no condition.

Statements are spelled as in cloud policies (`Effect`, `Principal`, `Action`, `Resource`, `Condition`) or as
grants (`principal` or `members`, `role` or `actions`, `resource`). What cannot be read is listed as such.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from typing import Final, NamedTuple

from lineclear.domain.diffing.fields import Hints, diff_fields
from lineclear.domain.diffing.result import Diff
from lineclear.domain.diffing.values import Json

MOST: Final = 2_000
"""Single permissions per side that are told apart; statements beyond that are left unread."""

MOST_WIDE: Final = 200
"""Denials and wildcard grants per side that are held against every change."""

_WHO: Final = ("principal", "principals", "member", "members", "subject", "subjects")
_WHAT: Final = ("action", "actions", "role", "roles", "permission", "permissions")
_ON: Final = ("resource", "resources")
_UNDER: Final = ("condition", "conditions")
_KNOWN: Final = frozenset(
    {*_WHO, *_WHAT, *_ON, *_UNDER, "effect", "sid", "id", "name", "description", "title"}
)
_EVERYONE: Final = frozenset(
    {"*", "AWS:*", "allUsers", "allAuthenticatedUsers", "anyone", "everyone", "public"}
)


class Direction(StrEnum):
    """Which way a permission went, for the principal."""

    GAINS = "gains"
    LOSES = "loses"
    REBINDS = "rebinds"
    """Keeps it under other conditions, which may be wider or narrower."""


_OPPOSITE: Final = {
    Direction.GAINS: Direction.LOSES,
    Direction.LOSES: Direction.GAINS,
    Direction.REBINDS: Direction.REBINDS,
}


class Standing(StrEnum):
    """What the other statements make of it."""

    EFFECTIVE = "effective"
    COVERED = "covered"
    """Another, wider statement does the same, so that nothing changes in effect."""
    DENIED = "denied"
    """A denial stands against it."""


@dataclass(frozen=True, slots=True)
class AccessChange:
    """One sentence: who gains or loses which actions on what, under which condition.

    Conditions are JSON texts, None for none. `denial`: it is a denial that came (loses) or went (gains).
    """

    direction: Direction
    principal: str
    actions: tuple[str, ...]
    resource: str
    condition_before: str | None
    condition_after: str | None
    standing: Standing
    denial: bool

    @property
    def concerns_everyone(self) -> bool:
        return self.principal in _EVERYONE


@dataclass(frozen=True, slots=True)
class AccessDiff:
    """The same comparison twice: in sentences and as raw statements. What is `unread` has no sentence."""

    changes: tuple[AccessChange, ...]
    statements: Diff
    unread: tuple[Json, ...]
    cut: bool
    """Too many wide statements to tell what is covered or denied: every change then counts as effective."""

    @property
    def complete(self) -> bool:
        return not self.unread and not self.cut and self.statements.complete

    @property
    def gains(self) -> tuple[AccessChange, ...]:
        return tuple(change for change in self.changes if change.direction is Direction.GAINS)

    @property
    def losses(self) -> tuple[AccessChange, ...]:
        return tuple(change for change in self.changes if change.direction is Direction.LOSES)


_NEVER: Final[frozenset[str | None]] = frozenset()


class _Permission(NamedTuple):
    deny: bool
    principal: str
    action: str
    resource: str


type _Rules = Mapping[_Permission, frozenset[str | None]]
"""Single permissions with the conditions under which they are given; None for unconditionally."""


class _Wide(NamedTuple):
    before: Sequence[_Permission]
    after: Sequence[_Permission]


class _UnreadableError(ValueError):
    """A statement says something that this module has no words for."""


def diff_access(before: Sequence[Json], after: Sequence[Json]) -> AccessDiff:
    """Compare two lists of statements or grants."""
    statements = diff_fields(list(before), list(after), hints=Hints(keys=("Sid", "sid", "id", "role")))
    old, unread_old = _rules(before)
    new, unread_new = _rules(after)
    wide = _Wide(_wide(old), _wide(new))
    cut = max(map(len, wide)) > MOST_WIDE
    if cut:
        wide = _Wide((), ())
    singles = [
        single
        for permission in {**old, **new}
        if (single := _compared(permission, old, new, wide)) is not None
    ]
    return AccessDiff(tuple(_merged(singles)), statements, (*unread_old, *unread_new), cut=cut)


def is_covered(pattern: str, name: str) -> bool:
    """Whether everything that `name` may stand for is within `pattern`; `*` is any text, `?` any character.

    Linear in practice, product of the lengths at worst: hostile patterns do not blow up.
    """
    at = to = 0
    star, mark = -1, 0
    while to < len(name):
        if at < len(pattern) and pattern[at] == "*":
            star, mark = at, to
            at += 1
        elif at < len(pattern) and (pattern[at] == name[to] or (pattern[at] == "?" and name[to] != "*")):
            at, to = at + 1, to + 1
        elif star >= 0:
            mark += 1
            at, to = star + 1, mark
        else:
            return False
    return all(char == "*" for char in pattern[at:])


def _rules(statements: Sequence[Json]) -> tuple[dict[_Permission, frozenset[str | None]], list[Json]]:
    rules: dict[_Permission, frozenset[str | None]] = {}
    unread: list[Json] = []
    for statement in statements:
        try:
            permissions, condition = _read(statement)
        except _UnreadableError:
            unread.append(statement)
            continue
        if len(permissions) + len(rules) > MOST:
            unread.append(statement)
            continue
        for permission in permissions:
            rules[permission] = rules.get(permission, frozenset()) | {condition}
    return rules, unread


def _read(statement: Json) -> tuple[list[_Permission], str | None]:
    if not isinstance(statement, dict):
        raise _UnreadableError
    fields = {name.lower(): value for name, value in statement.items()}
    if len(fields) < len(statement) or not fields.keys() <= _KNOWN:
        raise _UnreadableError
    effect = fields.get("effect", "Allow")
    if not isinstance(effect, str) or effect.lower() not in {"allow", "deny"}:
        raise _UnreadableError
    who, what = _names(_one_of(fields, _WHO)), _names(_one_of(fields, _WHAT))
    resources = _names(_one_of(fields, _ON, default=""))
    if len(who) * len(what) * len(resources) > MOST:
        raise _UnreadableError
    deny = effect.lower() == "deny"
    return [_Permission(deny, *each) for each in product(who, what, resources)], _condition(fields)


def _one_of(fields: Mapping[str, Json], names: Sequence[str], default: Json = None) -> Json:
    """Return the one field that goes by any of these names; two of them would be a riddle."""
    found = [fields[name] for name in names if name in fields]
    if len(found) > 1 or (not found and default is None):
        raise _UnreadableError
    return found[0] if found else default


def _names(value: Json) -> list[str]:
    """Return the names in `"a"`, `["a", "b"]` or `{"AWS": ["a"]}`; the last as `AWS:a`."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [f"{kind}:{name}" for kind, inner in value.items() for name in _names(inner)]
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return [name for name in value if isinstance(name, str)]
    raise _UnreadableError


def _condition(fields: Mapping[str, Json]) -> str | None:
    if not any(name in fields for name in _UNDER):
        return None
    try:
        return json.dumps(_one_of(fields, _UNDER, default=""), sort_keys=True, ensure_ascii=False)
    except (TypeError, RecursionError) as error:
        raise _UnreadableError from error


def _compared(permission: _Permission, old: _Rules, new: _Rules, wide: _Wide) -> AccessChange | None:
    """Return what became of one permission, or None where it stands as it stood."""
    before, after = old.get(permission, _NEVER), new.get(permission, _NEVER)
    if before == after:
        return None
    direction = _direction(before, after)
    came = direction is Direction.GAINS
    standing = _standing(permission, wide.before if came else wide.after, wide.after if came else wide.before)
    if None in before and None in after:
        standing = Standing.COVERED
    return AccessChange(
        direction=_OPPOSITE[direction] if permission.deny else direction,
        principal=permission.principal,
        actions=(permission.action,),
        resource=permission.resource,
        condition_before=_spelled(before),
        condition_after=_spelled(after),
        standing=standing,
        denial=permission.deny,
    )


def _direction(before: frozenset[str | None], after: frozenset[str | None]) -> Direction:
    """Return whether the statement came to apply more or less widely; without a condition is widest."""
    if (None in before) != (None in after):
        return Direction.GAINS if None in after else Direction.LOSES
    if None not in before and before < after:
        return Direction.GAINS
    if None not in before and after < before:
        return Direction.LOSES
    return Direction.REBINDS


def _standing(
    permission: _Permission, elsewhere: Sequence[_Permission], now: Sequence[_Permission]
) -> Standing:
    """Judge by other unconditional statements: those of the side without this one, and those beside it."""
    if any(other.deny == permission.deny and _covers(other, permission) for other in elsewhere):
        return Standing.COVERED
    if not permission.deny and any(other.deny and _covers(other, permission, itself=True) for other in now):
        return Standing.DENIED
    return Standing.EFFECTIVE


def _covers(wide: _Permission, narrow: _Permission, *, itself: bool = False) -> bool:
    return (itself or wide != narrow) and all(map(is_covered, wide[1:], narrow[1:]))


def _spelled(conditions: frozenset[str | None]) -> str | None:
    return " or ".join(sorted(text for text in conditions if text is not None)) or None


def _wide(rules: _Rules) -> list[_Permission]:
    """Return unconditional statements that may bear on others: denials, and grants with a wildcard."""
    return [
        rule
        for rule, conditions in rules.items()
        if None in conditions and (rule.deny or any("*" in part or "?" in part for part in rule[1:]))
    ]


def _merged(singles: Sequence[AccessChange]) -> Iterator[AccessChange]:
    """Join changes that differ in the action only into one sentence."""
    actions: dict[AccessChange, list[str]] = {}
    for single in singles:
        actions.setdefault(replace(single, actions=()), []).extend(single.actions)
    for sentence, names in actions.items():
        yield replace(sentence, actions=tuple(names))
