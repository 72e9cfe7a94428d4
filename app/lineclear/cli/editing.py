"""`lineclear review edit`: what it would change, what policy would say, then the revision. Free of HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from lineclear.application.deciding.editing import Edit
from lineclear.application.deciding.forms import Draft, pointer
from lineclear.application.reading.answers import EditPreview
from lineclear.application.reading.formats import counted
from lineclear.cli.changes import compare
from lineclear.cli.rendering import BLANK, Row, heading, rows_of
from lineclear.cli.reviewing import Asked, Desk
from lineclear.cli.sheets import decided_rows, title_rows
from lineclear.domain.actions import Action
from lineclear.domain.policy.reasons import Evaluation, ReasonEffect
from lineclear.domain.policy.wording import sentence
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json, StrictJsonError, parse
from lineclear.domain.vocabulary import Outcome

_WORDS: Final = {
    Outcome.ALLOW: "Policy allows it: it runs as soon as it is edited, without another decision.",
    Outcome.DENY: "Policy denies it; it cannot be edited like this.",
}


def edit(
    desk: Desk, identifier: str, sets: tuple[str, ...], file: Path | None, reason: str, asked: Asked
) -> None:
    """Show an edit with what it comes to, ask, and make the new revision. Raises Refusal."""
    detail, contents = desk.read(identifier)
    action = detail.action
    if asked.revision not in {None, action.revision}:
        raise Refusal(Code.REVISION_STALE, seen=asked.revision, current=action.revision)
    payload = contents.payload
    if not isinstance(payload, dict) or "arguments" not in payload:
        raise Refusal(Code.NOT_EDITABLE, action=action.id, problem="its payload holds no arguments")
    reviewer = desk.reviewer()
    before = payload["arguments"]
    draft = Draft(reviewer.contract(identifier), before)
    if file is not None:
        draft = replace(draft, arguments=_parsed(file.read_bytes()))
    draft = _drafted(draft, sets)
    wanted = Edit(draft.sent(), action.revision, reason)
    preview = reviewer.preview_edit(identifier, wanted)
    desk.screen.show((*_rows(action, before, draft.arguments, preview), BLANK))
    _require(draft, preview)
    desk.confirm(f"Make revision {action.revision + 1} as shown?", asked)
    edited = reviewer.edit(identifier, wanted)
    desk.screen.answer(edited, decided_rows(edited))


def _parsed(content: bytes) -> Json:
    try:
        return parse(content)
    except StrictJsonError as error:
        raise Refusal(Code.BODY_INVALID, problem=error) from None


def _drafted(draft: Draft, sets: tuple[str, ...]) -> Draft:
    """The draft with each NAME=VALUE in its place, read as that place asks for."""
    for one in sets:
        name, equals, text = one.partition("=")
        path = pointer(name)
        if not equals:
            raise Refusal(Code.BODY_INVALID, problem=f"{one!r} is not NAME=VALUE")
        try:
            draft = draft.typed(path, text)
        except KeyError:
            raise Refusal(Code.BODY_INVALID, problem=f"there is no place {name!r} in the arguments") from None
        if path in draft.unread:
            raise Refusal(Code.BODY_INVALID, problem=f"{name} {draft.unread[path][1]}")
    return draft


def _require(draft: Draft, preview: EditPreview) -> None:
    if preview.problems:
        place, words = min(preview.problems.items())
        problem = f"{place[1:] or 'the arguments'} {words}"
        raise Refusal(Code.ARGUMENTS_INVALID, tool=draft.contract.tool, problem=problem, **preview.problems)
    if preview.problem:
        raise Refusal(Code.ARGUMENTS_INVALID, tool=draft.contract.tool, problem=preview.problem)


def _rows(action: Action, before: Json, after: Json, preview: EditPreview) -> Iterator[Row]:
    yield from title_rows(action)
    yield BLANK
    yield heading("Proposed, and as you edited it")
    yield from compare(before, after, "fields").rows
    if preview.preview is not None:
        yield heading("What it would change")
        yield from compare(preview.preview.before, preview.preview.after, preview.preview.shape).rows
    if preview.evaluation is not None:
        yield heading("What policy would say")
        yield from _judged(preview.evaluation)


def _judged(evaluation: Evaluation) -> Iterator[Row]:
    people = counted(max(1, evaluation.approvals), "approver")
    asks = f"It needs {people} at tier {int(evaluation.tier or 1)}; earlier votes are void."
    yield from rows_of("    ", _WORDS.get(evaluation.outcome, asks))
    for reason in evaluation.reasons:
        if reason.effect in (ReasonEffect.ASK, ReasonEffect.DENY):
            yield from rows_of("    - ", sentence(reason))
