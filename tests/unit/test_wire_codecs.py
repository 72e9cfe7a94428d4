"""Messages become bytes and come back; what anyone else wrote is read without forgiveness."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.events import Budget, Evidence
from lineclear.wire.codecs import BODY_LIMIT, WireError, decode, decode_strict, encode
from lineclear.wire.messages import FeedItem, ListActions, OpenJob, Problem, Propose, SwitchSafeMode, View

PAYLOAD = b'{ "tool":"t",\n "arguments" : {"amount": 1.50, "name":"\\u00e9"} , "capability":"c"}'


def test_a_payload_keeps_its_exact_bytes_blanks_and_escapes_included():
    body = b'{"note":"n", "payload":' + PAYLOAD + b', "job":"job-1"}'
    read = decode_strict(body, Propose)
    assert bytes(read.payload) == PAYLOAD
    assert bytes(decode(encode(read), Propose).payload) == PAYLOAD


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b'{"goal": "a", "goal": "b"}', "goal"),
        (b'{"goal": NaN}', "NaN"),
        (b'{"goal": "a", "budget": {"steps": 1e400}}', "number"),
        (b'{"goal": "a", "budget": {"steps": 1.5}}', "int"),
        (b'{"goal": "a", "budget": {"steps": "5"}}', "int"),
        (b'{"goal": 5}', "str"),
        (b'{"goal": "a", "tier": 3}', "tier"),
        (b"{}", "goal"),
        (b'{"goal": "\\ud800"}', "surrogate"),
        (b'\xef\xbb\xbf{"goal": "a"}', "byte order mark"),
        (b'{"goal": "a"} x', ""),
        (b'["goal"]', "object"),
        (b"", ""),
        (b'{"goal": "' + b"x" * BODY_LIMIT + b'"}', "most"),
    ],
)
def test_what_two_readers_could_read_differently_is_refused_with_the_reason(body: bytes, says: str):
    with pytest.raises(WireError) as refused:
        decode_strict(body, OpenJob)
    assert says in str(refused.value)


@pytest.mark.parametrize("body", [b'{"on": 1, "reason": "r"}', b'{"on": "true", "reason": "r"}'])
def test_a_switch_is_a_truth_value_and_nothing_like_one(body: bytes):
    with pytest.raises(WireError):
        decode_strict(body, SwitchSafeMode)


def test_members_that_hold_their_default_are_left_out():
    assert json.loads(encode(OpenJob("g"))) == {"goal": "g"}
    assert json.loads(encode(ListActions(View.OPEN))) == {"view": "open"}
    assert decode(encode(OpenJob("g", budget=Budget(steps=3))), OpenJob).budget == Budget(steps=3)


texts = st.text(st.characters(exclude_categories=["Cs"]))


@given(texts, texts, st.integers(0, 2**53 - 1))
def test_every_entry_comes_back_as_it_was(entry: str, brief: str, index: int):
    item = FeedItem(index, entry, brief)
    assert decode(encode(item), FeedItem) == item
    assert b"\n" not in encode(item)


@given(st.dictionaries(texts, texts), texts)
def test_every_problem_comes_back_as_it_was(params: dict[str, str], says: str):
    problem = Problem("urn:x", "X", 409, says, "x", "remedy", params)
    assert decode(encode(problem), Problem) == problem


def test_evidence_travels_with_its_proposal():
    body = {"job": "j", "payload": {}, "evidence": [{"source": "ticket", "excerpt": "twice", "span": "s"}]}
    assert decode_strict(json.dumps(body).encode(), Propose).evidence == (Evidence("ticket", "twice", "s"),)
