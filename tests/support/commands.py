"""Commands of `lineclear`, each a process of its own: forks of one that has imported what most of them need.

Run as a program it is that one. It takes, for each command, a socket on which the command is told and its end
is answered, and the files for what is printed. It ends with the process that started it.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryFile


class Forks:
    """The side of the tests; for any number of threads."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        self._turn = threading.Lock()
        with theirs:
            surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
            command = [sys.executable, __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=surroundings)

    def run(
        self, arguments: Sequence[str], env: Mapping[str, str], seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; TimeoutExpired where it takes longer."""
        ours, theirs = socket.socketpair()
        with ours, TemporaryFile("w+") as out, TemporaryFile("w+") as err:
            with theirs, self._turn:
                files = [theirs.fileno(), out.fileno(), err.fileno()]
                socket.send_fds(self._control, [b"!"], files)
            ours.settimeout(seconds)
            with ours.makefile("rw") as said:
                told = {"arguments": arguments, "env": dict(env), "folder": str(Path.cwd())}
                said.write(json.dumps(told) + "\n")
                said.flush()
                pid = int(said.readline())
                try:
                    code = int(said.readline())
                except TimeoutError:
                    os.kill(pid, signal.SIGKILL)
                    raise subprocess.TimeoutExpired(["lineclear", *arguments], seconds) from None
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(["lineclear", *arguments], code, out.read(), err.read())

    def end(self) -> None:
        self._control.close()
        self._process.wait()


@cache
def forks() -> Forks:
    """Those of this process, until it ends."""
    made = Forks()
    atexit.register(made.end)
    return made


def _serve(control: socket.socket) -> None:
    """Returns in the launcher when nobody asks any more, and in a command when it is done."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        said, files, *_ = socket.recv_fds(control, 1, 3)
        if not said:
            return
        if not os.fork():
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _attend(*files)
            return
        for file in files:
            os.close(file)


def _attend(answer: int, out: int, err: int) -> None:
    """Run one command in a fork, and say its process id and its exit code."""
    with socket.socket(fileno=answer) as asked:
        told = json.loads(asked.makefile().readline())
        pid = os.fork()
        if not pid:
            _run(told, out, err)
            return
        asked.sendall(b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        asked.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _run(told: dict[str, object], out: int, err: int) -> None:
    """As the interpreter would begin it; what it raises ends the process as it always does."""
    from lineclear.cli import main  # noqa: PLC0415 - the tests' side of this file does not need it

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["env"])
    sys.argv = ["lineclear", *told["arguments"]]
    main()


if __name__ == "__main__":
    # What a command would import by itself, which takes longer than most of them.
    import alembic.command
    import mcp.server
    import typer.rich_utils

    import lineclear.adapters.http.client
    import lineclear.cli.review
    import lineclear.server.embed

    PRELOADED = (alembic.command, mcp.server, typer.rich_utils, lineclear)
    gc.freeze()  # forks share what no collection touches
    _serve(socket.socket(fileno=int(sys.argv[1])))
