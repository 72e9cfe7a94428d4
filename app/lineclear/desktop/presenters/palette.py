"""What the command palette finds: commands, actions and jobs by their words. Pure: free of Qt.

Decisions are not among it: they are taken with the action in full sight, never from a list of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lineclear.desktop.commands import Command, Section, shown_key
from lineclear.desktop.presenters.connections.connection_sheets import ConnectionRow
from lineclear.desktop.presenters.sheets import Filter, QueueRow, Words, text_of
from lineclear.domain.text import paintable
from lineclear.domain.wording import say

_MOST: Final = 120
"""Entries shown at once; whoever looks for more says more words."""


class EntryKind(StrEnum):
    """What choosing an entry does."""

    COMMAND = "command"
    ACTION = "action"
    VIEW = "view"
    SEARCH = "search"
    CONNECTION = "connection"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette; `id` is of what it leads to, or the words to search for."""

    kind: EntryKind
    id: str
    title: Words
    about: Words = ""
    key: str = ""


def entries(
    commands: Iterable[Command],
    rows: Iterable[QueueRow],
    text: str,
    connections: Iterable[ConnectionRow] = (),
    views: Iterable[Filter] = (),
) -> tuple[Entry, ...]:
    """What holds every one of the words, best first: where the words begin, before where they are inside."""
    words = text.lower().split()
    every = (*_connections(connections), *_commands(commands), *_views(views), *_actions(rows))
    ranked = [
        (rank, place, one) for place, one in enumerate(every) if (rank := _rank(one, words)) is not None
    ]
    ranked.sort(key=lambda each: each[:2])
    found = [one for _rank_of, _place, one in ranked[:_MOST]]
    if words:
        wanted = text.strip()
        found.append(Entry(EntryKind.SEARCH, wanted, say("Search the queue for “{wanted}”", wanted=wanted)))
    return tuple(found)


def _commands(commands: Iterable[Command]) -> Iterator[Entry]:
    for one in commands:
        if one.section is not Section.DECIDE and one.id != "palette.open":
            key = shown_key(one.keys[0]) if one.keys else ""
            yield Entry(EntryKind.COMMAND, one.id, say(one.title), say(one.section.value), key)


def _connections(connections: Iterable[ConnectionRow]) -> Iterator[Entry]:
    for one in connections:
        if not one.is_open:
            about = " · ".join(filter(None, (text_of(one.environment.text), text_of(one.about))))
            title = say("Go to {workspace}", workspace=text_of(one.title))
            yield Entry(EntryKind.CONNECTION, one.id, paintable(title), paintable(about))


def _actions(rows: Iterable[QueueRow]) -> Iterator[Entry]:
    return (Entry(EntryKind.ACTION, row.id, row.title, row.subtitle) for row in rows)


def _views(views: Iterable[Filter]) -> Iterator[Entry]:
    about = say("View of the queue")
    return (Entry(EntryKind.VIEW, one.id, paintable(one.title), about) for one in views)


def _rank(entry: Entry, words: list[str]) -> int | None:
    """How well an entry fits, 0 best; None where a word is missing."""
    title, about = text_of(entry.title).lower(), text_of(entry.about).lower()
    if not all(word in title or word in about for word in words):
        return None
    begins = sum(f" {title}".find(f" {word}") >= 0 for word in words)
    return (0 if words and title.startswith(words[0]) else 1) + len(words) - begins
