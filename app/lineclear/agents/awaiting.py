"""`adapters.http.connection`, awaited: one long-lived pool for one event loop. Free of retries."""

from __future__ import annotations

from http import HTTPStatus

import httpx
import msgspec

from lineclear.domain.refusals import Code, Refusal
from lineclear.wire.codecs import JSON, WireError, decode, encode
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
        return await self._answer(
            self._client.build_request("GET", self._url + path, params=query, timeout=timeout), kind
        )

    async def post[A](self, path: str, body: Message, kind: type[A], *, key: str) -> A:
        """Send one write; the same key again gives the same answer and does nothing more."""
        headers = {"Idempotency-Key": key, "Content-Type": JSON}
        return await self._answer(
            self._client.build_request("POST", self._url + path, content=encode(body), headers=headers), kind
        )

    async def _answer[A](self, request: httpx.Request, kind: type[A]) -> A:
        try:
            response = await self._client.send(request)
        except httpx.TransportError as error:
            raise self._unreachable(str(error) or type(error).__name__) from error
        if not response.is_success:
            raise self._refusal(response)
        try:
            return decode(response.content, kind)
        except WireError as error:
            raise self._unreachable(f"its answer cannot be read ({error})") from None

    def _refusal(self, response: httpx.Response) -> Refusal:
        try:
            problem = decode(response.content, Problem)
            return Refusal(Code(problem.code), **problem.params)
        except WireError:
            return self._unreachable(f"it answered {HTTPStatus(response.status_code).phrase}")
        except (ValueError, KeyError):  # a code or a wording that this version does not know
            return self._unreachable(f"it answered {problem.detail.removesuffix('.')}")

    def _unreachable(self, problem: str) -> Refusal:
        return Refusal(Code.UNREACHABLE, url=self._url, problem=problem)
