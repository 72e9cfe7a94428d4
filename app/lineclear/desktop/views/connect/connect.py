"""Connecting agents: the form, the lines to paste, the first call as it arrives, connections. No rules."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from lineclear.desktop.presenters.connect.connect_sheets import (
    Choice,
    ConnectionRow,
    ConnectSheet,
    FormSheet,
    WatchSheet,
)
from lineclear.desktop.presenters.sheets import Line, Tone, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.connect.connect_lines import LinesCard
from lineclear.desktop.views.controls import Button, Field, Pill
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.kit import Card, ChipLabel, Fit, MarkLine, Text, clear, column, row
from lineclear.desktop.views.lines import KeyedLines
from lineclear.desktop.views.page import Page
from lineclear.desktop.views.scrolling import scrolled
from lineclear.domain.wording import say


class ConnectPage(Page):
    """Shows a `ConnectSheet`."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, say("Connect an agent"), parent)
        self.head.addStretch(1)
        self.form = FormCard(look)
        self.connections = ConnectionsCard(look)
        self.strangers = LinesOfCard(look, say("Calls without a token of ours"))
        self.first = FirstCallCard(look)
        self.lines = LinesCard(look)
        content = QWidget()
        across = row(content, margins=(20, 15, 20, 20), gap=14)
        across.addWidget(_scrolled(self.form, self.connections, self.strangers), 1)
        across.addWidget(_scrolled(self.first, self.lines), 1)
        self.set_content(content)

    def display(self, sheet: ConnectSheet) -> None:
        """Show what is connected now; what is being typed stays."""
        self.display_state(sheet.notice, has_content=sheet.is_open)
        self.form.display(sheet.form)
        self.connections.setVisible(bool(sheet.rows))
        self.connections.display(sheet.rows)
        self.strangers.setVisible(bool(sheet.strangers))
        self.strangers.display(sheet.strangers)
        self.first.display(sheet.watch)
        self.lines.setVisible(bool(sheet.watch and sheet.watch.blocks))
        self.lines.display(sheet.watch.blocks if sheet.watch else ())

    def forget(self) -> None:
        """Show no secret any more."""
        self.lines.display(())


class FormCard(Card):
    """How the agent is built, who it is, what its token reaches and for how long."""

    way_chosen = Signal(str)
    capability_toggled = Signal(str)
    lasts_chosen = Signal(str)
    asked = Signal(str, str)
    """The agent's name and its owner's."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("A new connection"))
        self._why_not = ""
        self.ways = Choices(look)
        self.ways.chosen.connect(self.way_chosen)
        self.name = Field(look, say("Name of the agent"), say("small letters and dashes, such as refund-bot"))
        self.owner = Field(look, say("Its owner"), say("who answers for it, and never decides for it"))
        self.capabilities = Choices(look)
        self.capabilities.chosen.connect(self.capability_toggled)
        self.lasts = Choices(look)
        self.lasts.chosen.connect(self.lasts_chosen)
        self._reach = LinesOf(look)
        self.yes = Button(look, say("Make the token"), tone=Tone.ACCENT)
        self.yes.clicked.connect(self._ask)
        for field in (self.name, self.owner):
            field.textChanged.connect(self._judge)
            field.entered.connect(self._ask)
        inside = QWidget()
        self._stack = column(inside, margins=(15, 10, 15, 14), gap=6)
        self._part(say("How is it built?"), self.ways)
        self._part(say("What is it called?"), self.name)
        self._part(say("Who is its owner?"), self.owner)
        self._part(say("What may it do?"), self.capabilities)
        self._stack.addWidget(self._reach)
        self._part(say("How long does its token live?"), self.lasts)
        self._stack.addSpacing(6)
        self._stack.addWidget(self.yes, 0, Qt.AlignmentFlag.AlignLeft)
        self.add(inside)

    def display(self, sheet: FormSheet) -> None:
        self.ways.display(sheet.ways)
        self.capabilities.display(sheet.capabilities)
        self.lasts.display(sheet.lasts)
        self._reach.display(sheet.words)
        self._reach.setVisible(bool(sheet.words))
        self._why_not = sheet.why_not
        self._judge()

    def _part(self, label: str, part: QWidget) -> None:
        text = Text(self._look, FontRole.SMALL, Token.MUTED)
        text.set_words(label)
        self._stack.addSpacing(4)
        self._stack.addWidget(text)
        self._stack.addWidget(part)

    def _judge(self) -> None:
        missing = "" if self.name.text().strip() else say("It needs a name.")
        missing = missing or ("" if self.owner.text().strip() else say("It needs an owner."))
        self.yes.set_why_not(missing or self._why_not)

    def _ask(self) -> None:
        if self.yes.isEnabled():
            self.asked.emit(self.name.text().strip(), self.owner.text().strip())


class Choices(QWidget):
    """Pills to choose from; `chosen` tells which was pressed, and what is on comes from the sheet."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[tuple[str, str], ...] = ()
        self.pills: dict[str, Pill] = {}
        self._flow = Flow()
        column(self).addLayout(self._flow)

    def display(self, choices: tuple[Choice, ...]) -> None:
        named = tuple((one.id, one.title) for one in choices)
        if named != self._shown:
            self._shown = named
            self._make(choices)
        for one in choices:
            self.pills[one.id].setChecked(one.is_on)

    def _make(self, choices: tuple[Choice, ...]) -> None:
        for pill in self.pills.values():
            self._flow.removeWidget(pill)
            pill.hide()
            pill.deleteLater()
        self.pills = {one.id: Pill(self._look, one.title) for one in choices}
        for name, pill in self.pills.items():
            pill.clicked.connect(lambda _checked=False, chosen=name: self.chosen.emit(chosen))
            self._flow.addWidget(pill)
        self._flow.invalidate()


class LinesOf(QWidget):
    """Statements below each other."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[Line, ...] = ()
        self._stack = column(self, gap=6)

    def display(self, lines: tuple[Line, ...]) -> None:
        if lines == self._shown:
            return
        self._shown = lines
        clear(self._stack)
        for line in lines:
            self._stack.addWidget(MarkLine(self._look, line))


class LinesOfCard(Card):
    """Statements under a heading."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(title)
        self._lines = LinesOf(look)
        inside = QWidget()
        column(inside, margins=(15, 9, 15, 12)).addWidget(self._lines)
        self.add(inside)

    def display(self, lines: tuple[Line, ...]) -> None:
        self._lines.display(lines)


class FirstCallCard(Card):
    """The steps of the first call, and what was refused; before a token is made, what will be seen."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("The first call"))
        self._told = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.steps = LinesOf(look)
        self._refused_title = Text(look, FontRole.STRONG)
        self._refused_title.set_words(say("Refused"))
        self.refused = LinesOf(look)
        inside = QWidget()
        stack = column(inside, margins=(15, 9, 15, 13), gap=9)
        for part in (self._told, self.steps, self._refused_title, self.refused):
            stack.addWidget(part)
        self.add(inside)

    def display(self, sheet: WatchSheet | None) -> None:
        refused = sheet.refused if sheet else ()
        self.remark.set_words(sheet.title if sheet else "")
        self.chip.setVisible(sheet is not None)
        if sheet is not None:
            self.chip.set_chip(sheet.state)
        none = say(
            "Make a token, or choose a connection. Its lines to paste stand here, and its first call is "
            "watched from its first contact until the agent goes on."
        )
        self._told.set_words(sheet.said if sheet else none)
        self.steps.display(sheet.steps if sheet else ())
        self.steps.setVisible(sheet is not None)
        self.refused.display(refused)
        self.refused.setVisible(bool(refused))
        self._refused_title.setVisible(bool(refused))


class ConnectionsCard(Card):
    """All tokens of agents, each to be looked at or revoked."""

    watched = Signal(str)
    revoked = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("Connections"))
        self.rows: KeyedLines[ConnectionRow, ConnectionLine] = KeyedLines(look, self._line)
        self.column.addWidget(self.rows)

    def display(self, rows: tuple[ConnectionRow, ...]) -> None:
        self.rows.display([(each.id, each) for each in rows], ConnectionLine.display)

    def _line(self) -> ConnectionLine:
        line = ConnectionLine(self._look)
        line.watched.connect(self.watched)
        line.revoked.connect(self.revoked)
        return line


class ConnectionLine(QWidget):
    """One token; revoking asks once more."""

    watched = Signal(str)
    revoked = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._id = ""
        self._is_sure = False
        self._name = Text(look, FontRole.STRONG, Token.TEXT, Fit.ELIDE)
        self._chip = ChipLabel(look)
        self._text = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        self.look_at = Button(look, say("Look"), is_small=True)
        self.look_at.clicked.connect(lambda: self.watched.emit(self._id))
        self.revoke = Button(look, say("Revoke"), is_small=True)
        self.revoke.clicked.connect(self._revoke)
        first = row(gap=8)
        first.addWidget(self._name, 1)
        first.addWidget(self._chip)
        first.addWidget(self.look_at)
        first.addWidget(self.revoke)
        stack = column(self, margins=(15, 7, 15, 8), gap=3)
        stack.addLayout(first)
        stack.addWidget(self._text)

    def display(self, connection: ConnectionRow) -> None:
        self._id = connection.id
        name = text_of(connection.name)
        self._name.set_words(connection.name)
        self._chip.set_chip(connection.state)
        self._text.set_words(connection.text)
        self.look_at.set_why_not(say("It is looked at.") if connection.is_watched else "")
        self.look_at.setAccessibleName(say("Look at {name}", name=name))
        self.revoke.set_why_not(connection.why_not)
        self.revoke.setAccessibleName(say("Revoke the token of {name}", name=name))
        if connection.why_not:
            self._be_sure(is_sure=False)

    def _revoke(self) -> None:
        if self._is_sure:
            self.revoked.emit(self._id)
        self._be_sure(is_sure=not self._is_sure)

    def _be_sure(self, *, is_sure: bool) -> None:
        self._is_sure = is_sure
        self.revoke.set_title(say("Revoke it for good") if is_sure else say("Revoke"))


def _scrolled(*parts: QWidget) -> QScrollArea:
    page = QWidget()
    stack = column(page, gap=13)
    for part in parts:
        stack.addWidget(part)
    stack.addStretch(1)
    return scrolled(page)
