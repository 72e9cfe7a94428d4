"""Sample sheets for the gallery: what waits, is held, or needs an answer, and why. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lineclear.desktop.gallery.samples import ACTION, QUEUE, UNCHANGED, value, words
from lineclear.desktop.gallery.states import ACTION_DONE
from lineclear.desktop.presenters.review.outcome_sheets import OutcomeKind, OutcomeSheet
from lineclear.desktop.presenters.sheets import (
    ButtonSheet,
    ChangeRow,
    ChangesSheet,
    Chip,
    DecisionSheet,
    JobBrief,
    Line,
    Mark,
    Meter,
    Notice,
    NoticeKind,
    QueueRow,
    Sign,
    Step,
    Tone,
    UndoSheet,
    five_questions,
)
from lineclear.domain.text import paintable

ACTION_UNKNOWN: Final = replace(
    ACTION,
    id="a0",
    questions=five_questions(
        (
            "Sent, outcome unknown",
            paintable("Charged twice on 14 Nov"),
            "3 fields changed, if it happened",
            "No, it was sent; its job can be stopped",
            "Not before its outcome is known",
        ),
        has_run=False,
    ),
    outcome=OutcomeSheet(
        OutcomeKind.UNKNOWN,
        "Sent, and nobody can say yet whether it happened",
        "Nothing is sent again. Look it up on the other side, by its key or its target, then reconcile: say "
        "whether it happened.",
        (
            Line(
                Mark.MET,
                paintable("Sent at 14:21:08: payments.create_refund for payment pay_8841"),
                "payload 9f3c 51a0",
            ),
            Line(Mark.MET, paintable("Under idempotency key key-01j9x2, attempt 3, by worker-1")),
            Line(
                Mark.UNKNOWN,
                paintable("Not known: whether payments carried it out"),
                paintable("the connection broke before the answer came"),
            ),
        ),
    ),
    decision=DecisionSheet(
        (
            ButtonSheet("review.reconcile", "Reconcile", Tone.ACCENT),
            ButtonSheet("review.stop_job", "Stop job"),
        ),
        "payload 9f3c 51a0 · policy v14",
        reconcile_text=paintable(
            "Look it up in payments: its key is key-01j9x2. The answer is final; nothing is sent again."
        ),
        stop_text=ACTION.decision.stop_text,
    ),
)
QUEUE_UNKNOWN: Final = replace(
    QUEUE,
    selected="a0",
    rows=(
        QueueRow(
            "a0",
            paintable("Refund $180.00 to customer 4411"),
            paintable("support-agent · duplicate charge"),
            "2 min ago",
            Chip("Outcome unknown", Tone.STOP),
            "Needs an answer",
        ),
        *QUEUE.rows[1:7],
        QueueRow(
            "h1",
            paintable("Update 2 fields on Aurora Ltd"),
            paintable("crm-agent · new address"),
            "3 min ago",
            Chip("Held · agent stopped", Tone.CAUTION),
            "In hand",
        ),
        QueueRow(
            "h2",
            paintable("Refund $12.00 to customer 112"),
            paintable("support-agent · late delivery"),
            "4 min ago",
            Chip("Held · safe mode", Tone.CAUTION),
            "In hand",
        ),
    ),
)

_BUDGET_ROWS: Final = (
    ChangeRow(
        Sign.CHANGED,
        paintable("cost limit"),
        value("$2.00", "$2.00"),
        value("$4.50", "$4.50"),
        "cost limit changes from $2.00 to $4.50",
    ),
    ChangeRow(
        Sign.CHANGED,
        paintable("status"),
        value("paused", "paused", is_mono=False),
        value("running", "running", is_mono=False),
        "status changes from paused to running",
    ),
)
ACTION_BUDGET: Final = replace(
    ACTION,
    id="a6",
    title=paintable("Raise the cost budget to $4.50"),
    byline=(
        words("budget.raise", is_mono=True),
        words(" on job "),
        words("job-7120", is_mono=True),
        words(", asked by Lineclear for research-agent 4 s ago"),
    ),
    questions=five_questions(
        (
            "Its job waits for you",
            "Paused at $2.00; rejecting ends the job",
            "The job goes on with $4.50",
            "Yes, rejecting ends the job",
            "No, what was raised may be spent at once",
        ),
        has_run=False,
    ),
    changes=ChangesSheet(paintable("Changes to job job-7120"), _BUDGET_ROWS, UNCHANGED[:2]),
    evidence=None,
    job=JobBrief(
        "7120",
        paintable("Job 7120 · research-agent · paused"),
        paintable("“Weekly research digest”"),
        (Meter("Cost", "$2.50 / $2.00", 1.25, Tone.STOP), Meter("Steps", "11 / 12", 0.92, Tone.CAUTION)),
        "By policy",
    ),
    decision=DecisionSheet(
        (
            ButtonSheet("review.approve", "Approve", Tone.OK),
            ButtonSheet("review.reject", "Reject and end the job"),
            ButtonSheet("review.stop_job", "Stop job"),
        ),
        "payload 77ab 10c2 · policy v14",
        ("Enough was spent", "It goes in circles", "The goal is reached", "Ask me first"),
        "Rejecting ends the job; what still waits of it is stopped.",
        stop_text=ACTION.decision.stop_text,
    ),
    note=None,
)

_CONTROL: Final = Step("go.control", "Open Control")
_HOLDS: Final = {
    "safe-mode": Notice(
        NoticeKind.SAFE_MODE,
        "Held: safe mode is on for connector payments",
        paintable(
            "Cleared and waiting. It runs when safe mode is left. ops-west at 13:40:05: Refunds doubled"
        ),
        _CONTROL,
    ),
    "breaker": Notice(
        NoticeKind.HELD,
        "Held: connector payments failed 5 times in a row",
        paintable(
            "Nothing is sent to it before 14:02:31; then it is tried again by itself. Last: it refused the"
            " connection"
        ),
    ),
    "job": Notice(
        NoticeKind.HELD,
        "Held: its job is paused",
        "Its cost budget is spent: $2.50 of $2.00. It runs when the budget is raised; the request is in the"
        " queue.",
    ),
    "agent": Notice(
        NoticeKind.HELD,
        "Held: support-agent was stopped by ops-west",
        "Cleared and waiting. It runs when an ops lead lets the agent go on.",
        _CONTROL,
    ),
}
_CLEARED: Final = replace(
    ACTION, decision=DecisionSheet((ButtonSheet("review.stop_job", "Stop job"),), ACTION.decision.digest)
)
HELD: Final = {name: replace(_CLEARED, banner=notice) for name, notice in _HOLDS.items()}

ACTION_AGAIN: Final = replace(
    _CLEARED,
    outcome=OutcomeSheet(
        OutcomeKind.RUNNING,
        "It is running",
        paintable("Trying again: the payment system did not answer in 10 s"),
        (Line(Mark.MET, paintable("Idempotency key key-01j9x2, attempt 2")),),
    ),
)
ACTION_TOO_SOON: Final = replace(
    ACTION, decision=replace(ACTION.decision, hint="Look first: this changed just now.")
)

_THREE: Final = (
    ChangeRow(
        Sign.CONFLICT,
        paintable("city"),
        value("Cologne", "Cologne"),
        value("Köln", "Köln"),
        "city is in the way: Cologne, then Köln, now Hamburg",
        value("Hamburg", "Hamburg"),
    ),
    ChangeRow(
        Sign.CHANGED,
        paintable("vat_id"),
        None,
        value("DE811569869", "DE811569869"),
        "vat_id: absent, then DE811569869, now DE811569869",
        value("DE811569869"),
    ),
    ChangeRow(
        Sign.SAME,
        paintable("customer.payment_terms_days (changed since)"),
        value("30"),
        value("30"),
        "customer.payment_terms_days: 30, now 14",
        value("14", "14"),
    ),
)
ACTION_MOVED: Final = replace(
    ACTION_DONE,
    undo=UndoSheet(
        "Undo of the update to Northwind GmbH",
        paintable(
            "It cannot be undone: contact northwind-gmbh changed after this action, and an undo would"
            " overwrite that. Propose a new action that sets it right; fields marked ! stand in the way."
        ),
        ChangesSheet(
            paintable("What became of contact northwind-gmbh"),
            _THREE,
            before_title="Before the action",
            after_title="What it made",
            now_title="Now",
        ),
        "Changed since: city, customer.payment_terms_days",
    ),
)


def many_rows(count: int) -> ChangesSheet:
    """Changes of many fields, every hundredth of them long."""

    def made(number: int) -> ChangeRow:
        name = f"customers[{number}].payment_terms_days"
        after = value("Payment is due when the goods have arrived. " * 9 if not number % 100 else "14", "14")
        return ChangeRow(Sign.CHANGED, paintable(name), value("30", "30"), after, f"{name} changes")

    return ChangesSheet(paintable("Changes to customers"), tuple(map(made, range(count))), UNCHANGED)


ACTION_LARGE: Final = replace(ACTION, changes=many_rows(3_000))
