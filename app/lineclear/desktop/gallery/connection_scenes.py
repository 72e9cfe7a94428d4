"""What the gallery shows of the ways in: the page without a backend, with several, and going to another."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lineclear.desktop.gallery import connections
from lineclear.desktop.presenters.connections.connection_sheets import ConnectionsSheet, Form
from lineclear.desktop.views.connections.connections import ConnectionsPage
from lineclear.desktop.views.shell.window import Window


def connection_scenes() -> Iterator[tuple[str, Callable[[Window], None]]]:
    """By the names of their files."""
    yield "start", _connections(connections.FIRST)
    yield "start-refused", _connections(connections.REFUSED, connections.TYPED)
    yield "connections", _connections(connections.KNOWN)
    yield "connections-edit", _connections(connections.KNOWN, connections.EDITED)
    yield "connections-forget", _connections(connections.KNOWN, forgets=connections.KNOWN.rows[1].id)
    yield "connections-places", _places


def _connections(
    sheet: ConnectionsSheet, form: Form | None = None, forgets: str = ""
) -> Callable[[Window], None]:
    def show(window: Window) -> None:
        page = ConnectionsPage(window.look)
        window.add_page("connections", page)
        window.open_page("connections")
        page.display(sheet)
        if form is not None:
            page.fill(form)
        if forgets:
            page.known.lines.line(forgets).forget.click()

    return show


def _places(window: Window) -> None:
    window.overlays.connections = connections.KNOWN.rows
    window.overlays.show_places()
