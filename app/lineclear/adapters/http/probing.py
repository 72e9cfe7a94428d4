"""Whether a backend of ours is at an address, and whose token this is; each failure under its own name."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import httpx

from lineclear.adapters.http.client import BackendClient
from lineclear.adapters.http.connection import authorities
from lineclear.application.reading.answers import Me
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role
from lineclear.wire.failures import words_of

_ALIVE: Final = "/healthz"
_PASSING: Final = frozenset(
    {httpx.codes.BAD_GATEWAY, httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.GATEWAY_TIMEOUT}
)
"""What something in front of a backend answers while the backend is away."""
_WRONG_PLACE: Final = frozenset({Code.UNREACHABLE, Code.NOT_FOUND})


def probe(url: str, token: str, *, timeout: float = 10) -> Me:
    """Who holds the token there. Blocking; `timeout` is in seconds, for each step.

    The token goes nowhere before the address has shown that it is a backend. Raises Refusal: ADDRESS_INVALID,
    ADDRESS_UNKNOWN, ADDRESS_SILENT, CERTIFICATE_REFUSED, BACKEND_OTHER, TOKEN_INVALID, TOKEN_EXPIRED,
    AGENT_CANNOT_LOOK, and whatever else the backend itself refuses.
    """
    url = checked(url)
    if not token or not token.isascii() or not token.isprintable():
        raise Refusal(Code.TOKEN_INVALID)
    _greet(url, timeout)
    client = BackendClient(url, token, timeout=timeout)
    try:
        me = client.me()
    except Refusal as refusal:
        if refusal.code in _WRONG_PLACE:
            raise Refusal(Code.BACKEND_OTHER, url=url, problem=refusal.sentence) from refusal
        raise
    finally:
        client.close()
    if me.role == Role.AGENT:
        raise Refusal(Code.AGENT_CANNOT_LOOK, agent=me.subject)
    return me


def named(url: str, refusal: Refusal, *, timeout: float = 5) -> Refusal:
    """What a call found, under the name of its reason where it found none: UNREACHABLE says only that.

    Blocking; `timeout` is in seconds. A backend that answers by now leaves the refusal as it is.
    """
    if refusal.code is not Code.UNREACHABLE:
        return refusal
    try:
        _greet(url, timeout)
    except Refusal as closer:
        return closer
    return refusal


def checked(url: str) -> str:
    """The address as it is kept: without spaces around it and a slash behind. Refusal(ADDRESS_INVALID)."""
    url = url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or "@" in parts.netloc or parts.query or parts.fragment:
        raise Refusal(Code.ADDRESS_INVALID)
    return url


def _greet(url: str, timeout: float) -> None:
    """Ask, without a token, whether this is a backend."""
    with _named(url, timeout), httpx.Client(timeout=timeout, trust_env=False, verify=authorities()) as client:
        answer = client.get(url + _ALIVE)
        if answer.status_code in _PASSING:
            said = f"it answered {answer.status_code} {answer.reason_phrase}"
            raise Refusal(Code.UNREACHABLE, url=url, problem=said)
        is_ours = answer.status_code == httpx.codes.OK and answer.content == b'{"status":"ok"}'
        if not is_ours:
            said = f"it answered {answer.status_code} {answer.reason_phrase} when asked how it is"
            raise Refusal(Code.BACKEND_OTHER, url=url, problem=said)


@contextmanager
def _named(url: str, timeout: float) -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException as error:
        raise Refusal(Code.ADDRESS_SILENT, url=url, seconds=f"{timeout:g}") from error
    except httpx.InvalidURL as error:
        raise Refusal(Code.ADDRESS_INVALID) from error
    except (httpx.RemoteProtocolError, httpx.DecodingError) as error:
        raise Refusal(Code.BACKEND_OTHER, url=url, problem="it does not speak HTTP as one does") from error
    except httpx.TransportError as error:
        problem = _reason(error)
        if isinstance(problem, ssl.SSLCertVerificationError):
            said = problem.verify_message or "it cannot be verified"
            raise Refusal(Code.CERTIFICATE_REFUSED, url=url, problem=said) from error
        if isinstance(problem, ssl.SSLError):
            said = "it does not speak TLS; perhaps its address begins with http"
            raise Refusal(Code.BACKEND_OTHER, url=url, problem=said) from error
        raise Refusal(Code.ADDRESS_UNKNOWN, url=url, problem=words_of(problem)) from error


def _reason(error: BaseException) -> BaseException:
    """What lies at the root: httpx wraps what the sockets said twice."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return error
