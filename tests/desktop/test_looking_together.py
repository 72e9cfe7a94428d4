"""Who else has the action on screen open: said in its head, asked for quietly, gone when it is not heard."""

from __future__ import annotations

import pytest

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.application.reading.presence import Present
from lineclear.desktop.background import HeldBackground
from lineclear.desktop.presenters.review.beside import Beside, beside_words
from lineclear.desktop.presenters.sheets import text_of
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.text import Paintable
from lineclear.domain.vocabulary import Role
from support.console import Console
from support.kernel import Kernel
from support.seat import Seat


class Counting(MemoryGateway):
    """Counts what is announced, and can be made to refuse it."""

    def __init__(self, *given) -> None:
        super().__init__(*given)
        self.said: list[tuple[str, bool]] = []
        self.refuses = False

    def announce(self, action: str, *, is_open: bool, key: str) -> Present:
        self.said.append((action, is_open))
        if self.refuses:
            raise Refusal(Code.UNREACHABLE, url="http://127.0.0.1:1", problem="refused")
        return super().announce(action, is_open=is_open, key=key)


class Desk:
    """One person's console with what its head says of others, and how often that was painted."""

    def __init__(self, kernel: Kernel, background=None, **who) -> None:
        self.console = Console(kernel, **who)
        principal = kernel.token(self.console.name, self.console.role, tier=self.console.tier)
        self.gateway = self.console.reviewer._gateway = Counting(kernel.services, principal)
        with_ = self.console.read_by(background) if background else self.console.with_
        self.beside = Beside(with_, self.console.me, self.console.action)
        self.shown: list[str] = []
        self.beside.changed.connect(lambda words: self.shown.append(text_of(words)))

    def tick(self, seconds: float = 1, *, is_active: bool = True, is_in_front: bool = True) -> None:
        self.console.wait(seconds)
        self.beside.on_tick(is_active=is_active, is_in_front=is_in_front)


@pytest.fixture
def kernel():
    return Kernel()


@pytest.fixture
def actions(kernel):
    return kernel.refund("180.00"), kernel.refund("190.00")


def both(kernel, action):
    mara, ben = Desk(kernel, name="mara"), Desk(kernel, name="ben")
    for desk in (mara, ben):
        desk.console.look_at(action.id)
        desk.tick()
    return mara, ben


def test_two_who_look_at_the_same_action_are_told_of_each_other(kernel, actions):
    mara, ben = both(kernel, actions[0])
    assert ben.shown == ["mara is looking at this too"]
    mara.tick(10)
    assert mara.shown == ["ben is looking at this too"]


def test_nothing_is_painted_again_while_nothing_changed(kernel, actions):
    _, ben = both(kernel, actions[0])
    ben.tick(10)
    assert len(ben.gateway.said) == 2
    assert ben.shown == ["mara is looking at this too"]


def test_it_is_said_when_it_is_opened_every_ten_seconds_and_when_it_is_left(kernel, actions):
    first, second = actions
    desk = Desk(kernel)
    desk.console.look_at(first.id)
    for _second in range(11):
        desk.tick()
    assert desk.gateway.said == [(first.id, True)] * 2
    desk.console.look_at(second.id)
    desk.tick()
    assert desk.gateway.said[2:] == [(first.id, False), (second.id, True)]
    desk.tick(is_in_front=False)
    assert desk.gateway.said[4:] == [(second.id, False)]


def test_another_action_does_not_stand_under_the_names_of_the_one_before(kernel, actions):
    _, ben = both(kernel, actions[0])
    ben.console.queue.choose(actions[1].id)
    assert ben.shown[-1] == ""


def test_an_inactive_window_announces_nothing_and_forgets_whom_it_saw(kernel, actions):
    _, ben = both(kernel, actions[0])
    said = list(ben.gateway.said)
    ben.tick(19, is_active=False)
    assert ben.shown[-1] == "mara is looking at this too"
    ben.tick(1, is_active=False)
    assert (ben.shown[-1], ben.gateway.said) == ("", said)


def test_a_locked_session_announces_nothing(kernel, actions):
    desk = Desk(kernel)
    desk.console.look_at(actions[0].id)
    desk.console.reviewer.lock()
    desk.tick()
    assert desk.gateway.said == []
    assert desk.shown == []


def test_a_backend_that_does_not_answer_is_nobody_and_no_banner(kernel, actions):
    _, ben = both(kernel, actions[0])
    ben.gateway.refuses = True
    ben.tick(10)
    assert ben.shown[-1] == ""
    assert ben.console.action_sheet.banner is None
    ben.gateway.refuses = False
    ben.tick(10)
    assert ben.shown[-1] == "mara is looking at this too"


def test_one_slow_answer_is_waited_for_and_counts_only_for_its_own_action(kernel, actions):
    held = HeldBackground()
    both(kernel, actions[0])
    desk = Desk(kernel, held, name="zoe")
    desk.console.look_at(actions[0].id)
    desk.tick()
    desk.tick(30)
    desk.console.look_at(actions[1].id)
    desk.tick()
    assert desk.gateway.said == [(actions[0].id, True), (actions[0].id, False)]
    for deliver in held.held:
        deliver()
    assert desk.shown == []


def test_an_auditor_sees_and_is_not_seen(kernel, actions):
    mara, _ = both(kernel, actions[0])
    auditor = Desk(kernel, name="auditor", role=Role.AUDITOR)
    auditor.console.look_at(actions[0].id)
    auditor.tick()
    assert auditor.shown == ["ben and mara are looking at this too"]
    assert auditor.gateway.said == []
    mara.tick(10)
    assert mara.shown == ["ben is looking at this too"]


def test_at_most_two_are_named():
    said = [text_of(beside_words(tuple("abcd"[:count]))) for count in range(5)]
    assert said == [
        "",
        "a is looking at this too",
        "a and b are looking at this too",
        "a, b and 1 other are looking at this too",
        "a, b and 2 others are looking at this too",
    ]


def test_a_name_is_text_from_outside():
    words = beside_words(("ma\u202era",))
    assert isinstance(words, Paintable)
    assert "\u202e" not in words.text


def test_the_head_says_it_and_hides_what_it_has_not_to_say(shows, kernel):
    kernel.refund("180.00")
    seat, other = Seat(shows("queue-empty"), kernel), Desk(kernel, name="mara")
    sign = seat.window.review.action.head.beside
    other.console.look_at(seat.on_screen)
    other.tick()
    seat.session.desk.on_tick()
    assert (sign.text(), sign.isHidden()) == ("mara is looking at this too", False)
    other.tick(is_in_front=False)
    seat.wait(10)
    seat.session.desk.on_tick()
    assert sign.isHidden()
    seat.close()
