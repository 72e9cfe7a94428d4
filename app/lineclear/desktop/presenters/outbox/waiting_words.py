"""Decisions on this device in words. Pure: free of Qt, of I/O and of the clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from lineclear.application.deciding.outbox import Contents, Doing, Kept, Stage
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.reading.formats import local_time
from lineclear.desktop.presenters.outbox.waiting_sheets import AnswerRow, Offer, WaitingRow, WaitingSheet
from lineclear.desktop.presenters.refused import remedy_of, sentence_of
from lineclear.desktop.presenters.sheets import Tone, Words
from lineclear.domain.actions import Action
from lineclear.domain.offline import Bar, OfflineRule
from lineclear.domain.refusals import Code
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus
from lineclear.domain.wording import marked, say, say_n

_VERBS: Final = {
    Doing.APPROVE: marked("Approve"),
    Doing.REJECT: marked("Reject"),
    Doing.STOP: marked("Stop"),
}
_TONES: Final = {Doing.APPROVE: Tone.OK, Doing.REJECT: Tone.STOP, Doing.STOP: Tone.STOP}
_HERE: Final = {
    Doing.APPROVE: marked("Approved here, waiting to be sent"),
    Doing.REJECT: marked("Rejected here, waiting to be sent"),
    Doing.STOP: marked("Stopped here, waiting to be sent"),
}
_TAKEN: Final = {
    Doing.APPROVE: marked("Your approval was sent and recorded."),
    Doing.REJECT: marked("Your rejection was sent and recorded."),
    Doing.STOP: marked("The stop was sent; no further step of the job starts."),
}
_BARS: Final = {
    Bar.NEVER: marked("Nothing is approved here while the backend is away."),
    Bar.TIER: marked("While the backend is away, approve only up to tier {tier}."),
    Bar.UNCONFIRMED: marked("It was never confirmed by the backend, so it cannot be approved without it."),
    Bar.STALE: marked("The backend confirmed it more than {minutes} minutes ago; approve when it answers."),
}


def bar_text(bar: Bar | None, rule: OfflineRule) -> str:
    """Why an approval has to wait for the backend; empty where it need not."""
    return say(_BARS[bar], tier=rule.tier, minutes=rule.fresh_minutes) if bar is not None else ""


def ways_without(reviewer: Reviewer | None, action: Action) -> Mapping[str, str]:
    """By command, what can be decided about an action without the backend, or why it cannot be now."""
    if reviewer is None or not reviewer.dispatch.waits:
        return {}
    bar, rule = reviewer.dispatch.bar(action)
    return {"review.approve": bar_text(bar, rule), "review.reject": "", "review.stop_job": ""}


def words_here(contents: Contents) -> Mapping[str, str]:
    """By action, what was decided about it here and is not sent."""
    return {one.action: say(_HERE[one.doing]) for one in contents.waiting}


def waiting_sheet(contents: Contents, now: datetime, *, is_open: bool) -> WaitingSheet:
    """All of it, the newest answer first and what waits in its order."""
    answers = [one for one in reversed(contents.items) if one.stage is not Stage.WAITING]
    return WaitingSheet(
        say("Decisions on this device"),
        _summary(len(contents.waiting), answers),
        tuple(_waiting(one, now) for one in contents.waiting),
        tuple(map(_answer, answers)),
        _damaged(contents),
        is_open,
    )


def _summary(waiting: int, answers: list[Kept]) -> str:
    """Such as `2 wait to be sent · 3 sent, 1 refused`."""
    refused = sum(one.stage is Stage.REFUSED for one in answers)
    sent = len(answers) - refused
    told = (
        say_n("{count} sent", "{count} sent", sent) if sent else "",
        say_n("{count} refused", "{count} refused", refused) if refused else "",
    )
    waits = say_n("{count} waits to be sent", "{count} wait to be sent", waiting) if waiting else ""
    return " · ".join(filter(None, (waits, ", ".join(filter(None, told)))))


def _waiting(one: Kept, now: datetime) -> WaitingRow:
    when = say("decided {time}", time=local_time(one.taken_at, now))
    why_not = say("It may have reached the backend already.") if one.tries else ""
    verb, title = say(_VERBS[one.doing]), paintable(one.title)
    return WaitingRow(one.number, one.action, verb, _TONES[one.doing], title, when, why_not)


def _answer(one: Kept) -> AnswerRow:
    refusal, verb, title = one.refusal, say(_VERBS[one.doing]), paintable(one.title)
    if refusal is None:
        said: Words = say(_TAKEN[one.doing])
        return AnswerRow(one.number, one.action, verb, Tone.OK, title, said)
    return AnswerRow(
        one.number,
        one.action,
        verb,
        Tone.STOP,
        title,
        paintable(sentence_of(refusal)),
        paintable(remedy_of(refusal)),
        tuple(_offers(one)),
    )


def _offers(one: Kept) -> Iterator[Offer]:
    """A rejection after the start is a stop, or an undo, if somebody wants it."""
    if one.code == Code.REJECTION_LATE:
        is_over = one.params.get("status") == ActionStatus.SUCCEEDED
        yield Offer.UNDO if is_over else Offer.STOP
    yield Offer.OPEN


def _damaged(contents: Contents) -> Words:
    if not contents.damaged:
        return ""
    said = say_n(
        "{count} decision that waited here cannot be read: {files}. It was left as it is. Bring the file "
        "back from a backup; or move it away, look at its action and decide again.",
        "{count} decisions that waited here cannot be read: {files}. They were left as they are. Bring the "
        "files back from a backup; or move them away, look at their actions and decide again.",
        len(contents.damaged),
        files=", ".join(contents.damaged),
    )
    return paintable(said)
