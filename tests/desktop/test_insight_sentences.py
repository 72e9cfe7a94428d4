"""What stands out in how people decided, in sentences that claim no more than their figures do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lineclear.application.reading.answers import Oversight, ReviewFigures, Spread
from lineclear.application.reading.queue_query import State, parse_queue
from lineclear.application.record.query import Facet, parse_query
from lineclear.desktop.models.arranging import Arranged
from lineclear.desktop.presenters.insights.insight_findings import FEWEST, findings
from lineclear.desktop.presenters.insights.insight_sheets import Place
from lineclear.desktop.presenters.insights.insight_words import lasting, share
from lineclear.desktop.presenters.insights.insights_page import Told, insights_sheet
from lineclear.desktop.presenters.jobs.job_costs import Costs
from lineclear.desktop.presenters.sheets import Mark, text_of

SINCE, UNTIL = "2026-11-15T14:02:31.000Z", "2026-11-22T14:02:31.000Z"
NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)


def found(*rows: ReviewFigures, more: bool = False) -> Oversight:
    return Oversight(SINCE, UNTIL, 100, rows, more)


def said(*rows: ReviewFigures) -> list[tuple[Mark, str]]:
    return [(one.line.mark, text_of(one.line.text)) for one in findings(found(*rows))]


def sheet_of(now: Oversight, longer: Oversight, days: int = 7):
    return insights_sheet(Told(days, now, longer, Costs()), NOW)


def headlines(now: Oversight, longer: Oversight, days: int = 7) -> dict[str, tuple[str, str]]:
    return {one.title: (one.value, one.says) for one in sheet_of(now, longer, days).headlines}


# -- sentences -----------------------------------------------------------------------------------


def test_a_person_who_approves_all_there_is_in_little_time_is_said_in_one_sentence():
    row = ReviewFigures("mara", "", 41, 41, hasty=30, dwell_ms=Spread(41, 900, 2_000, 4_100))
    everybody = ReviewFigures("", "", 200, 190)
    assert said(everybody, row) == [
        (
            Mark.ATTENTION,
            (
                "mara approved 41 and rejected none, at a median of 2.0 s; 30 looks were short for what there"
                " was to read."
            ),
        )
    ]


def test_nothing_is_said_of_a_median_that_hardly_any_device_measured():
    row = ReviewFigures("mara", "", 41, 41, hasty=30, dwell_ms=Spread(FEWEST - 1, 900, 2_000, 4_100))
    (one,) = said(ReviewFigures("", "", 200, 190), row)
    assert "median" not in one[1]
    assert "30 after a look that was short" in one[1]


def test_of_fewer_than_ten_decisions_only_what_was_missed_or_overturned_is_said():
    hasty = ReviewFigures("mara", "", 9, 9, hasty=9, undone=9, dwell_ms=Spread(9, 1, 1, 1))
    everybody = ReviewFigures("", "", 9, 9, hasty=9, undone=9)
    assert said(everybody, hasty) == [
        (Mark.UNKNOWN, "Fewer than 10 decisions: too few to say what stands out.")
    ]
    missed = ReviewFigures("mara", "", 2, 2, canaries_missed=1, canaries_caught=1)
    assert said(ReviewFigures("", "", 2, 2, canaries_missed=1, canaries_caught=1), missed) == [
        (Mark.REFUSED, "mara approved 1 of 2 canaries: actions made to be wrong."),
        (Mark.UNKNOWN, "1 person took fewer than 10 decisions: too few to tell a habit from chance."),
    ]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            ReviewFigures("", "deploy", 30, 25, 5, failed=3),
            "Of 25 approvals of deploy, 0 were undone and 3 failed.",
        ),
        (
            ReviewFigures("", "deploy", 30, 25, 5, second_looks=12, differed=3),
            "Of 12 second looks at deploy, 3 rejected what was approved before.",
        ),
        (
            ReviewFigures("", "deploy", 40, 40, edited=10),
            "People edited 10 actions of deploy and took 40 decisions on it.",
        ),
        (
            ReviewFigures("", "deploy", 30, 30, queue_seconds=Spread(30, 1, 180, 500)),
            "Half of the decisions on deploy waited 3:00 min or longer; all together, 1:00 min or longer.",
        ),
    ],
)
def test_what_stands_out_of_a_capability_leads_to_its_actions(row, sentence):
    everybody = ReviewFigures("", "", 200, 190, queue_seconds=Spread(200, 1, 60, 500))
    (one,) = findings(found(everybody, row))
    assert text_of(one.line.text) == sentence
    assert one.way is not None
    assert one.way.place is Place.QUEUE
    query = parse_queue(one.way.filter)
    assert (query.capability, query.mine) == ("deploy", False)
    assert query.state is (State.PENDING if "waited" in sentence else State.ENDED)


def test_what_is_just_below_its_line_is_not_said():
    everybody = ReviewFigures("", "", 400, 390, queue_seconds=Spread(200, 1, 60, 500))
    row = ReviewFigures(
        "", "deploy", 41, 31, 10, 10, 7, 1, 2, 0, 0, 13, 3, queue_seconds=Spread(41, 1, 179, 500)
    )
    assert [mark for mark, _ in said(everybody, row)] == [Mark.MET]


def test_one_who_decides_most_is_named_only_among_several():
    everybody = ReviewFigures("", "", 100, 100)
    most, other = ReviewFigures("mara", "", 70, 70), ReviewFigures("noor", "", 30, 30)
    assert said(everybody, most, other) == [(Mark.ATTENTION, "mara took 70 of all 100 decisions.")]
    assert said(ReviewFigures("", "", 70, 70), most)[0][1] == "Nothing stands out."


def test_a_name_that_looks_like_something_else_is_shown_as_it_is():
    row = ReviewFigures("ma\u202era", "", 1, 1, overturned=1)
    (one, _) = said(ReviewFigures("", "", 1, 1, overturned=1), row)
    assert "\u202e" not in one[1]


def test_what_a_person_decided_is_looked_for_in_the_ledger_from_the_same_time_on():
    row = ReviewFigures("mara lind", "", 1, 1, overturned=1)
    one = findings(found(ReviewFigures("", "", 1, 1, overturned=1), row))[0]
    assert one.way is not None
    assert one.way.place is Place.LEDGER
    query = parse_query(one.way.filter)
    assert query.only == ((Facet.TYPE, "decision"), (Facet.BY, "mara lind"))
    assert query.after == round(datetime.fromisoformat(SINCE).timestamp() * 1_000)


# -- figures -------------------------------------------------------------------------------------


def test_each_figure_is_held_against_the_stretch_before():
    now = ReviewFigures("", "", 50, 40, 10, 5, queue_seconds=Spread(50, 9, 61, 400))
    longer = ReviewFigures("", "", 90, 75, 15, 5, queue_seconds=Spread(90, 9, 75, 500))
    told = headlines(found(now), found(longer))
    assert told["Waited for a decision"] == (
        "Half within 1:01 min",
        "Nine in ten within 6:40 min. Over 14 days: half within 1:15 min.",
    )
    assert told["Decided"] == ("50", "40 approved. 40 in the 7 days before.")
    rejected = "20\u00a0% of what was decided. 5 in the 7 days before (12\u00a0%)."
    assert told["Rejected"] == ("10", rejected)
    assert told["Edited by people"] == ("5", "None in the 7 days before.")
    assert told["Canaries"] == ("–", "None was decided.")  # noqa: RUF001  # stands where nothing is
    assert headlines(found(now), found(longer), 1)["Decided"][1] == "40 approved. 40 the day before."


def test_nothing_is_compared_with_a_stretch_that_was_not_read_whole_and_that_is_said():
    now = ReviewFigures("", "", 50, 40, 10, queue_seconds=Spread(50, 9, 61, 400))
    capped = found(now, more=True)
    assert headlines(capped, capped)["Decided"] == ("50", "40 approved.")
    assert headlines(capped, capped)["Waited for a decision"][1] == "Nine in ten within 6:40 min."
    assert "Made of the 100 actions that changed last; there are more" in sheet_of(capped, capped).said
    assert "there are more" not in sheet_of(found(now), capped).said


def test_lengths_and_shares_read_as_short_as_can_be_compared():
    assert [lasting(one) for one in (0.04, 9.94, 10, 59.9, 60, 3_599, 3_600, 86_399, 129_600)] == [
        "0.0 s", "9.9 s", "10 s", "59 s", "1:00 min", "59:59 min", "1:00 h", "23:59 h", "1.5 days",
    ]  # fmt: skip
    assert [share(*one).replace("\u00a0", " ") for one in ((0, 0), (1, 300), (1, 8))] == [
        "0 %", "under 1 %", "12 %",
    ]  # fmt: skip


def test_rows_stand_in_the_order_of_a_column_and_turn():
    rows = sheet_of(
        found(ReviewFigures("b", "", 3, 3), ReviewFigures("a", "", 3, 3), ReviewFigures("c", "", 9, 2, 7)),
        found(),
    ).people
    order = Arranged()
    assert [one.id for one in order.rows(rows)] == ["c", "a", "b"]
    assert [one.id for one in order.by(1).rows(rows)] == ["a", "b", "c"]
    assert [one.id for one in order.by(0).rows(rows)] == ["a", "b", "c"]
    assert [one.id for one in order.by(2).rows(rows)] == ["c", "a", "b"]
