"""Agents and reviewers that keep a backend busy over HTTP, and remember what it acknowledged.

A request whose answer never came is remembered too: it is sent again, unchanged and under the same key.
"""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

import msgspec

from lineclear.adapters.http.client import BackendClient
from lineclear.adapters.system.signatures import Ed25519Signer
from lineclear.application.deciding.decide import Decision
from lineclear.application.deciding.reviewing import statement_of
from lineclear.application.propose import Proposal
from lineclear.domain.actions import Action
from lineclear.domain.identities import Device
from lineclear.domain.ledger.statements import decision_digest, sign_decision
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Verdict
from lineclear.wire.messages import View
from support.faults_crash import SECRET
from support.faults_place import Place
from support.faults_tools import TOOLS
from support.ledgers import whole

PATIENCE = 30.0
MOST_PATIENCE = 240.0
PAGE = 20
SHORTENED = 3.0
"""Seconds by which waiting is cut short; far below a lease, which a worker at work must not lose by it."""
_OTHERS = frozenset(
    {
        Code.ACTION_DECIDED,
        Code.REVISION_STALE,
        Code.STATE_CHANGED,
        Code.SIGNATURE_INVALID,
        Code.DUPLICATE_VOTE,
        Code.KEY_IN_FLIGHT,
    }
)
"""What a reviewer may meet while others work: somebody was faster."""

_NOT_NOW = frozenset({Code.UNREACHABLE, Code.DATABASE_BUSY, Code.DATABASE_UNUSABLE})


@dataclass(frozen=True, slots=True)
class Sent:
    """A request, for sending it again."""

    key: str
    target: str
    again: Callable[[BackendClient], Action]


@dataclass
class Told:
    """What was acknowledged: actions by target, digests of signed statements by action; and what was not."""

    actions: dict[str, str] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)
    unanswered: list[Sent] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)


class Load:
    """Several agents and one reviewer, until `stop`. `told` may be read once `stop` has returned."""

    def __init__(self, place: Place, *, agents: int = 3, rejects: int = 0) -> None:
        self.told = Told()
        self._place = place
        self._agents = agents
        self._rejects = rejects
        self._targets = count()
        self._keys = count()
        self._turn = threading.Lock()
        self._signer = Ed25519Signer(SECRET)
        self._origin = ""
        self._ending = threading.Event()
        self._pool = ThreadPoolExecutor(agents + 1, "load")
        self._done: list[Future[None]] = []

    def start(self, url: str) -> None:
        """Begin; whoever loses the backend stops by itself."""
        self._ending.clear()
        works = [lambda: self._propose(url)] * self._agents + [lambda: self._review(url)]
        self._done = [self._pool.submit(work) for work in works]

    def stop(self) -> None:
        """Wait until everybody has noticed; raises what any of them met and should not have."""
        self._ending.set()
        for one in self._done:
            one.result(90)

    def close(self) -> None:
        self._ending.set()
        self._pool.shutdown()

    def repeat_unanswered(self, url: str) -> None:
        """Send again what nobody answered, twice: both answers are of one action."""
        agent = self._client(url, "support-agent")
        for sent in self.told.unanswered:
            first, second = sent.again(agent), sent.again(agent)
            if first.id != second.id:
                self.told.doubles.append(f"{sent.key} made {first.id} and {second.id}")
            self.told.actions[sent.target] = first.id
        self.told.unanswered.clear()
        agent.close()

    def settle(self, url: str, seconds: float = 20) -> list[Action]:
        """Decide what waits and let the rest end; what is under way when nothing more ends for so long."""
        ops = self._client(url, "ops-west")
        device = self._enrolled(ops)
        due, last = _now() + seconds, _now() + MOST_PATIENCE
        size, under_way = 0, list[Action]()
        while _now() < min(due, last):
            waiting = ops.actions(View.WAITING, limit=PAGE).items
            for action in waiting:
                device = self._decided(ops, device, action) or self._enrolled(ops)
            before = {one.id for one in under_way}
            under_way = [one for one in ops.actions(View.OPEN, limit=200).items if _is_under_way(one)]
            if not waiting and not under_way:
                break
            if before - {one.id for one in under_way}:
                due = _now() + seconds
            size = ops.feed(size, limit=1_000, wait=0.2).size
            self._place.clock.advance(SHORTENED)
        ops.close()
        return under_way

    def _client(self, url: str, subject: str) -> BackendClient:
        return BackendClient(url, self._place.tokens[subject], timeout=PATIENCE)

    def _propose(self, url: str) -> None:
        agent = self._client(url, "support-agent")
        while not self._ending.is_set():
            number = next(self._targets)
            target, tool = f"t{number}", TOOLS[number % len(TOOLS)]
            body = {"capability": tool.rpartition(".")[2], "tool": tool, "arguments": {"target": target}}
            proposal, key = Proposal(self._place.job, json.dumps(body).encode()), f"propose-{number}"

            def again(client: BackendClient, proposal: Proposal = proposal, key: str = key) -> Action:
                return client.propose(proposal, key=key)

            try:
                action = again(agent)
            except Refusal as refusal:
                if refusal.code is Code.TOO_MANY_PENDING:
                    self._ending.wait(0.05)  # reviewers are behind: it was refused, and left nothing
                    continue
                _expected(refusal, _NOT_NOW)
                with self._turn:
                    self.told.unanswered.append(Sent(key, target, again))
                break
            with self._turn:
                self.told.actions[target] = action.id
        agent.close()

    def _review(self, url: str) -> None:
        ops = self._client(url, "ops-west")
        try:
            device = self._enrolled(ops)
            while not self._ending.is_set():
                waiting = ops.actions(View.WAITING, limit=PAGE).items
                for action in waiting:
                    device = self._decided(ops, device, action) or self._enrolled(ops)
                if not waiting:
                    self._ending.wait(0.01)
        except Refusal as refusal:
            _expected(refusal, _NOT_NOW)
        ops.close()

    def _enrolled(self, ops: BackendClient) -> Device:
        key = b64encode(self._signer.public_key).decode()
        return ops.enrol_device(key, "memory", key=f"enrol-{next(self._keys)}")

    def _decided(self, ops: BackendClient, device: Device, action: Action) -> Device | None:
        """Decide one; the device afterwards, None where somebody else was faster."""
        verdict = Verdict.REJECT if self._rejects and device.counter % self._rejects == 0 else Verdict.APPROVE
        self._origin = self._origin or ops.me().origin
        now = self._place.clock.now()
        statement = statement_of(action, device, verdict, origin=self._origin, now=now)
        envelope = sign_decision(statement, self._signer)
        decision = Decision(envelope, device.id, "Not right" if verdict is Verdict.REJECT else "")
        try:
            ops.decide(action.id, decision, key=f"decide-{next(self._keys)}-{action.id}")
        except Refusal as refusal:
            if refusal.code in _NOT_NOW:
                raise
            _expected(refusal, _OTHERS)
            return None
        digest = decision_digest(envelope)
        with self._turn:
            self.told.decisions[action.id] = digest
        return msgspec.structs.replace(device, counter=device.counter + 1, last=digest)


def _now() -> float:
    return datetime.now(UTC).timestamp()


def _expected(refusal: Refusal, codes: frozenset[Code]) -> None:
    if refusal.code not in codes:
        raise refusal


def _is_under_way(action: Action) -> bool:
    return action.status is not ActionStatus.UNKNOWN


def lost(place: Place, told: Told) -> list[str]:
    """I22: what was acknowledged and is not in the ledger."""
    with place.opened() as services:
        ledger = services.store.read(whole)
    proposed = {one.id for one in ledger if one.type == "action.proposed"}
    decided = {one.commits["statement"] for one in ledger if one.type == "decision.recorded"}
    gone = [f"{name} of {target}" for target, name in told.actions.items() if name not in proposed]
    return gone + [name for name, digest in told.decisions.items() if digest not in decided]
