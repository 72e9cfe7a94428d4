"""What jobs cost, by agent and by customer, from the jobs of a snapshot. Free of Qt and the clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lineclear.application.ports import Snapshot
from lineclear.domain.jobs import Job
from lineclear.domain.vocabulary import JobStatus

MOST: Final = 2_000
"""Jobs that are looked at, the newest first."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The jobs of one agent, or for one customer. Money in millionths of a US dollar."""

    name: str
    jobs: int
    micros: int
    steps: int
    stopped: int


@dataclass(frozen=True, slots=True)
class Costs:
    """Of so many jobs; where there were `more`, the newest."""

    agents: tuple[Cost, ...] = ()
    customers: tuple[Cost, ...] = ()
    jobs: int = 0
    more: bool = False


def read_costs(snapshot: Snapshot, since: str) -> Costs:
    """What the jobs cost that were opened from `since` on."""
    page = snapshot.jobs(limit=MOST)
    opened = [job for job in page.items if job.opened_at >= since]
    agents, customers = defaultdict[str, list[Job]](list), defaultdict[str, list[Job]](list)
    for job in opened:
        agents[job.agent].append(job)
        if job.customer:
            customers[job.customer].append(job)
    more = page.next is not None and len(opened) == len(page.items)
    return Costs(_costs(agents.items()), _costs(customers.items()), len(opened), more)


def _costs(grouped: Iterable[tuple[str, list[Job]]]) -> tuple[Cost, ...]:
    return tuple(
        Cost(
            name,
            len(jobs),
            sum(job.cost_micros for job in jobs),
            sum(job.steps for job in jobs),
            sum(job.status is JobStatus.STOPPED for job in jobs),
        )
        for name, jobs in sorted(grouped)
    )
