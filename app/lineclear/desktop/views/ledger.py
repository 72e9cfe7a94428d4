"""The ledger page: its entries, newest first, and what has been proved about them."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QWidget

from lineclear.desktop.models.table_model import Column
from lineclear.desktop.presenters.list_sheets import LedgerRow, LedgerSheet
from lineclear.desktop.presenters.sheets import Line
from lineclear.desktop.theme import Look, Token
from lineclear.desktop.views.kit import Hairline, MarkLine, Panel, clear, column
from lineclear.desktop.views.page import Page
from lineclear.desktop.views.table import Table

_COLUMNS: Final[tuple[Column[LedgerRow], ...]] = (
    Column("Entry", 10, lambda entry: f"{entry.index:,}", is_mono=True),
    Column("Time", 20, lambda entry: entry.time, is_mono=True),
    Column("What happened", 26, lambda entry: entry.type),
    Column("To", 24, lambda entry: entry.stream, is_mono=True),
    Column("By", 20, lambda entry: entry.actor),
)


class LedgerPage(Page):
    """Shows a `LedgerSheet`."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, "Ledger", parent)
        self.head.addStretch(1)
        self.table = Table(look, "Ledger entries", _COLUMNS, lambda entry: str(entry.index))
        self._shown: Line | None = None
        proof = Panel(look, Token.RAISED)
        self._proof = column(proof, margins=(20, 8, 20, 8))
        content = QWidget()
        whole = column(content)
        whole.addWidget(proof)
        whole.addWidget(Hairline(look))
        whole.addWidget(self.table, 1)
        self.set_content(content)

    def display(self, sheet: LedgerSheet) -> None:
        """Show entries and the state of their proof."""
        self.display_state(sheet.notice, has_content=bool(sheet.rows))
        if sheet.proof != self._shown:
            self._shown = sheet.proof
            clear(self._proof)
            self._proof.addWidget(MarkLine(self._look, sheet.proof))
        self.table.show_rows(sheet.rows)
