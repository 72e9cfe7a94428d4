"""Agents of the native API carry out what was cleared, once, and say what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lineclear.agents import Cleared, Client, Failed, Refusal, Succeeded, Unknown, Waiting
from lineclear.application.deciding.editing import Edit
from lineclear.domain.refusals import Code
from lineclear.domain.vocabulary import Role, Verdict
from support.aap import agents_workspace
from support.backend import Running, new_key, running

MAIL = {"to": "p.lindqvist@example.com", "body": "It is on its way."}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(agents_workspace(tmp_path / "workspace"), workers=0) as backend:
        yield backend


@pytest.fixture
def agent(here: Running) -> Iterator[Client]:
    with Client(here.url, here.token("reply-bot", Role.AGENT, owner="owner")) as client:
        yield client


def test_a_call_that_policy_allows_is_cleared_at_once_and_its_outcome_is_the_agents_word(here, agent):
    with agent.job("Look something up") as job:
        outcome = job.propose("agents_read", "look_up", {"id": 7})
        assert isinstance(outcome, Cleared)
        order = agent.consume(outcome.action)
        assert (order.tool, order.arguments) == ("look_up", {"id": 7})
        assert isinstance(agent.report(order.action, "succeeded"), Succeeded)
    assert here.hand().client.detail(order.action).action.executor == "agent"


def test_an_edited_proposal_is_consumed_as_the_reviewer_made_it(here, agent):
    """I1: what is carried out is the revision that was signed, not the one that was proposed."""
    ops = here.hand()
    with agent.job("Reply") as job:
        waiting = job.submit("agents_write", "desk.send", MAIL)
        assert isinstance(waiting, Waiting)
        edit = Edit(b'{"to":"p.lindqvist@example.com","body":"Sorry."}', 1)
        edited = ops.client.edit(waiting.action, edit, key=new_key())
        ops.decide(edited)
        outcome = job.resume(waiting.action)
        assert isinstance(outcome, Cleared)
        order = agent.consume(outcome.action)
        assert (order.revision, order.arguments) == (2, {**MAIL, "body": "Sorry."})
        assert isinstance(agent.report(order.action, "failed", "mailbox full"), Failed)


def test_a_clearance_is_good_for_one_execution_whoever_asks_first(here, agent):
    """I23: the second process, or the same one once more, is refused."""
    with agent.job("Look something up") as job:
        outcome = job.propose("agents_read", "look_up", {"id": 7})
        agent.consume(outcome.action)
        with pytest.raises(Refusal) as refused:
            agent.consume(outcome.action)
        assert refused.value.code is Code.CLEARANCE_CONSUMED
        agent.report(outcome.action, "succeeded")


def test_the_same_request_again_is_answered_as_the_first_was(here, agent):
    with agent.job("Look something up") as job:
        action = job.propose("agents_read", "look_up", {"id": 7}).action
        wire = here.http(here.token("reply-bot", Role.AGENT, owner="owner"), **{"Idempotency-Key": "once"})
        first, second = (wire.post(f"/v1/actions/{action}/consume", json={}) for _ in range(2))
        assert (first.status_code, second.status_code) == (200, 200)
        assert second.headers["Idempotent-Replayed"] == "true"
        assert first.json()["payload"] == second.json()["payload"]


def test_what_nobody_approved_is_not_consumed(here, agent):
    with agent.job("Reply") as job:
        waiting = job.submit("agents_write", "desk.send", MAIL)
        with pytest.raises(Refusal) as early:
            agent.consume(waiting.action)
        ops = here.hand()
        ops.decide(ops.client.detail(waiting.action).action, Verdict.REJECT, "Not like this")
        with pytest.raises(Refusal) as late:
            agent.consume(waiting.action)
    assert early.value.code is late.value.code is Code.NOT_CLEARED


def test_an_agent_that_cannot_say_leaves_it_to_a_person(here, agent):
    """I24: unknown is said as unknown, at once, and a later word of the agent is still taken."""
    with agent.job("Look something up") as job:
        action = job.propose("agents_read", "look_up", {"id": 7}).action
        with pytest.raises(Refusal) as early:
            agent.report(action, "unknown")
        agent.consume(action)
        assert agent.report(action, "unknown", "the line went dead") == Unknown(action, "the line went dead")
        assert agent.report(action, "unknown", "still dead") == Unknown(action, "the line went dead")
        assert isinstance(agent.report(action, "succeeded"), Succeeded)
        with pytest.raises(Refusal) as late:
            agent.report(action, "unknown", "dead after all")
    assert (early.value.code, late.value.code) == (Code.NOT_CONSUMED, Code.OUTCOME_KNOWN)
