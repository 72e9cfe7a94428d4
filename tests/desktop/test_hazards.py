"""What a reviewer must not overlook stands in a row of its own, marked and in words."""

from __future__ import annotations

import pytest

from lineclear.desktop.gallery.hazards import ACTION_HAZARDS, AFTER, BEFORE
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.presenters.changes.differences import Heading, compare
from lineclear.desktop.presenters.sheets import Sign, text_of
from lineclear.domain.effects import Shape

ROWS = {text_of(row.field): row for row in ACTION_HAZARDS.changes.rows}


def shown(value):
    return "" if value is None else "".join(text_of(one.text) for one in value.segments)


def test_no_more_and_no_less_than_what_changed_is_in_the_rows():
    assert list(ROWS) == [
        "account",
        "active (type changes)",
        "file",
        "amount",
        "lines[line=0]",
        "lines[line=0].line",
        "lines[line=0].text",
        "lines[line=0].amount",
        "settings.setting_0612",
        "lines · sum of amount",
    ]
    assert len(ACTION_HAZARDS.changes.unchanged) == 999 + 100 * 3


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("account", "paypal", "p\u0430ypal"),
        ("active (type changes)", "true", "1"),
        ("file", "invoice.pdf", "invoice<U+202E>fdp.exe"),
        ("amount", "180.00", "1800.00"),
        ("settings.setting_0612", "value 612", "value 6l2"),
        ("lines · sum of amount", "4,000.00", "4,900.00"),
    ],
)
def test_both_sides_are_shown_and_what_differs_is_marked(field, before, after):
    row = ROWS[field]
    assert row.sign is Sign.CHANGED
    assert (shown(row.before), shown(row.after)) == (before, after)
    assert any(one.is_changed for one in row.after.segments)


def test_a_line_at_the_head_is_one_insertion():
    assert ROWS["lines[line=0]"].sign is Sign.ADDED
    assert ROWS["lines[line=0]"].before is None
    assert shown(ROWS["lines[line=0]"].after) == "{3 fields}"
    assert shown(ROWS["lines[line=0].amount"].after) == "900.00"


def cautions(row):
    texts = [one.text for value in (row.before, row.after) if value is not None for one in value.segments]
    return caution_of(row.field, *texts)


def test_a_look_alike_and_an_override_are_said_in_words_beside_the_field():
    assert "letters that look like others" in cautions(ROWS["account"])
    assert "text direction is overridden" in cautions(ROWS["file"])
    assert cautions(ROWS["amount"]) == ""


def test_the_answer_counts_them():
    assert compare(BEFORE, AFTER, Shape.FIELDS, Heading(""))[1] == "5 fields changed, 1 record added"
