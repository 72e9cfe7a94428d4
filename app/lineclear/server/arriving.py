"""Keeps what each agent's token opened and what it was refused, as the answer goes out. Free of frameworks.

A first use and a refusal are kept before their answer is sent, so that whoever reads the answer finds them;
later uses at most once a minute. Of a flood a part is kept: so many refusals a minute for each token and
process, all strangers together. People's tokens are not followed.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, MutableMapping
from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Final, cast

from litestar.types import Message, Scope, Send

from lineclear.application.services import Services, stamp
from lineclear.domain.arrivals import NO_TOKEN, UNKNOWN_TOKEN, Refused, shown_path
from lineclear.domain.identities import Token
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role
from lineclear.server.authentication import bearer

_OURS: Final = ("/v1/", "/aap/v1/")
_MINUTE: Final = timedelta(minutes=1)
_MOST_REFUSED: Final = 30
_MOST_KNOWN: Final = 10_000
_MARK: Final = "lineclear.refused"
_FOLLOWED: Final = frozenset({Role.AGENT, Role.PROVISIONER})


def mark(scope: Scope, code: Code) -> None:
    """Say with a request what it was refused for."""
    cast("MutableMapping[str, object]", scope)[_MARK] = code


class Register:
    """Watches the answers of one process."""

    def __init__(self, services: Services, words: frozenset[str]) -> None:
        self._services = services
        self._words = words
        self._turn = threading.Lock()
        self._used: dict[str, datetime] = {}
        self._refused: dict[str, tuple[datetime, int]] = {}

    def watching(self, scope: Scope, send: Send) -> Send:
        """The way out for one request's answer."""

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = message["status"]
                code = cast("Mapping[str, object]", scope).get(_MARK, "")
                name, digest = _name_of(scope)
                if self._is_due(name, scope["path"], str(code), status):
                    call = Refused("", str(code), str(scope.get("method", "")), self._path(scope))
                    await asyncio.to_thread(self._keep, name, digest, call)
            await send(message)

        return watched

    def _path(self, scope: Scope) -> str:
        return shown_path(scope["path"], self._words)

    def _is_due(self, name: str, path: str, code: str, status: int) -> bool:
        """Whether this answer is worth a commit."""
        now = self._services.clock.now()
        with self._turn:
            if code:
                return self._counts(name, now)
            if status >= HTTPStatus.BAD_REQUEST or not path.startswith(_OURS) or name == NO_TOKEN:
                return False
            if now - self._used.get(name, now - _MINUTE) < _MINUTE:
                return False
            _bound(self._used)[name] = now
        return True

    def _counts(self, name: str, now: datetime) -> bool:
        since, count = self._refused.get(name, (now, 0))
        if now - since >= _MINUTE:
            since, count = now, 0
        _bound(self._refused)[name] = since, count + 1
        return count < _MOST_REFUSED

    def _keep(self, name: str, digest: str, call: Refused) -> None:
        """On a thread. A database that cannot keep it now is told of by the answer itself, if by anything."""
        try:
            name = self._known(name, digest)
            if not name:
                return
            at = stamp(self._services.clock.now())
            self._services.arrivals.change(
                name,
                lambda before: (
                    before.turned_away(Refused(at, call.code, call.method, call.path))
                    if call.code
                    else before.used(at)
                ),
            )
        except Refusal:
            return

    def _known(self, name: str, digest: str) -> str:
        """The name to keep it under; empty for a person's token."""
        if name == NO_TOKEN:
            return name
        token = self._services.store.read(lambda snapshot: snapshot.load(Token, name))
        if token is None or token.sha256 != digest:
            return UNKNOWN_TOKEN
        return name if token.role in _FOLLOWED else ""


def _bound[V](known: dict[str, V]) -> dict[str, V]:
    """The same, emptied before it grows without end: then some are kept once more than need be."""
    if len(known) >= _MOST_KNOWN:
        known.clear()
    return known


def _name_of(scope: Scope) -> tuple[str, str]:
    """The id that the presented token would have, and its digest."""
    try:
        digest = sha256(bearer(scope["headers"]).encode()).hexdigest()
    except Refusal:
        return NO_TOKEN, ""
    return digest[:16], digest
