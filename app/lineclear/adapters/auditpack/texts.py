"""The guide and the program that go into every pack, as they are shipped beside the package."""

from __future__ import annotations

from pathlib import Path

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.forms import EXPORTER
from lineclear.domain.ledger.notes import VerifierKey
from lineclear.domain.ledger.signing import key_id


def guide(log: VerifierKey, program: str, *, is_signed_by_log: bool) -> bytes:
    """VERIFY.md, with the names and keys of this log."""
    text = _shipped("VERIFY.md").decode()
    filled = {
        "@ORIGIN@": log.name,
        "@PROGRAM@": program,
        "@VKEY@": str(log),
        "@KEY@": key_id(log.public_key),
        "@SIGNER@": log.name if is_signed_by_log else EXPORTER,
        "@SIGNER_KEY@": names.LOG_KEY if is_signed_by_log else names.EXPORTER_KEY,
    }
    for place, value in filled.items():
        text = text.replace(place, value)
    return text.encode()


def verifier() -> bytes:
    """verify.py, byte for byte."""
    return _shipped("verify.py")


def _shipped(name: str) -> bytes:
    """A wheel carries the resources inside the package, a checkout beside `app`."""
    package = Path(__file__).resolve().parents[2]
    inside = package / "resources" / "audit" / name
    return (inside if inside.is_file() else package.parents[1] / "resources" / "audit" / name).read_bytes()
