"""Sample sheets for the gallery: what deciding looks like while it is under way. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lineclear.application.deciding.forms import Kind, Row
from lineclear.desktop.gallery.samples import ACTION, CHANGES, value
from lineclear.desktop.presenters.outbox.outgoing_sheets import OutgoingRow, OutgoingSheet
from lineclear.desktop.presenters.outbox.waiting_sheets import AnswerRow, Offer, WaitingRow, WaitingSheet
from lineclear.desktop.presenters.review.beside import beside_words
from lineclear.desktop.presenters.review.edit_sheets import EditSheet
from lineclear.desktop.presenters.review.passing_sheets import PlaceChoice
from lineclear.desktop.presenters.sheets import (
    ButtonSheet,
    ChangeRow,
    ChangesSheet,
    Chip,
    Line,
    Mark,
    Notice,
    NoticeKind,
    Sign,
    Tone,
)
from lineclear.domain.text import paintable

OUTGOING: Final = OutgoingSheet(
    (
        OutgoingRow("o3", "Approve", Tone.OK, paintable("Correct 3 lines on invoice 2026-1187"), "4 s"),
        OutgoingRow("o2", "Reject", Tone.STOP, paintable("Merge fix/retry-budget into main"), "Sending"),
        OutgoingRow(
            "o1",
            "Approve",
            Tone.OK,
            paintable("Deploy billing 4.18 to staging"),
            "Not sent",
            "You decided on revision 1; the action is now at revision 2.",
        ),
    ),
    is_counting=True,
)
OUTGOING_OFFLINE: Final = OutgoingSheet(
    (
        OutgoingRow(
            "o1",
            "Approve",
            Tone.OK,
            paintable("Refund $180.00 to customer 4411"),
            "Not sent",
            "The backend at http://127.0.0.1:8230 cannot be reached: Connection refused.",
            again=True,
        ),
    ),
)
WAITING: Final = WaitingSheet(
    "Decisions on this device",
    "2 wait to be sent · 1 sent, 2 refused",
    (
        WaitingRow(
            4,
            "a4",
            "Reject",
            Tone.STOP,
            paintable("Merge fix/retry-budget into main"),
            "decided 14:05",
        ),
        WaitingRow(
            5,
            "a5",
            "Approve",
            Tone.OK,
            paintable("Correct 3 lines on invoice 2026-1187"),
            "decided 14:07",
            "It may have reached the backend already.",
        ),
    ),
    (
        AnswerRow(
            3,
            "a3",
            "Reject",
            Tone.STOP,
            paintable("Refund $180.00 to customer 4411"),
            "The rejection came after the start: action act-06e3h is started.",
            "Stop its job, or undo what it did.",
            (Offer.STOP, Offer.OPEN),
        ),
        AnswerRow(
            2,
            "a2",
            "Approve",
            Tone.STOP,
            paintable("Deploy billing 4.18 to staging"),
            "You decided on revision 1; the action is now at revision 2.",
            "Look at what changed, then decide again.",
        ),
        AnswerRow(
            1,
            "a1",
            "Reject",
            Tone.OK,
            paintable("Grant storage.admin to svc-reports"),
            "Your rejection was sent and recorded.",
        ),
    ),
    is_open=True,
)
_EDITED: Final = ChangesSheet(
    "Changed by you",
    (
        ChangeRow(
            Sign.CHANGED,
            paintable("amount"),
            value("180.00", "180.00"),
            value("240.00", "240.00"),
            "amount changes from 180.00 to 240.00",
        ),
    ),
    before_title="Proposed",
    after_title="Edited",
)
EDIT: Final = EditSheet(
    id="a1",
    title=paintable("Refund $180.00 to customer 4411"),
    rows=(
        Row("/payment_id", "payment_id", 0, Kind.TEXT, "pay_8841"),
        Row("/amount", "amount", 0, Kind.TEXT, "240.00", hint="a decimal such as 180.00"),
        Row("/currency", "currency", 0, Kind.TEXT, "USD"),
        Row("/reason", "reason", 0, Kind.CHOICE, "duplicate", ("duplicate", "defective", "goodwill")),
        Row("/notify", "notify", 0, Kind.FLAG, "true", can_go=True),
        Row("/lines", "lines", 0, Kind.LIST, hint="at least 1", can_grow=True, can_go=True),
        Row("/lines/0", "lines 1", 1, Kind.GROUP, can_go=True),
        Row("/lines/0/line", "line", 2, Kind.WHOLE, "2x", hint="1 or more", problem="is a whole number"),
        Row("/lines/0/price", "price", 2, Kind.TEXT, "12.00"),
        Row("/message", "message", 0, Kind.LONG, "Dear customer,\nyou were charged twice.", can_go=True),
        Row("/memo", "memo", 0, Kind.ABSENT, hint="at most 200 characters"),
        Row("/odd", "odd", 0, Kind.JSON, '"pay_1\\u202e"', can_go=True),
    ),
    save="Save as revision 2",
    why_not="1 place cannot be read yet.",
    glosses={"/amount": "USD 240.00", "/lines/0/price": "USD 12.00"},
)
EDIT_RAISED: Final = EditSheet(
    id="a1",
    title=EDIT.title,
    rows=EDIT.rows[:5],
    save="Save as revision 2",
    state=Chip("Tier 3, was 2", Tone.CAUTION),
    verdict=(
        Line(Mark.MISSING, "2 approvers at tier 3 or above"),
        Line(Mark.ATTENTION, "240.00 USD is over the 200.00 line for tier 3", "issue_refund, line 6"),
        Line(Mark.ATTENTION, paintable("Saving voids what was decided so far: ops-east")),
    ),
    edited=_EDITED,
    effect=CHANGES,
)
ACTION_EDITED: Final = replace(
    ACTION,
    banner=Notice(
        NoticeKind.INFO,
        "Revision 2: look again",
        paintable("The votes of ops-east are void: ops-west edited it: One capture only"),
    ),
    edited=replace(_EDITED, heading=paintable("Edited by ops-west")),
)
_HELD: Final = "ops-east is reviewing it until 14:27:10; afterwards you can take it over."
_BUTTONS: Final = (
    ButtonSheet("review.approve", "Approve", Tone.OK),
    ButtonSheet("review.edit", "Edit"),
    ButtonSheet("review.reject", "Reject"),
    ButtonSheet("review.claim", "Claim"),
    ButtonSheet("review.ask", "Ask"),
    ButtonSheet("review.stop_job", "Stop job"),
    ButtonSheet("review.hand_over", "Hand over"),
    ButtonSheet("review.escalate", "Escalate"),
)
_PLACES: Final = (PlaceChoice("tier 3", 3, ""), PlaceChoice("tier 2 of group finance", 0, "finance"))
_RECEIVERS: Final = ("ops-east", "finance-lead", "mara")
ACTION_CLAIMABLE: Final = replace(
    ACTION,
    decision=replace(
        ACTION.decision, buttons=_BUTTONS, receivers=("ops-east", "finance-lead", "mara"), places=_PLACES
    ),
    answers=(
        Line(
            Mark.UNKNOWN,
            paintable("ops-west asked: Which of the two captures?"),
            paintable("The second, of 14:05; the first is the order itself."),
        ),
    ),
)
ACTION_TIER_3: Final = replace(ACTION, decision=replace(ACTION.decision, confirm=paintable("180.00")))
BESIDE: Final = beside_words(("mara", "ops-east", "sec-one"))
ACTION_CLAIMED: Final = replace(
    ACTION,
    decision=replace(
        ACTION.decision,
        buttons=(*(replace(one, why_not=_HELD) for one in _BUTTONS[:4]), *_BUTTONS[4:]),
    ),
)
