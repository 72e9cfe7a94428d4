"""A tool call that an agent wants to make itself becomes a proposal. Free of frameworks and databases.

Tool names are the policy's: the capability that lists a tool is the one that it is judged under. What no
system of the workspace declares as the agent's own is judged as the stand-in tool `<system>.unlisted`, with
the real name among its arguments, so that policy can queue it; where no capability lists that, it is denied.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

import msgspec

from lineclear.application.idempotency import Request, replayed
from lineclear.application.jobs import open_job
from lineclear.application.judging.clearing import policy_in_force
from lineclear.application.ports import Snapshot
from lineclear.application.propose import NOTE_LIMIT, Proposal, propose
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.events import Budget, JobBrief
from lineclear.domain.identities import Agent
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Executor, Source

UNLISTED: Final = "unlisted"
LONGEST_WINDOW: Final = timedelta(days=7)
BUDGET: Final = Budget(repeats=50)
_SESSION_LIMIT = 200


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call as submitted. `arguments` is the exact JSON text of an object; `session` may be empty."""

    tool: str
    server: str
    arguments: bytes
    window: timedelta
    reasoning: str
    session: str
    submission: bytes

    @property
    def name(self) -> str:
        """The tool as policy and workspace document name it."""
        return f"{self.server}.{self.tool}" if self.server else self.tool


def ask(services: Services, principal: Principal, call: ToolCall, request: Request) -> tuple[Action, bool]:
    """Propose the call; True where the same request was answered before. Raises Refusal."""
    principal.require(Deed.PROPOSE)
    earlier = services.store.read(lambda snapshot: _earlier(snapshot, principal, request))
    if earlier is not None:
        return earlier, True
    services.store.read(lambda snapshot: check_going(snapshot, principal))
    contract, stands_in = _contract(services, call)
    capability = services.store.read(lambda snapshot: _capability(snapshot, contract.tool, call.name))
    job, _ = open_job(services, principal, *_job(services, principal, call))
    proposal = Proposal(
        job=job.id,
        payload=_payload(call, contract, capability, stands_in=stands_in),
        why=_cut(call.reasoning),
        source=Source.AAP,
        window=min(call.window, LONGEST_WINDOW),
        submission=call.submission,
    )
    return propose(services, principal, proposal, request)


def check_going(snapshot: Snapshot, principal: Principal) -> None:
    """Refusal(AGENT_STOPPED) before anything about a job is said: a stopped agent has no other way on."""
    agent = snapshot.load(Agent, principal.subject)
    if agent is not None and agent.stopped_by:
        raise Refusal(Code.AGENT_STOPPED, agent=agent.id, by=agent.stopped_by)


def _earlier(snapshot: Snapshot, principal: Principal, request: Request) -> Action | None:
    result = replayed(snapshot, principal, request)
    return None if result is None else snapshot.load(Action, result)


def _contract(services: Services, call: ToolCall) -> tuple[ToolContract, bool]:
    """The tool's own contract, or that of the stand-in; Refusal where agents execute nothing here."""
    contract = services.tools.contract(call.name)
    if contract is not None and contract.executor is Executor.AGENT and not _is_stand_in(contract):
        return contract, False
    for other in services.tools.contracts():
        if _is_stand_in(other):
            return other, True
    raise Refusal(Code.SOURCE_CLOSED)


def _is_stand_in(contract: ToolContract) -> bool:
    return contract.executor is Executor.AGENT and contract.tool == f"{contract.connector}.{UNLISTED}"


def _capability(snapshot: Snapshot, tool: str, name: str) -> str:
    """The first capability that lists the tool; the call's own name where none does, which policy denies."""
    _, document = policy_in_force(snapshot)
    return next((one.name for one in document.capabilities.values() if tool in one.tools), name)


def _payload(call: ToolCall, contract: ToolContract, capability: str, *, stands_in: bool) -> bytes:
    arguments: dict[str, object] = {"tool": call.tool}
    if call.server:
        arguments["server"] = call.server
    arguments["arguments"] = msgspec.Raw(call.arguments)
    body = arguments if stands_in else msgspec.Raw(call.arguments)
    return msgspec.json.encode({"capability": capability, "tool": contract.tool, "arguments": body})


def _job(services: Services, principal: Principal, call: ToolCall) -> tuple[JobBrief, Budget, Request]:
    """One job for each session that the adapter names, else one for each day."""
    day = services.clock.now().date().isoformat()
    part = f"in session {call.session[:_SESSION_LIMIT]}" if call.session else f"on {day}"
    digest = sha256(f"{call.session}\n{'' if call.session else day}".encode()).hexdigest()
    return JobBrief(f"Tool calls of {principal.subject} {part}"), BUDGET, Request(f"job-{digest}", digest)


def _cut(text: str) -> str:
    """The whole of it is in the submission."""
    if len(text) <= NOTE_LIMIT:
        return text
    shown = NOTE_LIMIT - 60
    return f"{text[:shown]}… (+{len(text) - shown} characters)"
