"""One long-lived HTTP connection pool to our own backend: the seam to httpx. Every failure is a Refusal."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
import msgspec

from lineclear.domain.refusals import Code, Refusal
from lineclear.wire.codecs import JSON, WireError, decode, encode
from lineclear.wire.failures import words_of
from lineclear.wire.messages import Message, Problem

_KEY = "Idempotency-Key"
_OK = range(200, 300)


class Connection:
    """Blocking; safe to use from several threads. `timeout` seconds for each step of a request."""

    def __init__(self, url: str, token: str, *, timeout: float) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout
        # No proxies and no .netrc from the environment: what goes to the backend goes nowhere else.
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
            trust_env=False,
            verify=authorities(),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16),
        )

    def close(self) -> None:
        self._client.close()

    def get[A](self, path: str, kind: type[A], asked: Message | None = None, *, wait: float = 0) -> A:
        """Read one answer; `wait` is how much longer than usual it may take."""
        return self._read(self._ask(path, asked, wait), kind)

    def get_bytes(self, path: str) -> bytes:
        return self._ask(path).content

    def post[A](self, path: str, body: Message, kind: type[A], *, key: str) -> A:
        """Send one write; the same key again gives the same answer and does nothing more."""
        headers = {_KEY: key, "Content-Type": JSON}
        with self._reaching():
            response = self._client.post(self._url + path, content=encode(body), headers=headers)
        return self._read(self._accepted(response), kind)

    @contextmanager
    def stream(self, path: str, asked: Message, *, silence: float) -> Iterator[httpx.Response]:
        """An open answer, read as it comes; given up after `silence` seconds without a byte."""
        url, timeout = self._url + path, httpx.Timeout(self._timeout, read=silence)
        with (
            self._reaching(),
            self._client.stream("GET", url, params=_query(asked), timeout=timeout) as response,
        ):
            if response.status_code not in _OK:
                response.read()
            yield self._accepted(response)

    def _ask(self, path: str, asked: Message | None = None, wait: float = 0) -> httpx.Response:
        timeout = httpx.Timeout(self._timeout, read=self._timeout + wait)
        with self._reaching():
            response = self._client.get(self._url + path, params=_query(asked), timeout=timeout)
        return self._accepted(response)

    def _accepted(self, response: httpx.Response) -> httpx.Response:
        if response.status_code in _OK:
            return response
        raise self._refusal(response)

    def _refusal(self, response: httpx.Response) -> Refusal:
        """The refusal that the backend raised, with its parameters; or that this is no backend of ours."""
        try:
            problem = decode(response.content, Problem)
        except WireError:
            return self.unreachable(f"it answered {response.status_code} {response.reason_phrase}")
        try:
            return Refusal(Code(problem.code), **problem.params)
        except (ValueError, KeyError):  # a code or a wording that this version does not know
            return self.unreachable(problem.detail)

    def _read[A](self, response: httpx.Response, kind: type[A]) -> A:
        try:
            return decode(response.content, kind)
        except WireError as error:
            raise self.unreachable(f"its answer cannot be read ({error})") from None

    def unreachable(self, problem: object) -> Refusal:
        """Nothing came back that this program can use."""
        return Refusal(Code.UNREACHABLE, url=self._url, problem=problem)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise self.unreachable(words_of(error)) from error


def authorities() -> ssl.SSLContext:
    """Whom this machine trusts to vouch for a host name; SSL_CERT_FILE names another file of them."""
    return ssl.create_default_context()


def _query(asked: Message | None) -> Mapping[str, str] | None:
    """Members that hold their default are left out, as everywhere on the wire."""
    if asked is None:
        return None
    return {name: str(value) for name, value in msgspec.to_builtins(asked).items()}
