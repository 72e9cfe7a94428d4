"""Two documents on two halves of history, split by job, with intervals and guardrails. Changes nothing.

Needs scipy, from the extra `lab`; it is imported when a trial is run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import import_module
from math import sqrt

import msgspec

from lineclear.application.lab.history import Lack, Past
from lineclear.application.lab.replaying import EVERYTHING, Heard, facts_under, walk
from lineclear.application.services import Services
from lineclear.domain.policy.capabilities import CapabilityDocument
from lineclear.domain.policy.evaluation import evaluate
from lineclear.domain.trials import half_of
from lineclear.domain.vocabulary import Outcome


class Finding(StrEnum):
    """What a trial says of the second document."""

    TOO_LITTLE = "too_little"
    BREAKS = "breaks"
    HOLDS = "holds"
    BETTER = "better"


@dataclass(frozen=True, slots=True)
class Guardrails:
    """What the second document must keep.

    `margin` is by how much more, as a share of jobs, something that people stopped may pass; `jobs` is the
    fewest in each half. `level` is that of all intervals.
    """

    margin: float = 0.02
    jobs: int = 30
    level: float = 0.95


class Share(msgspec.Struct, frozen=True):
    """A share of jobs with its interval (Wilson)."""

    count: int
    of: int
    share: float
    low: float
    high: float


class Arm(msgspec.Struct, frozen=True):
    """One half: its jobs, those in which nobody was asked, and those in which a wrong action passed."""

    digest: str
    jobs: int
    actions: int
    unattended: Share
    wrong: Share


class Gap(msgspec.Struct, frozen=True):
    """The second share less the first, with its interval."""

    value: float
    low: float
    high: float


class Trial(msgspec.Struct, frozen=True):
    """Two halves and what lies between them."""

    arms: tuple[Arm, Arm]
    unattended: Gap
    wrong: Gap
    finding: Finding
    lacks: int


@dataclass(slots=True)
class _Jobs:
    actions: int = 0
    attended: dict[str, bool] = field(default_factory=dict)
    wrong: dict[str, bool] = field(default_factory=dict)

    def add(self, past: Past, outcome: Outcome) -> None:
        self.actions += 1
        asked, passed = outcome is not Outcome.ALLOW, outcome is Outcome.ALLOW and past.was_wrong
        self.attended[past.job] = self.attended.get(past.job, False) or asked
        self.wrong[past.job] = self.wrong.get(past.job, False) or passed


def trial(
    services: Services,
    documents: tuple[CapabilityDocument, CapabilityDocument],
    *,
    guardrails: Guardrails = Guardrails(),
    salt: str = "",
    heard: Heard = lambda _done, _size: True,
) -> Trial:
    """Judge every job of history under the document of its half. Raises ModuleNotFoundError without scipy."""
    import_module("scipy.stats")  # before history is read for nothing
    halves, lacks = (_Jobs(), _Jobs()), 0
    size = services.store.read(lambda snapshot: snapshot.size())
    for _, past in walk(services, documents, EVERYTHING, size, heard):
        if isinstance(past, Lack):
            lacks += 1
        elif past is not None:
            at = half_of(past.job, salt)
            halves[at].add(past, evaluate(documents[at], facts_under(documents[at], past)).outcome)
    return compared(halves, documents, guardrails, lacks)


def compared(
    halves: tuple[_Jobs, _Jobs],
    documents: Sequence[CapabilityDocument],
    guardrails: Guardrails,
    lacks: int,
) -> Trial:
    """The two halves with their intervals, and what follows from them."""
    first, second = (
        _arm(half, document.digest, guardrails.level)
        for half, document in zip(halves, documents, strict=True)
    )
    unattended, wrong = gap_of(first.unattended, second.unattended), gap_of(first.wrong, second.wrong)
    finding = _finding((first, second), unattended, wrong, guardrails)
    return Trial((first, second), unattended, wrong, finding, lacks)


def _arm(half: _Jobs, digest: str, level: float) -> Arm:
    jobs = len(half.attended)
    unattended = jobs - sum(half.attended.values())
    return Arm(
        digest,
        jobs,
        half.actions,
        share_of(unattended, jobs, level),
        share_of(sum(half.wrong.values()), jobs, level),
    )


def share_of(count: int, of: int, level: float) -> Share:
    """A share with its Wilson interval; from 0 to 1 where there is nothing to count."""
    if not of:
        return Share(0, 0, 0.0, 0.0, 1.0)
    interval = import_module("scipy.stats").binomtest(count, of).proportion_ci(level, method="wilson")
    return Share(count, of, count / of, float(interval.low), float(interval.high))


def gap_of(first: Share, second: Share) -> Gap:
    """Newcombe's interval for the difference of two shares (Statistics in Medicine 17, 1998, method 10)."""
    value = second.share - first.share
    below = sqrt((second.share - second.low) ** 2 + (first.high - first.share) ** 2)
    above = sqrt((second.high - second.share) ** 2 + (first.share - first.low) ** 2)
    return Gap(value, max(-1.0, value - below), min(1.0, value + above))


def _finding(arms: tuple[Arm, Arm], unattended: Gap, wrong: Gap, guardrails: Guardrails) -> Finding:
    """Too little, or an open question about what must not pass, is never called good."""
    if min(arm.jobs for arm in arms) < guardrails.jobs:
        return Finding.TOO_LITTLE
    if wrong.low > 0:
        return Finding.BREAKS
    if wrong.high > guardrails.margin:
        return Finding.TOO_LITTLE
    return Finding.BETTER if unattended.low > 0 else Finding.HOLDS
