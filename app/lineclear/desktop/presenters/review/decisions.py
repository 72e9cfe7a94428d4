"""What can be decided about an action, and why not where it cannot. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from lineclear.application.agents.agents_word import NO_EDIT, can, is_outside
from lineclear.application.executing.inside import ends_job, is_inside, raises_day
from lineclear.application.reading.answers import Detail
from lineclear.application.reading.formats import local_time, short_digest
from lineclear.application.reading.questions import GOING, HAS_RUN, is_without_record
from lineclear.desktop.presenters.changes.differences import Heading, changes_sheet
from lineclear.desktop.presenters.changes.three_states import three_states
from lineclear.desktop.presenters.review.around import Viewer
from lineclear.desktop.presenters.review.passing import places, receivers
from lineclear.desktop.presenters.review.reasons import condition_words
from lineclear.desktop.presenters.saying import said_all
from lineclear.desktop.presenters.sheets import ButtonSheet, DecisionSheet, Sign, Tone, UndoSheet, Words
from lineclear.domain.actions import Action
from lineclear.domain.confirming import confirm_words
from lineclear.domain.effects import Effect, Preview
from lineclear.domain.identities import Person
from lineclear.domain.instances import Ability
from lineclear.domain.standing import standing_for
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus, Tier
from lineclear.domain.wording import marked, say

REJECT_REASONS = (
    marked("Wrong target"),
    marked("Wrong amount"),
    marked("Not enough evidence"),
    marked("Against policy"),
    marked("Ask me first"),
)
_NOT_RAISED = (
    marked("Enough was spent"),
    marked("It goes in circles"),
    marked("The goal is reached"),
    marked("Ask me first"),
)
_DECIDE = frozenset({"review.approve", "review.edit", "review.reject"})
_IN_THE_WAY = marked("; fields marked ! stand in the way.")
_KEEPS_LIMIT = marked("Rejecting keeps the limit for today: what would pass it waits until 00:00 UTC.")
_KEEPS_JOB = marked("Rejecting keeps the limit; the job goes on within it.")
_ENDS_JOB = marked("Rejecting ends the job; what still waits of it is stopped.")


def decision_sheet(detail: Detail, viewer: Viewer) -> DecisionSheet:
    """The buttons that fit the action's state; a disabled one says why."""
    action = detail.action
    inside = is_inside(action)
    version = (
        say(" · policy v{policy_version}", policy_version=action.judged.policy_version)
        if action.judged
        else ""
    )
    digest = short_digest(action.content.payload)
    return DecisionSheet(
        buttons=tuple(_buttons(detail, viewer)),
        digest=say("payload {digest}{version}", digest=digest, version=version),
        brief=f"{digest} · v{action.judged.policy_version}" if action.judged else digest,
        reject_reasons=said_all(_NOT_RAISED if inside else REJECT_REASONS),
        reject_text=_reject_text(action),
        reconcile_text=_reconcile_text(action) if action.status is ActionStatus.UNKNOWN else "",
        stop_text=_stop_text(detail),
        confirm=_confirm(action),
        receivers=receivers(action, viewer),
        places=places(action, viewer),
    )


def _reject_text(action: Action) -> str:
    if is_inside(action):
        if ends_job(action):
            return say(_ENDS_JOB)
        return say(_KEEPS_LIMIT) if raises_day(action) else say(_KEEPS_JOB)
    return "" if can(action, Ability.EDIT) else say(NO_EDIT)


def _buttons(detail: Detail, viewer: Viewer) -> Iterator[ButtonSheet]:
    action = detail.action
    if action.status is ActionStatus.PENDING:
        why_not = _why_not_decide(detail, viewer)
        reject = _reject_title(action)
        yield ButtonSheet("review.approve", say("Approve"), Tone.OK, viewer.approving_off or why_not)
        if not action.undoes and not is_inside(action) and can(action, Ability.EDIT):
            yield ButtonSheet("review.edit", say("Edit"), why_not=_why_not_edit(detail, viewer))
        yield ButtonSheet("review.reject", reject, why_not=why_not)
        yield from _attending(detail, viewer)
    if action.status is ActionStatus.UNKNOWN:
        why_not = _why_not_reconcile(action, viewer)
        yield ButtonSheet("review.reconcile", say("Reconcile"), Tone.ACCENT, why_not)
    if action.status in HAS_RUN and not action.undoes and can(action, Ability.UNDO):
        yield ButtonSheet("review.undo", say("Undo"), why_not=viewer.approving_off or _why_not_undo(action))
    if detail.job.status in GOING:
        yield ButtonSheet("review.stop_job", say("Stop job"))
    if action.status is ActionStatus.PENDING:
        yield from _passing_on(detail, viewer)


def withheld(sheet: DecisionSheet, why_not: str) -> DecisionSheet:
    """The same buttons where a decision was taken already: nothing is left to decide."""
    if not why_not:
        return sheet
    held = (replace(one, why_not=why_not) if one.command in _DECIDE else one for one in sheet.buttons)
    return replace(sheet, buttons=tuple(held))


def _reject_title(action: Action) -> str:
    if is_inside(action) and not ends_job(action):
        return say("Reject and keep the limit")
    return say("Reject and end the job") if is_inside(action) else say("Reject")


def undo_sheet(
    action: Action, preview: Preview | None, effect: Effect | None, now: datetime | None = None
) -> UndoSheet | None:
    """What taking it back would do; without a preview yet, what is known beforehand."""
    if action.status is not ActionStatus.SUCCEEDED or action.undoes or not can(action, Ability.UNDO):
        return None
    if preview is None:
        return UndoSheet(paintable(action.title), say("Reading the target as it is now…"))
    if not preview.undo.possible:
        return _moved_sheet(preview, effect)
    heading = Heading(say("What the undo changes"), now=now)
    changes = changes_sheet(preview.before, preview.after, preview.shape, heading)
    said = [
        _drift_text(preview),
        say("Not brought back: {loses}.", loses=preview.undo.loses) if preview.undo.loses else "",
    ]
    return UndoSheet(paintable(preview.title), paintable(" ".join(filter(None, said))), changes)


def _drift_text(preview: Preview) -> str:
    """What others did since beside what is taken back."""
    if not preview.moved:
        return say("The target is as this action left it.")
    return say("Others changed this since, and it stays: {moved}.", moved=", ".join(preview.moved))


def _moved_sheet(preview: Preview, effect: Effect | None) -> UndoSheet:
    """Three states side by side: an undo would write over what others did since, so there is none."""
    target = f"{preview.target.kind} {preview.target.id}"
    changes = three_states(effect, preview) if effect is not None else None
    marked = changes is not None and any(one.sign is Sign.CONFLICT for one in changes.rows)
    text = say(
        "It cannot be undone: {target} changed after this action, and an undo could "
        "overwrite that. Propose a new action that sets it right{in_the_way}",
        target=target,
        in_the_way=say(_IN_THE_WAY) if marked else ".",
    )
    said = preview.undo.loses or say("changed since: {moved}", moved=", ".join(preview.moved))
    why_not = paintable(said[:1].upper() + said[1:]).text
    return UndoSheet(paintable(preview.title), paintable(text), changes, why_not)


def _reconcile_text(action: Action) -> Words:
    if is_outside(action):
        ask = say("Ask who runs {agent}, or look at what it would have changed.", agent=action.agent)
        return paintable(say("{ask} The answer is final; nothing is sent again.", ask=ask))
    key = action.run.key if action.run is not None else ""
    said = say(
        "Look it up in {connector}: its key is {key}. The answer is final; nothing is sent again.",
        connector=action.connector,
        key=key,
    )
    return paintable(said)


def _why_not_decide(detail: Detail, viewer: Viewer) -> str:
    if viewer.person is None:
        return say("You are not enrolled as a reviewer.")
    return _not_counted(detail.action, viewer.person) or _not_yet(detail, viewer.person, viewer)


def _why_no_authority(detail: Detail, viewer: Viewer) -> str:
    """Why they could not decide on it whatever was decided so far."""
    if viewer.person is None:
        return say("You are not enrolled as a reviewer.")
    return _owns(detail.action, viewer.person) or _not_yet(detail, viewer.person, viewer)


def _owns(action: Action, person: Person) -> str:
    if action.owner != person.id:
        return ""
    return say("You own agent {agent}; your decision never counts for its actions.", agent=action.agent)


def _not_counted(action: Action, person: Person) -> str:
    """Why this person's decision would never count."""
    if owns := _owns(action, person):
        return owns
    if action.proposer == f"person/{person.id}":
        return say("You asked for this undo; somebody else must clear it.")
    if any(vote.person == person.id for vote in action.votes):
        return say("You have decided; another person must.")
    return ""


def _not_yet(detail: Detail, person: Person, viewer: Viewer) -> str:
    """What is missing for it."""
    stands = standing_for(person, detail.action, viewer.now)
    is_staged = detail.action.judged is not None and detail.action.judged.stages
    if not is_staged and stands.tier < detail.action.tier:
        return _lower(detail.action, stands.tier)
    missing = [condition_words(one) for one in detail.conditions if not one.met]
    return say("Missing: {missing}", missing=missing[0]) if missing else claimed_text(detail.action, viewer)


def _passing_on(detail: Detail, viewer: Viewer) -> Iterator[ButtonSheet]:
    """Others shall have it, or look as well; last, so that what decides keeps its place."""
    action = detail.action
    not_mine = claimed_text(action, viewer)
    if viewer.person is None or viewer.person.id == action.owner:
        not_mine = _why_not_decide(detail, viewer)
    nobody = "" if receivers(action, viewer) else say("Nobody else may decide on it now.")
    yield ButtonSheet("review.hand_over", say("Hand over"), why_not=not_mine or nobody)
    nobody = "" if places(action, viewer) else say("Nobody else could be asked.")
    is_reviewer = viewer.person is not None
    yield ButtonSheet(
        "review.escalate", say("Escalate"), why_not=nobody if is_reviewer else _why_not_decide(detail, viewer)
    )


def _attending(detail: Detail, viewer: Viewer) -> Iterator[ButtonSheet]:
    """Claim and question; a question waits for its answer before the next."""
    action, person = detail.action, viewer.person
    holder = action.attention.holder(viewer.now)
    is_mine = person is not None and holder == person.id
    why_not = _why_no_authority(detail, viewer)
    yield ButtonSheet("review.claim", say("Release") if is_mine else say("Claim"), why_not=why_not)
    if not action.undoes and not is_inside(action):
        asked = action.attention.open_question
        waits = say("The agent was asked by {by} and has not answered.", by=asked.by) if asked else ""
        not_enrolled = "" if person is not None else say("You are not enrolled as a reviewer.")
        yield ButtonSheet("review.ask", say("Ask"), why_not=paintable(not_enrolled or waits).text)


def claimed_text(action: Action, viewer: Viewer) -> str:
    """Who else is looking at it, and until when; nothing where nobody else is."""
    holder = action.attention.holder(viewer.now)
    if not holder or (viewer.person is not None and viewer.person.id == holder):
        return ""
    until = local_time(action.attention.until, viewer.now)
    return paintable(
        say(
            "{holder} is reviewing it until {until}; afterwards you can take it over.",
            holder=holder,
            until=until,
        )
    ).text


def _why_not_edit(detail: Detail, viewer: Viewer) -> str:
    action, person = detail.action, viewer.person
    if person is None or person.id == action.owner:
        return _why_not_decide(detail, viewer)
    if person.tier < action.tier:  # what is lent, and a glass, are for decisions alone
        return _lower(action, person.tier)
    return say("Its payload was erased.") if "payload" in detail.missing else claimed_text(action, viewer)


def _why_not_reconcile(action: Action, viewer: Viewer) -> str:
    person = viewer.person
    if person is None:
        return say("You are not enrolled as a reviewer.")
    if action.owner == person.id:
        return say("You own agent {agent}; your answer never counts for its actions.", agent=action.agent)
    return _lower(action, person.tier) if person.tier < action.tier else ""


def _lower(action: Action, own: Tier) -> str:
    return say("This takes tier {tier}; you are at tier {own}.", tier=int(action.tier), own=int(own))


def _why_not_undo(action: Action) -> str:
    if action.undone_by:
        return say("It was undone already.")
    if action.erased is not None:
        return say("What it did was erased; propose a new action that sets it right.")
    if is_without_record(action):
        return say("What it did was not recorded; propose a new action that sets it right.")
    if not action.undo.possible:
        return say("It cannot be undone: {loses}.", loses=action.undo.loses or say("it is final"))
    return ""


def _confirm(action: Action) -> Words:
    """Tier 3 asks for more than a key: the amount, else the target, typed."""
    if action.tier < Tier.THREE:
        return ""
    return confirm_words(action)


def _stop_text(detail: Detail) -> str:
    if not can(detail.action, Ability.STOP):
        return say(
            "No further call of this job may begin, and what waits is denied. A call that has begun goes on."
        )
    return say(
        "No further step of this job starts. {agent} is told, and what waits is stopped.",
        agent=detail.job.agent,
    )
