"""Decisions as DSSE envelopes over in-toto statements, signed as bytes. Free of I/O and of private keys.

DSSE v1.0 (secure-systems-lab), in-toto Attestation Framework Statement v1. An envelope is accepted only
in its canonical form, so that a decision has one digest.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Final

import msgspec

from lineclear.domain.ledger.entries import is_digest, is_instant
from lineclear.domain.ledger.signing import Signer, Verifier, key_id
from lineclear.domain.strict_json import MAX_INTEGER, Json, StrictJsonError, canonical, parse_canonical
from lineclear.domain.vocabulary import Tier, Verdict

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
DECISION_TYPE: Final = "urn:lineclear:decision:v1"
MAX_ENVELOPE: Final = 65_536

_WORD = re.compile(r"[^\x00-\x20\x7f-\xa0\ud800-\udfff]{1,200}")


class StatementFault(StrEnum):
    """Why an envelope or a statement is not accepted."""

    ENVELOPE = "envelope"
    PAYLOAD_TYPE = "payload_type"
    KEY_UNKNOWN = "key_unknown"
    SIGNATURE = "signature"
    STATEMENT = "statement"
    SUBJECT = "subject"
    DECISION = "decision"


_SAYS: Mapping[StatementFault, str] = {
    StatementFault.ENVELOPE: "This is not a DSSE envelope in canonical form with one signature",
    StatementFault.PAYLOAD_TYPE: f"The envelope does not carry {PAYLOAD_TYPE}",
    StatementFault.KEY_UNKNOWN: "The envelope is signed by a key that is not known here",
    StatementFault.SIGNATURE: "The signature is not this key's over this content",
    StatementFault.STATEMENT: "The content is not an in-toto statement of the expected type",
    StatementFault.SUBJECT: "The statement's subject is not what its decision is about",
    StatementFault.DECISION: "The statement is not a decision",
}


class StatementError(ValueError):
    """An envelope or a statement that proves nothing; `code` says why."""

    def __init__(self, code: StatementFault, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(_SAYS[code] + (f": {detail}." if detail else "."))


@dataclass(frozen=True, slots=True)
class Envelope:
    """A DSSE envelope with one signature, verified or not."""

    payload_type: str
    payload: bytes
    key_id: str
    signature: bytes

    @property
    def signed_bytes(self) -> bytes:
        return pae(self.payload_type, self.payload)

    def encode(self) -> bytes:
        signature: dict[str, Json] = {"keyid": self.key_id, "sig": _base64(self.signature)}
        return canonical(
            {
                "payload": _base64(self.payload),
                "payloadType": self.payload_type,
                "signatures": [signature],
            }
        )


class SeenCheckpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The newest checkpoint that the device held when it decided; `root` in hexadecimal."""

    size: int
    root: str


class DecisionStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a reviewer's device signs: one verdict on one revision of one action in one ledger.

    `origin` names that ledger. Digests are SHA-256 in hexadecimal; times are RFC 3339 in UTC with
    milliseconds; `claimed_time` is the device's word only. None means not known and is not written.
    `bulk` is how many actions were approved at one look, and absent where it was one alone.
    `confirmed` is the keyed digest of what was typed (`domain.confirming`). For how long the revision was in
    sight (`dwell_ms`) and how many changed fields were shown (`changes_seen`) is the device's word, too.
    `seen_at` is when the backend, by its own clock, last confirmed what an `offline` decision was made on.
    Raises StatementError for what no device can have signed.
    """

    verdict: Verdict
    origin: str
    action: str
    revision: int
    payload_sha256: str
    view_sha256: str
    policy_sha256: str
    capability: str
    tier: Tier
    challenge: str
    device_counter: int
    not_after: str
    claimed_time: str
    offline: bool
    checkpoint: SeenCheckpoint | None = None
    previous_decision: str | None = None
    reason_commit: str | None = None
    bulk: int = 0
    confirmed: str | None = None
    dwell_ms: int | None = None
    changes_seen: int | None = None
    seen_at: str | None = None

    def __post_init__(self) -> None:
        for problem in _problems(self):
            raise StatementError(StatementFault.DECISION, problem)

    def encode(self) -> bytes:
        """The in-toto statement in canonical form: the bytes that are signed, inside PAE."""
        return canonical(
            {
                "_type": STATEMENT_TYPE,
                "subject": [{"name": self.action, "digest": {"sha256": self.payload_sha256}}],
                "predicateType": DECISION_TYPE,
                "predicate": msgspec.to_builtins(self),
            }
        )


def pae(payload_type: str, payload: bytes) -> bytes:
    """DSSE's pre-authentication encoding: type and content, each after its length in bytes."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign_decision(statement: DecisionStatement, signer: Signer) -> bytes:
    """The envelope's bytes, signed with a device key; their digest is the decision's name."""
    payload = statement.encode()
    signature = signer.sign(pae(PAYLOAD_TYPE, payload))
    return Envelope(PAYLOAD_TYPE, payload, key_id(signer.public_key), signature).encode()


def open_decision(envelope: bytes, verifiers: Mapping[str, Verifier]) -> DecisionStatement:
    """The decision in an envelope that one of the keys signed, by key id; raises StatementError otherwise.

    Nothing of the payload is read before its signature holds.
    """
    opened = parse_envelope(envelope)
    if opened.payload_type != PAYLOAD_TYPE:
        raise StatementError(StatementFault.PAYLOAD_TYPE)
    verifier = verifiers.get(opened.key_id)
    if verifier is None:
        raise StatementError(StatementFault.KEY_UNKNOWN)
    if not verifier.is_signed(opened.signed_bytes, opened.signature):
        raise StatementError(StatementFault.SIGNATURE)
    return decode_decision(opened.payload)


def signing_key(envelope: bytes) -> str:
    """The key id that an envelope names; a claim until `open_decision` has checked it."""
    return parse_envelope(envelope).key_id


def decision_digest(envelope: bytes) -> str:
    """What the next decision of the device names as its `previous_decision`."""
    return sha256(envelope).hexdigest()


def parse_envelope(data: bytes) -> Envelope:
    """Read an envelope without trusting it; raises StatementError unless it is what `encode` gives."""
    match _canonical_json(data, StatementFault.ENVELOPE):
        case {
            "payload": str(payload),
            "payloadType": str(payload_type),
            "signatures": [{"keyid": str(key), "sig": str(signature)}],
        }:
            envelope = Envelope(payload_type, _unbase64(payload), key, _unbase64(signature))
        case _:
            raise StatementError(StatementFault.ENVELOPE)
    if envelope.encode() != data:
        raise StatementError(StatementFault.ENVELOPE, "it has members or spellings of its own")
    return envelope


def decode_decision(payload: bytes) -> DecisionStatement:
    """Read a statement's bytes, unsigned; raises StatementError unless it is what `encode` gives."""
    match _canonical_json(payload, StatementFault.STATEMENT):
        case {
            "_type": str(kind),
            "subject": [{"name": str(name), "digest": {"sha256": str(digest)}}],
            "predicateType": str(predicate_type),
            "predicate": dict(predicate),
        } if (kind, predicate_type) == (STATEMENT_TYPE, DECISION_TYPE):
            statement = _decision(predicate)
        case _:
            raise StatementError(StatementFault.STATEMENT)
    if (name, digest) != (statement.action, statement.payload_sha256):
        raise StatementError(StatementFault.SUBJECT)
    if statement.encode() != payload:
        raise StatementError(StatementFault.STATEMENT, "it has members or spellings of its own")
    return statement


def _decision(predicate: dict[str, Json]) -> DecisionStatement:
    try:
        return msgspec.convert(predicate, DecisionStatement)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, StatementError):
            raise error.__cause__ from None
        raise StatementError(StatementFault.DECISION, str(error)) from None


def _canonical_json(data: bytes, fault: StatementFault) -> Json:
    try:
        return parse_canonical(data, max_bytes=MAX_ENVELOPE)
    except StrictJsonError as error:
        raise StatementError(fault, str(error)) from None


def _problems(decision: DecisionStatement) -> Iterator[str]:
    for names, holds, form in _RULES:
        for name in names:
            if not holds(getattr(decision, name)):
                yield f"{name} is {form}"


def _is_word(value: object) -> bool:
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def _is_count(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_INTEGER


def _is_digest_if_known(value: object) -> bool:
    return value is None or is_digest(value)


def _is_count_if_known(value: object) -> bool:
    return value is None or _is_count(value)


def _is_instant_if_known(value: object) -> bool:
    return value is None or is_instant(value)


def _is_seen_if_known(value: object) -> bool:
    return value is None or (
        isinstance(value, SeenCheckpoint) and _is_count(value.size) and is_digest(value.root)
    )


_RULES: tuple[tuple[tuple[str, ...], Callable[[object], bool], str], ...] = (
    (("origin", "action", "capability", "challenge"), _is_word, "1 to 200 characters without spaces"),
    (("payload_sha256", "view_sha256", "policy_sha256"), is_digest, "a SHA-256 digest in hexadecimal"),
    (
        ("previous_decision", "reason_commit", "confirmed"),
        _is_digest_if_known,
        "a SHA-256 digest in hexadecimal or absent",
    ),
    (("not_after", "claimed_time"), is_instant, "UTC with milliseconds, such as 2026-01-31T09:30:00.000Z"),
    (("seen_at",), _is_instant_if_known, "UTC with milliseconds, or absent"),
    (("revision", "device_counter", "bulk"), _is_count, "an integer from 0 to 2^53-1"),
    (("dwell_ms", "changes_seen"), _is_count_if_known, "an integer from 0 to 2^53-1, or absent"),
    (("checkpoint",), _is_seen_if_known, "the size of a ledger with its root in hexadecimal, or absent"),
)


def _base64(data: bytes) -> str:
    return b64encode(data).decode("ascii")


def _unbase64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise StatementError(StatementFault.ENVELOPE, "payload and signature are base64") from None
