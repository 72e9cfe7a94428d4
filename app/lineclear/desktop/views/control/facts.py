"""What has to be known of capabilities and tools: a card for each, questions beside their answers."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from lineclear.desktop.presenters.control.control_sheets import Fact, FactsRow
from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.kit import Card, Fit, Text, clear, column, row

_LABEL: Final = 132
_WIDEST: Final = 520
"""A card that would be wider makes room for one more beside it."""


class FactsCard(Card):
    """One capability or tool; made anew when anything of it changed."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._shown: FactsRow | None = None
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(15, 10, 15, 12)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnMinimumWidth(0, _LABEL)
        self._grid.setColumnStretch(1, 1)
        self.add(inside)

    def display(self, sheet: FactsRow) -> None:
        if sheet == self._shown:
            return
        self._shown = sheet
        self.heading.set_words(sheet.name)
        self.chip.set_chip(sheet.chip)
        self.remark.set_words(sheet.remark)
        clear(self._grid)
        for number, fact in enumerate(sheet.facts):
            self._add(number, fact)

    def _add(self, number: int, fact: Fact) -> None:
        label = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        label.set_words(fact.label)
        answers = QWidget()
        stack = column(answers, gap=3)
        for said in fact.says:
            text = Text(self._look, fit=Fit.WRAP)
            text.set_words(said)
            text.setAccessibleName(f"{fact.label}: {text_of(said)}")
            stack.addWidget(text)
        top = Qt.AlignmentFlag.AlignTop
        self._grid.addWidget(label, number, 0, top)
        self._grid.addWidget(answers, number, 1, top)


class FactsPage(QScrollArea):
    """Cards in as many columns as there is room for, in reading order down each column."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._rows: tuple[FactsRow, ...] = ()
        self._columns = 0
        self.cards: dict[str, FactsCard] = {}
        self._page = QWidget()
        self._across = row(self._page, margins=(20, 15, 20, 20), gap=14)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._page)
        look.changed.connect(self._make_anew)

    def display(self, rows: tuple[FactsRow, ...]) -> None:
        """Show these cards and no others."""
        for gone in self.cards.keys() - {each.id for each in rows}:
            card = self.cards.pop(gone)
            card.hide()
            card.deleteLater()
        is_same = [each.id for each in rows] == [each.id for each in self._rows]
        self._rows = rows
        for each in rows:
            if each.id not in self.cards:
                self.cards[each.id] = FactsCard(self._look, self._page)
            self.cards[each.id].display(each)
        if not is_same:
            self._arrange()

    def _make_anew(self) -> None:
        """Words are of another size: a grid keeps the heights that it once gave to its rows."""
        rows = self._rows
        self.display(())
        self.display(rows)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        if self._wanted() != self._columns:
            self._arrange()

    def _wanted(self) -> int:
        return max(1, min(round(self.viewport().width() / _WIDEST), len(self._rows) or 1))

    def _arrange(self) -> None:
        """Deal the cards out by how much each says, so that columns end near each other."""
        self._columns = self._wanted()
        while (item := self._across.takeAt(0)) is not None:
            if (stack := item.layout()) is not None:
                while stack.takeAt(0) is not None:
                    pass
        for cards in dealt([(each.id, weight(each)) for each in self._rows], self._columns):
            stack = column(gap=13)
            for name in cards:
                stack.addWidget(self.cards[name])
                self.cards[name].show()
            stack.addStretch(1)
            self._across.addLayout(stack, 1)


def weight(sheet: FactsRow) -> int:
    """About how many lines a card takes."""
    return 3 + sum(len(fact.says) for fact in sheet.facts)


def dealt(cards: list[tuple[str, int]], columns: int) -> list[list[str]]:
    """The cards in order, cut into so many columns of about the same weight."""
    share = sum(weight for _, weight in cards) / columns
    found: list[list[str]] = [[] for _ in range(columns)]
    sofar = 0.0
    for name, each in cards:
        found[min(int((sofar + each / 2) / share), columns - 1)].append(name)
        sofar += each
    return found
