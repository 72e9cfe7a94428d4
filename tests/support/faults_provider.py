"""The other side, as a process of its own: it acts on what it is sent and keeps an fsynced journal of it.

Run as a program: JOURNAL [SECONDS]. It prints its port and serves loopback until its standard input ends.
One line of JSON comes and one goes: `find` a key, or `apply`. Only a tool of class B finds its key honoured;
nothing else protects anybody from sending twice. It takes so many SECONDS at most before and after an effect.
"""

from __future__ import annotations

import json
import os
import random
import socketserver
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lineclear.domain.strict_json import Json


@dataclass(frozen=True, slots=True)
class Done:
    """One effect, as the journal has it."""

    key: str
    target: str
    effect: str


class Journal:
    """Appends one line for each effect; it is on the disk before anybody is told."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._turn = threading.Lock()
        self._keys = {done.key: done.effect for done in journal_of(path)}

    def apply(self, key: str, target: str, tool_class: str) -> str:
        """The reference of the effect; a keyed one happens once."""
        with self._turn:
            if tool_class == "B" and key in self._keys:
                return self._keys[key]
            effect = f"effect-{len(self._keys)}-{target}"
            line = json.dumps({"key": key, "target": target, "effect": effect})
            os.write(self._file, line.encode() + b"\n")
            os.fsync(self._file)
            self._keys[key] = effect
            return effect

    def find(self, key: str) -> str | None:
        with self._turn:
            return self._keys.get(key)


def journal_of(path: Path) -> list[Done]:
    """Everything that ever took effect."""
    if not path.exists():
        return []
    return [Done(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with suppress(OSError):  # who asked is gone; what happened has happened
            for line in self.rfile:
                answer = self.server.answer(json.loads(line))
                self.wfile.write(json.dumps(answer).encode() + b"\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, journal: Journal, seconds: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self._journal = journal
        self._seconds = seconds
        self._random = random.Random(7)
        self._never = threading.Event()

    def answer(self, asked: dict[str, str]) -> Json:
        match asked:
            case {"op": "find", "key": key}:
                return self._journal.find(key)
            case {"op": "apply", "key": key, "target": target, "class": tool_class}:
                self._take_time()
                effect = self._journal.apply(key, target, tool_class)
                self._take_time()
                return effect
            case _:
                raise ValueError(asked)

    def _take_time(self) -> None:
        if self._seconds:
            self._never.wait(self._random.random() * self._seconds)


def main(journal: str, seconds: str = "0") -> None:
    with _Server(Journal(Path(journal)), float(seconds)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write(f"{server.server_address[1]}\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main(*sys.argv[1:])
