"""The insights page, wired. Holds no rules."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from lineclear.application.reading.answers import Me
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.console_presenter import ConsolePresenter
from lineclear.desktop.presenters.insights.insight_sheets import InsightsSheet, Place, Way
from lineclear.desktop.presenters.insights.insights import Insights
from lineclear.desktop.presenters.queue.queue_presenter import QueuePresenter
from lineclear.desktop.presenters.queue.queue_views import ALL
from lineclear.desktop.views.shell.window import Window


class InsightsDesk(QObject):
    """What an ops lead sees of how people decide. Lives as long as its session."""

    def __init__(
        self,
        window: Window,
        with_: Collaborators,
        me: Me,
        console: ConsolePresenter,
        queue: QueuePresenter,
    ) -> None:
        super().__init__(queue)
        self._window, self._queue = window, queue
        self.insights = Insights(with_, me, self)
        self.insights.changed.connect(self._show)
        console.state_changed.connect(self.insights.on_state)
        self._is_built = False

    def opened(self, name: str) -> None:
        """A page came to the front; this one is built when it is first opened."""
        if name != "insights":
            self.insights.leave()
            return
        if not self._is_built:
            self._is_built = True
            self._window.insights.days_chosen.connect(self.insights.choose)
            self._window.insights.opened.connect(self._go)
        self.insights.open()

    def _go(self, way: Way) -> None:
        """Show what a figure was made of."""
        if way.place is Place.QUEUE:
            self._queue.look_through(replace(self._queue.lens.through(ALL), typed=way.filter))
            self._window.open_page("review")
        else:
            self._window.open_page("ledger")
            self._window.ledger.search.setText(way.filter)

    def _show(self, sheet: InsightsSheet) -> None:
        self._window.insights.display(sheet)
