"""`lineclear erase`: destroy what is private of an action, a job or an agent. Free of rules."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer

from lineclear.cli.exits import refusing
from lineclear.cli.options import AsJson, Data, Database, answer, new_app

app = new_app()

_ADMINISTRATOR = "administrator"


@app.command()
def erase(
    *,
    data: Data,
    reason: Annotated[str, typer.Option(help="Why, in a sentence; it is kept with the tombstone.")],
    action: Annotated[str, typer.Option(help="This action.")] = "",
    job: Annotated[str, typer.Option(help="This job, with its actions.")] = "",
    agent: Annotated[str, typer.Option(help="All jobs and actions of this agent.")] = "",
    db: Database = "",
    as_json: AsJson = False,
) -> None:
    """Erase private contents for good: keys, salts, payloads, states, effects, words.

    The ledger keeps a tombstone, so that every proof still holds. What is open has to be decided or stopped
    first. Packs and backups that were made before keep what they have.
    """
    from lineclear.application.record.erasing import Keeper, Whose, erase_as  # noqa: PLC0415  # slow to import
    from lineclear.server.embed import open_data  # noqa: PLC0415  # an extra

    named = [(whose, name) for whose, name in zip(Whose, (action, job, agent), strict=True) if name]
    if len(named) != 1:
        raise typer.BadParameter("choose one of --action, --job and --agent")
    with refusing(as_json=as_json):
        opened = open_data(data, db)
        try:
            actor = f"system/{_ADMINISTRATOR}"
            erased = erase_as(opened.services, actor, _ADMINISTRATOR, *named[0], reason)
            Keeper(opened.services).scrub_due()
        finally:
            opened.close()
    counts = f"{len(erased.actions)} actions, {len(erased.jobs)} jobs"
    answer(
        msgspec.to_builtins(erased), f"Erased: {counts}. Their tombstones are in the ledger.", as_json=as_json
    )
