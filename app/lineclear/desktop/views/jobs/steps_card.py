"""A job's steps: the timeline or the list that says the same, the legend, and the chosen step beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, override

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.delegates.cell_delegate import ROW_HEIGHT, CellDelegate
from lineclear.desktop.models.keyed_model import Index
from lineclear.desktop.painting import advance, draw_line, fill_rounded, painter_of
from lineclear.desktop.presenters.jobs.span_sheets import KIND_WORDS, SpanSheet
from lineclear.desktop.presenters.sheets import Notice, NoticeKind
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.jobs.plot import Plot
from lineclear.desktop.views.jobs.plot_kinds import KIND_TOKENS, hatch
from lineclear.desktop.views.jobs.span_card import SpanCard
from lineclear.desktop.views.kit import Card, Hairline
from lineclear.desktop.views.states import StateView
from lineclear.desktop.views.table import RowTable, Titles, share_width, show_plain_rows
from lineclear.domain.vocabulary import SpanKind
from lineclear.domain.wording import say

if TYPE_CHECKING:
    from lineclear.desktop.models.span_model import SpanModel
    from lineclear.desktop.plotting.track import Track

_BESIDE_FROM: Final = 760
_SPAN_WIDTH: Final = 272
_SPAN_HEIGHT: Final = 190
_LEAST: Final = 250
_SMALL: Final = 300
_ENOUGH: Final = 560
"""As high as a step's contents are good to read beside a few lanes."""
_FRAME: Final = 80
"""The head of the card and its legend."""
_ANY: Final = 1 << 20


class StepsCard(Card):
    """Shows a track. `chosen` carries the id of a step that a person chose, in either view."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("Timeline"))
        self.plot = Plot(look)
        self.span = SpanCard(look)
        self._legend = Legend(look)
        self._list: StepList | None = None
        self._is_small = False
        self._track: Track | None = None
        self._nothing = StateView(look)
        self._turn = Button(look, say("As a list"), key=key_of("jobs.steps"), is_small=True)
        self._turn.clicked.connect(self.turn)
        self.head.addWidget(self._turn)
        self._views = QStackedWidget()
        self._views.addWidget(self.plot)
        self._views.addWidget(self._nothing)
        self._line = Hairline(look, upright=True)
        place = QWidget()
        self._across = QBoxLayout(QBoxLayout.Direction.LeftToRight, place)
        self._across.setContentsMargins(0, 0, 0, 0)
        self._across.setSpacing(0)
        for part in (self._views, self._line, self.span):
            self._across.addWidget(part)
        self._across.setStretch(0, 1)
        self.add(place)
        self.column.setStretch(self.column.count() - 1, 1)
        self.add(self._legend)
        self.plot.chosen.connect(self._tell)
        self.setMinimumHeight(_LEAST + _SPAN_HEIGHT)

    def display(self, track: Track | None, summary: str, marked: frozenset[str] = frozenset()) -> None:
        """Show the steps of a job."""
        self.remark.set_words(summary)
        self._track = track
        self.plot.display(track, marked)
        if self._list is not None:
            self._list.display(track)
        self._turn.setVisible(track is not None)
        self._legend.setVisible(track is not None)
        self._show_span()
        self._bound()
        if track is None:
            text = say("The agent has not told of any step of this job.")
            self._nothing.display(Notice(NoticeKind.INFO, say("No steps"), text))
        elif self._views.currentWidget() is self._nothing:
            self._views.setCurrentWidget(self.plot)
        if track is None:
            self._views.setCurrentWidget(self._nothing)

    def display_span(self, sheet: SpanSheet | None) -> None:
        """Show the chosen step, in all three places."""
        self.span.display(sheet)
        if sheet is not None:
            self.plot.choose(sheet.id)
            if self._list is not None:
                self._list.choose(sheet.id)

    def turn(self) -> None:
        """From the timeline to the list of the same steps, or back."""
        if self._track is None:
            return
        shows_list = self._views.currentWidget() is self.plot
        if shows_list and self._list is None:
            self._list = StepList(self._look)
            self._list.stepped.connect(self._tell)
            self._list.display(self._track)
            self._views.addWidget(self._list)
        part = self._list if shows_list and self._list is not None else self.plot
        self._views.setCurrentWidget(part)
        self._turn.set_title(say("As a timeline") if shows_list else say("As a list"))
        part.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def make_small(self, *, is_small: bool) -> None:
        """Leave room for another timeline below, or take it back."""
        self._is_small = is_small
        policy = Qt.ScrollBarPolicy
        self.plot.setVerticalScrollBarPolicy(
            policy.ScrollBarAlwaysOn if is_small else policy.ScrollBarAsNeeded
        )
        self.setMinimumHeight(_SMALL if is_small else _LEAST + _SPAN_HEIGHT)
        self._show_span()
        self._bound()

    def _bound(self) -> None:
        """No higher than its lanes and what is known of one step need, however high the window is."""
        lanes = self.plot.whole_height if self._track is not None else 0
        self.setMaximumHeight(_ANY if self._is_small else max(_ENOUGH, lanes + _FRAME))

    def take_focus(self) -> None:
        """Give the focus to what is shown of the steps."""
        part = self._views.currentWidget() or self
        part.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        is_beside = self.width() >= _BESIDE_FROM
        way = QBoxLayout.Direction.LeftToRight if is_beside else QBoxLayout.Direction.TopToBottom
        self._across.setDirection(way)
        self._show_span()
        self.span.setMinimumSize(_SPAN_WIDTH if is_beside else 0, 0 if is_beside else _SPAN_HEIGHT - 40)
        self.span.setMaximumSize(
            _SPAN_WIDTH if is_beside else 1 << 20, 1 << 20 if is_beside else _SPAN_HEIGHT
        )

    def _show_span(self) -> None:
        """Beside the steps, where there are any and no other run needs the room."""
        has_span = self._track is not None and not self._is_small
        self.span.setVisible(has_span)
        self._line.setVisible(has_span and self.width() >= _BESIDE_FROM)

    def _tell(self, span: str) -> None:
        self.chosen.emit(span)


class StepList(RowTable):
    """Every step as a row, for who would rather read. `stepped` carries the id of the chosen one."""

    stepped = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        from lineclear.desktop.models.span_model import MONO, SHARES, TITLES, SpanModel  # noqa: PLC0415  # numpy

        self._shares = SHARES
        self._is_updating = False
        self.steps: SpanModel = SpanModel()
        self.steps.setParent(self)
        self.setModel(self.steps)
        self.setItemDelegate(CellDelegate(look, MONO, self))
        self.setHorizontalHeader(Titles(look, tuple(map(say, TITLES)), self))
        self.setAccessibleName(say("Steps"))
        show_plain_rows(self, look, ROW_HEIGHT)

    def display(self, track: Track | None) -> None:
        """Show the steps of a track; the chosen one is chosen anew by its id."""
        self._is_updating = True
        self.steps.display(track)
        self._is_updating = False

    def choose(self, span: str) -> None:
        """Choose a step without a signal."""
        at = self.steps.row_of(span)
        if at is not None and at != self.currentIndex().row():
            self._is_updating = True
            self.selectRow(at)
            self._is_updating = False

    @override
    def currentChanged(self, current: Index, previous: Index, /) -> None:
        super().currentChanged(current, previous)
        if not self._is_updating and current.isValid():
            self.stepped.emit(self.steps.step(current.row()).id)

    @override
    def keyboardSearch(self, search: str, /) -> None:
        """Letters are commands, so they never jump to a row."""

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        share_width(self, self._shares)
        super().resizeEvent(event)


class Legend(QWidget):
    """Each kind of step with its colour and its word; waits with their strokes, failures with their sign."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        words = ", ".join(say(KIND_WORDS[kind]) for kind in SpanKind)
        self.setAccessibleName(say("Kinds of steps: {words}", words=words))
        self.setFixedHeight(28)

    @override
    def sizeHint(self) -> QSize:
        return QSize(300, 28)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter, x = painter_of(self), 15.0
        for kind in SpanKind:
            word = say(KIND_WORDS[kind])
            box = QRectF(x, 10, 16, 8)
            fill_rounded(painter, box, self._look.colour(KIND_TOKENS[kind]), 3)
            if kind is SpanKind.WAITING:
                hatch(painter, self._look, box)
            x = self._word(painter, x + 22, word)
        painter.fillRect(QRectF(x, 16, 16, 3), self._look.colour(Token.REMOVED))
        self._word(painter, x + 22, say("Failed"))

    def _word(self, painter: QPainter, x: float, word: str) -> float:
        room = advance(self._look, FontRole.SMALL, word)
        place = QRectF(x, 0, min(room + 1, max(self.width() - x - 8, 0)), self.height())
        draw_line(painter, self._look, place, word, FontRole.SMALL, Token.MUTED)
        return x + room + 16
