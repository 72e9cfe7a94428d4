"""Over the queue: its views, what they leave out, and menus to change both. Holds no rules."""

from __future__ import annotations

from itertools import groupby
from typing import override

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QMenu, QWidget

from lineclear.desktop.commands import find_command, tip_of
from lineclear.desktop.presenters.queue.narrowing_sheets import SORTS, Narrowing, Offer
from lineclear.desktop.presenters.sheets import Filter, Words, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Pill
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.kit import Fit, Text, clear, column, row, set_tip
from lineclear.domain.wording import marked, say

_HEADS = {
    "capability": marked("Capability"),
    "agent": marked("Agent"),
    "env": marked("Environment"),
    "tier": marked("Tier"),
    "due": marked("Due"),
    "claimed": marked("Claim"),
    "flagged": marked("Flags"),
}


class QueueNarrowingBar(QWidget):
    """Pills of the pinned views and of the one that is on, and a line that says what is left out."""

    viewed = Signal(str)
    commanded = Signal(str)
    narrowed = Signal(str, str)
    """Name and value of a filter; with an empty value it is let go."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.filters: tuple[Filter, ...] = ()
        self.narrowing: Narrowing | None = None
        self._pills = Flow(gap=4)
        self._more: Pill | None = None
        self._line = QWidget()
        self.said = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        self.clear = Button(look, say("Clear"), is_small=True)
        self.filter = Button(look, say("Filter"), is_small=True)
        self.sort = Button(look, say("Sort"), is_small=True)
        for button, command in (
            (self.clear, "queue.clear"),
            (self.filter, "queue.filter"),
            (self.sort, "queue.sort"),
        ):
            known = find_command(command)
            set_tip(button, tip_of(known) if known is not None else "")
            button.clicked.connect(lambda _checked=False, asked=command: self.commanded.emit(asked))
        across = row(self._line, gap=6)
        across.addWidget(self.said, 1, Qt.AlignmentFlag.AlignVCenter)
        for button in (self.clear, self.filter, self.sort):
            across.addWidget(button)
        stack = column(self, gap=8)
        stack.addLayout(self._pills)
        stack.addWidget(self._line)
        self._line.hide()

    def display(self, filters: tuple[Filter, ...], narrowing: Narrowing | None) -> None:
        """Show which view is on and what it leaves out."""
        if filters != self.filters:
            self._show_pills(filters)
        self.narrowing = narrowing
        self._line.setVisible(narrowing is not None)
        if narrowing is not None:
            ink = Token.ACCENT if narrowing.is_on else Token.MUTED
            self.said.set_words(narrowing.text, ink)
            self.clear.setVisible(narrowing.is_on)

    def views_menu(self) -> QMenu:
        """Every view, and what can be done about the one that is on."""
        menu = self._menu(say("Views of the queue"))
        for one in self.filters:
            self._add(menu, one.title, one.is_on, lambda chosen=one.id: self.viewed.emit(chosen))
        menu.addSeparator()
        save = menu.addAction(say("Save this view…"))
        save.triggered.connect(lambda _checked=False: self.commanded.emit("queue.save_view"))
        if self.narrowing is not None and self.narrowing.is_own:
            forget = menu.addAction(say("Forget this view"))
            forget.triggered.connect(lambda _checked=False: self.commanded.emit("queue.forget_view"))
        return menu

    def sort_menu(self) -> QMenu:
        """Every order, with the one that is on."""
        menu = self._menu(say("Sort the queue"))
        on = self.narrowing.sort if self.narrowing is not None else ""
        for wanted, title in SORTS:
            self._add(
                menu, say(title), wanted == on, lambda chosen=wanted: self.narrowed.emit("sort", chosen)
            )
        return menu

    def filter_menu(self, offer: Offer) -> QMenu:
        """Every filter with its values; the one that is on lets go. What was not counted is said on top."""
        menu = self._menu(say("Filter the queue"))
        if offer.note:
            menu.addAction(offer.note).setEnabled(False)
            menu.addSeparator()
        for name, values in groupby(offer.choices, key=lambda one: one.name):
            inside = menu.addMenu(say(_HEADS[name]))
            for one in values:
                counted = f"{text_of(one.shown)}  ({one.count:,})" if one.count is not None else one.shown
                to = "" if one.is_on else one.value
                self._add(
                    inside,
                    counted,
                    one.is_on,
                    lambda kind=name, value=to: self.narrowed.emit(kind, value),
                )
        menu.addSeparator()
        clear_all = menu.addAction(say("Clear the filter"))
        clear_all.triggered.connect(lambda _checked=False: self.commanded.emit("queue.clear"))
        return menu

    def pop_up(self, menu: QMenu) -> None:
        """Open a menu under the line."""
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))
        first = next((one for one in menu.actions() if one.isEnabled()), None)
        if first is not None:
            menu.setActiveAction(first)

    def _menu(self, name: str) -> QMenu:
        menu = QMenu(self)
        menu.setAccessibleName(name)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _add(self, menu: QMenu, title: Words, is_on: bool, chosen: object) -> QAction:  # noqa: FBT001  # as Qt's
        # A single ampersand would be a mnemonic, which text from outside must not set.
        action = menu.addAction(text_of(title).replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(is_on)
        action.triggered.connect(lambda _checked=False: chosen())  # type: ignore[operator]  # a function
        return action

    def _show_pills(self, filters: tuple[Filter, ...]) -> None:
        self.filters = filters
        clear(self._pills)
        shown = [one for one in filters if one.is_pinned or one.is_on]
        for one in shown or filters:
            pill = Pill(self._look, one.title)
            pill.setChecked(one.is_on)
            pill.clicked.connect(lambda _checked=False, chosen=one.id: self.viewed.emit(chosen))
            self._pills.addWidget(pill)
        more = self._more = Pill(self._look, say("Views"), opens=True)
        more.setAccessibleName(say("All views"))
        more.setCheckable(False)
        more.clicked.connect(lambda _checked=False: self.commanded.emit("queue.views"))
        self._pills.addWidget(more)
        self._fit_pills()

    def _fit_pills(self) -> None:
        """In one line while that can be had for a word."""
        if self._more is not None:
            word = self._more.word_width
            whole = self._pills.sizeHint().width() + (word if self._more.is_brief else 0)
            self._more.shorten(is_brief=whole > self.width() >= whole - word)
            self._pills.invalidate()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._fit_pills()
