"""The connector for JSON resources over HTTP. Effect class B, C or D, as each tool's definition says.

A tool definition (see `http_tools`) says what is read, what is written and how a write is told from its
repetition. Every write is in the journal before it is sent, once, against the version that was read a moment
before. Whoever asks again with the same key gets the same effect; an attempt that left no answer is resolved
as its class allows:

- B: the very same request again, within a quarter of the window; afterwards the lookup, if there is one;
- C: the lookup; only when it has denied the key at three attempts, and the target still is as it was, the
  request again;
- D: never; a person compares.

Where an attempt was made before, nothing is ever reported as unchanged: only its own answer could say that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from lineclear.adapters.connectors.definitions import failing, identified, rendered, require
from lineclear.adapters.connectors.http.exchange import Exchange, Found, Step
from lineclear.adapters.connectors.http.journal import Journal, Plan
from lineclear.adapters.connectors.http.system import Environment, HttpSystem
from lineclear.adapters.connectors.http.tools import HttpTool, Method
from lineclear.adapters.connectors.http.undo import (
    conditional,
    media_type,
    read_receipt,
    record_of,
    restoration_of,
    restored,
    standing,
    undo_plan,
    version_found,
    ways,
)
from lineclear.adapters.connectors.http.writing import Writing, cautiously
from lineclear.adapters.connectors.versions import version_of
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Arguments, Permit, ToolFailed, ToolOutcomeUnknown
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Effect, Health, HealthState, Preview, Target, UndoPlan, of_tools
from lineclear.domain.strict_json import Json


class HttpConnector:
    """Reads, previews, applies and undoes changes of resources of one provider.

    `journal` is the folder that remembers what was sent; `environment` looks variables up at each call;
    `now` gives whole seconds since 1970.
    """

    def __init__(
        self,
        system: str,
        settings: HttpSystem,
        tools: Mapping[str, HttpTool],
        *,
        journal: Path,
        environment: Environment,
        now: Callable[[], int],
    ) -> None:
        self._system = system
        self._tools = dict(tools)
        self._exchange = Exchange(system, settings, environment=environment, now=now)
        self._journal = Journal(journal)
        self._now = now

    def contracts(self) -> Sequence[ToolContract]:
        return [
            msgspec.structs.replace(
                tool.contract(name, tool.effect, mutates=tool.mutates), key_window=tool.window
            )
            for name, tool in self._tools.items()
        ]

    def _under(self, permit: Permit) -> tuple[Exchange, Writing]:
        """What asks and what writes for one call, and no longer than its permit holds."""
        exchange = self._exchange.under(permit)
        return exchange, Writing(self._system, exchange, self._journal, self._now)

    def preview(self, tool: str, arguments: Arguments) -> Preview:
        definition = self._tools[tool]
        found = _found(self._exchange, definition, arguments)
        scope = _scope(arguments, found)
        require(definition.checks, scope)
        before, after = found.state, found.state
        if definition.mutates:
            plan = self._plan(definition, arguments, found)
            before, after = plan.before, plan.after
        return Preview(
            target=Target(self._system, definition.target.kind, identified(definition.target, scope)),
            title=rendered(definition.title, scope),
            shape=definition.shape,
            before=before,
            after=after,
            version=version_found(definition, found),
            undo=definition.plan,
        )

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        definition = self._tools[tool]
        exchange, writing = self._under(permit)
        if not definition.mutates:
            return _read(exchange, definition, arguments, expected)

        def plan() -> Plan:
            found = _found(exchange, definition, arguments)
            _require_version(version_found(definition, found), expected)
            return self._plan(definition, arguments, found)

        return writing.once(definition, version_of([tool, dict(arguments)]), key, plan)

    def find(self, tool: str, arguments: Arguments, *, key: str, permit: Permit = UNLIMITED) -> Effect | None:
        definition = self._tools[tool]
        attempt = self._journal.read(key)
        if attempt is not None and attempt.effect is not None:
            return attempt.effect
        exchange, writing = self._under(permit)
        if definition.lookup is not None:
            with cautiously(is_open=attempt is not None):
                answer = writing.asked(definition, key)
                return None if answer is None else writing.told(definition, answer, key)
        if attempt is None:
            _found(
                exchange, definition, arguments
            )  # a journal in front of a system that is gone proves nothing
        else:
            raise ToolOutcomeUnknown(
                f"{self._system} was sent this change and cannot be asked what became of it."
            )
        return None

    def preview_undo(self, tool: str, receipt: Json) -> Preview:
        definition = self._tools[tool]
        given = read_receipt(definition, tool, receipt)
        found = self._exchange.look(given.place)
        restoration = restoration_of(definition, given, found)
        conflicts = standing(given, restoration)
        words = f"changed since and in the way: {', '.join(conflicts)}" if conflicts else definition.loses
        return Preview(
            target=given.target,
            title=f"Undo: {given.title}",
            shape=definition.shape,
            before=restoration.now,
            after=restored(definition, given, restoration),
            version=version_found(definition, found),
            undo=UndoPlan(possible=not conflicts, window=definition.undo_window, loses=words),
            moved=standing(given, restoration, conflicts=False),
        )

    def undo(
        self, tool: str, receipt: Json, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        definition = self._tools[tool]
        given = read_receipt(definition, tool, receipt)
        exchange, writing = self._under(permit)

        def plan() -> Plan:
            found = exchange.look(given.place)
            _require_version(version_found(definition, found), expected)
            return undo_plan(definition, given, found)

        return writing.once(definition, version_of(["undo", tool, receipt]), key, plan)

    def probe(self) -> Health:
        whole = self._exchange.probe()
        asked = {name: tool.probe for name, tool in self._tools.items() if tool.probe}
        if whole.state is not HealthState.HEALTHY or not asked:
            return whole
        return of_tools(self._tools, failing(asked, self._exchange.try_path))

    def _plan(self, tool: HttpTool, arguments: Arguments, found: Found) -> Plan:
        assert tool.write is not None, "only a tool that writes is planned"
        scope = _scope(arguments, found)
        require(tool.checks, scope)
        before = None if tool.method is Method.POST else record_of(tool, found)
        body = tool.payload(scope)
        version_of(body)  # refuses what JSON cannot carry, before anybody is shown it
        path = tool.write.path(scope)
        kind = media_type(tool) if tool.method is Method.PATCH else "application/json"
        back, forth = ways(tool, path, before, scope)
        return Plan(
            title=rendered(tool.title, scope),
            target=Target(self._system, tool.target.kind, identified(tool.target, scope)),
            write=tool.write.source,
            step=conditional(tool, Step(tool.method, path, body, kind), found),
            place="" if tool.method is Method.POST else tool.place(arguments),
            args=dict(arguments),
            before=before,
            after=tool.made(before, body),
            back=back,
            forth=forth,
        )


def _found(exchange: Exchange, tool: HttpTool, arguments: Arguments) -> Found:
    place = tool.place(arguments)
    return exchange.look(place) if place else Found()


def _read(exchange: Exchange, tool: HttpTool, arguments: Arguments, expected: str) -> Effect:
    found = _found(exchange, tool, arguments)
    version = version_found(tool, found)
    _require_version(version, expected)
    require(tool.checks, _scope(arguments, found))
    return Effect(reference="read", before=found.state, after=found.state, version=version)


def _scope(arguments: Arguments, found: Found) -> dict[str, Json]:
    return {"args": dict(arguments), "now": found.state}


def _require_version(found: str, expected: str) -> None:
    if found != expected:
        raise ToolFailed("target_moved", "The resource changed since it was shown; look at it again.")
