"""A workspace with people, a provider's process and shared time, and the judgement of what happened there."""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lineclear.adapters.system.signatures import Ed25519Signer
from lineclear.application.executing.attending import HELD
from lineclear.application.governing.people import Grant, enrol_device, issue_token
from lineclear.application.idempotency import Request
from lineclear.application.jobs import open_job
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.events import Budget, JobBrief
from lineclear.domain.vocabulary import ActionStatus, Role, Tier
from support.faults import child, program
from support.faults_backend import Command, compose
from support.faults_crash import AGENT, OPS, SECRET, approve
from support.faults_ledger import Broken, Judge
from support.faults_provider import Done, journal_of
from support.faults_tools import SharedClock
from support.faults_verdict import tables_against
from support.faults_workers import WORKERS
from support.ledgers import whole

ROUNDS = 8
SETTLED = frozenset(
    {ActionStatus.SUCCEEDED, ActionStatus.FAILED, ActionStatus.UNKNOWN, ActionStatus.REJECTED}
)


@dataclass
class Place:
    """Where processes of a test meet: one database, one provider, one time."""

    folder: Path
    command: Command
    job: str = ""
    device: str = ""
    tokens: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def opened(self) -> Iterator[Services]:
        """The workspace in this process."""
        services = compose(self.command)
        try:
            yield services
        finally:
            services.store.close()

    @property
    def clock(self) -> SharedClock:
        return SharedClock(Path(self.command.clock))

    def pass_leases(self) -> None:
        """Whoever holds a lease now and is dead or asleep has lost it."""
        self.clock.advance(HELD.total_seconds() + 1)

    def journal(self) -> list[Done]:
        """The other side's word."""
        return journal_of(self.folder / "journal")

    def begin(self) -> None:
        """Enrol the agent, the reviewer with a device, and open a job."""
        with self.opened() as services:
            grants = (
                Grant(AGENT.subject, Role.AGENT, owner="owner"),
                Grant(OPS.subject, Role.OPS, tier=Tier.TWO),
            )
            self.tokens |= {grant.name: issue_token(services, grant).secret for grant in grants}
            key = b64encode(Ed25519Signer(SECRET).public_key).decode()
            self.device = enrol_device(services, OPS, key, "memory").id
            request = Request("open", "0" * 64)
            self.job = open_job(services, AGENT, JobBrief("Settle"), Budget(), request)[0].id

    def drain(self) -> None:
        """The dead stay dead; another worker and the reviewer bring everything to its end."""
        with self.opened() as services:
            worker = WORKERS[self.command.worker](services, "drain")
            for _ in range(ROUNDS):
                self.pass_leases()
                while worker.run_one():
                    pass
                waiting = [one for one in _actions(services) if one.status is ActionStatus.PENDING]
                for action in waiting:
                    approve(services, self.device, action)
                if not waiting and all(one.status in SETTLED for one in _actions(services)):
                    return

    def broken(self) -> list[Broken]:
        """Everything that ledger, tables and the other side's journal say is wrong."""
        with self.opened() as services:
            ledger = services.store.read(whole)
            judge = Judge(
                lambda digest: services.store.read(lambda snapshot: snapshot.blob(digest)),
                services.tools.contract,
            )
            found = judge.read(ledger)
            found += services.store.read(lambda snapshot: tables_against(snapshot, ledger))
            return found + self._effects(judge, _actions(services))

    def _effects(self, judge: Judge, actions: tuple[Action, ...]) -> list[Broken]:
        """I1, I23, I24: each effect has a start, each action one effect at most, and nothing is under way."""
        journal, senders = self.journal(), judge.started()
        effects = Counter(senders.get(done.key, "") for done in journal)
        targets = Counter(done.target for done in journal)
        broken = [Broken("I1", f"{effects['']} effects that no start names")] if effects[""] else []
        broken += [Broken("I23", f"{target} was touched {n} times") for target, n in targets.items() if n > 1]
        for action in actions:
            happened, blind = effects[action.id], action.tool.startswith("blind")
            if action.status is ActionStatus.SUCCEEDED and happened != 1:
                broken.append(Broken("I23", f"{action.id} succeeded with {happened} effects"))
            if action.status not in SETTLED or (action.status is ActionStatus.UNKNOWN and not blind):
                broken.append(Broken("I24", f"{action.id}, {action.tool}, is {action.status}"))
        return broken


def _actions(services: Services) -> tuple[Action, ...]:
    return services.store.read(lambda snapshot: snapshot.every(Action))


@contextmanager
def place(folder: Path, url: str = "", *, seconds: float = 0) -> Iterator[Place]:
    """A new workspace; `seconds` is the most that the provider takes before and after an effect."""
    with ExitStack() as stack:
        process = stack.enter_context(child(program("faults_provider", folder / "journal", seconds)))
        port = int(process.line())
        command = Command(url or f"sqlite:///{folder}/ledger.db", str(folder / "clock"), port)
        made = Place(folder, command)
        made.begin()
        yield made
