"""Repeatable choices for the sample: the same seed and name give the same ones. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


class Picker:
    """A hash of the seed, a name where there is one, and a count."""

    def __init__(self, seed: int, name: str = "") -> None:
        self._seed = (f"{seed}:{name}:" if name else f"{seed}:").encode()
        self._count = 0

    def below(self, limit: int) -> int:
        """A number from 0 to below `limit`."""
        self._count += 1
        drawn = hashlib.blake2b(self._seed + str(self._count).encode(), digest_size=8).digest()
        return int.from_bytes(drawn) % limit

    def pick[T](self, choices: Sequence[T]) -> T:
        return choices[self.below(len(choices))]
