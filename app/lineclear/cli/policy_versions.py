"""Policy at a terminal: what a text changes, bringing it into force, who did. Free of rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from lineclear.application.reading.answers import Policies, PolicyChange
from lineclear.application.reasons import require_reason
from lineclear.cli.connecting import Place, Token, TokenFile, Url, office
from lineclear.cli.exits import Exit
from lineclear.cli.office import Office
from lineclear.cli.options import AsJson, read_document
from lineclear.cli.rendering import ADDED, REMOVED, STRONG, Row, words
from lineclear.cli.reviewing import NotDone
from lineclear.domain.policy.differences import Difference, Direction

New = Annotated[Path, typer.Argument(help="The capability document that would come into force.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, in a sentence; it is kept in the ledger.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask again after showing what changes.")]

_STYLES = {Direction.STRICTER: ADDED, Direction.LOOSER: REMOVED, Direction.OTHER: ""}


def diff(
    *, file: New, url: Url, token: Token = "", token_file: TokenFile = None, as_json: AsJson = False
) -> None:
    """Say what a document would change about the policy in force, and whether that is stricter.

    JSON: {"expected": version in force, "changes": [{"path", "before", "after", "direction"}, …]}.
    """
    with office(Place(url, token, token_file, as_json)) as here:
        change = here.policies.compare(read_document(file), key=here.key())
        here.screen.answer(change, rows_of(change))


def activate(
    *,
    file: New,
    url: Url,
    reason: Reason = "",
    yes: Yes = False,
    token: Token = "",
    token_file: TokenFile = None,
    as_json: AsJson = False,
) -> None:
    """Bring a document into force, as an administrator or ops lead of tier 3; what changes is shown first.

    JSON: ActivePolicy.
    """
    place = Place(url, token, token_file, as_json)
    with office(place) as here:
        require_reason(reason, "Changing policy")
        text = read_document(file)
        change = here.policies.compare(text, key=here.key())
        here.screen.show(rows_of(change))
        if not yes:
            confirm(here, "Bring this into force?")
        active = here.policies.activate(text, expected=change.expected, reason=reason, key=here.key())
        said = f"Version {active.version} is in force, by {active.by}."
        here.screen.answer(active, [Row("", words(said, STRONG))])


def versions(*, url: Url, token: Token = "", token_file: TokenFile = None, as_json: AsJson = False) -> None:
    """List every version that was ever in force, newest first.

    JSON: {"versions": [{"version", "digest", "document", "by", "at", "reason"}, …], "document": the text}.
    """
    with office(Place(url, token, token_file, as_json)) as here:
        found = here.policies.versions()
        here.screen.answer(found, _listed(found))


def rows_of(change: PolicyChange) -> Iterator[Row]:
    """What would change, the looser first, because that is what has to be looked at."""
    order = (Direction.LOOSER, Direction.OTHER, Direction.STRICTER)
    yield Row("", words(_summed(change.changes, change.expected), STRONG))
    for one in sorted(change.changes, key=lambda one: (order.index(one.direction), one.path)):
        yield Row(f"{one.direction:<9}", words(f"{one.path}: {_values(one)}", _STYLES[one.direction]))


def _summed(changes: tuple[Difference, ...], expected: int) -> str:
    if not changes:
        return f"No rule differs from version {expected}, which is in force."
    counts = {way: sum(one.direction is way for one in changes) for way in Direction}
    said = ", ".join(f"{count} {way}" for way, count in counts.items() if count)
    return f"Against version {expected}, which is in force: {said}."


def _values(one: Difference) -> str:
    if not one.before:
        return f"{one.after} (new)"
    return f"{one.before} (gone)" if not one.after else f"{one.before} → {one.after}"


def _listed(found: Policies) -> Iterable[Row]:
    for number, one in enumerate(found.versions):
        mark = "in force" if number == 0 else ""
        said = f"{one.at[:16]}Z  {one.by}  {one.digest[:12]}  {one.reason}"
        yield Row(f"{one.version:>4}  {mark:<9}", words(said))


def confirm(here: Office, question: str) -> None:
    """A person at a terminal says yes; elsewhere --yes has to be given."""
    if here.ask is None:
        raise NotDone(
            "confirmation_impossible",
            "There is no terminal to ask on.",
            "Look at it with `lineclear policy diff`, then repeat the command with --yes.",
            Exit.USAGE,
        )
    if not here.ask(question):
        raise NotDone(
            "declined", "Nothing was changed.", "Repeat the command when you have decided.", Exit.REFUSED
        )
