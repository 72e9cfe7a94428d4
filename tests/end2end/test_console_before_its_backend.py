"""A console that is started before its backend: it comes about by itself, or says why it will not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QAbstractButton, QApplication

from lineclear.adapters.http.probing import named
from lineclear.desktop.address import Address
from lineclear.desktop.again import PASSING, Again
from lineclear.desktop.console import Console
from lineclear.desktop.views.kit import Text
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier
from support.backend import new_workspace, running, served
from support_layout import shown

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
PATIENCE = 60_000
BY_ITSELF = "It is tried again by itself."


@pytest.fixture
def consoles(qapp, qtbot):
    qapp.setStyle("Fusion")
    made = []

    def console(address) -> Console:
        opened = Console(address)
        made.append(opened)
        with qtbot.waitActive(opened.window):
            opened.window.show()
        opened.connect_backend()
        return opened

    yield console
    for one in made:
        one.close()
        one.window.deleteLater()
        one.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def unused() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def freshness(console: Console) -> str:
    return console.window.top._freshness.text.text()


def said(console: Console) -> str:
    return " ".join(one.text() for one in shown(console.window.review.action, Text))


def test_a_console_that_is_there_before_its_backend_connects_by_itself(consoles, qtbot, tmp_path):
    folder = new_workspace(tmp_path / "workspace")
    with running(folder, workers=0) as here:
        secret = here.token("ops-west", Role.OPS, tier=Tier.TWO)
    port = unused()
    console = consoles(Address(f"http://127.0.0.1:{port}", secret, ephemeral=True))
    qtbot.waitUntil(lambda: freshness(console) == "Not connected", timeout=PATIENCE)
    assert BY_ITSELF in said(console)
    assert "Try again" in {one.title for one in _buttons(console)}
    console.window.overlays.show_settings(console._choices, "")
    with served(folder, "--workers", 0, "--port", port):
        qtbot.waitUntil(lambda: freshness(console).startswith("Live"), timeout=PATIENCE)
        assert console.session is not None
        assert not console._behind().again.is_waiting


def test_a_wrong_token_is_not_tried_again(consoles, qtbot, tmp_path):
    with served(new_workspace(tmp_path / "workspace"), "--workers", 0) as backend:
        console = consoles(Address(backend.url, "nobody", ephemeral=True))
        qtbot.waitUntil(lambda: freshness(console) == "Not connected", timeout=PATIENCE)
        assert BY_ITSELF not in said(console)
        assert not console._behind().again.is_waiting


def test_who_goes_elsewhere_or_closes_is_not_followed(consoles, qtbot):
    console = consoles(Address(f"http://127.0.0.1:{unused()}", "t", ephemeral=True))
    again = console._behind().again
    qtbot.waitUntil(lambda: again.is_waiting, timeout=PATIENCE)
    console._switch(Address(f"http://127.0.0.1:{unused()}", "t", ephemeral=True))
    assert not again.is_waiting
    qtbot.waitUntil(lambda: again.is_waiting, timeout=PATIENCE)
    console.close()
    assert not again.is_waiting


def test_the_pauses_grow_to_half_a_minute_and_begin_anew_once_it_is_over(qapp):
    again, refusal = Again(), Refusal(Code.DATABASE_BUSY)
    assert [again.after(refusal) for _ in range(6)] == [2, 4, 8, 16, 30, 30]
    again.over()
    assert (again.is_waiting, again.after(refusal)) == (False, 2)
    assert again.after(Refusal(Code.TOKEN_INVALID)) == 0
    assert not again.is_waiting
    again.deleteLater()


@contextmanager
def answering(status: int) -> Iterator[str]:
    """Something at an address that answers everything with one status."""

    class One(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), One) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(("status", "passes"), [(200, False), (404, False), (502, True), (503, True)])
def test_another_program_at_the_address_is_not_tried_again_and_a_gateway_before_the_backend_is(
    status, passes
):
    with answering(status) as url:
        found = named(url, Refusal(Code.UNREACHABLE, url=url, problem="an answer that cannot be read"))
    assert (found.code in PASSING) is passes


def _buttons(console: Console):
    return [one for one in shown(console.window.review.action, QAbstractButton) if hasattr(one, "title")]
