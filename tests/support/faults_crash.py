"""One action from proposal to effect in a process that dies, stops or meets an error at a named point.

Points are `propose`, `decide`, `lease`, `start`, `outcome` with `.before`, `.inside` (written, not committed)
and `.after`; and `call.before`, `call.sent` (nobody waits for the answer), `call.after`. An errand says how:
`kill`, `stop`, or an error of SQLite by name. What was acknowledged is appended to a file at once.

A worker leases and starts in one commit, which is `start`; where its errand is about the lease or what comes
between the two, it leases alone, as it does where a judge is to be asked.
"""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy.exc import OperationalError
from sqlcipher3 import dbapi2

from lineclear.adapters.system.signatures import Ed25519Signer
from lineclear.application.deciding.decide import Decision, decide, origin_of
from lineclear.application.deciding.reviewing import statement_of
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.idempotency import Request
from lineclear.application.ports import Arguments, Permit, Snapshot, Store, Task, Transaction
from lineclear.application.propose import Proposal, propose
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.effects import Effect
from lineclear.domain.identities import Device
from lineclear.domain.ledger.statements import sign_decision
from lineclear.domain.principals import Principal
from lineclear.domain.refusals import Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Verdict
from support.faults_tools import ProviderTools
from support.faults_workers import WORKERS

STEPS = ("propose", "decide", "lease", "start", "outcome")
POINTS = (
    *(f"{step}.{moment}" for step in STEPS for moment in ("before", "inside", "after")),
    *("call.before", "call.sent", "call.after"),
)
APART = ("lease.before", "lease.inside", "lease.after", "start.before")
AGENT = Principal(Role.AGENT, "support-agent", "agent-token")
OPS = Principal(Role.OPS, "ops-west", "ops-token")
SECRET = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Errand:
    """What the process is to do, and where it comes to grief. `acks` is the file of what was acknowledged."""

    acks: str
    job: str
    device: str
    tool: str
    target: str
    point: str = ""
    how: str = "kill"
    worker: str = "sound"
    is_fenced: bool = True

    def encode(self) -> str:
        return json.dumps(asdict(self))


class Trap:
    """Springs at one point, once."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand
        self._sprung = False

    def at(self, point: str) -> None:
        if self._sprung or point != self._errand.point:
            return
        self._sprung = True
        match self._errand.how:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "stop":
                os.kill(os.getpid(), signal.SIGSTOP)
            case name:
                original = dbapi2.OperationalError("disk I/O error")
                original.sqlite_errorname = name
                raise OperationalError("COMMIT", {}, original)


class TrappedStore:
    """The store with a trap around each of its transactions, which come in the order of `STEPS`."""

    def __init__(self, store: Store, trap: Trap, *, is_fenced: bool) -> None:
        self._store = store
        self._trap = trap
        self._is_fenced = is_fenced
        self._steps: Iterator[str] = iter(STEPS)

    def from_step(self, step: str) -> None:
        self._steps = iter(STEPS[STEPS.index(step) :])

    def transact[R](self, work: Callable[[Transaction], R]) -> R:
        step = next(self._steps, "later")

        def trapped(tx: Transaction) -> R:
            result = work(tx if self._is_fenced else _Unfenced(tx))
            self._trap.at(f"{step}.inside")
            return result

        self._trap.at(f"{step}.before")
        result = self._store.transact(trapped)
        self._trap.at(f"{step}.after")
        return result

    def read[R](self, work: Callable[[Snapshot], R]) -> R:
        return self._store.read(work)

    def wait(self, size: int, seconds: float) -> int:
        return self._store.wait(size, seconds)

    def close(self) -> None:
        self._store.close()


class _Unfenced:
    """A transaction that believes everybody who says that the lease is theirs."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx

    def __getattr__(self, name: str) -> object:
        return getattr(self._tx, name)

    def holds(self, task: Task) -> bool:
        return True

    def finish(self, task: Task) -> bool:
        self._tx.finish(task)
        return True


class TrappedTools(ProviderTools):
    """The provider's tools with a trap around the call."""

    def __init__(self, tools: ProviderTools, trap: Trap) -> None:
        super().__init__(tools.port)
        self._trap = trap

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        self._trap.at("call.before")
        effect = super().apply(tool, arguments, expected=expected, key=key, permit=permit)
        self._trap.at("call.after")
        return effect

    def is_sent(self, asked: Mapping[str, str]) -> None:
        if asked["op"] == "apply":
            self._trap.at("call.sent")


def crash(services: Services, errand: Errand) -> None:
    """Propose, decide and execute, as far as it comes. A refusal ends the step; the next one is tried."""
    trap = Trap(errand)
    assert isinstance(services.tools, ProviderTools)
    store = TrappedStore(services.store, trap, is_fenced=errand.is_fenced)
    trapped = replace(services, store=store, tools=TrappedTools(services.tools, trap))
    action = _step("propose", errand, lambda: _proposed(trapped, errand))
    store.from_step("decide")
    if action is not None:
        _step("decide", errand, lambda: _decided(trapped, errand, action))
    worker = WORKERS[errand.worker](trapped, f"worker-{os.getpid()}")
    is_apart = errand.point in APART
    for _ in range(3):
        worker._goes_on = not is_apart
        store.from_step("lease" if is_apart else "start")
        _step("work", errand, worker.run_one)
    services.store.close()


def _step[R](name: str, errand: Errand, work: Callable[[], R]) -> R | None:
    try:
        return work()
    except Refusal as refusal:
        acknowledge(errand, f"refused {name} {refusal.code}")
        return None


def acknowledge(errand: Errand, said: str) -> None:
    """In one write, so that it is there or is not."""
    file = os.open(errand.acks, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(file, said.encode() + b"\n")
    os.close(file)


def acknowledged(errand: Errand) -> list[list[str]]:
    """What the process was told before it died."""
    path = Path(errand.acks)
    return [line.split() for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def payload(errand: Errand) -> bytes:
    capability = errand.tool.rpartition(".")[2]
    arguments = {"target": errand.target}
    return json.dumps({"capability": capability, "tool": errand.tool, "arguments": arguments}).encode()


def _proposed(services: Services, errand: Errand) -> Action:
    request = Request(f"key-{errand.target}", "0" * 64)
    action, _ = propose(services, AGENT, Proposal(errand.job, payload(errand)), request)
    acknowledge(errand, f"proposed {action.id}")
    return action


def _decided(services: Services, errand: Errand, action: Action) -> None:
    if action.status is ActionStatus.PENDING:
        decided = approve(services, errand.device, action)
        acknowledge(errand, f"decided {action.id} {decided.votes[-1].statement}")


def approve(services: Services, identifier: str, action: Action) -> Action:
    """Sign as the test's only reviewer and send it."""
    device = services.store.read(lambda snapshot: snapshot.load(Device, identifier))
    assert device is not None
    origin = services.store.read(origin_of)
    statement = statement_of(action, device, Verdict.APPROVE, origin=origin, now=services.clock.now())
    decision = Decision(sign_decision(statement, Ed25519Signer(SECRET)), device.id)
    request = Request(f"decide-{action.id}-{action.revision}-{device.counter}", "0" * 64)
    return decide(services, OPS, action.id, decision, request)[0]
