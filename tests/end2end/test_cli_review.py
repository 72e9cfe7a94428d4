"""A reviewer at a terminal, with real processes: `lineclear serve` here, `lineclear review` there."""

from __future__ import annotations

import codecs
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from lineclear.adapters.http.client import BackendClient
from lineclear.application.governing.people import Grant, issue_token
from lineclear.cli.exits import Exit
from lineclear.domain.actions import Action
from lineclear.domain.events import JobBrief
from lineclear.domain.vocabulary import ActionStatus, Role, Tier
from lineclear.server.embed import open_data
from support.backend import LINECLEAR, Bot, lineclear, new_key, new_workspace, served

CUSTOMERS = count(4301)


@dataclass(frozen=True)
class Place:
    """A served workspace with tokens for an agent, a reviewer at tier 3 and another one at tier 2."""

    folder: Path
    url: str
    agent: str
    ops: str
    second: str


@dataclass(frozen=True)
class Town:
    """An agent with a job, and a customer whom no other test touches."""

    place: Place
    bot: Bot
    customer: str

    def move(self, city: str, **more: Any) -> Action:
        """A change that policy asks a person about."""
        change = {"customer_id": self.customer, "fields": {"city": city}}
        payload = {"capability": "manage_customers", "tool": "crm.update_customer", "arguments": change}
        return self.bot.propose(json.dumps(payload).encode(), **{"confidence": "0.50", **more})

    def city(self) -> str:
        """What the CRM itself says."""
        connection = dbapi2.connect(str(self.place.folder / "crm.sqlite"))
        try:
            query = "SELECT city FROM customers WHERE id = ?"
            return connection.execute(query, [self.customer]).fetchone()[0]
        finally:
            connection.close()

    def settled(self, action: str) -> Action:
        return self.bot.client.action(action, wait=20)

    def votes(self, action: str) -> int:
        return len(self.bot.client.action(action).votes)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = new_workspace(tmp_path_factory.mktemp("town") / "workspace")
    opened = open_data(folder)
    grants = (
        Grant("support-agent", Role.AGENT, owner="owner"),
        Grant("ops-west", Role.OPS, tier=Tier.THREE),
        Grant("ops-east", Role.OPS, tier=Tier.TWO),
    )
    agent, ops, second = (issue_token(opened.services, grant).secret for grant in grants)
    opened.close()
    with served(folder) as backend:
        yield Place(folder, backend.url, agent, ops, second)


@pytest.fixture
def town(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    # The machine's own keyring is none of a test's business.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setenv("LINECLEAR_KEY_PASSPHRASE", "correct horse battery staple")
    monkeypatch.setenv("LINECLEAR_URL", place.url)
    monkeypatch.setenv("LINECLEAR_TOKEN", place.ops)
    with closing(BackendClient(place.url, place.agent)) as client:
        job = client.open_job(JobBrief("Resolve ticket 20377"), key=new_key())
        yield Town(place, Bot(client, job), f"cus_{next(CUSTOMERS)}")


def review(*arguments: object) -> Any:
    """What a command answers in JSON; it must succeed."""
    ended = lineclear("review", *arguments, "--json")
    assert (ended.returncode, ended.stderr) == (Exit.OK, ""), ended.stdout + ended.stderr
    assert ended.stdout.count("\n") == 1
    return json.loads(ended.stdout)


def refused(*arguments: object) -> tuple[int, dict[str, Any]]:
    """How a command that must fail ends, and what it says of it."""
    ended = lineclear(*arguments, "--json")
    return ended.returncode, json.loads(ended.stdout)["error"]


def test_what_is_approved_in_a_terminal_changes_the_row_and_what_is_undone_restores_it(town: Town):
    before, action = town.city(), town.move("Boulder")
    assert action.id in {one["id"] for one in review("list")["items"]}
    shown = review("show", action.id)
    assert shown["contents"]["payload"]["arguments"]["fields"] == {"city": "Boulder"}
    approved = review("approve", action.id, "--yes", "--revision", 1, "--reason", "Ticket 20377")
    assert approved["votes"][0]["person"] == "ops-west"
    assert town.settled(action.id).status is ActionStatus.SUCCEEDED
    assert town.city() == "Boulder"

    undo = review("undo", action.id, "--yes", "--reason", "Wrong customer")
    assert (undo["undoes"], town.settled(undo["id"]).status) == (action.id, ActionStatus.SUCCEEDED)
    assert town.city() == before
    assert {one["id"] for one in review("list", "--view", "done")["items"]} >= {action.id, undo["id"]}


def test_a_rejection_needs_a_reason_and_changes_nothing(town: Town):
    before, action = town.city(), town.move("Boulder")
    code, error = refused("review", "reject", action.id)
    assert (code, error["code"]) == (Exit.REFUSED, "reason_missing")
    assert review("reject", action.id, "--reason", "Not what they asked for")["status"] == "rejected"
    code, error = refused("review", "approve", action.id, "--yes")
    assert (code, error["code"]) == (Exit.REFUSED, "action_decided")
    assert town.city() == before


def test_safe_mode_holds_what_is_cleared_until_two_people_have_left_it(town: Town):
    before, action = town.city(), town.move("Boulder")
    scope = ("--scope", "capability:manage_customers")
    assert lineclear("safe-mode", "on", *scope, "--reason", "Odd changes").returncode == Exit.OK
    review("approve", action.id, "--yes")
    held = town.bot.client.action(action.id, wait=2)
    assert (held.status, held.held, town.city()) == (ActionStatus.CLEARED, "safe_mode_on", before)
    said = lineclear("safe-mode", "status").stdout
    assert said.startswith("Safe mode is on: capability:manage_customers\n  Requested by ops-west at ")
    assert "Requested for capability:manage_customers" in lineclear("review", "show", action.id).stdout
    off = ("safe-mode", "off", *scope, "--reason", "Explained")
    assert "Waiting for a second person: ops-west" in lineclear(*off).stdout
    assert refused(*off)[1]["code"] == "confirmation_missing"
    assert lineclear(*off, "--token", town.place.second).returncode == Exit.OK
    assert town.settled(action.id).status is ActionStatus.SUCCEEDED
    assert town.city() == "Boulder"


def test_stopping_by_an_action_stops_its_job(town: Town):
    action = town.move("Boulder")
    assert review("stop", action.id)["id"] == town.bot.job.id
    assert town.settled(action.id).status is ActionStatus.STOPPED


def test_an_agent_is_stopped_and_resumed_from_a_terminal(town: Town):
    action = town.move("Boulder")
    assert review("stop-agent", "support-agent", "--reason", "Wrong customers")["stopped_by"] == "ops-west"
    assert town.settled(action.id).status is ActionStatus.STOPPED
    assert "stopped_by" not in review("resume-agent", "support-agent", "--reason", "Fixed")
    code, error = refused("review", "reconcile", action.id, "--happened", "--reason", "Looked")
    assert (code, error["code"]) == (Exit.REFUSED, "not_unknown")


def test_an_unknown_token_is_refused_and_a_silent_backend_is_unusable(town: Town):
    code, error = refused("review", "list", "--token", "lc_ops_unknown")
    assert (code, error["code"]) == (Exit.REFUSED, "token_invalid")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        code, error = refused("review", "list", "--url", url)
    assert (code, error["code"]) == (Exit.UNUSABLE, "unreachable")


def test_without_a_keyring_or_a_passphrase_signing_ends_with_what_can_be_done(
    town: Town, monkeypatch: pytest.MonkeyPatch
):
    action = town.move("Boulder")
    monkeypatch.delenv("LINECLEAR_KEY_PASSPHRASE")
    code, error = refused("review", "approve", action.id, "--yes")
    assert (code, error["code"]) == (Exit.UNUSABLE, "keyring_unusable")
    assert "LINECLEAR_KEY_PASSPHRASE" in error["remedy"]
    assert town.votes(action.id) == 0
    edited = review("edit", action.id, "--set", "fields.city=Denver", "--yes", "--ephemeral-key")
    assert edited["revision"] == 2
    assert review("approve", action.id, "--yes", "--ephemeral-key")["status"] == "cleared"


def test_hostile_text_reaches_the_terminal_as_escapes(town: Town):
    action = town.move("Boulder\u202ered", note="\x1b[2J\x1b]0;owned\x07 [bold]sure[/bold]", why="a\u200bb")
    shown = lineclear("review", "show", action.id)
    assert shown.returncode == Exit.OK
    for escaped in ("Boulder<U+202E>red", "<U+001B>[2J<U+001B>]0;owned<U+0007> [bold]sure", "a<U+200B>b"):
        assert escaped in shown.stdout
    assert not set(shown.stdout) & set("\x1b\x07\u202e\u200b")


def test_on_a_terminal_an_approval_is_asked_for_and_only_yes_counts(town: Town):
    action = town.move("Boulder")
    unasked = lineclear("review", "approve", action.id)
    assert (unasked.returncode, "--yes" in unasked.stderr) == (Exit.USAGE, True)
    said, code = at_a_terminal("\n", "review", "approve", action.id)
    assert (code, "Nothing was sent." in said) == (Exit.REFUSED, True)
    assert town.votes(action.id) == 0
    said, code = at_a_terminal("y\n", "review", "approve", action.id)
    assert code == Exit.OK
    digest = action.content.payload[:16]
    assert f"Approve revision 1 with digest {digest}…? [y/N]" in said
    assert town.settled(action.id).status is ActionStatus.SUCCEEDED


def at_a_terminal(answer: str, *arguments: str) -> tuple[str, int]:
    """Run a command on a terminal of its own and answer its question once it stands there."""
    ours, theirs = pytest.importorskip("pty").openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    command = [*LINECLEAR, *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as process:
        os.close(theirs)
        said = ""
        for read in terminal_output(ours):
            said += read
            if said.endswith("[y/N] "):
                os.write(ours, answer.encode())
        os.close(ours)
        return said, process.wait(60)


def terminal_output(descriptor: int) -> Iterator[str]:
    """What a terminal is sent, until nobody holds its other end; Linux then answers with an error."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with suppress(OSError):
        while read := os.read(descriptor, 65_536):
            yield decoder.decode(read)
