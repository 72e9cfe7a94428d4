"""What a person says of a deed: said at all where it has to be, and no longer than is read. Pure."""

from __future__ import annotations

from typing import Final

from lineclear.domain.refusals import Code, Refusal

REASON_LIMIT: Final = 4_000
"""Characters of a reason, a question or a note from one person to another."""


def require_reason(reason: str, deed: str) -> None:
    """Raise Refusal(REASON_MISSING) where it says nothing, Refusal(BODY_INVALID) where it is too long."""
    if not reason.strip():
        raise Refusal(Code.REASON_MISSING, deed=deed)
    require_short(reason)


def require_short(text: str, what: str = "a reason", limit: int = REASON_LIMIT) -> None:
    """Raise Refusal(BODY_INVALID) where a text has more characters than it may."""
    if len(text) > limit:
        raise Refusal(Code.BODY_INVALID, problem=f"{what} may have {limit:,} characters at most")
