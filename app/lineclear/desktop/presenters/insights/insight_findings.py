"""What stands out in how people decided, in sentences. Pure: free of Qt and of I/O.

A sentence says what its figures support and no more: what was missed or overturned is told however few there
were, a habit or a share only of `FEWEST` decisions and more.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lineclear.application.reading.answers import Oversight, ReviewFigures
from lineclear.application.reading.queue_query import State
from lineclear.desktop.presenters.insights.insight_sheets import Finding, Way
from lineclear.desktop.presenters.insights.insight_words import (
    by_capability,
    by_person,
    lasting,
    together,
    way_to_capability,
    way_to_person,
)
from lineclear.desktop.presenters.sheets import Line, Mark
from lineclear.domain.text import paintable
from lineclear.domain.wording import say, say_n

FEWEST: Final = 10
"""Decisions below which nothing is said of a habit or a share."""
SHORT_PARTS: Final = 4
"""One approval in so many after a short look stands out; likewise below."""
WRONG_PARTS: Final = 10
DIFFERED_PARTS: Final = 4
_EDITED_PARTS: Final = 4
_LONGER: Final = 3
"""Times the median of all together."""
_MOST_OF_ALL: Final = (7, 10)


def findings(found: Oversight) -> tuple[Finding, ...]:
    """What asks for attention first, then what cannot be told; one line where nothing stands out."""
    everybody = together(found)
    if everybody.decided < FEWEST and not _is_alarming(everybody):
        return (_too_few(),)
    told = tuple(_of_everything(found, everybody))
    few = tuple(_few_each(found))
    if told:
        return (*told, *few)
    return (_nothing(), *few)


def _is_alarming(everybody: ReviewFigures) -> bool:
    return bool(everybody.canaries_missed or everybody.overturned)


def _of_everything(found: Oversight, everybody: ReviewFigures) -> Iterator[Finding]:
    people, capabilities = by_person(found), by_capability(found)
    for one in people:
        yield from _missed(one, found.since)
    for one in people:
        yield from _overturned(one, found.since)
    for one in people:
        yield from _habits(one, found.since)
    for one in capabilities:
        yield from _differed(one)
        yield from _went_wrong(one)
        yield from _edited(one)
        yield from _waits(one, everybody)
    if len(people) > 1:
        for one in people:
            yield from _carries(one, everybody, found.since)


def _missed(one: ReviewFigures, since: str) -> Iterator[Finding]:
    if one.canaries_missed:
        count = one.canaries_caught + one.canaries_missed
        says = say_n(
            "{person} approved {missed:,} of {count:,} canary: an action made to be wrong.",
            "{person} approved {missed:,} of {count:,} canaries: actions made to be wrong.",
            count,
            person=one.person,
            missed=one.canaries_missed,
        )
        advice = say("Look at what they approved around it, and go through one together.")
        yield _finding(f"missed:{one.person}", Mark.REFUSED, says, advice, way_to_person(one.person, since))


def _overturned(one: ReviewFigures, since: str) -> Iterator[Finding]:
    if one.overturned:
        says = say_n(
            "A second look rejected {count:,} action that {person} had approved.",
            "A second look rejected {count:,} actions that {person} had approved.",
            one.overturned,
            person=one.person,
        )
        advice = say("Compare both decisions: the reasons of the rejection are with them.")
        yield _finding(
            f"overturned:{one.person}", Mark.REFUSED, says, advice, way_to_person(one.person, since)
        )


def _habits(one: ReviewFigures, since: str) -> Iterator[Finding]:
    """Who approved all there was in little time, or often in less than there was to read."""
    if one.approved < FEWEST:
        return
    way = way_to_person(one.person, since)
    is_short = one.hasty * SHORT_PARTS >= one.approved
    if is_short and not one.rejected and one.dwell_ms.known >= FEWEST:
        says = say(
            "{person} approved {approved:,} and rejected none, at a median of {median}; {short:,} looks were"
            " short for what there was to read.",
            person=one.person,
            approved=one.approved,
            median=lasting(one.dwell_ms.median / 1_000),
            short=one.hasty,
        )
        advice = say("Ask whether these need a person at all, or share them among more people.")
        yield _finding(f"habit:{one.person}", Mark.ATTENTION, says, advice, way)
    elif is_short:
        says = say(
            "{person} approved {approved:,}, of which {short:,} after a look that was short for what there"
            " was to read.",
            short=one.hasty,
            person=one.person,
            approved=one.approved,
        )
        advice = say("See which capabilities they were, and whether too much waited at once.")
        yield _finding(f"short:{one.person}", Mark.ATTENTION, says, advice, way)


def _differed(one: ReviewFigures) -> Iterator[Finding]:
    if one.second_looks >= FEWEST and one.differed * DIFFERED_PARTS >= one.second_looks:
        says = say(
            "Of {looks:,} second looks at {capability}, {differed:,} rejected what was approved before.",
            looks=one.second_looks,
            capability=one.capability,
            differed=one.differed,
        )
        advice = say("Reviewers do not agree here: write down what makes one of these right.")
        yield _of_capability("differed", one, says, advice)


def _went_wrong(one: ReviewFigures) -> Iterator[Finding]:
    wrong = one.undone + one.failed
    if one.approved >= FEWEST and wrong * WRONG_PARTS >= one.approved:
        says = say(
            "Of {approved:,} approvals of {capability}, {undone:,} were undone and {failed:,} failed.",
            approved=one.approved,
            capability=one.capability,
            undone=one.undone,
            failed=one.failed,
        )
        advice = say("Open them and see what they have in common; a rule may catch it earlier.")
        yield _of_capability("wrong", one, says, advice)


def _edited(one: ReviewFigures) -> Iterator[Finding]:
    if one.decided >= FEWEST and one.edited * _EDITED_PARTS >= one.decided:
        says = say(
            "People edited {edited:,} actions of {capability} and took {decided:,} decisions on it.",
            edited=one.edited,
            capability=one.capability,
            decided=one.decided,
        )
        advice = say("What they correct again and again, the agent could be told.")
        yield _of_capability("edited", one, says, advice)


def _waits(one: ReviewFigures, everybody: ReviewFigures) -> Iterator[Finding]:
    mine, all_ = one.queue_seconds, everybody.queue_seconds
    if mine.known >= FEWEST and all_.median and mine.median >= _LONGER * all_.median:
        says = say(
            "Half of the decisions on {capability} waited {median} or longer; all together, {all} or longer.",
            capability=one.capability,
            median=lasting(mine.median),
            all=lasting(all_.median),
        )
        advice = say("See what waits now, and who may decide it.")
        yield _of_capability("waits", one, says, advice, State.PENDING)


def _carries(one: ReviewFigures, everybody: ReviewFigures, since: str) -> Iterator[Finding]:
    parts, of = _MOST_OF_ALL
    if one.decided >= FEWEST and one.decided * of >= everybody.decided * parts:
        says = say(
            "{person} took {decided:,} of all {all:,} decisions.",
            person=one.person,
            decided=one.decided,
            all=everybody.decided,
        )
        advice = say("See who else could decide these; nobody decides well for long alone.")
        yield _finding(
            f"carries:{one.person}", Mark.ATTENTION, says, advice, way_to_person(one.person, since)
        )


def _few_each(found: Oversight) -> Iterator[Finding]:
    few = sum(0 < one.decided < FEWEST for one in by_person(found))
    if few:
        says = say_n(
            "{count:,} person took fewer than {fewest} decisions: too few to tell a habit from chance.",
            "{count:,} people took fewer than {fewest} decisions each: too few to tell a habit from chance.",
            few,
            fewest=FEWEST,
        )
        yield _finding("few", Mark.UNKNOWN, says, say("A longer stretch may tell more."), None)


def _too_few() -> Finding:
    says = say("Fewer than {fewest} decisions: too few to say what stands out.", fewest=FEWEST)
    return _finding("too-few", Mark.UNKNOWN, says, say("A longer stretch may tell more."), None)


def _nothing() -> Finding:
    says = say("Nothing stands out.")
    looked = say(
        "Looked for: canaries that were missed, second looks that differed, short looks, what was undone,"
        " failed or edited often, long waits, and whether one person decides most."
    )
    return _finding("nothing", Mark.MET, says, looked, None)


def _of_capability(
    kind: str, one: ReviewFigures, says: str, advice: str, state: State = State.ENDED
) -> Finding:
    way = way_to_capability(one.capability, state)
    return _finding(f"{kind}:{one.capability}", Mark.ATTENTION, says, advice, way)


def _finding(identifier: str, mark: Mark, says: str, advice: str, way: Way | None) -> Finding:
    return Finding(identifier, Line(mark, paintable(says), advice), way)
