"""Buttons, pills, the switch and text fields, painted from the theme. Hold no rules."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QSizePolicy, QWidget

from lineclear.desktop.painting import (
    advance,
    dash_rounded,
    draw_line,
    fill_rounded,
    painter_of,
    stroke_rounded,
)
from lineclear.desktop.presenters.sheets import Tone
from lineclear.desktop.theme import FILLS, INKS, FontRole, Look, Token
from lineclear.desktop.views.kit import draw_icon, set_tip

_SIGN: Final = 12
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_BY_HAND: Final = (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.PopupFocusReason)


def claims_key(event: QEvent, keys: tuple[Qt.Key, ...]) -> bool:
    """Whether a key goes to the focused widget although the window has a shortcut on it; accepts it if so."""
    if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
        return False
    is_claimed = event.key() in keys
    if is_claimed:
        event.accept()
    return is_claimed


class Pressable(QAbstractButton):
    """A button that Space and Enter press once, never by key repeat, and that shows where the focus is.

    Enter reaches it although the window has shortcuts of its own, because it claims the key while focused.
    """

    def __init__(self, look: Look, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._is_ringed = False
        self.title = text
        self.setAccessibleName(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def event(self, event: QEvent, /) -> bool:
        if claims_key(event, _ENTER):
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() in _ENTER:
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent, /) -> None:
        self._is_ringed = event.reason() not in _BY_HAND
        super().focusInEvent(event)

    @override
    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()

    def _draw_ring(self, painter: QPainter, box: QRectF, radius: float) -> None:
        if self.hasFocus() and self._is_ringed:
            stroke_rounded(painter, box, self._look.colour(Token.ACCENT), radius, 2)


class Button(Pressable):
    """A button with a title and the key that does the same; a disabled one says why in its tool tip.

    A small one stands in a line of words.
    """

    def __init__(
        self,
        look: Look,
        text: str,
        *,
        key: str = "",
        tone: Tone = Tone.NEUTRAL,
        is_small: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(look, text, parent)
        self._key = key
        self._tone = tone
        self._role = FontRole.SMALL_STRONG if is_small else FontRole.STRONG
        self._pad, self._height = (10, 24) if is_small else (15, 32)
        self.why_not = ""

    def set_title(self, text: str) -> None:
        """Change what it says."""
        if text != self.title:
            self.title = text
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    def set_why_not(self, why_not: str) -> None:
        """Disable with a reason, or enable with none. A press that has begun is let go."""
        self.why_not = why_not
        self.setEnabled(not why_not)
        self.setDown(False)
        set_tip(self, why_not or (f"{self.title} ({self._key})" if self._key else ""))
        self.setAccessibleDescription(why_not)
        self.update()

    @override
    def sizeHint(self) -> QSize:
        width = advance(self._look, self._role, self.title) + 2 * self._pad
        if self._key:
            width += self._key_width() + 9
        return QSize(int(width) + 1, self._look.px(self._height))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        box = QRectF(self.rect())
        ground, ink, line = self._colours()
        fill_rounded(painter, box, self._look.colour(ground), 7)
        if not self.isEnabled():
            dash_rounded(painter, box, self._look.colour(Token.CONTROL), 7)
        elif line is not None:
            stroke_rounded(painter, box, self._look.colour(line), 7)
        if self.isDown():
            stroke_rounded(painter, box, self._look.colour(Token.CONTROL), 7, 2)
        draw_line(painter, self._look, box.adjusted(self._pad, 0, 0, 0), self.title, self._role, ink)
        if self._key:
            self._draw_key(painter, box, ink)
        self._draw_ring(painter, box, 7)
        if self.hasFocus() and self._is_ringed and ground in (Token.ADDED, Token.ACCENT, Token.REMOVED):
            stroke_rounded(painter, box.adjusted(2, 2, -2, -2), self._look.colour(ink), 5, 1)

    def _colours(self) -> tuple[Token, Token, Token | None]:
        if not self.isEnabled():
            return Token.RAISED, Token.MUTED, Token.LINE
        if self._tone in FILLS:
            return *FILLS[self._tone], None
        return (Token.HOVER if self.underMouse() else Token.RAISED), Token.TEXT, Token.LINE

    def _key_width(self) -> float:
        return advance(self._look, FontRole.KEY, self._key) + 11

    def _draw_key(self, painter: QPainter, box: QRectF, ink: Token) -> None:
        width = self._key_width()
        high = self._look.px(18)
        cap = QRectF(box.right() - width - self._pad + 1, box.center().y() - high / 2, width, high)
        draw_key(painter, self._look, cap, self._key, ink)


def draw_key(painter: QPainter, look: Look, cap: QRectF, key: str, ink: Token) -> None:
    """Paint a key cap with its border in the ink, faintly."""
    border = QColor(look.colour(ink))
    border.setAlpha(110)
    stroke_rounded(painter, cap, border, 4)
    draw_line(painter, look, cap.adjusted(5.5, 0, 0, 0), key, FontRole.KEY, ink)


class Pill(Pressable):
    """A choice among a few; the chosen one is filled and, for a screen reader, checked.

    One that opens a menu carries a sign of that behind its word.
    """

    def __init__(self, look: Look, text: str, parent: QWidget | None = None, *, opens: bool = False) -> None:
        super().__init__(look, text, parent)
        self._opens = opens
        self.is_brief = False
        self.setCheckable(True)

    @property
    def word_width(self) -> int:
        """What its word takes of its width."""
        return int(advance(self._look, FontRole.SMALL, self.title)) + 1

    def shorten(self, *, is_brief: bool) -> None:
        """Show the sign alone, where the word has no room; the tool tip has it then."""
        if is_brief != self.is_brief:
            self.is_brief = is_brief
            set_tip(self, self.title if is_brief else "")
            self.updateGeometry()
            self.update()

    @override
    def sizeHint(self) -> QSize:
        sign = _SIGN if self._opens else 0
        return QSize((0 if self.is_brief else self.word_width) + 18 + sign, self._look.px(21))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        box = QRectF(self.rect())
        ground = Token.HOVER if self.underMouse() else Token.SURFACE
        ink, line = Token.MUTED, Token.LINE
        if self.isChecked():
            ground, ink, line = Token.ACCENT_SOFT, Token.ACCENT, Token.ACCENT_SOFT
        fill_rounded(painter, box, self._look.colour(ground), 10)
        stroke_rounded(painter, box, self._look.colour(line), 10)
        if not self.is_brief:
            draw_line(painter, self._look, box.adjusted(9, 0, -8, 0), self.title, FontRole.SMALL, ink)
        if self._opens:
            right = box.center().x() + _SIGN / 2 if self.is_brief else box.right() - 6
            sign = QRectF(right - _SIGN, 0, _SIGN, box.height()).toRect()
            draw_icon(painter, self._look, sign, "chevron-down", ink, _SIGN)
        self._draw_ring(painter, box, 10)


class Link(Pressable):
    """A quiet button inside a card: muted words after a small sign."""

    def __init__(self, look: Look, text: str, *, indent: int = 15, parent: QWidget | None = None) -> None:
        super().__init__(look, text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.icon_name = "chevron-right"
        self._indent = indent

    def set_title(self, text: str, icon_name: str) -> None:
        """Change the words and the sign, as when a fold opens."""
        self.title, self.icon_name = text, icon_name
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        words = int(advance(self._look, FontRole.BODY, self.title)) + 1
        return QSize(words + 22 + 2 * self._indent, self._look.px(31))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        ink = Token.TEXT if self.underMouse() else Token.MUTED
        box = self.rect()
        sign = box.adjusted(self._indent - 5, 0, 0, 0)
        sign.setWidth(20 if self._indent else 24)
        draw_icon(painter, self._look, sign, self.icon_name, ink, 14)
        draw_line(
            painter,
            self._look,
            QRectF(box).adjusted(self._indent + 22, 0, -self._indent, 0),
            self.title,
            FontRole.BODY,
            ink,
        )
        self._draw_ring(painter, QRectF(box).adjusted(2, 2, -2, -2), 6)


class RailButton(Pressable):
    """A page's icon in the left rail."""

    def __init__(self, look: Look, text: str, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(look, text, parent)
        self._icon_name = icon_name
        self.setCheckable(True)
        self.setFixedSize(36, 36)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        box = QRectF(self.rect())
        ink = Token.MUTED if self.isEnabled() else Token.FAINT
        if self.isChecked():
            fill_rounded(painter, box, self._look.colour(Token.ACCENT_SOFT), 8)
            ink = Token.ACCENT
        elif self.underMouse() and self.isEnabled():
            fill_rounded(painter, box, self._look.colour(Token.HOVER), 8)
        draw_icon(painter, self._look, self.rect(), self._icon_name, ink, 18)
        self._draw_ring(painter, box, 8)


class Switch(Pressable):
    """A switch with its state in words inside a box; pressing asks, only `set_state` moves it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "", parent)
        self._is_on = False
        self.tone = Tone.NEUTRAL

    def set_state(self, text: str, *, is_on: bool, tone: Tone) -> None:
        """Show the state; the words say it, the knob and the colour repeat it."""
        self.title, self._is_on, self.tone = text, is_on, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(int(advance(self._look, FontRole.BODY, self.title)) + 61, self._look.px(28))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        box = QRectF(self.rect())
        toned = self.tone is not Tone.NEUTRAL
        ink = INKS[self.tone]
        ground = Token.CAUTION_SOFT if toned else (Token.HOVER if self.underMouse() else Token.SURFACE)
        fill_rounded(painter, box, self._look.colour(ground), 7)
        stroke_rounded(painter, box, self._look.colour(ink if toned else Token.LINE), 7)
        draw_line(painter, self._look, box.adjusted(11, 0, -46, 0), self.title, FontRole.BODY, ink)
        track = QRectF(box.right() - 38, box.center().y() - 7, 26, 14)
        if self._is_on:
            fill_rounded(painter, track, self._look.colour(ink), 7)
        else:
            fill_rounded(painter, track, self._look.colour(Token.TRACK), 7)
            stroke_rounded(painter, track, self._look.colour(Token.CONTROL), 7)
        knob = QRectF(track.right() - 12 if self._is_on else track.left() + 2, track.top() + 2, 10, 10)
        fill_rounded(painter, knob, self._look.colour(Token.SURFACE), 5)
        if not self._is_on:
            stroke_rounded(painter, knob, self._look.colour(Token.CONTROL), 5)
        self._draw_ring(painter, box, 7)


class Field(QLineEdit):
    """A line of input that keeps Enter and Escape to itself while it has the focus."""

    entered = Signal(str)
    left = Signal()
    stepped = Signal(int)
    """The next (1) or previous (-1) of what there is to choose from."""

    def __init__(self, look: Look, name: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._least = 30
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self._fit_words()

    @override
    def changeEvent(self, event: QEvent, /) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self.font().pixelSize() != self._words.pixelSize():
            self._fit_words()

    @property
    def _words(self) -> QFont:
        return self._look.font(FontRole.BODY)

    def _fit_words(self) -> None:
        self.setFont(self._words)
        self.setMinimumHeight(self._look.px(self._least))

    @override
    def event(self, event: QEvent, /) -> bool:
        if claims_key(event, (*_ENTER, Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down)):
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() in _ENTER:
            if not event.isAutoRepeat():
                self.entered.emit(self.text())
            return
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.stepped.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            return
        super().keyPressEvent(event)
