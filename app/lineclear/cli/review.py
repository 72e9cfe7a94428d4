"""`lineclear review`: list, show, decide, edit, stop, undo, reconcile. Rules are in `reviewing.Desk`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from lineclear.application.reading.queue_query import Sort
from lineclear.cli import leading, passing
from lineclear.cli.connecting import (
    EPILOGUE,
    EphemeralKey,
    Place,
    Token,
    TokenFile,
    Url,
    desk,
    forget_replicas,
    notebook_at,
)
from lineclear.cli.options import AsJson
from lineclear.cli.review_steps import step
from lineclear.cli.reviewing import Asked, Filter

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None
)

_TEXT_LIMIT = 200

ActionId = Annotated[str, typer.Argument(metavar="ACTION", help="Its id, as `list` shows it.")]
AgentName = Annotated[str, typer.Argument(metavar="AGENT", help="Its name, as `show` tells it.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept in the ledger.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def _short(text: str) -> str:
    if len(text) > _TEXT_LIMIT:
        raise typer.BadParameter(f"{_TEXT_LIMIT} characters are the most")
    return text


@app.callback(epilog=EPILOGUE)
def review() -> None:
    """Clear what agents are about to do.

    Text from outside is shown with what cannot be seen as escapes, such as <U+202E>.
    """


@app.command("list", epilog=EPILOGUE)
def list_actions(  # noqa: PLR0913  # each is an option of the command
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    view: Annotated[
        Filter, typer.Option(help="Open actions up to your tier, all open ones, or what has ended.")
    ] = Filter.MINE,
    text: Annotated[
        str, typer.Option(callback=_short, help="Only those whose title, id or agent contains this.")
    ] = "",
    sifting: Annotated[
        str, typer.Option("--filter", help="A filter as the console writes it, such as 'due:1h flagged:yes'.")
    ] = "",
    sort: Annotated[Sort | None, typer.Option(help="What comes first.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List actions.

    Open ones come with the most urgent first, ended ones with the newest first. A filter joins words with
    capability: agent: env: kind: tier: claimed: flagged: due: state: and for:me; `state:` goes before --view.
    JSON: {"items": [Action, …], "more": whether there are more}.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        here.queue(view, text, limit, sifting, sort)


@app.command(epilog=EPILOGUE)
def show(
    action: ActionId,
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    unchanged: Annotated[bool, typer.Option("--unchanged", help="Also list what stays as it is.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one action, whole.

    Five questions, the change, the payload, why it needs you, authority, job, evidence.
    JSON: the action's Detail, and in `contents` its stored parts, opened after their digests were checked.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        here.show(action, unchanged=unchanged)


app.command(epilog=EPILOGUE)(step)


@app.command(epilog=EPILOGUE)
def approve(  # noqa: PLR0913  # each is an option of the command
    action: Annotated[str, typer.Argument(metavar="ACTION", help="Its id, as `list` shows it.")] = "",
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    reason: Reason = "",
    yes: Yes = False,
    revision: Annotated[
        int | None, typer.Option(min=1, help="Refuse unless this revision is the present one.")
    ] = None,
    bulk: Annotated[
        str, typer.Option(metavar="FILTER", help="All that fit and may be approved together, instead of one.")
    ] = "",
    count: Annotated[
        int | None, typer.Option(min=2, help="With --bulk: how many that are, instead of typing it.")
    ] = None,
    confirm: Annotated[
        str, typer.Option("--confirm", metavar="TEXT", help="At tier 3: the amount or target, as it stands.")
    ] = "",
    ephemeral_key: EphemeralKey = False,
    as_json: AsJson = False,
) -> None:
    """Show an action, ask, and approve it; or several like ones.

    What is approved is exactly the revision that was shown, signed with your key from the system keyring, or
    from a file that LINECLEAR_KEY_PASSPHRASE opens. Without a terminal, and with --json, --yes is needed;
    --revision then binds it to what you looked at. At tier 3 the amount, or the target where there is none,
    has to be typed, or given as --confirm. JSON: the Action as it is afterwards.

    With --bulk, those of tier 1 and of one capability that can be undone and that nothing flags are shown
    with every change, and the rest with the reason why not; after their number was typed each is signed by
    itself.
    JSON: {"items": [{"id", "action" or "refused"}, …], "left_out": [{"id", "because"}, …]}.
    """
    if bool(action) == bool(bulk):
        raise typer.BadParameter("name an action, or several with --bulk")
    if bulk and (yes or reason or revision is not None):
        raise typer.BadParameter("--bulk takes --count alone")
    with desk(Place(url, token, token_file, as_json, ephemeral_key)) as here:
        if bulk:
            from lineclear.cli.bulk import approve_together  # noqa: PLC0415  # only when it is asked for

            approve_together(here, bulk, count)
        else:
            here.approve(action, reason, Asked(yes, revision, confirm))


@app.command(epilog=EPILOGUE)
def edit(  # noqa: PLR0913  # each is an option of the command
    action: ActionId,
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    sets: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="One argument, such as lines.0.price=9.50."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="All arguments, as JSON.")
    ] = None,
    reason: Reason = "",
    yes: Yes = False,
    revision: Annotated[
        int | None, typer.Option(min=1, help="Refuse unless this revision is the present one.")
    ] = None,
    ephemeral_key: EphemeralKey = False,
    as_json: AsJson = False,
) -> None:
    """Show an edit with what policy would say, ask, and make the new revision.

    Votes are void, and the edited revision is decided on like any other. Problems are told by place.
    JSON: the Action as it is afterwards.
    """
    from lineclear.cli import editing  # noqa: PLC0415  # only when it is asked for

    with desk(Place(url, token, token_file, as_json, ephemeral_key)) as here:
        editing.edit(here, action, tuple(sets or ()), file, reason, Asked(yes, revision))


@app.command(epilog=EPILOGUE)
def reject(
    action: ActionId,
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    reason: Reason = "",
    ephemeral_key: EphemeralKey = False,
    as_json: AsJson = False,
) -> None:
    """Reject an action; it needs a reason.

    It is signed as an approval is. JSON: the Action as it is afterwards.
    """
    with desk(Place(url, token, token_file, as_json, ephemeral_key)) as here:
        here.reject(action, reason)


@app.command(epilog=EPILOGUE)
def claim(
    action: ActionId, *, url: Url, token: Token = "", token_file: TokenFile = None, as_json: AsJson = False
) -> None:
    """Claim an action for five minutes, or renew your claim: nobody else decides on it meanwhile.

    JSON: the Action as it is afterwards.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        passing.claim(here, action)


@app.command(epilog=EPILOGUE)
def release(
    action: ActionId, *, url: Url, token: Token = "", token_file: TokenFile = None, as_json: AsJson = False
) -> None:
    """Give your claim up. JSON: the Action as it is afterwards."""
    with desk(Place(url, token, token_file, as_json)) as here:
        passing.release(here, action)


@app.command(epilog=EPILOGUE)
def hand_over(
    action: ActionId,
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    to: Annotated[str, typer.Option("--to", metavar="NAME", help="Who shall decide on it.")],
    note: Annotated[
        str, typer.Option("--note", help="What they should know; it is kept in the ledger.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Hand an action over to another reviewer, who must be able to decide on it.

    It is theirs for five minutes; in their queue it says by whom it came.
    JSON: the Action as it is afterwards.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        passing.hand_over(here, action, to, note)


@app.command(epilog=EPILOGUE)
def escalate(  # each is an option of the command
    action: ActionId,
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    reason: Reason = "",
    tier: Annotated[
        int | None, typer.Option("--tier", min=1, max=3, help="Whom to ask; the next tier up if not said.")
    ] = None,
    group: Annotated[str, typer.Option("--group", help="The group of which they must be.")] = "",
    as_json: AsJson = False,
) -> None:
    """Ask somebody of a higher tier, or of a group, besides; it needs a reason.

    All that the action took before still takes, and its deadline stays. JSON: the Action as it is afterwards.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        passing.escalate(here, action, tier, group, reason)


@app.command(epilog=EPILOGUE)
def stop(
    target: Annotated[str, typer.Argument(metavar="ACTION|JOB", help="A job's id, or that of its action.")],
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    reason: Reason = "Stopped from the terminal",
    as_json: AsJson = False,
) -> None:
    """Stop a job.

    No further step of it starts, and what waits is stopped. JSON: the Job as it is afterwards.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        here.stop(target, reason)


@app.command(epilog=EPILOGUE)
def undo(
    action: ActionId,
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    reason: Reason = "Undone from the terminal",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Show what an undo would do, ask, and undo.

    The target is read as it is now, and exactly what was shown is proposed: an action of
    its own, with its own decision. JSON: that Action.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        here.undo(action, reason, Asked(yes))


@app.command(epilog=EPILOGUE)
def reconcile(
    action: ActionId,
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    happened: Annotated[
        bool, typer.Option("--happened/--did-not-happen", help="What you found at the other side.")
    ],
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Say what became of an attempt of unknown outcome; it needs a reason.

    Look at the system behind the connector first: nothing is sent again. It takes the tier that
    the action took, and never the agent's owner. JSON: the Action as it is afterwards.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        here.reconcile(action, reason, happened=happened)


@app.command(epilog=EPILOGUE)
def stop_agent(
    agent: AgentName,
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Stop an agent; it needs a reason.

    All its jobs are stopped, and it may propose nothing more. JSON: the Agent as it is afterwards.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        here.stop_agent(agent, reason)


@app.command(epilog=EPILOGUE)
def resume_agent(
    agent: AgentName,
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Let a stopped agent go on; it needs a reason, and an ops lead or administrator.

    What was stopped stays stopped. JSON: the Agent as it is afterwards.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        here.resume_agent(agent, reason)


for _of_leads in (leading.budgets, leading.budget, leading.oversight):
    app.command(epilog=EPILOGUE)(_of_leads)


@app.command(epilog=EPILOGUE)
def trust_log(
    *,
    url: Url,
    token: Token = "",
    token_file: TokenFile = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Accept the ledger as it is now, after an alarm that somebody explained to you.

    What this device knew of it is set aside, its evidence stays, and the next contact is as the first.
    JSON: {"alarm": what stood, or null}.
    """
    with desk(Place(url, token, token_file, as_json)) as here:
        origin = here.backend.me().origin
        here.trust_log(notebook_at(origin), Asked(yes))
        forget_replicas(origin)
