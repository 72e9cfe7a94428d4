"""What ops leads do at a terminal: budgets looked at and changed, how people decide. Free of HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from lineclear.application.budgeting.room import amount_text
from lineclear.application.budgeting.setting import Limit
from lineclear.application.reading.answers import BudgetAnswer
from lineclear.application.reasons import require_reason
from lineclear.cli.connecting import Place, Token, TokenFile, Url, desk
from lineclear.cli.options import AsJson
from lineclear.cli.rendering import Row, rows_of, words
from lineclear.cli.reviewing import Desk, checked, show_budgets
from lineclear.domain.budgets import micros_of
from lineclear.domain.events import BudgetKind
from lineclear.domain.jobs import limit_of
from lineclear.domain.vocabulary import JobStatus

_MINUTE = 60
_MOST_USD = 1_000_000


def _micros(text: str) -> int:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("nan")
    if not (amount.is_finite() and 0 < amount <= _MOST_USD):
        raise typer.BadParameter(f"an amount in US dollars, such as 5.00, up to {_MOST_USD}")
    return micros_of(amount)


def budgets(*, url: Url, token: Token = "", token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """Show what is left of today's budgets: of the workspace, and of agents with their capabilities.

    What would raise one is in the queue. JSON: {"items": [BudgetOfDay, …]}, money in millionths of a dollar.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        show_budgets(here)


def budget(  # noqa: PLR0913  # each is an option of the command
    job: Annotated[str, typer.Argument(metavar="JOB", help="Its id.")],
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    cost: Annotated[
        int | None, typer.Option(parser=_micros, metavar="USD", help="What it may cost in all.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="How many steps it may take in all.")] = None,
    minutes: Annotated[int | None, typer.Option(min=1, help="How long it may last in all.")] = None,
    repeats: Annotated[int | None, typer.Option(min=1, help="How often it may propose the same.")] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept.")] = "",
    as_json: AsJson = False,
) -> None:
    """Cut one limit of a job at once, or ask others to raise it; as an ops lead or administrator.

    A raise waits in the queue for a reviewer of tier 2, who is neither you nor the agent's owner. A job that
    has used more than its cut limit is paused. JSON: {"job": Job, "action": what asks to raise it}.
    """
    seconds = None if minutes is None else minutes * _MINUTE
    given = dict(zip(BudgetKind, (cost, steps, seconds, repeats), strict=True))
    named = [(kind, limit) for kind, limit in given.items() if limit is not None]
    if len(named) != 1:
        raise typer.BadParameter("name one of --cost, --steps, --minutes and --repeats")
    with desk(Place(url, token, token_file, as_json)) as here:
        set_budget(here, job, Limit(*named[0], reason))


def oversight(
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="How many days back.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Show how people decided, as an ops lead or administrator.

    Times, rejections, edits, what was undone, canaries, second looks. JSON: the Oversight.
    """
    from lineclear.cli import oversight as figures  # noqa: PLC0415  # only when it is asked for

    with desk(Place(url, token, token_file, as_json)) as here:
        figures.oversight(here, days)


def set_budget(here: Desk, job: str, wanted: Limit) -> None:
    """Cut a limit or ask to raise it, and print what became of it."""
    require_reason(wanted.reason, "Changing a budget")
    found = here.backend.set_budget(checked(job), wanted, key=here.ids.new("req"))
    here.screen.answer(found, _rows(found, wanted))


def _rows(found: BudgetAnswer, wanted: Limit) -> Iterator[Row]:
    job, amount = found.job, amount_text(wanted.kind, wanted.limit)
    if found.action:
        present = amount_text(wanted.kind, limit_of(job, wanted.kind))
        yield from rows_of("  ", f"{found.action} asks others to raise it to {amount}; until then {present}.")
        return
    yield Row("  ", words(f"{job.id} may have {amount} from now on."))
    if job.status is JobStatus.PAUSED:
        yield Row("! ", words("It is paused; the request to raise its budget or to end it is in the queue."))
