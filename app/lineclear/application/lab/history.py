"""Past actions with the facts that policy had, read from the ledger. Changes nothing; free of frameworks.

What history cannot give is named, never filled in: erased payloads, tools whose contract is gone, and what
happened before the first entry that is read.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

import msgspec

from lineclear.application.executing.inside import is_inside
from lineclear.application.judging.evaluating import payload_of
from lineclear.application.judging.occasions import facts_of
from lineclear.application.ports import Snapshot
from lineclear.application.recording import read_stored
from lineclear.application.services import Services, moment
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.control import Workspace
from lineclear.domain.events import AgentEnrolled
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job
from lineclear.domain.payloads import Change
from lineclear.domain.policy.capabilities import CapabilityDocument
from lineclear.domain.policy.consulted import Consulted
from lineclear.domain.policy.rules import Occasion
from lineclear.domain.refusals import Refusal
from lineclear.domain.vocabulary import ActionStatus, Mode, Outcome, Verdict
from lineclear.domain.wording import marked

PAGE: Final = 2_000


class Lack(StrEnum):
    """Why an action of the past cannot be judged, or not in full."""

    UNDO = "undo"
    INSIDE = "inside"
    UNJUDGED = "unjudged"
    PAYLOAD = "payload"
    CONTRACT = "contract"
    CONDITION = "condition"
    EARLIER = "earlier"
    JUDGE = "judge"


SAYS: Final = {
    Lack.UNDO: marked("undos, which no document judges"),
    Lack.INSIDE: marked("changes of Lineclear itself, which no document judges"),
    Lack.UNJUDGED: marked("actions that policy never judged"),
    Lack.PAYLOAD: marked("actions whose payload was erased"),
    Lack.CONTRACT: marked("actions of tools that no connector declares any more"),
    Lack.CONDITION: marked("actions of which a condition could not be answered"),
    Lack.EARLIER: marked("actions whose earlier proposals lie before what was read"),
    Lack.JUDGE: marked("actions on which the judge outside has no word on record"),
}


@dataclass(frozen=True, slots=True)
class Past:
    """One action in its last revision: the facts as they were, and what became of it.

    `mode` is the agent's own at that time. `waited` is seconds from the revision to the last vote.
    """

    action: str
    job: str
    change: Change
    contract: ToolContract
    confidence: str
    environment: str
    mode: Mode | None
    occasion: Occasion
    was: Outcome
    votes: int
    rejected: bool
    undone: bool
    ran: bool
    waited: float
    usd: Decimal
    consulted: Consulted | None = None

    @property
    def was_wrong(self) -> bool:
        """Whether people said no to it, or took it back."""
        return self.rejected or self.undone


class _Glance(msgspec.Struct, frozen=True):
    """What of an entry says whether it begins an action."""

    stream: str
    type: str


_GLANCE: Final = msgspec.json.Decoder(_Glance)


class History:
    """Reads past actions in order, for one pass, by one thread.

    A pass that begins behind the first entry does not know how often an agent proposed before. Of the
    proposals of one tool only so many are kept as the documents' rates can count.
    """

    def __init__(self, services: Services, documents: Iterable[CapabilityDocument], *, whole: bool) -> None:
        rates = [rate for document in documents for rate in document.rates()]
        self._services = services
        self._window = max((rate.seconds for rate in rates), default=0)
        self._most = max((rate.most for rate in rates), default=0)
        self._recent: defaultdict[tuple[str, str], dict[str, deque[datetime]]] = defaultdict(dict)
        self._modes: dict[str, list[tuple[int, dict[str, Mode]]]] = {}
        self._jobs: dict[str, Job | None] = {}
        self._since: datetime | None = None
        self._whole = whole

    def page(self, start: int, limit: int) -> tuple[int, list[Past | Lack]]:
        """The actions that began in so many entries, and where the next page starts; equal at the end."""
        return self._services.store.read(lambda snapshot: self._page(snapshot, start, limit))

    def _page(self, snapshot: Snapshot, start: int, limit: int) -> tuple[int, list[Past | Lack]]:
        entries = snapshot.entries(start=start, limit=limit)
        workspace = snapshot.every(Workspace)[0]
        found: list[Past | Lack] = []
        for stored in entries:
            glance = _GLANCE.decode(stored.entry)
            if glance.type == "action.proposed":
                action = snapshot.load(Action, glance.stream.partition("/")[2])
                assert action is not None  # its first entry stands here
                found.append(self._past(snapshot, workspace, action, stored.index))
        return start + len(entries), found

    def _past(self, snapshot: Snapshot, workspace: Workspace, action: Action, index: int) -> Past | Lack:
        if action.undoes:
            return Lack.UNDO
        if is_inside(action):
            return Lack.INSIDE
        if action.judged is None:
            return Lack.UNJUDGED
        facts = facts_of(action, self._job(snapshot, action.job), workspace.name, action.revised_at)
        occasion = replace(facts, recent=self._counted(action))
        try:
            change = payload_of(snapshot, action)
        except Refusal:
            return Lack.PAYLOAD
        contract = self._services.tools.contract(action.tool)
        if contract is None or not isinstance(change, Change):
            return Lack.CONTRACT
        return Past(
            action=action.id,
            job=action.job,
            change=change,
            contract=contract,
            confidence=action.confidence,
            environment=workspace.environment,
            mode=self._mode(snapshot, action, index),
            occasion=occasion,
            was=action.judged.outcome,
            votes=len(action.votes),
            rejected=any(vote.verdict is Verdict.REJECT for vote in action.votes),
            undone=action.status is ActionStatus.UNDONE,
            ran=action.status in {ActionStatus.SUCCEEDED, ActionStatus.UNDONE},
            waited=_waited(action),
            usd=Decimal(action.amount) if action.amount and action.currency == "USD" else Decimal(0),
            consulted=action.consulted,
        )

    def _job(self, snapshot: Snapshot, identifier: str) -> Job | None:
        if identifier not in self._jobs:
            self._jobs[identifier] = snapshot.load(Job, identifier)
        return self._jobs[identifier]

    def _counted(self, action: Action) -> tuple[tuple[str, float], ...] | None:
        """The agent's proposals before this one; None where a window may reach behind what was read."""
        if not self._window:
            return None
        at = moment(action.proposed_at)
        self._since = self._since or at
        tools = self._recent[action.agent, action.capability]
        before = None
        if self._whole or (at - self._since).total_seconds() >= self._window:
            before = tuple(
                (tool, ago)
                for tool, times in tools.items()
                for then in times
                if (ago := (at - then).total_seconds()) < self._window
            )
        tools.setdefault(action.tool, deque(maxlen=self._most)).append(at)
        return before

    def _mode(self, snapshot: Snapshot, action: Action, index: int) -> Mode | None:
        """The agent's own mode when the entry was written."""
        if action.agent not in self._modes:
            self._modes[action.agent] = list(_enrolments(snapshot, action.agent))
        held: dict[str, Mode] = {}
        for since, modes in self._modes[action.agent]:
            if since > index:
                break
            held = modes
        return held.get(action.capability)


def _enrolments(snapshot: Snapshot, agent: str) -> Iterator[tuple[int, dict[str, Mode]]]:
    for stored in snapshot.stream(Agent, agent):
        recorded = read_stored(stored)
        if isinstance(recorded.event, AgentEnrolled):
            yield recorded.index, recorded.event.modes


def _waited(action: Action) -> float:
    if not action.votes:
        return 0.0
    return (moment(action.votes[-1].at) - moment(action.revised_at)).total_seconds()
