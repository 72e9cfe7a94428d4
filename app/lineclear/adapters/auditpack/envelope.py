"""Judges the lists around a pack's files: manifest, sums and their signatures. Free of I/O."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Mapping
from itertools import zip_longest

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.container import Pack
from lineclear.adapters.auditpack.forms import (
    EXPORTER,
    LOG,
    About,
    FormError,
    allowed_signers,
    parse_manifest,
    pem_of,
    read_manifest,
    sums_message,
    sums_of,
    sums_signature,
)
from lineclear.application.record.findings import Fault, Findings
from lineclear.domain.ledger.notes import VerifierKey
from lineclear.domain.ledger.signing import PUBLIC_KEY_SIZE, VerifierOf, key_id
from lineclear.domain.ledger.statements import Envelope

REQUIRED = frozenset(
    {
        names.CHECKPOINT,
        names.GUIDE,
        names.LINES,
        names.LOG_KEY,
        names.LOG_POLICY,
        names.MANIFEST,
        names.PROGRAM,
        names.SIGNERS,
        names.SUMS,
        names.SUMS_SIGNATURE,
        names.TABLE,
    }
)
"""Files of every whole pack."""

_UNSUMMED = frozenset({names.MANIFEST, names.SUMS, names.SUMS_SIGNATURE})


class Lists:
    """The lists of one pack, whose files have the digests `files`."""

    def __init__(
        self, pack: Pack, files: Mapping[str, str], log: VerifierKey, exporter: str, verifier_of: VerifierOf
    ) -> None:
        self._pack = pack
        self._files = files
        self._log = log
        self._exporter = exporter
        self._verifier_of = verifier_of

    def check(self, findings: Findings) -> About | None:
        """What the manifest states, once its signature holds; None where it does not."""
        try:
            opened = parse_manifest(self._pack.read(names.MANIFEST))
            signer, public_key = self._signer(opened)
            about, listed = self._opened(opened, public_key)
        except FormError as error:
            findings.add(Fault.MANIFEST, names.MANIFEST, str(error))
            return None
        if about.signed_by != signer:
            findings.add(Fault.MANIFEST, names.MANIFEST, f"it is signed by the {signer}, and says otherwise")
        for name, says in self._differences(listed):
            findings.add(Fault.FILE_ALTERED, name, says)
        for says in self._sum_problems(public_key):
            findings.add(Fault.SUMS, names.SUMS, says)
        named = self._log.name if signer == LOG else EXPORTER
        if self._pack.read(names.SIGNERS) != allowed_signers(named, public_key):
            findings.add(Fault.LOG_KEY, names.SIGNERS, "it does not hold the key that signed the manifest")
        return about

    def _signer(self, opened: Envelope) -> tuple[str, bytes]:
        """Who signed, of those whom the auditor trusts: the log, or the exporter that they named."""
        if opened.key_id == key_id(self._log.public_key):
            return LOG, self._log.public_key
        if not self._exporter or opened.key_id != self._exporter:
            said = "it is signed neither by the log nor by an exporter that you named"
            raise FormError(f"{said} (key {opened.key_id[:64]})")
        raw = _key_in(self._pack.read(names.EXPORTER_KEY) if names.EXPORTER_KEY in self._files else b"")
        if key_id(raw) != self._exporter:
            raise FormError(f"{names.EXPORTER_KEY} is not the exporter's key that you named")
        return EXPORTER, raw

    def _opened(self, opened: Envelope, public_key: bytes) -> tuple[About, dict[str, str]]:
        if not self._verifier_of(public_key).is_signed(opened.signed_bytes, opened.signature):
            raise FormError("its signature does not hold")
        return read_manifest(opened.payload)

    def _differences(self, listed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        for name, digest in listed.items():
            if self._files.get(name) != digest:
                says = (
                    "it is not the file that the manifest lists" if name in self._files else "it is missing"
                )
                yield name, says
        for name in self._files.keys() - listed.keys() - {names.MANIFEST}:
            yield name, "the manifest does not list it"

    def _sum_problems(self, public_key: bytes) -> Iterator[str]:
        due = sums_of((name, digest) for name, digest in self._files.items() if name not in _UNSUMMED)
        sums = self._pack.read(names.SUMS)
        if sums != due:
            lines = zip_longest(due.split(b"\n"), sums.split(b"\n"), fillvalue=b"")
            first = next(number for number, (one, other) in enumerate(lines, 1) if one != other)
            yield f"line {first} is not what the files of the pack give"
        try:
            signature = sums_signature(self._pack.read(names.SUMS_SIGNATURE), public_key)
        except FormError as error:
            yield str(error)
            return
        if not self._verifier_of(public_key).is_signed(sums_message(sums), signature):
            yield "its signature does not hold"


def _key_in(pem: bytes) -> bytes:
    """The raw key of a PEM that `pem_of` wrote; FormError for any other."""
    lines = pem.decode("ascii", "replace").split("\n")
    try:
        raw = b64decode("".join(lines[1:2]), validate=True)[-PUBLIC_KEY_SIZE:]
    except ValueError:
        raw = b""
    if len(raw) != PUBLIC_KEY_SIZE or pem_of(raw) != pem:
        raise FormError(f"{names.EXPORTER_KEY} is not an Ed25519 key as a pack writes it")
    return raw
