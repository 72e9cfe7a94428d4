"""Sample sheets for the gallery: how people decided over a week, and the states of that page. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from lineclear.application.reading.answers import Oversight, ReviewFigures, Spread
from lineclear.desktop.presenters.insights.insight_sheets import InsightsSheet
from lineclear.desktop.presenters.insights.insights_page import Told, insights_sheet
from lineclear.desktop.presenters.jobs.job_costs import Cost, Costs
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, Step

_NOW: Final = datetime(2026, 11, 22, 14, 2, 40, tzinfo=UTC)
_SINCE, _BEFORE, _UNTIL = "2026-11-15T14:02:31.000Z", "2026-11-08T14:02:31.000Z", "2026-11-22T14:02:31.000Z"
_ROWS: Final = (
    ReviewFigures(
        "", "", 312, 268, 44, 37, 61, 5, 6, 7, 2, 31, 4, 4, 9,
        Spread(312, 21, 194, 2_310), Spread(298, 1_900, 14_200, 96_000),
    ),
    ReviewFigures(
        "ops-west", "", 148, 131, 17, 21, 9, 1, 2, 4, 0, 9, 1, 0, 4,
        Spread(148, 20, 171, 1_920), Spread(146, 6_400, 21_000, 110_000),
    ),
    ReviewFigures(
        "mara", "", 41, 41, 0, 0, 30, 2, 1, 0, 2, 0, 0, 3, 0,
        Spread(41, 12, 44, 260), Spread(41, 900, 2_000, 4_100),
    ),
    ReviewFigures(
        "ops-east", "", 118, 92, 26, 16, 22, 2, 3, 3, 0, 22, 3, 1, 5,
        Spread(118, 30, 402, 4_800), Spread(111, 2_100, 16_300, 88_000),
    ),
    ReviewFigures("data-lead", "", 5, 4, 1, 0, 0, queue_seconds=Spread(5, 61, 610, 7_900)),
    ReviewFigures(
        "", "issue_refund", 204, 181, 23, 12, 44, 3, 1, 5, 2, 22, 1, 2, 3,
        Spread(204, 18, 160, 1_100), Spread(196, 1_500, 12_000, 70_000),
    ),
    ReviewFigures(
        "", "manage_customers", 61, 52, 9, 21, 15, 2, 0, 2, 0, 6, 1, 0, 1,
        Spread(61, 25, 230, 1_900), Spread(59, 2_000, 16_000, 81_000),
    ),
    ReviewFigures(
        "", "deploy_service", 34, 25, 9, 3, 2, 0, 5, 0, 0, 3, 2, 2, 5,
        Spread(34, 240, 3_120, 26_100), Spread(31, 8_000, 64_000, 260_000),
    ),
    ReviewFigures("", "grant_access", 13, 10, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, Spread(13, 60, 540, 5_200)),
)  # fmt: skip
_LONGER: Final = (
    ReviewFigures(
        "", "", 655, 569, 86, 70, 98, 13, 10, 16, 3, 66, 7, 7, 15,
        Spread(655, 24, 231, 2_800), Spread(630, 2_200, 15_900, 99_000),
    ),
)  # fmt: skip
_COSTS: Final = Costs(
    (
        Cost("support-agent", 212, 41_870_000, 2_410, 3),
        Cost("crm-agent", 64, 9_310_000, 702, 0),
        Cost("release-agent", 22, 7_044_000, 391, 2),
        Cost("billing-agent", 19, 1_215_000, 140, 0),
    ),
    (Cost("Northwind GmbH", 18, 4_120_000, 201, 1), Cost("Contoso", 7, 812_000, 66, 0)),
    317,
)
_AGAIN: Final = Step("view.refresh", "Try again")

WEEK: Final = insights_sheet(
    Told(7, Oversight(_SINCE, _UNTIL, 388, _ROWS), Oversight(_BEFORE, _UNTIL, 790, _LONGER), _COSTS), _NOW
)
_FEW_ROWS: Final = (
    ReviewFigures(
        "", "", 3, 2, 1, queue_seconds=Spread(3, 20, 31, 96), dwell_ms=Spread(3, 4_000, 8_100, 9_000)
    ),
    ReviewFigures("ops-west", "", 3, 2, 1, queue_seconds=Spread(3, 20, 31, 96)),
    ReviewFigures("", "issue_refund", 3, 2, 1, queue_seconds=Spread(3, 20, 31, 96)),
)
FEW: Final = insights_sheet(
    Told(1, Oversight(_SINCE, _UNTIL, 3, _FEW_ROWS), Oversight(_BEFORE, _UNTIL, 3, _FEW_ROWS), Costs()), _NOW
)
_CAPPED: Final = Oversight(_SINCE, _UNTIL, 10_000, _ROWS, more=True)
_PART: Final = Told(30, _CAPPED, _CAPPED, _COSTS)
SHEETS: Final = {
    "week": WEEK,
    "few": FEW,
    "part": insights_sheet(_PART, _NOW),
    "offline": replace(
        WEEK,
        notice=Notice(
            NoticeKind.OFFLINE,
            "Offline, figures of 14:02:31",
            "The backend makes them and cannot be reached. They are read again once it answers.",
            _AGAIN,
        ),
    ),
    "empty": InsightsSheet(
        7,
        notice=Notice(
            NoticeKind.EMPTY,
            "Nobody decided anything in the last 7 days",
            "Figures appear here with the first decision.",
            Step("insights.month", "Look at 30 days"),
        ),
    ),
    "loading": InsightsSheet(7, notice=Notice(NoticeKind.LOADING, "Reading how people decided")),
    "forbidden": InsightsSheet(
        7,
        notice=Notice(
            NoticeKind.FORBIDDEN,
            "How people decide is for ops leads and administrators",
            "Your own decisions are in the ledger, with what came of them.",
            Step("go.ledger", "To the ledger"),
        ),
    ),
}
"""The page by the name of its scene."""
