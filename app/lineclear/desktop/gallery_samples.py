"""Sample sheets for the gallery: one workspace in each state that a page can show. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lineclear.desktop.presenters.sheets import (
    ActionSheet,
    Bar,
    BarKind,
    ButtonSheet,
    ChangeRow,
    ChangesSheet,
    Chip,
    ControlSheet,
    DecisionSheet,
    EvidenceSheet,
    Filter,
    HealthRow,
    JobBrief,
    JobRow,
    JobsSheet,
    LedgerRow,
    LedgerSheet,
    Line,
    Mark,
    Meter,
    Notice,
    NoticeKind,
    OutcomeKind,
    OutcomeSheet,
    QueueRow,
    QueueSheet,
    SafeModeSheet,
    SafeModeState,
    Segment,
    Sign,
    Source,
    Step,
    TimelineSheet,
    Tone,
    TopSheet,
    UndoSheet,
    Value,
    five_questions,
)
from lineclear.domain.text import paintable

_SOON: Final = "Due within 10 minutes"
_TODAY: Final = "Today"
_OTHERS: Final = "Waiting on others"

TOP: Final = TopSheet(
    workspace="acme / support-ops",
    environment="production",
    freshness=Chip("Live, 1 s ago", Tone.OK),
    safe_mode=SafeModeSheet(SafeModeState.OFF, "Safe mode off", "Never used in this workspace."),
    person="ops-west",
    tier=Chip("Tier 2", Tone.CAUTION),
)
TOP_OFFLINE: Final = replace(
    TOP,
    freshness=Chip("Offline since 14:02, 3 decisions waiting to be sent", Tone.CAUTION),
    safe_mode=SafeModeSheet(SafeModeState.UNKNOWN, "Safe mode not known", why_not="The backend is out of reach."),
)
TOP_SAFE_MODE: Final = replace(
    TOP, safe_mode=SafeModeSheet(SafeModeState.ON, "Safe mode on", "Since 13:40, by ops-west: refund incident.")
)


def _row(  # noqa: PLR0913, PLR0917 - one line of the table below
    row_id: str, title: str, subtitle: str, due: str, badge: Chip, group: str
) -> QueueRow:
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
    ),
    rows=(
        _row("a1", "Refund $180.00 to customer 4411", "support-agent · duplicate charge", "4:12", _TIER_2, _SOON),
        _row("a2", "Grant storage.admin to deploy-bot", "infra-agent · IAM policy, 3 statements", "8:40", _TIER_3, _SOON),
        _row("a3", "Update 12 fields on Northwind GmbH", "crm-agent · low confidence 0.62", "1 h", _TIER_1, _TODAY),
        _row("a4", "Merge fix/retry-budget into main", "code-agent · 4 files, +61 \u221218", "2 h", _TIER_2, _TODAY),
        _row("a5", "Correct 3 lines on invoice 2026-1187", "billing-agent · total \u2212$240.00", "3 h", _TIER_1, _TODAY),
        _row("a6", "Raise daily budget to $75.00", "research-agent · paused at $50.00 cap", "5 h", _TIER_2, _TODAY),
        _row("a7", "Close 38 stale tickets", "triage-agent · batch, all reversible", "6 h", _TIER_1, _TODAY),
        _row("a8", "Deploy billing 4.18 to staging", "release-agent · claimed by another reviewer", "6 h", _TIER_1, _OTHERS),
        _row("a9", "Delete 4 duplicate contacts", "crm-agent · connector stale 11 min", "1 d", Chip("Blocked"), _OTHERS),
    ),
    selected="a1",
)


def _value(text: str, changed: str = "", *, is_mono: bool = True) -> Value:
    """Return a value whose first occurrence of `changed` is marked."""
    head, found, tail = text.partition(changed) if changed else (text, "", "")
    parts = ((head, False), (found, True), (tail, False))
    return Value(tuple(Segment(paintable(part), mark) for part, mark in parts if part), is_mono)


def _same(name: str, text: str) -> ChangeRow:
    value = _value(text)
    return ChangeRow(Sign.SAME, paintable(name), value, value, f"{name} stays {text}")


_UNCHANGED: Final = tuple(
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
            _value("captured", "captured", is_mono=False),
            _value("partially refunded", "partially refunded", is_mono=False),
            "status changes from captured to partially refunded",
        ),
        ChangeRow(
            Sign.CHANGED,
            paintable("amount_refunded"),
            _value("0.00 USD", "0.00"),
            _value("180.00 USD", "180.00"),
            "amount_refunded changes from 0.00 USD to 180.00 USD",
        ),
        ChangeRow(
            Sign.CHANGED,
            paintable("customer.balance"),
            _value("-180.00 USD", "-180.00"),
            _value("0.00 USD", "0.00"),
            "customer.balance changes from -180.00 USD to 0.00 USD",
        ),
        ChangeRow(
            Sign.ADDED,
            paintable("refunds[0]"),
            None,
            _value('{amount: 180.00, reason: "duplicate"}', '{amount: 180.00, reason: "duplicate"}'),
            "refunds[0] is added: amount 180.00, reason duplicate",
        ),
    ),
    unchanged=_UNCHANGED,
)

_REASONS: Final = (
    Line(
        Mark.ATTENTION,
        "180.00 USD is over the 50.00 approval line and under the 200.00 ceiling.",
        "issue_refund, policy v14, line 6",
    ),
    Line(Mark.MET, "Confidence 0.91, threshold 0.80"),
)
_AUTHORITY: Final = (
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


def _text(text: str, *, is_mono: bool = False) -> Value:
    return Value((Segment(paintable(text)),), is_mono)


REJECT_REASONS: Final = ("Wrong target", "Wrong amount", "Not needed", "Needs more evidence")
STOP_TEXT: Final = "Job 7120 of support-agent stops within 2 s. What it has done stays as it is."

ACTION: Final = ActionSheet(
    id="a1",
    title=paintable("Refund $180.00 to customer 4411"),
    byline=(
        _text("issue_refund → "),
        _text("payments.create_refund", is_mono=True),
        _text(" on payment "),
        _text("pay_8841", is_mono=True),
        _text(", proposed 2 min ago by support-agent"),
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
            Source(paintable("Refund policy §3.2"), paintable("Duplicate captures are refunded in full."), "step 3"),
        )
    ),
    timeline=TimelineSheet("18.4 s working, $0.042 of $2.00", _BARS),
    reasons=_REASONS,
    authority=_AUTHORITY,
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
    authority=(Line(Mark.MISSING, "Two approvers at tier 3"), *_AUTHORITY[1:]),
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
                _value('"Köln"', "Köln"),
                _value('"Cologne"', "Cologne"),
                "city changes from Köln to Cologne",
            ),
            ChangeRow(
                Sign.REMOVED,
                paintable("vat_id"),
                _value('"DE811569869"', "DE811569869"),
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
        _text("update_contact → "),
        _text("crm.update", is_mono=True),
        _text(" on contact "),
        _text("northwind-gmbh", is_mono=True),
        _text(", approved by ops-west 4 min ago"),
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
                _value('"Cologne"', "Cologne"),
                _value('"Köln"', "Köln"),
                "city changed from Cologne to Köln",
            ),
            ChangeRow(
                Sign.ADDED, paintable("vat_id"), None, _value('"DE811569869"', "DE811569869"), "vat_id was added"
            ),
        ),
        unchanged=_UNCHANGED[:9],
        before_title="Before",
        after_title="Now",
    ),
    decision=DecisionSheet((ButtonSheet("review.undo", "Undo"),), "payload 1c07 88be · policy v14"),
    checks=(),
    undo=UNDO,
)

ACTION_UNKNOWN: Final = replace(
    ACTION_DONE,
    id="a4",
    outcome=OutcomeSheet(
        OutcomeKind.UNKNOWN,
        "Nobody knows yet whether it ran",
        "The connection broke after the request was sent. The payment system is being asked; nothing is sent again.",
        (Line(Mark.UNKNOWN, "Asked 3 times, last 20 s ago", "payments.get_refund by idempotency key"),),
    ),
    decision=DecisionSheet(
        (ButtonSheet("review.undo", "Undo", why_not="What it did is not known yet."),), "payload 9f3c 51a0 · policy v14"
    ),
)

_HOSTILE: Final = "invoice\u202efdp.exe <b>pay</b> <img src=x> &amp; \x1b[31m\u200bzero"

ACTION_HOSTILE: Final = replace(
    ACTION,
    id="a5",
    title=paintable(f"Pay {_HOSTILE} " + "and everything else that fits into a title " * 12),
    byline=(*ACTION.byline[:3], _text(_HOSTILE, is_mono=True)),
    changes=ChangesSheet(
        heading=paintable(f"Changes to {_HOSTILE}"),
        rows=(
            ChangeRow(
                Sign.CHANGED,
                paintable("file\u200bname"),
                _value("invoice.pdf", "invoice.pdf"),
                _value("invoice\u202efdp.exe", "invoice\u202efdp.exe"),
                "filename changes",
            ),
            ChangeRow(
                Sign.CHANGED,
                paintable("notes.with.a.very_long_name_that_does_not_break_anywhere_at_all"),
                _value("A" * 400, "A" * 400),
                _value("The quick brown fox. " * 60, "brown"),
                "notes changes",
            ),
            ChangeRow(
                Sign.ADDED,
                paintable("attachment"),
                None,
                Value(tuple(Segment(paintable("0123456789abcdef" * 200), is_changed=True) for _ in range(40))),
                "attachment is added, 128,000 characters",
            ),
        ),
        not_shown=(
            Line(Mark.ATTENTION, "preview.png is not shown: 48,112 bytes of image, digest 77aa 0c1e", "payload, leaf 4"),
        ),
    ),
    note=paintable(_HOSTILE),
)

_EMPTY: Final = QueueSheet("Needs you", 0, QUEUE.filters)

QUEUES: Final = {
    "empty": replace(
        _EMPTY,
        notice=Notice(
            NoticeKind.EMPTY, "Nothing needs you", "Checked 1 s ago. The next action due to you shows up here."
        ),
    ),
    "loading": replace(
        _EMPTY, count=None, notice=Notice(NoticeKind.LOADING, "Reading the queue", "This takes a second or two.")
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
            NoticeKind.OFFLINE, "Offline since 14:02", "These are the actions as they were then. Decisions wait here."
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


def _job(  # noqa: PLR0913, PLR0917 - one line of the table below
    job_id: str, title: str, agent: str, state: Chip, cost: str, steps: str, updated: str
) -> JobRow:
    answers = (
        "Step 4 of 5, waiting for you",
        paintable("“Resolve ticket 20418”"),
        "1 payment, after your decision",
        "Yes, within 2 s",
        "1 of 2 effects can be undone",
    )
    return JobRow(
        job_id,
        paintable(title),
        paintable(agent),
        state,
        cost,
        steps,
        updated,
        five_questions(answers, has_run=False),
        "" if state.tone is not Tone.NEUTRAL else "It has ended.",
    )


JOBS: Final = JobsSheet(
    (
        _job("7120", "Resolve ticket 20418", "support-agent", Chip("Waiting", Tone.CAUTION), "$0.042 / $2.00", "4 / 12", "2 min ago"),
        _job("7119", "Tidy the CRM of the northern region", "crm-agent", Chip("Running", Tone.ACCENT), "$0.310 / $5.00", "31 / 60", "1 s ago"),
        _job("7117", "Weekly research digest", "research-agent", Chip("Paused: budget", Tone.STOP), "$50.00 / $50.00", "212 / 400", "48 min ago"),
        _job("7112", "Correct invoices of October", "billing-agent", Chip("Ended"), "$0.118 / $2.00", "9 / 12", "3 h ago"),
    ),
    "7120",
)

_ENTRIES: Final = (
    ("action:proposed", "action a1", "support-agent"),
    ("policy:evaluated", "action a1", "policy v14"),
    ("span:ended", "job 7120", "support-agent"),
    ("effect:confirmed", "action a3", "worker-1"),
    ("execution:started", "action a3", "worker-1"),
    ("action:approved", "action a3", "ops-west"),
    ("action:proposed", "action a3", "crm-agent"),
    ("job:started", "job 7120", "support-agent"),
    ("safe_mode:turned_off", "workspace", "ops-west"),
    ("safe_mode:turned_on", "workspace", "ops-west"),
)
LEDGER: Final = LedgerSheet(
    Line(
        Mark.MET,
        "All 18,204 entries are proved by the checkpoint of 14:25:00.",
        "Verified on this machine 8 s ago, root 5b0e 91c4 7d22",
    ),
    tuple(
        LedgerRow(18_203 - number, f"2026-11-14 14:2{9 - number}:08", kind, paintable(stream), paintable(actor))
        for number, (kind, stream, actor) in enumerate(_ENTRIES)
    ),
)

_DOCUMENT: Final = """capabilities:
  issue_refund:
    tools:
      - name: payments.create_refund
        max_amount_usd: 200
        requires_approval_over_usd: 50
        idempotency_key: required
    audit:
      log_payload: true
      retention_days: 365
  deploy_service:
    tools:
      - name: cicd.open_pr
      - name: cicd.trigger_deploy
        requires_approval: true
    environment:
      allowed: ["staging"]"""
CONTROL: Final = ControlSheet(
    TOP.safe_mode,
    "policy v14, in force since 09:12",
    tuple(paintable(line) for line in _DOCUMENT.split("\n")),
    (
        HealthRow("payments", Chip("Healthy", Tone.OK), "Answers in 84 ms, asked 4 s ago"),
        HealthRow("crm", Chip("Stale", Tone.CAUTION), "Last answer 11 min ago; its actions are held back"),
        HealthRow("git", Chip("Healthy", Tone.OK), "Answers in 12 ms, asked 4 s ago"),
    ),
    (
        HealthRow(paintable("support-agent"), Chip("Assisted", Tone.ACCENT), "issue_refund, 1 job running"),
        HealthRow(paintable("crm-agent"), Chip("Delegated", Tone.ACCENT), "update_contact, merge_contacts, 1 job running"),
        HealthRow(paintable("research-agent"), Chip("Paused", Tone.STOP), "Budget of $50.00 for today is used up"),
    ),
)
