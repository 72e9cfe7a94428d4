"""Which stretch of time is in sight, and how it moves: fit, zoom at a point, pan. Pure: free of numpy, Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

NARROWEST: Final = 1.0
"""Microseconds that a whole width shows at the least."""

WIDEST: Final = 400 * 86_400e6
"""A year and a month; more only where the spans themselves take longer."""

_MARGIN: Final = 0.02


@dataclass(frozen=True, slots=True)
class Sight:
    """From `first` to `last`, microseconds from the track's begin; of a track that is `whole` long."""

    first: float
    last: float
    whole: float

    @classmethod
    def of(cls, whole: float) -> Sight:
        """All of a track, with a little room at both ends."""
        whole = max(whole, NARROWEST)
        return cls(-whole * _MARGIN, whole * (1 + _MARGIN), whole)

    @property
    def length(self) -> float:
        return self.last - self.first

    def fit(self) -> Sight:
        """All of it again."""
        return Sight.of(self.whole)

    def zoom(self, factor: float, at: float = 0.5) -> Sight:
        """Show `factor` times as much; the time at this share of the width stays where it is."""
        length = min(max(self.length * factor, NARROWEST), max(WIDEST, self.fit().length))
        fixed = self.first + self.length * at
        return self._moved_to(fixed - length * at, length)

    def pan(self, share: float) -> Sight:
        """Move on by a share of the width; some of the track stays in sight."""
        return self._moved_to(self.first + self.length * share, self.length)

    def home(self) -> Sight:
        """To the beginning, at the same zoom."""
        return self._moved_to(-self.length * _MARGIN, self.length)

    def end(self) -> Sight:
        """To the end, at the same zoom."""
        return self._moved_to(self.whole - self.length * (1 - _MARGIN), self.length)

    def show(self, first: float, last: float) -> Sight:
        """The same if a stretch is in sight already, else moved to it, and widened where it takes more."""
        if self.first <= first and last <= self.last:
            return self
        wide = max(self.length, (last - first) * 1.2)
        return self._moved_to((first + last) / 2 - wide / 2, wide)

    def grown(self, whole: float) -> Sight:
        """The same sight of a track that is longer now; all of it where all of it was shown."""
        return Sight.of(whole) if self == self.fit() else replace(self, whole=max(whole, NARROWEST))

    def _moved_to(self, first: float, length: float) -> Sight:
        low, high = -length * 0.9, self.whole - length * 0.1
        first = min(max(first, low), high)
        return Sight(first, first + length, self.whole)
