"""Request bodies: JSON only, bounded while they arrive, read strictly. Free of frameworks."""

from __future__ import annotations

from collections.abc import AsyncIterable

from lineclear.domain.refusals import Code, Refusal
from lineclear.wire.codecs import BODY_LIMIT, JSON, WireError, decode_strict


def check_media_type(content_type: str | None) -> None:
    """Raises Refusal unless the body is declared as JSON: a web form or plain text is nobody's agent."""
    declared, _, parameters = (content_type or "").partition(";")
    charset = parameters.replace(" ", "").lower()
    if declared.strip().lower() != JSON or charset not in {"", "charset=utf-8"}:
        raise Refusal(Code.MEDIA_TYPE_REFUSED)


async def read_body(chunks: AsyncIterable[bytes], declared: str | None) -> bytes:
    """The whole body; Refusal(BODY_TOO_LARGE) as soon as it is declared or found to be over the limit."""
    size = int(declared) if declared and declared.isascii() and declared.isdigit() else 0
    _check_size(size)
    parts: list[bytes] = []
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        _check_size(size)
        parts.append(chunk)
    return b"".join(parts)


def read_message[M](body: bytes, kind: type[M]) -> M:
    """The body as a message; Refusal(BODY_INVALID) that says what is wrong with it."""
    try:
        return decode_strict(body, kind)
    except WireError as error:
        raise Refusal(Code.BODY_INVALID, problem=error) from None


def _check_size(size: int) -> None:
    if size > BODY_LIMIT:
        raise Refusal(Code.BODY_TOO_LARGE, size=size, limit=BODY_LIMIT)
