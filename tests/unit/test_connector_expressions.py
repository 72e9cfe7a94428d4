"""Expressions of tool definitions: exact amounts, clear complaints."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.adapters.connectors.expressions import Expression, ExpressionError, Template

AMOUNTS = st.decimals(-999_999_999, 999_999_999, places=2).map(lambda value: f"{value + 0:f}")


def value(source: str, **scope):
    return Expression.compile(source).value(scope)


@given(AMOUNTS, AMOUNTS)
def test_what_is_added_can_be_taken_away_to_the_cent(a, b):
    assert Decimal(value("minus(plus(a, b), b)", a=a, b=b)) == Decimal(a)


@given(AMOUNTS, AMOUNTS)
def test_amounts_compare_as_numbers(a, b):
    order = (Decimal(a) > Decimal(b)) - (Decimal(a) < Decimal(b))
    assert value("compare(a, b)", a=a, b=b) == order


@given(st.lists(AMOUNTS, max_size=20))
def test_a_total_is_the_sum(amounts):
    assert Decimal(value("total(amounts)", amounts=amounts)) == sum(map(Decimal, amounts), Decimal(0))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('plus("0.10", "0.20")', "0.30"),
        ('minus("180.00", "180.00")', "0.00"),
        ('times("12.50", 3)', "37.50"),
        ('times("-1.00", "0.00")', "0.0000"),
        ('rounded(times("1.25", "0.10"), 2)', "0.12"),
        ('rounded(times("1.35", "0.10"), 2)', "0.14"),
        ("total([])", "0.00"),
        ('money("180.00", "USD")', "$180.00"),
        ('money("-5.00", "EUR")', "-€5.00"),
        ('money("7.00", "CHF")', "7.00 CHF"),
        ('given({"a": 1}, "b", "none")', "none"),
    ],
)
def test_amounts_are_exact(source, expected):
    assert value(source) == expected


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('plus("1.00", "ten")', "not a decimal amount"),
        ('plus("1.00", 1.5)', "never a floating-point number"),
        ("args.missing", "missing"),
        ('args.amount + "x"', "overload"),
        ("nobody", "nobody"),
        ('total("1.00")', "list"),
        ('rounded("1.00", 99)', "places"),
        ('"a" > 1', "overload"),
    ],
)
def test_what_does_not_fit_is_said_in_words(source, words):
    with pytest.raises(ExpressionError, match="(?i)" + words):
        value(source, args={"amount": 5})


def test_an_unreadable_expression_is_refused_when_it_is_read():
    with pytest.raises(ExpressionError, match="no CEL expression"):
        Expression.compile("a +")


def test_names_leave_out_what_the_expression_binds_itself():
    assert Expression.compile("lines.map(l, l.amount)").names == {"lines"}


def test_a_title_is_made_from_values():
    title = Template.parse('Refund {money(args.amount, "USD")} to {customer.id}')
    assert title.render({"args": {"amount": "1.00"}, "customer": {"id": "c1"}}) == "Refund $1.00 to c1"
    assert title.names == {"args", "customer"}


def test_a_title_says_how_much_of_a_long_value_it_leaves_out():
    shown = Template.parse("{text}").render({"text": "x" * 1_000})
    assert shown.endswith("… (+880 characters)")


@pytest.mark.parametrize("source", ["Refund {", "Refund }", "{{a}}", "{a +}"])
def test_a_title_with_a_stray_brace_is_refused(source):
    with pytest.raises(ExpressionError):
        Template.parse(source)


def test_a_title_shows_no_lists():
    with pytest.raises(ExpressionError, match="texts and numbers"):
        Template.parse("{a}").render({"a": [1]})


def test_a_complaint_does_not_repeat_a_megabyte():
    with pytest.raises(ExpressionError) as error:
        value('plus("1.00", a)', a="9" * 1_000_000)
    assert len(str(error.value)) < 400
