"""The form of an edit: every leaf has its row, types hold, and what was not touched stays as it is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.application.deciding.forms import Draft, Kind, pointer
from lineclear.domain.contracts import MoneyFields, ToolContract
from lineclear.domain.vocabulary import EffectClass, Stake

SCHEMA = {
    "type": "object",
    "required": ["payment_id", "amount", "lines"],
    "properties": {
        "payment_id": {"type": "string", "pattern": "^pay_[0-9]+$"},
        "amount": {"type": "string", "description": "a decimal such as 180.00"},
        "reason": {"enum": ["duplicate", "goodwill", 3]},
        "message": {"type": "string", "maxLength": 5000},
        "notify": {"type": "boolean"},
        "share": {"type": "number", "minimum": 0, "maximum": 1},
        "tax_id": {"type": ["string", "null"]},
        "lines": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["line", "price"],
                "properties": {"line": {"type": "integer", "minimum": 1}, "price": {"$ref": "#/$defs/price"}},
            },
        },
    },
    "$defs": {"price": {"type": "string"}},
}
ARGUMENTS = {
    "payment_id": "pay_1",
    "amount": "180.00",
    "share": 1.0,
    "tax_id": None,
    "lines": [{"line": 1, "price": "2.00"}, {"line": 2, "price": "3.00"}],
    "odd": {"a/b": [True]},
}
CONTRACT = ToolContract(
    "refund",
    "memory",
    EffectClass.KEYED,
    Stake.MONEY,
    money=MoneyFields("amount", "currency"),
    arguments=SCHEMA,
)


@pytest.fixture
def draft():
    return Draft(CONTRACT, ARGUMENTS)


def row(draft, path):
    return next(one for one in draft.rows() if one.path == path)


def test_each_place_has_the_kind_that_its_schema_asks_for(draft):
    kinds = {one.path: one.kind for one in draft.rows()}
    assert kinds == {
        "/payment_id": Kind.TEXT,
        "/amount": Kind.TEXT,
        "/reason": Kind.ABSENT,
        "/message": Kind.ABSENT,
        "/notify": Kind.ABSENT,
        "/share": Kind.NUMBER,
        "/tax_id": Kind.JSON,
        "/lines": Kind.LIST,
        "/lines/0": Kind.GROUP,
        "/lines/0/line": Kind.WHOLE,
        "/lines/0/price": Kind.TEXT,
        "/lines/1": Kind.GROUP,
        "/lines/1/line": Kind.WHOLE,
        "/lines/1/price": Kind.TEXT,
        "/odd": Kind.GROUP,
        "/odd/a~1b": Kind.LIST,
        "/odd/a~1b/0": Kind.JSON,
    }


def test_a_row_says_what_is_asked_for(draft):
    assert row(draft, "/amount").hint == "a decimal such as 180.00, an amount of money"
    assert row(draft, "/share").hint == "0 to 1"
    assert not row(draft, "/amount").can_go
    assert row(draft, "/share").can_go


def test_what_is_not_touched_stays_as_it_is_to_the_type(draft):
    sent = json.loads(draft.typed("/amount", "120.00").sent())
    assert sent == {**ARGUMENTS, "amount": "120.00"}
    assert isinstance(sent["share"], float)


@pytest.mark.parametrize(
    ("path", "text", "value"),
    [
        ("/lines/1/line", "7", 7),
        ("/share", "0.5", 0.5),
        ("/tax_id", '"DE1"', "DE1"),
        ("/tax_id", "null", None),
        ("/odd/a~1b/0", "false", False),
    ],
)
def test_a_text_becomes_a_value_of_its_places_type(draft, path, text, value):
    found = json.loads(draft.typed(path, text).sent())
    for step in path.split("/")[1:]:
        found = found[int(step)] if isinstance(found, list) else found[step.replace("~1", "/")]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("/lines/0/line", "1.5", "is a whole number"),
        ("/lines/0/line", "", "is a whole number"),
        ("/share", "true", "is a number"),
        ("/share", "NaN", "is a number"),
    ],
)
def test_what_is_no_value_yet_is_kept_as_typed_and_told(draft, path, text, words):
    after = draft.typed(path, text)
    assert (row(after, path).text, row(after, path).problem) == (text, words)
    assert after.sent() == draft.sent()
    assert row(after.typed(path, "1"), path).problem == ""


def test_items_and_members_come_and_go(draft):
    longer = draft.grown("/lines")
    assert json.loads(longer.sent())["lines"][2] == {"line": 1, "price": ""}
    assert json.loads(longer.shrunk("/lines/0").sent())["lines"][0]["line"] == 2
    chosen = draft.grown("/reason")
    assert row(chosen, "/reason").choices == ("duplicate", "goodwill", "3")
    assert json.loads(chosen.typed("/reason", "3").sent())["reason"] == 3
    assert "reason" not in json.loads(chosen.shrunk("/reason").sent())


def test_a_problem_stands_where_it_is(draft):
    rows = draft.rows({"/lines/1/price": "is too low", "/message": "is needed"})
    assert {one.path: one.problem for one in rows if one.problem} == {
        "/lines/1/price": "is too low",
        "/message": "is needed",
    }


@pytest.mark.parametrize("text", ["pay_1\u202e", "a\u200bb", "x\x1b[31m"])
def test_i6_a_text_whose_characters_cannot_all_be_seen_is_edited_with_escapes(text):
    one = row(Draft(CONTRACT, {**ARGUMENTS, "payment_id": text}), "/payment_id")
    assert (one.kind, one.text) == (Kind.JSON, json.dumps(text))
    assert one.text.isascii()


def test_a_text_without_end_is_not_put_into_a_field():
    draft = Draft(CONTRACT, {**ARGUMENTS, "message": "x" * 1_000_000})
    assert row(draft, "/message").kind is Kind.FIXED
    assert row(draft, "/message").text == "1,000,000 characters, too many to edit here"
    assert json.loads(draft.typed("/amount", "1.00").sent())["message"] == "x" * 1_000_000


LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5)
VALUES = st.recursive(
    LEAVES,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=4), below, max_size=3),
)


@given(st.dictionaries(st.text(min_size=1, max_size=4), VALUES, max_size=4))
def test_every_leaf_of_any_arguments_has_a_row_and_typing_what_stands_there_changes_nothing(arguments):
    draft = Draft(ToolContract("t", "m", EffectClass.KEYED, Stake.DATA), arguments)
    after = draft
    for one in draft.rows():
        if one.kind not in (Kind.GROUP, Kind.LIST, Kind.FIXED):
            after = after.typed(one.path, one.text)
    assert after.unread == {}
    assert json.loads(after.sent()) == arguments


def test_dotted_names_are_pointers():
    assert (pointer("lines.0.price"), pointer("/a.b")) == ("/lines/0/price", "/a.b")
