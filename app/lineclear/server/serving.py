"""One HTTP server on a thread of its own. Free of concrete adapters.

The socket is bound here, not by granian: its own way shares a taken port (SO_REUSEPORT) instead of
refusing it, and cannot say which port it was given for 0.
"""

from __future__ import annotations

import asyncio
import errno
import socket
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from granian.constants import HTTPModes, Interfaces
from granian.net import SocketHolder  # type: ignore[attr-defined]  # exported without saying so
from granian.server.embed import Server
from litestar.types import ASGIApp

from lineclear.application.agents.outside import Outside
from lineclear.application.services import Services
from lineclear.domain.refusals import Code, Refusal
from lineclear.server.app import make_app
from lineclear.server.tail import Tail

CONNECTIONS = 1_024
"""At once; a stream holds one for as long as it is followed."""

THREADS = 16
"""Requests of people that may block on the store or a connector at the same time."""

_PATIENCE = 2.0


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one. Refusal(PORT_TAKEN) where another program has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=CONNECTIONS)
    except OSError as error:
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise Refusal(Code.PORT_TAKEN, port=port, host=host) from None
        raise


class _BoundServer(Server):
    """granian on a socket that is bound already."""

    def __init__(self, target: ASGIApp, listener: socket.socket) -> None:
        self._listener = listener
        super().__init__(
            target,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,
            websockets=False,
            log_enabled=False,
            backpressure=CONNECTIONS,
        )

    def _init_shared_socket(self) -> None:
        # The constructor that granian itself unpickles with: descriptor, whether a Unix socket, backlog.
        holder = SocketHolder(self._listener.detach(), False, CONNECTIONS)  # type: ignore[call-arg]  # noqa: FBT003  # its own
        self._shd = holder  # type: ignore[assignment]  # declared by its first value, None


class HttpServer:
    """Serves from `start`, called once, to `close`; both return promptly."""

    def __init__(
        self,
        services: Services,
        listener: socket.socket,
        hosts: Iterable[str] = (),
        outside: Outside | None = None,
    ) -> None:
        self._services = services
        self._outside = outside
        self._listener = listener
        self._hosts = frozenset(hosts)
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tail: Tail | None = None
        self._server: Server | None = None
        self._thread = threading.Thread(target=self._run, name="lineclear-http", daemon=True)

    def start(self) -> None:
        """Return once requests are answered."""
        self._thread.start()
        self._ready.wait()

    def close(self) -> None:
        """Answer who waits, end streams, finish requests; after two seconds, drop what is left."""
        if self._loop is None or self._tail is None or self._server is None or not self._thread.is_alive():
            return
        self._tail.close()
        self._loop.call_soon_threadsafe(self._server.stop)
        self._thread.join(_PATIENCE)
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._drop)
            self._thread.join(_PATIENCE)
        self._tail.join()

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner:
                runner.run(self._serve())
        except asyncio.CancelledError:
            pass  # dropped at the end of our patience
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(THREADS, "lineclear-request"))
        self._tail = Tail(self._services.store)
        app = make_app(self._services, self._tail, self._hosts, self._outside)
        self._server = _BoundServer(app, self._listener)
        self._server.on_startup(lambda: asyncio.get_running_loop().call_soon(self._ready.set))
        try:
            await self._server.serve()
        finally:
            self._tail.close()

    def _drop(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
