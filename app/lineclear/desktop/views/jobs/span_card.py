"""What is known of the chosen step; what it read and wrote opens from its foot. Paints plain text."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.presenters.jobs.span_sheets import SpanSheet
from lineclear.desktop.presenters.sheets import Words
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.kit import Fit, Hairline, MarkLine, Panel, Text, clear, column, row
from lineclear.domain.wording import say

_NAMES = 84


class SpanCard(QScrollArea):
    """Shows a `SpanSheet`, or how to choose a step."""

    contents_asked = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._sheet: SpanSheet | None = None
        inside = Panel(look, Token.SURFACE)
        self._column = column(inside, margins=(15, 10, 12, 12), gap=5)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(say("The chosen step"))
        self._fill(None)

    def display(self, sheet: SpanSheet | None) -> None:
        """Show a step, or none."""
        if sheet != self._sheet:
            self._sheet = sheet
            clear(self._column)
            self._fill(sheet)

    def _fill(self, sheet: SpanSheet | None) -> None:
        if sheet is None:
            self._add(say("Choose a step to see what is known of it."), Token.MUTED)
            self._column.addStretch(1)
            return
        title = Text(self._look, FontRole.HEADING, fit=Fit.WRAP, most_lines=4)
        title.set_words(sheet.title)
        self._column.addWidget(title)
        for fact in sheet.facts:
            self._fact(fact.name, fact.text, Token.REMOVED if fact.is_wrong else Token.TEXT)
        if sheet.fields:
            self._heading(say("Fields that came from it"))
            for field in sheet.fields:
                self._add(field, Token.TEXT)
        if sheet.quotes:
            self._heading(say("What was read in it"))
            for quote in sheet.quotes:
                self._add(quote, Token.TEXT)
        if sheet.contents is not None:
            self._heading(say("Inputs and outputs"))
            self._column.addWidget(MarkLine(self._look, sheet.contents))
        if sheet.is_readable:
            show = Button(self._look, say("Show them"), key=key_of("jobs.contents"), is_small=True)
            show.clicked.connect(self.contents_asked)
            self._column.addSpacing(2)
            self._column.addWidget(show, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addStretch(1)

    def _heading(self, words: str) -> None:
        self._column.addSpacing(4)
        self._column.addWidget(Hairline(self._look))
        text = Text(self._look, FontRole.SMALL_STRONG, Token.MUTED, Fit.WRAP)
        text.set_words(words)
        self._column.addWidget(text)

    def _add(self, words: Words, ink: Token) -> None:
        text = Text(self._look, FontRole.BODY, ink, Fit.WRAP)
        text.set_words(words)
        self._column.addWidget(text)

    def _fact(self, name: str, words: Words, ink: Token) -> None:
        line = QWidget()
        label = Text(self._look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        label.set_words(name)
        label.setFixedWidth(_NAMES)
        text = Text(self._look, FontRole.SMALL, ink, Fit.WRAP)
        text.set_words(words)
        across = row(line, gap=8)
        across.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(text, 1)
        self._column.addWidget(line)
