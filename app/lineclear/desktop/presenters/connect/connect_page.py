"""Connections as sheets: the form, the first call step by step, what was refused. Pure: free of Qt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from lineclear.application.reading.connections import Connection, Offer
from lineclear.application.reading.formats import age_text, local_time, seconds_between
from lineclear.desktop.presenters.closed_words import state_word
from lineclear.desktop.presenters.connect.connect_lines import TITLES, Block, Way, fitting
from lineclear.desktop.presenters.connect.connect_refusals import explained
from lineclear.desktop.presenters.connect.connect_sheets import Choice, ConnectionRow, FormSheet, WatchSheet
from lineclear.desktop.presenters.sheets import Chip, Line, Mark, Tone
from lineclear.domain.actions import Action
from lineclear.domain.arrivals import NO_TOKEN, Arrival, Refused
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import ActionStatus, Executor
from lineclear.domain.wording import marked, say, say_n

LASTS: Final[Mapping[str, tuple[str, int]]] = MappingProxyType(
    {
        "day": (marked("A working day"), 8),
        "week": (marked("A week"), 168),
        "month": (marked("30 days"), 720),
    }
)
"""How long a token lives, in hours."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen in the form."""

    way: Way = Way.SDK
    capabilities: frozenset[str] = frozenset()
    lasts: str = "week"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the ledger has of one agent since its token was made: the first job, and its first action."""

    job: Job | None = None
    action: Action | None = None


def form_sheet(chosen: Chosen, offers: Sequence[Offer], said: Mapping[str, Sequence[str]]) -> FormSheet:
    """The form; `said` is what policy says of each capability, in words."""
    names = sorted({one.capability for one in offers})
    return FormSheet(
        tuple(Choice(way, say(title), way is chosen.way) for way, title in TITLES.items()),
        tuple(Choice(name, paintable(name).text, name in chosen.capabilities) for name in names),
        tuple(Choice(name, say(title), name == chosen.lasts) for name, (title, _) in LASTS.items()),
        tuple(_reach(chosen, offers, said)),
        _why_not(chosen, offers),
    )


def _reach(chosen: Chosen, offers: Sequence[Offer], said: Mapping[str, Sequence[str]]) -> Iterator[Line]:
    """The chosen capabilities in words."""
    for name in sorted(chosen.capabilities):
        for place, offer in enumerate(one for one in offers if one.capability == name):
            yield Line(Mark.MET, paintable(_carried(offer)), None if place else paintable(name))
        for sentence in said.get(name, ()):
            yield Line(Mark.MISSING, paintable(sentence))


def _carried(offer: Offer) -> str:
    if not offer.mutates:
        return say("{tool}: reads, and changes nothing", tool=offer.tool)
    if offer.executor is Executor.AGENT:
        return say("{tool}: the agent makes the call itself, once it is cleared", tool=offer.tool)
    return say("{tool}: Lineclear makes the call for it, once it is cleared", tool=offer.tool)


def chosen_offer(chosen: Chosen, offers: Iterable[Offer]) -> Offer | None:
    """The tool of the first call: of the chosen capabilities, the first that this way can call."""
    reached = tuple(one for one in offers if one.capability in chosen.capabilities)
    return next(iter(fitting(chosen.way, reached)), None)


def _why_not(chosen: Chosen, offers: Sequence[Offer]) -> str:
    if not chosen.capabilities:
        return say("Choose at least one capability.")
    if chosen_offer(chosen, offers) is None:
        return say(
            "By this way only tools come in that the agent carries out itself: choose a capability that has "
            "one, or declare one in a system of kind agent."
        )
    return ""


def watch_sheet(
    connection: Connection, blocks: tuple[Block, ...], seen: Seen, now: datetime, *, is_new: bool
) -> WatchSheet:
    """One connection and its first call."""
    arrival, token = connection.arrival, connection.token
    refused = tuple(refusal_line(one, now) for one in reversed(arrival.refused))
    told = _told(arrival, seen)
    if is_new:
        told = say("The token stands in the lines below and is shown once: copy it before you leave.")
    state = _state(connection, seen, now)
    return WatchSheet(
        token.id, paintable(token.subject), state, told, blocks, tuple(_steps(arrival, seen, now)), refused
    )


def _told(arrival: Arrival, seen: Seen) -> str:
    if seen.action is not None:
        return say("Its first call has arrived.")
    if arrival.first:
        return say("It is connected. Its first proposal has not come yet.")
    if arrival.refused:
        return say("It has come, and was refused: see why below.")
    return say("Waiting for its first call. Nothing has come yet: is it started, and is the address right?")


def _state(connection: Connection, seen: Seen, now: datetime) -> Chip:
    token = connection.token
    if token.revoked:
        return Chip(say("Revoked"), Tone.NEUTRAL)
    if is_over(connection, now):
        return Chip(say("Ended"), Tone.CAUTION)
    if seen.action is not None or connection.arrival.first:
        return Chip(say("Connected"), Tone.OK)
    if connection.arrival.refused:
        return Chip(say("Refused"), Tone.STOP)
    return Chip(say("Waiting"), Tone.ACCENT)


def is_over(connection: Connection, now: datetime) -> bool:
    """Whether the token's time is over."""
    expires = connection.token.expires
    return bool(expires) and seconds_between(expires, now) >= 0


def _steps(arrival: Arrival, seen: Seen, now: datetime) -> Iterator[Line]:
    job, action = seen.job, seen.action
    yield _step(say("Its token was used for the first time"), arrival.first, now)
    yield _step(say("A job was opened"), job.opened_at if job else "", now, job.goal if job else "")
    yield _step(
        say("It proposed an action"),
        action.proposed_at if action else "",
        now,
        action.title if action else "",
    )
    yield _decided(action, now)
    yield _went_on(action, now)


def _step(text: str, at: str, now: datetime, detail: str = "") -> Line:
    if not at:
        return Line(Mark.MISSING, say("{step}: not yet", step=text))
    source = paintable(detail) if detail else None
    return Line(Mark.MET, say("{step}, {time}", step=text, time=local_time(at, now)), source)


def _decided(action: Action | None, now: datetime) -> Line:
    if action is None:
        return Line(Mark.MISSING, say("It was decided: not yet"))
    by_people, at = paintable(action.ended_by or action.cleared_by), local_time(action.updated_at, now)
    match action.status:
        case ActionStatus.PENDING | ActionStatus.PROPOSED:
            return Line(Mark.ATTENTION, say("A decision is needed: it waits in the queue"))
        case ActionStatus.DENIED:
            return Line(Mark.REFUSED, say("Policy denied it, {time}", time=at))
        case ActionStatus.REJECTED | ActionStatus.STOPPED | ActionStatus.EXPIRED | ActionStatus.WITHDRAWN:
            said = say("It was not cleared: {status}, {time}", status=state_word(action.status), time=at)
            return Line(Mark.REFUSED, said, by_people if by_people.text else None)
        case _:
            cleared = local_time(action.cleared_at, now) if action.cleared_at else at
            return Line(
                Mark.MET, say("It was cleared, {time}", time=cleared), by_people if by_people.text else None
            )


_WENT_ON: Final[Mapping[ActionStatus, tuple[Mark, str]]] = MappingProxyType(
    {
        ActionStatus.SUCCEEDED: (Mark.MET, marked("It was carried out, and the agent went on, {time}")),
        ActionStatus.UNDONE: (Mark.MET, marked("It was carried out, and taken back, {time}")),
        ActionStatus.FAILED: (
            Mark.REFUSED,
            marked("It was refused on the other side, {time}; nothing was changed"),
        ),
        ActionStatus.UNKNOWN: (
            Mark.ATTENTION,
            marked("Nobody can say what became of it, {time}: a person reconciles it"),
        ),
        ActionStatus.DENIED: (Mark.MET, marked("The agent was told why, {time}")),
        ActionStatus.REJECTED: (Mark.MET, marked("The agent was told why, {time}")),
        ActionStatus.EXPIRED: (Mark.MET, marked("The agent was told so, {time}")),
        ActionStatus.STARTED: (Mark.ATTENTION, marked("It is being carried out, {time}")),
        ActionStatus.CLEARED: (Mark.ATTENTION, marked("It is about to be carried out, {time}")),
    }
)


def _went_on(action: Action | None, now: datetime) -> Line:
    if action is None or action.status not in _WENT_ON:
        return Line(Mark.MISSING, say("The agent went on: not yet"))
    mark, said = _WENT_ON[action.status]
    return Line(mark, say(said, time=local_time(action.updated_at, now)))


def connection_rows(
    items: Sequence[Connection], watched: str, now: datetime, why_not: str
) -> tuple[ConnectionRow, ...]:
    """Those that can still be used first, then by name."""
    ordered = sorted(items, key=lambda one: (one.token.revoked or is_over(one, now), one.token.subject))
    return tuple(_row(one, watched, now, why_not) for one in ordered)


def _row(connection: Connection, watched: str, now: datetime, why_not: str) -> ConnectionRow:
    token, arrival = connection.token, connection.arrival
    reach = ", ".join(token.capabilities) or say("all that policy lets it")
    last = (
        say("last seen {age}", age=age_text(seconds_between(arrival.last, now)))
        if arrival.last
        else say("never seen")
    )
    until = (
        say("until {time}", time=local_time(token.expires, now)) if token.expires else say("without an end")
    )
    refused = sum(one.times for one in arrival.refused)
    more = say_n("; {count} refused call", "; {count} refused calls", refused) if refused else ""
    text = say("{last}, {until}; reaches {reach}{more}", last=last, until=until, reach=reach, more=more)
    gone = say("It is revoked.") if token.revoked else why_not
    state = _state(connection, Seen(), now)
    return ConnectionRow(
        token.id, paintable(token.subject), state, paintable(text), token.id == watched, gone
    )


def stranger_lines(strangers: Sequence[Arrival], now: datetime) -> tuple[Line, ...]:
    """Calls that brought no token of ours; newest first."""
    lines = []
    for arrival in strangers:
        for one in reversed(arrival.refused):
            told = (
                say("No token came with it: is LINECLEAR_TOKEN set where the agent runs?")
                if arrival.token == NO_TOKEN
                else say(
                    "Its token was never given here: was it cut off on the way, or is it another backend's?"
                )
            )
            if one.code not in {Code.TOKEN_INVALID, Code.TOKEN_EXPIRED}:
                told = explained(one)
            lines.append((one.at, Line(Mark.REFUSED, told, paintable(_where(one, now)))))
    return tuple(line for _, line in sorted(lines, key=lambda pair: pair[0], reverse=True))


def refusal_line(one: Refused, now: datetime) -> Line:
    """A refused call, and what to do about it."""
    return Line(Mark.REFUSED, explained(one), paintable(_where(one, now)))


def _where(one: Refused, now: datetime) -> str:
    times = say_n("{count} time", "{count} times", one.times)
    time = local_time(one.at, now)
    return f"{time}, {one.method} {one.path}: {one.code}, {times}"
