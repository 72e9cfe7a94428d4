"""Agents over HTTP: stopped and let go on by people. Free of frameworks."""

from __future__ import annotations

from lineclear.application.jobs import resume_agent, stop_agent
from lineclear.application.ports import Snapshot
from lineclear.domain.identities import Agent
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Code, Refusal
from lineclear.server.endpoints import Answer, Call, Endpoint, once, writes
from lineclear.wire.messages import Resume, Stop


def _stop(call: Call, asked: Stop) -> Answer:
    return once(
        call,
        lambda: Answer(stop_agent(call.services, call.principal, call.path["agent"], asked.reason)),
        again=lambda: _present(call),
    )


def _resume(call: Call, asked: Resume) -> Answer:
    return once(
        call,
        lambda: Answer(resume_agent(call.services, call.principal, call.path["agent"], asked.reason)),
        again=lambda: _present(call),
    )


def _present(call: Call) -> Answer:
    def work(snapshot: Snapshot) -> Agent:
        agent = snapshot.load(Agent, call.path["agent"])
        if agent is None:
            raise Refusal(Code.NOT_FOUND, what=f"Agent {call.path['agent']}")
        return agent

    return Answer(call.services.store.read(work))


ENDPOINTS: tuple[Endpoint, ...] = (
    writes(
        "/v1/agents/{agent}/stop",
        "Stop an agent: all its jobs stop, and it may propose nothing more.",
        _stop,
        asked=Stop,
        answered=Agent,
        deed=Deed.STOP,
    ),
    writes(
        "/v1/agents/{agent}/resume",
        "Let a stopped agent open jobs again; what was stopped stays stopped.",
        _resume,
        asked=Resume,
        answered=Agent,
        deed=Deed.RESUME_AGENT,
    ),
)
