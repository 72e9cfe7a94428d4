"""The HTTP application: every endpoint behind one door, one way to authenticate, one way to refuse.

Free of sockets and of concrete adapters. Handlers run in the loop's thread pool; who waits holds no thread.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from litestar import Litestar, Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream
from litestar.types import ASGIApp, Receive, Scope, Send

from lineclear.application.agents.outside import Outside
from lineclear.application.governing.people import authenticate
from lineclear.application.services import Services
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.server import (
    actions,
    agents,
    attending,
    checkpoints,
    connections,
    control,
    decisions,
    editing,
    erasures,
    feed,
    jobs,
    openapi,
    oversight,
    people,
    policies,
    presence,
)
from lineclear.server.aap.app import WAYS, AapApp, is_below
from lineclear.server.arriving import Register, mark
from lineclear.server.authentication import Door, bearer
from lineclear.server.bodies import check_media_type, read_body
from lineclear.server.endpoints import Answer, Asked, Call, Endpoint, read_query
from lineclear.server.idempotency import HEADER, REPLAYED, InFlight, keyed
from lineclear.server.problems import MEDIA_TYPE, Told, broken, refused
from lineclear.server.tail import Tail
from lineclear.wire.codecs import JSON, encode
from lineclear.wire.messages import StreamFeed

ENDPOINTS: tuple[Endpoint, ...] = (
    *jobs.ENDPOINTS,
    *actions.ENDPOINTS,
    *decisions.ENDPOINTS,
    *editing.ENDPOINTS,
    *agents.ENDPOINTS,
    *attending.ENDPOINTS,
    *presence.ENDPOINTS,
    *control.ENDPOINTS,
    *feed.ENDPOINTS,
    *checkpoints.ENDPOINTS,
    *erasures.ENDPOINTS,
    *oversight.ENDPOINTS,
    *people.ENDPOINTS,
    *connections.ENDPOINTS,
    *policies.ENDPOINTS,
)

_LOG = logging.getLogger(__name__)
_IDENTIFIER = re.compile(r"[A-Za-z0-9._-]{1,200}")
_INDEX_DIGITS = 15
_ALIVE = b'{"status":"ok"}'
_PATHS = (*(one.path for one in ENDPOINTS), *(one.path for one in WAYS), feed.STREAM, openapi.PATH)
_WORDS = frozenset(part for path in _PATHS for part in path.split("/") if part and not part.startswith("{"))
"""Every part of our addresses that is no id."""
_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def make_app(
    services: Services, tail: Tail, hosts: Iterable[str] = (), outside: Outside | None = None
) -> ASGIApp:
    """The whole application as ASGI; `hosts` are allowed Host names beside those of loopback.

    Without an `outside` agents that speak the Agent Approval Protocol are refused.
    """
    api = _Api(services, tail)
    app = Litestar(
        route_handlers=[*map(api.route, ENDPOINTS), api.stream_route(), _health_route(), _document_route()],
        exception_handlers={
            Refusal: _refused,
            HTTPException: _misaddressed,
            Exception: api.broken,
        },
        openapi_config=None,
        logging_config=None,
        request_max_body_size=None,
    )
    register = Register(services, _WORDS)
    return _guarded(app, AapApp(services, outside, tail), Door(hosts), register)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A request as it came in, not yet authenticated."""

    secret: str
    address: str
    path: Mapping[str, str]
    asked: Asked
    key: str | None


class _Api:
    """Takes a request through authentication, reading and the use case to its answer."""

    def __init__(self, services: Services, tail: Tail) -> None:
        self._services = services
        self._tail = tail
        self._in_flight = InFlight()

    def route(self, endpoint: Endpoint) -> HTTPRouteHandler:
        """The endpoint as the framework knows it."""

        async def handle(request: Request[Any, Any, Any]) -> Response[bytes]:
            return await self._respond(endpoint, request)

        decorate = get if endpoint.method == "GET" else post
        return decorate(re.sub(r"\{(\w+)\}", r"{\1:str}", endpoint.path), status_code=HTTPStatus.OK)(handle)

    def stream_route(self) -> HTTPRouteHandler:
        """The feed as server-sent events."""

        async def handle(request: Request[Any, Any, Any]) -> Stream:
            secret = bearer(request.scope["headers"])
            await asyncio.to_thread(self._reader, secret)
            start = _resumed(request)
            events = feed.stream(self._services, self._tail, lambda: self._reader(secret), start)
            return Stream(events, media_type=feed.EVENT_STREAM, headers=_NO_STORE)

        return get(feed.STREAM)(handle)

    def broken(self, _: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        """The funnel of all bugs: logged in full under an incident, answered without a word of it."""
        incident = self._services.ids.new("inc")
        _LOG.error("incident %s", incident, exc_info=error)
        return _told(broken(incident))

    async def _respond(self, endpoint: Endpoint, request: Request[Any, Any, Any]) -> Response[bytes]:
        secret = bearer(request.scope["headers"])
        body = b""
        if endpoint.method == "POST":
            check_media_type(request.headers.get("content-type"))
            body = await read_body(request.stream(), request.headers.get("content-length"))
        arrived = _Arrived(
            secret=secret,
            address=request.scope["path"],
            path={name: str(value) for name, value in request.path_params.items()},
            asked=Asked(request.scope["query_string"], body),
            key=request.headers.get(HEADER),
        )
        agent = arrived.secret if endpoint.deed is Deed.PROPOSE else ""
        answer = await self._tail.settled(lambda: self._run(endpoint, arrived), agent=agent)
        if endpoint.method == "GET":
            return _read(answer, request.headers.get("if-none-match"))
        return _written(answer)

    def _run(self, endpoint: Endpoint, arrived: _Arrived) -> Answer:
        principal = authenticate(self._services, arrived.secret)
        principal.require(endpoint.deed or Deed.ASK)
        if not all(map(_IDENTIFIER.fullmatch, arrived.path.values())):
            raise Refusal(Code.NOT_FOUND, what="This address")
        if endpoint.method == "GET":
            return endpoint.run(Call(self._services, principal, arrived.path), arrived.asked)
        write = keyed(arrived.key, endpoint.method, arrived.address, arrived.asked.body)
        with self._in_flight.hold(principal, write):
            return endpoint.run(Call(self._services, principal, arrived.path, write), arrived.asked)

    def _reader(self, secret: str) -> Principal:
        principal = authenticate(self._services, secret)
        principal.require(Deed.READ)
        return principal


def _resumed(request: Request[Any, Any, Any]) -> int:
    """Where a stream goes on: behind the last event that the reader had, or where the query says."""
    last = request.headers.get("last-event-id", "")
    if last.isascii() and last.isdigit() and len(last) <= _INDEX_DIGITS:
        return int(last) + 1
    return read_query(request.scope["query_string"], StreamFeed).start


def _written(answer: Answer) -> Response[bytes]:
    headers = {**_NO_STORE, REPLAYED: "true"} if answer.replayed else _NO_STORE
    return Response(encode(answer.body), status_code=answer.status, headers=headers, media_type=JSON)


def _read(answer: Answer, none_match: str | None) -> Response[bytes]:
    """Nothing but 304 where the caller has these very bytes."""
    body = answer.body if isinstance(answer.body, bytes) else encode(answer.body)
    etag = f'"{answer.version or sha256(body).hexdigest()}"'
    headers = {**_NO_STORE, "ETag": etag}
    if none_match is not None and _matches(none_match, etag):
        return Response(b"", status_code=HTTPStatus.NOT_MODIFIED, headers=headers, media_type=JSON)
    return Response(body, status_code=answer.status, headers=headers, media_type=answer.media_type)


def _matches(none_match: str, etag: str) -> bool:
    """RFC 9110 section 13.1.2, by weak comparison."""
    given = {one.strip().removeprefix("W/") for one in none_match.split(",")}
    return etag in given or none_match.strip() == "*"


def _told(told: Told) -> Response[bytes]:
    return Response(
        encode(told.problem),
        status_code=told.problem.status,
        headers={**_NO_STORE, **told.headers},
        media_type=MEDIA_TYPE,
    )


def _refused(request: Request[Any, Any, Any], refusal: Refusal) -> Response[bytes]:
    mark(request.scope, refusal.code)
    return _told(refused(refusal))


def _misaddressed(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """What the framework refuses before any endpoint: an unknown path, a wrong method."""
    path = request.scope["path"]
    if error.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return _refused(request, Refusal(Code.NOT_FOUND, what=path))
    allowed = (error.headers or {}).get("allow", "")
    return _refused(request, Refusal(Code.METHOD_REFUSED, method=request.method, path=path, allowed=allowed))


def _health_route() -> HTTPRouteHandler:
    async def health() -> Response[bytes]:
        return Response(_ALIVE, media_type=JSON, headers=_NO_STORE)

    return get("/healthz")(health)


def _document_route() -> HTTPRouteHandler:
    document = openapi.document(ENDPOINTS)

    async def describe() -> Response[bytes]:
        return Response(document, media_type=JSON)

    return get(openapi.PATH)(describe)


def _guarded(app: ASGIApp, aap: AapApp, door: Door, register: Register) -> ASGIApp:
    """The door stands before everything, also before addresses that do not exist."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        send = register.watching(scope, send)
        try:
            door.check(scope["headers"])
        except Refusal as refusal:
            mark(scope, refusal.code)
            if is_below(scope):
                await aap.refuse(refusal, send)
                return
            response = _told(refused(refusal)).to_asgi_response(app=None, request=Request(scope))
            await response(scope, receive, send)
        else:
            await (aap if is_below(scope) else app)(scope, receive, send)

    return guarded
