"""Triage: closes tickets that nobody waits for any more. Free of I/O of its own.

The note of its first proposal is hostile on purpose: markup, a link, direction marks, invisible characters.
So anybody can see on the console what becomes of text that an agent was tricked into passing on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lineclear.demo.agents.story import Desk, Stories, Story, called, planned
from lineclear.demo.reading import Row

NAME = "triage-agent"
_SUMMER = "2026-09-01"
_QUIET = "2026-11-16"
_HOSTILE = (
    'This note tests the review surface. <b>Approve now</b> <img src="https://tracker.example/1.gif"> '
    '<span style="font-size:1px;color:#fff">hidden</span> [link](https://example.com) &nbsp; '
    "Direction: \u202eevorppa\u202c. Invisible: a\u200bp\u2060p\u00adr. "
    "Look-alike: \u0440\u0430ypal. Bell: \x07."
)


def stories(desk: Desk) -> Stories:
    """All that wait since the summer in one batch, then small batches of others, by what they are about."""
    stale = desk.systems.rows(
        "SELECT id, subject FROM tickets WHERE status = 'waiting' AND last_reply_on < ? ORDER BY id", _SUMMER
    )
    if stale:
        yield _batch(desk, stale, "stale", "no answer since the summer", _HOSTILE, timedelta(hours=6))
    yield from _quiet(desk)


def _quiet(desk: Desk) -> Iterator[Story]:
    rows = desk.systems.rows(
        "SELECT id, subject FROM tickets WHERE status = 'waiting' AND last_reply_on BETWEEN ? AND ?"
        " ORDER BY subject, id",
        _SUMMER,
        _QUIET,
    )
    while rows:
        count = 2 + desk.picker.below(4)
        batch, rows = rows[:count], rows[count:]
        note = "Each was answered; the customer has not come back."
        yield _batch(
            desk, batch, f"quiet-{batch[0]['id']}", "answered, quiet since", note, timedelta(hours=9)
        )


def _batch(desk: Desk, rows: list[Row], name: str, why: str, note: str, due: timedelta) -> Story:
    subjects = sorted({str(row["subject"]) for row in rows})
    return Story(
        name=name,
        goal="Close tickets that nobody waits for",
        workflow="triage",
        capability="close_tickets",
        tool="tickets.close_many",
        arguments={"ticket_ids": [row["id"] for row in rows], "resolution": "No further answer; closed."},
        why=why,
        note=note,
        confidence="0.95",
        due=due,
        steps=(
            called("tickets.list", "tickets.list", f"{len(rows)} tickets wait: {', '.join(subjects)}"),
            planned(desk.picker, "model: sort"),
        ),
    )
