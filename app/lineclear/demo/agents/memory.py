"""What a sample agent remembers between two runs: stories told, stories that wait. One small file."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec


class Parked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A job that waits for its one action, with all that is needed to come back to it."""

    goal: str
    customer: str
    workflow: str
    action: str


class _State(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    told: tuple[str, ...] = ()
    parked: dict[str, Parked] = {}


class Memory:
    """Written whole with each change, so that a kill loses nothing. Safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._turn = threading.Lock()
        try:
            self._state = msgspec.json.decode(path.read_bytes(), type=_State)
        except FileNotFoundError:
            self._state = _State()

    @property
    def parked(self) -> dict[str, Parked]:
        return dict(self._state.parked)

    @property
    def count(self) -> int:
        """How many stories were begun, in all runs."""
        return len(self._state.told) + len(self._state.parked)

    def knows(self, story: str) -> bool:
        return story in self._state.told or story in self._state.parked

    def park(self, story: str, parked: Parked) -> None:
        with self._turn:
            self._write(_State(self._state.told, {**self._state.parked, story: parked}))

    def close(self, story: str) -> None:
        """The story is over, whatever came of it."""
        with self._turn:
            parked = {name: one for name, one in self._state.parked.items() if name != story}
            self._write(_State((*self._state.told, story), parked))

    def _write(self, state: _State) -> None:
        draft = self._path.with_suffix(".draft")
        draft.write_bytes(msgspec.json.encode(state))
        draft.replace(self._path)
        self._state = state
