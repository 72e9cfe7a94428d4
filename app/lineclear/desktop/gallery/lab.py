"""Sample sheets for the gallery: a change of policy being tried. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lineclear.application.reading.answers import (
    Foreseen,
    PolicyChange,
    QueueTrial,
    Replayed,
    TrialLook,
    TrialState,
)
from lineclear.desktop.gallery import policy
from lineclear.desktop.gallery.control import CONTROL
from lineclear.desktop.presenters.control.trial_page import trial_sheet
from lineclear.desktop.presenters.lab.lab_page import (
    change_findings,
    diff_lines,
    history_lines,
    history_rows,
    queue_findings,
)
from lineclear.desktop.presenters.lab.lab_sheets import HistorySheet, LabSheet, ProblemRow
from lineclear.desktop.presenters.sheets import Chip, Tone, text_of
from lineclear.domain.policy.differences import Difference, Direction

_IN_FORCE: Final = "\n".join(map(text_of, CONTROL.document))
_TEXT: Final = _IN_FORCE.replace("over_usd: 50", "over_usd: 80").replace("days: 365", "days: 730")
_CHANGES: Final = PolicyChange(
    14,
    (
        Difference(
            "issue_refund.tools.payments.create_refund.requires_approval_over_usd",
            "50",
            "80",
            Direction.LOOSER,
        ),
        Difference("issue_refund.audit.retention_days", "365", "730", Direction.OTHER),
    ),
)
_QUEUE: Final = QueueTrial(
    (
        Foreseen(
            "act_1",
            "Refund $62.00 to order 20418",
            "support-agent",
            "ask",
            2,
            "allow",
            0,
            "Below the limit for approval ($80.00).",
        ),
        Foreseen(
            "act_2", "Refund $240.00 to order 20395", "support-agent", "ask", 2, "ask", 2, "Above $80.00."
        ),
        Foreseen("act_3", "Undo: plan of c_4712", "crm-agent", "ask", 2, lack="undo"),
    )
)
_BEFORE: Final = Replayed(
    "before",
    4_812,
    {"allow": 2_950, "ask": 1_801, "deny": 61},
    {"1": 1_120, "2": 640, "3": 41},
    {},
    1_842,
    1_790,
    190_800,
    41,
    3,
    "212.00",
    (),
    0,
    "0",
    0,
    (),
    {"payload": 12},
)
_AFTER: Final = Replayed(
    "after",
    4_812,
    {"allow": 3_402, "ask": 1_349, "deny": 61},
    {"1": 712, "2": 596, "3": 41},
    {},
    1_390,
    1_790,
    231_200,
    41,
    5,
    "340.00",
    ("act_20311", "act_20388"),
    0,
    "0",
    0,
    (),
    {"payload": 12, "contract": 4},
)

LAB: Final = LabSheet(
    title="Trying a change of version 14",
    text=_TEXT,
    state=Chip("Can be taken", Tone.OK),
    changes=change_findings(_CHANGES),
    queue=queue_findings(_QUEUE),
    history=HistorySheet(
        "all 21,406 entries",
        1.0,
        rows=history_rows(_BEFORE, _AFTER),
        lines=tuple(history_lines(_BEFORE, _AFTER)),
    ),
    activate="Activate as version 15",
)
LAB_RUNNING: Final = replace(
    LAB,
    history=replace(LAB.history, remark="10,000 of 21,406 entries", done=0.467, is_running=True, lines=()),
    why_not="Changing policy takes a person of tier 3; you are at tier 2.",
)
LAB_PROBLEMS: Final = LabSheet(
    title=LAB.title,
    text=_TEXT.replace("max_amount_usd: 200", "max_amount_used: 200").replace("required", "requird"),
    state=Chip("2 to correct", Tone.STOP),
    problems=(
        ProblemRow(5, "max_amount_used is no key of a tool.", "Did you mean max_amount_usd?"),
        ProblemRow(7, "idempotency_key is requird.", "Write optional or required."),
    ),
    changes=replace(LAB.changes, remark="Not known: the text has to be corrected first", lines=()),
    queue=replace(LAB.queue, remark="Not known: the text has to be corrected first", lines=()),
    history=HistorySheet(why_not="The text has to be taken first."),
    why_not="Correct the text first.",
)
_HALVES: Final = TrialState(
    policy.TRIAL,
    (212, 198),
    (9, 11),
    (TrialLook(1, (104, 99), (4, 5), -0.052, 0.071), TrialLook(2, (212, 198), (9, 11), -0.031, 0.058)),
    14,
)
LAB_TRIAL: Final = replace(LAB, trial=replace(trial_sheet(_HALVES, None, policy.NOW, ""), why_not=""))
LAB_TRIAL_NEW: Final = replace(LAB, trial=trial_sheet(TrialState(), None, policy.NOW, ""))
LAB_TRIAL_REFUSED: Final = replace(
    LAB,
    why_not=LAB_RUNNING.why_not,
    trial=trial_sheet(TrialState(), None, policy.NOW, LAB_RUNNING.why_not),
)
LAB_ACTIVATING: Final = replace(LAB, diff=diff_lines(_IN_FORCE, _TEXT, 14), is_activating=True)
