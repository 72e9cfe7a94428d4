"""The story around one entry: its proof, what happened in order, the real change, the undo."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.presenters.ledger.ledger_sheets import Fact, StoryLine, StorySheet
from lineclear.desktop.presenters.saying import said_notice
from lineclear.desktop.presenters.sheets import Notice, NoticeKind
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.changes.changes import ChangesCard
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.kit import (
    Card,
    Fit,
    MarkLine,
    Panel,
    Text,
    clear,
    column,
    row,
)
from lineclear.desktop.views.states import StateView
from lineclear.domain.wording import marked, say, say_n

_NOBODY = Notice(
    NoticeKind.INFO,
    marked("No entry is chosen"),
    marked("Choose one to see what happened, and what proves it."),
)
_DIFF_ROOM = 420


class StoryView(QScrollArea):
    """Shows a `StorySheet`, or that nothing is chosen."""

    export_asked = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: StorySheet | None = None
        ground = Panel(look, Token.CANVAS)
        self._column = column(ground, margins=(14, 14, 14, 18), gap=12)
        self.setWidget(ground)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(say("The story of the entry"))
        self._show_nothing()

    def display(self, sheet: StorySheet | None) -> None:
        """Show another story, from its beginning; the same one stays where it is."""
        if sheet == self._shown and sheet is not None:
            return
        is_other = sheet is None or self._shown is None or sheet.index != self._shown.index
        self._shown = sheet
        clear(self._column)
        if sheet is None:
            self._show_nothing()
        else:
            for part in self._parts(sheet):
                self._column.addWidget(part)
            self._column.addStretch(1)
        if is_other:
            self.verticalScrollBar().setValue(0)

    def _show_nothing(self) -> None:
        state = StateView(self._look)
        state.display(said_notice(_NOBODY))
        self._column.addWidget(state, 1)

    def _parts(self, sheet: StorySheet) -> list[QWidget]:
        parts: list[QWidget] = [self._head(sheet), self._proof(sheet)]
        if sheet.steps:
            parts.append(self._steps(sheet.steps))
        for changes in (sheet.changes, sheet.undo):
            if changes is not None:
                card = ChangesCard(self._look)
                card.set_room(_DIFF_ROOM)
                card.display(changes)
                parts.append(card)
        if sheet.notes:
            notes = QWidget()
            below = column(notes, gap=6)
            for line in sheet.notes:
                below.addWidget(MarkLine(self._look, line))
            parts.append(notes)
        if sheet.facts:
            parts.append(self._facts(sheet))
        return parts

    def _head(self, sheet: StorySheet) -> QWidget:
        head = QWidget()
        stack = column(head, margins=(1, 0, 1, 0), gap=3)
        title = Text(self._look, FontRole.HEADING, fit=Fit.WRAP, most_lines=4)
        title.set_words(sheet.title)
        byline = Text(self._look, FontRole.SMALL, Token.MUTED, Fit.WRAP, most_lines=4)
        byline.set_words(sheet.byline)
        stack.addWidget(title)
        stack.addWidget(byline)
        return head

    def _proof(self, sheet: StorySheet) -> QWidget:
        card = Card(self._look)
        card.heading.set_words(say("Proof of this entry"))
        card.chip.set_chip(sheet.proof)
        body = QWidget()
        stack = column(body, margins=(15, 10, 15, 12), gap=10)
        stack.addWidget(MarkLine(self._look, sheet.standing))
        export = Button(self._look, say("Save the proof"), key=key_of("ledger.export_proof"), is_small=True)
        export.clicked.connect(self.export_asked)
        foot = row(gap=10)
        foot.addWidget(export)
        said = Text(self._look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        said.set_words(sheet.said)
        foot.addWidget(said, 1)
        stack.addLayout(foot)
        card.add(body)
        return card

    def _steps(self, steps: tuple[StoryLine, ...]) -> QWidget:
        card = Card(self._look)
        card.heading.set_words(say("What happened"))
        card.remark.set_words(say_n("{count:,} entry", "{count:,} entries", len(steps)))
        for step in steps:
            part = Chosen(self._look) if step.is_chosen else QWidget()
            stack = column(part, margins=(15, 9, 15, 9), gap=6)
            stack.addWidget(MarkLine(self._look, step.line))
            self._details(stack, step)
            card.add(part)
        return card

    def _details(self, stack: QVBoxLayout, step: StoryLine) -> None:
        inner = column(margins=(22, 0, 0, 0), gap=5)
        for line in step.details:
            inner.addWidget(MarkLine(self._look, line))
        if step.details:
            stack.addLayout(inner)

    def _facts(self, sheet: StorySheet) -> QWidget:
        card = Card(self._look)
        card.heading.set_words(say("Entry {index:,}, as it is recorded", index=sheet.index))
        for fact in sheet.facts:
            card.add(self._fact(fact))
        return card

    def _fact(self, fact: Fact) -> QWidget:
        part = QWidget()
        stack = column(part, margins=(15, 6, 15, 7), gap=1)
        name = Text(self._look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
        name.set_words(fact.name)
        value = Text(self._look, FontRole.MONO, Token.TEXT, Fit.WRAP)
        value.set_words(fact.value)
        stack.addWidget(name)
        stack.addWidget(value)
        return part


class Chosen(Panel):
    """The step of the entry that was chosen, on its own ground."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.ACCENT_SOFT, parent)
