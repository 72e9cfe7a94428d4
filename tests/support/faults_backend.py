"""Processes that a test may kill: a backend with server and workers, or workers alone, forked by a launcher.

Run as a program it is the launcher: it has imported everything, reads commands on its standard input,
answers each with one line, and forks. A fork is a process like any other, and begins in milliseconds.
"""

from __future__ import annotations

import ctypes
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

# What a fork would import on demand, which takes longer than all that it does.
import alembic.command
import granian.server.embed

from lineclear.adapters.sql.store import open_store
from lineclear.adapters.system.ids import SystemIds
from lineclear.adapters.system.signatures import Ed25519Signatures
from lineclear.application.governing.workspaces import activate_policy, ensure_workspace
from lineclear.application.services import Services
from lineclear.server.serving import HttpServer, listen
from lineclear.server.worker import Workers
from support.faults import Child, child, program
from support.faults_console import Seat, review
from support.faults_crash import Errand, crash
from support.faults_tools import POLICY, ProviderTools, SharedClock
from support.faults_workers import WORKERS
from support.outbox_console import decide_and_send

_LOG = logging.getLogger(__name__)
_PR_SET_PDEATHSIG = 1
PRELOADED = (alembic.command, granian.server.embed)


@dataclass(frozen=True, slots=True)
class Command:
    """What to run in a fork. `worker` names a class of `faults_workers`; `errand` is for
    `faults_crash`."""

    url: str
    clock: str
    provider: int
    serves: bool = True
    workers: int = 2
    worker: str = "sound"
    errand: str = ""


def compose(command: Command) -> Services:
    """The services of a workspace whose tools are the provider's."""
    store = open_store(command.url, "acme")
    tools, clock = ProviderTools(command.provider), SharedClock(Path(command.clock))
    services = Services(store, tools, clock, SystemIds(), Ed25519Signatures())
    ensure_workspace(services, "acme/faults", "production")
    activate_policy(services, POLICY, by="admin")
    return services


def _run(command: Command) -> None:
    """In the fork: serve and work until killed."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    services = compose(command)
    url = ""
    if command.serves:
        listener = listen("127.0.0.1", 0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        HttpServer(services, listener, {"127.0.0.1"}).start()
    name, make = f"worker-{os.getpid()}", WORKERS[command.worker]
    Workers(services, count=command.workers, name=name, make=make).start()
    _say({"url": url, "pid": os.getpid()})
    threading.Event().wait()


def _say(answer: object) -> None:
    os.write(1, json.dumps(answer).encode() + b"\n")


def _forked(run: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        _die_with_launcher()
        run()
    except BaseException:  # noqa: BLE001  # a fork must never go on as a second launcher
        _LOG.exception("the fork failed")
        os._exit(70)
    os._exit(0)


def _die_with_launcher() -> None:
    """A launcher that is killed leaves no fork behind, not even a stopped one (prctl(2), Linux alone)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _await(pid: int) -> str:
    """Wait until a fork has stopped or ended; how."""
    _, status = os.waitpid(pid, os.WUNTRACED)
    if os.WIFSTOPPED(status):
        return "stopped"
    return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"


def _obey(asked: dict[str, object], alive: set[int]) -> None:
    match asked:
        case {"do": "run", "command": dict(command)}:
            alive.add(_forked(lambda: _run(Command(**command))))  # it answers itself
        case {"do": "crash", "command": dict(command)}:
            parsed = Command(**command)
            pid = _forked(lambda: crash(compose(parsed), Errand(**json.loads(parsed.errand))))
            alive.add(pid)
            _say({"pid": pid})
        case {"do": "review", "seat": dict(seat)}:
            pid = _forked(lambda: review(Seat(**seat)))
            alive.add(pid)
            _say({"pid": pid})
        case {"do": "send", "told": dict(told)}:
            pid = _forked(lambda: decide_and_send(told))
            alive.add(pid)
            _say({"pid": pid})
        case {"do": "await", "pid": int(pid)}:
            ended = _await(pid)
            if ended != "stopped":
                alive.discard(pid)
            _say(ended)
        case {"do": "signal", "pid": int(pid), "number": int(number)}:
            os.kill(pid, number)
            _say("sent")
        case _:
            raise ValueError(asked)


def main() -> None:
    alive: set[int] = set()
    _say("ready")
    for line in sys.stdin:
        _obey(json.loads(line), alive)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


class Launcher:
    """The test's side: starts, signals and awaits forks. For one thread."""

    def __init__(self, process: Child) -> None:
        self._process = process
        assert json.loads(process.line()) == "ready"

    def run(self, command: Command) -> tuple[int, str]:
        """Start a backend or workers; its process id and its address."""
        said = json.loads(self._process.ask(json.dumps({"do": "run", "command": asdict(command)})))
        return said["pid"], said["url"]

    def crash(self, command: Command) -> int:
        said = json.loads(self._process.ask(json.dumps({"do": "crash", "command": asdict(command)})))
        pid: int = said["pid"]
        return pid

    def review(self, seat: Seat) -> int:
        """Start a console's deciding half."""
        said = json.loads(self._process.ask(json.dumps({"do": "review", "seat": asdict(seat)})))
        pid: int = said["pid"]
        return pid

    def send(self, told: dict[str, str]) -> int:
        """Start a console that has an outbox."""
        said = json.loads(self._process.ask(json.dumps({"do": "send", "told": told})))
        pid: int = said["pid"]
        return pid

    def signal(self, pid: int, number: int) -> None:
        self._process.ask(json.dumps({"do": "signal", "pid": pid, "number": number}))

    def ended(self, pid: int) -> str:
        """Wait until a fork stopped or ended: `stopped`, `signal 9`, `exit 0`."""
        said: str = json.loads(self._process.ask(json.dumps({"do": "await", "pid": pid})))
        return said

    def kill(self, pid: int) -> None:
        """SIGKILL, and wait until it is gone."""
        self.signal(pid, signal.SIGKILL)
        self.ended(pid)


@contextmanager
def launcher() -> Iterator[Launcher]:
    """A launcher, and none of its forks left afterwards."""
    with child(program("faults_backend")) as process:
        yield Launcher(process)


if __name__ == "__main__":
    main()
