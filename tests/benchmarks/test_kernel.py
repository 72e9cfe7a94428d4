"""What the kernel claims about its speed: proposals, decisions, durable steps; on SQLite, over HTTP."""

from __future__ import annotations

import json
import os
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from operator import itemgetter
from pathlib import Path
from statistics import median, quantiles

import msgspec
import pytest
from sqlcipher3 import dbapi2

from benchmarks.kernel_clients import Line, Server, serving
from lineclear.adapters.http.client import BackendClient
from lineclear.adapters.sql import tables
from lineclear.adapters.sql.codec import encode
from lineclear.adapters.sql.engine import open_engine
from lineclear.adapters.sql.store import open_store
from lineclear.adapters.sql.upgrade import upgrade
from lineclear.adapters.system.signatures import Ed25519Signer
from lineclear.application.deciding.reviewing import statement_of
from lineclear.application.ports import Snapshot
from lineclear.domain.actions import Action
from lineclear.domain.identities import Device
from lineclear.domain.ledger.statements import sign_decision
from lineclear.domain.vocabulary import ActionStatus, Verdict
from support.backend import enrolled
from support.kernel import Kernel
from support_benchmarks import AtLeast, AtMost, Ratio

pytestmark = pytest.mark.bench

KINDS = ("kernel", "rows", "row", "turns")
ROUNDS = 7
EACH = 15
DECISIONS = 600
PACE = 100
STEPS = 150
LONG = 50_000
PRAGMAS = ("journal_mode = WAL", "synchronous = FULL")

type Report = Callable[..., None]
type Said = tuple[str, list[object]]


def at(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def test_proposals_of_sixteen_clients_cost_little_more_than_keeping_their_rows(
    tmp_path: Path, report_ratio: Report
):
    with ExitStack() as stack:
        servers = {kind: stack.enter_context(serving(kind, tmp_path / kind)) for kind in KINDS}
        turns = [measured(servers) for _ in range(1 + ROUNDS)][1:]

    def against(kind: str) -> float:
        return median(turn["kernel"].rate / turn[kind].rate for turn in turns)

    ours, rows, row, single = (f"{median(turn[kind].rate for turn in turns):,.0f}/s" for kind in KINDS)
    late = median(at(turn["kernel"].seconds, 99) for turn in turns) * 1e3
    claim = f"proposals by 16 clients, {ours}"
    report_ratio(
        Ratio(claim, f"bare endpoint, one row, same group writer, {row}", against("row"), AtLeast(0.6)),
        Ratio(claim, f"bare endpoint, all rows of a proposal, {rows}", against("rows"), AtLeast(0.3)),
        Ratio("proposals that share commits", f"one commit each, {single}", against("turns"), AtLeast(2)),
        Ratio("proposal answered, p99", "16 clients that never pause", late, AtMost(50), "ms"),
    )


def test_a_full_collection_stops_nothing_for_long(tmp_path: Path, report_ratio: Report):
    with serving("kernel", tmp_path / "kernel") as server:
        before, after = server.collections
    claim = f"full garbage collection of a backend that is idle, {after * 1e3:.1f} ms"
    what = f"as Python has it after the start, {before * 1e3:.0f} ms"
    report_ratio(Ratio(claim, what, after / before, AtMost(0.2)))


@dataclass(frozen=True)
class Turn:
    """What one server did in one turn."""

    rate: float
    seconds: list[float]


def measured(servers: Mapping[str, Server]) -> dict[str, Turn]:
    """Every server in turn, so that a noisy moment meets them all."""
    found = {}
    for kind, server in servers.items():
        server.seconds.clear()
        found[kind] = Turn(server.rate(EACH), list(server.seconds))
    return found


def test_a_proposal_costs_the_same_on_a_long_ledger(tmp_path: Path, report_ratio: Report):
    with kernel_on(tmp_path / "long.db") as long, kernel_on(tmp_path / "short.db") as short:
        lengthen(tmp_path / "long.db", long.refund("60.00", reason="the first of many"))
        numbers = count()

        def propose(kernel: Kernel) -> float:
            reason = f"ticket {next(numbers)}"
            return seconds(lambda: kernel.refund("60.00", reason=reason))

        pairs = [(propose(long), propose(short)) for _ in range(STEPS)]

    ours, theirs = (median(side) for side in zip(*pairs, strict=True))
    what = f"on an empty ledger, {theirs * 1e6:,.0f} µs"
    report_ratio(Ratio(f"proposal on a ledger of {LONG:,} actions", what, ours / theirs, AtMost(1.5)))


@contextmanager
def kernel_on(path: Path) -> Iterator[Kernel]:
    with closing(open_store(f"sqlite:///{path}", "acme")) as store:
        yield Kernel(store=store)


def lengthen(path: Path, like: Action) -> None:
    """As many actions more, of other jobs and agents, whose entries are not needed here."""
    own = {"id": "?", "job": "?", "agent": "'another'", "updated": "?"}
    names = [column.name for column in tables.actions.columns]
    copies = (
        f"INSERT INTO actions ({', '.join(names)}) SELECT {', '.join(own.get(name, name) for name in names)}"
        " FROM actions WHERE workspace = 'acme' AND id = ?"
    )
    with closing(dbapi2.connect(str(path), isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        rows = ((f"{like.id}-{n}", f"job-{n % 5_000}", n, like.id) for n in range(LONG))
        connection.executemany(copies, rows)
        connection.execute("COMMIT")


@dataclass
class Reviewer:
    """Approves by the clock, each decision naming the one before."""

    line: Line
    device: Device
    signer: Ed25519Signer
    origin: str

    def approve(self, action: Action) -> None:
        statement = statement_of(
            action, self.device, Verdict.APPROVE, origin=self.origin, now=datetime.now(UTC)
        )
        envelope = sign_decision(statement, self.signer)
        asked = {"envelope": b64encode(envelope).decode(), "device": self.device.id}
        self.line.post(f"/v1/actions/{action.id}/decisions", json.dumps(asked).encode())
        self.device = msgspec.structs.replace(
            self.device, counter=self.device.counter + 1, last=sha256(envelope).hexdigest()
        )


@contextmanager
def reviewers(server: Server) -> Iterator[list[Reviewer]]:
    with ExitStack() as stack:
        found = []
        for token in server.reviewers:
            hand = enrolled(stack.enter_context(closing(BackendClient(server.url, token))))
            line = stack.enter_context(closing(Line(server.port, token)))
            found.append(Reviewer(line, hand.device, hand.signer, hand.origin))
        yield found


def proposed(server: Server) -> list[Action]:
    """Actions that wait for a decision, each on a record of its own."""
    agents = server.agents
    answers = [agents[record % len(agents)].propose(record) for record in range(DECISIONS)]
    return [msgspec.json.decode(answer, type=Action) for answer in answers]


def test_decisions_are_acknowledged_and_take_effect_at_once(tmp_path: Path, report_ratio: Report):
    with serving("kernel", tmp_path / "kernel") as server, reviewers(server) as hands:
        actions = proposed(server)
        sent, acknowledged = decided_by_the_clock(hands, actions)
        while len(started := server.started()) < DECISIONS:
            threading.Event().wait(0.1)

    pace = f"{PACE} a second by {len(hands)} reviewers, median of {DECISIONS // PACE} seconds"
    found = []
    for what, moments in (("decision acknowledged", acknowledged), ("decision to effect started", started)):
        late = [(moments[record] - due) / 1e6 for record, due in sorted(sent.items(), key=itemgetter(1))]
        by_second = [at(late[start : start + PACE], 99) for start in range(0, DECISIONS, PACE)]
        claim = f"{what}, p99; p50 {median(late):.1f} ms"
        found.append(Ratio(claim, pace, median(by_second), AtMost(50), "ms"))
    report_ratio(*found)


def decided_by_the_clock(
    hands: Sequence[Reviewer], actions: Sequence[Action]
) -> tuple[dict[str, int], dict[str, int]]:
    """When each decision was due and when it was answered, by record, in nanoseconds since the epoch.

    One that could not be sent in time counts from when it was due.
    """
    sent: dict[str, int] = {}
    acknowledged: dict[str, int] = {}
    clock, start = threading.Event(), time.time_ns() + 100_000_000

    def work(place: int) -> None:
        for number in range(place, len(actions), len(hands)):
            action, due = actions[number], start + number * 1_000_000_000 // PACE
            clock.wait(max(0, (due - time.time_ns()) / 1e9))
            assert action.target is not None
            sent[action.target.id] = due
            hands[place].approve(action)
            acknowledged[action.target.id] = time.time_ns()

    threads = [threading.Thread(target=work, args=[place]) for place in range(len(hands))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sent, acknowledged


def test_a_durable_step_costs_little_more_than_raw_commits_of_its_rows(tmp_path: Path, report_ratio: Report):
    with kernel_on(tmp_path / "ours.db") as kernel, raw(tmp_path / "raw.db") as connection:
        for number in range(STEPS + 1):
            kernel.refund("10.00", fields={"status": "captured"}, reason=f"ticket {number}")
        begun = kernel.store.read(lambda snapshot: snapshot.size())
        assert kernel.worker.run_one()
        step = RawStep(connection, *kernel.store.read(lambda snapshot: rows_of_a_step(snapshot, begun)))
        pairs = [(seconds(kernel.worker.run_one), seconds(step)) for _ in range(STEPS)]
        assert kernel.store.read(lambda s: s.size()) == begun + 2 * (STEPS + 1)

    ours, theirs = (median(side) for side in zip(*pairs, strict=True))
    what = f"two raw commits of the same rows, {theirs * 1e6:,.0f} µs"
    claim = f"durable step of two commits (lease with start, outcome), {ours * 1e6:,.0f} µs"
    report_ratio(Ratio(claim, what, ours / theirs, AtMost(2)))


def seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


@contextmanager
def raw(path: Path) -> Iterator[dbapi2.Connection]:
    """The same tables, without us."""
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    with closing(dbapi2.connect(str(path), isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        yield connection


def rows_of_a_step(snapshot: Snapshot, start: int) -> tuple[bytes, bytes, bytes, bytes]:
    """Of the first step: its two entries, the effect and the action."""
    begun, ended = snapshot.entries(start=start, limit=2)
    (action,) = [one for one in snapshot.every(Action) if one.status is ActionStatus.SUCCEEDED]
    assert action.run is not None
    effect = snapshot.blob(action.run.effect)
    assert effect is not None
    return begun.entry, ended.entry, effect, encode(action)


class RawStep:
    """The statements of a step and nothing else: what is leased and started in one commit, and what ended."""

    def __init__(
        self, connection: dbapi2.Connection, begun: bytes, ended: bytes, effect: bytes, action: bytes
    ) -> None:
        self._connection = connection
        self._begun, self._ended, self._effect, self._action = begun, ended, effect, action
        self._numbers = count()
        far = 2**63 - 1
        like = {
            **{one.name: 0 if one.type.python_type is int else "x" for one in tables.actions.columns},
            "workspace": "acme",
            "state": action,
            "status": "cleared",
            "due": far,
        }
        names, places = ", ".join(like), ", ".join(f":{name}" for name in like)
        actions = [{**like, "id": f"act-{n}", "proposed": n, "updated": n} for n in range(STEPS)]
        tasks = [
            ("acme", f"tsk-{n}", "execute", f"act-{n}", n, 0, 0, None, "agent", "") for n in range(STEPS)
        ]
        connection.execute("BEGIN")
        connection.executemany(f"INSERT INTO actions ({names}) VALUES ({places})", actions)
        connection.executemany(f"INSERT INTO tasks VALUES ({', '.join('?' * 10)})", tasks)
        connection.execute("COMMIT")

    def __call__(self) -> None:
        number = next(self._numbers)
        task, blob = f"tsk-{number}", sha256(os.urandom(32)).hexdigest()
        self._commit(
            ("UPDATE tasks SET token = 1, held_until = 9 WHERE workspace = 'acme' AND id = ?", [task]),
            *self._appended(number, 0, self._begun, "started"),
        )
        self._commit(
            ("INSERT INTO blobs VALUES ('acme', ?, ?)", [blob, self._effect]),
            *self._appended(number, 1, self._ended, "succeeded"),
            ("DELETE FROM tasks WHERE workspace = 'acme' AND id = ?", [task]),
        )

    def _appended(self, number: int, seq: int, entry: bytes, status: str) -> Iterator[Said]:
        index, name = 2 * number + seq, f"act-{number}"
        yield "INSERT INTO entries VALUES ('acme', ?, ?, ?, 'execution', ?, NULL)", [index, name, seq, entry]
        update = "UPDATE actions SET state = ?, status = ?, updated = ? WHERE workspace = 'acme' AND id = ?"
        yield update, [self._action, status, index, name]

    def _commit(self, *statements: Said) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        for text, values in statements:
            self._connection.execute(text, values)
        self._connection.execute("COMMIT")
