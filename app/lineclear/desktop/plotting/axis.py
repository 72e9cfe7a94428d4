"""Ticks of a time axis that people can read, from a year to a microsecond. Pure: free of numpy and of Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

_SECOND: Final = 10**6
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_STEPS: Final = (
    *(digit * 10**power for power in range(6) for digit in (1, 2, 5)),
    *(count * _SECOND for count in (1, 2, 5, 10, 15, 30)),
    *(count * _MINUTE for count in (1, 2, 5, 10, 15, 30)),
    *(count * _HOUR for count in (1, 2, 3, 6, 12)),
    *(count * _DAY for count in (1, 2, 7, 14, 30, 90, 180, 360)),
)
_MOST_TICKS: Final = 200
_NEAR: Final = _MINUTE
"""Until here a tick finer than a second says its whole time; later it says what it adds to a second."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Ticks as time and label: the time since the begin, or what is added to the `base` that is said once."""

    base: str
    ticks: tuple[tuple[float, str], ...]


def axis_of(first: float, last: float, most: int) -> Axis:
    """At most so many ticks between two times, in microseconds since the begin."""
    wanted = (last - first) / max(most, 1)
    step = next((step for step in _STEPS if step >= wanted), None)
    step = step or _STEPS[-1] * math.ceil(wanted / _STEPS[-1])
    begin = math.ceil(first / step) * step
    count = min(int((last - begin) // step) + 1, _MOST_TICKS)
    times = [begin + number * step for number in range(max(count, 0))]
    if not times or step >= _SECOND or times[-1] < _NEAR:
        return Axis("", tuple((time, elapsed(time, step)) for time in times))
    base = times[0] // _SECOND * _SECOND
    ticks = tuple((time, f"+{elapsed(time - base, step)}") for time in times)
    return Axis(elapsed(base, _SECOND), ticks)


def elapsed(micros: float, step: float) -> str:
    """A length as exactly as a step needs: `12 µs`, `1.5 ms`, `2.25 s`, `4:30`, `3:04:10`, `12 d 6 h`."""
    sign = "-" if micros < 0 else ""
    whole = abs(micros)
    if whole == 0:
        return "0"
    if step >= _MINUTE or whole >= _MINUTE:
        return sign + _clock(whole, step)
    for unit, size in (("s", _SECOND), ("ms", 1_000)):
        if step >= size or whole >= size:
            return f"{sign}{_decimal(whole / size, step / size)} {unit}"
    return f"{sign}{_decimal(whole, step)} µs"


def _clock(whole: float, step: float) -> str:
    days, rest = divmod(whole, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, micros = divmod(rest, _MINUTE)
    if step >= _DAY or (days and not rest and not hours):
        return f"{days:.0f} d"
    if days and step >= _HOUR:
        return f"{days:.0f} d {hours:.0f} h"
    seconds = _decimal(micros / _SECOND, min(step / _SECOND, 1)).rjust(1, "0")
    seconds = seconds if len(seconds.partition(".")[0]) > 1 else f"0{seconds}"
    day = f"{days:.0f} d " if days else ""
    if step >= _MINUTE and not days and not hours:
        return f"{minutes:.0f} min"
    if step >= _MINUTE:
        return f"{day}{hours:.0f}:{minutes:02.0f} h"
    return f"{day}{hours:.0f}:{minutes:02.0f}:{seconds}" if days or hours else f"{minutes:.0f}:{seconds}"


def _decimal(value: float, step: float) -> str:
    """With as many digits as tell a step from the next."""
    places = max(0, -math.floor(math.log10(step) + 1e-9)) if step < 1 else 0
    return f"{value:.{places}f}"
