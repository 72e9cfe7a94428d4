"""Where a console connects to. Free of Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A backend and the token for it. `ephemeral` signs with a key for this run only.

    Without a `url` there is no backend. `pack` is an audit pack to open, `log_key` the log's key as it is
    known from elsewhere. `connection` is the id under which it is kept here; empty for one that is not.
    """

    url: str
    token: str
    ephemeral: bool = False
    pack: str = ""
    log_key: str = ""
    connection: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """A backend of our own, to try things on; `end` ends its processes and returns when they have."""

    address: Address
    end: Callable[[], None]


type TryHere = Callable[[], Trial]
"""Starts a trial; blocking; raises Refusal."""
