"""The small parts that every view is made of: text, chips, cards, lines. Paints plain text only."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from typing import Final, override

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from lineclear.desktop.painting import (
    Laid,
    LaidAt,
    Run,
    advance,
    draw_icon_at,
    draw_line,
    fill_rounded,
    painter_of,
    plain_tip,
    runs_from_right,
    stroke_rounded,
)
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.sheets import Chip, Line, Mark, Tone, Words, text_of
from lineclear.desktop.theme import GROUNDS, INKS, FontRole, Look, Token
from lineclear.desktop.views.plain_labels import PlainLabel
from lineclear.domain.wording import marked, say

CORNER: Final = 8
"""How round a card is; what paints its own ground keeps so far from the foot of one."""
_CAUTION_ROOM: Final = 20
_COMFORTABLE: Final = 360
_NARROWEST: Final = 24


class Fit(Enum):
    """What a text does when it is wider than its place."""

    KEEP = auto()
    ELIDE = auto()
    WRAP = auto()


def set_tip(part: QWidget, text: str) -> None:
    """Give a part a tool tip that shows a text literally; Qt's own guesses at mark-up."""
    part.setToolTip(plain_tip(text))


def show_tip(event: QHelpEvent, text: str, over: QWidget) -> None:
    """Show a tool tip literally where it was asked for."""
    QToolTip.showText(event.globalPos(), plain_tip(text), over)


class Text(PlainLabel):
    """Plain text that is never read as markup, with a caution sign when outside text is unusual.

    Text that was shortened says so with an ellipsis, and its tool tip holds the whole.
    """

    def __init__(
        self,
        look: Look,
        role: FontRole = FontRole.BODY,
        ink: Token = Token.TEXT,
        fit: Fit = Fit.KEEP,
        most_lines: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._role = role
        self._ink = ink
        self._fit = fit
        self._most_lines = most_lines
        self._runs: tuple[Run, ...] = ()
        self._caution = ""
        self._laid = LaidAt()
        self._natural: int | None = None
        across = QSizePolicy.Policy.Fixed if fit is Fit.KEEP else QSizePolicy.Policy.Preferred
        policy = QSizePolicy(across, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(fit is Fit.WRAP)
        self.setSizePolicy(policy)

    def set_words(self, words: Words, ink: Token | None = None) -> None:
        """Show our own words or a text from outside."""
        self._ink = ink or self._ink
        self.set_runs((Run(text_of(words)),), caution_of(words))

    def set_runs(self, runs: Sequence[Run], caution: str = "") -> None:
        """Show several looks in one text; `caution` says what is unusual about it."""
        if (tuple(runs), caution) != (self._runs, self._caution):
            self._runs, self._caution = tuple(runs), caution
            self.setText("".join(run.text for run in runs))
            self.setAccessibleDescription(say("Look twice: {caution}.", caution=caution) if caution else "")
        self._laid.forget()
        self._natural = None
        self._tell_the_rest()
        self.updateGeometry()
        self.update()

    @property
    def is_cut(self) -> bool:
        """Whether the painted text is shorter than the whole; the tool tip then holds the whole."""
        if self._fit is Fit.WRAP:
            return self._laid.at(self.width(), self._lay).is_cut
        return self._natural_width() > self.width() + 1

    @override
    def sizeHint(self) -> QSize:
        if self._fit is Fit.WRAP:
            width = min(self._natural_width(), _COMFORTABLE)
            return QSize(width, self.heightForWidth(width))
        return QSize(self._natural_width(), self._look.leading(self._role))

    @override
    def minimumSizeHint(self) -> QSize:
        if self._fit is Fit.KEEP:
            return self.sizeHint()
        return QSize(min(self._natural_width(), _NARROWEST), self._look.leading(self._role))

    @override
    def hasHeightForWidth(self) -> bool:
        return self._fit is Fit.WRAP

    @override
    def heightForWidth(self, width: int, /) -> int:
        if self._fit is not Fit.WRAP:
            return self._look.leading(self._role)
        return self._laid.height(width, self._lay)

    @override
    def _forget_sizes(self) -> None:
        self._laid.forget()
        self._natural = None

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._tell_the_rest()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        if self._fit is Fit.WRAP:
            laid = self._laid.at(self.width(), self._lay)
            laid.draw(painter, QPointF(0, 0), self._ink)
            end = laid.end
        else:
            end = self._paint_line(painter)
        if self._caution:
            top = end.y() + (self._look.leading(self._role) - 14) / 2
            at = QPointF(min(end.x() + 4, self.width() - 15), top)
            draw_icon_at(painter, self._look, at, "triangle-alert", Token.CAUTION, 14)

    def _paint_line(self, painter: QPainter) -> QPointF:
        room = self.width() - self._caution_room
        top = (self.height() - self._look.leading(self._role)) / 2
        if len(self._runs) == 1 or self.is_cut:
            box = QRectF(0, 0, room, self.height())
            draw_line(painter, self._look, box, self.text(), self._role, self._ink)
            return QPointF(min(advance(self._look, self._role, self.text()), room), top)
        laid = self._laid.at(1 << 20, self._lay)
        laid.draw(painter, QPointF(0, top), self._ink)
        return QPointF(laid.width, top)

    @property
    def _caution_room(self) -> int:
        return _CAUTION_ROOM if self._caution else 0

    def _lay(self, width: int) -> Laid:
        return Laid(self._look, self._runs, self._role, width - self._caution_room, self._most_lines)

    def _natural_width(self) -> int:
        if self._natural is None:
            width = Laid(self._look, self._runs, self._role).width
            self._natural = int(width) + 1 + self._caution_room
        return self._natural

    def _tell_the_rest(self) -> None:
        whole = self.text() if self.is_cut else ""
        told = say("Look twice: {caution}.", caution=self._caution) if self._caution else ""
        set_tip(self, "\n".join(part for part in (whole, told) if part))


class ChipLabel(PlainLabel):
    """A short word in a small box; toned ones are filled softly, neutral ones outlined."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tone = Tone.NEUTRAL
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_chip(self, chip: Chip | None) -> None:
        """Show a chip, or nothing."""
        is_shown = chip is not None and bool(text_of(chip.text))
        if self.parent() is not None or not is_shown:  # shown alone, it would be a window of its own
            self.setVisible(is_shown)
        if chip is not None:
            self._tone = chip.tone
            self.setText(text_of(chip.text))
            set_tip(self, caution_of(chip.text))
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return chip_size(self._look, self.text())

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 48), self.sizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        if self.width() < self.sizeHint().width():
            set_tip(self, self.text())

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        draw_chip(painter_of(self), self._look, QRectF(self.rect()), self.text(), self._tone)


def chip_size(look: Look, text: str) -> QSize:
    """Return how large a chip's box is."""
    return QSize(int(advance(look, FontRole.BADGE, text)) + 14, look.px(18))


def draw_chip(painter: QPainter, look: Look, box: QRectF, text: str, tone: Tone) -> None:
    """Paint a chip into a box."""
    fill_rounded(painter, box, look.colour(GROUNDS[tone]), 4)
    if tone is Tone.NEUTRAL:
        stroke_rounded(painter, box, look.colour(Token.LINE), 4)
    draw_line(painter, look, box.adjusted(7, 0, -6, 0), text, FontRole.BADGE, INKS[tone])


class Hairline(QWidget):
    """A line of one pixel."""

    def __init__(self, look: Look, *, upright: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        if upright:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        QPainter(self).fillRect(self.rect(), self._look.colour(Token.LINE))


class Panel(QWidget):
    """A plain ground for other parts."""

    def __init__(self, look: Look, ground: Token, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._ground = ground

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        QPainter(self).fillRect(event.rect(), self._look.colour(self._ground))


class Card(QWidget):
    """A rounded box with a heading, a chip and a remark in its head, and parts below hairlines."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.column = column(self, margins=(1, 0, 1, 1))
        self.heading = Text(look, FontRole.HEADING, fit=Fit.ELIDE)
        self.chip = ChipLabel(look)
        self.chip.hide()
        self.remark = Text(look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
        self.head = row(margins=(15, 7, 15, 7), gap=8)
        self.head.addWidget(self.heading)
        self.head.addWidget(self.chip)
        self.head.addWidget(self.remark, 1)
        self.column.addLayout(self.head)

    def add(self, part: QWidget) -> None:
        """Add a part below a hairline."""
        self.column.addWidget(Hairline(self._look))
        self.column.addWidget(part)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        box = QRectF(self.rect())
        fill_rounded(painter, box, self._look.colour(Token.SURFACE), CORNER)
        stroke_rounded(painter, box, self._look.colour(Token.LINE), CORNER)


class Icon(QWidget):
    """One icon in one colour, for decoration beside words."""

    def __init__(
        self, look: Look, name: str, token: Token, size: int = 16, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._name = name
        self._token = token
        self._size = size
        self.setFixedSize(size, size)

    def set_icon(self, name: str, token: Token) -> None:
        self._name, self._token = name, token
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        draw_icon(painter_of(self), self._look, self.rect(), self._name, self._token, self._size)


def draw_icon(painter: QPainter, look: Look, box: QRect, name: str, token: Token, size: int = 16) -> None:
    """Paint an icon in the middle of a box."""
    at = QPointF(box.x() + (box.width() - size) / 2, box.y() + (box.height() - size) / 2)
    draw_icon_at(painter, look, at, name, token, size)


MARKS: Final = {
    Mark.MET: ("check", Token.ADDED, marked("Met")),
    Mark.MISSING: ("circle", Token.CONTROL, marked("Missing")),
    Mark.ATTENTION: ("triangle-alert", Token.CAUTION, marked("Attention")),
    Mark.REFUSED: ("x", Token.REMOVED, marked("Refused")),
    Mark.UNKNOWN: ("circle-help", Token.CAUTION, marked("Unknown")),
}
"""Each mark as an icon of its own shape, its colour, and the word that a screen reader says."""


class MarkLine(QWidget):
    """One statement: its sign, its words, and where they come from."""

    def __init__(self, look: Look, line: Line, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        icon, token, said = MARKS[line.mark]
        text = Text(look, fit=Fit.WRAP)
        text.set_words(line.text)
        text.setAccessibleName(f"{say(said)}: {text_of(line.text)}")
        words = column(margins=(0, 0, 0, 0), gap=2)
        words.addWidget(text)
        if line.source is not None:
            source = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
            source.set_words(line.source)
            words.addWidget(source)
        sign = column(margins=(0, 2, 0, 0))
        sign.addWidget(Icon(look, icon, token, 14))
        sign.addStretch(1)
        across = row(self, gap=8)
        across.addLayout(sign)
        across.addLayout(words, 1)


def row(
    parent: QWidget | None = None, *, margins: tuple[int, int, int, int] = (0, 0, 0, 0), gap: int = 0
) -> QHBoxLayout:
    """Return a horizontal layout without Qt's own margins; they are given as for English."""
    made = QHBoxLayout(parent) if parent is not None else QHBoxLayout()
    made.setContentsMargins(*_as_it_runs(margins))
    made.setSpacing(gap)
    return made


def column(
    parent: QWidget | None = None, *, margins: tuple[int, int, int, int] = (0, 0, 0, 0), gap: int = 0
) -> QVBoxLayout:
    """Return a vertical layout without Qt's own margins; they are given as for English."""
    made = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    made.setContentsMargins(*_as_it_runs(margins))
    made.setSpacing(gap)
    return made


def _as_it_runs(margins: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    """Qt mirrors what a layout holds, not its margins."""
    left, top, right, bottom = margins
    return (right, top, left, bottom) if runs_from_right() else margins


def clear(layout: QLayout) -> None:
    """Take every part out of a layout and let it go.

    `removeWidget` also ends the layout's item; one that outlives its place keeps stale sizes for the widget.
    """
    while (item := layout.itemAt(0)) is not None:
        if (part := item.widget()) is not None:
            layout.removeWidget(part)
            part.hide()
            part.deleteLater()
        else:
            layout.takeAt(0)
