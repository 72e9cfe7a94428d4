"""`lineclear legal-hold`: forbid all erasing, or allow it again. Free of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from lineclear.cli.exits import refusing
from lineclear.cli.options import AsJson, Data, Database, answer, new_app

if TYPE_CHECKING:
    from lineclear.domain.erasure import LegalHold

app = new_app(no_args_is_help=True)

Reason = Annotated[str, typer.Option(help="Why, in a sentence; it is kept in the ledger.")]

_ADMINISTRATOR = "administrator"


@app.command()
def on(*, data: Data, reason: Reason, db: Database = "", as_json: AsJson = False) -> None:
    """Place legal hold: nothing is erased, neither at anybody's word nor because its time is over."""
    with refusing(as_json=as_json):
        held = _switch(data, db, on=True, reason=reason)
    _tell(held, as_json=as_json)


@app.command()
def off(*, data: Data, reason: Reason, db: Database = "", as_json: AsJson = False) -> None:
    """Lift legal hold: what was due meanwhile is erased now."""
    with refusing(as_json=as_json):
        held = _switch(data, db, on=False, reason=reason)
    _tell(held, as_json=as_json)


@app.command()
def show(*, data: Data, db: Database = "", as_json: AsJson = False) -> None:
    """Say whether legal hold is on."""
    from lineclear.application.record.erasing import hold_of  # noqa: PLC0415  # slow to import
    from lineclear.server.embed import open_data  # noqa: PLC0415  # an extra

    with refusing(as_json=as_json):
        opened = open_data(data, db)
        held = opened.services.store.read(hold_of)
        opened.close()
    _tell(held, as_json=as_json)


def _switch(data: Data, db: str, *, on: bool, reason: str) -> LegalHold:
    from lineclear.application.record.erasing import switch_hold  # noqa: PLC0415  # slow to import
    from lineclear.server.embed import open_data  # noqa: PLC0415  # an extra

    opened = open_data(data, db)
    try:
        actor = f"system/{_ADMINISTRATOR}"
        return switch_hold(opened.services, actor, _ADMINISTRATOR, on=on, reason=reason)
    finally:
        opened.close()


def _tell(held: LegalHold, *, as_json: bool) -> None:
    on = f"Legal hold is on since {held.since}, by {held.by}: {held.reason}"
    answer(msgspec.to_builtins(held), on if held.on else "Legal hold is off.", as_json=as_json)
