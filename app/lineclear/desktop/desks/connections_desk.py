"""The connections page, wired: its presenter to its view, to the palette and to the name at the top."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from lineclear.desktop.presenters.connections.connection_sheets import ConnectionsSheet, Form
from lineclear.desktop.presenters.connections.ways_in import Connecting, Ways
from lineclear.desktop.presenters.palette import Entry, EntryKind
from lineclear.desktop.presenters.sheets import NoticeKind
from lineclear.desktop.views.connections.connections import ConnectionsPage
from lineclear.desktop.views.shell.window import Window


class ConnectionsDesk(QObject):
    """Lives as long as its window; `close` ends the sample workspace."""

    chosen = Signal(object)
    """Address to go to."""

    def __init__(self, window: Window, ways: Ways) -> None:
        super().__init__(window)
        self._window = window
        self.page = ConnectionsPage(window.look)
        self.connecting = Connecting(ways, self)
        self._connect()
        window.add_page("connections", self.page)

    def start(self, *, leads_on: bool) -> None:
        """Know the ways in; where it leads on, open what was used last, or let somebody choose."""
        self.connecting.start()
        if leads_on and not self.connecting.open_last():
            self.show()

    def show(self) -> None:
        """Bring the page to the front."""
        self._window.open_page("connections")
        self.page.take_focus()

    def close(self) -> None:
        """Returns when the sample workspace has ended."""
        self.connecting.end_trial()

    def _connect(self) -> None:
        connecting, page, window = self.connecting, self.page, self._window
        connecting.changed.connect(page.display)
        connecting.changed.connect(self._know)
        connecting.filled.connect(self._fill)
        connecting.chosen.connect(self.chosen)
        page.tried.connect(connecting.try_here)
        page.connect_asked.connect(connecting.connect_to)
        page.cancelled.connect(connecting.cancel)
        page.open_asked.connect(connecting.open)
        page.edit_asked.connect(connecting.edit)
        page.forget_confirmed.connect(connecting.forget)
        page.stepped.connect(window.run_command)
        window.overlays.entry_chosen.connect(self._go_to)
        window.top.place_asked.connect(self._ask_place)

    def _know(self, sheet: ConnectionsSheet) -> None:
        """The palette finds them too; what went wrong is said where it can be put right."""
        self._window.overlays.connections = sheet.rows
        is_wrong = sheet.result is not None and sheet.result.kind is not NoticeKind.LOADING
        if is_wrong and self._window.page != "connections":
            self._window.open_page("connections")

    def _fill(self, form: Form) -> None:
        self._window.open_page("connections")
        self.page.fill(form)

    def _ask_place(self) -> None:
        self._window.overlays.show_places()

    def _go_to(self, entry: Entry) -> None:
        if entry.kind is EntryKind.CONNECTION:
            self.connecting.open(entry.id)
