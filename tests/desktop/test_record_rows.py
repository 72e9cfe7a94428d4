"""Records that come or go, as rows: a heading each, typed fields below, nothing that reads like another."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest

from lineclear.cli.changes import compare as compare_at_terminal
from lineclear.desktop.gallery.pictures import picture
from lineclear.desktop.presenters.changes.differences import Heading, changes_sheet, compare
from lineclear.desktop.presenters.sheets import Sign, text_of
from lineclear.desktop.views.changes.changes import ChangesCard
from lineclear.domain.diffing import ABSENT
from lineclear.domain.effects import Shape

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
REFUND = {"amount": "180.00", "currency": "USD", "id": "re_1", "due": "2026-11-30", "n": 7, "s": "7"}


def held(value):
    return {"kept": 1} if value is ABSENT else {"kept": 1, "refunds": value}


def sheet(before, after):
    return changes_sheet(held(before), held(after), Shape.FIELDS, Heading("Changes", now=NOW))


def shown(value):
    return None if value is None else "".join(text_of(one.text) for one in value.segments)


def table(made):
    return [
        (row.sign.value, text_of(row.field)[row.told :], row.depth, shown(row.before), shown(row.after))
        for row in made.rows
    ]


def test_the_first_record_of_a_list_is_a_heading_with_its_typed_fields_below():
    made = sheet([], [REFUND])
    assert table(made) == [
        ("~", "refunds", 0, "[]", "[1 record]"),
        ("+", "refunds[id=re_1]", 0, None, "{6 fields}"),
        ("+", "amount", 1, None, "180.00"),
        ("+", "currency", 1, None, "USD"),
        ("+", "id", 1, None, "re_1"),
        ("+", "due", 1, None, "2026-11-30"),
        ("+", "n", 1, None, "7"),
        ("+", "s", 1, None, '"7"'),
        ("+", "refunds · sum of amount", 0, None, "180.00"),
    ]
    assert made.rows[2].after.gloss == "USD"
    assert "in\N{NO-BREAK SPACE}7\N{NO-BREAK SPACE}days" in made.rows[5].after.gloss
    assert made.rows[2].spoken == "refunds[id=re_1].amount, added: absent, then 180.00"


def test_what_goes_reads_as_what_came_with_the_sides_swapped():
    opposite = {Sign.ADDED: Sign.REMOVED, Sign.CHANGED: Sign.CHANGED}
    there, back = sheet([], [REFUND]), sheet([REFUND], [])
    assert table(back) == [
        (opposite[row.sign].value, name, depth, new, old)
        for row, (_, name, depth, old, new) in zip(there.rows, table(there), strict=True)
    ]


def test_an_inserted_record_has_its_heading_and_the_rest_of_the_list_stays():
    other = {"id": "re_0", "note": "x"}
    rows = table(
        sheet([other], [{"id": "re_1", "lines": [{"sku": "A", "n": 1}], "to": {"city": "Kiel"}}, other])
    )
    assert rows == [
        ("+", "refunds[id=re_1]", 0, None, "{3 fields}"),
        ("+", "id", 1, None, "re_1"),
        ("+", "lines[sku=A]", 1, None, "{2 fields}"),
        ("+", "sku", 2, None, "A"),
        ("+", "n", 2, None, "1"),
        ("+", "to.city", 1, None, "Kiel"),
    ]


SMALL = (
    ABSENT, None, [], {}, [[]], [{}], [1], ["1"], [{"a": 1}], [{"a": "1"}], [{"a": None}], [{"a": []}],
    [{"a": {}}], [{}, {}], [[{"a": 1}]], {"a": 1}, {"0": {"a": 1}}, [{"a": 1}, 1], "[1 record]", "{1 field}",
    ["[]"],
)  # fmt: skip


def test_i5_no_two_changes_of_lists_and_records_read_alike():
    pairs = [(old, new) for old, new in product(SMALL, SMALL) if old is not new]
    texts = [repr((table(made), table_of(made.unchanged))) for made in (sheet(*pair) for pair in pairs)]
    assert len(set(texts)) == len(pairs)
    lines = [
        "\n".join(row.plain for row in compare_at_terminal(held(old), held(new), Shape.FIELDS).rows)
        for old, new in pairs
    ]
    assert len(set(lines)) == len(pairs)


def table_of(rows):
    return [(text_of(row.field), shown(row.after)) for row in rows]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([], [REFUND], "1 record added"),
        (ABSENT, [REFUND, REFUND | {"id": "re_2"}], "refunds: 2 records added"),
        ([REFUND, REFUND | {"id": "re_2"}], None, "refunds: 2 records removed"),
        ([], [1], "1 field changed"),
        (ABSENT, [], "1 field added"),
    ],
)
def test_how_much_changes_is_said_by_records(before, after, said):
    assert compare(held(before), held(after), Shape.FIELDS, Heading(""))[1] == said


def test_fields_and_records_are_counted_each_for_themselves():
    old, new = held([]) | {"status": "open"}, held([REFUND]) | {"status": "paid"}
    assert compare(old, new, Shape.FIELDS, Heading(""))[1] == "1 field changed, 1 record added"


def test_records_that_came_are_walked_one_by_one_with_all_their_fields():
    rows = sheet([], [REFUND, REFUND | {"id": "re_2"}]).rows
    records = [row.record for row in rows if row.record]
    assert records == ["refunds[id=re_1]"] * 7 + ["refunds[id=re_2]"] * 7


def test_the_terminal_has_a_row_for_each_field_of_a_new_record():
    compared = compare_at_terminal(held([]), held([{"id": "re_1", "amount": "180.00"}]), Shape.FIELDS)
    assert [row.plain for row in compared.rows] == [
        "~ refunds",
        "    - []",
        "    + [1 element]",
        "+ refunds[0]",
        "    + {2 fields}",
        "+ refunds[0].id",
        '    + "re_1"',
        "+ refunds[0].amount",
        '    + "180.00"',
    ]


def test_a_field_stands_in_under_its_heading_without_what_that_has_said(look, qtbot):
    card = ChangesCard(look)
    qtbot.addWidget(card)
    card.display(sheet([], [REFUND]))
    card.resize(900, 600)
    image = picture(card.list, 1)

    def ink(row):
        """Where the name of a field begins and ends, behind its sign and before the values."""
        box = card.list.visualRect(card.list.model().index(row))
        ground = image.pixelColor(2, box.center().y())
        places = [
            x
            for x in range(box.left() + 34, box.left() + 216)
            if any(image.pixelColor(x, y) != ground for y in range(box.top() + 8, box.bottom() - 8))
        ]
        return places[0], places[-1]

    heading, field = ink(1), ink(2)
    assert 12 <= field[0] - heading[0] <= 20
    assert field[1] < heading[1]


def test_an_amount_is_marked_as_a_whole_and_not_by_its_digits():
    changed = sheet([{"id": "re_1", "amount": "-180.00"}], [{"id": "re_1", "amount": "0.00"}]).rows[0]
    sides = (changed.before, changed.after)
    assert [[one.is_changed for one in side.segments] for side in sides] == [[True], [True]]
