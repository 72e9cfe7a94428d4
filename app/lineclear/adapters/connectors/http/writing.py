"""The writes of one call over HTTP: sent once, remembered, and resolved as the tool's class allows.

See `http` for the classes. One `Writing` serves one call, under that call's permit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from lineclear.adapters.connectors.http.exchange import Answer, Exchange, Found, named
from lineclear.adapters.connectors.http.journal import KEPT_SECONDS, Attempt, Journal, Page, Plan, Way
from lineclear.adapters.connectors.http.tools import HttpTool, Method
from lineclear.adapters.connectors.http.undo import ABSENT, receipt_of, record_of, version_found, way_from
from lineclear.adapters.connectors.undoing import Record
from lineclear.adapters.connectors.versions import is_same, version_of
from lineclear.application.ports import ToolFailed, ToolOutcomeUnknown
from lineclear.domain.effects import Effect
from lineclear.domain.vocabulary import EffectClass

_ABSENCES = 3
_KEY = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_HASHED = "sha256-"


class Writing:
    """Sends, asks and remembers for one call. `now` gives whole seconds since 1970."""

    def __init__(self, system: str, exchange: Exchange, journal: Journal, now: Callable[[], int]) -> None:
        self._system = system
        self._exchange = exchange
        self._journal = journal
        self._now = now

    def once(self, tool: HttpTool, request: str, key: str, plan: Callable[[], Plan]) -> Effect:
        """The effect of this key: as it was, or of the one request that is sent for it now."""
        with self._journal.held(key) as page:
            attempt = page.read()
            if attempt is not None and attempt.request != request:
                raise ToolFailed("refused", "This key was already used for another change; use a new one.")
            if attempt is None:
                return self._first(tool, page, request, key, plan)
            return attempt.effect or self._again(tool, page, attempt)

    def _first(self, tool: HttpTool, page: Page, request: str, key: str, plan: Callable[[], Plan]) -> Effect:
        answer = self.asked(tool, key) if tool.effect is EffectClass.QUERYABLE else None
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
        with cautiously(is_open=True):
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
        answer = self.asked(tool, attempt.key)
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

    def asked(self, tool: HttpTool, key: str) -> Answer | None:
        """What the lookup says of the key; None for absence."""
        assert tool.lookup is not None, "only a tool with a lookup asks"
        sent = _sent(key)
        answer = self._exchange.look(tool.lookup.path({"key": sent})).state
        told = answer is not None and tool.told(answer, sent)
        if told is False:
            return None
        made = told if isinstance(told, dict) else None
        return Answer(made, reference=named(made) or named(answer))

    def told(self, tool: HttpTool, answer: Answer, key: str) -> Effect:
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
            return None, ABSENT
        planned = plan.after
        if plan.step.method is Method.POST and isinstance(answer.body, dict):
            planned = tool.shown(answer.body)
        try:
            found = self._exchange.look(plan.place) if plan.place else Found()
            record = record_of(tool, found)
            if record is None or (answer.etag and found.etag and answer.etag != found.etag):
                return planned, answer.etag or version_of(planned)  # somebody was there before we looked
            return record, version_found(tool, found)
        except ToolFailed:
            return planned, answer.etag or version_of(planned)


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
def cautiously(*, is_open: bool) -> Iterator[None]:
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
