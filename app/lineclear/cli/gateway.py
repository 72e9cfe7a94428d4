"""`lineclear gateway`: clear the calls of an MCP client on their way to its servers. Free of rules."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from lineclear.cli.exits import refusing
from lineclear.cli.options import AsJson, answer, new_app
from lineclear.domain.refusals import Code, Refusal

app = new_app()

File = Annotated[Path, typer.Option("--config", help="The document that names servers and their tools.")]
Pin = Annotated[bool, typer.Option("--pin", help="Show what changed in the servers' tools, accept it, end.")]
Port = Annotated[
    int | None,
    typer.Option(
        "--http",
        min=0,
        max=65_535,
        help="Serve HTTP on this port of 127.0.0.1 (0: any) to who brings LINECLEAR_GATEWAY_TOKEN. "
        "Otherwise standard input and output.",
    ),
]


@app.command()
def gateway(*, config: File, pin: Pin = False, http: Port = None, as_json: AsJson = False) -> None:
    """Stand before MCP servers: each call is proposed, cleared by policy or a person, made, and reported.

    The backend is LINECLEAR_URL, the agent's token LINECLEAR_TOKEN.
    """
    with refusing(as_json=as_json):
        if pin:
            _review(config, as_json=as_json)
        else:
            asyncio.run(_serve(config, http, as_json=as_json))


def _review(config: Path, *, as_json: bool) -> None:
    from lineclear.agents.gateway.serving import review  # noqa: PLC0415  # an extra

    lines = asyncio.run(review(config))
    words = "\n".join([*lines, "Accepted." if lines else "Nothing has changed."])
    answer({"changed": lines}, words, as_json=as_json)


async def _serve(config: Path, port: int | None, *, as_json: bool) -> None:
    from lineclear.agents.gateway.leaving import told_by_signal  # noqa: PLC0415  # an extra
    from lineclear.agents.gateway.serving import (  # noqa: PLC0415  # an extra
        TOKEN,
        listening,
        opened,
        serve_http,
        serve_stdio,
    )

    if port is None:
        with told_by_signal() as leaving:
            async with opened(config, leaving=leaving) as one:
                sys.stderr.write("Clearing tool calls at standard input.\n")
                await serve_stdio(one)
        return
    token = os.environ.get(TOKEN, "")
    if not token:
        raise Refusal(Code.GATEWAY_UNUSABLE, problem=f"the variable {TOKEN} is not set")
    listener = listening(port)

    def started() -> None:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
        answer({"url": url}, f"Clearing tool calls at {url} (Ctrl+C ends it).", as_json=as_json)

    async with opened(config) as one:
        await serve_http(one, listener, token, started=started)
