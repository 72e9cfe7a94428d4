"""Signed notes and verifier keys as C2SP signed-note defines them. Free of I/O and of private keys.

A note's text means nothing until `require_signature` has found a trusted key under it.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256

from lineclear.domain.ledger.signing import PUBLIC_KEY_SIZE, SIGNATURE_SIZE, Signer, VerifierOf

MAX_NOTE = 1_000_000
MAX_SIGNATURES = 100

_KEY_ID_SIZE = 4
_DASH = "— "
_FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")


class NoteError(ValueError):
    """Not a signed note, not a verifier key, or not signed as it must be."""


class KeyType(IntEnum):
    """The signature types in use here; a type is a property of the key, never of the input."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A named public key for one type of signature; `str()` gives the vkey."""

    name: str
    type: KeyType
    public_key: bytes

    def __post_init__(self) -> None:
        _check_name(self.name)
        if len(self.public_key) != PUBLIC_KEY_SIZE:
            raise NoteError(f"an Ed25519 public key has {PUBLIC_KEY_SIZE} bytes, not {len(self.public_key)}")

    @property
    def id(self) -> bytes:
        """The key id: SHA-256(name || 0x0A || type || public key)[:4]."""
        material = self.name.encode() + b"\n" + bytes([self.type]) + self.public_key
        return sha256(material).digest()[:_KEY_ID_SIZE]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64_text(bytes([self.type]) + self.public_key)}"


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line: who claims to have signed, and the bytes that must prove it."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {base64_text(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text with its signature lines, verified or not."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n"):
            raise NoteError("a note's text ends with a line feed")
        _check_characters(self.text)
        if not 1 <= len(self.signatures) <= MAX_SIGNATURES:
            raise NoteError(f"a note has 1 to {MAX_SIGNATURES} signatures, not {len(self.signatures)}")

    def encode(self) -> bytes:
        return (self.text + "\n" + "".join(signature.line for signature in self.signatures)).encode()

    def of(self, key: VerifierKey) -> tuple[bytes, ...]:
        """The signature bytes on lines of this key's name and id; not yet verified."""
        wanted = (key.name, key.id)
        return tuple(line.signature for line in self.signatures if (line.name, line.key_id) == wanted)


def parse_note(data: bytes) -> Note:
    """Read a note without trusting it; raises NoteError unless it is byte for byte what `encode` gives."""
    if len(data) > MAX_NOTE:
        raise NoteError(f"a note has at most {MAX_NOTE} bytes, not {len(data)}")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteError(f"the note is not UTF-8 at byte {error.start}") from None
    text, found, tail = whole.rpartition("\n\n")
    if not found or not tail.endswith("\n"):
        raise NoteError("the note has no signatures after an empty line")
    lines = tail.removesuffix("\n").split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"a note has at most {MAX_SIGNATURES} signatures")
    return Note(text + "\n", tuple(map(_parse_line, lines)))


def parse_vkey(text: str) -> VerifierKey:
    """Read a verifier key; raises NoteError where its id does not belong to its name and key."""
    name, _, rest = text.partition("+")
    id_text, _, key_text = rest.partition("+")
    material = base64_bytes(key_text)
    if material[:1] not in {bytes([known]) for known in KeyType}:
        raise NoteError(f"the key {name[:80]!r} is neither an Ed25519 nor an Ed25519 cosignature key")
    key = VerifierKey(name, KeyType(material[0]), material[1:])
    if key.id.hex() != id_text:
        raise NoteError(f"the key id {id_text[:16]!r} is not that of {name[:80]!r}")
    return key


def sign_note(text: str, name: str, signer: Signer) -> NoteSignature:
    """An Ed25519 signature (type 0x01) over a note's text."""
    key = VerifierKey(name, KeyType.ED25519, signer.public_key)
    return NoteSignature(name, key.id, signer.sign(text.encode()))


def require_signature(note: Note, key: VerifierKey, verifier_of: VerifierOf) -> None:
    """Raise NoteError unless the note carries this Ed25519 key's signature and every such line holds."""
    if key.type is not KeyType.ED25519:
        raise NoteError(f"{key.name} is a cosignature key; it signs no notes")
    signatures = note.of(key)
    if not signatures:
        raise NoteError(f"the note is not signed by {key.name}")
    verifier = verifier_of(key.public_key)
    message = note.text.encode()
    for signature in signatures:
        if len(signature) != SIGNATURE_SIZE or not verifier.is_signed(message, signature):
            raise NoteError(f"the signature of {key.name} is not over this text")


def base64_text(data: bytes) -> str:
    """Standard base64 (RFC 4648 section 4)."""
    return b64encode(data).decode("ascii")


def base64_bytes(text: str) -> bytes:
    """Read standard base64 in its one canonical form; raises NoteError for any other."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        raise NoteError(f"{text[:80]!r} is not base64") from None
    if base64_text(data) != text:
        raise NoteError(f"{text[:80]!r} is not base64 in canonical form")
    return data


def _parse_line(line: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH):
        raise NoteError("a signature line starts with an em dash and a space")
    _check_name(name)
    data = base64_bytes(encoded)
    if len(data) <= _KEY_ID_SIZE:
        raise NoteError("a signature line holds a key id of four bytes and a signature")
    return NoteSignature(name, data[:_KEY_ID_SIZE], data[_KEY_ID_SIZE:])


def _check_name(name: str) -> None:
    if not name or "+" in name or any(character.isspace() for character in name):
        raise NoteError(f"{name[:80]!r} is not a key name: no spaces, no plus, not empty")
    _check_characters(name)


def _check_characters(text: str) -> None:
    if _FORBIDDEN.search(text):
        raise NoteError("a note holds whole characters and no control characters but line feeds")
