"""Sheets' parts that stand in tables made at import, said in the reader's language. Free of Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lineclear.desktop.presenters.sheets import Chip, Line, Notice, Step, text_of
from lineclear.domain.wording import say


def said_chip(chip: Chip) -> Chip:
    """A chip of a table."""
    return replace(chip, text=say(text_of(chip.text)))


def said_line(line: Line) -> Line:
    """A line of a table, which has no source."""
    return replace(line, text=say(text_of(line.text)))


def said_step(step: Step) -> Step:
    """What can be done next, from a table."""
    return replace(step, title=say(step.title))


def said_notice(notice: Notice) -> Notice:
    """A notice of a table, with its step."""
    step = said_step(notice.step) if notice.step else None
    return replace(notice, title=say(notice.title), text=say(text_of(notice.text)), step=step)


def said_all(sentences: Iterable[str]) -> tuple[str, ...]:
    """Sentences of a table, in their order."""
    return tuple(map(say, sentences))
