"""Sample sheets for the gallery: a queue and an action that waits for a person. Free of Qt."""

from __future__ import annotations

from typing import Final

from lineclear.desktop.presenters.jobs.timeline_sheets import Bar, BarKind, TimelineSheet
from lineclear.desktop.presenters.sheets import (
    ActionSheet,
    ButtonSheet,
    ChangeRow,
    ChangesSheet,
    Chip,
    DecisionSheet,
    EvidenceSheet,
    Filter,
    JobBrief,
    Line,
    Mark,
    Meter,
    QueueRow,
    QueueSheet,
    SafeModeSheet,
    SafeModeState,
    Segment,
    Sign,
    Source,
    Tone,
    TopSheet,
    Value,
    five_questions,
)
from lineclear.domain.text import paintable

_SOON: Final = "Due within 10 minutes"
_TODAY: Final = "Today"
_OTHERS: Final = "Waiting on others"

TOP: Final = TopSheet(
    workspace="acme / support-ops",
    environment=Chip("production", Tone.STOP),
    freshness=Chip("Live, 1 s ago", Tone.OK),
    safe_mode=SafeModeSheet(SafeModeState.OFF, "Safe mode off", "Never used in this workspace."),
    person="ops-west",
    tier=Chip("Tier 2", Tone.CAUTION),
)


def _row(row_id: str, title: str, subtitle: str, due: str, badge: Chip, group: str) -> QueueRow:
    return QueueRow(row_id, paintable(title), paintable(subtitle), due, badge, group)


_TIER_1: Final = Chip("Tier 1", Tone.OK)
_TIER_2: Final = Chip("Tier 2", Tone.CAUTION)
_TIER_3: Final = Chip("Tier 3 · 1 of 2", Tone.STOP)

QUEUE: Final = QueueSheet(
    heading="Needs you",
    count=14,
    filters=(
        Filter("tier", "For my tier", is_on=True),
        Filter("all", "All"),
        Filter("money", "Money"),
        Filter("access", "Access"),
        Filter("done", "Done"),
    ),
    rows=(
        _row(
            "a1",
            "Refund $180.00 to customer 4411",
            "support-agent · duplicate charge",
            "4:12",
            _TIER_2,
            _SOON,
        ),
        _row(
            "a2",
            "Grant storage.admin to deploy-bot",
            "infra-agent · IAM policy, 3 statements",
            "8:40",
            _TIER_3,
            _SOON,
        ),
        _row(
            "a3",
            "Update 12 fields on Northwind GmbH",
            "crm-agent · low confidence 0.62",
            "1 h",
            _TIER_1,
            _TODAY,
        ),
        _row(
            "a4",
            "Merge fix/retry-budget into main",
            "code-agent · 4 files, +61 \u221218",
            "2 h",
            _TIER_2,
            _TODAY,
        ),
        _row(
            "a5",
            "Correct 3 lines on invoice 2026-1187",
            "billing-agent · total \u2212$240.00",
            "3 h",
            _TIER_1,
            _TODAY,
        ),
        _row(
            "a6",
            "Raise daily budget to $75.00",
            "research-agent · paused at $50.00 cap",
            "5 h",
            _TIER_2,
            _TODAY,
        ),
        _row("a7", "Close 38 stale tickets", "triage-agent · batch, all reversible", "6 h", _TIER_1, _TODAY),
        _row(
            "a8",
            "Deploy billing 4.18 to staging",
            "release-agent · claimed by another reviewer",
            "6 h",
            _TIER_1,
            _OTHERS,
        ),
        _row(
            "a9",
            "Delete 4 duplicate contacts",
            "crm-agent · connector stale 11 min",
            "1 d",
            Chip("Blocked"),
            _OTHERS,
        ),
    ),
    selected="a1",
)


def value(text: str, changed: str = "", *, is_mono: bool = True) -> Value:
    """Return a value whose first occurrence of `changed` is marked."""
    head, found, tail = text.partition(changed) if changed else (text, "", "")
    parts = ((head, False), (found, True), (tail, False))
    return Value(tuple(Segment(paintable(part), mark) for part, mark in parts if part), is_mono)


def _same(name: str, text: str) -> ChangeRow:
    same = value(text)
    return ChangeRow(Sign.SAME, paintable(name), same, same, f"{name} stays {text}")


UNCHANGED: Final = tuple(
    _same(name, text)
    for name, text in (
        ("id", '"pay_8841"'),
        ("object", '"payment"'),
        ("amount", "180.00 USD"),
        ("currency", '"USD"'),
        ("captured_at", "2026-11-14T09:12:44Z"),
        ("capture_method", '"automatic"'),
        ("order.id", '"77120"'),
        ("order.lines", "1"),
        ("customer.id", '"4411"'),
        ("customer.name", '"R. Almeida"'),
        ("customer.country", '"PT"'),
        ("card.brand", '"visa"'),
        ("card.last4", '"4242"'),
        ("card.exp", '"04/29"'),
        ("risk.score", "11"),
        ("risk.rule", "null"),
        ("disputed", "false"),
        ("descriptor", '"ACME*SUPPORT"'),
        ("fee", "5.52 USD"),
        ("settled", "true"),
        ("tax.rate", "0.23"),
        ("version", "3"),
    )
)

CHANGES: Final = ChangesSheet(
    heading=paintable("Changes to payment pay_8841"),
    freshness=Chip("read 40 s ago, unchanged since"),
    rows=(
        ChangeRow(
            Sign.CHANGED,
            paintable("status"),
            value("captured", "captured", is_mono=False),
            value("partially refunded", "partially refunded", is_mono=False),
            "status changes from captured to partially refunded",
        ),
        ChangeRow(
            Sign.CHANGED,
            paintable("amount_refunded"),
            value("0.00 USD", "0.00"),
            value("180.00 USD", "180.00"),
            "amount_refunded changes from 0.00 USD to 180.00 USD",
        ),
        ChangeRow(
            Sign.CHANGED,
            paintable("customer.balance"),
            value("-180.00 USD", "-180.00"),
            value("0.00 USD", "0.00"),
            "customer.balance changes from -180.00 USD to 0.00 USD",
        ),
        ChangeRow(
            Sign.ADDED,
            paintable("refunds[0]"),
            None,
            value('{amount: 180.00, reason: "duplicate"}', '{amount: 180.00, reason: "duplicate"}'),
            "refunds[0] is added: amount 180.00, reason duplicate",
        ),
    ),
    unchanged=UNCHANGED,
)

_REASONS: Final = (
    Line(
        Mark.ATTENTION,
        "180.00 USD is over the 50.00 approval line and under the 200.00 ceiling.",
        "issue_refund, policy v14, line 6",
    ),
    Line(Mark.MET, "Confidence 0.91, threshold 0.80"),
)
AUTHORITY: Final = (
    Line(Mark.MISSING, "One approver at tier 2 or above"),
    Line(Mark.MET, "You are not the agent’s owner"),  # noqa: RUF001 - a typographic apostrophe
    Line(Mark.MET, "Within your 500.00 USD limit"),
)
_CHECKS: Final = (
    Line(Mark.MET, "payments connector healthy"),
    Line(Mark.MET, "Target unchanged since it was read"),
    Line(Mark.MET, "Idempotency key present"),
)

_BARS: Final = (
    Bar(paintable("read ticket"), BarKind.WORK, 0.0, 0.092, "1.6 s"),
    Bar(paintable("model: plan"), BarKind.MODEL, 0.092, 0.214, "3.9 s"),
    Bar(paintable("payments.list"), BarKind.WORK, 0.306, 0.121, "2.2 s"),
    Bar("policy check", BarKind.POLICY, 0.427, 0.004, "4 ms"),
    Bar("waiting for review", BarKind.WAITING, 0.446, 0.554, "2:06"),
)


def words(text: str, *, is_mono: bool = False) -> Value:
    """Return a run of words that marks nothing."""
    return Value((Segment(paintable(text)),), is_mono)


REJECT_REASONS: Final = ("Wrong target", "Wrong amount", "Not needed", "Needs more evidence")
STOP_TEXT: Final = "Job 7120 of support-agent stops within 2 s. What it has done stays as it is."

ACTION: Final = ActionSheet(
    id="a1",
    title=paintable("Refund $180.00 to customer 4411"),
    byline=(
        words("issue_refund → "),
        words("payments.create_refund", is_mono=True),
        words(" on payment "),
        words("pay_8841", is_mono=True),
        words(", proposed 2 min ago by support-agent"),
    ),
    questions=five_questions(
        (
            "Step 4 of 5, waiting for you",
            paintable("Charged twice on 14 Nov"),
            "3 fields, 1 line added",
            "Yes, job stops within 2 s",
            "No, a refund is final",
        ),
        has_run=False,
    ),
    decision=DecisionSheet(
        buttons=(
            ButtonSheet("review.approve", "Approve", Tone.OK),
            ButtonSheet("review.edit", "Edit"),
            ButtonSheet("review.reject", "Reject"),
            ButtonSheet("review.stop_job", "Stop job"),
        ),
        digest="payload 9f3c 51a0 · policy v14",
        reject_reasons=REJECT_REASONS,
        stop_text=STOP_TEXT,
    ),
    changes=CHANGES,
    evidence=EvidenceSheet(
        (
            Source(paintable("Ticket 20418"), paintable("“I was charged twice for order 77120.”"), "step 1"),
            Source(paintable("payments.list"), paintable("2 captures of 180.00 USD, 41 s apart"), "step 2"),
            Source(
                paintable("Refund policy §3.2"),
                paintable("Duplicate captures are refunded in full."),
                "step 3",
            ),
        )
    ),
    timeline=TimelineSheet("18.4 s working, $0.042 of $2.00", _BARS),
    reasons=_REASONS,
    authority=AUTHORITY,
    job=JobBrief(
        "7120",
        paintable("Job 7120 · support-agent"),
        paintable("“Resolve ticket 20418”"),
        (Meter("Cost", "$0.042 / $2.00", 0.021), Meter("Steps", "4 / 12", 4 / 12)),
        "Assisted",
    ),
    checks=_CHECKS,
    note=paintable("“Customer was billed twice. Refunding the second capture in full per policy §3.2.”"),
)
