"""The side list of the ledger page: each facet's values with their counts, one of which may be chosen."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from lineclear.desktop.painting import advance, draw_line, fill_rounded, painter_of
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.ledger.ledger_sheets import FacetSheet, FacetValue
from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Pressable
from lineclear.desktop.views.kit import Panel, Text, clear, column, draw_icon, row, set_tip
from lineclear.domain.wording import say

WIDTH: Final = 212


class FacetList(QScrollArea):
    """Shows `FacetSheet`s. `narrowed` carries facet and value; of the chosen one it means to let go."""

    narrowed = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[FacetSheet, ...] = ()
        inside = Panel(look, Token.RAISED)
        self._column = column(inside, margins=(8, 10, 8, 12), gap=1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(say("Narrow the list"))

    def display(self, sheets: tuple[FacetSheet, ...]) -> None:
        """Show the values that there are."""
        if sheets == self._shown:
            return
        self._shown = sheets
        clear(self._column)
        for sheet in sheets:
            place = QWidget()
            title = Text(self._look, FontRole.SMALL_STRONG, Token.MUTED)
            title.set_words(sheet.title)
            across = row(place, margins=(8, 7, 8, 3))
            across.addWidget(title)
            across.addStretch(1)
            self._column.addWidget(place)
            for value in sheet.values:
                self._column.addWidget(self._value(sheet.facet, value))
        self._column.addStretch(1)

    def _value(self, facet: str, value: FacetValue) -> FacetButton:
        button = FacetButton(self._look, value)
        button.clicked.connect(lambda _checked=False: self.narrowed.emit(facet, value.value))
        return button


class FacetButton(Pressable):
    """One value with its count; the chosen one carries a sign that it can be let go."""

    def __init__(self, look: Look, value: FacetValue, parent: QWidget | None = None) -> None:
        super().__init__(look, f"{text_of(value.shown)}, {value.count}", parent)
        self._value = value
        self.setCheckable(True)
        self.setChecked(value.is_chosen)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        set_tip(self, "\n".join(filter(None, (text_of(value.shown), caution_of(value.shown)))))

    @override
    def nextCheckState(self) -> None:
        """The list says what is chosen, not the press."""

    @override
    def sizeHint(self) -> QSize:
        return QSize(self._look.px(120), self._look.px(26))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        box = QRectF(self.rect())
        ink = Token.TEXT
        if self._value.is_chosen:
            fill_rounded(painter, box, self._look.colour(Token.ACCENT_SOFT), 6)
            ink = Token.ACCENT
        elif self.underMouse():
            fill_rounded(painter, box, self._look.colour(Token.HOVER), 6)
        count = self._value.count
        width = advance(self._look, FontRole.SMALL, count)
        right = box.right() - 8 - (18 if self._value.is_chosen else 0)
        place = QRectF(box.left() + 8, box.top(), right - width - 16 - box.left(), box.height())
        role = FontRole.STRONG if self._value.is_chosen else FontRole.BODY
        draw_line(painter, self._look, place, text_of(self._value.shown), role, ink)
        at = QRectF(right - width, box.top(), width + 1, box.height())
        draw_line(painter, self._look, at, count, FontRole.SMALL, Token.MUTED)
        if self._value.is_chosen:
            sign = self.rect().adjusted(self.width() - 24, 0, -4, 0)
            draw_icon(painter, self._look, sign, "x", Token.ACCENT, 12)
        self._draw_ring(painter, box, 6)
