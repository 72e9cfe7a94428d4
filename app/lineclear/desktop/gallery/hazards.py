"""What a reviewer must not overlook, in one action: compared by the real presenter. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lineclear.desktop.gallery.samples import ACTION
from lineclear.desktop.presenters.changes.differences import Heading, changes_sheet
from lineclear.desktop.presenters.changes.values import named
from lineclear.domain.effects import Shape
from lineclear.domain.strict_json import Json

_FIELDS: Final[dict[str, Json]] = {f"setting_{number:04}": f"value {number}" for number in range(1_000)}
_LINES: Final[list[Json]] = [
    {"line": number, "text": f"Seat {number}", "amount": "40.00"} for number in range(1, 101)
]
BEFORE: Final[Json] = {
    "account": "paypal",
    "active": True,
    "file": "invoice.pdf",
    "amount": "180.00",
    "lines": _LINES,
    "settings": _FIELDS,
}
AFTER: Final[Json] = {
    "account": "p\u0430ypal",
    "active": 1,
    "file": "invoice\u202efdp.exe",
    "amount": "1800.00",
    "lines": [{"line": 0, "text": "Set-up", "amount": "900.00"}, *_LINES],
    "settings": _FIELDS | {"setting_0612": "value 6l2"},
}
ACTION_HAZARDS: Final = replace(
    ACTION,
    id="a9",
    title=named("Pay the invoice of p\u0430ypal"),
    changes=changes_sheet(BEFORE, AFTER, Shape.FIELDS, Heading("Changes to invoice 2026-1187")),
)
"""One field of a thousand; a look-alike name; a hidden override of direction; an amount ten times as high; a
line at the head of a hundred; `1` for `true`."""
