"""An administrator and reviewers at a terminal, with a real backend: who may decide, and what follows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lineclear.application.governing.people import Grant
from lineclear.cli.exits import Exit
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier
from support.backend import Running, lineclear, new_key, new_workspace, running


@pytest.fixture
def here(tmp_path: Path):
    with running(new_workspace(tmp_path / "workspace")) as started:
        yield started


def people(here: Running, token: str, *arguments: object) -> Any:
    ended = lineclear("people", *arguments, "--url", here.url, "--token", token, "--json")
    assert (ended.returncode, ended.stderr) == (Exit.OK, ""), ended.stdout + ended.stderr
    return json.loads(ended.stdout)


def refused(here: Running, token: str, *arguments: object) -> str:
    ended = lineclear("people", *arguments, "--url", here.url, "--token", token, "--json")
    assert ended.returncode == Exit.REFUSED, ended.stdout + ended.stderr
    return json.loads(ended.stdout)["error"]["code"]


def test_authority_is_lent_used_and_taken_back_in_a_terminal(here: Running):
    bot, deputy = here.bot(), here.hand("deputy", tier=Tier.ONE)
    lead = here.token("lead", Role.OPS, tier=Tier.TWO)
    refund = bot.propose()
    with pytest.raises(Refusal) as caught:
        deputy.decide(refund)
    assert caught.value.code is Code.TIER_INSUFFICIENT
    said = ["--tier", "2", "--capability", "issue_refund", "--lasts", "7d"]
    lent = people(here, lead, "delegate", "deputy", *said, "--reason", "holidays")
    assert lent["received"][0]["giver"] == "lead"
    assert deputy.decide(refund).status is ActionStatus.CLEARED
    identifier = lent["received"][0]["id"]
    assert "received" not in people(here, lead, "end-delegation", identifier, "--reason", "back")
    assert refused(here, lead, "end-delegation", identifier) == "not_found"
    with pytest.raises(Refusal):
        deputy.decide(bot.propose())


def test_the_list_says_in_words_who_may_what(here: Running):
    root = here.token("root", Role.ADMIN, tier=Tier.THREE)
    ops = here.token("ops-west", Role.OPS, tier=Tier.ONE)
    people(here, root, "enrol", "lead", "--role", "approver", "--tier", 2, "--ceiling", "500.00")
    people(here, ops, "break-glass", "--minutes", 5, "--reason", "payments are down")
    listed = lineclear("people", "list", "--url", here.url, "--token", root)
    assert listed.returncode == Exit.OK
    assert "approver, tier 2, up to 500.00 USD" in listed.stdout
    assert "not reviewed yet. Reason: payments are down" in listed.stdout
    people(here, root, "review-glass", "ops-west", "--justified", "--reason", "the outage was real")
    people(here, root, "leave", "ops-west", "--reason", "moved on")
    listed = lineclear("people", "list", "--url", here.url, "--token", root)
    assert "Taken off by root" in listed.stdout
    assert refused(here, root, "leave", "ops-west", "--reason", "again") == "person_unknown"
    assert refused(here, root, "enrol", "root", "--role", "admin", "--tier", 3) == "own_authority"


def test_a_token_is_made_shown_once_and_revoked_over_http(here: Running):
    root = here.client(here.token("root", Role.ADMIN, tier=Tier.THREE))
    key = new_key()
    wanted = Grant("new-agent", Role.AGENT, owner="lead")
    issued = root.people.issue(wanted, key=key)
    assert here.client(issued.secret).me().subject == "new-agent"
    with pytest.raises(Refusal) as caught:
        root.people.issue(wanted, key=key)
    assert caught.value.code is Code.SECRET_SHOWN
    assert issued.token.id in {one.id for one in root.people.tokens()}
    assert root.people.revoke_token(issued.token.id, key=new_key()).revoked
    with pytest.raises(Refusal) as caught:
        here.client(issued.secret).me()
    assert caught.value.code is Code.TOKEN_INVALID
