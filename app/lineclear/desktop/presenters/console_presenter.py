"""Everything around the review page: freshness, safe mode, jobs, control. Knows no widget."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Signal

from lineclear.application.governing.scopes import WORKSPACE
from lineclear.application.ports import Snapshot
from lineclear.application.reading.answers import Control, Me
from lineclear.application.reading.formats import local_time
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.control_page import control_sheet
from lineclear.desktop.presenters.pages import jobs_sheet, top_sheet
from lineclear.desktop.presenters.refused import remedy_of, sentence_of
from lineclear.desktop.presenters.safe_modes import safe_mode_sheet, unknown_safe_mode
from lineclear.desktop.presenters.sheets import Chip, Notice, NoticeKind, Step, Tone
from lineclear.desktop.sync import Contact
from lineclear.domain.actions import Action
from lineclear.domain.control import SafeMode
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.wording import say

_STALE_AFTER = 15.0
_JOBS = 200


class ConsolePresenter(QObject):
    """All methods on the GUI thread. Pages other than the one that is open are read when they are opened."""

    top_changed = Signal(object)
    jobs_changed = Signal(object)
    control_changed = Signal(object)
    state_changed = Signal(object)
    """Notice over the queue, or None."""
    refused = Signal(object)
    """Notice about something that was asked for and not done."""

    def __init__(self, with_: Collaborators, me: Me, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self._me = me
        self._page = "review"
        self._asked = 0
        self._contact: Contact | None = None
        self._heard = with_.ticks.steady()
        self._lost_at = ""
        self._safe_modes: dict[str, SafeMode] = {}
        self._control: tuple[Control, Mapping[str, int]] | None = None

    def open_page(self, name: str) -> None:
        """A page came to the front."""
        self._page = name
        self._load_page()

    def on_contact(self, contact: Contact) -> None:
        """An exchange with the backend ended."""
        if contact.refusal is None:
            self._heard = self._with.ticks.steady()
            self._lost_at = ""
        elif not self._lost_at:
            self._lost_at = self._with.ticks.now().isoformat()
        self._contact = contact
        self._show_state()

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew."""
        if any(stream.startswith("safe_mode/") for stream in streams):
            self._load_safe_modes()
        if self._page != "review":
            self._load_page()

    def on_tick(self) -> None:
        """A second has gone by."""
        self._show_state()
        if self._page == "control" and self._control and any(one.until for one in self._control[0].breakers):
            self._show_control()

    def switch_safe_mode(self, on: bool, reason: str, scope: str = WORKSPACE) -> None:  # noqa: FBT001  # a signal's
        """Request safe mode for a scope or leave it; what came of it comes back through the ledger too."""
        reviewer = self._with.reviewer
        if reviewer is not None:
            self._with.sending.run(
                lambda: reviewer.switch_safe_mode(on=on, reason=reason, scope=scope),
                done=lambda safe_mode: self._take_safe_modes([safe_mode]),
                failed=self._refuse,
            )

    def switch_agent(self, agent: str, stops: bool, reason: str) -> None:  # noqa: FBT001  # a signal's argument
        """Stop an agent, or let it go on."""
        reviewer = self._with.reviewer
        if reviewer is not None:
            switch = reviewer.stop_agent if stops else reviewer.resume_agent
            self._with.sending.run(
                lambda: switch(agent, reason), done=lambda _agent: self._load_page(), failed=self._refuse
            )

    def stop_job(self, job: str, reason: str) -> None:
        """Stop a job from the jobs page."""
        reviewer = self._with.reviewer
        if reviewer is not None:
            self._with.sending.run(
                lambda: reviewer.stop(job, reason),
                done=lambda _job: self._load_page(),
                failed=self._refuse,
            )

    def start(self) -> None:
        """Show what is known so far."""
        self._load_safe_modes()
        self._show_state()

    # -- top bar and state ------------------------------------------------------------------------

    def _show_state(self) -> None:
        now = self._with.ticks.now()
        is_heard = self._contact is not None and self._contact.refusal is None
        known = safe_mode_sheet(self._safe_modes.values(), self._me, now)
        safe_mode = known if is_heard else unknown_safe_mode(known if self._contact else None)
        self.top_changed.emit(top_sheet(self._me, self._freshness(), safe_mode))
        self.state_changed.emit(self._notice())

    def _freshness(self) -> Chip:
        contact, silent = self._contact, self._with.ticks.steady() - self._heard
        if contact is None:
            return Chip(say("Connecting"), Tone.NEUTRAL)
        if contact.refusal is not None:
            return Chip(
                say("Offline since {time}", time=local_time(self._lost_at, self._with.ticks.now())), Tone.STOP
            )
        if contact.behind:
            return Chip(say("Catching up, {behind:,} entries to go", behind=contact.behind), Tone.CAUTION)
        if silent > _STALE_AFTER:
            return Chip(say("Stale, last heard {seconds} s ago", seconds=int(silent)), Tone.CAUTION)
        return Chip(say("Live, {seconds} s ago", seconds=max(1, int(silent))), Tone.OK)

    def _notice(self) -> Notice | None:
        contact = self._contact
        if contact is None:
            text = say("The queue and its actions come from there. The first time this takes a few seconds.")
            return Notice(NoticeKind.LOADING, say("Reading the ledger"), text)
        if contact.refusal is None:
            return None
        title = say("Offline since {time}", time=local_time(self._lost_at, self._with.ticks.now()))
        text = say("As it was then. Nothing can be decided until the backend answers.")
        return Notice(NoticeKind.OFFLINE, title, text, Step("view.refresh", say("Try again")))

    def _load_safe_modes(self) -> None:
        store = self._with.replica.store
        self._with.background.run(
            lambda: store.read(lambda snapshot: snapshot.every(SafeMode)),
            done=self._take_safe_modes,
            failed=_raise,
        )

    def _take_safe_modes(self, safe_modes: Iterable[SafeMode]) -> None:
        for one in safe_modes:
            known = self._safe_modes.get(one.id)
            if known is None or one.seq >= known.seq:
                self._safe_modes[one.id] = one
        self._show_state()

    # -- pages ------------------------------------------------------------------------------------

    def _load_page(self) -> None:
        match self._page:
            case "jobs":
                self._load_jobs()
            case "control":
                self._load_control()

    def _load_jobs(self) -> None:
        def done(jobs: tuple[Job, ...]) -> None:
            self.jobs_changed.emit(jobs_sheet(jobs, self._me, self._with.ticks.now()))

        store = self._with.replica.store
        self._with.background.run(
            lambda: store.read(lambda snapshot: snapshot.jobs(limit=_JOBS).items), done=done, failed=_raise
        )

    def _load_control(self) -> None:
        self._asked += 1
        asked, gateway, store = self._asked, self._with.gateway, self._with.replica.store

        def work() -> tuple[Control, Mapping[str, int]]:
            control = gateway.control()
            return control, store.read(lambda snapshot: _running(snapshot, control.safe_modes))

        def done(found: tuple[Control, Mapping[str, int]]) -> None:
            if asked == self._asked:
                self._control = found
                self._show_control()

        self._with.background.run(work, done=done, failed=self._refuse)

    def _show_control(self) -> None:
        if self._control is not None:
            control, running = self._control
            self.control_changed.emit(control_sheet(control, running, self._me, self._with.ticks.now()))

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, Refusal):
            raise error
        notice = Notice(NoticeKind.FAILED, paintable(sentence_of(error)).text, paintable(remedy_of(error)))
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


def _raise(error: Exception) -> None:
    raise error
