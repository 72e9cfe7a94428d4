"""The reviewing commands at their edge: options, exit codes, and how a failure is said."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lineclear.cli import review, safe_mode
from lineclear.cli.exits import Exit

REVIEW = (
    "list",
    "show",
    "approve",
    "reject",
    "stop",
    "undo",
    "reconcile",
    "stop-agent",
    "resume-agent",
)
SAFE_MODE = ("on", "off", "status")


@pytest.fixture
def silent() -> Iterator[str]:
    """An address where nobody answers."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


def invoke(*arguments: str, **variables: str):
    app = safe_mode.app if arguments[0] in SAFE_MODE else review.app
    return CliRunner().invoke(app, arguments, env=variables)


@pytest.mark.parametrize("command", [*REVIEW, *SAFE_MODE])
def test_help_says_how_a_command_ends_and_how_json_looks(command: str):
    said = " ".join(invoke(command, "--help").stdout.split())
    assert "Exit codes: 0 done, 1 a bug, 2 wrong usage, 3 refused, 4 something here cannot be used" in said
    assert '{"error": {"code", "sentence", "remedy", "params"}}' in said
    for option in ("LINECLEAR_URL", "LINECLEAR_TOKEN", "--token-file", "--json"):
        assert option in said


def test_without_an_address_the_usage_is_wrong():
    ended = invoke("list", "--token", "t")
    assert ended.exit_code == Exit.USAGE
    assert "LINECLEAR_URL" in ended.stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [("--text", "x" * 201), ("--limit", "0"), ("--view", "other"), ("--token-file", "gone")],
)
def test_an_option_out_of_range_is_wrong_usage(silent: str, option: str, value: str):
    assert invoke("list", "--url", silent, "--token", "t", option, value).exit_code == Exit.USAGE


@pytest.mark.parametrize(
    "command", [("list",), ("show", "act-1"), ("approve", "act-1", "--yes"), ("status",)]
)
def test_a_backend_that_is_down_ends_with_four_and_says_where_it_was_sought(silent: str, command: tuple[str]):
    words = invoke(*command, LINECLEAR_URL=silent, LINECLEAR_TOKEN="t")
    assert words.exit_code == Exit.UNUSABLE
    assert words.stdout == ""
    assert words.stderr.startswith(f"! The backend at {silent} cannot be reached")
    line = invoke(*command, "--json", LINECLEAR_URL=silent, LINECLEAR_TOKEN="t")
    assert (line.exit_code, line.stderr, line.stdout.count("\n")) == (Exit.UNUSABLE, "", 1)
    error = json.loads(line.stdout)["error"]
    assert error.keys() == {"code", "sentence", "remedy", "params"}
    assert (error["code"], error["params"]["url"]) == ("unreachable", silent)


@pytest.mark.parametrize("token", ["", "schl\u00fcssel", "two\nlines"])
def test_what_cannot_be_a_token_is_refused_before_it_is_sent(silent: str, token: str):
    ended = invoke("list", "--url", silent, "--json", LINECLEAR_TOKEN=token)
    assert ended.exit_code == Exit.REFUSED
    assert json.loads(ended.stdout)["error"]["code"] == "token_invalid"


def test_a_token_may_come_from_a_file(silent: str, tmp_path: Path):
    (tmp_path / "token").write_text("lc_ops_secret\n", encoding="ascii")
    (tmp_path / "empty").write_text("", encoding="ascii")
    for name, code in (("token", Exit.UNUSABLE), ("empty", Exit.REFUSED)):
        ended = invoke("list", "--url", silent, "--token-file", str(tmp_path / name))
        assert ended.exit_code == code
        assert "lc_ops_secret" not in ended.output


def test_a_rejection_without_a_reason_is_refused_before_anything_is_sent(silent: str):
    ended = invoke("reject", "act-1", "--url", silent, "--token", "t", "--json")
    assert ended.exit_code == Exit.REFUSED
    assert json.loads(ended.stdout)["error"]["sentence"] == "Rejecting needs a reason."


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("reconcile", "act-1", "--happened"), "Reconciling needs a reason."),
        (("stop-agent", "bot"), "Stopping an agent needs a reason."),
        (("resume-agent", "bot"), "Resuming an agent needs a reason."),
        (("on", "--scope", "connector:crm"), "Safe mode needs a reason."),
        (("off",), "Leaving safe mode needs a reason."),
    ],
)
def test_what_needs_a_reason_says_so_before_anything_is_sent(silent: str, command: tuple[str], says: str):
    ended = invoke(*command, "--url", silent, "--token", "t", "--json")
    assert ended.exit_code == Exit.REFUSED
    assert json.loads(ended.stdout)["error"]["sentence"] == says


def test_reconciling_without_saying_what_was_found_is_wrong_usage(silent: str):
    ended = invoke("reconcile", "act-1", "--reason", "x", "--url", silent, "--token", "t")
    assert ended.exit_code == Exit.USAGE
    assert "--happened" in ended.stderr


@pytest.mark.parametrize("scope", ["moon", "connector:", "workspace:x", "connector:a b"])
def test_a_scope_that_is_none_is_wrong_usage(silent: str, scope: str):
    ended = invoke("on", "--scope", scope, "--reason", "x", "--url", silent, "--token", "t")
    assert ended.exit_code == Exit.USAGE
    assert "environment:NAME" in ended.stderr


def test_a_failure_that_quotes_the_caller_sends_no_escape_to_the_terminal(silent: str):
    ended = invoke("show", "\x1b[31mact", "--url", silent, "--token", "t")
    assert ended.exit_code == Exit.REFUSED
    assert re.fullmatch(r"[ -~\n]+", ended.stderr)
    assert "<U+001B>[31mact" in ended.stderr
