"""Calls whose clients come back for the answer, so that no request has to last as long as a person takes.

A client of MCP 2026-07-28 is answered `input_required` with a state after `hold` seconds, and asks again with
it. The state is a name that only this process knows, for one tool, its arguments and one session. For one
event loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lineclear.application.ports import Ids
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json

MOST: Final = 1_000
"""So many calls are remembered; of the one that was left first nobody is told any more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks. `state` is what it was given before; `returns` whether it knows to come back."""

    name: str
    arguments: Mapping[str, Json]
    session: str = ""
    state: str = ""
    returns: bool = False


class ComeBackError(Exception):
    """Nobody has decided yet: the client is to ask again with this state."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


@dataclass(slots=True)
class Left:
    """The actions of calls that wait without a request."""

    ids: Ids
    _found: dict[str, tuple[Asked, str]] = field(default_factory=dict)

    def leave(self, asked: Asked, action: str) -> ComeBackError:
        """Remember the call, under a new state each time."""
        while len(self._found) >= MOST:
            del self._found[next(iter(self._found))]
        state = self.ids.new("wait")
        self._found[state] = asked, action
        return ComeBackError(state)

    def take(self, asked: Asked) -> str:
        """The action that the call waits for; Refusal(NOT_FOUND) for another call, and the second time."""
        before, action = self._found.get(asked.state, (None, ""))
        if before is None or _what(before) != _what(asked):
            raise Refusal(Code.NOT_FOUND, what="A call that waits under this state")
        del self._found[asked.state]
        return action


def _what(asked: Asked) -> tuple[str, Mapping[str, Json], str]:
    return asked.name, asked.arguments, asked.session
