"""A small stand-in for Open Policy Agent: its Data API on loopback, with a decision that a test chooses.

It speaks what the REST API documents (POST /v1/data/… with `{"input": …}`, answers `{"result": …}`), and is
no Rego engine.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

type Decide = Callable[[dict[str, Any]], Any]


class Opa:
    """What it decides, by `decide(input)`, and all that it was asked."""

    def __init__(self) -> None:
        self.decide: Decide = lambda _asked: True
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.raw: bytes | None = None
        self.holds = threading.Event()
        self.holds.set()
        self.url = ""


@contextmanager
def running_opa() -> Iterator[Opa]:
    """It listens until the end of the block."""
    opa = Opa()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            opa.asked.append(body["input"])
            opa.headers.append(dict(self.headers))
            opa.holds.wait(10)
            result = opa.decide(body["input"])
            answer = {} if result is None else {"result": result}
            said = opa.raw if opa.raw is not None else json.dumps(answer).encode()
            self.send_response(opa.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            try:
                self.wfile.write(said)
            except ConnectionError:
                return

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=[0.05])
    thread.start()
    opa.url = f"http://127.0.0.1:{server.server_port}/v1/data/lineclear/decision"
    try:
        yield opa
    finally:
        opa.holds.set()
        server.shutdown()
        thread.join()
        server.server_close()
