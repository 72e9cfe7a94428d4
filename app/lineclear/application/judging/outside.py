"""The port through which a judge outside is asked, and the one that asks nobody. Free of I/O."""

from __future__ import annotations

from typing import Protocol

from lineclear.application.ports import ToolFailed


class Judge(Protocol):
    """A policy judge outside, which takes a question as JSON. Blocking; asked outside of transactions."""

    def ask(self, url: str, question: bytes, *, seconds: float, token_env: str = "") -> bytes:
        """What it answered, in time; ToolFailed otherwise. `token_env` names where its token stands."""
        ...


class NoJudge:
    """Where nobody outside can be asked: a document that names a judge then gets no answer."""

    def ask(self, url: str, question: bytes, *, seconds: float, token_env: str = "") -> bytes:
        del question, seconds, token_env
        raise ToolFailed("unreachable", f"this program asks nobody at {url}")
