"""Who may speak to this server at all: allowed host names, no foreign web page, a bearer token. Free of I/O.

A page that a browser shows can reach a loopback port: by a cross-site request, or by a name that it points at
127.0.0.1 (DNS rebinding). So the host must be one of ours, a foreign origin is refused, and only the
Authorization header counts; there are no cookies and no CORS answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lineclear.domain.refusals import Code, Refusal

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?")

type Headers = Iterable[tuple[bytes, bytes]]
"""As ASGI gives them: names in small letters, repeated ones repeated."""


class Door:
    """Lets a request in by its Host and Origin headers."""

    def __init__(self, hosts: Iterable[str] = ()) -> None:
        self._hosts = LOOPBACK | {host.lower() for host in hosts}

    def check(self, headers: Headers) -> None:
        """Raises Refusal unless there is one Host, it is allowed, and any Origin is this very server."""
        hosts = _all(headers, b"host")
        if len(hosts) != 1 or _name(hosts[0]) not in self._hosts:
            raise Refusal(Code.HOST_REFUSED)
        if any(origin.lower() != f"http://{hosts[0].lower()}" for origin in _all(headers, b"origin")):
            raise Refusal(Code.ORIGIN_REFUSED)


def bearer(headers: Headers) -> str:
    """The token of the one Authorization header; Refusal(TOKEN_INVALID) where there is no such thing."""
    given = _all(headers, b"authorization")
    scheme, _, secret = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Refusal(Code.TOKEN_INVALID)
    return secret.strip()


def _all(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key == name]


def _name(host: str) -> str:
    """The host without its port; an IPv6 address keeps its brackets (RFC 3986 section 3.2.2)."""
    match = _HOST.fullmatch(host)
    return match["name"].lower() if match else ""
