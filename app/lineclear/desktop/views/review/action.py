"""One action, whole: its title, the five questions, its cards, and the decision bar at the foot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from lineclear.desktop.painting import Run
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.review.outcome_sheets import OutcomeKind, OutcomeSheet
from lineclear.desktop.presenters.saying import said_chip
from lineclear.desktop.presenters.sheets import (
    ActionSheet,
    Chip,
    Notice,
    Question,
    Tone,
    Value,
    Words,
    text_of,
)
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.changes.changes import ChangesCard
from lineclear.desktop.views.kit import (
    Card,
    Fit,
    Hairline,
    MarkLine,
    Panel,
    Text,
    clear,
    column,
    row,
)
from lineclear.desktop.views.review.decision_bar import DecisionBar
from lineclear.desktop.views.review.evidence import EvidenceCard
from lineclear.desktop.views.review.side import SideView
from lineclear.desktop.views.review.timeline import TimelineCard
from lineclear.desktop.views.scrolling import keep_width
from lineclear.desktop.views.states import Banner, StateView
from lineclear.domain.text import Paintable
from lineclear.domain.wording import marked, say

if TYPE_CHECKING:
    from lineclear.desktop.presenters.review.edit_sheets import EditSheet
    from lineclear.desktop.views.review.edit import EditView

_TWO_COLUMNS_FROM: Final = 1_360
_EDGE: Final = 20
"""Where the words of a page begin: its title, the first question, its cards, its buttons."""
_MOST_BESIDE: Final = 420
"""Pixels for who else looks, whatever they are called: the title goes first."""
_OUTCOMES: Final = {
    OutcomeKind.RUNNING: Chip(marked("Running"), Tone.ACCENT),
    OutcomeKind.DONE: Chip(marked("Done"), Tone.OK),
    OutcomeKind.UNDONE: Chip(marked("Undone")),
    OutcomeKind.FAILED: Chip(marked("Failed"), Tone.STOP),
    OutcomeKind.UNKNOWN: Chip(marked("Outcome unknown"), Tone.STOP),
    OutcomeKind.DENIED: Chip(marked("Denied"), Tone.STOP),
    OutcomeKind.REJECTED: Chip(marked("Rejected"), Tone.STOP),
    OutcomeKind.EXPIRED: Chip(marked("Expired"), Tone.CAUTION),
    OutcomeKind.STOPPED: Chip(marked("Stopped"), Tone.STOP),
    OutcomeKind.WITHDRAWN: Chip(marked("Withdrawn")),
    OutcomeKind.CANARY: Chip(marked("Test"), Tone.CAUTION),
}


class ActionView(QStackedWidget):
    """Shows an `ActionSheet`, or a state where there is none."""

    stepped = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._edit: EditView | None = None
        self._state = StateView(look)
        self._state.stepped.connect(self.stepped)
        empty = Panel(look, Token.CANVAS)
        row(empty).addWidget(self._state)
        whole = Panel(look, Token.CANVAS)
        self.head = Head(look)
        self._questions = QuestionStrip(look)
        self._banner = Banner(look)
        self._banner.stepped.connect(self.stepped)
        self.cards = Cards(look)
        self.bar = DecisionBar(look)
        stack = column(whole)
        for part in (self.head, Hairline(look), self._questions, Hairline(look), self._banner):
            stack.addWidget(part)
        stack.addWidget(self.cards, 1)
        stack.addWidget(self.bar)
        self.addWidget(whole)
        self.addWidget(empty)
        self._whole, self._empty = whole, empty
        self.setCurrentWidget(empty)

    def display(self, sheet: ActionSheet) -> None:
        """Show an action."""
        self.head.display(sheet)
        self._questions.display(sheet.questions)
        self._banner.display(sheet.banner)
        self.cards.display(sheet)
        self.bar.display(sheet)
        if not self.is_editing:
            self.setCurrentWidget(self._whole)

    @property
    def edit(self) -> EditView:
        """The form of an edit, built on first use."""
        if self._edit is None:
            from lineclear.desktop.views.review.edit import EditView  # noqa: PLC0415 - costs nothing until opened

            self._edit = EditView(self._look)
            self.addWidget(self._edit)
        return self._edit

    @property
    def is_editing(self) -> bool:
        """Whether the form stands in the place of the action; then nothing is decided."""
        return self._edit is not None and self.currentWidget() is self._edit

    def display_edit(self, sheet: EditSheet) -> None:
        """Show the form of an edit in the place of the action."""
        is_new = self.currentWidget() is not self.edit
        self.edit.display(sheet)
        self.setCurrentWidget(self.edit)
        if is_new:
            self.edit.take_focus()

    def leave_edit(self) -> None:
        """Back to the action."""
        if self.is_editing:
            self.setCurrentWidget(self._whole)

    def display_notice(self, notice: Notice) -> None:
        """Show a state in the place of an action."""
        self.bar.close_panel()
        self._state.display(notice)
        self.setCurrentWidget(self._empty)


class Head(QWidget):
    """Title and byline."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Text(look, FontRole.TITLE, fit=Fit.WRAP, most_lines=3)
        self._byline = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP, most_lines=4)
        self.beside = Text(look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
        self.beside.setMaximumWidth(_MOST_BESIDE)
        self.beside.hide()
        first = row(gap=14)
        first.addWidget(self._title, 1)
        first.addWidget(self.beside, 0, Qt.AlignmentFlag.AlignTop)
        stack = column(self, margins=(20, 15, 20, 14), gap=4)
        stack.addLayout(first)
        stack.addWidget(self._byline)

    def display(self, sheet: ActionSheet) -> None:
        self._title.set_words(sheet.title)
        self._byline.set_runs(_runs(sheet.byline), caution_of(*_words(sheet.byline)))

    def display_beside(self, words: Words) -> None:
        """Say quietly who else looks."""
        self.beside.set_words(words)
        self.beside.setVisible(bool(text_of(words)))


def _runs(byline: tuple[Value, ...]) -> tuple[Run, ...]:
    return tuple(
        Run(text_of(segment.text), FontRole.MONO if value.is_mono else None)
        for value in byline
        for segment in value.segments
    )


def _words(byline: tuple[Value, ...]) -> tuple[str | Paintable, ...]:
    return tuple(segment.text for value in byline for segment in value.segments)


class QuestionStrip(Panel):
    """The five questions side by side, with their answers."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.RAISED, parent)
        self._questions: tuple[Question, ...] = ()
        self._cells = QGridLayout(self)
        self._cells.setContentsMargins(0, 0, 0, 0)
        self._cells.setSpacing(0)

    def display(self, questions: tuple[Question, ...]) -> None:
        if questions == self._questions:
            return
        self._questions = questions
        clear(self._cells)
        for number, question in enumerate(questions):
            if number:
                line = Hairline(self._look, upright=True)
                self._cells.addWidget(line, 0, 2 * number - 1, 2, 1)
            ask = Text(self._look, FontRole.SMALL, Token.MUTED, Fit.WRAP, most_lines=2)
            ask.set_words(question.ask)
            answer = Text(self._look, FontRole.SMALL_STRONG, Token.TEXT, Fit.WRAP, most_lines=4)
            answer.set_words(question.answer)
            answer.setAccessibleName(f"{question.ask} {text_of(question.answer)}")
            # A question that takes two lines moves all answers, so that they go on standing in one line.
            lead = 12 if number else _EDGE
            self._cells.addWidget(_padded(ask, (lead, 7, 10, 2)), 0, 2 * number)
            self._cells.addWidget(_padded(answer, (lead, 0, 10, 8)), 1, 2 * number)
            self._cells.setColumnStretch(2 * number, 1)


def _padded(text: Text, margins: tuple[int, int, int, int]) -> QWidget:
    place = QWidget()
    stack = column(place, margins=margins)
    stack.addWidget(text)
    stack.addStretch(1)
    return place


class OutcomeCard(Card):
    """What an execution did, and how that is known."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._text = Text(look, FontRole.BODY, Token.TEXT, Fit.WRAP)
        words = QWidget()
        row(words, margins=(15, 7, 15, 7)).addWidget(self._text, 1)
        self.add(words)
        self._lines = column(margins=(15, 0, 15, 0), gap=6)
        self.column.addLayout(self._lines)

    def display(self, sheet: OutcomeSheet) -> None:
        self.heading.set_words(sheet.title)
        self.chip.set_chip(said_chip(_OUTCOMES[sheet.kind]))
        self._text.set_words(sheet.text)
        clear(self._lines)
        for line in sheet.lines:
            self._lines.addWidget(MarkLine(self._look, line))
        self._lines.setContentsMargins(15, 0, 15, 10 if sheet.lines else 0)


class Cards(QScrollArea):
    """The cards in one column, in two where there is room, and the side column below where there is none."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.outcome = OutcomeCard(look)
        self.edited = ChangesCard(look)
        self.since = ChangesCard(look)
        self.changes = ChangesCard(look)
        self.evidence = EvidenceCard(look)
        self.timeline = TimelineCard(look)
        self._below = Card(look)
        self._below.heading.set_words(say("About this action"))
        self._below.column.addWidget(Hairline(look))
        self._side: SideView | None = None
        self._is_wide = False
        self._is_call = False
        """Whether nothing stands beside what became of it but what it was."""
        page = QWidget()
        across = row(page, margins=(20, 15, 20, 20), gap=14)
        self._first, self._second = column(gap=13), column(gap=13)
        self._first.addStretch(1)
        self._second.addStretch(1)
        across.addLayout(self._first, 1)
        across.addLayout(self._second)
        self._across = across
        self._place()
        self.setWidget(page)
        keep_width(self, across)

    def display(self, sheet: ActionSheet) -> None:
        for part, card in (
            (sheet.outcome, self.outcome),
            (sheet.edited, self.edited),
            (sheet.since, self.since),
            (sheet.changes, self.changes),
            (sheet.evidence, self.evidence),
            (sheet.timeline, self.timeline),
        ):
            card.setVisible(part is not None)
        is_call = sheet.outcome is not None and sheet.evidence is None and sheet.timeline is None
        if is_call != self._is_call:
            self._is_call = is_call
            self._place()
        if sheet.outcome is not None:
            self.outcome.display(sheet.outcome)
        if sheet.edited is not None:
            self.edited.display(sheet.edited)
        if sheet.since is not None:
            self.since.display(sheet.since)
        if sheet.changes is not None:
            self.changes.display(sheet.changes)
        if sheet.evidence is not None:
            self.evidence.display(sheet.evidence)
        if sheet.timeline is not None:
            self.timeline.display(sheet.timeline)

    def take_side(self, side: SideView) -> None:
        """Show the side column's parts below the cards."""
        self._side = side
        self._below.column.addWidget(side)
        side.show()
        self._below.show()

    def give_side(self) -> None:
        """Let the side column go back to its place."""
        self._side = None
        self._below.hide()

    def focus_first(self) -> None:
        """Give the focus to the changes, where reading begins."""
        self.changes.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        is_wide = self.width() >= _TWO_COLUMNS_FROM
        if is_wide != self._is_wide:
            self._is_wide = is_wide
            self._place()
        for card in (self.edited, self.changes):
            card.set_room(self.viewport().height())
        super().resizeEvent(event)

    def _place(self) -> None:
        """Put the cards into their columns."""
        second = self._second if self._is_wide else self._first
        places: tuple[tuple[QWidget, QVBoxLayout], ...] = (
            (self.outcome, self._first),
            (self.edited, self._first),
            (self.since, self._first),
            (self.changes, second if self._is_call else self._first),
            (self.evidence, second),
            (self.timeline, second),
            (self._below, self._first),
        )
        for card, _stack in places:
            self._first.removeWidget(card)
            self._second.removeWidget(card)
        for card, stack in places:
            stack.insertWidget(stack.count() - 1, card)
        self._across.setStretch(1, 1 if self._is_wide else 0)
        self._across.setSpacing(14 if self._is_wide else 0)
        if self._side is None:
            self._below.hide()
