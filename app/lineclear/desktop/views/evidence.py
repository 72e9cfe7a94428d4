"""What the agent read, source by source, in the sources' own words."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from lineclear.desktop.presenters.sheets import Chip, EvidenceSheet, Source, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.kit import Card, Fit, Hairline, Text, clear, column, row
from lineclear.domain.wording import say, say_n


class EvidenceCard(Card):
    """Shows an `EvidenceSheet`."""

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
        self.chip.set_chip(Chip(say_n("{count:,} source", "{count:,} sources", count)))
        clear(self._rows)
        for source in sheet.sources:
            self._rows.addWidget(Hairline(self._look))
            self._rows.addWidget(self._source(source))

    def _source(self, source: Source) -> QWidget:
        line = QWidget()
        name = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        name.set_words(source.name)
        quote = Text(self._look, FontRole.BODY, Token.TEXT, Fit.WRAP)
        quote.set_words(source.quote)
        quote.setAccessibleName(f"{text_of(source.name)}, {source.step}: {text_of(source.quote)}")
        step = Text(self._look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
        step.set_words(source.step)
        across = row(line, margins=(15, 6, 15, 6), gap=12)
        across.addWidget(name, 27)
        across.addWidget(quote, 60)
        across.addWidget(step, 12, Qt.AlignmentFlag.AlignTop)
        return line
