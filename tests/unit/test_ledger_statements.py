"""Sentences about signed decisions."""

from __future__ import annotations

import json
from base64 import b64decode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.ledger.signing import key_id
from lineclear.domain.ledger.statements import (
    PAYLOAD_TYPE,
    DecisionStatement,
    Envelope,
    SeenCheckpoint,
    StatementError,
    StatementFault,
    decision_digest,
    open_decision,
    pae,
    parse_envelope,
    sign_decision,
    signing_key,
)
from lineclear.domain.strict_json import canonical
from lineclear.domain.vocabulary import Tier, Verdict
from support_ledger import Key, PublicKey, flipped

DEVICE = Key("device of ada")
DEVICE_ID = key_id(DEVICE.public_key)
KNOWN = {DEVICE_ID: PublicKey(DEVICE.public_key)}
DECISION = DecisionStatement(
    verdict=Verdict.APPROVE,
    origin="ledger.example/acme",
    action="a1",
    revision=2,
    payload_sha256="11" * 32,
    view_sha256="22" * 32,
    policy_sha256="33" * 32,
    capability="refund.issue",
    tier=Tier.TWO,
    challenge="c-7f",
    device_counter=41,
    not_after="2026-01-31T13:30:00.000Z",
    claimed_time="2026-01-31T09:30:00.000Z",
    offline=False,
)
WHOLE = msgspec.structs.replace(
    DECISION,
    checkpoint=SeenCheckpoint(17, "44" * 32),
    previous_decision="55" * 32,
    reason_commit="66" * 32,
)
SIGNED = sign_decision(WHOLE, DEVICE)


def resigned(change, payload_type=PAYLOAD_TYPE):
    """A decision's statement changed as JSON and signed by the device all the same."""
    statement = json.loads(WHOLE.encode())
    change(statement)
    payload = canonical(statement)
    return Envelope(payload_type, payload, DEVICE_ID, DEVICE.sign(pae(payload_type, payload))).encode()


def respelled(change):
    """The genuine envelope changed as JSON."""
    envelope = json.loads(SIGNED)
    change(envelope)
    return canonical(envelope)


def refused(envelope, verifiers=KNOWN):
    with pytest.raises(StatementError) as caught:
        open_decision(envelope, verifiers)
    return caught.value.code


def test_the_encoding_that_is_signed_is_that_of_the_dsse_specification():
    encoded = pae("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pae("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


@pytest.mark.parametrize("decision", [DECISION, WHOLE], ids=["as little as can be known", "everything"])
def test_a_signed_decision_is_read_back_as_it_was_made(decision):
    assert open_decision(sign_decision(decision, DEVICE), KNOWN) == decision


@given(st.sampled_from(Verdict), st.sampled_from(Tier), st.integers(0, 2**53 - 1), st.booleans())
def test_every_decision_is_read_back_as_it_was_made(verdict, tier, number, offline):
    decision = msgspec.structs.replace(
        DECISION, verdict=verdict, tier=tier, revision=number, device_counter=number, offline=offline
    )
    assert open_decision(sign_decision(decision, DEVICE), KNOWN) == decision


def test_a_decision_is_an_in_toto_statement_about_the_payload():
    envelope = json.loads(SIGNED)
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    statement = json.loads(b64decode(envelope["payload"]))
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["subject"] == [{"name": "a1", "digest": {"sha256": "11" * 32}}]
    assert statement["predicateType"] == "urn:lineclear:decision:v1"
    assert statement["predicate"]["verdict"] == "approve"
    assert statement["predicate"]["checkpoint"] == {"size": 17, "root": "44" * 32}


def test_what_is_not_known_is_absent_and_never_null():
    predicate = json.loads(DECISION.encode())["predicate"]
    assert not {"checkpoint", "previous_decision", "reason_commit"} & predicate.keys()
    assert refused(resigned(lambda statement: statement["predicate"].update(reason_commit=None)))


def test_the_key_that_signed_is_named_before_anything_is_checked():
    assert signing_key(SIGNED) == DEVICE_ID
    assert parse_envelope(SIGNED).encode() == SIGNED
    assert len(decision_digest(SIGNED)) == 64


@given(st.data())
def test_i38_a_changed_bit_in_a_signed_decision_is_refused(data):
    refused(flipped(SIGNED, data.draw(st.integers(0, len(SIGNED) * 8 - 1))))


def test_i15_a_signature_serves_one_action_one_revision_and_one_ledger():
    genuine = parse_envelope(SIGNED)
    for change in ({"action": "a2"}, {"revision": 3}, {"origin": "ledger.example/other"}):
        moved = msgspec.structs.replace(WHOLE, **change).encode()
        forged = Envelope(PAYLOAD_TYPE, moved, DEVICE_ID, genuine.signature).encode()
        assert refused(forged) is StatementFault.SIGNATURE


def test_a_signature_over_the_payload_without_its_type_is_refused():
    payload = WHOLE.encode()
    bare = Envelope(PAYLOAD_TYPE, payload, DEVICE_ID, DEVICE.sign(payload)).encode()
    assert refused(bare) is StatementFault.SIGNATURE


def test_a_decision_by_an_unknown_key_is_refused_also_under_a_known_name():
    stranger = Key("stranger")
    assert refused(sign_decision(WHOLE, stranger)) is StatementFault.KEY_UNKNOWN
    assert refused(SIGNED, {}) is StatementFault.KEY_UNKNOWN
    payload = WHOLE.encode()
    posing = Envelope(PAYLOAD_TYPE, payload, DEVICE_ID, stranger.sign(pae(PAYLOAD_TYPE, payload)))
    assert refused(posing.encode()) is StatementFault.SIGNATURE


@pytest.mark.parametrize(
    "change",
    [
        lambda envelope: envelope["signatures"].append(envelope["signatures"][0]),
        lambda envelope: envelope["signatures"].clear(),
        lambda envelope: envelope["signatures"][0].update(cert="x"),
        lambda envelope: envelope.update(more=1),
        lambda envelope: envelope.pop("payloadType"),
        lambda envelope: envelope.update(payload=1),
        lambda envelope: envelope.update(payload=envelope["payload"].rstrip("=") + "!"),
        lambda envelope: envelope["signatures"][0].update(sig=envelope["signatures"][0]["sig"][:-1]),
    ],
)
def test_an_envelope_with_anything_more_or_less_is_refused(change):
    assert refused(respelled(change)) is StatementFault.ENVELOPE


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        b"{}",
        b"[]",
        SIGNED + b"\n",
        json.dumps(json.loads(SIGNED)).encode(),
        b"x" * 70_000,
        b"[" * 60_000,
    ],
    ids=["nothing", "empty", "list", "line feed", "spaces", "long", "deep"],
)
def test_an_envelope_in_another_spelling_is_refused(envelope):
    assert refused(envelope) is StatementFault.ENVELOPE


def test_a_signature_for_another_kind_of_content_is_no_decision():
    assert refused(resigned(lambda statement: None, "application/json")) is StatementFault.PAYLOAD_TYPE


def test_a_base64_spelling_with_stray_bits_is_refused():
    envelope = Envelope(PAYLOAD_TYPE, b"a", DEVICE_ID, bytes(64)).encode()
    assert parse_envelope(envelope).payload == b"a"
    assert refused(envelope.replace(b"YQ==", b"YR==")) is StatementFault.ENVELOPE


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda statement: statement.update(_type="https://in-toto.io/Statement/v0.1"),
            StatementFault.STATEMENT,
        ),
        (lambda statement: statement.update(predicateType="urn:other"), StatementFault.STATEMENT),
        (lambda statement: statement.update(more=1), StatementFault.STATEMENT),
        (lambda statement: statement["subject"].append(statement["subject"][0]), StatementFault.STATEMENT),
        (lambda statement: statement["subject"][0].update(uri="x"), StatementFault.STATEMENT),
        (lambda statement: statement["subject"][0]["digest"].update(md5="x"), StatementFault.STATEMENT),
        (lambda statement: statement["subject"][0].update(name="a2"), StatementFault.SUBJECT),
        (
            lambda statement: statement["subject"][0]["digest"].update(sha256="77" * 32),
            StatementFault.SUBJECT,
        ),
        (lambda statement: statement["predicate"].update(more=1), StatementFault.DECISION),
        (lambda statement: statement["predicate"].update(verdict="maybe"), StatementFault.DECISION),
        (lambda statement: statement["predicate"].update(tier=9), StatementFault.DECISION),
        (lambda statement: statement["predicate"].update(offline=0), StatementFault.DECISION),
        (lambda statement: statement["predicate"].update(revision=True), StatementFault.DECISION),
        (lambda statement: statement["predicate"].update(revision=-1), StatementFault.DECISION),
        (lambda statement: statement["predicate"].update(device_counter="1"), StatementFault.DECISION),
        (lambda statement: statement["predicate"].update(view_sha256="22"), StatementFault.DECISION),
        (lambda statement: statement["predicate"].update(not_after="tomorrow"), StatementFault.DECISION),
        (lambda statement: statement["predicate"].update(origin=""), StatementFault.DECISION),
        (lambda statement: statement["predicate"].update(checkpoint={"size": 1}), StatementFault.DECISION),
        (lambda statement: statement["predicate"]["checkpoint"].update(root="zz"), StatementFault.DECISION),
        (lambda statement: statement["predicate"].pop("challenge"), StatementFault.DECISION),
    ],
)
def test_a_well_signed_statement_that_is_not_a_whole_decision_is_refused(change, fault):
    assert refused(resigned(change)) is fault


def test_a_decision_that_no_device_can_have_made_cannot_be_built():
    with pytest.raises(StatementError, match="previous_decision is a SHA-256 digest"):
        msgspec.structs.replace(DECISION, previous_decision="none")
