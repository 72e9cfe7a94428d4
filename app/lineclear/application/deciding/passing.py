"""What one reviewer does about who looks at an action; part of `Reviewer`. Free of HTTP and of keyrings."""

from __future__ import annotations

from abc import ABC, abstractmethod

from lineclear.application.reading.passing import PassingOn
from lineclear.application.reading.presence import Present
from lineclear.domain.actions import Action
from lineclear.domain.policy.stages import Place


class PassesOn(ABC):
    """Claims, hands over, escalates, gives up, asks. Blocking."""

    def claim(self, action: str) -> Action:
        """Claim it for five minutes, or renew."""
        return self._passing().claim(action, key=self._new_key())

    def hand_over(self, action: str, to: str, note: str = "") -> Action:
        """Claim it for somebody else, with a note for them."""
        return self._passing().hand_over(action, to, note, key=self._new_key())

    def escalate(self, action: str, to: Place, reason: str) -> Action:
        """Ask somebody of another place besides; an empty one is the next tier up."""
        return self._passing().escalate(action, to, reason, key=self._new_key())

    def release(self, action: str) -> Action:
        """Give a claim up."""
        return self._passing().release(action, key=self._new_key())

    def ask(self, action: str, text: str) -> Action:
        """Ask the agent something."""
        return self._passing().ask(action, text, key=self._new_key())

    def announce(self, action: str, *, is_open: bool) -> Present:
        """Tell others that it is open here, or no more; answered with who else has it open."""
        return self._passing().announce(action, is_open=is_open, key=self._new_key())

    @abstractmethod
    def _passing(self) -> PassingOn:
        """The backend, as far as it is asked here."""

    @abstractmethod
    def _new_key(self) -> str:
        """The key of a write; Refusal(SESSION_LOCKED) while locked."""
