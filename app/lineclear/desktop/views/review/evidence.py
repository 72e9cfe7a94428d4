"""What the agent read, source by source, in the sources' own words."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from lineclear.desktop.painting import advance, draw_line, painter_of
from lineclear.desktop.presenters.sheets import Chip, EvidenceSheet, Source, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Pressable
from lineclear.desktop.views.kit import Card, Fit, Hairline, Text, clear, column, row, set_tip
from lineclear.domain.wording import say, say_n


class EvidenceCard(Card):
    """Shows an `EvidenceSheet`."""

    span_asked = Signal(str)
    """Id of a span to show on the timeline."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("What the agent read"))
        self._sheet: EvidenceSheet | None = None
        self._rows = column()
        self.column.addLayout(self._rows)

    def display(self, sheet: EvidenceSheet) -> None:
        """Show the sources."""
        if sheet == self._sheet:
            return
        self._sheet = sheet
        count = len(sheet.sources)
        self.chip.set_chip(Chip(say_n("{count:,} source", "{count:,} sources", count)) if count else None)
        clear(self._rows)
        for source in sheet.sources:
            self._rows.addWidget(Hairline(self._look))
            self._rows.addWidget(self._source(source))
        if sheet.arguments:
            self._rows.addWidget(Hairline(self._look))
            self._rows.addWidget(self._heading(say("Where its arguments came from, says the agent")))
        for argument in sheet.arguments:
            self._rows.addWidget(self._source(argument))

    def _heading(self, words: str) -> QWidget:
        place = QWidget()
        text = Text(self._look, FontRole.SMALL_STRONG, Token.MUTED, Fit.WRAP)
        text.set_words(words)
        row(place, margins=(15, 7, 15, 2)).addWidget(text, 1)
        return place

    def _source(self, source: Source) -> QWidget:
        line = QWidget()
        name = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        name.set_words(source.name)
        quote = Text(self._look, FontRole.BODY, Token.TEXT, Fit.WRAP)
        quote.set_words(source.quote)
        quote.setAccessibleName(f"{text_of(source.name)}, {source.step}: {text_of(source.quote)}")
        across = row(line, margins=(15, 6, 15, 6), gap=12)
        across.addWidget(name, 27)
        across.addWidget(quote, 55)
        across.addWidget(self._step(source), 17, Qt.AlignmentFlag.AlignTop)
        return line

    def _step(self, source: Source) -> QWidget:
        """The step's words; one that is on the timeline leads there."""
        if not source.span:
            step = Text(self._look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
            step.set_words(source.step)
            return step
        link = StepLink(self._look, source.step)
        link.clicked.connect(lambda _checked=False: self.span_asked.emit(source.span))
        return link


class StepLink(Pressable):
    """The name of a step, which leads to it on the timeline."""

    def __init__(self, look: Look, text: str, parent: QWidget | None = None) -> None:
        super().__init__(look, text, parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        set_tip(self, say("To this step on the timeline: {step}", step=text))

    @override
    def sizeHint(self) -> QSize:
        return QSize(round(advance(self._look, FontRole.SMALL, self.title)) + 4, self._look.px(20))

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter, box = painter_of(self), QRectF(self.rect())
        draw_line(painter, self._look, box, self.title, FontRole.SMALL, Token.ACCENT)
        self._draw_ring(painter, box, 4)
