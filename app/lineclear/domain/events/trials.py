"""A second document is tried on half of all new jobs. Pure."""

from __future__ import annotations

from enum import StrEnum

from lineclear.domain.events.base import Event


class TrialEnd(StrEnum):
    """Why a trial is over."""

    HAND = "hand"
    GUARDRAIL = "guardrail"
    POLICY_CHANGED = "policy_changed"
    UNGUARDED = "unguarded"


class TrialStarted(Event, frozen=True):
    """From here on half of all new jobs are judged by another document; commits to it and to `brief`.

    It ends by itself when, at an interval of `level` per mille over all looks, more than `margin` per mille
    more of its jobs are in trouble; it is looked at each time both halves have `least` jobs more.
    """

    version: int
    digest: str
    by: str
    margin: int
    least: int
    level: int


class TrialEnded(Event, frozen=True):
    """All jobs go on under the document in force. `jobs` and `troubled` are of both halves."""

    by: str
    because: TrialEnd
    jobs: tuple[int, int] = (0, 0)
    troubled: tuple[int, int] = (0, 0)
