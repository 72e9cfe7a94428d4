"""Second looks: which approvals get one, drawn so that anybody can check it and nobody can foresee it. Pure.

The draw is over the entry that opened the revision, the signed statement that made the approvals suffice, and
the time at which the server recorded it: nobody knows all three before the approval is on the ledger, and
everybody who has the ledger can draw again.
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import Final

import msgspec

DRAWS: Final = 1_000_000


class SecondLook(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One draw: the share of approvals that are drawn, what came out of 1,000,000, and who had approved."""

    share: str
    draw: int
    is_drawn: bool
    after: tuple[str, ...]
    at: str


def draw(challenge: str, statement: str, at: str) -> int:
    """A number below `DRAWS`, each as likely as any other."""
    digest = sha256(f"second look\n{challenge}\n{statement}\n{at}".encode()).digest()
    return int.from_bytes(digest[:8]) % DRAWS


def is_drawn(share: str, drawn: int) -> bool:
    """Whether this number is within the share of those that get a second look."""
    return drawn < Decimal(share) * DRAWS
