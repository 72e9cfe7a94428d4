"""Approving like actions together from a terminal: by the same rule, with a count that has to be typed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lineclear.application.deciding.reviewing import Looked
from lineclear.application.reading.contents import AlteredError, Contents
from lineclear.cli.changes import compare
from lineclear.cli.exits import Exit
from lineclear.cli.rendering import BLANK, STRONG, Row, heading, rows_of, words
from lineclear.cli.reviewing import Desk, NotDone, Problem
from lineclear.domain.actions import Action
from lineclear.domain.bulk import MOST, SENTENCES, Bulk, Hindrance, LeftOut, together, totals
from lineclear.domain.refusals import Refusal
from lineclear.domain.vocabulary import ActionStatus, Verdict
from lineclear.wire.messages import View

_PAGE = MOST + 20


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one approval: the action, or why it was refused."""

    id: str
    action: Action | None = None
    refused: Problem | None = None


def approve_together(here: Desk, sifting: str, count: int | None) -> None:
    """Show what fits the filter and may be approved together, ask for its number, and sign each by itself.

    `count` stands for the number that would be typed. One that is refused takes no other along.
    """
    page = here.backend.actions(View.WAITING, sifting=sifting, limit=_PAGE)
    contents: dict[str, Contents] = {}
    found = [_read(here, one, contents) for one in page.items if one.status is ActionStatus.PENDING]
    unread = frozenset(one.id for one in found if one.id not in contents)
    me = here.backend.me()
    bulk = together(found, me.subject, here.clock.now(), unread=unread)
    here.screen.show(_rows(bulk, contents))
    if not bulk.may_be_decided:
        raise NotDone(
            "nothing_together",
            "There are not two actions that may be approved together.",
            "Narrow the filter to one capability, such as 'capability:close_tickets tier:1'.",
            Exit.REFUSED,
        )
    here.watch(me)
    _confirm(here, len(bulk.included), count)
    results = _decide(here, bulk.included)
    refused = [one for one in results if one.refused is not None]
    here.screen.answer({"items": results, "left_out": _left(bulk)}, tuple(_told(results)))
    if refused:
        raise NotDone(
            "partly_refused",
            f"{len(refused)} of {len(results)} were refused; the others are recorded.",
            "Look at each of them with `lineclear review show`.",
            Exit.REFUSED,
        )


def _read(here: Desk, listed: Action, contents: dict[str, Contents]) -> Action:
    """The action as it is now; its contents are at hand unless they are missing or altered."""
    try:
        detail, opened = here.read(listed.id)
    except AlteredError:
        return listed
    if not opened.missing:
        contents[detail.action.id] = opened
    return detail.action


def _confirm(here: Desk, wanted: int, count: int | None) -> None:
    typed = str(count) if count is not None else here.prompt(_question(wanted)) if here.prompt else None
    if typed is None:
        raise NotDone(
            "confirmation_impossible",
            "There is no terminal to ask on.",
            "Look at the list, then repeat the command with --count and how many there are.",
            Exit.USAGE,
        )
    if typed.strip() != str(wanted):
        raise NotDone(
            "declined",
            f"Nothing was sent: {wanted} would be approved, not {typed.strip() or 'none'}.",
            "Repeat the command when you have decided.",
            Exit.REFUSED,
        )


def _question(wanted: int) -> str:
    return f"Type how many are approved ({wanted}), or Enter to leave:"


def _decide(here: Desk, actions: Sequence[Action]) -> list[Result]:
    reviewer, results = here.reviewer(), []
    for action in actions:
        try:
            decided = reviewer.decide(action, Verdict.APPROVE, looked=Looked(bulk=len(actions)))
        except Refusal as refusal:
            problem = Problem(refusal.code, refusal.sentence, refusal.remedy, refusal.params)
            results.append(Result(action.id, refused=problem))
        else:
            results.append(Result(action.id, decided))
    return results


def _rows(bulk: Bulk, contents: dict[str, Contents]) -> Iterator[Row]:
    yield heading(f"Approved together: {len(bulk.included)}")
    for action in bulk.included:
        amount = f", {action.amount} {action.currency}" if action.amount else ""
        yield from rows_of(f"{action.id}  ", f"{action.title}{amount}", STRONG)
        opened = contents[action.id]
        yield from compare(opened.before, opened.after, action.shape).rows
        if action.undo.loses:
            yield from rows_of("! ", f"An undo does not bring back: {action.undo.loses}")
    sums = ", ".join(f"{total:f} {currency}" for currency, total in totals(bulk.included))
    if sums:
        yield Row("in all   ", words(sums))
    if bulk.left_out:
        yield BLANK
        yield heading(f"Left out: {len(bulk.left_out)}")
    for one in bulk.left_out:
        yield from rows_of(f"{one.action.id}  ", one.action.title)
        yield Row("    ", words(_why(one)))
    yield BLANK


def _told(results: Sequence[Result]) -> Iterator[Row]:
    for one in results:
        if one.refused is not None:
            yield from rows_of("! ", f"{one.id}: {one.refused.sentence} {one.refused.remedy}")
        elif one.action is not None:
            yield Row("", words(f"{one.id}: approved ({one.action.status})"))


def _why(one: LeftOut) -> str:
    return "; ".join(SENTENCES[because] for because in Hindrance if because in one.because)


def _left(bulk: Bulk) -> list[dict[str, object]]:
    return [{"id": one.action.id, "because": list(one.because)} for one in bulk.left_out]
