"""`lineclear policy offline`: what may be approved while the backend cannot be reached. Free of rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import msgspec
import typer

from lineclear.cli.connecting import Place, Token, TokenFile, Url, office
from lineclear.cli.options import AsJson
from lineclear.cli.policy_versions import Reason
from lineclear.cli.rendering import Row, words
from lineclear.domain.offline import OfflineRule


def offline(  # each is an option of the command
    *,
    url: Url,
    tier: Annotated[
        int | None, typer.Option("--tier", help="Approve up to this tier, 2 at most; 0 is none.")
    ] = None,
    fresh: Annotated[
        int | None, typer.Option("--fresh", help="Of what was confirmed within so many minutes.")
    ] = None,
    within: Annotated[
        int | None, typer.Option("--within", help="If it arrives within so many minutes of that.")
    ] = None,
    reason: Reason = "",
    token: Token = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Say what may be approved while the backend is away, or change it, as a person of tier 3.

    Rejecting and stopping always may be. What is not named stays as it is. JSON: OfflineRule.
    """
    wanted = {"tier": tier, "fresh_minutes": fresh, "within_minutes": within}
    named = {name: value for name, value in wanted.items() if value is not None}
    with office(Place(url, token, token_file, as_json)) as here:
        rule = here.policies.offline()
        if named:
            rule = msgspec.structs.replace(rule, **named)
            rule = here.policies.set_offline(rule, reason, key=here.key())
        here.screen.answer(rule, _rows(rule))


def _rows(rule: OfflineRule) -> Iterator[Row]:
    if not rule.tier:
        yield Row("", words("Nothing is approved while the backend is away; rejecting and stopping wait."))
        return
    yield Row("tier", words(f"Approved up to tier {rule.tier} while the backend is away."))
    yield Row("fresh", words(f"What the backend confirmed within {rule.fresh_minutes} minutes."))
    yield Row("within", words(f"It counts if it arrives within {rule.within_minutes} minutes of that."))
