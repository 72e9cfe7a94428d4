"""What the console claims about its speed: the first frame, a submitted action's row, no stalls."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

import pytest

from lineclear.adapters.http.client import BackendClient
from lineclear.application.governing.people import Grant, issue_token
from lineclear.application.propose import Proposal
from lineclear.demo.sample import build
from lineclear.domain.events import Budget, JobBrief
from lineclear.domain.jobs import Job
from lineclear.domain.vocabulary import Role, Tier
from lineclear.server.embed import open_data
from support.backend import new_key, refund_payload, served
from support_benchmarks import AtMost, Ratio

pytestmark = pytest.mark.bench

HERE = Path(__file__).parent
STARTS = 11
BLOCKS = 2
BLOCK = 30
EVERY = 0.1
FLOOD = 200
PATIENCE = 30.0

type Report = Callable[[Ratio], None]


def environment() -> dict[str, str]:
    """What the children run in: no screen, and compiled modules kept, as for an installed program."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"QT_QPA_PLATFORM": "offscreen"}


def first_frame(kind: str) -> float:
    """Seconds from the start of a process to the end of its window's first frame."""
    command = [sys.executable, str(HERE / "console_first_frame.py"), kind]
    begun = time.time_ns()
    run = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True)
    return (int(run.stdout) - begun) / 1e9


def test_the_console_paints_its_first_frame_little_later_than_a_bare_table(report_ratio: Report):
    kinds = ("console", "furnished", "model", "table")
    _compiling, *turns = [[first_frame(kind) for kind in kinds] for _ in range(1 + STARTS)]
    ours, furnished, model, table = map(median, zip(*turns, strict=True))
    what = f"bare window, one table over a model, {model * 1e3:.0f} ms; of empty cells, {table * 1e3:.0f} ms"
    report_ratio(Ratio(f"start to first frame, {ours * 1e3:.0f} ms", what, ours / model, AtMost(1.3)))
    whole = f"start to its first page, {furnished * 1e3:.0f} ms"
    report_ratio(Ratio(whole, "the same bare window", furnished / model, AtMost(3.0)))


@dataclass
class Follower:
    """A window in a process of its own that follows a backend, and when it painted which action."""

    process: subprocess.Popen[str]
    painted: dict[str, int] = field(default_factory=dict)
    stalls: list[float] = field(default_factory=list)
    more: threading.Condition = field(default_factory=threading.Condition)

    def read(self) -> None:
        """On a thread of its own, to the end of the output."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            what, value = line.split()
            with self.more:
                if what == "stall":
                    self.stalls.append(float(value))
                else:
                    self.painted[what] = int(value)
                self.more.notify_all()

    def wait_for(self, condition: Callable[[], object]) -> None:
        with self.more:
            assert self.more.wait_for(condition, PATIENCE), "the window did not show it in time"

    def stall(self) -> float:
        """Milliseconds for which its GUI thread did not answer, at worst, since this was asked last."""
        asked = len(self.stalls) + 1
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.wait_for(lambda: len(self.stalls) >= asked)
        return self.stalls[-1]


@contextmanager
def following(kind: str, url: str, token: str) -> Iterator[Follower]:
    command = [sys.executable, str(HERE / "console_painted_rows.py"), kind, url]
    with subprocess.Popen(
        command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        follower = Follower(process)
        reader = threading.Thread(target=follower.read)
        reader.start()
        assert process.stdin is not None
        process.stdin.write(f"{token}\n")
        process.stdin.flush()
        try:
            yield follower
        finally:
            process.stdin.close()
            reader.join()


@dataclass
class Agent:
    """Proposes refunds, each of another amount, as equal ones would spend the job's budget of repeats.

    The first, which a window chooses, stays on top; each new one comes below it.
    """

    client: BackendClient
    job: Job
    base: datetime
    count: int = 0

    def propose(self) -> tuple[str, int]:
        """The action's id, and the moment just before it was sent."""
        due = self.base - timedelta(seconds=self.count) if self.count else self.base - timedelta(hours=6)
        self.count += 1
        payload = refund_payload(amount=f"{self.count // 100 + 60}.{self.count % 100:02}")
        proposal = Proposal(self.job.id, payload, deadline=due.isoformat())
        begun = time.time_ns()
        return self.client.propose(proposal, key=new_key()).id, begun


@dataclass
class Scene:
    """A backend in a process of its own with an agent at work, and what a window needs to follow it."""

    url: str
    agent: Agent
    reviewer: str

    @contextmanager
    def followed(self, kind: str) -> Iterator[Follower]:
        """A window that has painted an action which was proposed after it began to follow."""
        with following(kind, self.url, self.reviewer) as follower:
            for _ in range(2):
                name, _ = self.agent.propose()
                follower.wait_for(lambda name=name: name in follower.painted)
            yield follower

    def delays(self, kind: str) -> list[float]:
        """Milliseconds from before each of a block of paced proposals to its painted row."""
        with self.followed(kind) as follower:
            sent = dict(paced(self.agent))
            follower.wait_for(lambda: sent.keys() <= follower.painted.keys())
        return [(follower.painted[name] - begun) / 1e6 for name, begun in sent.items()]


def paced(agent: Agent) -> Iterator[tuple[str, int]]:
    """A block of proposals by the clock, whether or not anybody has shown the one before."""
    clock, start = threading.Event(), time.perf_counter()
    for number in range(BLOCK):
        clock.wait(start + number * EVERY - time.perf_counter())
        yield agent.propose()


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    folder = build(tmp_path / "workspace").folder
    opened = open_data(folder)
    agent = issue_token(opened.services, Grant("support-agent", Role.AGENT, owner="owner")).secret
    reviewer = issue_token(opened.services, Grant("ops-west", Role.OPS, tier=Tier.TWO)).secret
    opened.close()
    with served(folder) as backend, closing(BackendClient(backend.url, agent)) as client:
        job = client.open_job(JobBrief("Resolve ticket 20418"), Budget(steps=10_000), key=new_key())
        base = datetime.now(UTC) + timedelta(hours=12)
        scene = Scene(backend.url, Agent(client, job, base), reviewer)
        with scene.followed("console"):
            pass  # once for nothing, so that every module is compiled
        yield scene


def test_a_submitted_action_is_a_painted_row_within_fifty_milliseconds(scene: Scene, report_ratio: Report):
    turns = [(scene.delays("console"), scene.delays("bare")) for _ in range(BLOCKS)]
    ours, theirs = ([delay for turn in side for delay in turn] for side in zip(*turns, strict=True))
    row, bare = "submitted to painted row", "server-sent events to a bare Qt list"
    (half, most), (bare_half, bare_most) = ((at(side, 50), at(side, 95)) for side in (ours, theirs))
    report_ratio(
        Ratio(f"{row}, p50 {half:.0f} ms", f"{bare}, {bare_half:.0f} ms", half / bare_half, AtMost(1.5))
    )
    report_ratio(Ratio(f"{row}, p95", f"{bare}, {bare_most:.0f} ms", most, AtMost(50), "ms"))


def at(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def test_the_window_answers_while_two_hundred_proposals_arrive(scene: Scene, report_ratio: Report):
    with scene.followed("console") as follower:
        follower.stall()
        sent = [scene.agent.propose()[0] for _ in range(FLOOD)]
        follower.wait_for(lambda: sent[-1] in follower.painted)
        stall = follower.stall()
    report_ratio(Ratio("longest stall while 200 proposals arrive", "a 5 ms timer", stall, AtMost(50), "ms"))
