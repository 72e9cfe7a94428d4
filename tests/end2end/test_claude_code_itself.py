"""Claude Code itself behind the gateway, as CONNECTING.md tells: asked, approved, denied, edited.

It runs where `claude` is found (`npm install @anthropic-ai/claude-code`); its model is a script on loopback.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lineclear.agents.gateway.serving import review
from lineclear.application.deciding.editing import Edit
from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import ActionStatus, Verdict
from support.aap import agents_workspace
from support.backend import LINECLEAR, new_key, running
from support.mcp_gateway import KEY, Place, place
from support.scripted_model import Scripted, scripted_model
from support_source import PROJECT

CLAUDE = shutil.which("claude") or ""
pytestmark = pytest.mark.skipif(not CLAUDE, reason="Claude Code is not installed here")

MAIL = {"to": "p.lindqvist@example.com", "n": 7}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with running(agents_workspace(tmp_path / "workspace"), workers=0) as here:
        made = place(here, tmp_path / "gateway")
        monkeypatch.setenv(KEY, "sesame")
        asyncio.run(review(made.config))
        yield made


def documented() -> dict[str, Any]:
    """The `.mcp.json` of CONNECTING.md."""
    blocks = re.findall(r"```json\n(.*?)```", (PROJECT / "app/CONNECTING.md").read_text(), re.DOTALL)
    (found,) = [json.loads(block) for block in blocks if "mcpServers" in block]
    return found


def claude(desk: Place, script: Scripted, *more: str) -> subprocess.CompletedProcess[str]:
    """Start it in the gateway's folder, in a home of its own and with nobody's credentials."""
    config = documented()
    server = config["mcpServers"]["lineclear"]
    command, *rest = LINECLEAR
    server |= {"command": command, "args": [*rest, *server["args"]]}
    (desk.folder / ".mcp.json").write_text(json.dumps(config))
    home = desk.folder / "home"
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "ANTHROPIC_BASE_URL": script.url,
        "ANTHROPIC_API_KEY": "nobody",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "LINECLEAR_URL": desk.here.url,
        "LINECLEAR_TOKEN": desk.token,
        KEY: "sesame",
    }
    asking = [CLAUDE, "-p", "Do what is due.", "--mcp-config", ".mcp.json", *more]
    return subprocess.run(
        asking, cwd=desk.folder, env=environment, capture_output=True, text=True, timeout=100, check=False
    )


PROMPTING = ("--permission-prompt-tool", "mcp__lineclear__approve")
ALLOWED = ("--allowedTools", "mcp__lineclear")


def told(script: Scripted) -> str:
    """What its model was given as the result of the one call."""
    (result,) = script.results
    content: Any = result["content"]
    return content if isinstance(content, str) else "\n".join(block["text"] for block in content)


def rejecting(desk: Place, reason: str) -> Callable[[Action], object]:
    return lambda action: desk.ops.decide(action, Verdict.REJECT, reason)


def bash(command: str) -> dict[str, str]:
    return {"command": command, "description": "Write a note"}


def test_its_own_tool_runs_once_a_person_approved(desk):
    with scripted_model("Bash", bash("echo first > note.txt")) as script, desk.deciding(desk.ops.decide):
        done = claude(desk, script, *PROMPTING)
    assert (done.returncode, done.stdout.strip()) == (0, "I am done."), done.stderr
    assert (desk.folder / "note.txt").read_text() == "first\n"


def test_its_own_tool_does_not_run_where_a_person_rejected_and_its_model_reads_why(desk):
    """I30: rejected never starts."""
    with (
        scripted_model("Bash", bash("echo first > note.txt")) as script,
        desk.deciding(rejecting(desk, "Not in this folder")),
    ):
        claude(desk, script, *PROMPTING)
    assert "ops-west rejected this call: Not in this folder. It was not called." in told(script)
    assert not (desk.folder / "note.txt").exists()


def test_its_own_tool_runs_as_a_reviewer_edited_it(desk):
    """I1: exactly the cleared arguments are what runs."""

    def edit(action):
        better = Edit(json.dumps(bash("echo second > note.txt")).encode(), action.revision)
        desk.ops.decide(desk.ops.client.edit(action.id, better, key=new_key()))

    with scripted_model("Bash", bash("echo first > note.txt")) as script, desk.deciding(edit):
        claude(desk, script, *PROMPTING)
    assert (desk.folder / "note.txt").read_text() == "second\n"


def test_a_tool_that_nobody_mapped_is_denied_to_it(desk):
    """I14: what nobody spoke of is a no."""
    wanted = {"file_path": str(desk.folder / "note.txt"), "content": "first"}
    with scripted_model("Write", wanted) as script:
        claude(desk, script, *PROMPTING)
    assert "no capability for tool Write" in told(script)
    assert not (desk.folder / "note.txt").exists()


def test_a_tool_behind_the_gateway_is_called_once_a_person_approved(desk):
    with scripted_model("mcp__lineclear__desk__send", MAIL) as script, desk.deciding(desk.ops.decide):
        done = claude(desk, script, *ALLOWED)
    assert (done.returncode, told(script)) == (0, '{"done":"send","key":"sesame"}'), done.stderr
    assert desk.calls() == [{"tool": "send", "arguments": MAIL}]
    assert desk.newest().status is ActionStatus.SUCCEEDED


def test_a_tool_behind_the_gateway_that_a_person_rejected_is_an_error_to_its_model(desk):
    with (
        scripted_model("mcp__lineclear__desk__send", MAIL) as script,
        desk.deciding(rejecting(desk, "Wrong customer")),
    ):
        claude(desk, script, *ALLOWED)
    assert "ops-west rejected this call: Wrong customer. It was not called." in told(script)
    assert desk.calls() == []
