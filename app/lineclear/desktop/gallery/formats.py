"""Times, amounts and numbers as they are stored, each beside how it reads to this person. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Final

from lineclear.desktop.gallery.samples import ACTION
from lineclear.desktop.presenters.changes.differences import Heading, changes_sheet
from lineclear.desktop.presenters.changes.values import named
from lineclear.domain.effects import Shape
from lineclear.domain.strict_json import Json

_NOW: Final = datetime(2026, 11, 23, 10, 30, tzinfo=timezone(timedelta(hours=1)))
_BEFORE: Final[dict[str, Json]] = {
    "id": "in_20418",
    "status": "open",
    "amount": "12480.00",
    "currency": "EUR",
    "due_at": "2026-11-23T09:30:00Z",
    "period_ends_on": "2026-11-30",
    "retry_at": 1795426200,
    "attachment_bytes": 1048576,
    "customer_number": 20418007,
    "sent_at": "2026-11-09T08:15:00Z",
    "note": "Paid by transfer",
}
ACTION_FORMATS: Final = replace(
    ACTION,
    id="a10",
    title=named("Move the due date of invoice in_20418"),
    changes=changes_sheet(
        _BEFORE,
        _BEFORE
        | {
            "status": "extended",
            "amount": "12605.50",
            "due_at": "2026-12-07T23:00:00Z",
            "period_ends_on": "2026-12-31",
            "retry_at": 1796650200,
            "attachment_bytes": 2097152,
            "customer_number": 20418008,
            "note": "12605.50 · EUR 1.00",
        },
        Shape.FIELDS,
        Heading("Changes to invoice in_20418", now=_NOW),
    ),
)
"""Its last text is written like a glossed amount."""
_TICKETS: Final[list[Json]] = [
    {"id": 20010 + 5 * number, "status": "waiting", "resolution": None, "last_reply_on": "2026-08-14"}
    for number in range(38)
]
_CLOSED: Final[list[Json]] = [
    {**ticket, "status": "closed", "resolution": "No further answer; closed."}
    for ticket in _TICKETS
    if isinstance(ticket, dict)
]
_OTHERWISE: Final[Json] = {
    "id": 20195,
    "status": "closed",
    "resolution": "Refunded",
    "last_reply_on": "2026-08-14",
}
ACTION_BATCH: Final = replace(
    ACTION,
    id="a11",
    title=named("Close 38 stale tickets"),
    changes=changes_sheet(
        {"tickets": _TICKETS},
        {"tickets": [*_CLOSED[:-1], _OTHERWISE]},
        Shape.FIELDS,
        Heading("Changes to 38 tickets", now=_NOW),
    ),
)
"""One of them is closed with another resolution."""
