"""A mode is changed in the text of a document, and nothing else of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineclear.domain.policy.amending import with_mode
from lineclear.domain.policy.differing import differences
from lineclear.domain.policy.document import load
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Mode

FULL = (Path(__file__).parents[2] / "resources/policy/full.yaml").read_text(encoding="utf-8")
PLAIN = """capabilities:
  read_data:  # reads alone
    tools:
      - name: crm.read
"""


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that are gone, and those that are new."""
    old, new = before.splitlines(), after.splitlines()
    return [one for one in old if one not in new], [one for one in new if one not in old]


def mode(text: str, capability: str, agent: str) -> Mode | None:
    return load(text).mode_of(capability, agent)


def test_an_agent_that_is_named_is_changed_where_it_stands():
    after = with_mode(FULL, "deploy_service", "nightly-agent", Mode.ASSISTED)
    assert changed(FULL, after) == (["      nightly-agent: draft"], ["      nightly-agent: assisted"])


def test_an_agent_that_is_not_named_gets_a_line_and_comments_stay():
    after = with_mode(FULL, "deploy_service", "new-agent", Mode.DELEGATED)
    assert changed(FULL, after) == ([], ["      new-agent: delegated"])
    assert "modes:                               # one mode for each agent that is named" in after


def test_a_mode_for_all_stays_that_of_everyone_else():
    after = with_mode(FULL, "issue_refund", "new-agent", Mode.DRAFT)
    gone, come = changed(FULL, after)
    assert len(gone) == 1
    assert come[0].split() == ["modes:", "#", "one", "mode", "for", "every", "agent"]
    assert come[1:] == ["      everyone: delegated", "      new-agent: draft"]
    assert mode(after, "issue_refund", "new-agent") is Mode.DRAFT
    assert mode(after, "issue_refund", "any-other") is Mode.DELEGATED


def test_everyone_is_changed_in_either_form():
    after = with_mode(FULL, "issue_refund", "everyone", Mode.DRAFT)
    assert mode(after, "issue_refund", "any-other") is Mode.DRAFT
    assert len(changed(FULL, after)[1]) == 1
    again = with_mode(
        with_mode(after, "issue_refund", "one", Mode.MANAGED), "issue_refund", "everyone", Mode.ASSISTED
    )
    assert mode(again, "issue_refund", "one") is Mode.MANAGED
    assert mode(again, "issue_refund", "two") is Mode.ASSISTED


def test_a_capability_without_modes_gets_them_under_its_name():
    after = with_mode(PLAIN, "read_data", "crm-agent", Mode.ASSISTED)
    assert after.splitlines()[1:4] == [
        "  read_data:  # reads alone",
        "    modes:",
        "      crm-agent: assisted",
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("{a: draft}", "{a: assisted}"),
        ("{'a': \"draft\"}", "{'a': assisted}"),
        ("{b: draft}", "{a: assisted, b: draft}"),
    ],
)
def test_brackets_stay_brackets(written, expected):
    before = PLAIN + f"    modes: {written}  # kept\n"
    after = with_mode(before, "read_data", "a", Mode.ASSISTED)
    assert after == PLAIN + f"    modes: {expected}  # kept\n"


def test_line_ends_are_kept():
    after = with_mode(PLAIN.replace("\n", "\r\n"), "read_data", "a", Mode.DRAFT)
    assert after.replace("\r\n", "").count("\n") == 0
    assert mode(after, "read_data", "a") is Mode.DRAFT


@pytest.mark.parametrize(
    ("text", "capability"),
    [
        (PLAIN, "unknown"),
        ("capabilities: {read_data: {tools: [{name: crm.read}]}}\n", "read_data"),
        ("capabilities: [", "read_data"),
    ],
)
def test_what_has_no_single_place_is_refused(text, capability):
    with pytest.raises(Refusal) as refused:
        with_mode(text, capability, "a", Mode.DRAFT)
    assert refused.value.code is Code.DOCUMENT_INVALID


def test_a_mode_of_an_agents_own_is_held_against_what_everyone_has():
    """An agent that had everyone's draft and is managed now is trusted more, though a line was added."""
    before = PLAIN + "    modes: draft\n"
    (found,) = differences(before, with_mode(before, "read_data", "a", Mode.MANAGED))
    assert (found.path, found.direction) == ("read_data.modes.a", "looser")
    (found,) = differences(PLAIN, with_mode(PLAIN, "read_data", "a", Mode.MANAGED))
    assert found.direction == "stricter"
