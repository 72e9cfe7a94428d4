"""`lineclear people`: who may decide, on which devices, by whose authority. Free of rules."""

from __future__ import annotations

from typing import Annotated

import typer

from lineclear.application.governing.people import Grant
from lineclear.cli.connecting import EPILOGUE, Place, Token, TokenFile, Url, clerk
from lineclear.cli.options import AsJson, Groups, duration, money
from lineclear.domain.vocabulary import Role, Tier

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)

Name = Annotated[str, typer.Argument(help="The person's name.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept in the ledger.")]
OneTier = Annotated[int, typer.Option("--tier", min=1, max=3, help="How much they may approve.")]


@app.callback(epilog=EPILOGUE)
def people() -> None:
    """Say who may decide: enrol people, lend authority, break the glass. Every change is on the ledger."""


@app.command("list", epilog=EPILOGUE)
def list_people(
    *, url: Url, token: Token = "", token_file: TokenFile = None, as_json: AsJson = False
) -> None:
    """List people with tier, limit, devices, what was lent to them, and break-glass.

    JSON: {"items": [Person, …], "devices": [Device, …]}.
    """
    with clerk(Place(url, token, token_file, as_json)) as here:
        here.list_people()


@app.command(epilog=EPILOGUE)
def enrol(  # noqa: PLR0913  # each is an option of the command
    name: Name,
    *,
    url: Url,
    role: Annotated[Role, typer.Option("--role", help="What they may do: approver, ops, auditor or admin.")],
    tier: OneTier = 1,
    ceiling: Annotated[str, typer.Option("--ceiling", help="The largest amount that they may approve.")] = "",
    currency: Annotated[str, typer.Option("--currency", help="The currency of the ceiling.")] = "USD",
    group: Groups = None,
    token: Token = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Enrol a person, or change their role, tier or limit. What they had lent to others then ends.

    JSON: Person.
    """
    limit = money(ceiling, currency) if ceiling else None
    with clerk(Place(url, token, token_file, as_json)) as here:
        here.enrol(Grant(name, role, Tier(tier), limit, groups=tuple(group) if group else None))


@app.command(epilog=EPILOGUE)
def leave(
    name: Name,
    *,
    url: Url,
    reason: Reason = "",
    token: Token = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Take a person off: their tokens, devices and delegations count no more.

    JSON: Person; `left` says who took them off.
    """
    with clerk(Place(url, token, token_file, as_json)) as here:
        here.take_off(name, reason)


@app.command(epilog=EPILOGUE)
def delegate(  # noqa: PLR0913  # each is an option of the command
    receiver: Annotated[str, typer.Argument(help="The reviewer who receives it.")],
    *,
    url: Url,
    tier: OneTier,
    capability: Annotated[list[str], typer.Option("--capability", help="For what; may be repeated.")],
    lasts: Annotated[str, typer.Option("--lasts", help="How long: 7d or 12h; 30 days at most.")],
    reason: Reason = "",
    token: Token = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Lend part of your own authority for a while. It counts as your place, and is never passed on.

    JSON: Person, the receiver; `received` lists what was lent to them.
    """
    with clerk(Place(url, token, token_file, as_json)) as here:
        here.delegate(receiver, Tier(tier), tuple(capability), duration(lasts), reason)


@app.command("end-delegation", epilog=EPILOGUE)
def end_delegation(
    delegation: Annotated[str, typer.Argument(help="Its id, as `list` shows it.")],
    *,
    url: Url,
    reason: Reason = "",
    token: Token = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """End a delegation that you gave or received; an administrator ends any.

    JSON: Person, the receiver.
    """
    with clerk(Place(url, token, token_file, as_json)) as here:
        here.end_delegation(delegation, reason)


@app.command("break-glass", epilog=EPILOGUE)
def break_glass(
    *,
    url: Url,
    minutes: Annotated[int, typer.Option("--minutes", min=1, max=60, help="How long.")] = 30,
    reason: Reason = "",
    token: Token = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """In an emergency, decide at tier 3 for up to an hour. Everybody sees it, and somebody else reviews it.

    JSON: Person; `glass` says until when.
    """
    with clerk(Place(url, token, token_file, as_json)) as here:
        here.break_glass(minutes, reason)


@app.command("review-glass", epilog=EPILOGUE)
def review_glass(
    name: Name,
    *,
    url: Url,
    justified: Annotated[bool, typer.Option("--justified/--unjustified", help="What you found.")],
    reason: Reason = "",
    token: Token = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Review somebody else's break-glass, which ends it where it still runs. It takes tier 3.

    JSON: Person.
    """
    with clerk(Place(url, token, token_file, as_json)) as here:
        here.review_glass(name, reason, justified=justified)


@app.command("revoke-device", epilog=EPILOGUE)
def revoke_device(
    device: Annotated[str, typer.Argument(help="Its id, as `list` shows it.")],
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Let a device's signatures count no more: one of your own, or as an administrator anybody's.

    JSON: Device.
    """
    with clerk(Place(url, token, token_file, as_json)) as here:
        here.revoke_device(device)
