"""The page on which agents are connected, wired. Holds no rules."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from lineclear.application.reading.answers import Me
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.connect.connect_sheets import ConnectSheet
from lineclear.desktop.presenters.connect.connecting import Connecting
from lineclear.desktop.programs import read_programs
from lineclear.desktop.views.shell.window import Window


class ConnectDesk(QObject):
    """What an administrator does about agents' tokens. Lives as long as its session."""

    def __init__(self, window: Window, with_: Collaborators, me: Me, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._window = window
        self.connecting = Connecting(with_, me, read_programs, self)
        self.connecting.changed.connect(self._show)
        self._is_built = self._is_front = False

    def opened(self, name: str) -> None:
        """A page came to the front; this one is built when it is first opened."""
        if name == "connect":
            self._connect_page()
            self._is_front = True
            self.connecting.open()
        elif self._is_front:
            self._is_front = False
            self.connecting.leave()

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew."""
        self.connecting.on_changed(streams)

    def on_tick(self) -> None:
        """A second has gone by."""
        self.connecting.on_tick()

    def close(self) -> None:
        """Nothing that was shown once stays."""
        self.connecting.leave()
        if self._is_built:
            self._window.connecting.forget()

    def _connect_page(self) -> None:
        if self._is_built:
            return
        self._is_built = True
        page, connecting = self._window.connecting, self.connecting
        page.form.way_chosen.connect(connecting.choose_way)
        page.form.capability_toggled.connect(connecting.toggle_capability)
        page.form.lasts_chosen.connect(connecting.choose_lasts)
        page.form.asked.connect(connecting.make)
        page.connections.watched.connect(connecting.watch)
        page.connections.revoked.connect(connecting.revoke)
        page.lines.copied.connect(_copy)

    def _show(self, sheet: ConnectSheet) -> None:
        self._window.connecting.display(sheet)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
