"""Same key, same body, same result. Free of I/O; the key is kept with what it led to, in one commit."""

from __future__ import annotations

from dataclasses import dataclass

from lineclear.application.ports import Remembered, Snapshot
from lineclear.domain.principals import Principal
from lineclear.domain.refusals import Code, Refusal

KEY_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Request:
    """An idempotent write: the caller's key, and a digest of the exact request that it stands for."""

    key: str
    fingerprint: str

    def __post_init__(self) -> None:
        if not self.key or len(self.key) > KEY_LIMIT or not self.key.isascii() or not self.key.isprintable():
            raise Refusal(Code.KEY_MISSING)

    def answered(self, principal: Principal, result: str) -> Remembered:
        """What to keep so that the same request finds the same result."""
        return Remembered(principal.actor, self.key, self.fingerprint, result)


def replayed(snapshot: Snapshot, principal: Principal, request: Request) -> str | None:
    """The id that this request led to before; None for a new one; Refusal(KEY_REUSED) for another body."""
    earlier = snapshot.remembered(principal.actor, request.key)
    if earlier is None:
        return None
    if earlier.fingerprint != request.fingerprint:
        raise Refusal(Code.KEY_REUSED, earlier=earlier.result)
    return earlier.result
