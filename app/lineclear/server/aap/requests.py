"""Requests of the Agent Approval Protocol: an agent asks, waits, cancels, consumes and reports.

Free of frameworks.
"""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from msgspec import UNSET

from lineclear.application.agents.tool_calls import LONGEST_WINDOW, ToolCall, ask
from lineclear.application.executing.consume import consume, own_action
from lineclear.application.executing.outcome import report
from lineclear.application.jobs import withdraw
from lineclear.application.ports import Snapshot
from lineclear.domain.actions import Action
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.uuids import Named, id_of
from lineclear.domain.vocabulary import Source
from lineclear.server.aap.answers import request_of
from lineclear.server.aap.routes import Asked, Way, answered
from lineclear.server.endpoints import Again, Answer
from lineclear.wire.aap import BASE, LONGEST_WAIT, Create, ReportOutcome, length_of

CREATIONS = 600
"""Requests that one agent may create in a minute."""

_SESSIONS = ("session_id", "thread_id", "conversation_id", "run_id")


def _create(asked: Asked) -> Answer:
    request, said = asked.request, asked.message(Create)
    asked.outside.limits.take("requests of an agent", asked.principal.subject, CREATIONS)
    action, replayed = ask(asked.outside.services, asked.principal, _call(asked, said), request)
    return _present(asked, action, HTTPStatus.OK if replayed else HTTPStatus.CREATED)


def _call(asked: Asked, said: Create) -> ToolCall:
    context = b"{}" if said.context is UNSET else bytes(said.context)
    for name, raw in (("arguments", bytes(said.arguments)), ("context", context)):
        if not raw.startswith(b"{"):
            raise Refusal(Code.BODY_INVALID, problem=f"{name} is not an object")
    return ToolCall(
        tool=said.tool,
        server="" if said.server is UNSET else said.server,
        arguments=bytes(said.arguments),
        window=length_of(said.timeout, LONGEST_WINDOW),
        reasoning="" if said.agent_reasoning is UNSET else said.agent_reasoning,
        session=_session(context),
        submission=asked.body,
    )


def _session(context: bytes) -> str:
    """What the adapter calls the run, by the names that adapters use; it orders work and proves nothing."""
    members: dict[str, object] = msgspec.json.decode(context)
    resume = members.get("resume")
    places = (members, resume if isinstance(resume, dict) else {})
    found = (place.get(name) for place in places for name in _SESSIONS)
    return next((name for name in found if isinstance(name, str) and name), "")


def _read(asked: Asked) -> Answer:
    wait = asked.query.get("wait")
    try:
        seconds = length_of(wait, LONGEST_WINDOW).total_seconds() if wait is not None else 0
    except ValueError as error:
        raise Refusal(Code.QUERY_INVALID, problem=error) from None

    def work(snapshot: Snapshot) -> Answer:
        action = own_request(snapshot, asked)
        waits = seconds and not action.is_answered
        again = Again(snapshot.size(), min(seconds, LONGEST_WAIT)) if waits else None
        return Answer(request_of(snapshot, action), again=again)

    return asked.outside.services.store.read(work)


def _cancel(asked: Asked) -> Answer:
    services = asked.outside.services
    action = services.store.read(lambda snapshot: own_request(snapshot, asked))
    return _present(asked, withdraw(services, asked.principal, action.id, undecided=True))


def _consume(asked: Asked) -> Answer:
    services = asked.outside.services
    action = services.store.read(lambda snapshot: own_request(snapshot, asked))
    if asked.body not in {b"", b"{}"}:
        raise Refusal(Code.BODY_INVALID, problem="nothing is said here beyond the address")
    return _present(asked, consume(services, asked.principal, action.id, asked.request)[0])


def _report(asked: Asked) -> Answer:
    services, said = asked.outside.services, asked.message(ReportOutcome)
    action = services.store.read(lambda snapshot: own_request(snapshot, asked))
    note = "" if said.note is UNSET else said.note
    succeeded = said.status == "succeeded"
    return _present(asked, report(services, asked.principal, action.id, succeeded=succeeded, note=note))


def own_request(snapshot: Snapshot, asked: Asked) -> Action:
    """The caller's own request; all others do not exist for it."""
    identifier = id_of(Named.REQUEST, asked.path)
    if identifier is None:
        raise Refusal(Code.NOT_FOUND, what="This request")
    action = own_action(snapshot, asked.principal, identifier)
    if action.source is not Source.AAP:
        raise Refusal(Code.NOT_FOUND, what="This request")
    return action


def _present(asked: Asked, action: Action, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return answered(asked.outside.services.store.read(lambda snap: request_of(snap, action)), status)


_ONE = f"{BASE}/v1/requests/{{id}}"
WAYS: tuple[Way, ...] = (
    Way(
        "POST",
        f"{BASE}/v1/requests",
        "Ask whether one tool call may be made.",
        Deed.PROPOSE,
        _create,
        has_body=True,
        has_key=True,
    ),
    Way(
        "GET",
        _ONE,
        "Read a request, or wait for its decision.",
        Deed.PROPOSE,
        _read,
        query=frozenset({"wait"}),
    ),
    Way("DELETE", _ONE, "Withdraw a pending request.", Deed.PROPOSE, _cancel),
    Way(
        "POST",
        f"{_ONE}/consume",
        "Use an approval, once, right before the call.",
        Deed.PROPOSE,
        _consume,
        has_key=True,
    ),
    Way("POST", f"{_ONE}/outcome", "Say how an approved call went.", Deed.PROPOSE, _report, has_body=True),
)
