"""A process of its own that serves a workspace whose only outside system is a table in memory.

`kernel` is the product: HTTP, workers, the ledger on SQLite. `turns` is the same with a commit for each
write. `rows` and `row` are bare endpoints before the same group writer: one keeps the rows that a proposal
leaves, made beforehand; the other a single row. It prints its port with the agents' tokens and jobs, and how
long a full garbage collection takes before and after the start is settled; and answers each line of its input
with the moments at which effects started, in nanoseconds since the epoch, by record. It ends with its input.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, override

import msgspec
from litestar import Litestar, Request, Response, post

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.adapters.sql.store import open_store
from lineclear.adapters.system.clock import SystemClock
from lineclear.adapters.system.collector import settle_memory
from lineclear.adapters.system.ids import SystemIds
from lineclear.adapters.system.signatures import Ed25519Signatures
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.governing.people import Grant, authenticate, issue_token
from lineclear.application.governing.workspaces import activate_policy, ensure_workspace
from lineclear.application.idempotency import Request as Write
from lineclear.application.jobs import open_job
from lineclear.application.ports import Arguments, Permit, Remembered, Snapshot, Store, Transaction
from lineclear.application.propose import Proposal, propose
from lineclear.application.recording import read_stored
from lineclear.application.services import Services
from lineclear.domain.effects import Effect
from lineclear.domain.events import Budget, JobBrief
from lineclear.domain.principals import Principal
from lineclear.domain.records import Recorded
from lineclear.domain.state import Aggregate, fold
from lineclear.domain.vocabulary import Role, Tier
from lineclear.server.serving import THREADS, HttpServer, _BoundServer, listen
from lineclear.server.worker import Workers
from support.kernel import CONTRACTS, DOCUMENT

AGENTS = 16
JOBS = 40
RECORDS = 2_000
REVIEWERS = 8

type Step = tuple[Recorded, bytes, Aggregate]


class WatchedTools(MemoryTools):
    """Remembers when each record's effect started."""

    def __init__(self) -> None:
        super().__init__(CONTRACTS, {f"rec_{number}": {"status": "captured"} for number in range(RECORDS)})
        self.started: dict[str, int] = {}

    @override
    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        self.started[str(arguments["id"])] = time.time_ns()
        return super().apply(tool, arguments, expected=expected, key=key, permit=permit)


class InTurn:
    """A store that lets one write in at a time, so that each is a commit of its own."""

    def __init__(self, store: Store) -> None:
        self._turn = threading.Lock()
        self._store = store
        self.read, self.wait, self.close = store.read, store.wait, store.close

    def transact[R](self, work: Callable[[Transaction], R]) -> R:
        with self._turn:
            return self._store.transact(work)


class Seats:
    """Who works here: agents with open jobs, and reviewers."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._numbers = count()
        self.agents = [self._agent(f"agent-{number}") for number in range(AGENTS)]
        self.reviewers = [
            self._token(f"ops-{number}", Role.OPS, tier=Tier.TWO) for number in range(REVIEWERS)
        ]

    def _token(self, name: str, role: Role, **more: object) -> str:
        return issue_token(self._services, Grant(name, role, **more)).secret

    def _agent(self, name: str) -> tuple[str, list[str]]:
        token = self._token(name, Role.AGENT, owner="owner")
        principal = authenticate(self._services, token)
        return token, [self._job(principal) for _ in range(JOBS)]

    def _job(self, principal: Principal) -> str:
        write = Write(f"job-{next(self._numbers)}", sha256(b"job").hexdigest())
        return open_job(self._services, principal, JobBrief("Resolve tickets"), Budget(), write)[0].id


def keeping_one_row(store: Store) -> Callable[[bytes], None]:
    return lambda body: store.transact(lambda tx: tx.put_blob(sha256(body).hexdigest(), body))


def keeping_the_rows_of_a_proposal(services: Services, seats: Seats) -> Callable[[bytes], None]:
    """Keeps again, under other names, what one real proposal has left."""
    token, (job, *_) = seats.agents[0]
    arguments = {"id": "rec_0", "fields": {"status": "refunded"}, "amount": "60.00", "currency": "USD"}
    payload = {"capability": "issue_refund", "tool": "payments.create_refund", "arguments": arguments}
    proposal = Proposal(job, json.dumps(payload).encode(), note="The customer was charged twice.")
    before = services.store.read(lambda snapshot: snapshot.size())
    propose(services, authenticate(services, token), proposal, Write("first", sha256(b"first").hexdigest()))
    steps, blobs = services.store.read(lambda snapshot: _left(snapshot, before))
    numbers = count()

    def work(tx: Transaction) -> None:
        name = f"act-{next(numbers):016}"
        for blob in blobs:
            tx.put_blob(sha256(os.urandom(32)).hexdigest(), blob)
        for recorded, entry, state in steps:
            moved = replace(recorded, stream=f"action/{name}", index=tx.size())
            tx.append(moved, entry, msgspec.structs.replace(state, id=name))
        tx.remember(Remembered("agent/agent-0", name, sha256(name.encode()).hexdigest(), name))

    return lambda _body: services.store.transact(work)


def _left(snapshot: Snapshot, start: int) -> tuple[list[Step], list[bytes]]:
    """The entries from `start` on, with the aggregate after each, and all that they commit to."""
    steps: list[Step] = []
    digests: list[str] = []
    state: Aggregate | None = None
    for stored in snapshot.entries(start=start, limit=100):
        recorded = read_stored(stored)
        state = fold(state, recorded)
        steps.append((recorded, stored.entry, state))
        digests += recorded.commits.values()
    return steps, [snapshot.blob(digest) or b"" for digest in digests]


def bare(keep: Callable[[bytes], None]) -> Litestar:
    """One endpoint that keeps what comes, on a thread as the product does."""

    @post("/v1/actions")
    async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
        await asyncio.to_thread(keep, await request.body())
        return Response(b'{"status":"kept"}', media_type="application/json")

    return Litestar([handle], openapi_config=None, logging_config=None)


def serve_bare(app: Litestar) -> int:
    listener = listen("127.0.0.1", 0)
    port: int = listener.getsockname()[1]

    async def serve() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS))
        await _BoundServer(app, listener).serve()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    return port


def serve_kernel(services: Services) -> int:
    listener = listen("127.0.0.1", 0)
    port: int = listener.getsockname()[1]
    HttpServer(services, listener).start()
    Workers(services, count=2, name="worker").start()
    return port


def collection() -> float:
    """Seconds for which a full collection stops everything."""
    begun = time.perf_counter()
    gc.collect()
    return time.perf_counter() - begun


def main(kind: str, folder: str) -> None:
    store = open_store(f"sqlite:///{Path(folder) / 'ledger.db'}", "acme")
    tools = WatchedTools()
    kept: Store = InTurn(store) if kind == "turns" else store
    services = Services(kept, tools, SystemClock(), SystemIds(), Ed25519Signatures())
    ensure_workspace(services, "acme/bench", "production")
    activate_policy(services, DOCUMENT, by="admin")
    seats = Seats(services)
    match kind:
        case "row":
            port = serve_bare(bare(keeping_one_row(store)))
        case "rows":
            port = serve_bare(bare(keeping_the_rows_of_a_proposal(services, seats)))
        case _:
            port = serve_kernel(services)
    before = collection()
    settle_memory()
    said = {"port": port, "agents": seats.agents, "reviewers": seats.reviewers}
    said["collections"] = [before, collection()]
    print(json.dumps(said), flush=True)  # noqa: T201  # the answer
    for _ in sys.stdin:
        print(json.dumps(tools.started), flush=True)  # noqa: T201  # the answer
    os._exit(0)  # nothing here is worth an orderly end


if __name__ == "__main__":
    main(*sys.argv[1:])
