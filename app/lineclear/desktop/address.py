"""Where a console connects to. Free of Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A backend and the token for it. `ephemeral` signs with a key for this run only.

    Without a `url` there is no backend. `pack` is an audit pack to open, `log_key` the log's key as it is
    known from elsewhere.
    """

    url: str
    token: str
    ephemeral: bool = False
    pack: str = ""
    log_key: str = ""
