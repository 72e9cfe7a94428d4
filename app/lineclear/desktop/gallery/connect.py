"""Sample sheets for the gallery: an agent being connected, from choosing to its first call. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from lineclear.application.reading.connections import Connection, Offer
from lineclear.desktop.presenters.connect.connect_lines import Way, blocks_of
from lineclear.desktop.presenters.connect.connect_page import (
    Chosen,
    Seen,
    connection_rows,
    form_sheet,
    stranger_lines,
    watch_sheet,
)
from lineclear.desktop.presenters.connect.connect_sheets import ConnectSheet, WatchSheet
from lineclear.desktop.presenters.sheets import Notice, NoticeKind
from lineclear.desktop.programs import read_programs
from lineclear.domain.actions import Action, Content
from lineclear.domain.arrivals import NO_TOKEN, UNKNOWN_TOKEN, Arrival, Refused
from lineclear.domain.effects import UndoPlan
from lineclear.domain.events import Budget
from lineclear.domain.identities import Token
from lineclear.domain.jobs import Job
from lineclear.domain.vocabulary import ActionStatus, Executor, JobStatus, Role, Stake

_NOW: Final = datetime(2026, 11, 22, 14, 2, 40, tzinfo=UTC)
_URL: Final = "http://127.0.0.1:8000"
_SECRET: Final = "lc_agent_Jm0qZ3vXb8nR1tYwK6cHd2sLpE9uAfGi4oVkQxT7M5c"  # noqa: S105  # opens nothing
_ARGUMENTS: Final = '{"amount":"60.00","currency":"USD","payment_id":"pay_5013","reason":"duplicate"}'
_OFFERS: Final = (
    Offer("answer_tickets", "desk.send_reply", Executor.AGENT, mutates=True, arguments='{"ticket":1}'),
    Offer("issue_refund", "payments.create_refund", Executor.BACKEND, mutates=True, arguments=_ARGUMENTS),
    Offer("manage_customers", "crm.update_customer", Executor.BACKEND, mutates=True, arguments="{}"),
    Offer("read_support_data", "tickets.get", Executor.BACKEND, mutates=False, arguments="{}"),
)
_SAID: Final = {
    "issue_refund": (
        "Over 200.00 USD it is denied, and so is an amount without a number or in another currency.",
        "Over 50.00 USD a person must approve; exactly 50.00 is not over.",
    )
}
_CHOSEN: Final = Chosen(Way.LANGGRAPH, frozenset({"issue_refund"}), "week")


def _token(name: str, number: str, expires: str) -> Token:
    bounds = ("issue_refund",)
    return Token(number * 16, 1, number * 64, Role.AGENT, name, expires, capabilities=bounds)


_NEW: Final = Connection(
    _token("refund-bot", "a", expires="2026-11-29T14:01:00.000Z"), "support-lead", Arrival("a" * 16)
)
_CAME: Final = Arrival("a" * 16, "2026-11-22T14:01:52.000Z", "2026-11-22T14:02:31.000Z")
_TURNED_AWAY: Final = Arrival(
    "a" * 16,
    refused=(
        Refused("2026-11-22T14:01:20.000Z", "not_found", "POST", "/v1/v1/jobs", 4),
        Refused("2026-11-22T14:02:02.000Z", "capability_not_in_token", "POST", "/v1/actions", 1),
        Refused("2026-11-22T14:02:12.000Z", "body_invalid", "POST", "/v1/jobs", 1),
    ),
)
_OTHERS: Final = (
    Connection(
        _token("crm-agent", "b", expires="2026-12-22T09:00:00.000Z"),
        "data-lead",
        Arrival("b" * 16, "2026-11-20T09:00:00.000Z", "2026-11-22T13:58:00.000Z"),
    ),
    Connection(
        _token("night-runner", "c", expires="2026-11-21T08:00:00.000Z"),
        "platform-lead",
        Arrival("c" * 16, "2026-11-14T09:00:00.000Z", "2026-11-21T07:55:00.000Z"),
    ),
)
_STRANGERS: Final = (
    Arrival(NO_TOKEN, refused=(Refused("2026-11-22T13:40:00.000Z", "token_invalid", "GET", "/v1/me", 2),)),
    Arrival(
        UNKNOWN_TOKEN, refused=(Refused("2026-11-22T13:52:00.000Z", "token_invalid", "POST", "/v1/jobs"),)
    ),
)
_JOB: Final = Job(
    "job_1", 1, 1, "refund-bot", JobStatus.RUNNING, "First call by LangGraph", Budget(),
    "2026-11-22T14:01:53.000Z", "2026-11-22T14:02:30.000Z",
)  # fmt: skip
_ACTION: Final = Action(
    "act_1", 1, 1, ActionStatus.SUCCEEDED, "job_1", "refund-bot", "support-lead", "agent/refund-bot",
    "issue_refund", "payments.create_refund", Stake.MONEY, "crm", mutates=True,
    title="Refund 60.00 USD to customer 4102", target=None, shape="fields",
    content=Content("", "", ""), version="", undo=UndoPlan(possible=False), challenge="",
    proposed_at="2026-11-22T14:01:55.000Z", revised_at="", updated_at="2026-11-22T14:02:31.000Z",
    cleared_at="2026-11-22T14:02:29.000Z", cleared_by="ops-west",
)  # fmt: skip


_NOTHING: Final = Seen()


def _watched(arrival: Arrival, seen: Seen = _NOTHING, secret: str = "") -> WatchSheet:
    connection = Connection(_NEW.token, _NEW.owner, arrival)
    offer = _OFFERS[1]
    blocks = blocks_of(Way.LANGGRAPH, read_programs(), offer, _URL, secret)
    return watch_sheet(connection, blocks, seen, _NOW, is_new=bool(secret))


def _sheet(
    watch: WatchSheet | None,
    chosen: Chosen = _CHOSEN,
    *,
    arrival: Arrival = _NEW.arrival,
    alone: bool = False,
) -> ConnectSheet:
    new = Connection(_NEW.token, _NEW.owner, arrival)
    items = (*((new,) if watch else ()), *(() if alone else _OTHERS))
    strangers = () if alone else stranger_lines(_STRANGERS, _NOW)
    rows = connection_rows(items, _NEW.token.id if watch else "", _NOW, "")
    return ConnectSheet(form_sheet(chosen, _OFFERS, _SAID), watch, rows, strangers)


CHOOSING: Final = _sheet(None)
EMPTY: Final = _sheet(None, Chosen(), alone=True)
LINES: Final = _sheet(_watched(_NEW.arrival, secret=_SECRET))
WAITING: Final = _sheet(_watched(_NEW.arrival))
ARRIVED: Final = _sheet(_watched(_CAME, Seen(_JOB, _ACTION)), arrival=_CAME)
REFUSED: Final = _sheet(_watched(_TURNED_AWAY), arrival=_TURNED_AWAY)
OFFLINE: Final = replace(
    WAITING,
    notice=Notice(NoticeKind.OFFLINE, "What agents do is not known now", "The backend cannot be reached."),
)
FORBIDDEN: Final = ConnectSheet(
    notice=Notice(
        NoticeKind.FORBIDDEN,
        "Connecting agents is for administrators",
        "An administrator makes tokens for agents and sees which are connected.",
    ),
    is_open=False,
)
SHEETS: Final = {
    "choosing": CHOOSING,
    "empty": EMPTY,
    "lines": LINES,
    "waiting": WAITING,
    "arrived": ARRIVED,
    "refused": REFUSED,
    "offline": OFFLINE,
    "forbidden": FORBIDDEN,
}
