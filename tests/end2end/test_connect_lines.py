"""The lines that the console gives an agent builder do as pasted: into a shell, into files, started."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from string import Template

import pytest
from mcp import Client, StdioServerParameters
from ruamel.yaml import YAML

from lineclear.application.reading.connections import Offer
from lineclear.desktop.presenters.connect.connect_lines import (
    CLIENT,
    PROGRAMS,
    Block,
    Way,
    blocks_of,
    fitting,
    with_names,
)
from lineclear.desktop.programs import read_programs
from lineclear.domain.vocabulary import ActionStatus, Executor, Role, Tier
from lineclear.wire.messages import View
from support.aap import agents_workspace
from support.backend import Running, running
from support_source import PROJECT

BACKENDS = ("issue_refund", (Way.SDK, Way.LANGGRAPH, Way.PYDANTIC_AI, Way.OPENAI_AGENTS, Way.HTTP))
OWN = ("agents_write", (*BACKENDS[1], Way.AAP))
CASES = [(way, capability) for capability, ways in (BACKENDS, OWN) for way in ways]


@dataclass
class Desk:
    """A backend, and a folder into which somebody pastes."""

    here: Running
    folder: Path

    def blocks(self, way: Way, capability: str) -> tuple[Block, ...]:
        token = self.here.token("new-bot", Role.AGENT, owner="owner", capabilities=(capability,))
        root = self.here.client(self.here.token("root", Role.ADMIN, tier=Tier.THREE))
        offers = tuple(one for one in root.tokens.connections().offers if one.capability == capability)
        return blocks_of(way, read_programs(), fitting(way, offers)[0], self.here.url, token)

    def pasted(self, blocks: tuple[Block, ...]) -> str:
        """Saved what is a file; the rest, but for installing, is what goes into the shell."""
        for block in blocks:
            if block.file:
                (self.folder / block.file).write_text(block.text)
        return "".join(one.text for one in blocks if not one.file and not one.text.startswith("pip "))

    def shell(self, lines: str) -> str:
        """What a shell prints of these lines."""
        done = subprocess.run(
            ["bash", "-euc", lines],
            cwd=self.folder,
            env={**os.environ, "PATH": self.path, "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    @property
    def path(self) -> str:
        """Where commands are found: first the program's own, as an installation would put it."""
        return f"{self.folder / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}"

    @contextmanager
    def approving(self) -> Iterator[None]:
        """A person approves what comes first."""
        ops, store = self.here.hand(), self.here.backend.services.store

        def watch() -> None:
            size = 0
            while not (waiting := ops.client.actions().items):
                size = store.wait(size, 1.0)
            ops.decide(waiting[0])

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        yield
        thread.join(60)
        assert not thread.is_alive()

    def status(self) -> ActionStatus:
        return self.here.hand().client.actions(View.ALL).items[0].status


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with running(agents_workspace(tmp_path / "workspace")) as here:
        folder = tmp_path / "pasted"
        (folder / "bin").mkdir(parents=True)
        command = folder / "bin" / "lineclear"
        command.write_text(f"#!{sys.executable}\nfrom lineclear.cli import main\n\nmain()\n")
        command.chmod(0o755)
        yield Desk(here, folder)


@pytest.mark.parametrize(("way", "capability"), CASES)
def test_a_program_does_as_pasted_and_its_call_is_carried_out(desk, way, capability):
    lines = desk.pasted(desk.blocks(way, capability))
    with desk.approving():
        said = desk.shell(lines)
    assert desk.status() is ActionStatus.SUCCEEDED
    assert said.strip()


def test_the_gateway_does_as_pasted_for_a_client_that_reads_its_file(desk):
    lines = desk.pasted(desk.blocks(Way.MCP, "agents_write"))
    exported, pinned = lines.partition("lineclear gateway")[::2]
    desk.shell(exported + "lineclear gateway" + pinned.partition("claude")[0])
    with desk.approving():
        said = asked(desk, exported, "first__first_call", {"to": "p.lindqvist@example.com"})
    assert said == 'Done with {"to": "p.lindqvist@example.com"}'
    assert desk.status() is ActionStatus.SUCCEEDED


def test_the_permission_prompt_does_as_pasted_for_a_client_that_reads_its_file(desk):
    lines = desk.pasted(desk.blocks(Way.PROMPT, "agents_write"))
    asking = {"tool_name": "Bash", "input": {"command": "ls"}, "tool_use_id": "toolu_1"}
    with desk.approving():
        said = asked(desk, lines.partition("claude")[0], "approve", asking)
    assert json.loads(said) == {"behavior": "allow", "updatedInput": {"command": "ls"}}


def asked(desk: Desk, exported: str, tool: str, arguments: dict[str, object]) -> str:
    """One call by the official client, which starts the gateway as `.mcp.json` says, variables put in."""
    variables = dict(re.findall(r"^export (\w+)=(\S+)$", exported, re.MULTILINE))
    text = Template((desk.folder / ".mcp.json").read_text()).substitute(variables)
    entry = json.loads(text)["mcpServers"]["lineclear"]
    process = StdioServerParameters(
        command=str(desk.folder / "bin" / entry["command"]),
        args=entry["args"],
        env={**entry["env"], "PATH": desk.path},
        cwd=str(desk.folder),
    )

    async def run() -> str:
        async with asyncio.timeout(60), Client(process) as client:
            return (await client.call_tool(tool, arguments)).content[0].text

    return asyncio.run(run())


def test_every_way_has_lines_and_none_shows_a_secret_that_is_gone(desk):
    own = Offer("c", "t", Executor.AGENT, mutates=True, arguments="{}")
    for way in Way:
        blocks = blocks_of(way, read_programs(), own, "http://127.0.0.1:1", "")
        assert all(block.text.endswith("\n") and not block.is_secret for block in blocks)
        assert "shown once" in blocks[0].text + blocks[1].text


def test_names_are_put_in_and_remarks_for_the_linter_left_out():
    source = 'A = 1\nOWN = False  # why\nB = {\n    "x": 1,\n}\nprint(A)  # noqa: T201  # its answer\n'
    assert with_names(source, {"OWN": True, "B": {"it's": None}, "C": 1}) == (
        'A = 1\nOWN = True  # why\nB = {"it\'s": None}\nprint(A)\n'
    )


def test_the_walk_through_says_what_the_console_says():
    told = (PROJECT / "app" / "CONNECTING.md").read_text(encoding="utf-8")
    documents, (client,) = (re.findall(rf"```{kind}\n(.*?)```", told, re.DOTALL) for kind in ("yaml", "json"))
    offer = Offer("answer_tickets", "desk.send_reply", Executor.AGENT, mutates=True, arguments="{}")
    said = next(one for one in blocks_of(Way.MCP, {}, offer, "", "") if one.file == "gateway.yaml").text
    assert YAML(typ="safe").load(documents[0]) == YAML(typ="safe").load(said)
    assert client == CLIENT
    named = set(re.findall(r"first_\w+", told)) - {"first_call", "first_mcp_server"}
    assert named == {name.removesuffix(".py") for name in PROGRAMS.values()}


def test_every_program_names_what_is_put_in():
    for name in PROGRAMS.values():
        assert "\nTOOL = " in read_programs()[name]
        assert "\nARGUMENTS = " in read_programs()[name]
