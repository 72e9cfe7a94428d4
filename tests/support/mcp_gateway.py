"""A gateway before a real MCP server, with a real backend behind it and a reviewer in a thread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp import StdioServerParameters

from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import Role
from lineclear.wire.messages import View
from support.backend import LINECLEAR, Hand, Running, lineclear

CONFIG = """
goal: Answer tickets
patience: 0.3
servers:
  desk:
    command: {python}
    args: [{script}, {folder}]
    env: {{DESK_KEY: LINECLEAR_TEST_DESK_KEY}}
    capability: agents_read
    tools:
      send: {{tool: desk.send, capability: agents_write}}
      look_up: {{tool: look_up}}
      forbidden: {{tool: desk.send, capability: agents_read}}
      crash: {{tool: look_up}}
      bounce: {{tool: look_up}}
      refuse: {{tool: look_up}}
      hang: {{tool: look_up}}
approve:
  Bash: {{tool: desk.send, capability: agents_write}}
  Read: {{tool: look_up, capability: agents_read}}
"""
KEY = "LINECLEAR_TEST_DESK_KEY"
REMOTE = """
patience: 0.3
servers:
  desk:
    url: http://127.0.0.1:{port}/mcp
    headers: {{Authorization: LINECLEAR_TEST_DESK_KEY}}
    capability: agents_read
    tools:
      look_up: {{tool: look_up}}
      crash: {{tool: look_up}}
"""
DESK = Path(__file__).with_name("mcp_desk.py")


@contextmanager
def desk_over_http(folder: Path, port: int = 0) -> Iterator[int]:
    """The same server over HTTP, as a process of its own; its port."""
    command = [sys.executable, str(DESK), str(folder), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        silent = threading.Timer(120, process.kill)
        silent.start()
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline())
        finally:
            silent.cancel()
            process.kill()


@dataclass
class Place:
    """Everything that a test asks of a gateway."""

    here: Running
    folder: Path
    token: str
    ops: Hand

    @property
    def config(self) -> Path:
        return self.folder / "gateway.yaml"

    @property
    def environment(self) -> dict[str, str]:
        known = {"LINECLEAR_URL": self.here.url, "LINECLEAR_TOKEN": self.token, KEY: "sesame"}
        return {**known, "LINECLEAR_GATEWAY_TOKEN": "let-me-in"}

    @property
    def process(self) -> StdioServerParameters:
        """The gateway as a client starts it."""
        command, *rest = LINECLEAR
        arguments = [*rest, "gateway", "--config", str(self.config)]
        return StdioServerParameters(command=command, args=arguments, env=self.environment)

    def pin(self) -> str:
        done = lineclear("gateway", "--config", self.config, "--pin", env=self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def calls(self) -> list[dict[str, Any]]:
        """What the server behind the gateway was asked, in order."""
        file = self.folder / "calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def newest(self) -> Action:
        return self.ops.client.actions(View.ALL).items[0]

    @contextmanager
    def deciding(self, deed: Callable[[Action], object]) -> Iterator[None]:
        """Do something with the action that waits, as soon as there is one."""
        store = self.here.backend.services.store

        def watch() -> None:
            size = 0
            while not (waiting := self.ops.client.actions().items):
                size = store.wait(size, 1.0)
            deed(waiting[0])

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        yield
        thread.join(60)
        assert not thread.is_alive()

    @contextmanager
    def over_http(self) -> Iterator[tuple[str, subprocess.Popen[str]]]:
        """The gateway as a process of its own, and its address."""
        command = [*LINECLEAR, "gateway", "--config", str(self.config), "--http", "0", "--json"]
        environment = {**os.environ, **self.environment}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            silent = threading.Timer(120, process.kill)
            silent.start()
            try:
                assert process.stdout is not None
                yield json.loads(process.stdout.readline())["url"], process
            finally:
                silent.cancel()
                process.kill()


def place(here: Running, folder: Path) -> Place:
    """A gateway's document, not pinned yet."""
    folder.mkdir()
    made = Place(here, folder, here.token("reply-bot", Role.AGENT, owner="owner"), here.hand())
    made.config.write_text(CONFIG.format(python=sys.executable, script=DESK, folder=folder))
    return made
