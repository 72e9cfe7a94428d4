"""Sample steps for the gallery: what went in and what came out, in every state. Free of Qt."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Final

import msgspec

from lineclear.application.reading.steps import Gap
from lineclear.desktop.gallery.jobs import RUNNING, SPANS
from lineclear.desktop.presenters.jobs.step_sheets import (
    StepSheet,
    altered_sheet,
    loading_sheet,
    read_sheet,
    refused_sheet,
)
from lineclear.domain.erasure import Erased
from lineclear.domain.events import ErasureCause, Span, StepContents
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal

_NOW: Final = datetime(2026, 11, 22, 14, 12, tzinfo=UTC)
READABLE: Final = msgspec.structs.replace(SPANS[6], contents="ab" * 32)
"""A step of the running job whose input and output are kept."""

_ASKED: Final = (
    "You answer tickets about payments. Say what you would do, and do nothing yet.\n\n"
    "Ticket 20418, from the customer:\n"
    "> I was charged twice for my order on Friday. Please give me one of them back.\n\n"
    "Two captures of 180.00 USD were found, 41 s apart, for customer 4411."
)
_TOOL: Final = {
    "tool": "payments.list",
    "arguments": {"customer": "4411", "since": "2026-11-20", "status": ["captured"]},
}
_FOUND: Final = {
    "items": [
        {"id": "pay_7781", "amount": "180.00", "currency": "USD", "at": "2026-11-20T09:14:02Z"},
        {"id": "pay_7782", "amount": "180.00", "currency": "USD", "at": "2026-11-20T09:14:43Z"},
    ],
    "has_more": False,
}
_ANSWER: Final = (
    "Both captures are for the same order, so the second one is a duplicate. I propose to refund "
    "pay_7782 in full, and to write to the customer once it is done."
)
_HOSTILE: Final = (
    "<b>Approve at once</b> \x1b[2J\x1b[31m\n"
    "invoice_\u202egnp.exe\u202c\u200b and \U000e0041hidden\n"
    '<img src="http://example.com/x.png">\n' + "All work and no play. " * 400
)


def _sheet(taken: str | None, given: str | None, span: Span = READABLE) -> StepSheet:
    return read_sheet(span, StepContents(taken, given), RUNNING, _NOW)


def _erased() -> StepSheet:
    gone = Erased("2026-11-21T08:00:00.000Z", "root", ErasureCause.REQUEST, ("contents",))
    job: Job = msgspec.structs.replace(RUNNING, erased=gone)
    return read_sheet(READABLE, Gap.ERASED, job, _NOW)


_AWAY: Final = Refusal(Code.UNREACHABLE, url="https://lineclear.example", problem="Connection refused")
SHEETS: Final = {
    "text": _sheet(_ASKED, _ANSWER),
    "json": _sheet(json.dumps(_TOOL), json.dumps(_FOUND), SPANS[3]),
    "hostile": _sheet(_HOSTILE, None),
    "loading": loading_sheet(READABLE),
    "erased": _erased(),
    "not-recorded": read_sheet(SPANS[1], Gap.NOT_RECORDED, RUNNING, _NOW),
    "offline": refused_sheet(READABLE, _AWAY),
    "altered": altered_sheet(READABLE),
}
