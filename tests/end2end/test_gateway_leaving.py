"""Told to end while it serves standard input, the gateway answers, withdraws and leaves nothing running."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from lineclear.agents.gateway.serving import review
from lineclear.domain.vocabulary import ActionStatus
from support.aap import agents_workspace
from support.backend import LINECLEAR, running
from support.mcp_gateway import KEY, Place, place

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")

INITIALIZE = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "by-hand", "version": "1"},
}
BOTH = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    with running(agents_workspace(tmp_path / "workspace"), workers=0) as here:
        made = place(here, tmp_path / "gateway")
        monkeypatch.setenv(KEY, "sesame")
        asyncio.run(review(made.config))
        yield made


class Session:
    """A client that writes and reads the lines themselves."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def say(self, method: str, params: dict[str, Any], number: int | None = None) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message if number is None else {**message, "id": number}) + "\n")
        self.process.stdin.flush()

    def call(self, tool: str, number: int) -> None:
        self.say("tools/call", {"name": tool, "arguments": {"n": number}}, number)

    def end(self, *numbers: signal.Signals) -> list[dict[str, Any]]:
        """Send the signals, one after the other; all that it says until it is gone."""
        for number in numbers:
            self.process.send_signal(number)
        assert self.process.stdout is not None
        said = [json.loads(line) for line in self.process.stdout]
        assert self.process.wait(60) == 0
        return said


@contextmanager
def session(desk: Place) -> Iterator[Session]:
    """A gateway that was started and greeted, in a process group of its own."""
    command = [*LINECLEAR, "gateway", "--config", str(desk.config)]
    environment = {**os.environ, **desk.environment}
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as process:
        silent = threading.Timer(60, process.kill)
        silent.start()
        try:
            made = Session(process)
            made.say("initialize", INITIALIZE, 1)
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["id"] == 1
            made.say("notifications/initialized", {})
            yield made
        finally:
            silent.cancel()
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def waited_for(desk: Place, is_so: Callable[[], bool]) -> None:
    store, size = desk.here.backend.services.store, 0
    while not is_so():
        size = store.wait(size, 1.0)


def words(said: list[dict[str, Any]], number: int) -> str:
    (answer,) = [one["result"] for one in said if one.get("id") == number]
    assert answer["isError"]
    return str(answer["content"][0]["text"])


@pytest.mark.parametrize("numbers", [(signal.SIGTERM,), BOTH])
def test_a_call_that_waits_for_a_person_is_withdrawn_and_answered(desk, numbers):
    with session(desk) as client:
        client.call("desk__send", 2)
        waited_for(desk, lambda: len(desk.ops.client.actions().items) == 1)
        said = client.end(*numbers)
        with pytest.raises(ProcessLookupError):
            os.killpg(client.process.pid, 0)
    assert "told to end before this call was cleared. It was not called." in words(said, 2)
    assert desk.newest().status is ActionStatus.WITHDRAWN
    assert desk.calls() == []


def test_i24_a_call_that_was_sent_is_unknown_and_said_to_be(desk):
    with session(desk) as client:
        client.call("desk__hang", 2)
        waited_for(desk, lambda: bool(desk.calls()))
        said = client.end(*BOTH)
        with pytest.raises(ProcessLookupError):
            os.killpg(client.process.pid, 0)
    assert "Nobody can say whether it took effect" in words(said, 2)
    assert desk.newest().status is ActionStatus.UNKNOWN


def test_where_nothing_is_under_way_it_ends_at_once_and_says_nothing(desk):
    with session(desk) as client:
        assert client.end(signal.SIGTERM) == []


def test_a_client_that_is_gone_without_a_word_leaves_nothing_waiting(desk):
    with session(desk) as client:
        client.call("desk__send", 2)
        waited_for(desk, lambda: len(desk.ops.client.actions().items) == 1)
        assert client.process.stdin is not None
        assert client.process.stdout is not None
        client.process.stdout.close()
        client.process.stdin.close()
        assert client.process.wait(60) == 0
    assert desk.newest().status is ActionStatus.WITHDRAWN
