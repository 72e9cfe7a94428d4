"""The timeline card: one painted bar for each step, waits hatched, durations in words."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.painting import advance, draw_line, fill_rounded, painter_of
from lineclear.desktop.presenters.jobs.timeline_sheets import Bar, BarKind, TimelineSheet
from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.jobs.plot_kinds import hatch
from lineclear.desktop.views.kit import Card
from lineclear.domain.wording import say

_PITCH: Final = 21
_PAD: Final = 9
_EDGE: Final = 15
_SMALLEST: Final = 8
_INSET: Final = 5
_KINDS: Final = {
    BarKind.WORK: Token.ACCENT,
    BarKind.MODEL: Token.CONTROL,
    BarKind.POLICY: Token.CAUTION,
    BarKind.WAITING: Token.CAUTION_SOFT,
}


class TimelineCard(Card):
    """Shows a `TimelineSheet`. `span_asked` carries the span to show on the whole timeline, or nothing."""

    span_asked = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("Timeline"))
        self._bars = Bars(look)
        self.add(self._bars)
        self._bars.asked.connect(self.span_asked)
        self.whole = Button(look, say("Whole timeline"), key=key_of("review.source"), is_small=True)
        self.whole.clicked.connect(lambda _checked=False: self.span_asked.emit(""))
        self.head.addWidget(self.whole)

    def display(self, sheet: TimelineSheet) -> None:
        """Show the steps."""
        self.remark.set_words(sheet.summary)
        self._bars.display(sheet.bars)


class Bars(QWidget):
    """The plot: labels, bars between two hairlines, durations. A press on a row asks for its span."""

    asked = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def display(self, bars: tuple[Bar, ...]) -> None:
        self._bars = bars
        told = (
            say("{label} took {duration}", label=text_of(bar.label), duration=bar.duration) for bar in bars
        )
        self.setAccessibleName(say("Steps: ") + ", ".join(told))
        self.updateGeometry()
        self.update()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        number = int((event.position().y() - _PAD) // self._look.px(_PITCH))
        if event.button() == Qt.MouseButton.LeftButton and 0 <= number < len(self._bars):
            span = self._bars[number].span
            if span:
                self.asked.emit(span)

    @override
    def sizeHint(self) -> QSize:
        return QSize(320, 2 * _PAD + self._look.px(_PITCH) * len(self._bars))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        plot = self._plot()
        line = self._look.colour(Token.LINE)
        painter.fillRect(QRectF(plot.left(), plot.top() - 2, 1, plot.height() + 4), line)
        painter.fillRect(QRectF(plot.right(), plot.top() - 2, 1, plot.height() + 4), line)
        for number, bar in enumerate(self._bars):
            y = plot.top() + number * self._look.px(_PITCH)
            label = QRectF(_EDGE, y, plot.left() - _EDGE - 10, self._look.px(_PITCH))
            draw_line(painter, self._look, label, text_of(bar.label), FontRole.SMALL, Token.MUTED)
            took = QRectF(plot.right() + 11, y, self.width() - plot.right() - 14, self._look.px(_PITCH))
            draw_line(painter, self._look, took, bar.duration, FontRole.SMALL, Token.MUTED)
            self._draw_bar(painter, plot, y + (self._look.px(_PITCH) - 8) / 2, bar)

    def _plot(self) -> QRectF:
        longest = max(
            (advance(self._look, FontRole.SMALL, text_of(b.label)) for b in self._bars), default=0.0
        )
        slowest = max((advance(self._look, FontRole.SMALL, b.duration) for b in self._bars), default=0.0)
        left = _EDGE + min(max(longest + 24, self.width() * 0.22), self.width() * 0.34)
        right = self.width() - max(slowest + 26, self.width() * 0.11)
        return QRectF(
            round(left), _PAD, max(round(right) - round(left), 1), self._look.px(_PITCH) * len(self._bars)
        )

    def _draw_bar(self, painter: QPainter, plot: QRectF, y: float, bar: Bar) -> None:
        room = plot.width() - 2 * _INSET
        width = min(max(bar.length * room, _SMALLEST), room)
        left = plot.left() + _INSET + min(bar.start * room, room - width)
        box = QRectF(left, y, width, 8)
        fill_rounded(painter, box, self._look.colour(_KINDS[bar.kind]), 3)
        if bar.kind is BarKind.WAITING:
            hatch(painter, self._look, box)
