"""The control page: what is on and how it is now, capabilities, tools, modes, people, the document itself."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.presenters.control.control_sheets import AgentRow, ControlSheet, HealthRow, Part
from lineclear.desktop.presenters.lab.lab_sheets import LabSheet
from lineclear.desktop.presenters.sheets import Tone, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.control.document import DocumentCard
from lineclear.desktop.views.control.facts import FactsPage
from lineclear.desktop.views.control.modes import ModesCard
from lineclear.desktop.views.control.offline import OfflineCard
from lineclear.desktop.views.control.people import PeopleCard
from lineclear.desktop.views.control.scopes import ScopesCard
from lineclear.desktop.views.controls import Button, Pill
from lineclear.desktop.views.kit import Card, ChipLabel, Fit, Hairline, Text, clear, column, row
from lineclear.desktop.views.lab.lab import LabView
from lineclear.desktop.views.lines import KeyedLines, ReasonLine
from lineclear.desktop.views.page import Page
from lineclear.desktop.views.scrolling import scrolled
from lineclear.domain.wording import marked, say

_WIDEST: Final = 980
_EDGE: Final = 20
_ABOVE: Final = 15
_SHORT: Final = 540

_TITLES: Final = {
    Part.NOW: marked("Now"),
    Part.CAPABILITIES: marked("Capabilities"),
    Part.TOOLS: marked("Tools"),
    Part.MODES: marked("Modes"),
    Part.PEOPLE: marked("People"),
    Part.DOCUMENT: marked("Document"),
}


class ControlPage(Page):
    """Shows a `ControlSheet`; tells by scope and by id what a person asked for, with their reason."""

    scope_asked = Signal(bool, str, str)
    """Whether safe mode shall be on, why, and for which scope."""
    agent_asked = Signal(str, bool, str)
    """Which agent, whether it shall stop, and why."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, say("Control"), parent)
        self.connect_agent = Button(look, say("Connect an agent"), key=key_of("go.connect"))
        self.connect_agent.clicked.connect(lambda: self.stepped.emit("go.connect"))
        self.head.addWidget(self.connect_agent)
        self.scopes = ScopesCard(look)
        self.scopes.asked.connect(self.scope_asked)
        self._budgets = HealthCard(look, say("Budgets today"))
        self._trial = HealthCard(look, say("Policy on trial"))
        self.offline = OfflineCard(look)
        self._connectors = HealthCard(look, say("Connectors"))
        self.agents = AgentsCard(look)
        self.agents.asked.connect(self.agent_asked)
        self.people = PeopleCard(look)
        self.document = DocumentCard(look)
        self.capabilities = FactsPage(look)
        self.tools = FactsPage(look)
        self.modes = ModesCard(look)
        self.lab = LabView(look)
        self._parts = QStackedWidget()
        self.pills: dict[Part, Pill] = {}
        for part, made in (
            (Part.NOW, self._now()),
            (Part.CAPABILITIES, self.capabilities),
            (Part.TOOLS, self.tools),
            (Part.MODES, Fitted(self.modes)),
            (Part.PEOPLE, _scrolled(self.people)),
            (Part.DOCUMENT, _filled(self.document)),
        ):
            self._parts.addWidget(made)
            self._add_pill(part)
        self.show_part(Part.NOW)
        self._views = QStackedWidget()
        self._views.addWidget(self._parts)
        self._views.addWidget(self.lab)
        self.set_content(self._views)

    @property
    def part(self) -> Part:
        """The part that is in front."""
        return list(Part)[self._parts.currentIndex()]

    def show_part(self, part: Part) -> None:
        """Bring a part of the page to the front."""
        for each, pill in self.pills.items():
            pill.setChecked(each is part)
        self._parts.setCurrentIndex(list(Part).index(part))

    def _add_pill(self, part: Part) -> None:
        pill = Pill(self._look, say(_TITLES[part]))
        pill.clicked.connect(lambda _on=False: self.show_part(part))
        self.pills[part] = pill
        self.choices.addWidget(pill)

    def display(self, sheet: ControlSheet) -> None:
        """Show what is in force now."""
        has_content = bool(sheet.document or sheet.connectors or sheet.agents)
        self.display_state(sheet.notice, has_content=has_content)
        self.scopes.display(sheet.scopes)
        self._budgets.setVisible(bool(sheet.budgets))
        self._budgets.display(sheet.budgets)
        self._trial.setVisible(bool(sheet.trial))
        self._trial.display(sheet.trial)
        self._connectors.setVisible(bool(sheet.connectors))
        self._connectors.display(sheet.connectors)
        self.agents.setVisible(bool(sheet.agents))
        self.agents.display(sheet.agents)
        self.document.display(sheet.document_title, sheet.document)
        self.capabilities.display(sheet.capabilities)
        self.tools.display(sheet.tools)
        self.modes.display(sheet.modes)

    def display_lab(self, sheet: LabSheet) -> None:
        """Show a change being tried, in the place of what is in force."""
        self.lab.display(sheet)
        if self._views.currentWidget() is not self.lab:
            self._views.setCurrentWidget(self.lab)
            self.lab.take_focus()

    def leave_lab(self) -> None:
        """Show again what is in force."""
        if self._views.currentWidget() is self.lab:
            self._views.setCurrentWidget(self._parts)
            is_document = self.part is Part.DOCUMENT
            back = self.document.change if is_document else self.pills[self.part]
            back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _now(self) -> QWidget:
        """What is switched, what is running out, how systems are, and who works."""
        page = QWidget()
        across = row(page, margins=(20, 15, 20, 20), gap=14)
        for cards in (
            (self.scopes, self._trial, self._budgets, self.offline),
            (self._connectors, self.agents),
        ):
            stack = column(gap=13)
            for card in cards:
                stack.addWidget(card)
            stack.addStretch(1)
            across.addLayout(stack, 1)
        return scrolled(page)


class Fitted(QWidget):
    """A card as high as what it holds, and no higher than the page: then what it holds scrolls."""

    def __init__(self, card: Card) -> None:
        super().__init__()
        self._card = card
        card.setParent(self)

    @override
    def event(self, event: QEvent, /) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        wide = max(self.width() - 2 * _EDGE, 0)
        most = max(self.height() - _ABOVE - _EDGE, 0)
        natural = self._card.column.totalHeightForWidth(wide)
        self._card.setGeometry(_EDGE, _ABOVE, wide, min(natural, most))


def _filled(card: QWidget) -> QWidget:
    """A card that goes down to the foot of the page, no wider than is good to read."""
    page = QWidget()
    across = row(page, margins=(_EDGE, _ABOVE, _EDGE, _EDGE))
    card.setMaximumWidth(_WIDEST)
    across.addWidget(card, 10)
    across.addStretch(0)
    return page


def _scrolled(card: QWidget) -> QScrollArea:
    """A card as high as it is, no wider than is good to read."""
    page = QWidget()
    across = row(page, margins=(20, 15, 20, 20))
    stack = column()
    card.setMaximumWidth(_WIDEST)
    stack.addWidget(card)
    stack.addStretch(1)
    across.addLayout(stack, 10)
    across.addStretch(0)
    return scrolled(page)


class HealthCard(Card):
    """Connectors, or budgets, with their state in words."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(title)
        self._shown: tuple[HealthRow, ...] = ()
        self._rows = column()
        self.column.addLayout(self._rows)

    def display(self, rows: tuple[HealthRow, ...]) -> None:
        if rows == self._shown:
            return
        self._shown = rows
        clear(self._rows)
        for each in rows:
            self._rows.addWidget(Hairline(self._look))
            self._rows.addWidget(self._row(each))

    def _row(self, health: HealthRow) -> QWidget:
        line = QWidget()
        name = Text(self._look, FontRole.STRONG, Token.TEXT, Fit.WRAP)
        name.set_words(health.name)
        chip = ChipLabel(self._look)
        chip.set_chip(health.state)
        chip.setMinimumWidth(
            chip.sizeHint().width()
        )  # how it is goes before how long the words beside it are
        text = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        text.set_words(health.text)
        text.setAccessibleName(
            f"{text_of(health.name)}, {text_of(health.state.text)}: {text_of(health.text)}"
        )
        rest = row()
        rest.addWidget(text)
        column(line, margins=(15, 7, 15, 7)).addLayout(_shares(name, chip, rest))
        return line


def _shares(
    name: QWidget,
    state: QWidget,
    rest: QHBoxLayout,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignTop,
) -> QHBoxLayout:
    """A line of one card or another: what it is, how it is, and what else is known, each in its column."""
    across = row(gap=12)
    across.addWidget(name, 30, align)
    held = row(margins=(0, 1 if align is Qt.AlignmentFlag.AlignTop else 0, 0, 0))
    held.addWidget(state, 0, align)
    held.addStretch(1)
    across.addLayout(held, 24)
    across.addLayout(rest, 46)
    return across


class AgentsCard(Card):
    """Agents, each with a button that stops it or lets it go on, once there is a reason."""

    asked = Signal(str, bool, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("Agents"))
        self.lines: KeyedLines[AgentRow, AgentLine] = KeyedLines(look, self._line)
        self.column.addWidget(self.lines)

    def display(self, rows: tuple[AgentRow, ...]) -> None:
        self.lines.display([(each.id, each) for each in rows], AgentLine.display)

    def _line(self) -> AgentLine:
        line = AgentLine(self._look)
        line.asked.connect(self.asked)
        return line


class AgentLine(QWidget):
    """One agent; the question for the reason opens below it."""

    asked = Signal(str, bool, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: AgentRow | None = None
        self._name = Text(look, FontRole.STRONG, Token.TEXT, Fit.ELIDE)
        self._chip = ChipLabel(look)
        self._text = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.button = Button(look, say("Stop agent"), is_small=True)
        self.button.clicked.connect(self._ask)
        self.reason = ReasonLine(look)
        self.reason.confirmed.connect(self._confirm)
        self.reason.left.connect(self._leave)
        stack = column(self, margins=(15, 6, 15, 6), gap=3)
        rest = row(gap=10)
        rest.addWidget(self._text, 1, Qt.AlignmentFlag.AlignVCenter)
        rest.addStretch(0)
        rest.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._rest, self._stack = rest, stack
        stack.addLayout(_shares(self._name, self._chip, rest, Qt.AlignmentFlag.AlignVCenter))
        stack.addWidget(self.reason)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """Where the line is short, what else is known stands in one of its own."""
        super().resizeEvent(event)
        is_below = self.width() < _SHORT
        if is_below and self._rest.indexOf(self._text) >= 0:
            self._rest.removeWidget(self._text)
            self._stack.insertWidget(1, self._text)
        elif not is_below and self._rest.indexOf(self._text) < 0:
            self._stack.removeWidget(self._text)
            self._rest.insertWidget(0, self._text, 1, Qt.AlignmentFlag.AlignVCenter)

    def display(self, agent: AgentRow) -> None:
        """Show the agent; an open question about what no longer is goes."""
        before, self._row = self._row, agent
        self._name.set_words(agent.name)
        self._chip.set_chip(agent.state)
        self._text.set_words(agent.text)
        title = say("Let it go on") if agent.is_stopped else say("Stop agent")
        self.button.set_title(title)
        self.button.set_why_not(agent.why_not)
        self.button.setAccessibleName(f"{title}: {text_of(agent.name)}")
        if agent.why_not or before is None or before.is_stopped != agent.is_stopped:
            self.reason.close_question()

    def _ask(self) -> None:
        if self._row is not None and self._row.is_stopped:
            told = say("It may open jobs and propose again; what was stopped stays stopped.")
            self.reason.ask(told, say("Let it go on"), Tone.OK)
        else:
            told = say(
                "It may propose nothing more, and all its jobs stop. What runs already goes on to its end."
            )
            self.reason.ask(told, say("Stop agent"), Tone.STOP)

    def _confirm(self, reason: str) -> None:
        if self._row is not None:
            self.asked.emit(self._row.id, not self._row.is_stopped, reason)

    def _leave(self) -> None:
        self.button.setFocus(Qt.FocusReason.ShortcutFocusReason)
