"""The mark of a canary: ids that nobody tells from others without the secret. Pure.

The last six characters of an id are random; a canary's are a keyed digest of the rest instead (HMAC-SHA256).
A canary is marked in its own id and in its job's, 60 bits together, so that no real action is taken for one.
"""

from __future__ import annotations

from hmac import digest
from typing import Final

LETTERS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
MARK: Final = 6


def marked(identifier: str, secret: bytes) -> str:
    """The id with its random part replaced by its mark."""
    known = identifier[:-MARK]
    number = int.from_bytes(digest(secret, known.encode(), "sha256")[:8])
    return known + "".join(LETTERS[number >> 5 * place & 31] for place in range(MARK))


def is_marked(identifier: str, secret: bytes) -> bool:
    return marked(identifier, secret) == identifier
