"""Two consoles over real HTTP: each sees who else has its action open, and nothing of it is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.system.clock import SystemClock
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.reading.presence import Present
from lineclear.application.reading.replica import Replica
from lineclear.desktop.background import InlineBackground
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.review.action_presenter import ActionPresenter
from lineclear.desktop.presenters.review.beside import Beside
from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.presenters.ticks import Ticks
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier
from support.backend import Running, new_key, new_workspace, running
from support.console import MemoryKey


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(new_workspace(tmp_path / "workspace"), workers=0) as backend:
        yield backend


class Window:
    """What a console does about one action, over HTTP; its own seconds go by when it is told to."""

    def __init__(self, here: Running, name: str, seed: int, role: Role = Role.OPS) -> None:
        gateway = here.client(here.token(name, role, tier=Tier.TWO))
        me, clock = gateway.me(), SystemClock()
        self.steady, self.said = 100.0, ""
        reviewer = Reviewer(gateway, MemoryKey(), me.origin, clock, SeededIds(seed))
        replica = Replica(MemoryStore())
        while page := gateway.feed(replica.size()).items:
            replica.apply(page)
        ticks = Ticks(clock.now, lambda: self.steady)
        inline = InlineBackground()
        with_ = Collaborators(gateway, reviewer, replica, inline, inline, ticks, me.person)
        self.action = ActionPresenter(with_)
        self.beside = Beside(with_, me, self.action)
        self.beside.changed.connect(lambda words: setattr(self, "said", text_of(words)))

    def look_at(self, action: str) -> None:
        self.action.open(action)
        self.tick()

    def tick(self, seconds: float = 1) -> None:
        self.steady += seconds
        self.beside.on_tick(is_active=True, is_in_front=True)


def test_two_consoles_see_each_other_until_one_goes_on(here: Running):
    bot = here.bot()
    first, second = bot.propose(), bot.propose()
    mara, ben, auditor = Window(here, "mara", 1), Window(here, "ben", 2), Window(here, "eve", 3, Role.AUDITOR)
    size = here.settled_size()
    for window in (mara, ben, auditor):
        window.look_at(first.id)
    mara.tick(10)
    assert (mara.said, ben.said) == ("ben is looking at this too", "mara is looking at this too")
    assert auditor.said == "ben and mara are looking at this too"
    mara.look_at(second.id)
    ben.tick(10)
    assert (mara.said, ben.said) == ("", "")
    assert here.size() == size


def test_no_agent_is_told_who_looks_at_its_action(here: Running):
    """I10."""
    bot = here.bot()
    action = bot.propose()
    Window(here, "mara", 1).look_at(action.id)
    for ask in (
        lambda: bot.client.present(action.id),
        lambda: bot.client.announce(action.id, is_open=True, key=new_key()),
    ):
        with pytest.raises(Refusal) as caught:
            ask()
        assert caught.value.code is Code.AGENT_CANNOT_DECIDE
    ben = here.client(here.token("ben", Role.APPROVER))
    assert ben.present(action.id) == Present(("mara",))
