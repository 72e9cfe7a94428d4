"""`lineclear token`: tokens for people and agents, made on the database itself. Free of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from lineclear.application.governing.people import Grant, issue_token, revoke_token
from lineclear.cli.exits import refusing
from lineclear.cli.options import AsJson, Data, Database, Groups, answer, duration, money, new_app
from lineclear.domain.identities import Token
from lineclear.domain.vocabulary import Role, Tier

if TYPE_CHECKING:
    from lineclear.server.embed import Opened

app = new_app(no_args_is_help=True)


@app.command()
def create(  # noqa: PLR0913  # each is an option of the command
    *,
    data: Data,
    role: Annotated[Role, typer.Option(help="What the token may do.")],
    name: Annotated[str, typer.Option(help="The person, agent or provisioner who holds it.")],
    db: Database = "",
    tier: Annotated[int, typer.Option(min=1, max=3, help="How much a person may approve.")] = 1,
    owner: Annotated[
        str,
        typer.Option(
            help="The person behind an agent or a provisioner's agents, who never decides for them."
        ),
    ] = "",
    ceiling: Annotated[str, typer.Option(help="The largest amount that a person may approve.")] = "",
    currency: Annotated[str, typer.Option(help="The currency of the ceiling.")] = "USD",
    group: Groups = None,
    capability: Annotated[
        list[str] | None,
        typer.Option(help="What an agent's token reaches; may be repeated. Without it, what policy lets."),
    ] = None,
    lasts: Annotated[str, typer.Option(help="How long: 30d, 12h, 15m. Without it, until revoked.")] = "",
    as_json: AsJson = False,
) -> None:
    """Enrol a person or an agent, or confirm them, and print a new token. It is shown once."""
    grant = Grant(
        name=name,
        role=role,
        tier=Tier(tier),
        ceiling=money(ceiling, currency) if ceiling else None,
        owner=owner,
        lasts=duration(lasts) if lasts else None,
        groups=tuple(group) if group else None,
        capabilities=tuple(capability or ()),
    )
    with refusing(as_json=as_json):
        opened = _open(data, db)
        issued = issue_token(opened.services, grant)
        opened.close()
    token = issued.token
    said = {"token": issued.secret, "id": token.id, "role": role, "name": name, "expires": token.expires}
    answer(said, issued.secret, as_json=as_json)
    if not as_json:
        until = f"until {token.expires}" if token.expires else "until it is revoked"
        typer.echo(f"Token {token.id} of {name} ({role}), valid {until}. It is not shown again.", err=True)


@app.command()
def revoke(
    *,
    data: Data,
    token: Annotated[str, typer.Argument(help="Its id, as `list` shows it.")],
    db: Database = "",
    as_json: AsJson = False,
) -> None:
    """Refuse a token from here on."""
    with refusing(as_json=as_json):
        opened = _open(data, db)
        revoked = revoke_token(opened.services, token)
        opened.close()
    answer({"revoked": revoked.id}, f"Token {revoked.id} of {revoked.subject} is revoked.", as_json=as_json)


@app.command("list")
def list_tokens(*, data: Data, db: Database = "", as_json: AsJson = False) -> None:
    """List tokens, without their secrets."""
    with refusing(as_json=as_json):
        opened = _open(data, db)
        tokens = opened.services.store.read(lambda snapshot: snapshot.every(Token))
        opened.close()
    said = [msgspec.to_builtins(token) for token in tokens]
    answer({"tokens": said}, "\n".join(map(_line, tokens)) or "There are no tokens.", as_json=as_json)


def _line(token: Token) -> str:
    state = "revoked" if token.revoked else f"until {token.expires}" if token.expires else "no end"
    return f"{token.id}  {token.role:<9}{token.subject:<24}{state}"


def _open(data: Data, db: str) -> Opened:
    from lineclear.server.embed import open_data  # noqa: PLC0415  # an extra

    return open_data(data, db)
