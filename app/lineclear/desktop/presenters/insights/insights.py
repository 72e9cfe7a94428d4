"""Insights: how people decided over a stretch that an ops lead chooses. Knows no widget."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, Signal

from lineclear.application.reading.answers import Me, ReviewFigures
from lineclear.application.reading.formats import local_time
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.control.safe_modes import why_not
from lineclear.desktop.presenters.insights.insight_sheets import InsightsSheet
from lineclear.desktop.presenters.insights.insight_words import together
from lineclear.desktop.presenters.insights.insights_page import Told, insights_sheet
from lineclear.desktop.presenters.jobs.job_costs import read_costs
from lineclear.desktop.presenters.refused import whole_of
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, Step
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.text import paintable
from lineclear.domain.wording import say, say_n

SPANS: Final = (1, 7, 30)
"""Days that can be chosen. Twice as many are asked for, to have the stretch before."""
EVERY: Final = 30
"""Seconds between two readings while the ledger grows: each walks through all that changed."""
_AT_LEAST: Final = 300
"""Seconds after which they are read in any case: the stretch moves on by itself."""
_NOBODY: Final = ReviewFigures("", "")
_WIDER: Final = {1: ("insights.week", 7), 7: ("insights.month", 30)}


class Insights(QObject):
    """All methods on the GUI thread. What was read of one stretch is never shown as that of another."""

    changed = Signal(object)
    """InsightsSheet."""

    def __init__(self, with_: Collaborators, me: Me, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self._is_allowed = not why_not(me, Deed.OVERSEE)
        self._days = 7
        self._told: dict[int, Told] = {}
        self._refusal: Refusal | None = None
        self._asked = self._since = 0
        self._is_open = self._is_due = self._is_lost = False

    def open(self) -> None:
        """The page came to the front, or somebody asked for newer figures."""
        self._is_open = True
        self._read()

    def leave(self) -> None:
        """Another page came to the front."""
        self._is_open = False

    def choose(self, days: int) -> None:
        """Tell of so many days from here on."""
        if days != self._days:
            self._days = days
            self._read()

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew: it is read again in a while, however much else comes until then."""
        self._is_due |= any(stream.startswith(("action/", "job/")) for stream in streams)

    def on_state(self, notice: Notice | None) -> None:
        """The console lost the backend, or has it again."""
        is_lost = notice is not None and notice.kind is NoticeKind.OFFLINE
        if is_lost is not self._is_lost:
            self._is_lost = is_lost
            self._is_due |= not is_lost
            if self._is_open:
                self._emit()

    def on_tick(self) -> None:
        """A second has gone by."""
        self._since += 1
        if self._is_open and self._since >= (EVERY if self._is_due else _AT_LEAST):
            self._read()

    def _read(self) -> None:
        self._asked += 1
        self._since, self._is_due, self._refusal = 0, False, None
        self._emit()
        if not self._is_allowed:
            return
        asked, days, gateway, store = self._asked, self._days, self._with.gateway, self._with.replica.store

        def read() -> Told:
            found, longer = gateway.oversight(days), gateway.oversight(2 * days)
            return Told(days, found, longer, store.read(lambda snapshot: read_costs(snapshot, found.since)))

        def done(told: Told) -> None:
            if asked == self._asked:
                self._told[days] = told
                self._emit()

        def failed(error: Exception) -> None:
            if not isinstance(error, Refusal):
                raise error
            if asked == self._asked:
                self._refuse(error)

        self._with.background.run(read, done=done, failed=failed)

    def _refuse(self, refusal: Refusal) -> None:
        """What somebody may see no more is not kept in sight; all else stays, with its age."""
        self._refusal = refusal
        if refusal.code is Code.ROLE_INSUFFICIENT:
            self._told.clear()
        self._emit()

    def _emit(self) -> None:
        self.changed.emit(self._sheet())

    def _sheet(self) -> InsightsSheet:
        told, now = self._told.get(self._days), self._with.ticks.now()
        if not self._is_allowed:
            return InsightsSheet(self._days, notice=_forbidden())
        if told is None:
            return InsightsSheet(self._days, notice=self._state("") or _loading())
        sheet = insights_sheet(told, now)
        state = self._state(local_time(told.found.until, now))
        if together(told.found) == _NOBODY:
            return replace(
                sheet,
                headlines=(),
                findings=(),
                notice=state or _empty(self._days),
                is_known=bool(told.costs.jobs),
            )
        return replace(sheet, notice=state)

    def _state(self, until: str) -> Notice | None:
        """Why the figures are not of now; `until` is when they were taken."""
        refusal = self._refusal
        if refusal is not None and refusal.code is Code.ROLE_INSUFFICIENT:
            return _forbidden()
        again = Step("view.refresh", say("Try again"))
        if self._is_lost or (refusal is not None and refusal.code is Code.UNREACHABLE):
            title = (
                say("Offline, figures of {time}", time=until)
                if until
                else say("The figures are not known now")
            )
            text = say("The backend makes them and cannot be reached. They are read again once it answers.")
            return Notice(NoticeKind.OFFLINE, title, text, again)
        if refusal is None:
            return None
        return Notice(NoticeKind.FAILED, say("The figures were refused"), paintable(whole_of(refusal)), again)


def _forbidden() -> Notice:
    title = say("How people decide is for ops leads and administrators")
    text = say("Your own decisions are in the ledger, with what came of them.")
    return Notice(NoticeKind.FORBIDDEN, title, text, Step("go.ledger", say("To the ledger")))


def _loading() -> Notice:
    return Notice(NoticeKind.LOADING, say("Reading how people decided"))


def _empty(days: int) -> Notice:
    title = say_n(
        "Nobody decided anything in the last day", "Nobody decided anything in the last {count} days", days
    )
    text = say("Figures appear here with the first decision.")
    wider = _WIDER.get(days)
    if wider is None:
        return Notice(NoticeKind.EMPTY, title, text, Step("go.review", say("To the queue")))
    step = Step(wider[0], say_n("Look at {count} day", "Look at {count} days", wider[1]))
    return Notice(NoticeKind.EMPTY, title, text, step)
