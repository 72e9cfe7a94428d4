"""What is typed to approve at tier 3, and the digest of it that is signed. Pure.

The digest is keyed with the sealed payload: it shows to whoever has that what was typed, and to nobody else,
and once the payload is erased no guess can be tried against it.
"""

from __future__ import annotations

import hmac

from lineclear.domain.actions import Action
from lineclear.domain.text import Paintable, paintable
from lineclear.domain.vocabulary import Tier

_PURPOSE = b"lineclear confirmed\n"


def confirm_words(action: Action) -> Paintable:
    """What has to be typed as it stands: the amount, else the target; empty where there is neither."""
    return paintable(action.amount or (action.target.id if action.target else ""))


def asks_to_confirm(action: Action, tier: Tier | None) -> bool:
    """Whether an approval at this tier takes more than a key."""
    return tier is Tier.THREE and bool(confirm_words(action).text)


def confirmation(sealed_payload: bytes, typed: str) -> str:
    """HMAC-SHA256, in hexadecimal, of what was typed, keyed with the sealed payload of the revision."""
    return hmac.digest(sealed_payload, _PURPOSE + typed.encode(), "sha256").hex()


def is_confirmed(confirmed: str | None, sealed_payload: bytes, typed: str) -> bool:
    """Whether exactly this was typed for exactly this payload."""
    return confirmed is not None and hmac.compare_digest(confirmed, confirmation(sealed_payload, typed))
