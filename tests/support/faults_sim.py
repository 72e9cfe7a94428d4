"""A backend driven by a seed: random work, random failures, and an account of what was acknowledged.

Everything is in memory and nothing asks the machine, so that a seed replays the same ledger byte for byte.
"""

from __future__ import annotations

import random
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from lineclear.adapters.memory.tools import MemoryTools, Record
from lineclear.adapters.system.signatures import Ed25519Signer
from lineclear.application.effects import load_effect
from lineclear.application.calling import Start
from lineclear.application.execute import Worker
from lineclear.application.jobs import stop_job, withdraw
from lineclear.application.people import enrol_device
from lineclear.application.ports import ActionQuery, Arguments, Snapshot, Task, ToolFailed, Transaction
from lineclear.application.recording import read_stored
from lineclear.application.safe_mode import switch_safe_mode
from lineclear.application.undo import UndoRequest, preview_undo, undo
from lineclear.application.workspaces import activate_policy
from lineclear.domain.actions import Action
from lineclear.domain.effects import Effect
from lineclear.domain.records import Recorded
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.state import KINDS, Aggregate, fold_all, stream_of
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import ActionStatus, EffectClass, Role, Tier, Verdict
from support.faults_ledger import Broken, Judge
from support.kernel import CONTRACTS, DOCUMENT, Kernel, Reviewer

STRICT = DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 90").replace("over_usd: 50", "over_usd: 15")
LOOSE = DOCUMENT.replace("max_amount_usd: 200", "max_amount_usd: 500").replace(
    "over_usd: 50", "over_usd: 150"
)
POLICIES = (DOCUMENT, STRICT, LOOSE)
RECORDS = 6
LEASED = 31
TOOLS = (
    ("payments.create_refund", "issue_refund"),
    ("crm.update_customer", "manage_customers"),
    ("crm.merge_customers", "manage_customers"),
    ("mail.send", "send_mail"),
)
SETTLED = frozenset(
    {
        ActionStatus.SUCCEEDED,
        ActionStatus.FAILED,
        ActionStatus.UNKNOWN,
        ActionStatus.DENIED,
        ActionStatus.REJECTED,
        ActionStatus.EXPIRED,
        ActionStatus.WITHDRAWN,
        ActionStatus.STOPPED,
        ActionStatus.UNDONE,
    }
)


class Unreliable(MemoryTools):
    """The other side, with its own account: every send by key, and every effect."""

    def __init__(self, records: dict[str, Record]) -> None:
        super().__init__(CONTRACTS, records)
        self.sends: Counter[str] = Counter()
        self.refusing = False

    def apply(self, tool: str, arguments: Arguments, *, expected: str, key: str) -> Effect:
        contract = self.contract(tool)
        if contract is not None and contract.effect is EffectClass.QUERYABLE and key in self.calls:
            self.calls.append(key)  # it honours no key: who sends again without asking first does it again
        return self._sent(
            key, lambda: super(Unreliable, self).apply(tool, arguments, expected=expected, key=key)
        )

    def undo(self, tool: str, receipt: Json, *, expected: str, key: str) -> Effect:
        return self._sent(
            key, lambda: super(Unreliable, self).undo(tool, receipt, expected=expected, key=key)
        )

    def _sent(self, key: str, call: Callable[[], Effect]) -> Effect:
        if self.refusing and key not in self.calls:
            self.refusing = False
            raise ToolFailed("refused", "not today")
        try:
            return call()
        except ToolFailed as error:
            if error.code == "unreachable":
                self.sends[key] -= 1  # nothing was sent
            raise
        finally:
            self.sends[key] += 1


class Seeded(Kernel):
    """The kernel of the unit tests, with device keys that a seed gives."""

    def reviewer(
        self, name: str = "ops-west", tier: Tier = Tier.TWO, role: Role = Role.OPS, **more: object
    ) -> Reviewer:
        principal = self.token(name, role, tier=tier, **more)
        signer = Ed25519Signer(name.encode().ljust(32, b"."))
        device = enrol_device(self.services, principal, b64encode(signer.public_key).decode(), "memory")
        return Reviewer(principal, signer, device.id)  # type: ignore[arg-type]  # signs as Signer does


@dataclass
class Acknowledged:
    """What somebody was told: proposals, and the digests of signed statements."""

    actions: list[str] = field(default_factory=list)
    decisions: list[str] = field(default_factory=list)


class Simulation:
    """One workspace under random work. `step` does one thing; `drain` lets everything end."""

    def __init__(self, seed: int, worker: type[Worker] = Worker) -> None:
        self.random = random.Random(seed)  # replayable on purpose
        self.tools = Unreliable({f"rec-{n}": {"status": "new", "n": n} for n in range(RECORDS)})
        self.kernel = Seeded(tools=self.tools)
        self.told = Acknowledged()
        self._worker = worker
        self._workers = 0
        self._asleep: list[Callable[[], object]] = []
        people = (
            ("ops-west", Tier.TWO),
            ("ops-east", Tier.THREE),
            ("novice", Tier.ONE),
            ("owner", Tier.THREE),
        )
        self.reviewers = [self.kernel.reviewer(name, tier) for name, tier in people]
        self._steps: list[tuple[int, Callable[[], object]]] = [
            (30, self._propose),
            (24, self._decide),
            (24, self._work),
            (4, self._crash_after_start),
            (4, self._sleep_before_start),
            (4, self._sleep_before_outcome),
            (4, self._wake),
            (10, self._time),
            (3, self._break_answer),
            (2, self._refuse),
            (3, self._down),
            (4, self._drift),
            (3, self._safe_mode),
            (2, self._policy),
            (2, self._withdraw),
            (1, self._stop),
            (5, self._undo),
            (3, self._abort),
        ]

    def run(self, steps: int) -> None:
        weights = [weight for weight, _ in self._steps]
        for _ in range(steps):
            (step,) = self.random.choices([step for _, step in self._steps], weights)
            with _refusable():
                step()
        self.drain()

    def drain(self) -> None:
        """Bring everything to its end: systems answer, safe mode is off, time passes, everybody decides."""
        self.tools.down = self.tools.silent = self.tools.refusing = False
        with _refusable():
            switch_safe_mode(self.kernel.services, self.reviewers[0].principal, on=False, reason="Checked")
        for _ in range(12):
            while self._asleep:
                self._asleep.pop(0)()
            self.kernel.later(seconds=LEASED)
            self.kernel.run()
            for action in self._with(ActionStatus.PENDING):
                with _refusable():
                    self._vote(self.reviewers[1], action, Verdict.APPROVE)
        self.kernel.later(hours=2)
        self.kernel.run()

    def ledger(self) -> list[Recorded]:
        return self.kernel.store.read(whole)

    def bytes(self) -> list[bytes]:
        """The ledger as it is hashed."""
        entries = self.kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=snapshot.size()))
        return [one.entry for one in entries]

    def broken(self) -> list[Broken]:
        """Every invariant that the run broke, from ledger, tables and the other side's account."""
        ledger = self.ledger()
        found = self.kernel.store.read(
            lambda snapshot: (
                Judge(snapshot.blob, self.tools.contract).read(ledger) + tables_against(snapshot, ledger)
            )
        )
        return found + self._effects(ledger) + self._lost(ledger) + self._stuck() + self._overwritten()

    def _effects(self, ledger: list[Recorded]) -> list[Broken]:
        """I23, by the other side's word."""
        broken = []
        sender = Judge(lambda _: None, self.tools.contract)
        for one in ledger:
            if one.type in {"action.proposed", "execution.started"}:
                sender.note(one)
        effects: Counter[str] = Counter()
        for key, action in sender.started().items():
            effects[action] += self.tools.calls.count(key)
            contract = self.tools.contract(sender.lives[action].proposed.tool)
            if contract is not None and contract.effect is EffectClass.BLIND and self.tools.sends[key] > 1:
                broken.append(Broken("I23", f"{action} was sent {self.tools.sends[key]} times"))
        unknown = set(self.tools.calls) - set(sender.started())
        broken += [Broken("I1", f"an effect under {key}, which no start names") for key in sorted(unknown)]
        broken += [Broken("I23", f"{name} took effect {n} times") for name, n in effects.items() if n > 1]
        for action in self._every():
            happened = action.status in {ActionStatus.SUCCEEDED, ActionStatus.UNDONE}
            if action.status is not ActionStatus.UNKNOWN and effects[action.id] != happened:
                rule = "I23 failed" if action.status is ActionStatus.FAILED else "I23"
                broken.append(
                    Broken(rule, f"{action.id} is {action.status} with {effects[action.id]} effects")
                )
        return broken

    def _overwritten(self) -> list[Broken]:
        """I7: an undo finds what its effect left, and overwrites nothing that came later."""
        broken = []
        for undoing in self._with(ActionStatus.SUCCEEDED):
            if undoing.undoes:
                done, undone = (self.effect(name) for name in (undoing.undoes, undoing.id))
                assert isinstance(done.receipt, dict)
                left, found = done.receipt["after"], undone.before
                assert isinstance(left, dict)
                assert isinstance(found, dict)
                if any(found[name] != value for name, value in left.items()):
                    broken.append(Broken("I7 undo", f"{undoing.id} overwrote {found}"))
        return broken

    def effect(self, identifier: str) -> Effect:
        """What an action did, as its connector reported it."""
        run = self.kernel.action(identifier).run
        assert run is not None
        return self.kernel.store.read(lambda snapshot: load_effect(snapshot, run.effect))

    def _lost(self, ledger: list[Recorded]) -> list[Broken]:
        """I22: what was acknowledged is there."""
        proposed = {one.id for one in ledger if one.type == "action.proposed"}
        decided = {one.commits["statement"] for one in ledger if one.type == "decision.recorded"}
        lost = [name for name in self.told.actions if name not in proposed]
        lost += [name for name in self.told.decisions if name not in decided]
        return [Broken("I22", f"{name} was acknowledged and is gone") for name in lost]

    def _stuck(self) -> list[Broken]:
        """I24: nothing is under way for ever. What still waits for a person may wait."""
        return [
            Broken(
                "I24" if action.status is not ActionStatus.PENDING else "I24 deadline",
                f"{action.id} {action.status}",
            )
            for action in self._every()
            if action.status not in SETTLED | {ActionStatus.PENDING}
            or (action.status is ActionStatus.PENDING and action.deadline)
        ]

    def _every(self) -> tuple[Action, ...]:
        return self.kernel.store.read(lambda snapshot: snapshot.every(Action))

    def _with(self, *statuses: ActionStatus) -> list[Action]:
        return [action for action in self._every() if action.status in statuses]

    def _any(self, *statuses: ActionStatus) -> Action | None:
        found = self._with(*statuses)
        return self.random.choice(found) if found else None

    def _propose(self) -> None:
        tool, capability = self.random.choice(TOOLS)
        more: dict[str, object] = {
            "id": f"rec-{self.random.randrange(RECORDS)}",
            "fields": {"status": self.random.choice("abcdefgh")},
        }
        if tool == "payments.create_refund":
            more |= {"amount": f"{self.random.randrange(1, 260)}.00", "currency": "USD"}
        if self.random.random() < 0.2:
            due = self.kernel.clock.now().timestamp() + self.random.randrange(5, 600)
            more["deadline"] = _rfc3339(due)
        request = self.kernel.key()
        action = self.kernel.propose(tool, capability, request=request, **more)
        self.told.actions.append(action.id)
        if self.random.random() < 0.2:  # I26: the same request again, as after a lost answer
            assert self.kernel.propose(tool, capability, request=request, **more).id == action.id

    def _decide(self) -> None:
        action = self._any(ActionStatus.PENDING)
        if action is not None:
            verdict = Verdict.REJECT if self.random.random() < 0.2 else Verdict.APPROVE
            self._vote(self.random.choice(self.reviewers), action, verdict)

    def _vote(self, reviewer: Reviewer, action: Action, verdict: Verdict) -> None:
        decided = self.kernel.decide(
            reviewer, action, verdict, "Not right" if verdict is Verdict.REJECT else ""
        )
        self.told.decisions.append(decided.votes[-1].statement)

    def _new_worker(self) -> Worker:
        self._workers += 1
        return self._worker(self.kernel.services, f"w{self._workers}")

    def _work(self) -> None:
        worker = self._new_worker()
        for _ in range(self.random.randrange(1, 6)):
            worker.run_one()

    def _crash_after_start(self) -> None:
        """Its call may have been made; its outcome was never recorded."""
        worker, start = self._begun()
        if start is not None and self.random.random() < 0.7:
            worker._call(start)

    def _sleep_before_start(self) -> None:
        """A worker that holds a lease sleeps, and goes on whenever it wakes."""
        worker = self._new_worker()
        task = self._leased(worker)
        if task is not None:
            self._asleep.append(lambda: self._go_on(worker, task))

    def _go_on(self, worker: Worker, task: Task) -> None:
        start = self.kernel.store.transact(lambda tx: worker._start(tx, task))
        if start is not None:
            worker._finish(start, worker._call(start))

    def _sleep_before_outcome(self) -> None:
        """A worker that has called sleeps before it records what came of it."""
        worker, start = self._begun()
        if start is not None:
            self._asleep.append(partial(worker._finish, start, worker._call(start)))

    def _begun(self) -> tuple[Worker, Start | None]:
        worker = self._new_worker()
        task = self._leased(worker)
        start = None if task is None else self.kernel.store.transact(lambda tx: worker._start(tx, task))
        return worker, start

    def _leased(self, worker: Worker) -> Task | None:
        task = self.kernel.store.transact(worker._lease)
        return task if task is not None and task.kind == "execute" else None

    def _wake(self) -> None:
        if self._asleep:
            self._asleep.pop(self.random.randrange(len(self._asleep)))()

    def _time(self) -> None:
        self.kernel.later(seconds=self.random.choice((1, 5, LEASED, 120)))

    def _break_answer(self) -> None:
        self.tools.silent = True

    def _refuse(self) -> None:
        self.tools.refusing = True

    def _down(self) -> None:
        self.tools.down = not self.tools.down

    def _drift(self) -> None:
        record = self.tools.records[f"rec-{self.random.randrange(RECORDS)}"]
        record["n"] = self.random.randrange(1_000)

    def _safe_mode(self) -> None:
        person = self.reviewers[0].principal
        switch_safe_mode(self.kernel.services, person, on=self.random.random() < 0.5, reason="Looks odd")

    def _policy(self) -> None:
        activate_policy(self.kernel.services, self.random.choice(POLICIES), by="admin")

    def _withdraw(self) -> None:
        action = self._any(ActionStatus.PENDING, ActionStatus.CLEARED)
        if action is not None:
            withdraw(self.kernel.services, self.kernel.agent, action.id)

    def _stop(self) -> None:
        stop_job(self.kernel.services, self.reviewers[0].principal, self.kernel.job, "Wrong customer")
        self.kernel.job = self.kernel.open_job()

    def _undo(self) -> None:
        action = self._any(ActionStatus.SUCCEEDED)
        if action is not None:
            person = self.random.choice(self.reviewers[:3]).principal
            seen = preview_undo(self.kernel.services, person, action.id)
            wanted = UndoRequest(seen.version, "A mistake")
            taken, _ = undo(self.kernel.services, person, action.id, wanted, self.kernel.key())
            self.told.actions.append(taken.id)

    def _abort(self) -> None:
        """I36: a transaction that dies after it wrote leaves nothing."""
        before = self.bytes()
        worker = self._new_worker()

        def work(tx: Transaction) -> None:
            task = worker._lease(tx)
            if task is not None and task.kind == "execute":
                worker._start(tx, task)
            raise _DiedError

        try:
            self.kernel.store.transact(work)
        except _DiedError:
            assert self.bytes() == before


class _DiedError(Exception):
    """The process died here."""


@contextmanager
def _refusable() -> Iterator[None]:
    """A refusal is an answer; anything else is a bug."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code in {Code.DATABASE_BUSY, Code.DATABASE_UNUSABLE}:
            raise


def whole(snapshot: Snapshot) -> list[Recorded]:
    """The ledger, read back from its bytes."""
    return [read_stored(one) for one in snapshot.entries(start=0, limit=max(1, snapshot.size()))]


def tables_against(snapshot: Snapshot, ledger: list[Recorded]) -> list[Broken]:
    """I35: every row is the fold, and listings show the same rows."""
    folded: dict[str, Aggregate] = fold_all(ledger)
    rows: dict[str, Aggregate] = {}
    for kind in KINDS.values():
        for state in snapshot.every(kind):
            rows[stream_of(kind, state.id)] = state
    listed = snapshot.actions(ActionQuery(order="newest"), limit=100_000).items
    different = sorted(name for name in folded.keys() | rows.keys() if folded.get(name) != rows.get(name))
    different += [action.id for action in listed if folded[stream_of(Action, action.id)] != action]
    return [Broken("I35", f"{name} is not what the ledger says") for name in different]


def _rfc3339(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat()
