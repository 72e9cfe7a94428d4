"""Where lanes and times stand in a plot, in logical pixels. Pure: free of numpy and of Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lineclear.desktop.plotting.sight import Sight

AXIS: Final = 34
"""Height of the axis above the lanes."""

ROW_PITCH: Final = 21
LANE_PITCH: Final = 20
_ROW_BAR: Final = 8
_LANE_BAR: Final = 14


@dataclass(frozen=True, slots=True)
class Geometry:
    """The room of the bars: from `left`, `width` wide, below the axis, scrolled down by `scroll`."""

    left: int
    width: int
    height: int
    scroll: int
    has_rows: bool
    lane_count: int
    sight: Sight

    @property
    def pitch(self) -> int:
        """From one lane to the next."""
        return ROW_PITCH if self.has_rows else LANE_PITCH

    @property
    def bar(self) -> int:
        """How high a bar is."""
        return _ROW_BAR if self.has_rows else _LANE_BAR

    @property
    def per_pixel(self) -> float:
        """Microseconds to a logical pixel."""
        return self.sight.length / max(self.width, 1)

    @property
    def lanes(self) -> range:
        """Those of which something is in sight."""
        room = max(self.height - AXIS, 0)
        first = min(self.scroll // self.pitch, self.lane_count)
        last = -(-(self.scroll + room) // self.pitch)
        return range(first, max(first, min(last, self.lane_count)))

    @property
    def whole_height(self) -> int:
        """Of all lanes with the axis."""
        return AXIS + self.lane_count * self.pitch + 6

    def top(self, lane: int) -> float:
        """Where a lane's bar begins."""
        return AXIS + lane * self.pitch - self.scroll + (self.pitch - self.bar) / 2

    def x(self, micros: float) -> float:
        return self.left + (micros - self.sight.first) / self.per_pixel

    def time(self, x: float) -> float:
        return self.sight.first + (x - self.left) * self.per_pixel

    def lane(self, y: float) -> int | None:
        """The lane at a height; None beside all of them."""
        lane = int((y - AXIS + self.scroll) // self.pitch)
        return lane if y >= AXIS and 0 <= lane < self.lane_count else None
