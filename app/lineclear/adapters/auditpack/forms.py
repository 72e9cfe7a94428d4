"""The lists and signatures around a pack's files, each with one form for its content. Free of I/O.

Manifest: DSSE over an in-toto Statement v1. Sums: coreutils. Their signature: SSHSIG (OpenSSH).
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import sha512
from typing import Final

import msgspec

from lineclear.application.record.findings import Counts, Scope
from lineclear.domain.ledger.notes import VerifierKey
from lineclear.domain.ledger.signing import SIGNATURE_SIZE, Signer, key_id, spki
from lineclear.domain.ledger.statements import PAYLOAD_TYPE, STATEMENT_TYPE, Envelope, pae
from lineclear.domain.ledger.witness_policy import NO_QUORUM, PolicyLog, WitnessPolicy
from lineclear.domain.strict_json import Json, StrictJsonError, canonical, parse_canonical

PACK_TYPE: Final = "urn:lineclear:auditpack:v1"
NAMESPACE: Final = "auditpack@lineclear"
LOG: Final = "log"
EXPORTER: Final = "exporter"

_SSH_KIND: Final = b"ssh-ed25519"
_SSH_HASH: Final = b"sha512"
_MAGIC: Final = b"SSHSIG"
_WIDTH: Final = 70


class FormError(ValueError):
    """A list or a signature that is not of its one form."""


class About(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a manifest states beside the files: of which log and checkpoint, what is in scope, who exported.

    `signed_by` is `log`, or `exporter` for a pack made without the log's key. `absent` are contents that
    entries in scope commit to and the exporter did not have.
    """

    origin: str
    size: int
    root: str
    workspace: str
    scope: Scope
    entries_in_scope: int
    counts: Counts
    exported_at: str
    program: str
    signed_by: str
    absent: tuple[str, ...] = ()


class _Digest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sha256: str


class _Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    digest: _Digest


class _Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    type: str = msgspec.field(name="_type")
    predicate: About
    predicate_type: str = msgspec.field(name="predicateType")
    subject: list[_Subject]


def manifest_payload(about: About, files: Iterable[tuple[str, str]]) -> bytes:
    """The statement's canonical bytes (RFC 8785); names are ASCII without quotes."""
    predicate: Json = msgspec.json.decode(msgspec.json.encode(about))  # lists for tuples
    head = canonical({"_type": STATEMENT_TYPE, "predicate": predicate})
    listed = ",".join(f'{{"digest":{{"sha256":"{digest}"}},"name":"{name}"}}' for name, digest in files)
    return head[:-1] + f',"predicateType":"{PACK_TYPE}","subject":[{listed}]}}'.encode()


def sign_manifest(payload: bytes, signer: Signer) -> bytes:
    """The envelope's canonical bytes."""
    signature = signer.sign(pae(PAYLOAD_TYPE, payload))
    return Envelope(PAYLOAD_TYPE, payload, key_id(signer.public_key), signature).encode()


def parse_manifest(data: bytes) -> Envelope:
    """An envelope without trusting it; reads nothing of what is inside. Raises FormError."""
    try:
        match parse_canonical(data, max_bytes=len(data)):
            case {"payload": str(payload), "signatures": [{"keyid": str(key), "sig": str(signature)}]}:
                opened = Envelope(PAYLOAD_TYPE, _unbase64(payload), key, _unbase64(signature))
            case _:
                raise FormError("it is no DSSE envelope with one signature")
    except StrictJsonError as error:
        raise FormError(str(error)) from None
    if opened.encode() != data:
        raise FormError("it has members or spellings of its own")
    return opened


def read_manifest(payload: bytes) -> tuple[About, dict[str, str]]:
    """What a payload whose signature holds says of the pack and of each file. Raises FormError."""
    try:
        statement = msgspec.json.decode(payload, type=_Statement)
        files = {subject.name: subject.digest.sha256 for subject in statement.subject}
        written = manifest_payload(statement.predicate, files.items())
    except (msgspec.MsgspecError, ValueError) as error:
        raise FormError(f"its statement cannot be read: {error}") from None
    if written != payload:
        raise FormError("its statement is not written as a pack's")
    return statement.predicate, files


def sums_of(files: Iterable[tuple[str, str]]) -> bytes:
    """What `sha256sum` prints, and what `sha256sum -c` reads."""
    return "".join(f"{digest}  {name}\n" for name, digest in files).encode()


def log_policy(key: VerifierKey) -> bytes:
    """C2SP tlog-policy: this log, and no witness that would have to have cosigned."""
    return WitnessPolicy((PolicyLog(key),), (), (), NO_QUORUM).encode()


def pem_of(public_key: bytes) -> bytes:
    """SubjectPublicKeyInfo in PEM, as OpenSSL writes and reads it."""
    return b"-----BEGIN PUBLIC KEY-----\n" + b64encode(spki(public_key)) + b"\n-----END PUBLIC KEY-----\n"


def allowed_signers(signer: str, public_key: bytes) -> bytes:
    """One line for `ssh-keygen -Y verify -f`."""
    key = b64encode(_ssh_key(public_key)).decode()
    return f'{signer} namespaces="{NAMESPACE}" ssh-ed25519 {key}\n'.encode()


def sign_sums(sums: bytes, signer: Signer) -> bytes:
    """The armored signature that `ssh-keygen -Y verify -n auditpack@lineclear` accepts."""
    return _armored(signer.public_key, signer.sign(sums_message(sums)))


def sums_message(sums: bytes) -> bytes:
    """What is signed of the sums."""
    parts = (NAMESPACE.encode(), b"", _SSH_HASH, sha512(sums).digest())
    return _MAGIC + b"".join(map(_ssh_string, parts))


def sums_signature(armored: bytes, public_key: bytes) -> bytes:
    """The 64 bytes in an armored signature of this key; FormError unless written as `sign_sums` does."""
    lines = armored.decode("ascii", "replace").split("\n")
    data = _unbase64("".join(lines[1:-2]))
    signature = data[-SIGNATURE_SIZE:]
    if len(signature) != SIGNATURE_SIZE or _armored(public_key, signature) != armored:
        raise FormError("it is no SSH signature by the key that signed the manifest")
    return signature


def _armored(public_key: bytes, signature: bytes) -> bytes:
    signed = _ssh_string(_SSH_KIND) + _ssh_string(signature)
    parts = (_ssh_key(public_key), NAMESPACE.encode(), b"", _SSH_HASH, signed)
    blob = _MAGIC + (1).to_bytes(4) + b"".join(map(_ssh_string, parts))
    text = b64encode(blob).decode()
    lines = [text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH)]
    armor = ("-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", "")
    return "\n".join(armor).encode()


def _ssh_key(public_key: bytes) -> bytes:
    return _ssh_string(_SSH_KIND) + _ssh_string(public_key)


def _ssh_string(data: bytes) -> bytes:
    return len(data).to_bytes(4) + data


def _unbase64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise FormError("its base64 cannot be read") from None
