"""The Idempotency-Key header: required on writes, and one request at a time for each key. Free of I/O.

What a key led to is kept with the write itself (`application.idempotency`); here stands only what this
process is busy with (draft-ietf-httpapi-idempotency-key-header).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from lineclear.application.idempotency import Request
from lineclear.domain.principals import Principal
from lineclear.domain.refusals import Code, Refusal

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"


def keyed(key: str | None, method: str, path: str, body: bytes) -> Request:
    """The request that this key stands for; Refusal(KEY_MISSING) without a usable key."""
    if key is None:
        raise Refusal(Code.KEY_MISSING)
    digest = sha256()
    for part in (method.encode(), path.encode(), body):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return Request(key, digest.hexdigest())


class InFlight:
    """The keys that this process is handling now; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: set[tuple[str, str]] = set()

    @contextmanager
    def hold(self, principal: Principal, request: Request) -> Iterator[None]:
        """Hold a key for the time of its request; Refusal(KEY_IN_FLIGHT) while another holds it."""
        name = (principal.actor, request.key)
        with self._lock:
            if name in self._keys:
                raise Refusal(Code.KEY_IN_FLIGHT)
            self._keys.add(name)
        try:
            yield
        finally:
            with self._lock:
                self._keys.remove(name)
