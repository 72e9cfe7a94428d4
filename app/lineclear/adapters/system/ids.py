"""Ids that sort by time, and secrets. The only place that asks the system for randomness."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32 in lower case: no letter that reads like another."""

TIME_LENGTH = 10
RANDOM_LENGTH = 6
_RANDOMS = 32**RANDOM_LENGTH


def id_text(prefix: str, time_part: int, random_part: int) -> str:
    """`prefix-` with 10 and 6 characters; sorts by the two numbers."""
    return f"{prefix}-{_base32(time_part, TIME_LENGTH)}{_base32(random_part, RANDOM_LENGTH)}"


def _base32(number: int, length: int) -> str:
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def _milliseconds() -> int:
    return time.time_ns() // 1_000_000


class SystemIds:
    """Milliseconds since 1970, then 30 random bits; within one millisecond the bits count up instead.

    So ids of one process always grow, also when the machine's clock is set back. Safe to use from any thread.
    """

    def __init__(self, milliseconds: Callable[[], int] = _milliseconds) -> None:
        self._milliseconds = milliseconds
        self._last = 0
        self._turn = threading.Lock()

    def new(self, prefix: str) -> str:
        with self._turn:
            fresh = self._milliseconds() * _RANDOMS + secrets.randbelow(_RANDOMS)
            self._last = fresh if fresh // _RANDOMS > self._last // _RANDOMS else self._last + 1
            return id_text(prefix, *divmod(self._last, _RANDOMS))

    def secret(self) -> bytes:
        """32 bytes from the operating system."""
        return secrets.token_bytes(32)
