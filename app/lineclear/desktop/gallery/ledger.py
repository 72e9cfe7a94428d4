"""Sample sheets of the ledger page for pictures and tests of its layout. Free of Qt and of rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lineclear.desktop.gallery.samples import ACTION
from lineclear.desktop.presenters.ledger.ledger_sheets import (
    EntriesSheet,
    EntryRow,
    FacetSheet,
    FacetValue,
    Fact,
    LedgerHead,
    StoryLine,
    StorySheet,
    VerdictKind,
    VerdictSheet,
)
from lineclear.desktop.presenters.sheets import Chip, Line, Mark, Notice, NoticeKind, Step, Tone
from lineclear.domain.text import paintable

_KINDS: Final = (
    ("Execution succeeded", "Refund $180.00 to customer 4411 · re_20411 · 180.00 USD", "worker/w1", Tone.OK),
    ("Decision recorded", "Refund $180.00 to customer 4411 · ops-west: approve", "person/ops-west", Tone.OK),
    ("Action evaluated", "Refund $180.00 to customer 4411 · ask", "kernel/policy", Tone.NEUTRAL),
    (
        "Action proposed",
        "Refund $180.00 to customer 4411 · payments.create_refund",
        "agent/support-agent",
        Tone.ACCENT,
    ),
    ("Safe mode switched", "Refunds doubled since 08:40, looking into it", "person/ops-lead", Tone.CAUTION),
)


def _rows(count: int) -> tuple[EntryRow, ...]:
    rows = []
    for place in range(count):
        what, about, by, tone = _KINDS[place % len(_KINDS)]
        index = 18_203 - place
        time = f"2026-11-14 14:{29 - place // 60:02d}:{59 - place % 60:02d}"
        row = EntryRow(index, f"{index:,}", time, what, paintable(about), paintable(by), tone, about)
        rows.append(row)
    return tuple(rows)


HEAD: Final = LedgerHead(
    "Ledger",
    paintable(
        "acme/support-ops, production · 18,204 entries · key 1b1f 4de7, trusted on first use on 2026-10-02"
    ),
    Chip("Live", Tone.OK),
    Chip("Not verified", Tone.CAUTION),
    news="12 newer entries",
)
PACK: Final = LedgerHead(
    "acme-2026-11.auditpack",
    paintable(
        "lineclear.example/acme · exported 2026-11-14 15:00:00 UTC by the log itself · scope: everything"
    ),
    Chip("Audit pack, read offline", Tone.ACCENT),
    Chip("Verified: sound", Tone.OK),
    is_pack=True,
)
VERIFYING: Final = replace(PACK, verified=Chip("Verifying, 41 %", Tone.ACCENT), verify_title="Stop verifying")
BROKEN: Final = replace(PACK, verified=Chip("Not sound", Tone.STOP))
ENTRIES: Final = EntriesSheet(128, _rows(128), "18,204 entries")
NONE: Final = EntriesSheet(
    0,
    (),
    "0 of 18,204 entries",
    notice=Notice(NoticeKind.INFO, "None of 18,204 entries is like that", "Write plain words, or a filter."),
)
FACETS: Final = (
    FacetSheet(
        "type",
        "What happened",
        (
            FacetValue("action.proposed", "Action proposed", "4,120"),
            FacetValue("decision.recorded", "Decision recorded", "3,011", is_chosen=True),
            FacetValue("execution.succeeded", "Execution succeeded", "2,907"),
        ),
    ),
    FacetSheet(
        "agent",
        "Agent",
        (
            FacetValue("support-agent", paintable("support-agent"), "9,204"),
            FacetValue("a", paintable("an-agent-with-a-name-that-is-longer-than-its-place"), "8"),
        ),
    ),
)
STORY: Final = StorySheet(
    index=18_202,
    title=paintable("Refund $180.00 to customer 4411"),
    byline=paintable("issue_refund → payments.create_refund, by support-agent, act-01JD2"),
    proof=Chip("Proven", Tone.OK),
    standing=Line(
        Mark.MET,
        "It is entry 18,202 of 18,204, under the root that the log's key signed.",
        "Key 5b0e 91c4, which you named",
    ),
    steps=(
        StoryLine(
            18_200,
            Line(
                Mark.MET,
                paintable("support-agent proposed payments.create_refund"),
                "Entry 18,200 · 14:28:02",
            ),
            (Line(Mark.UNKNOWN, paintable("Customer was billed twice."), "The agent's words, unverified"),),
        ),
        StoryLine(
            18_202,
            Line(Mark.MET, paintable("ops-west approved it at tier 2"), "Entry 18,202 · 14:29:58"),
            (
                Line(
                    Mark.MET,
                    "Signature holds, over payload, view, policy, revision and ledger as recorded",
                    "device 9f3c 51a0, number 12",
                ),
            ),
            is_chosen=True,
        ),
    ),
    facts=(
        Fact("verdict", paintable("approve")),
        Fact("statement", paintable(f"{'5b0e91c4' * 8} (here, as committed)")),
    ),
    changes=ACTION.changes,
)
RUNNING: Final = VerdictSheet(
    VerdictKind.RUNNING,
    "Verifying, 41 %",
    "Every entry is hashed, replayed and judged, and every signature checked. You can go on reading.",
    0.41,
)
SOUND: Final = VerdictSheet(
    VerdictKind.SOUND,
    "Sound",
    paintable("lineclear.example/acme, 18,204 entries, everything; root 5b0e 91c4, signed by key 9f3c 51a0."),
    holds=(
        Line(
            Mark.MET, "All 18,204 entries are those that the log's key signed for, and there are no others."
        ),
        Line(
            Mark.MET, "3,011 decisions are signed by device keys that were enrolled at that point of the log."
        ),
    ),
    open=(
        Line(Mark.UNKNOWN, "That nobody was shown another log: no witness has cosigned."),
        Line(Mark.UNKNOWN, "That a reviewer read what they signed."),
    ),
)
UNSOUND: Final = VerdictSheet(
    VerdictKind.UNSOUND,
    "Not sound: 1 fault",
    "Nothing in this ledger is proven. Keep it as it is, and ask whoever gave it to you.",
    fails=(
        Line(
            Mark.REFUSED,
            paintable("It does not have the digest that is its name"),
            paintable(f"payloads/{'9f3c51a0' * 8}"),
        ),
    ),
)
DAMAGED: Final = Notice(
    NoticeKind.FAILED,
    "This audit pack cannot be opened",
    "acme.auditpack cannot be opened as an audit pack: the directory is not where the end of the file says. "
    "Ask whoever exported it for another copy. Until then nothing in it can be relied on.",
    Step("ledger.open_pack", "Open another one"),
)
