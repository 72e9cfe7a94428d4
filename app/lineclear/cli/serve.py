"""`lineclear serve`: the backend until it is told to end. Free of rules; `server.embed` composes it."""

from __future__ import annotations

import os
import signal
import threading
from typing import Annotated

import typer

from lineclear.cli.exits import refusing
from lineclear.cli.options import AsJson, Data, Database, answer, new_app

app = new_app()


@app.command()
def serve(
    *,
    data: Data,
    db: Database = "",
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="0 takes any free one.")] = 0,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A further host name to answer to; may be repeated.")
    ] = None,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Worker threads in this process.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Run the backend: API, change feed and workers. SIGTERM or Ctrl+C ends it."""
    from lineclear.adapters.system.collector import settle_memory  # noqa: PLC0415  # with the extra
    from lineclear.server.embed import Backend  # noqa: PLC0415  # an extra

    ending = ending_signals()
    with refusing(as_json=as_json):
        backend = Backend(data, url=db, host=host, port=port, hosts=allow_host or (), workers=workers)
        url = backend.start()
        settle_memory()
        name = backend.opened.workspace.name
        words = f"{name} is served at {url} (process {os.getpid()}; Ctrl+C ends it)."
        answer({"url": url, "workspace": name, "pid": os.getpid()}, words, as_json=as_json)
        wait_for(ending)
        backend.close()


def ending_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    return ending


def wait_for(ending: threading.Event) -> None:
    """Wait in short turns: on Windows a signal is seen between them only."""
    while not ending.wait(1):
        pass
