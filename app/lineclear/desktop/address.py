"""Where a console connects to. Free of Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """A backend and the token for it. `ephemeral` signs with a key for this run only."""

    url: str
    token: str
    ephemeral: bool = False
