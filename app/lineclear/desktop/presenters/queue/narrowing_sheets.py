"""What is said of a narrowed queue, and what it could be narrowed to. Plain values; free of Qt and rules."""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.desktop.presenters.sheets import Words
from lineclear.domain.wording import marked

SORTS = (
    ("due", marked("By due time")),
    ("age", marked("The oldest first")),
    ("risk", marked("The riskiest first")),
    ("amount", marked("The largest amount first")),
    ("agent", marked("By agent")),
    ("newest", marked("The newest first")),
)
"""Every order of the queue as it is typed, with its title."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """That something is left out of the queue, and how much, in words; and by what it is sorted."""

    text: str
    is_on: bool
    sort: str = "due"
    is_own: bool = False
    """Whether the view that is on was saved by this person, and can be forgotten."""


@dataclass(frozen=True, slots=True)
class Offer:
    """All that there is to narrow to, those of one filter together; a `note` says what was not counted."""

    choices: tuple[Choice, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that a filter may have among what is there; `name` and `value` as they are typed."""

    name: str
    value: str
    shown: Words
    count: int | None = None
    is_on: bool = False
