"""Our own programs as child processes: started on a tether, ended by their handles. Free of what they do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from lineclear.domain.refusals import Code, Refusal

_STARTING = 30.0
_ENDING = 8.0


class Child:
    """One process. Its messages go to `log`; its standard input is the tether that ends it with us."""

    def __init__(
        self,
        name: str,
        module: str,
        arguments: Sequence[str],
        log: Path,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        with log.open("ab") as messages:
            self.process = subprocess.Popen(  # noqa: S603  # our own modules, no shell
                [sys.executable, "-m", module, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=messages,
                env=os.environ | dict(extra or {}),
                start_new_session=True,  # Ctrl+C is for the parent, which ends its children in order
            )

    @property
    def ended(self) -> int | None:
        """Its exit code, None while it runs."""
        return self.process.poll()

    def said(self) -> Mapping[str, object]:
        """Its first line, as JSON; a refusal of its own is raised here, UNREACHABLE where it says nothing."""
        assert self.process.stdout is not None
        silent = threading.Timer(_STARTING, self.process.kill)
        silent.start()
        try:
            line = self.process.stdout.readline()
        finally:
            silent.cancel()
        answer: Mapping[str, object] = json.loads(line) if line else {}
        match answer:
            case {"refused": {"code": str(code), "params": dict(params)}}:
                raise Refusal(Code(code), **params)
            case {} if not answer:
                problem = f"{self.name} ended with {self.process.wait()}; see {self.log}"
                raise Refusal(Code.UNREACHABLE, url="(not started)", problem=problem)
        return answer

    def ask_to_end(self) -> None:
        if self.ended is None:
            self.process.terminate()

    def end(self) -> None:
        """Wait for its end, and make sure of it."""
        self.ask_to_end()
        try:
            self.process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()
