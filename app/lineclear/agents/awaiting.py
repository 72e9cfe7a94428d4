"""`adapters.http.connection`, awaited: one long-lived pool for one event loop. Free of retries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import msgspec

from lineclear.domain.refusals import Code, Refusal
from lineclear.wire.codecs import JSON, WireError, decode, encode
from lineclear.wire.failures import words_of
from lineclear.wire.messages import Message, Problem


class AwaitingConnection:
    """Every failure is a Refusal. `timeout` seconds for each step of a request."""

    def __init__(self, url: str, token: str, *, timeout: float) -> None:
        self._url = url.rstrip("/")
        self._timeout = timeout
        # As in the blocking one: what goes to the backend goes through nobody's proxy.
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {token}"}, timeout=timeout, trust_env=False
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def get[A](self, path: str, kind: type[A], asked: Message, *, wait: float = 0) -> A:
        """Read one answer; `wait` is how much longer than usual it may take."""
        query = {name: str(value) for name, value in msgspec.to_builtins(asked).items()}
        timeout = httpx.Timeout(self._timeout, read=self._timeout + wait)
        with self._reaching():
            response = await self._client.get(self._url + path, params=query, timeout=timeout)
        return self._read(response, kind)

    async def post[A](self, path: str, body: Message, kind: type[A], *, key: str) -> A:
        """Send one write; the same key again gives the same answer and does nothing more."""
        headers = {"Idempotency-Key": key, "Content-Type": JSON}
        with self._reaching():
            response = await self._client.post(self._url + path, content=encode(body), headers=headers)
        return self._read(response, kind)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        try:
            yield
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise self._unreachable(words_of(error)) from error

    def _read[A](self, response: httpx.Response, kind: type[A]) -> A:
        if not response.is_success:
            raise self._refusal(response)
        try:
            return decode(response.content, kind)
        except WireError as error:
            raise self._unreachable(f"its answer cannot be read ({error})") from None

    def _refusal(self, response: httpx.Response) -> Refusal:
        try:
            problem = decode(response.content, Problem)
        except WireError:
            return self._unreachable(f"it answered {response.status_code} {response.reason_phrase}")
        try:
            return Refusal(Code(problem.code), **problem.params)
        except (ValueError, KeyError):  # a code or a wording that this version does not know
            return self._unreachable(problem.detail)

    def _unreachable(self, problem: str) -> Refusal:
        return Refusal(Code.UNREACHABLE, url=self._url, problem=problem)
