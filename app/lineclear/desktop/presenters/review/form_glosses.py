"""How what stands in a form reads in the reader's own format, place by place. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import cast

from lineclear.application.deciding.forms import Draft, Row
from lineclear.desktop.presenters.changes.glossing import Glosses
from lineclear.domain.diffing.kinds import kind_of
from lineclear.domain.diffing.values import ABSENT, Absent, Json, Path

type Place = tuple[Path, Json | Absent]


def form_glosses(draft: Draft, rows: Iterable[Row], now: datetime) -> Mapping[str, str]:
    """The gloss of each place that has one; none where what was typed is no value of its place yet."""
    state = cast("Json", draft.arguments)
    glosses = Glosses(state, now)
    found: dict[str, str] = {}
    for row in rows:
        path, value = _place(state, row.path)
        if row.path not in draft.unread and value is not ABSENT:
            found[row.path] = glosses.of(path, value, kind_of(path, value, value, {}))
    return {path: gloss for path, gloss in found.items() if gloss}


def _place(state: Json, pointer: str) -> Place:
    """The steps of a JSON pointer with numbers for the places in lists, and what stands there."""
    here: Json | Absent = state
    path: list[str | int] = []
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        match here:
            case dict() if name in here:
                path.append(name)
                here = here[name]
            case list() if name.isdigit() and int(name) < len(here):
                path.append(int(name))
                here = here[int(name)]
            case _:
                return (), ABSENT
    return tuple(path), here
