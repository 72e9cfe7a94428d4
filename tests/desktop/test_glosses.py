"""What stands beside a stored value: how it reads to this person, never in place of what is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from lineclear.desktop.models.changes_model import ChangesModel
from lineclear.desktop.presenters.changes.differences import Heading, changes_sheet
from lineclear.desktop.presenters.changes.finding import found, row_text
from lineclear.desktop.presenters.changes.gloss_sign import SIGN
from lineclear.desktop.presenters.changes.glossing import Glosses
from lineclear.desktop.presenters.changes.values import value_text
from lineclear.domain.diffing.kinds import kind_of
from lineclear.domain.effects import Shape

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=1)))


def gloss(record, name, now=NOW):
    """How one field of a record reads, with plain spaces."""
    value = record[name]
    read = Glosses(record, now).of((name,), value, kind_of((name,), value, value, {}))
    return read.replace("\N{NO-BREAK SPACE}", " ")


def rows(before, after):
    return changes_sheet(before, after, Shape.FIELDS, Heading("Changes", now=NOW)).rows


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("2026-11-23T09:30:00Z", "23 Nov 10:30 your time (UTC+1), today"),
        ("2026-11-23T23:30:15+00:00", "24 Nov 00:30 your time (UTC+1), tomorrow"),
        ("2026-11-21 09:30:00.5-05:00", "21 Nov 15:30 your time (UTC+1), 2 days ago"),
        ("2026-11-23T09:30", "23 Nov 09:30, no time zone stored"),
        ("2027-12-31T23:30:00-12:00", "1 Jan 2028 12:30 your time (UTC+1), in 404 days"),
        ("2026-12-24", "24 Dec 2026, in 31 days"),
        ("2026-02-30", ""),
        ("0001-01-01T00:00:00+14:00", ""),
        ("2026-11-23T09:30:00Z or later", ""),
        ("20261123", ""),
    ],
)
def test_a_stored_time_reads_as_local_time_with_its_offset_and_its_distance(stored, read):
    assert gloss({"due_at": stored}, "due_at") == read


@pytest.mark.parametrize(
    ("record", "name", "read"),
    [
        ({"amount": "1234.50", "currency": "EUR"}, "amount", "1,234.50 EUR"),
        ({"amount": "0.000125", "currency": "EUR"}, "amount", "EUR"),
        ({"amount": "1234567.00"}, "amount", "1,234,567.00"),
        ({"amount": "180.00"}, "amount", ""),
        ({"amount": "180.00", "currency": "eur"}, "amount", ""),
        ({"amount": "180.00", "currency": "EUR", "target_currency": "USD"}, "amount", ""),
        ({"amount_usd": "180.00", "currency": "EUR"}, "amount_usd", ""),
        ({"tax_rate": "19.00", "currency": "EUR"}, "tax_rate", ""),
        ({"amount": 18000, "currency": "EUR"}, "amount", "18,000"),
        ({"amount_cents": 18000, "currency": "EUR"}, "amount_cents", "18,000"),
    ],
)
def test_an_amount_reads_with_its_currency_only_where_the_record_says_which(record, name, read):
    """A whole number may be of cents, so it is grouped and given no currency."""
    assert gloss(record, name) == read


def test_the_innermost_record_that_names_a_currency_counts_and_each_side_has_its_own():
    before = {"currency": "EUR", "lines": [{"id": 1, "price": "9.50"}]}
    after = {"currency": "USD", "lines": [{"id": 1, "price": "9.75"}]}
    price = next(row for row in rows(before, after) if "price" in row.spoken and "sum" not in row.spoken)
    assert (price.before.gloss, price.after.gloss) == (
        "EUR",
        "USD",
    )


@pytest.mark.parametrize(
    ("record", "read"),
    [
        ({"bytes": 1048576}, "1,048,576"),
        ({"bytes": -1048576}, "-1,048,576"),
        ({"share": Decimal("12345.6780")}, "12,345.6780"),
        ({"bytes": 9999}, ""),
        ({"customer_id": 1048576}, ""),
        ({"orderNumber": 1048576}, ""),
        ({"ticket": 20418}, ""),
        ({"open_tickets": 20418}, "20,418"),
        ({"flag": True}, ""),
        ({"expires_at": 1795426200}, "23 Nov 10:30 your time (UTC+1), today"),
        ({"expires_at": 1795426200000}, ""),
        ({"count": 1795426200}, "1,795,426,200"),
    ],
)
def test_a_large_number_is_grouped_and_seconds_are_a_time_only_where_the_name_says_so(record, read):
    assert gloss(record, next(iter(record))) == read


def test_without_knowing_when_the_reader_looks_no_time_is_said():
    assert gloss({"due_at": "2026-11-23T09:30:00Z"}, "due_at", now=None) == ""
    assert gloss({"due_at": 1795426200, "n": 20_000}, "n", now=None) == "20,000"


plain = st.text(st.sampled_from("0123456789.-TZ: ·E"), max_size=24)
stored = st.one_of(
    plain,
    st.integers(-(10**12), 10**12),
    st.decimals(-(10**9), 10**9, places=2).map(str),
    st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - of the strategy, no moment
        lambda at: at.replace(tzinfo=UTC).isoformat()
    ),
)


@given(stored, stored)
def test_i5_two_different_values_never_look_the_same_with_their_glosses(one, other):
    """Not even where a stored text is written like a value with its gloss behind it."""

    def looks(value):
        record = {"amount": value, "currency": "EUR"}
        shown = value_text(value, kind_of(("amount",), value, value, {}))
        read = gloss(record, "amount")
        return f"{shown} {SIGN} {read}" if read else shown

    assert (looks(one) == looks(other)) == (one == other and type(one) is type(other))


def test_i5_a_text_that_copies_a_value_and_its_gloss_stands_in_quotes():
    copied = f"180.00 {SIGN} EUR 180.00"
    assert value_text(copied) == f'"{copied}"'
    assert value_text(f"Milk {SIGN} bread") == f"Milk {SIGN} bread"


def test_a_gloss_is_never_copied_found_or_spoken_and_the_tip_gives_what_is_stored():
    before, after = "2026-11-23T09:30:00Z", "2026-11-24T09:30:00Z"
    (row,) = rows({"due": before}, {"due": after})
    assert row.after.gloss
    assert row_text(row) == f"due\t{before}\t{after}"
    assert "your time" not in row.spoken
    assert found([row], "your") == ()
    model = ChangesModel()
    model.update_changes([row])
    tip = model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert before in tip
    assert after in tip
    assert "your" not in tip
    said = model.index(0).data(Qt.ItemDataRole.AccessibleDescriptionRole)
    assert said.replace("\N{NO-BREAK SPACE}", " ").count("your time") == 2


def test_a_row_without_a_gloss_has_no_tip():
    model = ChangesModel()
    model.update_changes(rows({"note": "a"}, {"note": "b"}))
    assert model.index(0).data(Qt.ItemDataRole.ToolTipRole) is None


@pytest.mark.parametrize(("minutes", "zone"), [(0, "UTC"), (-210, "UTC-3:30"), (345, "UTC+5:45")])
def test_the_zone_is_said_with_its_minutes(minutes, zone):
    now = NOW.astimezone(timezone(timedelta(minutes=minutes)))
    assert f"({zone})" in gloss({"at": "2026-11-23T09:30:00Z"}, "at", now)
