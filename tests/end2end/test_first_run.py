"""The first run: a window with nothing configured finds its way into a real backend, then into another."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from lineclear.adapters.http.probing import checked, probe
from lineclear.application.governing.people import Grant, issue_token
from lineclear.cli.console import _try_here
from lineclear.desktop.address import Address, Trial
from lineclear.desktop.console import Console
from lineclear.desktop.preferences import Preferences
from lineclear.desktop.views.kit import Text
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier
from lineclear.server.embed import open_data
from support.backend import copied, new_workspace, served
from support_layout import shown

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
PATIENCE = 40_000
NOWHERE = Address("", "")


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    return new_workspace(tmp_path_factory.mktemp("sample") / "one")


def token(folder: Path, name: str, role: Role = Role.OPS, **more) -> str:
    opened = open_data(folder)
    try:
        return issue_token(opened.services, Grant(name, role, **more)).secret
    finally:
        opened.close()


@pytest.fixture
def backend(sample, tmp_path):
    """A backend as `lineclear serve` runs it, and a token for a reviewer."""
    folder = copied(sample, tmp_path / "backend")
    secret = token(folder, "ops-west", tier=Tier.TWO)
    with served(folder) as running:
        yield running.url, secret


@pytest.fixture
def consoles(qapp, qtbot, tmp_path):
    qapp.setStyle("Fusion")
    made = []

    def console(address=NOWHERE, try_here=None) -> Console:
        opened = Console(address, preferences=Preferences(tmp_path / "console.ini"), try_here=try_here)
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


def write(console, url, secret):
    """Type an address and a token, by keyboard alone."""
    form = console.window._others["connections"].form
    form.url.setFocus()
    form.url.clear()
    QTest.keyClicks(form.url, url)
    QTest.keyClick(form.url, Qt.Key.Key_Tab)
    assert form.token.hasFocus()
    form.token.clear()
    QTest.keyClicks(form.token, secret)
    QTest.keyClick(form.token, Qt.Key.Key_Return)


def is_live(console):
    return console.session is not None and console.window.top._freshness.text.text().startswith("Live")


def arrive(qtbot, console):
    """Wait until it is live; what the window says instead is the failure's message."""
    window = console.window

    def check() -> None:
        result = window._others["connections"].result
        said = [
            window.page,
            window.top._freshness.text.text(),
            result.isVisibleTo(window),
            result._title.text(),
        ]
        assert is_live(console), said

    qtbot.waitUntil(check, timeout=PATIENCE)


def test_a_first_run_connects_to_a_backend_and_to_another_one(consoles, qtbot, backend, sample, tmp_path):
    url, secret = backend
    console = consoles()
    window = console.window
    assert window.page == "connections"
    qtbot.waitUntil(lambda: window._others["connections"].form._keeping is not None, timeout=PATIENCE)
    write(console, url, secret)
    arrive(qtbot, console)
    assert window.page == "review"
    assert window.top._person.text() == "ops-west"
    first = console.session

    folder = copied(sample, tmp_path / "second")
    other = token(folder, "ops-east", tier=Tier.ONE)
    with served(folder) as second:
        window.run_command("connections.open")
        write(console, second.url, other)
        qtbot.waitUntil(lambda: is_live(console) and console.session is not first, timeout=PATIENCE)
        assert window.top._person.text() == "ops-east"
        rows = window.overlays.connections
        assert [row.is_open for row in rows] == [False, True]

        QTest.mouseClick(window.top.place, Qt.MouseButton.LeftButton)
        QTest.keyClick(window.overlays.palette.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: window.top._person.text() == "ops-west", timeout=PATIENCE)
        arrive(qtbot, console)
    assert secret not in (tmp_path / "console.ini").read_text(encoding="utf-8")


def test_a_wrong_token_is_said_in_the_same_window(consoles, qtbot, backend):
    console = consoles()
    write(console, backend[0], "nobody")
    page = console.window._others["connections"]
    qtbot.waitUntil(lambda: page.result.isVisible() and not page.form._is_busy, timeout=PATIENCE)
    assert page.result._title.text() == Refusal(Code.TOKEN_INVALID).sentence
    assert console.session is None


def test_the_sample_opens_in_the_same_window_and_ends_with_it(consoles, qtbot, backend):
    ended = []
    trial = Trial(Address(*backend, ephemeral=True), lambda: ended.append("sample"))
    console = consoles(try_here=lambda: trial)
    page = console.window._others["connections"]
    assert page.trial.start.hasFocus()
    QTest.keyClick(page.trial.start, Qt.Key.Key_Return)
    arrive(qtbot, console)
    assert ended == []
    console.close()
    assert ended == ["sample"]


def test_the_sample_is_a_backend_of_its_own_that_ends_when_it_is_told_to():
    trial = _try_here()
    address = trial.address
    try:
        assert probe(address.url, address.token).subject == "ops-west"
        assert address.ephemeral
    finally:
        trial.end()
    assert refused(address.url).code is Code.ADDRESS_UNKNOWN


def test_a_backend_that_is_away_at_the_start_is_not_an_empty_queue(consoles, qtbot, tmp_path):
    console = consoles(Address(f"http://127.0.0.1:{unused()}", "t", ephemeral=True))
    window = console.window
    qtbot.waitUntil(lambda: window.top._freshness.text.text() == "Not connected", timeout=PATIENCE)
    window.run_command("go.control")

    def says_so():
        return any(one.text() == "Not connected" for one in shown(window.control, Text))

    qtbot.waitUntil(says_so, timeout=PATIENCE)


# -- each failure under its own name ------------------------------------------------------------------


def unused() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def refused(url, secret="t", **more) -> Refusal:
    with pytest.raises(Refusal) as caught:
        probe(url, secret, **more)
    return caught.value


class Stranger(BaseHTTPRequestHandler):
    """Some other program that answers over HTTP."""

    def do_GET(self) -> None:
        assert "Authorization" not in self.headers, "a token goes to nobody who is not known"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>a router</html>")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def stranger(context: ssl.SSLContext | None = None) -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    "url", ["", "lineclear", "ftp://x", "http://", "http://u:p@x", "http://x:99999", "http://["]
)
def test_what_is_no_address_is_said_before_anything_is_sent(url):
    assert refused(url).code is Code.ADDRESS_INVALID


def test_spaces_and_a_slash_do_not_make_another_address():
    assert checked(" https://a.example/ ") == "https://a.example"


def test_a_port_where_nobody_listens():
    refusal = refused(f"http://127.0.0.1:{unused()}")
    assert refusal.code is Code.ADDRESS_UNKNOWN
    assert "refused" in refusal.sentence.lower()


def test_a_host_that_does_not_exist():
    assert refused("http://no-such-host.invalid").code is Code.ADDRESS_UNKNOWN


def test_a_host_that_never_answers():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        assert refused(f"http://127.0.0.1:{port}", timeout=0.2).code is Code.ADDRESS_SILENT


def test_another_program_gets_no_token():
    with stranger() as port:
        assert refused(f"http://127.0.0.1:{port}").code is Code.BACKEND_OTHER
        assert refused(f"https://127.0.0.1:{port}").code is Code.BACKEND_OTHER


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes the certificate")
def test_a_certificate_that_nobody_vouches_for(tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-keyout",
            str(key),
            "-out",
            str(certificate),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with stranger(context) as port:
        refusal = refused(f"https://localhost:{port}")
    assert refusal.code is Code.CERTIFICATE_REFUSED
    assert "self" in refusal.sentence


def test_tokens_that_are_no_use_in_a_console(sample, tmp_path):
    folder = copied(sample, tmp_path / "backend")
    agent = token(folder, "support-agent", Role.AGENT, owner="lead")
    over = token(folder, "ops-west", tier=Tier.TWO, lasts=timedelta(seconds=-1))
    with served(folder) as running:
        assert refused(running.url, agent).code is Code.AGENT_CANNOT_LOOK
        assert refused(running.url, over).code is Code.TOKEN_EXPIRED
        assert refused(running.url, "nobody").code is Code.TOKEN_INVALID
        assert refused(running.url, "späße").code is Code.TOKEN_INVALID
        assert refused(f"{running.url}/v1", agent).code is Code.BACKEND_OTHER
