"""The control page's own work, wired: trying a change of policy, and people. Holds no rules."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from lineclear.application.reading.answers import Me
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.control.control_sheets import OfflineSheet
from lineclear.desktop.presenters.control.offline_ruling import OfflineRuling
from lineclear.desktop.presenters.control.people_sheets import PeopleSheet
from lineclear.desktop.presenters.control.staffing import Staffing
from lineclear.desktop.presenters.lab.effort import Viewing
from lineclear.desktop.presenters.lab.lab_sheets import LabSheet
from lineclear.desktop.presenters.lab.on_trial import OnTrial
from lineclear.desktop.presenters.lab.trying import Trying
from lineclear.desktop.views.shell.window import Window
from lineclear.domain.trials import Guardrail
from lineclear.domain.vocabulary import Mode
from lineclear.domain.wording import say

_TYPING_PAUSE = 300


class ControlDesk(QObject):
    """What a person does on the control page. Lives as long as its session."""

    effort_chosen = Signal(object)
    """Effort."""

    def __init__(self, window: Window, with_: Collaborators, me: Me, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self.trying = Trying(with_, me, self)
        self.staffing = Staffing(with_, me, self)
        self.staffing.changed.connect(self._show_people)
        self.staffing.glass_changed.connect(window.glass.display)
        self.ruling = OfflineRuling(with_, me, self)
        self.ruling.changed.connect(self._show_offline)
        self.live = OnTrial(with_, me, self)
        self.live.changed.connect(self._show_trial)
        self._lab: LabSheet | None = None
        self._people: PeopleSheet | None = None
        self._offline: OfflineSheet | None = None
        self._typing = QTimer(self)
        self._typing.setInterval(_TYPING_PAUSE)
        self._typing.setSingleShot(True)
        self._typing.timeout.connect(self.trying.evaluate)
        self.trying.paused.connect(self._typing.start)
        self.trying.changed.connect(self._show_lab)
        self.trying.closed.connect(self._leave_lab)
        self._viewing = Viewing()
        self._is_built = False

    def start(self) -> None:
        """Show what is known so far."""
        self.staffing.start()
        self.ruling.start()

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew."""
        self.trying.on_changed(streams)
        self.live.on_changed(streams)
        self.staffing.on_changed(streams)
        self.ruling.on_changed(streams)

    def on_tick(self) -> None:
        """A second has gone by."""
        if self._window.page == "control":
            self.trying.on_tick()
            self.live.on_tick()
        self.staffing.on_tick()

    def opened(self) -> None:
        """The page, which is built when it is first opened, came to the front."""
        if not self._is_built:
            self._is_built = True
            self._connect_page()
        if self._people is not None:
            self._window.control.people.display(self._people)
        if self._offline is not None:
            self._window.control.offline.display(self._offline)
        self.staffing.open()

    def _connect_page(self) -> None:
        page, trying = self._window.control, self.trying
        page.people.asked.connect(self.staffing.do)
        page.offline.asked.connect(self.ruling.do)
        page.document.change.clicked.connect(lambda _on=False: trying.open())
        page.modes.asked.connect(self._change_mode)
        page.lab.viewed.connect(self.view_lab)
        page.lab.typed.connect(trying.typed)
        page.lab.replay_asked.connect(trying.replay)
        page.lab.cancelled.connect(trying.cancel)
        page.lab.diff_asked.connect(trying.look_at_diff)
        page.lab.text_asked.connect(trying.back_to_text)
        page.lab.activated.connect(trying.activate)
        page.lab.discarded.connect(trying.discard)
        page.lab.left.connect(trying.leave)
        page.lab.trial.started.connect(self._start_trial)
        page.lab.trial.stopped.connect(self.live.stop)

    def _change_mode(self, capability: str, agent: str, mode: str) -> None:
        self.trying.open((capability, agent, Mode(mode)))

    def view_lab(self, viewing: Viewing) -> None:
        """Look at the lab's answers otherwise; another cost of a review is told to whoever keeps it."""
        is_other = viewing.effort != self._viewing.effort
        self._viewing = viewing
        self.trying.view_as(viewing)
        if is_other:
            self.effort_chosen.emit(viewing.effort)

    def close(self) -> None:
        """Let no time go by any more, and read no further page of history."""
        self._typing.stop()
        self.trying.cancel()

    def _show_people(self, sheet: PeopleSheet) -> None:
        self._people = sheet
        if self._is_built:
            self._window.control.people.display(sheet)

    def _show_offline(self, sheet: OfflineSheet) -> None:
        self._offline = sheet
        if self._is_built:
            self._window.control.offline.display(sheet)

    def _show_lab(self, sheet: LabSheet) -> None:
        if self._lab is None:
            self.live.open()
        self._lab = sheet
        self._window.control.display_lab(replace(sheet, trial=self.live.sheet(sheet.why_not)))

    def _show_trial(self) -> None:
        if self._lab is not None:
            self._show_lab(self._lab)

    def _start_trial(self, guard: Guardrail, reason: str) -> None:
        if self._lab is not None and self._lab.offered is not None:
            self.live.start(*self._lab.offered, guard, reason)

    def _leave_lab(self) -> None:
        self._typing.stop()
        self._lab = None
        self.live.leave()
        has_draft = self.trying.has_draft
        self._window.control.document.change.set_title(
            say("Go on with the change") if has_draft else say("Try a change")
        )
        self._window.control.leave_lab()
