"""Everything around the review page: freshness, safe mode, control. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import msgspec
from PySide6.QtCore import QObject, Signal

from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.governing.scopes import WORKSPACE
from lineclear.application.ports import Snapshot
from lineclear.application.reading.answers import Control, Me
from lineclear.desktop.presenters.away import away_control, bare
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.control.control_page import control_sheet
from lineclear.desktop.presenters.control.control_sheets import ControlSheet
from lineclear.desktop.presenters.control.safe_modes import safe_mode_sheet, unknown_safe_mode
from lineclear.desktop.presenters.freshness import Freshness, damage_notice
from lineclear.desktop.presenters.outbox.outgoing_sheets import OutgoingSheet
from lineclear.desktop.presenters.outbox.waiting_sheets import WaitingSheet
from lineclear.desktop.presenters.pages import top_sheet
from lineclear.desktop.presenters.refused import notice_of
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, Step
from lineclear.desktop.sync import Contact
from lineclear.domain.actions import Action
from lineclear.domain.control import SafeMode
from lineclear.domain.identities import Person
from lineclear.domain.refusals import Code, Kind, Refusal
from lineclear.domain.state import stream_of
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.wording import say

_PROBED_EVERY = 15
"""Seconds after which Control is read again: probes are no entries, so nothing tells of them."""


class ConsolePresenter(QObject):
    """All methods on the GUI thread. Pages other than the one that is open are read when they are opened."""

    top_changed = Signal(object)
    control_changed = Signal(object)
    state_changed = Signal(object)
    """Notice over the queue, or None."""
    refused = Signal(object)
    """Notice about something that was asked for on the review page and not done."""
    job_refused = Signal(object)
    """The same about the jobs page, or None where nothing of it is to be said any more."""

    def __init__(self, with_: Collaborators, me: Me, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self._me = me
        self._page = "review"
        self._asked = 0
        self._ticked = 0
        decides = with_.reviewer is not None and with_.reviewer.dispatch.waits
        self._fresh = Freshness(with_.ticks.steady(), decides=decides, since=with_.kept.since)
        self._damage = with_.kept.damage
        self._safe_modes: dict[str, SafeMode] = {}
        self._control: tuple[Control, Mapping[str, int]] | None = None
        self._said: Notice | None = None
        """Why the last thing that was asked for on the control page was not done."""
        self._unread: Notice | None = None
        """Why the page that is open could not be read."""

    def open_page(self, name: str) -> None:
        """A page came to the front."""
        self._page = name
        if self._fresh.contact is not None:  # it was there to be read
            self._damage = ""
        self._forget()
        self._load_page()

    def on_contact(self, contact: Contact) -> None:
        """An exchange with the backend ended."""
        ticks, was_away = self._with.ticks, self._fresh.is_away
        self._fresh.hear(contact, ticks.now(), ticks.steady())
        self._show_state()
        if was_away is not self._fresh.is_away:
            self._load_page()

    def on_outgoing(self, sheet: OutgoingSheet) -> None:
        """So many decisions are not on the ledger yet."""
        if sheet.unsent != self._fresh.unsent:
            self._fresh.unsent = sheet.unsent
            self._show_state()

    def on_waiting(self, sheet: WaitingSheet) -> None:
        """So many decisions are signed and wait on this device."""
        if len(sheet.waiting) != self._fresh.waiting:
            self._fresh.waiting = len(sheet.waiting)
            self._show_state()

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew."""
        person = self._me.person
        is_about_me = person is not None and stream_of(Person, person.id) in streams
        if is_about_me or any(stream.startswith("safe_mode/") for stream in streams):
            self._load_around()
        if self._page != "review":
            self._load_page()

    def on_tick(self) -> None:
        """A second has gone by."""
        self._show_state()
        if self._page == "control" and self._control and any(one.until for one in self._control[0].breakers):
            self._show_control()
        self._ticked += 1
        if self._page == "control" and self._ticked % _PROBED_EVERY == 0:
            self._load_control()

    def switch_safe_mode(self, on: bool, reason: str, scope: str = WORKSPACE) -> None:  # noqa: FBT001  # a signal's
        """Request safe mode for a scope or leave it; what came of it comes back through the ledger too."""
        reviewer = self._with.reviewer
        if reviewer is None:
            return

        def switched(safe_mode: SafeMode) -> None:
            self._forget()
            self._take_safe_modes([safe_mode])

        self._with.sending.run(
            lambda: reviewer.switch_safe_mode(on=on, reason=reason, scope=scope),
            done=switched,
            failed=self._refuse,
        )

    def switch_agent(self, agent: str, stops: bool, reason: str) -> None:  # noqa: FBT001  # a signal's argument
        """Stop an agent, or let it go on."""
        reviewer = self._with.reviewer
        if reviewer is not None:
            switch = reviewer.stop_agent if stops else reviewer.resume_agent
            self._with.sending.run(
                lambda: switch(agent, reason), done=lambda _agent: self._settled(), failed=self._refuse
            )

    def send(self, work: Callable[[Reviewer], object]) -> None:
        """Do what was asked for on the jobs page; a refusal is said there."""
        reviewer = self._with.reviewer
        if reviewer is not None:
            self._with.sending.run(
                lambda: work(reviewer), done=lambda _done: self._settled(), failed=self._refuse
            )

    def start(self) -> None:
        """Show what is known so far."""
        self._load_around()
        self._show_state()

    # -- top bar and state ------------------------------------------------------------------------

    def _show_state(self) -> None:
        now = self._with.ticks.now()
        known = safe_mode_sheet(self._safe_modes.values(), self._me, now)
        fresh = self._fresh
        safe_mode = known if fresh.is_heard else unknown_safe_mode(known if fresh.contact else None)
        freshness = fresh.chip(now, self._with.ticks.steady())
        self.top_changed.emit(top_sheet(self._me, freshness, safe_mode))
        told = damage_notice(self._damage) if self._damage and fresh.is_heard else None
        self.state_changed.emit(fresh.notice(now) or told)

    def _load_around(self) -> None:
        """Safe modes, and who looks, as the ledger has them by now."""
        store, known = self._with.replica.store, self._me.person

        def read(snapshot: Snapshot) -> tuple[Iterable[SafeMode], Person | None]:
            person = None if known is None else snapshot.load(Person, known.id)
            return snapshot.every(SafeMode), person or known

        def done(found: tuple[Iterable[SafeMode], Person | None]) -> None:
            safe_modes, person = found
            self._me = msgspec.structs.replace(self._me, person=person)
            self._take_safe_modes(safe_modes)

        self._with.background.run(lambda: store.read(read), done=done, failed=_raise)

    def _take_safe_modes(self, safe_modes: Iterable[SafeMode]) -> None:
        for one in safe_modes:
            known = self._safe_modes.get(one.id)
            if known is None or one.seq >= known.seq:
                self._safe_modes[one.id] = one
        self._show_state()

    # -- pages ------------------------------------------------------------------------------------

    def _load_page(self) -> None:
        if self._page == "control":
            if self._control is None:
                self.control_changed.emit(ControlSheet(notice=loading_notice()))
            self._load_control()

    def _load_control(self) -> None:
        self._asked += 1
        asked, gateway, store = self._asked, self._with.gateway, self._with.replica.store

        def work() -> tuple[Control, Mapping[str, int]]:
            control = gateway.control()
            return control, store.read(lambda snapshot: _running(snapshot, control.safe_modes))

        def done(found: tuple[Control, Mapping[str, int]]) -> None:
            if asked == self._asked:
                self._control, self._unread = found, None
                self._show_control()

        def failed(error: Exception) -> None:
            if asked == self._asked:
                self._unread = refusal_notice(error)
                self._show_control()

        self._with.background.run(work, done=done, failed=failed)

    def _show_control(self) -> None:
        """What is in force, or was when the backend answered last."""
        notice = self._fresh.notice(self._with.ticks.now())
        if self._control is None:
            state = bare(notice) if notice is not None else self._unread
            self.control_changed.emit(ControlSheet(notice=state))
            return
        control, running = self._control
        sheet = control_sheet(control, running, self._me, self._with.ticks.now())
        if self._fresh.is_away and notice is not None:
            sheet = away_control(sheet, notice)
        self.control_changed.emit(replace(sheet, notice=sheet.notice or self._said or self._unread))

    def _settled(self) -> None:
        """What was asked for was done."""
        self._forget()
        self._load_page()

    def _forget(self) -> None:
        self._said = None
        self.job_refused.emit(None)

    def _refuse(self, error: Exception) -> None:
        """Say it where it was asked for."""
        notice = refusal_notice(error)
        match self._page:
            case "control":
                self._said = notice
                self._load_page()
            case "jobs":
                self.job_refused.emit(notice)
            case _:
                self.refused.emit(notice)


def _running(snapshot: Snapshot, safe_modes: Iterable[SafeMode]) -> dict[str, int]:
    """By scope, how many executions of those in flight at the request have not ended."""
    found: dict[str, int] = {}
    for safe_mode in safe_modes:
        flying = (snapshot.load(Action, one) for one in safe_mode.in_flight)
        found[safe_mode.id] = sum(
            action is not None and action.status is ActionStatus.STARTED for action in flying
        )
    return found


def refusal_notice(error: Exception) -> Notice:
    """What to say of a refusal over a page; anything else is a bug, and raised."""
    if not isinstance(error, Refusal):
        raise error
    is_away = error.code is Code.UNREACHABLE
    kind = NoticeKind.OFFLINE if is_away else NoticeKind.FAILED
    if error.kind is Kind.FORBIDDEN:
        kind = NoticeKind.FORBIDDEN
    step = Step("view.refresh", say("Try again")) if is_away else None
    return notice_of(error, kind, step)


def loading_notice() -> Notice:
    """The first answer is on its way."""
    return Notice(NoticeKind.LOADING, say("Reading what is in force"))


def _raise(error: Exception) -> None:
    raise error
