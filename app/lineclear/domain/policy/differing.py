"""What two capability documents say differently, and which of them is the stricter there. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from lineclear.domain.policy.capabilities import OTHERS
from lineclear.domain.policy.differences import Difference, Direction
from lineclear.domain.policy.showing import shown
from lineclear.domain.policy.source import Data, read

_LESS_IS_STRICTER: Final = frozenset({"after", "max_amount_usd", "most", "requires_approval_over_usd"})
_MORE_IS_STRICTER: Final = frozenset({"approvals", "min_confidence", "per", "second_review", "tier"})
_ADDING_IS_STRICTER: Final = frozenset(
    {"max_amount_usd", "requires_approval_over_usd", "conditions", "environment", "rate", "min_confidence"}
    | {"budget", "contract_version", "escalate", "reversible", "reviewer_ceilings_usd", "second_review"}
)
_ORDERED: Final[Mapping[str, tuple[object, ...]]] = {
    "idempotency_key": (None, "optional", "required"),
    "requires_approval": (None, False, True),
    "reversible": (None, "preferred", "required"),
    "modes": (None, "managed", "delegated", "assisted", "draft"),
    "then": ("ask", "deny"),
}
"""From the loosest to the strictest value of a key."""

_TOOL_DEEP: Final = 2
"""How long the path of a tool is: its capability and its name."""

type _Leaves = dict[tuple[str, ...], Data]


def differences(before: str, after: str) -> tuple[Difference, ...]:
    """Every difference between two documents that load, by path. Comments, order and layout are none."""
    old, new = _leaves(before), _leaves(after)
    paths = sorted({*old, *new})
    whole = [path for path in paths if not _is_inside_another(path, old, new)]
    return tuple(_difference(path, old, new) for path in whole if old.get(path) != new.get(path))


def _leaves(text: str) -> _Leaves:
    """Values by path. Tools are found by name; lists of rules and names are values as wholes."""
    data = read(text).data
    if not isinstance(data, dict):
        return {}
    whole: _Leaves = {}
    for group in ("budgets", "opa"):
        stated = data.get(group)
        whole |= {(group, key): one for key, one in stated.items()} if isinstance(stated, dict) else {}
    return {**dict(_walk((), data.get("capabilities"))), **whole}


def _walk(path: tuple[str, ...], data: Data) -> Iterator[tuple[tuple[str, ...], Data]]:
    if isinstance(data, dict):
        if path:
            yield path, {}
        for key, value in data.items():
            if key == "tools" and isinstance(value, list):
                for tool in value:
                    if isinstance(tool, dict):
                        named = {name: one for name, one in tool.items() if name != "name"}
                        yield from _walk((*path, str(tool.get("name"))), named)
            elif key == "modes":
                yield from _modes((*path, key), value)
            else:
                yield from _walk((*path, key), value)
    else:
        yield path, data


def _modes(path: tuple[str, ...], data: Data) -> Iterator[tuple[tuple[str, ...], Data]]:
    """The mode of everyone under the key itself, however it is written, and those of agents below it."""
    named = data if isinstance(data, dict) else {OTHERS: data}
    for agent, mode in named.items():
        yield (path if agent == OTHERS else (*path, agent)), mode


def _is_inside_another(path: tuple[str, ...], old: _Leaves, new: _Leaves) -> bool:
    """Whether a whole group around it came or went, which says it all."""
    around = (path[:length] for length in range(1, len(path)) if path[length - 1] != "modes")
    return any((one in old) is not (one in new) for one in around)


def _difference(path: tuple[str, ...], old: _Leaves, new: _Leaves) -> Difference:
    before, after = _at(path, old), _at(path, new)
    way = _of_judge if path[0] == "opa" else _direction
    return Difference(
        ".".join(path),
        "" if path not in old else _text(before),
        "" if path not in new else _text(after),
        way(path, before, after, added=path not in old, removed=path not in new),
    )


def _at(path: tuple[str, ...], leaves: _Leaves) -> Data:
    """The value at a path. An agent that is not named has everyone's mode."""
    if path not in leaves and path[-2:-1] == ("modes",):
        return leaves.get(path[:-1])
    return leaves.get(path)


def _is_limit(key: str) -> bool:
    """Whether a number under this key is the most that may be."""
    return key in _LESS_IS_STRICTER or key.startswith(("per_day_", "per_agent_"))


def _direction(path: tuple[str, ...], before: Data, after: Data, *, added: bool, removed: bool) -> Direction:
    key = path[-1]
    if path[-2:] != ("environment", "requires_approval") and (key in _ORDERED or "modes" in path):
        return _ordered(_ORDERED.get(key, _ORDERED["modes"]), before, after)
    if "reviewer_ceilings_usd" in path and not (added or removed):
        return _by_number(before, after, more=False)
    if (key in _ADDING_IS_STRICTER or _is_limit(key)) and (added or removed):
        return Direction.STRICTER if added else Direction.LOOSER
    if _is_limit(key) or key in _MORE_IS_STRICTER:
        return _by_number(before, after, more=key in _MORE_IS_STRICTER)
    if len(path) <= _TOOL_DEEP and (added or removed):
        is_permission = len(path) == 1 or (key != "audit" and (before if removed else after) == {})
        return (Direction.LOOSER if added else Direction.STRICTER) if is_permission else Direction.OTHER
    return _by_place(path, before, after)


def _of_judge(path: tuple[str, ...], before: Data, after: Data, *, added: bool, removed: bool) -> Direction:
    """A judge more is stricter; its silence denies unless the document says that it asks."""
    match path[1]:
        case "url" if added or removed:
            return Direction.STRICTER if added else Direction.LOOSER
        case "unreachable":
            return _ordered(("ask", "deny"), before or "deny", after or "deny")
        case _:
            return Direction.OTHER


def _by_place(path: tuple[str, ...], before: Data, after: Data) -> Direction:
    match path[-2:]:
        case ("environment", "allowed"):
            return _by_members(before, after)
        case ("environment", "requires_approval"):
            return _by_members(after, before)
        case _:
            return Direction.OTHER


def _ordered(order: tuple[object, ...], before: Data, after: Data) -> Direction:
    if before not in order or after not in order:
        return Direction.OTHER
    return Direction.STRICTER if order.index(after) > order.index(before) else Direction.LOOSER


def _by_number(before: Data, after: Data, *, more: bool) -> Direction:
    try:
        old, new = Decimal(str(before)), Decimal(str(after))
    except ArithmeticError:
        return Direction.OTHER
    return Direction.STRICTER if (new > old) is more else Direction.LOOSER


def _by_members(before: Data, after: Data) -> Direction:
    """A list of what is allowed: fewer members are stricter."""
    old, new = (set(map(str, given)) if isinstance(given, list) else set() for given in (before, after))
    if new < old:
        return Direction.STRICTER
    return Direction.LOOSER if new > old else Direction.OTHER


def _text(value: Data) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, dict):
        return (
            f"{{{', '.join(f'{key}: {_text(one)}' for key, one in value.items())}}}" if value else "(given)"
        )
    return shown(value)
