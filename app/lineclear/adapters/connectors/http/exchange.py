"""One request and one answer with a provider: the connectors' seam to httpx, and what each outcome means.

A request is made under a permit: nothing waits longer than that holds, no secret is looked up and no byte
sent once it is over, and a revocation shuts the connection down, so that who waits for an answer goes on.

Nothing is sent twice here, no redirect is followed, no proxy, cookie or password file of the environment is
used, and no connection is kept: a connection that was kept can be closed by the other side while a write is
under way, and nobody could say whether it arrived. What is not an answer leaves as ToolFailed or, after a
write may have arrived, as ToolOutcomeUnknown.
"""

from __future__ import annotations

import math
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import httpx
import msgspec

from lineclear.adapters.connectors.http.system import Environment, HttpSystem, is_plain
from lineclear.adapters.connectors.http.tools import Method
from lineclear.adapters.connectors.undoing import Record
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Permit, ToolFailed, ToolOutcomeUnknown
from lineclear.domain.effects import Health, HealthState
from lineclear.domain.strict_json import Json, StrictJsonError, parse
from lineclear.wire.failures import words_of

_SHOWN = 200
_ABSENT = (404, 410)
_DENIED = (401, 403)
_MOVED = (409, 412)
_BUSY = 429
_NOTHING_THERE = (404, 405, 410)
_OK = range(200, 300)
_CLIENT_ERRORS = range(400, 500)
_SERVER_ERRORS = range(500, 600)
_ETAG = re.compile(r'(W/)?"[\x21\x23-\x7e]{0,198}"')
# What httpx raises before a byte of the request has left.
_UNSENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.LocalProtocolError,
    httpx.UnsupportedProtocol,
)  # fmt: skip


class RateLimited(ToolFailed):
    """The provider asks to come back later; nothing was changed."""

    def __init__(self, system: str, retry_after: int | None) -> None:
        when = f"in {retry_after} seconds" if retry_after is not None else "later"
        words = f"{system} limits how often it is asked; try again {when}. Nothing was changed."
        super().__init__("unreachable", words, retry_after=retry_after)


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One write as it is sent, the same bytes each time. `match` is an ETag, or `*` for "only if absent"."""

    method: Method
    path: str
    body: Record | None = None
    media_type: str = "application/json"
    match: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a path gives; no state is absence. `etag` is "" where none was given."""

    state: Json = None
    etag: str = ""

    @property
    def is_strong(self) -> bool:
        """Whether `If-Match` can name it (RFC 9110 section 13.1.1)."""
        return self.etag.startswith('"')


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a write that took effect; all of it may be absent.

    `body` is what the write left or made, `location` a path under the base, `reference` the other side's
    own name for the effect.
    """

    body: Json = None
    etag: str = ""
    location: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class _Raw:
    """An answer as it came; no body where it is longer than is read."""

    status: int
    headers: httpx.Headers
    body: bytes | None


class _Line:
    """The connection of one request: looks at the permit before anything leaves, and can be shut down."""

    def __init__(self, permit: Permit) -> None:
        self._permit = permit
        self._socket: socket.socket | None = None

    def trace(self, event: str, told: Mapping[str, object]) -> None:
        """What httpcore says of its progress (its `trace` extension)."""
        reach = getattr(told.get("return_value"), "get_extra_info", None)
        if callable(reach) and event.startswith("connection."):
            self._socket = reach("socket")
        if event.endswith("send_request_headers.started"):
            self._permit.check()

    def cut(self) -> None:
        """From another thread: a wait for this connection ends at once."""
        if self._socket is not None:
            with suppress(OSError):  # it is closed already
                # Not SSLSocket's own, which would take the cipher away from under whoever reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Exchange:
    """Asks one system. Blocking; safe to use from several threads. `now` gives whole seconds."""

    def __init__(
        self,
        name: str,
        system: HttpSystem,
        *,
        environment: Environment,
        now: Callable[[], int],
        permit: Permit = UNLIMITED,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._name = name
        self._system = system
        self._environment = environment
        self._now = now
        self._permit = permit
        self._context = context or _context(is_secure=system.base_url.startswith("https:"))

    def under(self, permit: Permit) -> Exchange:
        """The same system, asked no longer than the permit holds."""
        return Exchange(
            self._name,
            self._system,
            environment=self._environment,
            now=self._now,
            permit=permit,
            context=self._context,
        )

    def look(self, path: str) -> Found:
        """Read a resource; changes nothing. ToolFailed where it cannot be read."""
        raw = self._asked(path)
        if raw.status in _ABSENT:
            return Found()
        if raw.status not in _OK:
            raise self._unread(raw)
        if raw.body is None:
            raise ToolFailed(
                "invalid", f"{self._name} answers with more than {self._system.max_bytes} bytes."
            )
        try:
            state = parse(raw.body, max_bytes=self._system.max_bytes)
        except StrictJsonError as error:
            raise ToolFailed(
                "invalid", f"{self._name} answers with no JSON that can be shown: {error}"
            ) from None
        if state is None:
            raise ToolFailed(
                "invalid", f"{self._name} answers with null, which says neither there nor absent."
            )
        return Found(state, _etag(raw.headers))

    def send(self, step: Step, key: Mapping[str, str]) -> Answer:
        """Write once, with the header that carries the key.

        ToolFailed only where the write did not take effect, as the provider says itself or because no
        connection was made; ToolOutcomeUnknown for all else that is not a success.
        """
        try:
            raw = self._requested(step.method, step.path, {**_conditions(step), **key}, _encoded(step))
        except _UNSENT as error:
            self._permit.check()
            raise self._unreachable(error) from error
        except httpx.TransportError as error:
            detail = f"{self._name} was sent the change and gave no whole answer ({_name(error)})."
            raise ToolOutcomeUnknown(detail) from error
        if raw.status in _OK:
            return self._answer(step, raw)
        if raw.status not in _CLIENT_ERRORS:
            raise ToolOutcomeUnknown(f"{self._name} was sent the change and answered {self._said(raw)}.")
        raise self._refused(raw)

    def probe(self) -> Health:
        """How the system is, by one question; never raises."""
        return self._probed(self._system.probe)[0]

    def try_path(self, path: str) -> None:
        """Ask one tool's question; ToolFailed where it is not answered, or where nothing is there."""
        health, status = self._probed(path)
        if health.state is not HealthState.HEALTHY:
            raise ToolFailed("unreachable", health.detail)
        if status in _NOTHING_THERE:
            raise ToolFailed("not_found", f"{self._name} answers {status} for {path}.")

    def _probed(self, path: str) -> tuple[Health, int]:
        try:
            raw = self._asked(path)
        except ToolFailed as error:
            return Health(HealthState.DENIED if error.code == "denied" else HealthState.DOWN, str(error)), 0
        if raw.status in _DENIED:
            return Health(HealthState.DENIED, str(self._refused(raw))), raw.status
        if raw.status == _BUSY:
            return Health(HealthState.RATE_LIMITED, str(self._limited(raw))), raw.status
        if raw.status in _SERVER_ERRORS:
            return Health(HealthState.DOWN, f"{self._name} answers {self._said(raw)}."), raw.status
        return Health(HealthState.HEALTHY), raw.status

    def _asked(self, path: str) -> _Raw:
        try:
            return self._requested(Method.GET, path, {}, None)
        except httpx.TransportError as error:
            self._permit.check()
            raise self._unreachable(error) from error

    def _requested(self, method: Method, path: str, more: Mapping[str, str], content: bytes | None) -> _Raw:
        self._permit.check()
        patience, line = min(self._system.timeout, self._permit.left()), _Line(self._permit)
        headers = {
            "User-Agent": "Lineclear",
            "Accept": "application/json, application/problem+json",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **self._system.sent(self._environment),
            **more,
        }
        url, until = self._system.base_url + path, self._now() + math.ceil(patience)
        with (
            # One of its own for each request: nothing that an answer set is sent with the next.
            httpx.Client(verify=self._context, timeout=patience, trust_env=False) as client,
            self._permit.cancelling(line.cut),
            client.stream(
                method, url, headers=headers, content=content, extensions={"trace": line.trace}
            ) as response,
        ):
            return _Raw(response.status_code, response.headers, self._body(response, until))

    def _body(self, response: httpx.Response, until: int) -> bytes | None:
        """The body as sent; None for more than is read, and for an encoding that nobody asked for."""
        found = bytearray()
        for chunk in response.iter_raw():
            found += chunk
            if len(found) > self._system.max_bytes:
                return None
            if self._now() > until:
                raise httpx.ReadTimeout("the answer does not end")
        return None if response.headers.get("Content-Encoding", "identity") != "identity" else bytes(found)

    def _answer(self, step: Step, raw: _Raw) -> Answer:
        """What a success says; a body that is no JSON says nothing, which takes nothing from the success."""
        try:
            body = parse(raw.body or b"null", max_bytes=self._system.max_bytes)
        except StrictJsonError:
            body = None
        etag, location = _etag(raw.headers), self._location(step, raw.headers.get("Location", ""))
        return Answer(body, etag, location, location or named(body) or etag)

    def _location(self, step: Step, location: str) -> str:
        base = self._system.base_url
        try:
            found = urljoin(base + step.path, location) if location else ""
        except ValueError:
            return ""
        path = found.removeprefix(base)
        return path if found.startswith(f"{base}/") and is_plain(path) else ""

    def _refused(self, raw: _Raw) -> ToolFailed:
        """Why a write had no effect, or a question no answer, by a status between 400 and 499."""
        said = self._said(raw)
        if raw.status in _DENIED:
            return ToolFailed("denied", f"{self._name} does not let us: {said}. Nothing was changed.")
        if raw.status in _MOVED:
            return ToolFailed("target_moved", f"{self._name} has changed since it was shown: {said}.")
        if raw.status == _BUSY:
            return self._limited(raw)
        return ToolFailed("refused", f"{self._name} refuses it: {said}. Nothing was changed.")

    def _unread(self, raw: _Raw) -> ToolFailed:
        if raw.status in _CLIENT_ERRORS and raw.status not in _MOVED:
            return self._refused(raw)
        if raw.status in _SERVER_ERRORS:
            return ToolFailed("unreachable", f"{self._name} answers {self._said(raw)}. Nothing was changed.")
        advice = "redirects are not followed; correct the address or the path"
        return ToolFailed("invalid", f"{self._name} answers {raw.status}, which shows no resource: {advice}.")

    def _limited(self, raw: _Raw) -> RateLimited:
        return RateLimited(self._name, _seconds(raw.headers.get("Retry-After", ""), self._now()))

    def _unreachable(self, error: httpx.TransportError) -> ToolFailed:
        words = self._system.redacted(_line(words_of(error)), self._environment)
        return ToolFailed("unreachable", f"{self._name} did not answer: {words}. Nothing was changed.")

    def _said(self, raw: _Raw) -> str:
        """Status and the provider's own words, shortened, without our secrets."""
        words = self._system.redacted(_line(_words(raw)), self._environment)
        return f"{raw.status} ({_cut(words)})" if words else str(raw.status)


def _context(*, is_secure: bool) -> ssl.SSLContext:
    """Made once: it reads all authorities, which takes longer than a request. Plain http needs none."""
    return httpx.create_ssl_context() if is_secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def named(body: Json) -> str:
    """The id that a body gives itself, or ""."""
    name = body.get("id") if isinstance(body, dict) else None
    return str(name)[:_SHOWN] if isinstance(name, str | int) and not isinstance(name, bool) else ""


def _conditions(step: Step) -> dict[str, str]:
    headers = {"Content-Type": step.media_type} if step.body is not None else {}
    if step.match == "*":
        return {**headers, "If-None-Match": "*"}
    return {**headers, "If-Match": step.match} if step.match else headers


def _encoded(step: Step) -> bytes | None:
    return None if step.body is None else msgspec.json.encode(step.body, order="deterministic")


def _etag(headers: httpx.Headers) -> str:
    found = headers.get("ETag", "")
    return found if _ETAG.fullmatch(found) else ""


def _seconds(retry_after: str, now: int) -> int | None:
    """RFC 9110 section 10.2.3: seconds, or a date."""
    if re.fullmatch(r"[0-9]{1,9}", retry_after):
        return int(retry_after)
    try:
        when = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):  # no date, or none of any calendar
        return None
    return max(0, int(when.replace(tzinfo=when.tzinfo or UTC).timestamp()) - now)


def _words(raw: _Raw) -> str:
    """What an error says: RFC 9457, or the members that others use, or the text itself."""
    try:
        said = parse(raw.body or b"")
    except StrictJsonError:
        return (raw.body or b"")[: _SHOWN * 4].decode(errors="replace")
    if isinstance(said, dict) and isinstance(said.get("error"), dict | str):
        said = said["error"]
    if isinstance(said, dict):
        texts = [said.get(name) for name in ("detail", "message", "error_description", "title")]
        said = next((text for text in texts if isinstance(text, str)), "")
    return said if isinstance(said, str) else ""


def _line(text: str) -> str:
    return " ".join(text.split()).rstrip(".")


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… (+{len(text) - _SHOWN} characters)"


def _name(error: Exception) -> str:
    return _line(str(error)) or type(error).__name__
