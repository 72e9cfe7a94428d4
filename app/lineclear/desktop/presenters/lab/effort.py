"""What a review costs, as the person before the lab reckons. Pure: free of Qt and I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_NUMBER: Final = re.compile(r"[0-9]{1,4}([.,][0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Effort:
    """Minutes that one review takes, and US dollars that an hour costs, as in `lineclear policy replay`."""

    minutes: float = 2
    usd_an_hour: float = 60

    def hours(self, reviews: int) -> float:
        """How long so many reviews take."""
        return reviews * self.minutes / 60

    def usd(self, reviews: int) -> float:
        """What so many reviews cost."""
        return self.hours(reviews) * self.usd_an_hour


USUAL: Final = Effort()


@dataclass(frozen=True, slots=True)
class Viewing:
    """How the lab's answers are looked at: what a review costs, and whether only what a person may decide."""

    effort: Effort = USUAL
    only_mine: bool = False


ALL: Final = Viewing()


def effort_of(minutes: str, usd_an_hour: str) -> Effort | None:
    """What somebody typed; none where one is no number of up to four digits, or the minutes are 0."""
    typed = [text.strip() for text in (minutes, usd_an_hour)]
    if not all(map(_NUMBER.fullmatch, typed)):
        return None
    made = Effort(*(float(text.replace(",", ".")) for text in typed))
    return made if made.minutes else None
