"""What the terminal says of actions, jobs and safe mode, as rows. Free of rules, of I/O and of the clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from lineclear.application.agents.agents_word import NOT_KNOWN_BEFORE, is_outside
from lineclear.application.executing.inside import ends_job, is_asked_for, is_inside
from lineclear.application.executing.undo import moved_words
from lineclear.application.reading.answers import BudgetOfDay, Detail
from lineclear.application.reading.blind import BLIND, is_blind
from lineclear.application.reading.contents import Contents
from lineclear.application.reading.formats import (
    age_text,
    counted,
    dollars,
    due_text,
    erased_words,
    local_time,
    seconds_between,
)
from lineclear.application.reading.questions import HAS_RUN, answer_questions, standing_text
from lineclear.cli.changes import Changes, compare, payload_rows
from lineclear.cli.holding import (
    Around,
    budget_rows,
    held_rows,
    held_text,
    paused_rows,
    raising_rows,
    unknown_rows,
)
from lineclear.cli.rendering import BLANK, QUIET, STRONG, Row, caution, heading, rows_of, words
from lineclear.domain.actions import Action
from lineclear.domain.effects import Preview
from lineclear.domain.jobs import Job
from lineclear.domain.payloads import view_digest
from lineclear.domain.policy.reasons import ReasonEffect
from lineclear.domain.policy.stages import asked
from lineclear.domain.policy.wording import sentence, where
from lineclear.domain.vocabulary import ActionStatus, Verdict

_ASK_WIDTH: Final = 22
_MARK_WIDTH: Final = 9
_FIRST: Final = (ReasonEffect.DENY, ReasonEffect.ASK, ReasonEffect.INFO, ReasonEffect.ALLOW)
_STILL_PAUSED: Final = "the job is still paused at the limit shown"
_FOLDED: Final = "{number} folded; --unchanged lists them"


# -- one action --------------------------------------------------------------------------------------


def action_rows(
    detail: Detail, contents: Contents, around: Around, now: datetime, *, unchanged: bool, reader: str = ""
) -> Iterator[Row]:
    """One action, whole, for this reader: five questions, the change, payload, why, authority, evidence."""
    action = detail.action
    changes = _compared(action, contents)
    yield from _head(action, now)
    yield from held_rows(action, around, now)
    yield from raising_rows(detail, around)
    yield BLANK
    for ask, answer in answer_questions(detail, changes.said, now):
        yield from rows_of(ask.ljust(_ASK_WIDTH), answer)
    yield from _changes(action, contents, changes, now, unchanged=unchanged)
    if contents.proposed is not None and contents.payload is not None:
        edited = compare(contents.proposed, contents.payload, "").rows
        yield from _section(f"Proposed by the agent, and as {action.edited_by} edited it", edited)
    if contents.payload is not None:
        yield from _section("Payload, every field as it would be sent", payload_rows(contents.payload))
    yield from _section("Why it needs you", _reasons(action))
    yield from _section("Authority", _authority(detail, reader))
    yield from _section("Job", (*_job(detail.job), *paused_rows(detail.job, around)))
    yield from _section("Budgets today", budget_rows(detail.budgets))
    yield from _section("Checks before it runs", _checks(detail))
    yield from _section("Evidence", _evidence(action))
    yield from _section(
        "The agent's own words, unverified", rows_of("    ", action.note) if action.note else ()
    )
    yield from _section("Outcome", _outcome(action, now))


def _head(action: Action, now: datetime) -> Iterator[Row]:
    yield from title_rows(action)
    yield from rows_of("action   ", _byline(action, now))
    version = f", policy v{action.judged.policy_version}" if action.judged else ""
    yield Row("status   ", words(f"{action.id}, {_standing(action)}, revision {action.revision}{version}"))
    yield Row("payload  ", words(action.content.payload))
    yield Row("view     ", words(view_digest(action)))
    target = action.target.id if action.target else ""
    if action.status is ActionStatus.PENDING and (action.attention.handed or action.attention.holder(now)):
        yield from attention_rows(action, now)
    flags = caution(action.title, action.tool, action.agent, target)
    if flags:
        yield Row("! ", words(f"Look twice: {flags}"))
    if action.revision > 1:
        yield from rows_of(
            "! ", f"Revision {action.revision}, earlier votes are void: {action.revised_because}"
        )


def title_rows(action: Action) -> Iterator[Row]:
    """What the connector calls it."""
    yield from rows_of("title    ", _title(action), STRONG)


def _title(action: Action) -> str:
    return action.title or f"{action.tool} (text erased)"


def _byline(action: Action, now: datetime) -> str:
    target = f" on {action.target.kind} {action.target.id}" if action.target else ""
    proposer = action.proposer.partition("/")[2]
    is_asked = action.undoes or is_asked_for(action)
    who = f"asked for by {proposer}" if is_asked else f"proposed by {action.agent}"
    if is_inside(action) and not is_asked_for(action):
        who = f"asked for by Lineclear, for {action.agent}"
    age = age_text(seconds_between(action.proposed_at, now))
    return f"{action.capability} with {action.tool}{target}, {who} {age}"


def _standing(action: Action) -> str:
    if action.status is not ActionStatus.PENDING:
        return action.status.value
    needed = max(1, action.judged.approvals if action.judged else 1)
    votes = f", {len(action.votes)} of {needed} approvals" if needed > 1 else ""
    if action.needs_second_look:
        votes = ", drawn for a second look"
    return f"pending at tier {int(action.tier)}{votes}"


def _compared(action: Action, contents: Contents) -> Changes:
    if is_outside(action):
        rows = tuple(payload_rows(contents.after))
        return Changes(counted(len(rows), "argument"), (*rows, Row("! ", words(NOT_KNOWN_BEFORE))), ())
    if action.status in HAS_RUN and contents.effect is not None:
        return compare(contents.effect.before, contents.effect.after, action.shape)
    if contents.missing:
        return Changes("Unknown: its text was erased", (), ())
    return compare(contents.before, contents.after, action.shape)


def _changes(
    action: Action, contents: Contents, changes: Changes, now: datetime, *, unchanged: bool
) -> Iterator[Row]:
    target = f"{action.target.kind} {action.target.id}" if action.target else action.tool
    read = f", read {age_text(seconds_between(action.revised_at, now))}"
    title = f"Changed in {target}" if action.status in HAS_RUN else f"Changes to {target}{read}"
    if is_outside(action):
        title = f"Arguments of {action.target.id if action.target else action.tool}"
    yield from _section(title, (*changes.rows, *_folded(changes, unchanged=unchanged)))
    if contents.missing:
        yield from rows_of("! ", erased_words(action.erased, contents.missing, now))


def _folded(changes: Changes, *, unchanged: bool) -> Iterator[Row]:
    if unchanged:
        yield from changes.unchanged
    elif changes.unchanged:
        number = counted(len(changes.unchanged), "unchanged line")
        yield Row("= ", words(_FOLDED.format(number=number), QUIET))


def _section(title: str, rows: Iterable[Row]) -> Iterator[Row]:
    """A heading with its rows; nothing where there are none."""
    for number, row in enumerate(rows):
        if number == 0:
            yield BLANK
            yield heading(title)
        yield row


def _reasons(action: Action) -> Iterator[Row]:
    """Every rule that policy looked at: what decided first."""
    if action.judged is None:
        return
    for reason in sorted(action.judged.reasons, key=lambda one: _FIRST.index(one.effect)):
        version = f"{where(reason)}, policy v{action.judged.policy_version}"
        source = f" ({version})" if reason.line is not None else ""
        yield from rows_of(_mark(reason.effect), sentence(reason) + source)


def _mark(word: str) -> str:
    return f"  {word:<{_MARK_WIDTH}}"


def _authority(detail: Detail, reader: str) -> Iterator[Row]:
    for condition in detail.conditions:
        yield from rows_of(_mark("met" if condition.met else "MISSING"), condition.says)
    yield from escalated_rows(detail.action)
    if is_blind(detail.action, reader):
        yield from rows_of(_mark("second"), BLIND)
    for vote in () if is_blind(detail.action, reader) else detail.action.votes:
        did = "approved" if vote.verdict is Verdict.APPROVE else "rejected"
        reason = f": {vote.reason}" if vote.reason else ""
        yield from rows_of(_mark(did), f"by {vote.person} at tier {int(vote.tier)}{reason}")
    if detail.action.cleared_by == "policy":
        yield Row(_mark("cleared"), words("by policy, without a person"))


def _job(job: Job) -> Iterator[Row]:
    yield from rows_of(_mark("goal"), job.goal or "Text erased")
    yield Row(_mark("id"), words(f"{job.id}, {job.status} for {job.agent}"))
    yield Row(_mark("cost"), words(f"{dollars(job.cost_micros)} of {dollars(job.budget.cost_micros)}"))
    yield Row(_mark("steps"), words(f"{job.steps:,} of {job.budget.steps:,}"))


def _checks(detail: Detail) -> Iterator[Row]:
    if is_inside(detail.action):
        still = _STILL_PAUSED if ends_job(detail.action) else "the limit is still the one shown"
        yield Row("  ", words(f"Lineclear itself carries it out, if {still}"))
        return
    health = detail.health
    state = health.state.value.replace("_", " ") if health else "not probed yet"
    said = f": {health.detail}" if health and health.detail else ""
    yield from rows_of("  ", f"{detail.action.connector} connector {state}{said}")
    if detail.action.status is ActionStatus.PENDING and not is_outside(detail.action):
        yield Row("  ", words("Whether the target is still as it was read is checked when it starts"))


def _evidence(action: Action) -> Iterator[Row]:
    for one in action.evidence:
        yield from rows_of("  ", one.source)
        yield from rows_of("    ", one.excerpt, QUIET)


def _outcome(action: Action, now: datetime) -> Iterator[Row]:
    if action.ended_by:
        yield Row("  ", words(f"Ended by {action.ended_by}"))
    if action.run is not None:
        run = action.run
        said = run.reference or run.detail or "The start is on the ledger"
        ended = f", {local_time(run.ended_at, now)}" if run.ended_at else ""
        yield from rows_of("  ", f"{said}{ended}")
        yield Row("  ", words(f"Idempotency key {run.key}, attempt {run.attempt}"))
    yield from unknown_rows(action)
    if action.undoes:
        yield Row("  ", words(f"Takes back {action.undoes}"))
    if action.undone_by:
        yield Row("  ", words(f"Taken back by {action.undone_by}"))


# -- lists, undo, outcomes of commands ---------------------------------------------------------------


def list_rows(actions: Iterable[Action], now: datetime, *, more: bool, empty: str) -> Iterator[Row]:
    """Actions with where they stand and when they are due, or how long ago they ended."""
    listed = list(actions)
    for action in listed:
        badge = f"tier {int(action.tier)}" if action.status is ActionStatus.PENDING else action.status.value
        lead = f"{action.id}  {badge:<10} {_when(action, now):<11}"
        yield from rows_of(lead, _title(action), STRONG)
        about = f"{action.agent}: {'undo, ' if action.undoes else ''}{action.why or action.tool}"
        yield from rows_of(" " * len(lead), about)
        handed = action.attention.handed
        if handed is not None and action.status is ActionStatus.PENDING:
            note = f": {handed.note}" if handed.note else ""
            yield from rows_of(" " * len(lead), f"handed to {handed.to} by {handed.by}{note}")
        if action.held:
            yield Row(" " * len(lead), words(f"Waiting: {held_text(action)}"))
    if more:
        yield Row("", words("There are more: raise --limit (1,000 at most), or narrow it with --text."))
    elif not listed:
        yield Row("", words(empty))


def _when(action: Action, now: datetime) -> str:
    if action.status is not ActionStatus.PENDING:
        return age_text(seconds_between(action.updated_at, now))
    if not action.deadline:
        return "no limit"
    return f"due {due_text(-seconds_between(action.deadline, now))}"


def undo_rows(preview: Preview) -> Iterator[Row]:
    """What an undo would do to the target as it is now."""
    changes = compare(preview.before, preview.after, preview.shape)
    yield from rows_of("title    ", preview.title, STRONG)
    yield from rows_of("changes  ", f"{preview.target.kind} {preview.target.id}: {changes.said}")
    yield from changes.rows
    yield from _folded(changes, unchanged=False)
    if not preview.undo.possible:
        yield from rows_of("! ", f"It cannot be undone: {moved_words(preview)}")
        return
    if preview.undo.loses:
        yield from rows_of("! ", f"Not brought back: {preview.undo.loses}")
    if preview.moved:
        yield from rows_of("! ", f"Changed since by others, and it stays: {', '.join(preview.moved)}")


def today_rows(budgets: tuple[BudgetOfDay, ...]) -> Iterator[Row]:
    """What is left of today, of all that is limited."""
    if budgets:
        yield heading("Budgets today")
    else:
        yield Row("", words("No budget of the day is limited, or none was used today."))
    yield from budget_rows(budgets)


def decided_rows(action: Action) -> Iterator[Row]:
    """Where an action stands after a decision or a request."""
    said = "Recorded, waiting for others" if action.status is ActionStatus.PENDING else standing_text(action)
    yield Row("", words(f"{action.id}: {said} ({_standing(action)}, revision {action.revision})"))


def attention_rows(action: Action, now: datetime) -> Iterator[Row]:
    """Who has it, until when, and by whom it came."""
    attention, holder = action.attention, action.attention.holder(now)
    if holder:
        until = local_time(attention.until, now)
        yield Row("", words(f"{action.id} is claimed by {holder} until {until}"))
    elif action.status is ActionStatus.PENDING:
        yield Row("", words(f"{action.id} is claimed by nobody"))
    if attention.handed is not None:
        note = f": {attention.handed.note}" if attention.handed.note else ""
        yield from rows_of("  ", f"handed to {attention.handed.to} by {attention.handed.by}{note}")


def escalated_rows(action: Action) -> Iterator[Row]:
    """Who is asked besides, by whom or by policy."""
    for one in action.escalated:
        who = f"by {one.by}: {one.reason}" if one.by else "by policy, after it had waited"
        stage = f" for stage {one.stage}" if one.stage else ""
        yield from rows_of("  ", f"escalated to {asked(one.to)}{stage}, {who}")


def stopped_rows(job: Job) -> Iterator[Row]:
    """What became of a job that was stopped."""
    yield Row("", words(f"{job.id} of {job.agent} is {job.status}: no further step of it starts."))
