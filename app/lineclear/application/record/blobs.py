"""What is kept beside the ledger, checked against the digest that the ledger names. Free of I/O."""

from __future__ import annotations

from hashlib import sha256

from lineclear.domain.ledger import sealing
from lineclear.domain.refusals import Code, Refusal


def content_of(sealed: bytes | None, digest: str) -> bytes:
    """The content of a sealed blob whose bytes have this digest; Refusal(BLOB_UNKNOWN) where it is gone."""
    if sealed is None:
        raise Refusal(Code.BLOB_UNKNOWN, digest=digest)
    if sealing.digest(sealed) != digest:
        raise ValueError(f"blob {digest} was altered")
    return sealing.unseal(sealed)


def kept(blob: bytes | None, digest: str) -> bytes:
    """Content that was kept as it is; Refusal(BLOB_UNKNOWN) where it is gone."""
    if blob is None:
        raise Refusal(Code.BLOB_UNKNOWN, digest=digest)
    if sha256(blob).hexdigest() != digest:
        raise ValueError(f"blob {digest} was altered")
    return blob
