"""A real backend for tests: the sample workspace on SQLite, HTTP on loopback, signing devices in memory."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from sqlcipher3 import dbapi2

from lineclear.adapters.http.client import BackendClient
from lineclear.adapters.system.signatures import Ed25519Signer
from lineclear.application.deciding.decide import Decision
from lineclear.application.deciding.reviewing import Looked, statement_of
from lineclear.application.governing.people import Grant, issue_token
from lineclear.application.propose import Proposal
from lineclear.demo.sample import build
from lineclear.domain.actions import Action
from lineclear.domain.confirming import confirm_words
from lineclear.domain.control import ConnectorHealth
from lineclear.domain.events import JobBrief
from lineclear.domain.identities import Device
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.statements import sign_decision
from lineclear.domain.vocabulary import Role, Tier, Verdict
from lineclear.server.embed import Backend
from support.commands import forks

_KEYS = count()


def new_key() -> str:
    """An idempotency key that no other write of this run has."""
    return f"key-{next(_KEYS)}"


def refund_payload(amount: str = "60.00", payment: str = "pay_5002", **more: Any) -> bytes:
    arguments = {"payment_id": payment, "amount": amount, "currency": "USD", "reason": "duplicate", **more}
    return json.dumps(
        {"capability": "issue_refund", "tool": "payments.create_refund", "arguments": arguments}
    ).encode()


@dataclass
class Hand:
    """A reviewer with a client and a device of their own."""

    client: BackendClient
    device: Device
    signer: Ed25519Signer
    origin: str

    def decision(self, action: Action, verdict: Verdict = Verdict.APPROVE, reason: str = "") -> Decision:
        """A signed verdict on the action as it stands here."""
        # The device as the ledger has it now: each decision goes on from the one before.
        device = self.client.enrol_device(self.device.public_key, "memory", key=new_key())
        looked, now = Looked(), datetime.now(UTC)
        if action.tier is Tier.THREE:
            looked = Looked(self.client.detail(action.id).payload or "", confirm_words(action).text)
        statement = statement_of(action, device, verdict, origin=self.origin, now=now, looked=looked)
        return Decision(sign_decision(statement, self.signer), self.device.id, reason)

    def decide(self, action: Action, verdict: Verdict = Verdict.APPROVE, reason: str = "") -> Action:
        return self.client.decide(action.id, self.decision(action, verdict, reason), key=new_key())


def enrolled(client: BackendClient) -> Hand:
    signer = Ed25519Signer(os.urandom(32))
    device = client.enrol_device(b64encode(signer.public_key).decode(), "memory", key=new_key())
    return Hand(client, device, signer, client.me().origin)


@dataclass
class Bot:
    """An agent with an open job."""

    client: BackendClient
    job: Job

    def propose(self, payload: bytes | None = None, **more: Any) -> Action:
        proposal = Proposal(self.job.id, payload or refund_payload(), **more)
        return self.client.propose(proposal, key=new_key())


@dataclass
class Running:
    """A backend in this process, and everything that a test asks of it."""

    folder: Path
    backend: Backend
    url: str
    closing: ExitStack = field(default_factory=ExitStack)

    def token(self, name: str, role: Role, **more: Any) -> str:
        return issue_token(self.backend.services, Grant(name, role, **more)).secret

    def client(self, token: str, **more: Any) -> BackendClient:
        client = BackendClient(self.url, token, **more)
        self.closing.callback(client.close)
        return client

    def http(self, token: str = "", **headers: str) -> httpx.Client:
        """The wire itself, for what our own client cannot say."""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.closing.enter_context(httpx.Client(base_url=self.url, headers=headers, trust_env=False))

    def bot(self, name: str = "support-agent", owner: str = "owner") -> Bot:
        client = self.client(self.token(name, Role.AGENT, owner=owner))
        return Bot(client, client.open_job(JobBrief("Resolve ticket 20418"), key=new_key()))

    def hand(self, name: str = "ops-west", role: Role = Role.OPS, tier: Tier = Tier.TWO) -> Hand:
        return enrolled(self.client(self.token(name, role, tier=tier)))

    def size(self) -> int:
        """How many entries the ledger has."""
        return self.backend.services.store.read(lambda snapshot: snapshot.size())

    def until[T](self, find: Callable[[], T]) -> T:
        """What is found once there is something; looked for anew each time the ledger has grown."""
        size = 0
        while not (found := find()):
            size = self.backend.services.store.wait(size, 5)
        return found

    def settled_size(self) -> int:
        """The same, once the first probe of every system is on it and nothing is left to happen by itself."""
        store, systems = self.backend.services.store, len(self.backend.services.tools.connectors())
        size = store.read(lambda snapshot: snapshot.size())
        while len(store.read(lambda snapshot: snapshot.every(ConnectorHealth))) < systems:
            size = store.wait(size, 10)
        return self.size()


@contextmanager
def running(folder: Path, **more: Any) -> Iterator[Running]:
    """A backend on a sample workspace that stands in `folder`; closed at the end."""
    backend = Backend(folder, **more)
    here = Running(folder, backend, backend.start())
    try:
        with here.closing:
            yield here
    finally:
        backend.close()


def refunds(folder: Path, payment: str) -> int:
    """How many refunds the sample's own CRM has for a payment: the other side's word."""
    connection = dbapi2.connect(str(folder / "crm.sqlite"))
    try:
        query = "SELECT count(*) FROM refunds WHERE payment_id = ?"
        return connection.execute(query, [payment]).fetchone()[0]
    finally:
        connection.close()


def copied(sample: Path, folder: Path) -> Path:
    """A workspace of the test's own."""
    return Path(shutil.copytree(sample, folder))


def new_workspace(folder: Path) -> Path:
    """The sample workspace in a new folder, as `build` leaves it, at a tenth of its price."""
    return copied(_pattern(), folder)


@cache
def _pattern() -> Path:
    """What is copied: built once, and gone with this process."""
    place = Path(tempfile.mkdtemp(prefix="lineclear-sample-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return build(place / "workspace").folder


_START = 90
"""Seconds until a backend is ready, on the busiest machine."""
LINECLEAR = (sys.executable, "-c", "from lineclear.cli import main; main()")


def lineclear(
    *arguments: object, timeout: float = 300, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with `env` added to the environment."""
    return forks().run([*map(str, arguments)], {**os.environ, **(env or {})}, timeout)


@dataclass
class Served:
    """`lineclear serve` as a process of its own."""

    process: subprocess.Popen[str]
    url: str

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self, number: int = signal.SIGTERM) -> int:
        """Its exit code after a signal."""
        self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def served(folder: Path, *options: object) -> Iterator[Served]:
    """The process, once it says that it is ready; gone at the end whatever happened."""
    command = [*LINECLEAR, "serve", "--data", str(folder), "--json", *map(str, options)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        silent = threading.Timer(_START, process.kill)
        silent.start()
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            silent.cancel()
            assert line, f"it ended, or said nothing in {_START} s"
            said = json.loads(line)
            yield Served(process, said["url"])
        finally:
            silent.cancel()
            process.kill()
