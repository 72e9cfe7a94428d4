"""How long somebody should at the least have looked before they approve. Pure.

A floor is a question, not a wall: under it a console asks once more, and what was measured is signed with the
decision either way, so that habits can be seen. It grows with the tier and with what there is to read.
"""

from __future__ import annotations

from typing import Final

from lineclear.domain.vocabulary import Tier

_BASE_MS: Final = {Tier.ONE: 1_000, Tier.TWO: 1_000, Tier.THREE: 5_000}
_EACH_MS: Final = {Tier.ONE: 100, Tier.TWO: 150, Tier.THREE: 250}
_FREE: Final = 3
MOST_MS: Final = 60_000


def floor_ms(tier: Tier, changes: int | None) -> int:
    """Milliseconds: a base, and more for each changed field beyond three, by tier; at most a minute."""
    beyond = max(0, (changes or 0) - _FREE)
    return min(_BASE_MS[tier] + _EACH_MS[tier] * beyond, MOST_MS)


def is_hasty(tier: Tier, dwell_ms: int | None, changes: int | None) -> bool:
    """Whether less than the floor was looked; not known is not hasty."""
    return dwell_ms is not None and dwell_ms < floor_ms(tier, changes)
