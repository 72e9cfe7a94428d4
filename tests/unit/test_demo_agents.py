"""What the sample agents find and propose, read from a sample workspace; nothing is started."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from lineclear.adapters.connectors.workspace import open_workspace
from lineclear.application.ports import ToolFailed
from lineclear.demo.agents.memory import Memory, Parked
from lineclear.demo.agents.roster import AGENTS
from lineclear.demo.agents.story import Desk, Story
from lineclear.demo.picker import Picker
from lineclear.demo.reading import Systems, read_row
from lineclear.demo.sample import build

MANY = 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("sample") / "workspace").folder


def told(folder: Path, agent: str, seed: int = 7) -> list[Story]:
    return list(islice(AGENTS[agent](Desk(Systems(folder), Picker(seed, agent))), MANY))


@pytest.mark.parametrize("agent", AGENTS)
def test_everything_an_agent_proposes_is_what_its_tool_takes(folder: Path, agent: str):
    tools = open_workspace(folder / "workspace.yaml", now=lambda: 0).tools
    for story in told(folder, agent):
        assert tools.problem(story.tool, dict(story.arguments)) is None, story.name
        try:
            preview = tools.connector(story.tool).preview(story.tool, dict(story.arguments))
        except ToolFailed as refused:
            pytest.fail(f"{story.name}: {refused}")
        assert preview.before != preview.after


@pytest.mark.parametrize("agent", AGENTS)
def test_the_same_seed_tells_the_same_stories_under_names_of_their_own(folder: Path, agent: str):
    stories = told(folder, agent)
    assert told(folder, agent) == stories
    assert len({story.name for story in stories}) == len(stories) > 0


def test_another_seed_tells_them_otherwise(folder: Path):
    assert told(folder, "support-agent", seed=8) != told(folder, "support-agent")


@pytest.mark.parametrize("agent", AGENTS)
def test_every_story_says_why_costs_something_and_fits_its_budget(folder: Path, agent: str):
    for story in told(folder, agent):
        assert 0 < len(story.why) <= 60
        assert any(step.quotes for step in story.steps)
        assert any(step.kind == "model" and step.tokens and float(step.cost) > 0 for step in story.steps)
        assert len(story.steps) <= 12


def test_the_first_refund_is_the_doubled_payment_and_is_due_within_ten_minutes(folder: Path):
    first, second, third = told(folder, "support-agent")[:3]
    assert first.arguments == {
        "payment_id": "pay_8841",
        "amount": "180.00",
        "currency": "USD",
        "reason": "duplicate",
    }
    assert first.due.total_seconds() < 600
    assert (second.arguments["amount"], third.arguments["amount"]) == ("36.00", "249.00")


def test_the_crm_agent_is_unsure_of_twelve_fields(folder: Path):
    story = told(folder, "crm-agent")[0]
    assert len(story.arguments["fields"]) == 12
    assert story.arguments["fields"]["payment_terms_days"] == 30
    assert story.confidence == "0.62"


def test_one_note_is_hostile_on_purpose_and_says_so(folder: Path):
    notes = [story.note for agent in AGENTS for story in told(folder, agent)]
    (hostile,) = [note for note in notes if "<" in note]
    assert hostile.startswith("This note tests the review surface.")
    assert {"\u202e", "\u200b", "\x07"} <= set(hostile)


def test_a_row_is_read_past_everything_else_and_a_missing_one_is_told(folder: Path):
    assert read_row(folder, "payments", "pay_8841")["amount"] == "180.00"
    assert read_row(folder, "tickets", 20418)["subject"] == "Charged twice"
    with pytest.raises(LookupError, match="payments has no row pay_1"):
        read_row(folder, "payments", "pay_1")
    with pytest.raises(LookupError, match="is no table"):
        read_row(folder, "payments; DROP TABLE payments", "pay_8841")


def test_an_agent_remembers_over_a_restart(tmp_path: Path):
    parked = Parked("Resolve ticket 1", "cus_1", "refunds", "act-1")
    memory = Memory(tmp_path / "agent.json")
    memory.park("one", parked)
    memory.park("two", parked)
    memory.close("one")
    again = Memory(tmp_path / "agent.json")
    assert (again.parked, again.count) == ({"two": parked}, 2)
    assert again.knows("one")
    assert not again.knows("three")
