"""Records in lists by what they are called, not by where they stand. Pure: free of Qt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lineclear.desktop.presenters.changes.values import quoted, step_text, value_text
from lineclear.domain.diffing.matching import record_key
from lineclear.domain.diffing.values import Absent, Json, Path


class Names:
    """The names of places in one state. A record is named by the field that tells it from the others.

    Two places of one state never have the same name: the field is unique in its list, and the name says it.
    """

    def __init__(self, state: Json | Absent) -> None:
        self._state = state
        self._keys: dict[int, str | None] = {}

    def path(self, path: Path) -> str:
        """A path as people write it: `tickets[id=T-1].status`; `refunds[0]` where nothing tells."""
        text, here = "", self._state
        for step in path:
            text += self._record(here, step) or step_text(step, is_first=not text)
            here = _inside(here, step)
        return text or "(all)"

    def members(self, records: Path, places: Iterable[int]) -> str:
        """What some records of one list are called: `id=T-1, T-2`; their places where nothing tells them."""
        held: Json | Absent = self._state
        for step in records:
            held = _inside(held, step)
        key = self._key(held) if isinstance(held, list) else None
        if key is None or not isinstance(held, list):
            return ", ".join(map(str, places))
        named = (value_text(_inside(held[place], key)) for place in places)
        return f"{key}={', '.join(quoted(name) if ', ' in name else name for name in named)}"

    def _record(self, records: Json | Absent, step: str | int) -> str:
        if not isinstance(step, int) or not isinstance(records, list) or step >= len(records):
            return ""
        record, key = records[step], self._key(records)
        if key is None or not isinstance(record, dict):
            return ""
        return f"[{key}={value_text(record[key])}]"

    def _key(self, records: Sequence[Json]) -> str | None:
        if id(records) not in self._keys:
            self._keys[id(records)] = record_key(records)
        return self._keys[id(records)]


def _inside(value: Json | Absent, step: str | int) -> Json | Absent:
    match value, step:
        case dict(record), str(name):
            return record.get(name)
        case list(items), int(at) if at < len(items):
            return items[at]
        case _:
            return None
