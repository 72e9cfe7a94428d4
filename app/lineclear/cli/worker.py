"""`lineclear worker`: more workers beside a backend, on the same database. Free of rules."""

from __future__ import annotations

import os
import platform
from typing import Annotated

import typer

from lineclear.cli.exits import refusing
from lineclear.cli.options import AsJson, Data, Database, answer, new_app
from lineclear.cli.serve import ending_signals, wait_for

app = new_app()


@app.command()
def worker(
    *,
    data: Data,
    db: Database = "",
    count: Annotated[int, typer.Option(min=1, max=64, help="Worker threads in this process.")] = 2,
    as_json: AsJson = False,
) -> None:
    """Carry out due work of a workspace until SIGTERM or Ctrl+C."""
    from lineclear.adapters.system.collector import settle_memory  # noqa: PLC0415  # with the extra
    from lineclear.server.embed import open_data  # noqa: PLC0415  # an extra
    from lineclear.server.worker import Workers  # noqa: PLC0415  # an extra

    ending = ending_signals()
    with refusing(as_json=as_json):
        opened = open_data(data, db)
        workers = Workers(opened.services, count=count, name=f"{platform.node()}-{os.getpid()}")
        workers.start()
        settle_memory()
        name = opened.workspace.name
        words = f"Working for {name} (process {os.getpid()}; Ctrl+C ends it)."
        answer({"workspace": name, "pid": os.getpid()}, words, as_json=as_json)
        wait_for(ending)
        workers.close()
        opened.close()
