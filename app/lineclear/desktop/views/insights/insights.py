"""The insights page: how people decided, in headline figures, in sentences and in sortable tables."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from lineclear.desktop.commands import find_command, tip_of
from lineclear.desktop.presenters.insights.insight_sheets import (
    FigureRow,
    Finding,
    Headline,
    InsightsSheet,
    Place,
    Way,
)
from lineclear.desktop.presenters.sheets import NoticeKind, Tone, text_of
from lineclear.desktop.theme import INKS, FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Pill
from lineclear.desktop.views.insights.figures_table import Figure, FiguresTable
from lineclear.desktop.views.kit import Card, Fit, Hairline, MarkLine, Text, clear, column, row, set_tip
from lineclear.desktop.views.page import Page
from lineclear.desktop.views.scrolling import scrolled
from lineclear.domain.wording import marked, say, say_n

_DAYS: Final = {"insights.day": 1, "insights.week": 7, "insights.month": 30}
_ACROSS: Final = 5
_WIDE: Final = 1_900
"""From this width on tables stand side by side."""
_DECIDING: Final = (
    Figure(marked("Decided"), 13, marked("approved and rejected together; the bar compares the rows")),
    Figure(marked("Rejected"), 10, marked("the bar is their share of what was decided")),
    Figure(marked("Edited"), 10, marked("actions that people changed before they ran")),
    Figure(
        marked("Waited, half"), 12, marked("half of the decisions came within this, from the revision on")
    ),
    Figure(marked("Waited, 9 in 10"), 11, marked("nine in ten decisions came within this")),
    Figure(
        marked("Looked, half"), 11, marked("half of them were in sight for no longer, as devices signed it")
    ),
    Figure(
        marked("Short looks"), 10, marked("approvals after a look that was short for what there was to read")
    ),
    Figure(marked("Undone or failed"), 10, marked("what became of what was approved; the bar is its share")),
    Figure(
        marked("Canaries missed"), 10, marked("approved, of all actions made to be wrong that were decided")
    ),
    Figure(marked("Looks differed"), 10, marked("second looks that rejected what was approved before")),
)
_COSTING: Final = (
    Figure(marked("Cost"), 20, marked("of its jobs; the bar compares the rows")),
    Figure(marked("Jobs"), 12, marked("opened in this time")),
    Figure(marked("Cost per job"), 16, marked("the mean of these jobs")),
    Figure(marked("Steps per job"), 16, marked("the mean of these jobs")),
    Figure(marked("Stopped"), 12, marked("jobs that somebody stopped")),
)
_PERSON: Final = Figure(marked("Person"), 15, marked("who decided"))
_CAPABILITY: Final = Figure(marked("Capability"), 17, marked("what was decided on"))
_AGENT: Final = Figure(marked("Agent"), 30, marked("whose jobs they are"))
_CUSTOMER: Final = Figure(marked("Customer"), 30, marked("for whom the jobs were opened"))
_OPENS: Final = {Place.QUEUE: marked("Open in the queue"), Place.LEDGER: marked("Open in the ledger")}


class InsightsPage(Page):
    """Shows an `InsightsSheet`. `days_chosen` carries a stretch, `opened` the way behind a figure."""

    days_chosen = Signal(int)
    opened = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, say("Insights"), parent)
        self.pills: dict[int, Pill] = {}
        for command, days in _DAYS.items():
            self._add_pill(command, days)
        self._said = Text(look, FontRole.BODY, Token.MUTED, Fit.ELIDE)
        apart = QWidget()
        row(apart, margins=(8, 0, 0, 0)).addWidget(self._said)
        self.choices.addWidget(apart)
        self.headlines = HeadlinesCard(look)
        self.findings = FindingsCard(look)
        self.findings.opened.connect(self.opened)
        self.people = self._table(say("By person"), (_PERSON, *_DECIDING))
        self.capabilities = self._table(say("By capability"), (_CAPABILITY, *_DECIDING))
        self.agents = self._table(say("What jobs cost, by agent"), (_AGENT, *_COSTING))
        self.customers = self._table(say("What jobs cost, by customer"), (_CUSTOMER, *_COSTING))
        self._pairs: list[QBoxLayout] = []
        self.set_content(self._content())

    def display(self, sheet: InsightsSheet) -> None:
        """Show a stretch, or the state in its place."""
        for days, pill in self.pills.items():
            pill.setChecked(days == sheet.days)
            pill.setVisible(sheet.notice is None or sheet.notice.kind is not NoticeKind.FORBIDDEN)
        self.display_state(sheet.notice, has_content=sheet.is_known)
        self._said.set_words(sheet.said)
        self.headlines.setVisible(bool(sheet.headlines))
        self.headlines.display(sheet.headlines)
        self.findings.setVisible(bool(sheet.findings))
        self.findings.display(sheet.findings)
        opens = say("Enter opens what was decided")
        shown = (
            (self.people, sheet.people, opens),
            (self.capabilities, sheet.capabilities, opens),
            (self.agents, sheet.agents, sheet.jobs_said),
            (self.customers, sheet.customers, ""),
        )
        for card, rows, said in shown:
            card.setVisible(bool(rows))
            card.display(rows, said)

    def run_command(self, command_id: str) -> None:
        """Carry out what its keys ask for; sorting is of the table that has the focus, else of the first."""
        table = next((card.table for card in self._cards() if card.table.hasFocus()), self.people.table)
        match command_id:
            case "insights.sort":
                table.arrange_next()
            case "insights.turn":
                table.turn()
            case _:
                self.days_chosen.emit(_DAYS[command_id])

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        side_by_side = QBoxLayout.Direction.LeftToRight
        way = side_by_side if self.width() >= _WIDE else QBoxLayout.Direction.TopToBottom
        for pair in self._pairs:
            pair.setDirection(way)

    def _cards(self) -> tuple[TableCard, ...]:
        return self.people, self.capabilities, self.agents, self.customers

    def _add_pill(self, command: str, days: int) -> None:
        pill = Pill(self._look, say_n("{count} day", "{count} days", days))
        pill.clicked.connect(lambda _on=False: self.days_chosen.emit(days))
        found = find_command(command)
        set_tip(pill, tip_of(found) if found is not None else "")
        self.pills[days] = pill
        self.choices.addWidget(pill)

    def _table(self, title: str, figures: tuple[Figure, ...]) -> TableCard:
        card = TableCard(self._look, title, figures)
        card.table.opened.connect(self.opened)
        return card

    def _content(self) -> QWidget:
        page = QWidget()
        stack = column(page, margins=(20, 15, 20, 20), gap=13)
        stack.addWidget(self.headlines)
        stack.addWidget(self.findings)
        for cards in ((self.people, self.capabilities), (self.agents, self.customers)):
            pair = column(gap=13)
            for card in cards:
                pair.addWidget(card, 1, Qt.AlignmentFlag.AlignTop)
            self._pairs.append(pair)
            stack.addLayout(pair)
        stack.addStretch(1)
        return scrolled(page)


class HeadlinesCard(Card):
    """Figures in rows of five, each with what it is held against."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("All together"))
        self._shown: tuple[Headline, ...] = ()
        self._rows = column()
        self.column.addLayout(self._rows)

    def display(self, headlines: tuple[Headline, ...]) -> None:
        if headlines == self._shown:
            return
        self._shown = headlines
        clear(self._rows)
        for start in range(0, len(headlines), _ACROSS):
            self._rows.addWidget(Hairline(self._look))
            self._rows.addWidget(self._row(headlines[start : start + _ACROSS]))

    def _row(self, headlines: tuple[Headline, ...]) -> QWidget:
        place = QWidget()
        across = row(place)
        for at, each in enumerate(headlines):
            if at:
                across.addWidget(Hairline(self._look, upright=True))
            across.addWidget(self._figure(each), 1)
        return place

    def _figure(self, headline: Headline) -> QWidget:
        place = QWidget()
        title = Text(self._look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        title.set_words(headline.title)
        ink = Token.TEXT if headline.tone is Tone.NEUTRAL else INKS[headline.tone]
        value = Text(self._look, FontRole.HEADING, ink, Fit.WRAP)
        value.set_words(headline.value)
        says = Text(self._look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        says.set_words(headline.says)
        value.setAccessibleName(f"{headline.title}: {headline.value}. {headline.says}")
        stack = column(place, margins=(15, 10, 12, 11), gap=2)
        for part in (title, value, says):
            stack.addWidget(part)
        stack.addStretch(1)
        return place


class FindingsCard(Card):
    """What stands out, each with what to do about it and the way to the actions behind it."""

    opened = Signal(object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("What stands out"))
        self.buttons: dict[str, Button] = {}
        self._shown: tuple[Finding, ...] = ()
        self._rows = column()
        self.column.addLayout(self._rows)

    def display(self, findings: tuple[Finding, ...]) -> None:
        if findings == self._shown:
            return
        self._shown = findings
        clear(self._rows)
        self.buttons = {}
        for each in findings:
            self._rows.addWidget(Hairline(self._look))
            self._rows.addWidget(self._row(each))

    def _row(self, finding: Finding) -> QWidget:
        place = QWidget()
        across = row(place, margins=(15, 9, 15, 9), gap=12)
        across.addWidget(MarkLine(self._look, finding.line), 1)
        if finding.way is not None:
            across.addWidget(self._button(finding, finding.way), 0, Qt.AlignmentFlag.AlignVCenter)
        return place

    def _button(self, finding: Finding, way: Way) -> Button:
        title = say(_OPENS[way.place])
        button = Button(self._look, title, is_small=True)
        button.setAccessibleName(f"{title}: {text_of(finding.line.text)}")
        button.clicked.connect(lambda _checked=False: self.opened.emit(way))
        self.buttons[finding.id] = button
        return button


class TableCard(Card):
    """A table of figures under its heading."""

    def __init__(
        self, look: Look, title: str, figures: tuple[Figure, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(look, parent)
        self.heading.set_words(title)
        self.table = FiguresTable(look, title, figures)
        self.add(self.table)

    def display(self, rows: tuple[FigureRow, ...], said: str) -> None:
        """Show rows; `said` stands beside the heading."""
        self.remark.set_words(said)
        self.table.display(rows)
