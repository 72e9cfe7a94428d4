"""JSON with a line for each member: every token as it was recorded, and nothing that could not be read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.application.reading.steps import laid_out

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.lists(VALUES) | st.dictionaries(st.text(), VALUES))
def test_what_is_laid_out_reads_as_the_same(value):
    spread = laid_out(json.dumps(value, ensure_ascii=False))
    assert spread is not None
    assert json.loads(spread) == value


def test_members_that_stand_twice_and_numbers_stay_as_they_were_written():
    assert laid_out('{"a":1.10,"a":1e400,"b":"\\u202e","c":[],"d":{}}') == (
        '{\n  "a": 1.10,\n  "a": 1e400,\n  "b": "\\u202e",\n  "c": [],\n  "d": {}\n}'
    )


@pytest.mark.parametrize(
    "text", ["", "plain", '"text"', "12", '{"a":', "[" * 40 + "]" * 40, "[" + "1," * 70_000 + "1]"]
)
def test_what_is_no_json_or_would_grow_without_bound_is_left_as_it_is(text):
    assert laid_out(text) is None
