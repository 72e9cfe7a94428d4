"""Sends what a person asked for about one action, each answer once. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable

from lineclear.desktop.background import Background
from lineclear.domain.actions import Action


class Sending:
    """On the GUI thread. `refused` gets the action's id and the error of what came to nothing."""

    def __init__(self, background: Background, refused: Callable[[str, Exception], None]) -> None:
        self._background = background
        self._refused = refused
        self._deciding: set[str] = set()

    def is_deciding(self, action_id: str) -> bool:
        """Whether a decision on it is on its way."""
        return action_id in self._deciding

    def decide(self, action_id: str, work: Callable[[], Action], done: Callable[[Action], None]) -> None:
        """Send a decision; until its answer is there, no other on the same action is taken."""
        self._deciding.add(action_id)

        def settled(action: Action) -> None:
            self._deciding.discard(action_id)
            done(action)

        self.send(action_id, work, settled)

    def send[T](self, action_id: str, work: Callable[[], T], done: Callable[[T], None]) -> None:
        """Send anything else."""

        def failed(error: Exception) -> None:
            self._deciding.discard(action_id)
            self._refused(action_id, error)

        self._background.run(work, done=done, failed=failed)
