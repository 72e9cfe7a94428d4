"""Tools on HTTP resources at work on a provider, and a listener that answers with whatever it is given."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from lineclear.adapters.connectors.http.connector import HttpConnector
from lineclear.adapters.connectors.http.tools import HttpTool
from lineclear.application.ports import ToolFailed, ToolOutcomeUnknown
from lineclear.domain.effects import Effect
from lineclear.domain.vocabulary import EffectClass
from support.provider import Provider
from support_connectors import made
from support_http_system import http_connector

KEYED = "idempotency_header: Idempotency-Key\nwindow: 400\n"
ASKED = 'idempotency_header: Idempotency-Key\nlookup: "GET /operations?key={key}"\n'
PATCH = """
title: "Change {now.name}"
target: {kind: customer, id: args.id}
reversible: true
read: GET /customers/{args.id}
write: PATCH /customers/{args.id}
body: {email: args.email}
"""
PUT = PATCH.replace("PATCH", "PUT").replace("{now.name}", "{args.id}")
POST = """
title: "Note for {now.name}"
target: {kind: customer, id: args.id}
reversible: true
read: GET /customers/{args.id}
write: POST /customers/{args.id}/notes
compensate: DELETE /customers/{args.id}/notes/{made.id}
body: {text: args.email}
"""
DELETE = """
title: "Remove {now.name}"
target: {kind: customer, id: args.id}
reversible: true
read: GET /customers/{args.id}
write: DELETE /customers/{args.id}
compensate: PUT /customers/{args.id}
"""
READ = """
title: "Customer {args.id}"
target: {kind: customer, id: args.id}
read: GET /customers/{args.id}
"""
ARGUMENTS = {"id": "c1", "email": "new@example.org"}


class Desk:
    """One tool on the provider, its clock, and workers that know nothing but the journal."""

    def __init__(self, provider: Provider, journal: Path, text: str) -> None:
        self.provider, self.journal, self.tool = provider, journal, made(HttpTool, text)
        self.now = 1_795_000_000
        self._began = monotonic()

    def clock(self) -> int:
        return self.now + int(monotonic() - self._began)

    def worker(self, **settings: object) -> HttpConnector:
        return http_connector(
            self.provider.url, {"tool": self.tool}, self.journal, settings=settings, now=self.clock
        )

    def version(self) -> str:
        return self.worker().preview("tool", ARGUMENTS).version

    def apply(self, key: str = "key-1", expected: str | None = None) -> Effect:
        version = self.version() if expected is None else expected
        return self.worker().apply("tool", ARGUMENTS, expected=version, key=key)

    def undo(self, effect: Effect, key: str = "key-2") -> Effect:
        version = self.worker().preview_undo("tool", effect.receipt).version
        return self.worker().undo("tool", effect.receipt, expected=version, key=key)

    def persist(self, expected: str) -> str:
        """How it ends when one key is tried up to five times, as far as its class allows."""
        for attempt in range(5):
            try:
                if attempt and self.tool.effect is EffectClass.QUERYABLE:
                    found = self.worker(timeout=0.5).find("tool", ARGUMENTS, key="key-1")
                    if found is not None:
                        return "done"
                self.worker(timeout=0.5).apply("tool", ARGUMENTS, expected=expected, key="key-1")
            except ToolOutcomeUnknown:
                if self.tool.effect is EffectClass.BLIND:
                    return "unknown"
            except ToolFailed as error:
                if error.code != "unreachable":
                    return error.code
            else:
                return "done"
        return "unknown"


def journal_files(desk: Desk) -> list[Path]:
    return sorted(desk.journal.rglob("*.json"))


@contextmanager
def answering(
    *answers: bytes, seen: Callable[[], object] = lambda: None
) -> Iterator[tuple[str, list[bytes]]]:
    """Something that gives these bytes, one after the other and the last for ever, and what it was sent.

    `seen` is called, before an answer, by the thread that gives it.
    """
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                connection, _ = listener.accept()
                with connection:
                    asked = connection.recv(65_536)
                    if not asked:
                        return
                    seen()
                    heard.append(asked)  # before the answer, after which the asker may look
                    connection.sendall(answers[min(len(heard), len(answers)) - 1])

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
        finally:
            socket.create_connection(listener.getsockname()).close()
            thread.join()


def response(*headers: str, body: bytes = b"{}", status: str = "200 OK") -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""])
    return head.encode() + body
