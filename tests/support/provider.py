"""A provider of its own: JSON resources over HTTP in a separate process, with a ledger of what took effect.

The judge of the fault suites. What it says happened is one fsynced line in `effects.jsonl`, written before it
answers, so that whoever asks afterwards learns the truth whatever became of the answer. `provider_server` is
the program; both need nothing but the standard library, so that it starts at once.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from http.client import HTTPConnection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

EFFECTS, SENDS, SEED, BEHAVIOUR = "effects.jsonl", "sends.jsonl", "seed.json", "behaviour.json"
PATIENCE = 10.0


class Fault(StrEnum):
    """What goes wrong with a request; before and after speak of the effect."""

    NONE = "none"
    RESET_BEFORE = "reset_before"
    RESET_AFTER = "reset_after"
    SILENT_BEFORE = "silent_before"
    SILENT_AFTER = "silent_after"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    TRUNCATED = "truncated"
    GARBLED = "garbled"
    DRIPPING = "dripping"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How requests are met from now on.

    The fault strikes the first `times` requests of kind `on` (`write`, `read`, `lookup`), then none. `status`
    is what an error or a refusal answers with, `detail` its words. `lag` is how many questions about a
    key are answered as if there had been no effect. `delay` is in seconds, before anything else. With
    `stamps` each write leaves the effect's number in a member `revision`. With a `token` others
    get 401. With `blind_after` reads fail once there was an effect.
    """

    fault: Fault = Fault.NONE
    times: int = 1
    on: str = "write"
    status: int = 503
    detail: str = "the provider's own words"
    retry_after: str = ""
    delay: float = 0.0
    honours_key: bool = True
    honours_match: bool = True
    gives_etag: bool = True
    stamps: bool = False
    blind_after: bool = False
    lag: int = 0
    token: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """One effect, as the provider's ledger has it."""

    number: int
    key: str
    method: str
    path: str
    before: Any
    after: Any


class Provider:
    """The provider's process, from `with` to its end; `folder` keeps ledger and resources over restarts.

    `resources` are there from the beginning: a path to a JSON object. `certificate` is a PEM file with
    key and chain, for https. Another process may judge from `folder` alone.
    """

    def __init__(
        self,
        folder: Path,
        behaviour: Behaviour | None = None,
        *,
        resources: Mapping[str, Any] | None = None,
        certificate: Path | None = None,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._port = 0
        self._certificate = certificate
        self._process: subprocess.Popen[str] | None = None
        replaced(folder / SEED, dict(resources or {}))
        self.set_behaviour(behaviour or Behaviour())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Answer, at the same address as before a stop; returns when connections are accepted."""
        words = [str(self.folder), str(self._port), str(self._certificate or "")]
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-m", "support.provider_server", *words],
            env={"PYTHONPATH": str(Path(__file__).parent.parent)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())

    def stop(self) -> None:
        """End at once, as by a power switch: connections to it are refused from here on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.communicate(timeout=PATIENCE)
            self._process = None

    @property
    def url(self) -> str:
        return f"{'https' if self._certificate else 'http'}://127.0.0.1:{self._port}"

    def set_behaviour(self, behaviour: Behaviour) -> None:
        """From the next request on; the count of its fault starts anew."""
        replaced(self.folder / BEHAVIOUR, asdict(behaviour))

    def effects(self) -> list[Done]:
        """What took effect, in order; what `edit` did is not among them."""
        return [Done(**line["effect"]) for line in lines_of(self.folder / EFFECTS) if "effect" in line]

    def sends(self) -> list[dict[str, Any]]:
        """Each request to write that arrived whole: method, path, headers in lower case, body."""
        return lines_of(self.folder / SENDS)

    def state(self) -> dict[str, Any]:
        """All resources by path."""
        found: dict[str, Any] = resources_of(self.folder)
        return found

    def edit(self, path: str, fields: Mapping[str, Any] | None) -> None:
        """Somebody else changes a resource (merge patch), or with None deletes it. Plain http only."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        connection.request("POST", "/-/edit", json.dumps({"path": path, "fields": fields}))
        assert connection.getresponse().status == 204
        connection.close()


def replaced(path: Path, value: object) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(value))
    fresh.replace(path)


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a ledger; one that is cut off at its end was never acted on."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


def append(path: Path, value: object) -> None:
    with path.open("a") as file:
        file.write(json.dumps(value) + "\n")
        file.flush()
        os.fsync(file.fileno())


def resources_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / SEED).read_text())
    for line in lines_of(folder / EFFECTS):
        change = line.get("effect") or line["edit"]
        found[change["path"]] = change["after"]
    return {path: value for path, value in found.items() if value is not None}
