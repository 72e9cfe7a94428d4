"""The top bar: where I am, search, how fresh this is, safe mode, and who I am."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lineclear.desktop.commands import find_command, key_of, tip_of
from lineclear.desktop.painting import advance, draw_line, fill_rounded, painter_of, runs_from_right
from lineclear.desktop.presenters.sheets import (
    Chip,
    SafeModeSheet,
    SafeModeState,
    Tone,
    TopSheet,
    Words,
    text_of,
)
from lineclear.desktop.theme import INKS, FontRole, Look, Token
from lineclear.desktop.views.controls import Field, Pressable, Switch, draw_key
from lineclear.desktop.views.kit import ChipLabel, Fit, Panel, Text, draw_icon, row, set_tip
from lineclear.domain.wording import say

SAFE_MODE_TONES: Final = {
    SafeModeState.OFF: Tone.NEUTRAL,
    SafeModeState.PARTIAL: Tone.CAUTION,
    SafeModeState.TURNING_ON: Tone.CAUTION,
    SafeModeState.ON: Tone.CAUTION,
    SafeModeState.TURNING_OFF: Tone.CAUTION,
    SafeModeState.UNKNOWN: Tone.CAUTION,
}
_PLACE_ROOM: Final = 32
"""What a workspace's name needs besides its letters: room around it, and the sign."""
_OWN_SEARCH: Final = frozenset({"jobs", "ledger"})
_IS_OFF: Final = frozenset({SafeModeState.OFF, SafeModeState.PARTIAL, SafeModeState.UNKNOWN})


class TopBar(Panel):
    """Shows a `TopSheet`."""

    searched = Signal(str)
    safe_mode_asked = Signal()
    menu_asked = Signal()
    place_asked = Signal()
    """Somebody wants to be in another workspace."""
    search_left = Signal()
    search_entered = Signal()
    """What was typed is all; its finds are wanted."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.SURFACE, parent)
        self.product = ProductButton(look)
        self.product.clicked.connect(self.menu_asked)
        self.place = PlaceButton(look)
        self.place.clicked.connect(self.place_asked)
        self._environment = ChipLabel(look)
        self.search = SearchField(look)
        self.search.textChanged.connect(self.searched)
        self.search.left.connect(self._leave_search)
        self.search.entered.connect(self.search_entered)
        kept = self.search.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # so that nothing else moves
        self.search.setSizePolicy(kept)
        self._freshness = Freshness(look)
        self.safe_mode = Switch(look)
        self.safe_mode.clicked.connect(self.safe_mode_asked)
        self._tier = ChipLabel(look)
        self._person = Text(look, FontRole.BODY)
        self._person.setMaximumWidth(140)
        self._lay_out()

    def display(self, sheet: TopSheet) -> None:
        """Show where I am, how fresh this is, and who I am."""
        self.place.display(sheet.workspace, sheet.environment)
        self._environment.set_chip(sheet.environment)
        # Where a decision takes effect is never shortened.
        self._environment.setMinimumWidth(self._environment.sizeHint().width())
        self._freshness.display(sheet.freshness)
        self._tier.set_chip(sheet.tier)
        self._person.set_words(sheet.person)
        self._person.setVisible(bool(text_of(sheet.person)))
        self._show_safe_mode(sheet.safe_mode)
        if sheet.safe_mode.state is SafeModeState.UNKNOWN and sheet.freshness.tone is Tone.NEUTRAL:
            # Nothing is connected yet: there is nothing to be careful of.
            self.safe_mode.set_state(sheet.safe_mode.text, is_on=False, tone=Tone.NEUTRAL)

    def show_page(self, name: str) -> None:
        """Another page is open: one that has a search of its own has no other beside it."""
        self.search.setVisible(name not in _OWN_SEARCH)

    def show_search(self, text: str) -> None:
        """Say what the queue is narrowed by, where that was changed elsewhere."""
        if text != self.search.text().strip():
            self.search.setText(text)

    def _show_safe_mode(self, sheet: SafeModeSheet) -> None:
        show_switch(self.safe_mode, sheet)

    def _leave_search(self) -> None:
        self.search.clear()
        self.search_left.emit()

    def _lay_out(self) -> None:
        left = row(gap=4)
        left.addWidget(self.product)
        where = row(gap=2)
        where.addWidget(self.place)
        where.addWidget(self._environment)
        left.addLayout(where)
        right = row(gap=14)
        for part in (self._freshness, self.safe_mode, self._tier, self._person):
            right.addWidget(part)
        across = row(self, margins=(6, 0, 15, 0), gap=16)
        across.addLayout(left)
        across.addStretch(1)
        across.addWidget(self.search, 60)
        across.addStretch(1)
        across.addLayout(right)


def show_switch(switch: Switch, sheet: SafeModeSheet) -> None:
    """Show safe mode on a switch; one that may not be moved says why."""
    switch.set_state(sheet.text, is_on=sheet.state not in _IS_OFF, tone=SAFE_MODE_TONES[sheet.state])
    switch.setEnabled(not sheet.why_not)
    command = find_command("safe_mode.toggle")
    tip = sheet.why_not or (tip_of(command) if command else "")
    set_tip(switch, "\n".join(filter(None, (text_of(sheet.since), tip))))
    switch.setAccessibleDescription(sheet.why_not or text_of(sheet.since))


class ProductButton(Pressable):
    """The product's name; opens the menu of all commands."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Lineclear", parent)
        self.setAccessibleName(say("Lineclear, all commands"))
        set_tip(self, say("All commands"))

    @override
    def sizeHint(self) -> QSize:
        return QSize(int(advance(self._look, FontRole.HEADING, self.title)) + 17, self._look.px(30))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        box = QRectF(self.rect())
        if self.underMouse() or self.isDown():
            fill_rounded(painter, box, self._look.colour(Token.HOVER), 7)
        draw_line(painter, self._look, box.adjusted(8, 0, 0, 0), self.title, FontRole.HEADING, Token.TEXT)
        self._draw_ring(painter, box, 7)


class PlaceButton(Pressable):
    """The workspace, by its name; leads to the others. A long name is shortened and its tip has the whole."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "", parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.display("", Chip(""))

    def display(self, workspace: Words, environment: Chip) -> None:
        """Show where decisions take effect."""
        self.title = text_of(workspace) or say("No workspace")
        said = " ".join(filter(None, (self.title, text_of(environment.text))))
        self.setAccessibleName(say("Workspace {name}", name=said))
        tip = say("Go to another workspace")
        set_tip(self, f"{said}\n{tip}")
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(int(advance(self._look, FontRole.BODY, self.title)) + _PLACE_ROOM, self._look.px(30))

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), _PLACE_ROOM + 40), self._look.px(30))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = painter_of(self)
        box = QRectF(self.rect())
        if self.underMouse() or self.isDown():
            fill_rounded(painter, box, self._look.colour(Token.HOVER), 7)
        words = box.adjusted(8, 0, -20, 0)
        draw_line(painter, self._look, words, self.title, FontRole.BODY, Token.MUTED)
        end = min(advance(self._look, FontRole.BODY, self.title), words.width())
        sign = QRectF(words.left() + end + 2, 0, 14, self.height()).toRect()
        draw_icon(painter, self._look, sign, "chevron-down", Token.MUTED, 12)
        self._draw_ring(painter, box, 7)


class SearchField(Field):
    """The search field with the key that leads to it."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, say("Search the queue"), say("Search the queue…"), parent)
        self._least = 29
        self.setMinimumWidth(150)
        self.setMaximumWidth(380)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit_words()
        self.setTextMargins(*((30, 0, 0, 0) if runs_from_right() else (0, 0, 30, 0)))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        key = key_of("search.focus")
        if key and not self.text() and not self.hasFocus():
            width = advance(self._look, FontRole.KEY, key) + 11
            cap = QRectF(self.width() - width - 8, (self.height() - 17) / 2, width, 17)
            draw_key(painter_of(self), self._look, cap, key, Token.MUTED)


class Freshness(QWidget):
    """How fresh the page is: a dot, and the words that say the same."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot = Dot(look)
        self.text = Text(look, FontRole.BODY, Token.MUTED, Fit.ELIDE)
        across = row(self, gap=8)
        across.addWidget(self._dot)
        across.addWidget(self.text, 1)

    def display(self, chip: Chip) -> None:
        self._dot.set_tone(chip.tone)
        self.text.set_words(chip.text, Token.MUTED if chip.tone is Tone.OK else INKS[chip.tone])


class Dot(QWidget):
    """A round spot in a tone."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tone = Tone.NEUTRAL
        self.setFixedSize(7, 7)

    def set_tone(self, tone: Tone) -> None:
        self._tone = tone
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        fill_rounded(QPainter(self), QRectF(self.rect()), self._look.colour(INKS[self._tone]), 3.5)
