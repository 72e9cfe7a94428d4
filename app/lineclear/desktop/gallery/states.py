"""Sample sheets for the gallery: the other states of the review page, and the other pages. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lineclear.application.record.witnessing import Alarm, AlarmKind
from lineclear.desktop.gallery.samples import ACTION, AUTHORITY, QUEUE, TOP, UNCHANGED, value, words
from lineclear.desktop.presenters.ledger.alarms import APPROVING_OFF, alarm_sheet
from lineclear.desktop.presenters.review.outcome_sheets import OutcomeKind, OutcomeSheet
from lineclear.desktop.presenters.sheets import (
    ButtonSheet,
    ChangeRow,
    ChangesSheet,
    Chip,
    DecisionSheet,
    Line,
    Mark,
    Notice,
    NoticeKind,
    QueueSheet,
    SafeModeSheet,
    SafeModeState,
    Segment,
    Sign,
    Step,
    Tone,
    UndoSheet,
    Value,
    five_questions,
)
from lineclear.domain.text import paintable

TOP_OFFLINE: Final = replace(
    TOP,
    freshness=Chip("Offline since 14:02, 3 decisions waiting to be sent", Tone.STOP),
    safe_mode=SafeModeSheet(
        SafeModeState.UNKNOWN, "Safe mode not known", why_not="The backend is out of reach."
    ),
)
TOP_PARTIAL: Final = replace(
    TOP, safe_mode=SafeModeSheet(SafeModeState.PARTIAL, "Safe mode in part", "connector payments")
)
TOP_LEAVING: Final = replace(
    TOP,
    safe_mode=SafeModeSheet(
        SafeModeState.TURNING_OFF, "Safe mode on, leaving: 1 of 2", "by ops-lead at 13:40: refund incident"
    ),
)
TOP_SAFE_MODE: Final = replace(
    TOP,
    safe_mode=SafeModeSheet(SafeModeState.ON, "Safe mode on", "Since 13:40, by ops-west: refund incident."),
)


ACTION_TOO_HIGH: Final = replace(
    ACTION,
    banner=Notice(
        NoticeKind.STALE,
        "The target changed while you were reading",
        "customer.balance was read again 3 s ago. The changes below are the new ones.",
        Step("view.refresh", "Read it again"),
    ),
    decision=replace(
        ACTION.decision,
        buttons=(
            ButtonSheet("review.approve", "Approve", Tone.OK, "Tier 3 is needed and you are tier 2."),
            ButtonSheet("review.reject", "Reject", why_not="Tier 3 is needed and you are tier 2."),
            ButtonSheet("review.stop_job", "Stop job"),
        ),
    ),
    authority=(Line(Mark.MISSING, "Two approvers at tier 3"), *AUTHORITY[1:]),
)

UNDO: Final = UndoSheet(
    "Undo of the update to Northwind GmbH",
    "The undo writes the values from before the action back. It is itself decided and recorded.",
    ChangesSheet(
        heading=paintable("The undo would change contact northwind-gmbh"),
        rows=(
            ChangeRow(
                Sign.CHANGED,
                paintable("city"),
                value('"Köln"', "Köln"),
                value('"Cologne"', "Cologne"),
                "city changes from Köln to Cologne",
            ),
            ChangeRow(
                Sign.REMOVED,
                paintable("vat_id"),
                value('"DE811569869"', "DE811569869"),
                None,
                "vat_id is removed",
            ),
        ),
        before_title="Now",
        after_title="After the undo",
    ),
)

ACTION_DONE: Final = replace(
    ACTION,
    id="a3",
    title=paintable("Update 2 fields on Northwind GmbH"),
    byline=(
        words("update_contact → "),
        words("crm.update", is_mono=True),
        words(" on contact "),
        words("northwind-gmbh", is_mono=True),
        words(", approved by ops-west 4 min ago"),
    ),
    questions=five_questions(
        (
            "Done 4 min ago, in 120 ms",
            paintable("The web form names another city"),
            "2 fields",
            "No, it has ended",
            "Yes, until someone changes the contact",
        ),
        has_run=True,
    ),
    outcome=OutcomeSheet(
        OutcomeKind.DONE,
        "It ran, once",
        "The contact was written at 14:21:08 and read back with the values below.",
        (
            Line(Mark.MET, "The bytes sent are the ones that were approved"),
            Line(Mark.MET, "The CRM confirms version 41"),
        ),
    ),
    changes=ChangesSheet(
        heading=paintable("Changed on contact northwind-gmbh"),
        rows=(
            ChangeRow(
                Sign.CHANGED,
                paintable("city"),
                value('"Cologne"', "Cologne"),
                value('"Köln"', "Köln"),
                "city changed from Cologne to Köln",
            ),
            ChangeRow(
                Sign.ADDED,
                paintable("vat_id"),
                None,
                value('"DE811569869"', "DE811569869"),
                "vat_id was added",
            ),
        ),
        unchanged=UNCHANGED[:9],
        before_title="Before",
        after_title="Now",
    ),
    decision=DecisionSheet((ButtonSheet("review.undo", "Undo"),), "payload 1c07 88be · policy v14"),
    checks=(),
    undo=UNDO,
)

_HOSTILE: Final = "invoice\u202efdp.exe <b>pay</b> <img src=x> &amp; \x1b[31m\u200bzero"

ACTION_HOSTILE: Final = replace(
    ACTION,
    id="a5",
    title=paintable(f"Pay {_HOSTILE} " + "and everything else that fits into a title " * 12),
    byline=(*ACTION.byline[:3], words(_HOSTILE, is_mono=True)),
    changes=ChangesSheet(
        heading=paintable(f"Changes to {_HOSTILE}"),
        rows=(
            ChangeRow(
                Sign.CHANGED,
                paintable("file\u200bname"),
                value("invoice.pdf", "invoice.pdf"),
                value("invoice\u202efdp.exe", "invoice\u202efdp.exe"),
                "filename changes",
            ),
            ChangeRow(
                Sign.CHANGED,
                paintable("notes.with.a.very_long_name_that_does_not_break_anywhere_at_all"),
                value("A" * 400, "A" * 400),
                value("The quick brown fox. " * 60, "brown"),
                "notes changes",
            ),
            ChangeRow(
                Sign.ADDED,
                paintable("attachment"),
                None,
                Value(
                    tuple(Segment(paintable("0123456789abcdef" * 200), is_changed=True) for _ in range(40))
                ),
                "attachment is added, 128,000 characters",
            ),
        ),
        not_shown=(
            Line(
                Mark.ATTENTION,
                "preview.png is not shown: 48,112 bytes of image, digest 77aa 0c1e",
                "payload, leaf 4",
            ),
        ),
    ),
    note=paintable(_HOSTILE),
)

_EMPTY: Final = QueueSheet("Needs you", 0, QUEUE.filters)

ALARM: Final = alarm_sheet(
    Alarm(
        AlarmKind.FORKED,
        "its 1,204 entries do not go on from the 1,187 that were last seen here: entries were changed, taken "
        "out or put in between.",
        "",
        "",
        "2026-11-14T14:22:00.000Z",
        "~/.local/share/lineclear/ledgers/4f0c9b…/seen-20261114t142200000z.note",
    )
)
ACTION_ALARM: Final = replace(
    ACTION,
    decision=replace(
        ACTION.decision,
        buttons=tuple(
            replace(one, why_not=APPROVING_OFF) if one.command == "review.approve" else one
            for one in ACTION.decision.buttons
        ),
    ),
)

QUEUES: Final = {
    "empty": replace(
        _EMPTY,
        notice=Notice(
            NoticeKind.EMPTY,
            "Nothing needs you",
            "Checked 1 s ago. The next action due to you shows up here.",
        ),
    ),
    "loading": replace(
        _EMPTY,
        count=None,
        notice=Notice(NoticeKind.LOADING, "Reading the queue", "This takes a second or two."),
    ),
    "stale": replace(
        QUEUE,
        notice=Notice(
            NoticeKind.STALE, "42 s behind", "Newer actions may be missing.", Step("view.refresh", "Refresh")
        ),
    ),
    "offline": replace(
        QUEUE,
        notice=Notice(
            NoticeKind.OFFLINE,
            "Offline since 14:02",
            "As it was then. What you decide is signed here and sent when the backend answers.",
            Step("view.refresh", "Try again"),
        ),
    ),
    "failed": replace(
        _EMPTY,
        count=None,
        notice=Notice(
            NoticeKind.FAILED,
            "The backend is out of reach",
            "127.0.0.1:8470 does not answer. The queue is not empty; it cannot be read.",
            Step("view.refresh", "Try again"),
        ),
    ),
    "forbidden": replace(
        _EMPTY,
        count=None,
        notice=Notice(
            NoticeKind.FORBIDDEN,
            "You may not see this queue",
            "Your token is for the auditor role. An administrator can enrol you as a reviewer.",
            Step("go.ledger", "Open the ledger"),
        ),
    ),
}
NO_ACTION: Final = Notice(NoticeKind.INFO, "No action is open", "Choose one in the queue with J and K.")
