"""Passing an action on: who can have it or be asked besides, and who was. Pure: free of Qt and I/O."""

from __future__ import annotations

from lineclear.application.deciding.escalating import place_of, why_not_escalated
from lineclear.application.deciding.handing import why_not_to
from lineclear.desktop.presenters.review.around import Viewer
from lineclear.desktop.presenters.review.passing_sheets import PlaceChoice
from lineclear.desktop.presenters.sheets import Line, Mark, Notice, NoticeKind, Words
from lineclear.domain.actions import Action, Escalated
from lineclear.domain.policy.stages import Place
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus, Tier
from lineclear.domain.wording import say


def receivers(action: Action, viewer: Viewer) -> tuple[str, ...]:
    """Everybody to whom this person could hand it now, by name."""
    if viewer.person is None or action.status is not ActionStatus.PENDING:
        return ()
    giver, people = viewer.person.id, viewer.around.people.values()
    return tuple(sorted(one.id for one in people if not why_not_to(action, one, giver, viewer.now)))


def places(action: Action, viewer: Viewer) -> tuple[PlaceChoice, ...]:
    """Whom this person can ask besides now: the tiers above, and groups in which somebody could answer."""
    if viewer.person is None or action.status is not ActionStatus.PENDING:
        return ()
    people = tuple(viewer.around.people.values())
    groups = sorted({group for one in people for group in one.groups})
    wanted = [Place(1, tier) for tier in Tier if tier > action.tier]
    wanted += [Place(1, None, group) for group in groups]
    found = {place_of(action, one): one for one in wanted}
    return tuple(
        PlaceChoice(_choice(place), int(one.tier or 0), one.group)
        for place, one in found.items()
        if not why_not_escalated(action, place, people, viewer.now)
    )


def escalated_lines(action: Action) -> tuple[Line, ...]:
    """Who is asked besides, and by whom or why."""
    return tuple(
        Line(Mark.ATTENTION, say("Escalated to {place}", place=_asked(one.to)), _because(one))
        for one in action.escalated
    )


def escalated_about(action: Action) -> str:
    """What the queue says of an escalation: who is asked now; empty where there is none."""
    if not action.escalated or action.status is not ActionStatus.PENDING:
        return ""
    return say("escalated to {place}", place=_asked(action.escalated[-1].to))


def _asked(place: Place) -> str:
    tier, group = int(place.tier or 0), paintable(place.group).text
    if not group:
        return say("tier {tier}", tier=tier)
    return say("tier {tier} of group {group}", tier=tier, group=group)


def _choice(place: Place) -> str:
    """The same, where it stands by itself."""
    tier, group = int(place.tier or 0), paintable(place.group).text
    return (
        say("Tier {tier} of group {group}", tier=tier, group=group)
        if group
        else say("Tier {tier}", tier=tier)
    )


def _because(one: Escalated) -> Words:
    if one.by:
        return paintable(say("by {name}: {reason}", name=one.by, reason=one.reason))
    if one.stage:
        return say("by policy: stage {stage} was not met in time", stage=one.stage)
    return say("by policy: it was not decided in time")


def handed_notice(action: Action, viewer: Viewer) -> Notice | None:
    """Over the action, for whom it was handed to: by whom, and what they said."""
    handed = action.attention.handed
    if handed is None or action.status is not ActionStatus.PENDING or not _is_mine(action, viewer):
        return None
    title = say("Handed to you by {name}", name=paintable(handed.by).text)
    return Notice(NoticeKind.INFO, title, paintable(handed.note))


def handed_about(action: Action, viewer: Viewer) -> str:
    """What the queue says of a hand-over; empty where there is none."""
    handed = action.attention.handed
    if handed is None or action.status is not ActionStatus.PENDING:
        return ""
    if not _is_mine(action, viewer):
        return say("handed to {receiver} by {giver}", receiver=handed.to, giver=handed.by)
    if handed.note:
        return say("handed to you by {name}: {note}", name=handed.by, note=handed.note)
    return say("handed to you by {name}", name=handed.by)


def _is_mine(action: Action, viewer: Viewer) -> bool:
    handed = action.attention.handed
    return handed is not None and viewer.person is not None and viewer.person.id == handed.to
