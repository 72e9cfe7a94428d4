"""Ids and secrets from a seed, so that a seed replays a run. Never for production: anybody can guess them."""

from __future__ import annotations

import random
import threading

from lineclear.adapters.system.ids import id_text

RANDOM_BITS = 30


class SeededIds:
    """The same seed gives the same ids in the same order; safe to use from any thread."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311  # replayable on purpose
        self._count = 0
        self._turn = threading.Lock()

    def new(self, prefix: str) -> str:
        with self._turn:
            self._count += 1
            return id_text(prefix, self._count, self._random.getrandbits(RANDOM_BITS))

    def secret(self) -> bytes:
        with self._turn:
            return self._random.randbytes(32)
