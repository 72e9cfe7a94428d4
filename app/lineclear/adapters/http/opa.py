"""Asks Open Policy Agent over its Data API: one POST, no redirect, no proxy, all within the time given.

Source: Open Policy Agent, REST API, "Get a Document (with Input)".
"""

from __future__ import annotations

import asyncio
import os
import ssl

import httpx

from lineclear.application.ports import ToolFailed
from lineclear.domain.policy.outside import MOST_ANSWERED


class OpaJudge:
    """The `Judge` port. Blocking; safe from any thread that runs no event loop."""

    def __init__(self) -> None:
        self._context: ssl.SSLContext | None = None

    def ask(self, url: str, question: bytes, *, seconds: float, token_env: str = "") -> bytes:
        """The body of a 200; ToolFailed("unreachable" or "denied") for everything else."""
        try:
            return asyncio.run(self._asked(url, question, seconds, _headers(token_env)))
        except TimeoutError:
            raise ToolFailed("unreachable", f"no answer within {seconds * 1_000:.0f} ms") from None
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError) as error:
            words = str(error).strip().rstrip(".") or type(error).__name__
            raise ToolFailed("unreachable", f"{words:.120}") from error

    async def _asked(self, url: str, question: bytes, seconds: float, headers: dict[str, str]) -> bytes:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(
                verify=self._verifying(), timeout=seconds, trust_env=False, follow_redirects=False
            ) as client,
            client.stream("POST", url, headers=headers, content=question) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise ToolFailed("unreachable", f"it answers {response.status_code}")
            found = bytearray()
            async for chunk in response.aiter_raw():
                found += chunk
                if len(found) > MOST_ANSWERED:
                    raise ToolFailed("unreachable", f"its answer has more than {MOST_ANSWERED:,} bytes")
            return bytes(found)

    def _verifying(self) -> ssl.SSLContext:
        """Made once, at the first question: it reads all authorities of the system."""
        if self._context is None:
            self._context = httpx.create_ssl_context(trust_env=False)
        return self._context


def _headers(token_env: str) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "User-Agent": "Lineclear", "Accept-Encoding": "identity"}
    if token_env:
        token = os.environ.get(token_env, "")
        if not token:
            raise ToolFailed("denied", f"the environment variable {token_env} is not set")
        headers["Authorization"] = f"Bearer {token}"
    return headers
