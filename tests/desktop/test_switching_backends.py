"""One window, one backend at a time: nothing of the one that was left is shown, heard or decided any more."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.memory.store import MemoryStore
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.reading.replica import Replica
from lineclear.desktop.address import Address
from lineclear.desktop.background import Gate, HeldBackground, InlineBackground
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.linking import Links, Pools
from lineclear.desktop.opening import Opened
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.outbox.outgoing_sheets import Leaving
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, text_of
from lineclear.desktop.presenters.ticks import Ticks
from lineclear.desktop.standing_by import StandBy
from lineclear.desktop.views.kit import Text
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier
from support.console import MemoryKey
from support.kernel import Kernel
from support_layout import shown

FIRST, SECOND = Address("http://first", "t"), Address("http://second", "t")
WAITING = Notice(NoticeKind.LOADING, "Connecting")


@dataclass
class Backends:
    """Whole kernels behind addresses; what is opened, read and closed is counted."""

    kernels: dict[str, Kernel]
    reads: list[HeldBackground] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    is_held: bool = False
    steady: float = 100.0

    def open(self, address, reads, sends):
        kernel = self.kernels.get(address.url)
        if kernel is None:
            raise Refusal(Code.UNREACHABLE, url=address.url, problem="refused")
        gateway = MemoryGateway(kernel.services, kernel.token("ops-west", Role.OPS, tier=Tier.TWO))
        me = gateway.me()
        reviewer = Reviewer(gateway, MemoryKey(), me.origin, kernel.clock, SeededIds(5))
        replica = Replica(MemoryStore())
        replica.apply(gateway.feed(0, limit=10_000).items)
        ticks = Ticks(kernel.clock.now, lambda: self.steady)
        with_ = Collaborators(gateway, reviewer, replica, reads, sends, ticks, me.person)
        return Opened(me, with_, None, lambda: self.closed.append(address.url))

    def pools(self):
        held = HeldBackground()
        self.reads.append(held)
        return Pools(
            held if self.is_held else InlineBackground(), InlineBackground(), lambda: None, lambda: None
        )


@pytest.fixture
def backends():
    first, second = Kernel(), Kernel()
    first.refund("180.00", deadline="2026-01-01T00:05:00Z")
    for amount in ("66.00", "67.00"):
        second.refund(amount, deadline="2026-01-01T00:05:00Z")
    return Backends({FIRST.url: first, SECOND.url: second})


@pytest.fixture
def linked(shows, backends):
    made = []

    def link(works=None):
        window = shows("queue-empty")
        standing_by = StandBy(window)
        links = Links(window, backends.open, backends.pools, works or InlineBackground(), window)
        links.opened.connect(lambda _session: standing_by.over())
        made.append(links)
        return window, links, standing_by

    yield link
    for links in made:
        links.close()


def listed(window):
    return [text_of(row.title) for row in window.review.queue.model.rows()]


def test_the_window_shows_the_backend_that_was_asked_for_last(linked, backends):
    window, links, _ = linked()
    links.open(FIRST)
    assert len(listed(window)) == 1
    links.open(SECOND)
    assert (len(listed(window)), backends.closed) == (2, [FIRST.url])


def test_a_connection_that_comes_about_too_late_is_closed_and_shown_to_nobody(linked, backends):
    works = HeldBackground()
    window, links, _ = linked(works)
    links.open(FIRST)
    links.open(SECOND)
    late = works.held.pop(0)
    while works.held:
        works.held.pop()()
    assert len(listed(window)) == 2
    late()
    assert len(listed(window)) == 2
    assert backends.closed == [FIRST.url]
    assert links.address == SECOND


def test_a_refusal_that_comes_too_late_is_told_to_nobody(linked, backends, heard):
    works = HeldBackground()
    _, links, _ = linked(works)
    refused = heard(links.refused)
    links.open(Address("http://nowhere", "t"))
    links.open(SECOND)
    while works.held:
        works.held.pop(0)()
    assert refused.said == []
    assert links.session is not None


def test_an_answer_of_the_backend_that_was_left_changes_nothing_on_screen(linked, backends):
    backends.is_held = True
    window, links, standing_by = linked()
    links.open(FIRST)
    on_the_way = list(backends.reads[0].held)
    assert on_the_way
    links.open(SECOND)
    backends.reads[1].held.pop(0)()
    standing_by.show(WAITING)
    before = window.grab().toImage()
    for outcome in on_the_way:
        outcome()
    assert window.grab().toImage() == before


def test_a_press_decides_on_the_backend_that_is_shown_and_on_no_other(linked, backends):
    """I17."""
    window, links, _ = linked()
    links.open(FIRST)
    old = links.session
    old.queue.choose(backends.kernels[FIRST.url].pending()[0].id)
    links.open(SECOND)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    backends.steady += 2
    for kernel in backends.kernels.values():
        for action in kernel.pending():
            window.review.bar.decided.emit(action.id, "approve", "")
    new = links.session
    assert new.deciding.outgoing.unsent == 1
    new.deciding.send_all()
    assert [len(kernel.pending()) for kernel in backends.kernels.values()] == [1, 1]


def test_what_stood_over_the_first_backend_does_not_stand_over_the_second(linked, backends):
    window, links, standing_by = linked()
    links.open(FIRST)
    links.session.queue.choose(backends.kernels[FIRST.url].pending()[0].id)
    backends.steady += 2
    window.review.bar.decided.emit(backends.kernels[FIRST.url].pending()[0].id, "approve", "")
    assert window.review.queue.outgoing.isVisible()
    window.run_command("go.jobs")
    window.top.search.setText("180")
    links.leave()
    standing_by.show(WAITING)
    assert not window.review.queue.outgoing.isVisible()
    assert (listed(window), window.top.search.text(), window.top.place.title) == ([], "", "No workspace")
    assert window.jobs.table.model().rowCount() == 0


@pytest.mark.parametrize("page", ["review", "jobs", "ledger", "control"])
def test_without_a_backend_every_page_says_so_with_a_next_step(linked, page):
    window, _, standing_by = linked()
    notice = Notice(NoticeKind.OFFLINE, "Not connected", "It does not answer.")
    standing_by.show(notice)
    window.run_command(f"go.{page}")
    settle()
    place = {
        "review": window.review.action,
        "jobs": window.jobs,
        "ledger": window.ledger,
        "control": window.control,
    }[page]
    assert page == "ledger" or "Not connected" in {one.text() for one in shown(place, Text)}


@pytest.fixture
def undecided(linked, backends):
    """A decision that was taken on the first backend and not sent, and the question about it."""
    window, links, _ = linked()
    links.open(FIRST)
    action = backends.kernels[FIRST.url].pending()[0]
    links.session.queue.choose(action.id)
    backends.steady += 2
    window.review.bar.decided.emit(action.id, "approve", "")
    went = []
    assert links.session.desk.asks_to_leave(Leaving.BACKEND, lambda: went.append(SECOND))
    return window, backends.kernels[FIRST.url], window.overlays._leave, went


def test_going_elsewhere_asks_about_what_was_not_sent(undecided):
    window, kernel, question, went = undecided
    assert (question.send.title, question.drop.title) == ("Send, then go", "Go without sending")
    assert question.stay.hasFocus()
    question.stay.click()
    assert (went, len(kernel.pending()), window.isVisible()) == ([], 1, True)


@pytest.mark.parametrize(("answer", "left"), [("send", 0), ("drop", 1)])
def test_going_elsewhere_sends_or_forgets_and_keeps_the_window(undecided, answer, left):
    window, kernel, question, went = undecided
    getattr(question, answer).click()
    assert (went, len(kernel.pending()), window.isVisible()) == ([SECOND], left, True)


def test_a_gate_that_is_shut_begins_nothing_and_delivers_nothing():
    held = HeldBackground()
    gate, told = Gate(held), []
    gate.run(lambda: 1, done=told.append, failed=told.append)
    gate.end()
    gate.run(lambda: 2, done=told.append, failed=told.append)
    for outcome in held.held:
        outcome()
    assert (told, len(held.held)) == ([], 1)
