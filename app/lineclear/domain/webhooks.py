"""Standard Webhooks: how a message is signed (HMAC-SHA256 over id, time and exact bytes). Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

_SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")


def is_secret(text: str) -> bool:
    """Whether this is a signing secret: `whsec_` and the canonical base64 of 32 bytes."""
    return _SECRET.fullmatch(text) is not None


def signed_headers(secret: str, message: str, seconds: int, body: bytes) -> dict[str, str]:
    """The headers of one attempt at `seconds` since 1970 to deliver the message with this id."""
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    digest = hmac.new(key, f"{message}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(seconds),
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }
