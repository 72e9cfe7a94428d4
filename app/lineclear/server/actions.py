"""Actions over HTTP: proposed, waited for and withdrawn by their agent, listed and read by people.

Free of frameworks.
"""

from __future__ import annotations

import msgspec

from lineclear.application.deciding.loading import load_action
from lineclear.application.executing.consume import consume
from lineclear.application.executing.outcome import report, report_unknown
from lineclear.application.jobs import withdraw
from lineclear.application.ports import Page, Snapshot
from lineclear.application.propose import Proposal, propose
from lineclear.application.reading.snapshots import read_detail
from lineclear.application.recording import content_of
from lineclear.domain.actions import Action
from lineclear.domain.identities import Person
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Executor, Role, Word
from lineclear.server.endpoints import Again, Answer, Call, Endpoint, once, reads, writes, written
from lineclear.wire.listing import query_of
from lineclear.wire.messages import (
    SAME,
    ActionPage,
    Consumed,
    Detail,
    ListActions,
    Nothing,
    Propose,
    ReadAction,
    Report,
)

_UNSETTLED = frozenset(
    {ActionStatus.PROPOSED, ActionStatus.PENDING, ActionStatus.CLEARED, ActionStatus.STARTED}
)


def _propose(call: Call, asked: Propose) -> Answer:
    proposal = Proposal(
        job=asked.job,
        payload=bytes(asked.payload),
        note=asked.note,
        why=asked.why,
        confidence=asked.confidence,
        deadline=asked.deadline,
        evidence=asked.evidence,
        sources=asked.sources,
    )
    try:
        action, replayed = propose(call.services, call.principal, proposal, call.request)
    except Refusal as refusal:
        raise _compared(call, proposal, refusal) from None
    return written(action, replayed=replayed)


def _compared(call: Call, proposal: Proposal, refusal: Refusal) -> Refusal:
    """A reused key says besides whether the earlier action has the same job and payload, to the byte."""
    if refusal.code is not Code.KEY_REUSED:
        return refusal

    def work(snapshot: Snapshot) -> bool:
        earlier = snapshot.load(Action, refusal.params["earlier"])
        if earlier is None or (earlier.agent, earlier.job) != (call.principal.subject, proposal.job):
            return False
        sealed = snapshot.blob(earlier.content.payload)
        return sealed is not None and content_of(sealed, earlier.content.payload) == proposal.payload

    is_same = call.services.store.read(work)
    return Refusal(Code.KEY_REUSED, **refusal.params, **({"payload": SAME} if is_same else {}))


def _list(call: Call, asked: ListActions) -> Answer:
    now = call.services.clock.now()

    def work(snapshot: Snapshot) -> Page[Action]:
        query = query_of(asked, snapshot.load(Person, call.principal.subject), now)
        return snapshot.actions(query, after=asked.after or None, limit=asked.limit)

    page = call.services.store.read(work)
    return Answer(ActionPage(page.items, page.next or ""))


def _read(call: Call, asked: ReadAction) -> Answer:
    def work(snapshot: Snapshot) -> tuple[Action, int]:
        return _visible(snapshot, call.principal, call.path["action"]), snapshot.size()

    action, size = call.services.store.read(work)
    is_asked = asked.asked and action.attention.open_question is not None
    is_open = action.status in _UNSETTLED and not is_asked and not _is_its_agents(action)
    again = Again(size, asked.wait) if is_open and asked.wait else None
    return Answer(action, version=str(action.seq), again=again)


def _visible(snapshot: Snapshot, principal: Principal, identifier: str) -> Action:
    """The action, unless it is another agent's: then it does not exist for this caller."""
    action = load_action(snapshot, identifier)
    if principal.role is Role.AGENT and action.agent != principal.subject:
        raise Refusal(Code.ACTION_UNKNOWN, action=identifier)
    return action


def _is_its_agents(action: Action) -> bool:
    """Whether it waits for nothing but its agent to carry it out."""
    return action.executor is Executor.AGENT and action.status is ActionStatus.CLEARED


def _consume(call: Call, _: Nothing) -> Answer:
    action, replayed = consume(call.services, call.principal, call.path["action"], call.request)
    digest = action.content.payload
    sealed = call.services.store.read(lambda snapshot: snapshot.blob(digest))
    return Answer(Consumed(action, msgspec.Raw(content_of(sealed, digest))), replayed=replayed)


def _report(call: Call, asked: Report) -> Answer:
    services, principal, action = call.services, call.principal, call.path["action"]

    def say() -> Answer:
        if asked.outcome is Word.UNKNOWN:
            return Answer(report_unknown(services, principal, action, asked.note))
        succeeded = asked.outcome is Word.SUCCEEDED
        return Answer(report(services, principal, action, succeeded=succeeded, note=asked.note))

    def stands() -> Answer:
        return Answer(services.store.read(lambda snapshot: _visible(snapshot, principal, action)))

    return once(call, say, again=stands)


def _detail(call: Call, _: Nothing) -> Answer:
    return Answer(read_detail(call.services, call.principal, call.path["action"]))


def _withdraw(call: Call, _: Nothing) -> Answer:
    action = call.path["action"]
    return once(
        call,
        lambda: Answer(withdraw(call.services, call.principal, action)),
        again=lambda: Answer(
            call.services.store.read(lambda snapshot: _visible(snapshot, call.principal, action))
        ),
    )


ENDPOINTS: tuple[Endpoint, ...] = (
    writes("/v1/actions", "Propose an action.", _propose, asked=Propose, answered=Action, deed=Deed.PROPOSE),
    reads("/v1/actions", "List actions.", _list, asked=ListActions, answered=ActionPage, deed=Deed.READ),
    reads(
        "/v1/actions/{action}",
        "Read an action; an agent reads its own. With `wait`, answered when it is settled.",
        _read,
        asked=ReadAction,
        answered=Action,
    ),
    reads(
        "/v1/actions/{action}/detail",
        "Read all that a reviewer needs to see.",
        _detail,
        asked=Nothing,
        answered=Detail,
        deed=Deed.READ,
    ),
    writes(
        "/v1/actions/{action}/withdraw",
        "Take a proposal back.",
        _withdraw,
        asked=Nothing,
        answered=Action,
        deed=Deed.PROPOSE,
    ),
    writes(
        "/v1/actions/{action}/consume",
        "Use a clearance, once, right before the agent carries the action out itself.",
        _consume,
        asked=Nothing,
        answered=Consumed,
        deed=Deed.PROPOSE,
    ),
    writes(
        "/v1/actions/{action}/outcome",
        "Say what became of an action that the agent carried out itself.",
        _report,
        asked=Report,
        answered=Action,
        deed=Deed.PROPOSE,
    ),
)
