"""The program behind `provider`: any path is a JSON resource. Free of everything but the standard library.

GET, PUT, PATCH (RFC 7396) and DELETE, with strong ETags and `If-Match`; POST makes `<path>/<number>`.
`GET /operations?key=…` tells what a key did; `/-/edit` is the judge's own entrance.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, override
from urllib.parse import parse_qs, urlsplit

from support.provider import BEHAVIOUR, EFFECTS, SENDS, Behaviour, Done, Fault, append, lines_of, resources_of

KEY = "Idempotency-Key"
BEFORE = frozenset({Fault.RESET_BEFORE, Fault.SILENT_BEFORE, Fault.ERROR_BEFORE, Fault.REFUSED})


def _merged(target: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    found = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            found.pop(name, None)
        else:
            found[name] = _merged(found.get(name), value)
    return found


@dataclass
class _Answer:
    status: int
    body: Any = None
    location: str = ""
    etag: str = ""
    retry_after: str = ""
    problem: bool = False


class _World:
    """Resources, ledger and behaviour of the serving process; one request at a time touches them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.resources = resources_of(folder)
        self.changes: dict[str, int] = {}
        self.done: dict[str, dict[str, Any]] = {}
        for line in lines_of(folder / EFFECTS):
            self._note(line)
        self._behaviour = ((0, 0), Behaviour())
        self._struck = 0
        self._asked = 0

    def _note(self, line: dict[str, Any]) -> None:
        change = line.get("effect") or line["edit"]
        self.changes[change["path"]] = self.changes.get(change["path"], 0) + 1
        if line.get("effect", {}).get("key"):
            self.done[change["key"]] = line

    def behaviour(self) -> Behaviour:
        path = self.folder / BEHAVIOUR
        found = path.stat().st_ino, path.stat().st_mtime_ns
        if found != self._behaviour[0]:
            said = json.loads(path.read_text())
            self._behaviour = (found, Behaviour(**{**said, "fault": Fault(said["fault"])}))
            self._struck = self._asked = 0
        return self._behaviour[1]

    def fault(self, kind: str) -> Fault:
        behaviour = self.behaviour()
        if behaviour.on != kind or self._struck >= behaviour.times:
            return Fault.NONE
        self._struck += 1
        return behaviour.fault

    def etag(self, path: str) -> str:
        return f'"{self.changes.get(path, 0)}"' if self.behaviour().gives_etag else ""

    def read(self, path: str) -> _Answer:
        if self.behaviour().blind_after and lines_of(self.folder / EFFECTS):
            return _Answer(503, {"title": "Service Unavailable"}, problem=True)
        if path not in self.resources:
            return _Answer(404, {"title": "Not Found", "detail": f"there is no {path}"}, problem=True)
        return _Answer(200, self.resources[path], etag=self.etag(path))

    def lookup(self, key: str) -> _Answer:
        lag = self.behaviour().lag
        if key in self.done and self._asked < lag:
            self._asked += 1
            return _Answer(404, {"title": "Not Found"}, problem=True)
        if key not in self.done:
            return _Answer(404, {"title": "Not Found"}, problem=True)
        effect = self.done[key]["effect"]
        return _Answer(200, {"id": f"op_{effect['number']}", "key": key, "path": effect["path"]})

    def edit(self, path: str, fields: dict[str, Any] | None) -> _Answer:
        before = self.resources.get(path)
        after = None if fields is None else _merged(before, fields)
        self._write({"edit": {"path": path, "before": before, "after": after}}, path, after)
        return _Answer(204)

    def write(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> _Answer:
        key, behaviour = headers.get(KEY.lower(), ""), self.behaviour()
        fingerprint = json.dumps([method, path, body], sort_keys=True)
        if key in self.done and behaviour.honours_key:
            earlier = self.done[key]
            if earlier["fingerprint"] != fingerprint:
                return _Answer(422, {"detail": "this key was used for another request"}, problem=True)
            return _Answer(**earlier["answer"])
        refused = self._refused(method, path, headers) if behaviour.honours_match else None
        if refused is not None:
            return refused
        place, after = self._made(method, path, body)
        before = self.resources.get(place)
        number = sum("effect" in line for line in lines_of(self.folder / EFFECTS)) + 1
        if behaviour.stamps and after is not None:
            after = {**after, "revision": number}
        effect = asdict(Done(number, key, method, place, before, after))
        answer = self._answer(method, place, after)
        line = {"effect": effect, "fingerprint": fingerprint, "answer": asdict(answer)}
        self._write(line, place, after)
        return answer

    def _refused(self, method: str, path: str, headers: Mapping[str, str]) -> _Answer | None:
        there = path in self.resources
        wanted = headers.get("if-match")
        if (wanted is not None and (not there or wanted != self.etag(path))) or (
            headers.get("if-none-match") == "*" and there
        ):
            return _Answer(412, {"title": "Precondition Failed"}, problem=True)
        if method in ("PATCH", "DELETE") and not there:
            return self.read(path)
        return None

    def _made(self, method: str, path: str, body: Any) -> tuple[str, Any]:
        match method:
            case "POST":
                number = 1 + sum(place.startswith(f"{path}/") for place in {**self.resources, **self.changes})
                return f"{path}/{number}", {**body, "id": str(number)}
            case "PATCH":
                return path, _merged(self.resources.get(path), body)
            case "DELETE":
                return path, None
            case _:
                return path, body

    def _answer(self, method: str, place: str, after: Any) -> _Answer:
        if after is None:
            return _Answer(204)
        made = method == "POST" or place not in self.resources
        following = self.changes.get(place, 0) + 1
        etag = f'"{following}"' if self.behaviour().gives_etag else ""
        return _Answer(201 if made else 200, after, location=place if method == "POST" else "", etag=etag)

    def _write(self, line: dict[str, Any], place: str, after: Any) -> None:
        append(self.folder / EFFECTS, line)
        self._note(line)
        self.resources.pop(place, None)
        if after is not None:
            self.resources[place] = after


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, world: _World) -> None:
        self.world = world
        super().__init__(("127.0.0.1", port), _Handler)

    @override
    def server_bind(self) -> None:
        # The library's own asks the resolver for this machine's name, which can take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    @override
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is nobody's mistake here."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    @override
    def log_message(self, format: str, *args: object) -> None:  # the library's own name
        """Say nothing; the ledger says it all."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        key = parse_qs(url.query).get("key", [""])[0]
        is_lookup = url.path == "/operations"
        world = self.server.world
        self._meet(
            "lookup" if is_lookup else "read",
            lambda: world.lookup(key) if is_lookup else world.read(url.path),
        )

    def do_POST(self) -> None:
        self._write("POST")

    def do_PUT(self) -> None:
        self._write("PUT")

    def do_PATCH(self) -> None:
        self._write("PATCH")

    def do_DELETE(self) -> None:
        self._write("DELETE")

    def _write(self, method: str) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body: dict[str, Any] = json.loads(data) if data else {}
        world = self.server.world
        if self.path == "/-/edit":
            with world.lock:
                answer = world.edit(**body)
            self._say(answer)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        sent = {"method": method, "path": self.path, "headers": headers, "body": body}
        with world.lock:
            append(world.folder / SENDS, sent)
        self._meet("write", lambda: world.write(method, self.path, headers, body))

    def _meet(self, kind: str, act: Callable[[], _Answer]) -> None:
        """Answer one request, with whatever is to go wrong."""
        world = self.server.world
        with world.lock:
            behaviour, fault = world.behaviour(), world.fault(kind)
        threading.Event().wait(behaviour.delay)
        if behaviour.token and self.headers.get("Authorization") != f"Bearer {behaviour.token}":
            words = f"not with {self.headers.get('Authorization')}"
            self._say(_Answer(401, {"detail": words}, problem=True))
            return
        answer = _Answer(behaviour.status, {"detail": behaviour.detail}, retry_after=behaviour.retry_after)
        answer.problem = True
        if fault not in BEFORE:
            with world.lock:
                done = act()
            answer = answer if fault is Fault.ERROR_AFTER else done
        self._finish(fault, answer)

    def _finish(self, fault: Fault, answer: _Answer) -> None:
        match fault:
            case Fault.RESET_BEFORE | Fault.RESET_AFTER:
                self._reset()
            case Fault.SILENT_BEFORE | Fault.SILENT_AFTER:
                with suppress(OSError):
                    self.connection.recv(1)  # until the other side gives up
                self.close_connection = True
            case Fault.TRUNCATED:
                self._head(answer, 1_000)
                self.wfile.write(b'{"id":')
                self.close_connection = True
            case Fault.GARBLED:
                self._head(answer, 9)
                self.wfile.write(b'{"a": 1,}')
            case Fault.DRIPPING:
                self._drip(answer)
            case _:
                self._say(answer)

    def _reset(self) -> None:
        """Close with a RST: whatever was under way is lost, and both sides know it."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())
        self.close_connection = True

    def _drip(self, answer: _Answer) -> None:
        """A byte now and then, each in time, the whole never."""
        self._head(answer, 1_000_000)
        with suppress(OSError):
            while True:
                self.wfile.write(b" ")
                threading.Event().wait(0.02)
        self.close_connection = True

    def _head(self, answer: _Answer, length: int) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", f"application/{'problem+' if answer.problem else ''}json")
        self.send_header("Content-Length", str(length))
        for name in ("Location", "ETag", "Retry-After"):
            value = getattr(answer, name.lower().replace("-", "_"))
            if value:
                self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()

    def _say(self, answer: _Answer) -> None:
        data = b"" if answer.status == 204 else json.dumps(answer.body).encode()
        self._head(answer, len(data))
        self.wfile.write(data)


def _serve(folder: Path, port: int, certificate: str) -> None:
    server = _Server(port, _World(folder))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    sys.stdout.write(f"{server.server_address[1]}\n")
    sys.stdout.flush()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()  # ends when whoever started this is gone, however that went


if __name__ == "__main__":
    _serve(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
