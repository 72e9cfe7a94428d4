"""One job, whole: the five questions, budget, actions, and its steps. Decides nothing itself."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QScrollArea, QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.models.table_model import Column
from lineclear.desktop.presenters.jobs.list_sheets import JobAction, JobSheet
from lineclear.desktop.presenters.sheets import Meter, Words
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.jobs.compare_card import CompareCard
from lineclear.desktop.views.jobs.steps_card import StepsCard
from lineclear.desktop.views.kit import Card, ChipLabel, Fit, Hairline, Panel, Text, clear, column, row
from lineclear.desktop.views.meters import MeterBar
from lineclear.desktop.views.review.action import QuestionStrip
from lineclear.desktop.views.scrolling import scrolled
from lineclear.desktop.views.states import Banner
from lineclear.desktop.views.table import Table
from lineclear.domain.wording import marked, say

_COLUMNS: Final[tuple[Column[JobAction], ...]] = (
    Column(marked("Action"), 35, lambda action: action.title),
    Column(marked("State"), 26, lambda action: action.state),
    Column(marked("Undo"), 22, lambda action: action.undo),
    Column(marked("Since"), 17, lambda action: action.since),
)
_WIDE: Final = 900
_ROOMY: Final = 1_200
_SIDE: Final = {True: 262, False: 224}
_ANY: Final = 1 << 20
_ROW: Final = 38
_ROWS: Final = (2, 5)


class JobView(Panel):
    """Shows a `JobSheet`."""

    action_asked = Signal(str)
    """Id of an action to open on the review page."""
    stepped = Signal(str)
    compare_ended = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.CANVAS, parent)
        self.sheet: JobSheet | None = None
        self._title = Text(look, FontRole.TITLE, fit=Fit.ELIDE)
        self._byline = Text(look, FontRole.BODY, Token.MUTED, Fit.ELIDE)
        self._state = ChipLabel(look)
        self._questions = QuestionStrip(look)
        self._banner = Banner(look)
        self._banner.stepped.connect(self.stepped)
        self.back = Button(look, say("All jobs"), key=key_of("jobs.back"), is_small=True)
        self.budget = BudgetCard(look)
        self.proposals = ActionsCard(look)
        self.proposals.asked.connect(self.action_asked)
        self.about = FactsCard(look)
        self.steps = StepsCard(look)
        self.compare = CompareCard(look, self.steps.plot)
        self.compare.left.connect(self.turn_compare)
        self.compare.chosen.connect(self.steps.chosen)
        whole = column(self)
        whole.addLayout(self._make_head())
        for part in (Hairline(look), self._questions, Hairline(look), self._banner):
            whole.addWidget(part)
        whole.addWidget(self._make_cards(), 1)

    def display(self, sheet: JobSheet) -> None:
        """Show a job."""
        if self.sheet is not None and self.sheet.row.id != sheet.row.id:
            self.end_compare()
        self.sheet = sheet
        self._title.set_words(sheet.row.title)
        self._byline.set_words(sheet.byline)
        self._state.set_chip(sheet.row.state)
        self._questions.display(sheet.row.questions)
        self._banner.display(sheet.notice)
        self.budget.display_meters(sheet.meters)
        self.about.display(sheet.facts)
        self.proposals.display(sheet.actions)
        self.steps.display(sheet.track, sheet.summary, sheet.marked)
        self.compare.display_others(sheet.others)
        if sheet.compared is not None:
            self._make_room(compares=True)
            self.compare.display(sheet.compared)

    def turn_compare(self) -> None:
        """Begin to compare with another run, or end it."""
        if self.compare.isVisibleTo(self):
            self.end_compare()
            self.compare_ended.emit()
        else:
            self._make_room(compares=True)
            self.compare.choose()

    def end_compare(self) -> None:
        """Show one run alone again."""
        self.compare.end()
        self._make_room(compares=False)

    def _make_room(self, *, compares: bool) -> None:
        """Two runs stand right above one another; what else there is of the job gives way."""
        for card in (self.budget, self.about, self.proposals):
            card.setVisible(not compares)
        self.compare.setVisible(compares)
        self.steps.make_small(is_small=compares)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE
        way = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        self._above.setDirection(way)
        side = _SIDE[self.width() >= _ROOMY]
        for card in (self.budget, self.about):
            card.setMinimumWidth(side if is_wide else 0)
            card.setMaximumWidth(side if is_wide else _ANY)

    def _make_head(self) -> QBoxLayout:
        names = row(gap=10)
        names.addWidget(self._title)
        names.addWidget(self._state)
        names.addStretch(1)
        titles = column(gap=3)
        titles.addLayout(names)
        titles.addWidget(self._byline)
        head = row(margins=(20, 12, 20, 12), gap=14)
        head.addLayout(titles, 1)
        head.addWidget(self.back, 0, Qt.AlignmentFlag.AlignVCenter)
        return head

    def _make_cards(self) -> QScrollArea:
        page = QWidget()
        stack = column(page, margins=(20, 15, 20, 15), gap=13)
        self._above = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._above.setSpacing(13)
        self._above.addWidget(self.budget)
        self._above.addWidget(self.about)
        self._above.addWidget(self.proposals, 1)
        stack.addLayout(self._above)
        stack.addWidget(self.steps, 100)
        stack.addWidget(self.compare)
        stack.addStretch(1)
        return scrolled(page)


class FactsCard(Card):
    """Lines of a name and what holds: whom the cost belongs to, when it began, which models it called."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("About"))
        self._shown: object = None
        inside = QWidget()
        self._lines = column(inside, margins=(15, 9, 15, 11), gap=5)
        self.add(inside)
        self.column.addStretch(1)

    def display(self, facts: tuple[tuple[str, Words], ...]) -> None:
        """Show the facts."""
        if facts != self._shown:
            self._shown = facts
            clear(self._lines)
            for name, words in facts:
                self._line(name, words, FontRole.SMALL)

    def _line(self, name: str, words: Words, role: FontRole) -> None:
        place = QWidget()
        label = Text(self._look, FontRole.SMALL, Token.MUTED)
        label.set_words(name)
        text = Text(self._look, role, fit=Fit.ELIDE)
        text.set_words(words)
        across = row(place, gap=10)
        across.addWidget(label)
        across.addStretch(1)
        across.addWidget(text)
        self._lines.addWidget(place)


class BudgetCard(FactsCard):
    """How much of each limit is used, in numbers and as a bar."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("Budget"))

    def display_meters(self, meters: tuple[Meter, ...]) -> None:
        """Show the limits."""
        if meters != self._shown:
            self._shown = meters
            clear(self._lines)
            for meter in meters:
                self._line(meter.label, meter.text, FontRole.MONO)
                self._lines.addWidget(MeterBar(self._look, meter))


class ActionsCard(Card):
    """The newest actions of the job; one that is opened is shown on the review page."""

    asked = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("Actions"))
        self.table = Table(look, say("Actions of the job"), _COLUMNS, lambda action: action.id)
        self.table.doubleClicked.connect(lambda _index: self.open_chosen())
        self.table.clicked.connect(lambda _index: self.table.setFocus())
        self._none = Text(look, FontRole.BODY, Token.MUTED)
        self._none.set_words(say("It has proposed nothing."))
        self._open = Button(look, say("Open in review"), key=key_of("jobs.open"), is_small=True)
        self._open.clicked.connect(self.open_chosen)
        self.head.addWidget(self._open)
        self.add(self.table)
        place = QWidget()
        words = row(place, margins=(15, 10, 15, 12))
        words.addWidget(self._none)
        words.addStretch(1)
        self._nothing = place
        self.column.addWidget(place)
        self.column.addStretch(1)
        look.changed.connect(self._fit)

    def display(self, actions: tuple[JobAction, ...]) -> None:
        """Show actions; the choice stays with its action."""
        at = self.table.currentIndex().row()
        chosen = self.table.rows.row(at).id if at >= 0 else actions[0].id if actions else None
        self.table.show_rows(actions, chosen)
        self._fit()
        for part, is_shown in ((self.table, actions), (self._open, actions), (self._nothing, not actions)):
            part.setVisible(bool(is_shown))
        self.remark.set_words(f"{len(actions):,}" if actions else "")

    def _fit(self) -> None:
        least, most = _ROWS
        rows = min(max(self.table.rows.rowCount(), least), most)
        self.table.setFixedHeight(self._look.px(30) + 2 + self._look.px(_ROW) * rows)

    def open_chosen(self) -> None:
        """Ask for the chosen action."""
        at = self.table.currentIndex().row()
        if at >= 0:
            self.asked.emit(self.table.rows.row(at).id)
