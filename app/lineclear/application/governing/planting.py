"""An administrator plants a canary in an agent's name, and reads what became of all. Free of frameworks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from lineclear.application.governing.canaries import KEEPER, secret_of
from lineclear.application.idempotency import Request
from lineclear.application.jobs import end_job, open_job
from lineclear.application.ports import Ids, Remembered, Snapshot
from lineclear.application.propose import Proposal, propose
from lineclear.application.reasons import require_reason
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.canaries import marked
from lineclear.domain.events import Budget, JobBrief
from lineclear.domain.identities import Agent
from lineclear.domain.principals import Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Verdict

_MARKED = frozenset({"act", "job"})


@dataclass(frozen=True, slots=True)
class Planting:
    """A canary: whose proposal it seems to be, what it proposes, and what is wrong (shown afterwards)."""

    agent: str
    goal: str
    payload: bytes
    wrong: str
    why: str = ""
    confidence: str = "0.90"


@dataclass(frozen=True, slots=True)
class Score:
    """How often a person caught a canary, and how often not."""

    person: str
    caught: int
    missed: int


@dataclass(frozen=True, slots=True)
class _MarkingIds:
    """The workspace's ids, with the mark where it belongs."""

    ids: Ids
    known: bytes

    def new(self, prefix: str) -> str:
        identifier = self.ids.new(prefix)
        return marked(identifier, self.known) if prefix in _MARKED else identifier

    def secret(self) -> bytes:
        return self.ids.secret()


def plant(services: Services, planting: Planting) -> Action:
    """Put a canary into the queue by the very steps of a real proposal. Raises Refusal.

    What policy allows without a person is refused and leaves no trace; what it denies stays denied.
    """
    require_reason(planting.wrong, "Planting a canary")
    if services.store.read(lambda snapshot: snapshot.load(Agent, planting.agent)) is None:
        raise Refusal(Code.NOT_FOUND, what=f"Agent {planting.agent}")
    secret = services.store.transact(lambda tx: secret_of(services, tx))
    marking = replace(services, ids=_MarkingIds(services.ids, secret))
    agent = Principal(Role.AGENT, planting.agent, token="")
    job, _ = open_job(marking, agent, JobBrief(planting.goal), Budget(), _fresh(services))
    proposal = Proposal(job.id, planting.payload, why=planting.why, confidence=planting.confidence)
    try:
        action, _ = propose(marking, agent, proposal, _fresh(services))
    except Refusal:
        end_job(services, agent, job.id, "abandoned", _fresh(services))
        raise
    if action.status is not ActionStatus.PENDING:
        end_job(services, agent, job.id, "abandoned", _fresh(services))
        raise Refusal(Code.CANARY_UNSEEN, status=action.status)
    said = Remembered(KEEPER, action.id, "", planting.wrong)
    services.store.transact(lambda tx: tx.remember(said))
    return action


def scores(snapshot: Snapshot) -> tuple[Score, ...]:
    """By person, over every canary that was decided."""
    caught: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for action in snapshot.every(Action):
        if action.canary:
            for vote in action.votes:
                (caught if vote.verdict is Verdict.REJECT else missed)[vote.person] += 1
    people = sorted({*caught, *missed})
    return tuple(Score(person, caught[person], missed[person]) for person in people)


def _fresh(services: Services) -> Request:
    return Request(services.ids.new("canary"), "")
