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

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from lineclear.adapters.connectors.definitions import identified, rendered, require
from lineclear.adapters.connectors.http_exchange import Answer, Exchange, Found, Step, named
from lineclear.adapters.connectors.http_journal import KEPT_SECONDS, Attempt, Journal, Page, Plan, Way
from lineclear.adapters.connectors.http_system import Environment, HttpSystem
from lineclear.adapters.connectors.http_tools import HttpTool, Method
from lineclear.adapters.connectors.http_undo import (
    conditional,
    media_type,
    read_receipt,
    receipt_of,
    record_of,
    restoration_of,
    restored,
    standing,
    undo_plan,
    way_from,
    ways,
)
from lineclear.adapters.connectors.undoing import Record
from lineclear.adapters.connectors.versions import is_same, version_of
from lineclear.application.ports import Arguments, ToolFailed, ToolOutcomeUnknown
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Effect, Health, Preview, Target, UndoPlan
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass

_ABSENT = "absent"
_ABSENCES = 3
_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_HASHED = "sha256-"


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
        return [tool.contract(name, tool.effect, mutates=tool.mutates) for name, tool in self._tools.items()]

    def preview(self, tool: str, arguments: Arguments) -> Preview:
        definition = self._tools[tool]
        found = self._found(definition, arguments)
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
            version=_version(definition, found),
            undo=definition.plan,
        )

    def apply(self, tool: str, arguments: Arguments, *, expected: str, key: str) -> Effect:
        definition = self._tools[tool]
        if not definition.mutates:
            return self._read(definition, arguments, expected)

        def plan() -> Plan:
            found = self._found(definition, arguments)
            _require_version(_version(definition, found), expected)
            return self._plan(definition, arguments, found)

        return self._once(definition, version_of([tool, dict(arguments)]), key, plan)

    def find(self, tool: str, arguments: Arguments, *, key: str) -> Effect | None:
        definition = self._tools[tool]
        attempt = self._journal.read(key)
        if attempt is not None and attempt.effect is not None:
            return attempt.effect
        if definition.lookup is not None:
            with _cautiously(is_open=attempt is not None):
                answer = self._asked(definition, key)
                return None if answer is None else self._told(definition, answer, key)
        if attempt is None:
            self._found(definition, arguments)  # a journal in front of a system that is gone proves nothing
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
            version=_version(definition, found),
            undo=UndoPlan(possible=not conflicts, window=definition.undo_window, loses=words),
            moved=standing(given, restoration, conflicts=False),
        )

    def undo(self, tool: str, receipt: Json, *, expected: str, key: str) -> Effect:
        definition = self._tools[tool]
        given = read_receipt(definition, tool, receipt)

        def plan() -> Plan:
            found = self._exchange.look(given.place)
            _require_version(_version(definition, found), expected)
            return undo_plan(definition, given, found)

        return self._once(definition, version_of(["undo", tool, receipt]), key, plan)

    def probe(self) -> Health:
        return self._exchange.probe()

    def _found(self, tool: HttpTool, arguments: Arguments) -> Found:
        place = tool.place(arguments)
        return self._exchange.look(place) if place else Found()

    def _read(self, tool: HttpTool, arguments: Arguments, expected: str) -> Effect:
        found = self._found(tool, arguments)
        version = _version(tool, found)
        _require_version(version, expected)
        require(tool.checks, _scope(arguments, found))
        return Effect(reference="read", before=found.state, after=found.state, version=version)

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

    def _once(self, tool: HttpTool, request: str, key: str, plan: Callable[[], Plan]) -> Effect:
        """The effect of this key: as it was, or of the one request that is sent for it now."""
        with self._journal.held(key) as page:
            attempt = page.read()
            if attempt is not None and attempt.request != request:
                raise ToolFailed("refused", "This key was already used for another change; use a new one.")
            if attempt is None:
                return self._first(tool, page, request, key, plan)
            return attempt.effect or self._again(tool, page, attempt)

    def _first(self, tool: HttpTool, page: Page, request: str, key: str, plan: Callable[[], Plan]) -> Effect:
        answer = self._asked(tool, key) if tool.effect is EffectClass.QUERYABLE else None
        if answer is not None:  # sent from a place whose journal is not here
            return _heard(answer, key)
        page.forget(self._now() - KEPT_SECONDS)
        attempt = Attempt(key, request, self._now(), plan())
        try:
            page.write(attempt)
        except OSError as error:
            page.remove()
            raise ToolFailed(
                "unreachable", f"The journal cannot be written: {error}. Nothing was sent."
            ) from error
        try:
            said = self._exchange.send(attempt.plan.step, _header(tool, key))
        except ToolFailed:
            page.remove()
            raise
        return _settled(page, attempt, self._effect(tool, attempt, said))

    def _again(self, tool: HttpTool, page: Page, attempt: Attempt) -> Effect:
        with _cautiously(is_open=True):
            return _settled(page, attempt, self._resolved(tool, page, attempt))

    def _resolved(self, tool: HttpTool, page: Page, attempt: Attempt) -> Effect:
        is_honoured = tool.window is not None and self._now() - attempt.sent_at <= tool.window // 4
        answer = None if is_honoured else self._learnt(tool, page, attempt)
        if answer is None:
            answer = self._exchange.send(attempt.plan.step, _header(tool, attempt.key))
        return self._effect(tool, attempt, answer)

    def _learnt(self, tool: HttpTool, page: Page, attempt: Attempt) -> Answer | None:
        """What the lookup knows; None where it may be sent again, which takes more than one denial.

        A provider may learn late what it did: absence counts when it was seen at several attempts.
        """
        if tool.lookup is None:
            raise ToolOutcomeUnknown(f"{self._system} was sent this, and sending it again could repeat it.")
        answer = self._asked(tool, attempt.key)
        if answer is not None:
            return answer
        seen = attempt.absences + 1
        _noted(page, msgspec.structs.replace(attempt, absences=seen % _ABSENCES))
        if seen < _ABSENCES:
            raise ToolOutcomeUnknown(f"{self._system} does not know this key yet; it will be asked again.")
        place, before = attempt.plan.place, attempt.plan.before
        if place and not is_same(record_of(tool, self._exchange.look(place)), before):
            raise ToolOutcomeUnknown(f"{self._system} does not know this key, yet the target has changed.")
        return None

    def _asked(self, tool: HttpTool, key: str) -> Answer | None:
        """What the lookup says of the key; None for absence."""
        assert tool.lookup is not None, "only a tool with a lookup asks"
        sent = _sent(key)
        answer = self._exchange.look(tool.lookup.path({"key": sent})).state
        told = answer is not None and tool.told(answer, sent)
        if told is False:
            return None
        made = told if isinstance(told, dict) else None
        return Answer(made, reference=named(made) or named(answer))

    def _told(self, tool: HttpTool, answer: Answer, key: str) -> Effect:
        """The effect that a lookup told of, remembered where it was sent from here."""
        with self._journal.held(key) as page:
            attempt = page.read()
            if attempt is None:
                return _heard(answer, key)
            return attempt.effect or _settled(page, attempt, self._effect(tool, attempt, answer))

    def _effect(self, tool: HttpTool, attempt: Attempt, answer: Answer) -> Effect:
        """What the write did: the resource as it is read afterwards, or as planned where it cannot be."""
        plan = attempt.plan
        if plan.step.method is tool.method is Method.POST:
            plan = _placed(plan, way_from(tool, plan, answer))
        after, version = self._left(tool, plan, answer)
        return Effect(
            reference=answer.reference or _sent(attempt.key),
            before=plan.before,
            after=after,
            version=version,
            receipt=receipt_of(plan, after).as_json() if tool.reversible else None,
        )

    def _left(self, tool: HttpTool, plan: Plan, answer: Answer) -> tuple[Record | None, str]:
        """The resource that the write left, and its version."""
        if plan.after is None:
            return None, _ABSENT
        planned = plan.after
        if plan.step.method is Method.POST and isinstance(answer.body, dict):
            planned = tool.shown(answer.body)
        try:
            found = self._exchange.look(plan.place) if plan.place else Found()
            record = record_of(tool, found)
            if record is None or (answer.etag and found.etag and answer.etag != found.etag):
                return planned, answer.etag or version_of(planned)  # somebody was there before we looked
            return record, _version(tool, found)
        except ToolFailed:
            return planned, answer.etag or version_of(planned)


def _scope(arguments: Arguments, found: Found) -> dict[str, Json]:
    return {"args": dict(arguments), "now": found.state}


def _version(tool: HttpTool, found: Found) -> str:
    """The ETag where one is given, else a digest of what is shown."""
    if found.state is None:
        return _ABSENT
    if tool.if_match and not found.is_strong:
        raise ToolFailed(
            "invalid", "The resource comes without a strong ETag, so `if_match` cannot hold; leave it out."
        )
    if found.etag:
        return found.etag
    return version_of(tool.shown(found.state) if isinstance(found.state, dict) else found.state)


def _require_version(found: str, expected: str) -> None:
    if found != expected:
        raise ToolFailed("target_moved", "The resource changed since it was shown; look at it again.")


def _sent(key: str) -> str:
    """The key as headers and paths can carry it; different keys stay different."""
    if _KEY.fullmatch(key) and not key.startswith(_HASHED):
        return key
    return _HASHED + hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()


def _header(tool: HttpTool, key: str) -> dict[str, str]:
    return {tool.idempotency_header: _sent(key)} if tool.idempotency_header else {}


def _placed(plan: Plan, back: Way | None) -> Plan:
    """The plan of a POST with the place that its answer named."""
    return plan if back is None else msgspec.structs.replace(plan, place=back.path, back=back)


def _heard(answer: Answer, key: str) -> Effect:
    """An effect that was sent from a place whose journal is not here: all that is known is what was made."""
    return Effect(reference=answer.reference or _sent(key), before=None, after=answer.body, version="")


@contextmanager
def _cautiously(*, is_open: bool) -> Iterator[None]:
    """While an attempt is open, no failure of a later one says that nothing was changed."""
    try:
        yield
    except ToolFailed as error:
        if is_open:
            raise ToolOutcomeUnknown(f"An earlier attempt left no answer, and now: {error}") from error
        raise


def _noted(page: Page, attempt: Attempt) -> None:
    try:
        page.write(attempt)
    except OSError as error:
        raise ToolOutcomeUnknown(f"The journal cannot be written: {error}.") from error


def _settled(page: Page, attempt: Attempt, effect: Effect) -> Effect:
    """Remember the effect; a disk that fails now leaves an open attempt, which is looked into again."""
    _noted(page, msgspec.structs.replace(attempt, effect=effect))
    return effect
