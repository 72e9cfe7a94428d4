"""An action that touches many records: how many, whether alike, and each of them within reach."""

from __future__ import annotations

import pytest

from lineclear.desktop.presenters.changes.differences import Heading, changes_sheet, compare
from lineclear.desktop.presenters.changes.finding import next_record
from lineclear.desktop.presenters.changes.rows import Opened, rows_of
from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.views.changes.changes import ChangesCard
from lineclear.domain.effects import Shape
from support.console import Console


def tickets(count, **changed):
    return [{"id": f"T-{n}", "status": "waiting", "by": n, "why": None} | changed for n in range(count)]


def sheet(before, after):
    return changes_sheet({"tickets": before}, {"tickets": after}, Shape.FIELDS, Heading("Changes"))


def said(before, after):
    return compare({"tickets": before}, {"tickets": after}, Shape.FIELDS, Heading(""))[1]


CLOSED = tickets(38, status="closed")
OTHERWISE = [*CLOSED[:37], CLOSED[37] | {"status": "paid out"}]


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (tickets(38), CLOSED, "tickets: 38 records changed (all alike)"),
        (tickets(38), OTHERWISE, "tickets: 38 records changed (37 alike, 1 different)"),
        (
            tickets(2),
            [CLOSED[0], OTHERWISE[37] | {"id": "T-1"}],
            "tickets: 2 records changed (each different)",
        ),
        (tickets(6), tickets(2), "tickets: 4 records removed"),
        (
            tickets(3),
            [CLOSED[0], *tickets(5)[2:]],
            "tickets: 1 record changed, 2 records added, 1 record removed",
        ),
        (tickets(3), [CLOSED[0], *tickets(3)[1:]], ""),
        (["a", "b"], ["c", "d"], ""),
        (tickets(4), tickets(4)[::-1], ""),
    ],
)
def test_a_batch_says_how_many_records_fare_how(before, after, words):
    assert sheet(before, after).batch == words


def test_what_it_changes_is_said_by_records():
    assert said(tickets(38), CLOSED) == "1 field in each of 38 records"
    assert said(tickets(38), OTHERWISE) == "38 fields changed in 38 records"
    assert said(tickets(6), tickets(2)) == "tickets: 4 records removed"


def test_one_for_true_is_not_alike():
    made = sheet(tickets(2), [one | {"why": why} for one, why in zip(tickets(2), (1, True), strict=True)])
    assert made.batch == "tickets: 2 records changed (each different)"


def test_what_changes_alike_opens_a_row_for_each_field_of_each_record():
    made = sheet(tickets(5), tickets(5, status="closed", why="quiet"))
    (group,) = made.groups
    assert made.rows[group.at].opens == group.key
    assert [text_of(row.field) for row in group.members[:3]] == [
        "tickets[id=T-0].status",
        "tickets[id=T-0].why (type changes)",
        "tickets[id=T-1].status",
    ]
    assert len(group.members) == 10


def test_each_record_opens_once_with_all_that_it_has_in_common_with_others():
    after = tickets(9, status="closed", why="quiet")
    after[8]["why"] = "paid"
    made = sheet(tickets(9), after)
    assert [len(group.members) for group in made.groups] == [17]
    assert [row.opens != "" for row in made.rows if row.across is not None] == [True, False]
    walked = [row.record for row in Opened(made.rows, [(one.at, one.members) for one in made.groups])]
    assert [walked.count(f"tickets[id=T-{number}]") for number in (0, 7, 8)] == [2, 2, 2]


def test_rows_with_others_behind_them_are_all_there_in_order():
    rows = sheet(tickets(9), [one | {"by": -1 - one["by"]} for one in tickets(9)]).rows
    plain, more = rows_of(rows[:4]), (rows[5], rows[6])
    opened = Opened(plain, [(0, more), (3, more[:1])])
    assert opened[:] == (rows[0], *more, *rows[1:4], more[0])
    assert Opened(plain, [(2, ())])[:] == rows[:4]
    assert Opened(plain, [(1, ()), (1, more)])[:] == (*rows[:2], *more, *rows[2:4])


def test_records_are_walked_one_by_one_in_both_directions():
    after = [one | {"status": "closed", "by": -1 - one["by"]} for one in tickets(3)]
    rows = sheet(tickets(3), after).rows
    assert [row.record for row in rows] == [f"tickets[id=T-{n}]" for n in (0, 0, 1, 1, 2, 2)]
    assert [next_record(rows, at, 1) for at in (-1, 0, 1, 2, 4)] == [0, 2, 2, 4, None]
    assert [next_record(rows, at, -1) for at in (5, 4, 3, 1)] == [2, 2, 0, None]


def test_keys_reach_each_record_and_enter_folds_them_again(look, qtbot):
    card = ChangesCard(look)
    qtbot.addWidget(card)
    card.display(sheet(tickets(38), OTHERWISE))
    model = card.list.model()
    folded = model.rowCount()

    def reached():
        return text_of(model.item(card.list.currentIndex().row()).row.field)

    card.run_command("diff.next_record")
    assert reached() == "tickets[id=T-0].status"
    for _ in range(37):
        card.run_command("diff.next_record")
    assert reached() == "tickets[id=T-37].status"
    card.run_command("diff.previous_record")
    assert reached() == "tickets[id=T-36].status"
    assert model.rowCount() == folded + 37
    card.list.go_to(0)
    qtbot.keyClick(card.list, "\r")
    assert model.rowCount() == folded


def test_a_change_of_one_record_has_no_records_to_walk(look, qtbot):
    card = ChangesCard(look)
    qtbot.addWidget(card)
    card.display(sheet(tickets(3), [CLOSED[0], *tickets(3)[1:]]))
    card.run_command("diff.next_record")
    assert not card.list.currentIndex().isValid()


def test_the_queue_says_how_many_records_an_action_touches():
    """From the proposal on; an action of one record says nothing of it."""
    console = Console()
    contacts = [{"id": number, "mail": "a@example.com"} for number in range(4)]
    several, one = (
        console.kernel.propose("crm.merge_customers", "manage_customers", confidence="0.20", fields=fields)
        for fields in ({"contacts": contacts}, {"status": "closed"})
    )
    console.sync()
    subtitles = {row.id: text_of(row.subtitle) for row in console.queue_sheet.rows}
    assert (several.records, one.records) == (4, 0)
    assert " · 4 records · " in subtitles[several.id]
    assert "record" not in subtitles[one.id]
