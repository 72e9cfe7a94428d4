"""Drives conversations with the backend, blocking or awaiting, with one layer of retries by the same key.

The only module of this package that names concrete adapters.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TypedDict

import httpx
import stamina

from lineclear.adapters.http.connection import Connection
from lineclear.adapters.system.clock import SystemClock
from lineclear.adapters.system.ids import SystemIds
from lineclear.agents.asking import Ask, Read, Steps, key_of
from lineclear.agents.awaiting import AwaitingConnection
from lineclear.application.ports import Clock, Ids
from lineclear.domain.refusals import Code, Kind, Refusal

PATIENCE = 20.0
_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the backend is and who asks; `patience` is for how many seconds it may be away."""

    url: str
    token: str = field(repr=False)
    patience: float
    clock: Clock
    ids: Ids

    def job_key(self, key: str) -> str:
        """The key that opens a job: always the same for a named one, else one of its own."""
        return key_of("job", key.encode()) if key else self.ids.new("job")


def settings(
    url: str, token: str, *, patience: float, clock: Clock | None = None, ids: Ids | None = None
) -> Settings:
    """What was given, else LINECLEAR_URL and LINECLEAR_TOKEN. Raises Refusal where there is neither."""
    url, token = url or os.environ.get("LINECLEAR_URL", ""), token or os.environ.get("LINECLEAR_TOKEN", "")
    if not url:
        raise Refusal(Code.UNREACHABLE, url="(no address)", problem="LINECLEAR_URL is not set")
    if not token:
        raise Refusal(Code.TOKEN_INVALID)
    return Settings(url, token, patience, clock or SystemClock(), ids or SystemIds())


def is_passing(error: Exception) -> bool:
    """Whether the same request with the same key may well be answered a moment later.

    No connection, 503, and a key in flight: that last one only says that the first try is still at work.
    Whatever else stands in the place of a backend will not become one.
    """
    if not isinstance(error, Refusal):
        return False
    if error.code is Code.UNREACHABLE:
        cause = error.__cause__
        return isinstance(cause, httpx.TransportError) and not isinstance(cause, httpx.UnsupportedProtocol)
    return error.kind is Kind.UNAVAILABLE or error.code is Code.KEY_IN_FLIGHT


class _Backoff(TypedDict):
    attempts: int | None
    timeout: float | None
    wait_initial: float
    wait_max: float
    wait_jitter: float


def _backoff(patience: float) -> _Backoff:
    return _Backoff(
        attempts=None if patience else 1,
        timeout=patience or None,
        wait_initial=0.1,
        wait_max=2.0,
        wait_jitter=0.2,
    )


class Blocking:
    """Sends what a conversation asks and hands it the answers. Safe to use from several threads."""

    def __init__(self, settings: Settings) -> None:
        self._connection = Connection(settings.url, settings.token, timeout=_TIMEOUT)
        self._retrying = stamina.RetryingCaller(**_backoff(settings.patience)).on(is_passing)

    def close(self) -> None:
        self._connection.close()

    def run[R](self, steps: Steps[R]) -> R:
        """The conversation's result; what it does not catch of the refusals is raised."""
        try:
            asked = next(steps)
            while True:
                try:
                    answer = self._retrying(self._answer, asked)
                except Refusal as refusal:
                    asked = steps.throw(refusal)
                else:
                    asked = steps.send(answer)
        except StopIteration as over:
            result: R = over.value
            return result
        finally:
            steps.close()

    def _answer(self, asked: Ask[object]) -> object:
        if isinstance(asked, Read):
            return self._connection.get(asked.path, asked.kind, asked.query, wait=asked.wait)
        return self._connection.post(asked.path, asked.body, asked.kind, key=asked.key)


class Awaiting:
    """The same for one event loop."""

    def __init__(self, settings: Settings) -> None:
        self._connection = AwaitingConnection(settings.url, settings.token, timeout=_TIMEOUT)
        self._retrying = stamina.AsyncRetryingCaller(**_backoff(settings.patience)).on(is_passing)

    async def close(self) -> None:
        await self._connection.close()

    async def run[R](self, steps: Steps[R]) -> R:
        """The conversation's result; what it does not catch of the refusals is raised."""
        try:
            asked = next(steps)
            while True:
                try:
                    answer = await self._retrying(self._answer, asked)
                except Refusal as refusal:
                    asked = steps.throw(refusal)
                else:
                    asked = steps.send(answer)
        except StopIteration as over:
            result: R = over.value
            return result
        finally:
            steps.close()

    async def _answer(self, asked: Ask[object]) -> object:
        if isinstance(asked, Read):
            return await self._connection.get(asked.path, asked.kind, asked.query, wait=asked.wait)
        return await self._connection.post(asked.path, asked.body, asked.kind, key=asked.key)
