"""The Agent Approval Protocol as ASGI: one way in, one way to authenticate, one envelope for what is refused.

Free of sockets and of concrete adapters. Handlers run in the loop's thread pool; who waits holds no thread.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

from litestar.types import Receive, Scope, Send

from lineclear.application.agents.outside import Outside
from lineclear.application.governing.people import authenticate
from lineclear.application.services import Services
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.uuids import random_uuid
from lineclear.server.aap import document, instances, requests
from lineclear.server.aap.errors import error_of
from lineclear.server.aap.routes import Answer, Asked, Way, read_query
from lineclear.server.arriving import mark
from lineclear.server.authentication import bearer
from lineclear.server.bodies import check_media_type, read_body
from lineclear.server.tail import Tail
from lineclear.wire.aap import BASE
from lineclear.wire.codecs import JSON, encode

WAYS: tuple[Way, ...] = (*requests.WAYS, *instances.WAYS)
_LOG = logging.getLogger(__name__)
_PATIENCE = 20.0


class Turns:
    """One at a time for each name: who comes second waits, and then finds what the first has done."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._names: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Refusal(KEY_IN_FLIGHT) where the first takes too long."""
        with self._turn:
            lock, count = self._names.get(name, (threading.Lock(), 0))
            self._names[name] = lock, count + 1
        try:
            if not lock.acquire(timeout=_PATIENCE):
                raise Refusal(Code.KEY_IN_FLIGHT)
            try:
                yield
            finally:
                lock.release()
        finally:
            with self._turn:
                lock, count = self._names.pop(name)
                if count > 1:
                    self._names[name] = lock, count - 1


class AapApp:
    """Answers everything below `/aap`."""

    def __init__(self, services: Services, outside: Outside | None, tail: Tail) -> None:
        self._ids = services.ids
        self._outside = outside
        self._tail = tail
        self._turns = Turns()
        self._ways = [(way, re.compile(way.path.replace("{id}", "([^/]+)"))) for way in WAYS]
        self._document = document.document(WAYS)

    async def refuse(self, refusal: Refusal, send: Send) -> None:
        """Answer what was refused before it came here."""
        exchange = random_uuid(self._ids.secret())
        status, body, headers = told(refusal, exchange)
        await respond(send, status, body, {**headers, "X-Request-ID": exchange})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One exchange. Nothing that goes wrong in it leaves without the envelope."""
        exchange = random_uuid(self._ids.secret())
        try:
            status, body, headers = await self._answered(scope, receive)
        except Refusal as refusal:
            mark(scope, refusal.code)
            status, body, headers = told(refusal, exchange)
        except Exception as error:  # noqa: BLE001  # the funnel: in full to the log, not a word to the caller
            _LOG.error("incident %s", exchange, exc_info=error)
            status, body, headers = told(Refusal(Code.BROKEN, incident=exchange), exchange)
        await respond(send, status, body, {**headers, "X-Request-ID": exchange})

    async def _answered(self, scope: Scope, receive: Receive) -> tuple[HTTPStatus, bytes, Mapping[str, str]]:
        if scope["path"] == document.PATH and scope["method"] == "GET":  # type: ignore[typeddict-item]  # http only
            return HTTPStatus.OK, self._document, {}
        if self._outside is None:
            raise Refusal(Code.SOURCE_CLOSED)
        way, path = self._found(scope)
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        secret = bearer(scope["headers"])
        body = b""
        if way.method in {"POST", "PATCH"}:
            body = await read_body(_chunks(receive), headers.get(b"content-length"))
            if way.has_body or body:
                check_media_type(headers.get(b"content-type"))
        query, key = scope["query_string"], headers.get(b"idempotency-key")
        outside = self._outside

        def run() -> Answer:
            principal = authenticate(outside.services, secret)
            principal.require(way.deed)
            asked = Asked(
                outside, principal, secret, path, read_query(query, way.query), body, key, _operation(way)
            )
            with self._turns.of(f"{principal.actor} {_operation(way)} {path} {key}"):
                return way.run(asked)

        answer = await self._tail.settled(run, agent=secret)
        sent = answer.body if isinstance(answer.body, bytes) else encode(answer.body)
        return answer.status, sent, {}

    def _found(self, scope: Scope) -> tuple[Way, str]:
        here = [(way, match) for way, form in self._ways if (match := form.fullmatch(scope["path"]))]
        if not here:
            raise Refusal(Code.NOT_FOUND, what="This address")
        method: str = scope["method"]  # type: ignore[typeddict-item]  # http only
        for way, match in here:
            if way.method == method:
                return way, match[1] if match.groups() else ""
        allowed = ", ".join(sorted(way.method for way, _ in here))
        raise Refusal(Code.METHOD_REFUSED, method=method, path=scope["path"], allowed=allowed)


def is_below(scope: Scope) -> bool:
    """Whether an address is this protocol's."""
    return str(scope["type"]) == "http" and scope["path"].startswith(f"{BASE}/")


def told(refusal: Refusal, exchange: str) -> tuple[HTTPStatus, bytes, Mapping[str, str]]:
    """A refusal as it is sent."""
    status, envelope, headers = error_of(refusal, exchange)
    return status, encode(envelope), headers


async def respond(send: Send, status: HTTPStatus, body: bytes, headers: Mapping[str, str]) -> None:
    """Send one answer."""
    all_headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **headers}
    if status is not HTTPStatus.NO_CONTENT:
        all_headers |= {"Content-Type": JSON, "Content-Length": str(len(body))}
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in all_headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _operation(way: Way) -> str:
    return f"{way.method} {way.path}"


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    more = True
    while more:
        event = await receive()
        if event["type"] != "http.request":
            return
        yield event["body"]
        more = event["more_body"]
