"""A second run below the open one: chosen from the agent's other jobs, then step by step beside it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.models.table_model import Column
from lineclear.desktop.plotting.sight import Sight
from lineclear.desktop.presenters.jobs.comparing import PairRow, RunsCompared
from lineclear.desktop.presenters.jobs.list_sheets import OtherJob
from lineclear.desktop.presenters.sheets import Chip, Sign, Tone, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.jobs.plot import Plot
from lineclear.desktop.views.kit import Card, Fit, Hairline, Text, column, row
from lineclear.desktop.views.table import Table
from lineclear.domain.wording import marked, say

_OTHERS: Final[tuple[Column[OtherJob], ...]] = (
    Column(marked("Other job of this agent"), 1, lambda job: job.title),
)
_SIGNS: Final = {
    Sign.ADDED: Chip("+", Tone.OK),
    Sign.REMOVED: Chip("−", Tone.STOP),  # noqa: RUF001  # the minus sign, as wide as the plus
    Sign.CHANGED: Chip("~", Tone.CAUTION),
}
_PAIRS: Final[tuple[Column[PairRow], ...]] = (
    Column(marked("Step"), 32, lambda pair: pair.name),
    Column(marked("Change"), 6, lambda pair: _SIGNS.get(pair.sign, "")),
    Column(marked("This run"), 22, lambda pair: pair.left, is_mono=True),
    Column(marked("The other"), 22, lambda pair: pair.right, is_mono=True),
    Column(marked("Difference"), 19, lambda pair: pair.difference),
)
_PLOT: Final = 230
_ROWS: Final = 330


class CompareCard(Card):
    """Shows `RunsCompared`, or what there is to choose from. `wanted` carries an id; `left` ends it."""

    wanted = Signal(str)
    left = Signal()
    chosen = Signal(str)
    """Id of a step of this run that a person chose among the pairs."""

    def __init__(self, look: Look, beside: Plot, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self._beside = beside
        self._shown: RunsCompared | None = None
        self.heading.set_words(say("Compare with another run"))
        self.close_card = Button(look, say("Close"), key=key_of("jobs.compare"), is_small=True)
        self.close_card.clicked.connect(self.left)
        self.again = Button(look, say("Choose another"), is_small=True)
        self.again.clicked.connect(self.choose)
        self.head.addWidget(self.again)
        self.head.addWidget(self.close_card)
        self.others = Table(look, say("Other jobs of this agent"), _OTHERS, lambda job: job.id)
        self.others.clicked.connect(self._ask)
        self.others.activated.connect(self._ask)
        self.plot = Plot(look)
        self.plot.setFixedHeight(_PLOT)
        self.plot.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._none = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self._none.set_words(say("This agent has no other job."))
        self.pairs = Table(look, say("Steps of both runs"), _PAIRS, lambda pair: pair.key)
        self.pairs.setFixedHeight(_ROWS)
        self.pairs.chosen.connect(self._choose_pair)
        self._views = QStackedWidget()
        self._views.addWidget(self._make_choice())
        self._views.addWidget(self._make_pairs())
        self.add(self._views)
        beside.sighted.connect(self._follow)
        self.plot.sighted.connect(beside.set_sight)
        self.hide()

    def choose(self) -> None:
        """Let a person choose the other run."""
        self.again.hide()
        self.remark.set_words("")
        self._views.setCurrentIndex(0)
        self.others.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def display_others(self, others: tuple[OtherJob, ...]) -> None:
        """What there is to choose from."""
        self.others.show_rows(
            others, others[0].id if others and self.others.currentIndex().row() < 0 else None
        )
        self.others.setVisible(bool(others))
        self._none.setVisible(not others)

    def display(self, compared: RunsCompared) -> None:
        """Show both runs; they share the zoom, each from its own begin."""
        is_new = self._shown is None or self._shown.id != compared.id
        self._shown = compared
        self.heading.set_words(say("Compared with {title}", title=text_of(compared.title)))
        self.remark.set_words(compared.said)
        self.again.show()
        self.plot.display(compared.track)
        whole = max(self._beside.sight.whole, self.plot.sight.whole)
        sight = self._beside.sight
        shared = Sight.of(whole) if is_new else Sight(sight.first, sight.last, whole)
        self._beside.set_sight(shared)
        self.plot.set_sight(shared)
        self.pairs.show_rows((*compared.totals, *compared.rows))
        self._views.setCurrentIndex(1)

    def end(self) -> None:
        """Show nothing more."""
        self._shown = None
        self.hide()

    def _make_choice(self) -> QWidget:
        place = QWidget()
        stack = column(place)
        stack.addWidget(self.others)
        words = row(margins=(15, 8, 15, 12))
        words.addWidget(self._none, 1)
        stack.addLayout(words)
        return place

    def _make_pairs(self) -> QWidget:
        place = QWidget()
        stack = column(place)
        for part in (self.plot, Hairline(self._look), self.pairs):
            stack.addWidget(part)
        return place

    def _follow(self, sight: Sight) -> None:
        if self._shown is not None:
            self.plot.set_sight(sight)

    def _ask(self, index: QModelIndex) -> None:
        self.wanted.emit(self.others.rows.row(index.row()).id)

    def _choose_pair(self, position: int) -> None:
        pair = self.pairs.rows.row(position)
        if pair.left_id:
            self.chosen.emit(pair.left_id)
        if pair.right_id:
            self.plot.choose(pair.right_id)
