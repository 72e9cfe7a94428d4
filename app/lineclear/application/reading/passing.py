"""What a reviewer asks of the backend about who looks at an action. A Protocol; free of HTTP."""

from __future__ import annotations

from typing import Protocol

from lineclear.application.reading.presence import Announcing
from lineclear.domain.actions import Action
from lineclear.domain.policy.stages import Place


class PassingOn(Announcing, Protocol):
    """Blocking; safe to use from several threads. Every call raises Refusal."""

    def claim(self, action: str, *, key: str) -> Action: ...

    def hand_over(self, action: str, to: str, note: str, *, key: str) -> Action: ...

    def escalate(self, action: str, to: Place, reason: str, *, key: str) -> Action: ...

    def release(self, action: str, *, key: str) -> Action: ...

    def ask(self, action: str, text: str, *, key: str) -> Action: ...
