"""A reviewer's desk in a terminal over a whole kernel, whose screen can be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from io import StringIO

from rich.console import Console

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.system.keys import MemoryKeys
from lineclear.cli.rendering import Screen
from lineclear.cli.reviewing import Desk, KeyChain
from lineclear.domain.vocabulary import Role, Tier
from support.kernel import Kernel


class Teller:
    """A person who answers what they are asked, and remembers it."""

    def __init__(self, *, answer: bool = True, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.questions: list[str] = []
        self._answer = answer
        self._meanwhile = meanwhile

    def __call__(self, question: str) -> bool:
        self.questions.append(question)
        self._meanwhile()
        return self._answer


@dataclass
class Terminal:
    """A desk whose screen can be read."""

    kernel: Kernel
    name: str = "ops-west"
    tier: Tier = Tier.TWO
    as_json: bool = False
    is_terminal: bool = False
    width: int = 100
    ask: Callable[[str], bool] | None = None
    keys: Callable[[], KeyChain] = field(default_factory=lambda: opened(MemoryKeys()))

    def __post_init__(self) -> None:
        self._stream = StringIO()
        console = Console(
            file=self._stream,
            width=self.width,
            force_terminal=self.is_terminal,
            color_system="standard" if self.is_terminal else None,
            markup=False,
            emoji=False,
            highlight=False,
        )
        self.gateway = MemoryGateway(
            self.kernel.services, self.kernel.token(self.name, Role.OPS, tier=self.tier)
        )
        screen, services = Screen(console, as_json=self.as_json), self.kernel.services
        self.desk = Desk(self.gateway, screen, services.clock, services.ids, self.keys, self.ask)

    @property
    def said(self) -> str:
        return self._stream.getvalue()

    @property
    def json(self) -> dict:
        assert self.said.count("\n") == 1
        return json.loads(self.said)


def opened(keys: KeyChain) -> Callable[[], KeyChain]:
    """Keys that were opened already."""
    return lambda: keys
