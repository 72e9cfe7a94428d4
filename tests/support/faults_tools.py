"""Tools of classes B, C and D whose other side is the provider's process; and time that a test moves for all.

Blocking; one connection for each call. The provider knows no versions: only the class protects its effects.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Arguments, Connector, Permit, ToolFailed, ToolOutcomeUnknown
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Effect, Health, HealthState, Preview, Shape, Target, UndoPlan
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass, Stake

POLICY = """\
capabilities:
  small:
    tools:
      - name: keyed.small
      - name: asked.small
      - name: blind.small
  large:
    tools:
      - name: keyed.large
        requires_approval: true
      - name: asked.large
        requires_approval: true
      - name: blind.large
        requires_approval: true
"""
CLASSES = {"keyed": EffectClass.KEYED, "asked": EffectClass.QUERYABLE, "blind": EffectClass.BLIND}
TOOLS = tuple(f"{kind}.{size}" for size in ("small", "large") for kind in CLASSES)
PATIENCE = 10.0


class ProviderTools:
    """The `Tools` port and its only connector in one. Safe to use from any thread."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._contracts = {
            tool: ToolContract(tool, "provider", CLASSES[tool.partition(".")[0]], Stake.DATA)
            for tool in TOOLS
        }

    def contract(self, tool: str) -> ToolContract | None:
        return self._contracts.get(tool)

    def contracts(self) -> Sequence[ToolContract]:
        return tuple(self._contracts.values())

    def problems(self, tool: str, arguments: Arguments) -> dict[str, str]:
        return {}

    def problem(self, tool: str, arguments: Arguments) -> str | None:
        return None if isinstance(arguments.get("target"), str) else "target is not a text"

    def connector(self, tool: str) -> ProviderTools:
        return self

    def connectors(self) -> Mapping[str, Connector]:
        return {}

    def probe(self) -> Health:
        return Health(HealthState.HEALTHY)

    def preview(self, tool: str, arguments: Arguments) -> Preview:
        target = str(arguments["target"])
        after: Json = {"target": target}
        plan = UndoPlan(possible=False)
        return Preview(
            Target("provider", "target", target), f"Touch {target}", Shape.FIELDS, {}, after, "1", plan
        )

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        permit.check()
        asked = {"op": "apply", "key": key, "target": str(arguments["target"])}
        done = self._ask(asked | {"class": self._contracts[tool].effect})
        return _effect(done)

    def find(self, tool: str, arguments: Arguments, *, key: str, permit: Permit = UNLIMITED) -> Effect | None:
        found = self._ask({"op": "find", "key": key})
        return None if found is None else _effect(found)

    def preview_undo(self, tool: str, receipt: Json) -> Preview:
        raise ToolFailed("refused", "nothing here can be undone")

    def undo(
        self, tool: str, receipt: Json, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        raise ToolFailed("refused", "nothing here can be undone")

    def is_sent(self, asked: Mapping[str, str]) -> None:
        """Called when a request is on its way and its answer is not here."""

    def _ask(self, asked: Mapping[str, str]) -> str | None:
        try:
            connection = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
        except OSError as error:
            raise ToolFailed("unreachable", str(error)) from error
        with connection, connection.makefile("rw", encoding="utf-8") as lines:
            try:
                lines.write(json.dumps(asked) + "\n")
                lines.flush()
                self.is_sent(asked)
                answer = lines.readline()
            except OSError as error:
                raise ToolOutcomeUnknown(str(error)) from error
        if not answer:
            raise ToolOutcomeUnknown("the connection ended before the answer")
        said: str | None = json.loads(answer)
        return said


def _effect(reference: str | None) -> Effect:
    return Effect(str(reference), {}, {}, "1")


class SharedClock:
    """The machine's time plus what a file says, so that a test can move the time of several processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last = datetime.min.replace(tzinfo=UTC)
        self._turn = threading.Lock()

    def now(self) -> datetime:
        ahead = float(self._path.read_text(encoding="ascii") or 0) if self._path.exists() else 0.0
        with self._turn:
            self._last = max(self._last, datetime.now(UTC) + timedelta(seconds=ahead))
            return self._last

    def advance(self, seconds: float) -> None:
        """Move everybody's time; for one caller at a time."""
        ahead = float(self._path.read_text(encoding="ascii")) if self._path.exists() else 0.0
        replacement = self._path.with_suffix(".new")
        replacement.write_text(str(ahead + seconds), encoding="ascii")
        replacement.replace(self._path)
