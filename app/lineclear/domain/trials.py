"""A trial of a second document on half of all new jobs: its values, its halves and its fold. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import msgspec

from lineclear.domain import events as e
from lineclear.domain.records import Recorded

LIVE = "live"
"""The id of the only trial that there is at a time."""

_SPREAD = 2**32


@dataclass(frozen=True, slots=True)
class Guardrail:
    """When a trial ends by itself: `margin` and `level` per mille, `least` jobs of both halves."""

    margin: int = 20
    least: int = 30
    level: int = 950


class LiveTrial(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The newest trial. `index` is that of the entry that began it: jobs opened after its time take part.

    `version` was in force then, and is what the first half goes on under; `document` is the blob of the
    second. `margin` and `level` are per mille. `jobs` and `troubled` are of both halves when it ended.
    """

    id: str
    seq: int
    index: int
    on: bool
    version: int
    digest: str
    document: str
    by: str
    started_at: str
    margin: int
    least: int
    level: int
    ended_at: str = ""
    ended_by: str = ""
    because: str = ""
    jobs: tuple[int, int] = (0, 0)
    troubled: tuple[int, int] = (0, 0)


def half_of(job: str, salt: str = "") -> int:
    """Which half a job belongs to: 0 or 1, the same for ever and for every action of it."""
    digest = sha256(f"trial\n{salt}\n{job}".encode()).digest()
    return int(int.from_bytes(digest[:4]) * 2 // _SPREAD)


def evolve_trial(trial: LiveTrial | None, recorded: Recorded) -> LiveTrial:
    """Begun, then ended; another may begin afterwards."""
    match recorded.event:
        case e.TrialStarted() as begun if trial is None or not trial.on:
            return LiveTrial(
                recorded.id,
                recorded.seq,
                recorded.index,
                on=True,
                version=begun.version,
                digest=begun.digest,
                document=recorded.commits["document"],
                by=begun.by,
                started_at=recorded.at,
                margin=begun.margin,
                least=begun.least,
                level=begun.level,
            )
        case e.TrialEnded(by=by, because=because, jobs=jobs, troubled=troubled) if trial and trial.on:
            return msgspec.structs.replace(
                trial,
                seq=recorded.seq,
                on=False,
                ended_at=recorded.at,
                ended_by=by,
                because=because,
                jobs=jobs,
                troubled=troubled,
            )
        case _:
            raise ValueError(f"{recorded.type} does not fit the trial")
