"""The change feed: entries by page or long poll, as a stream of server-sent events, and sealed blobs.

Free of frameworks. A stream checks its token anew with every batch and heartbeat: a revoked one ends it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

from lineclear.application.reading.snapshots import read_feed
from lineclear.application.recording import kept
from lineclear.application.services import Services
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.server.endpoints import Again, Answer, Call, Endpoint, reads
from lineclear.server.tail import Tail
from lineclear.wire.codecs import encode
from lineclear.wire.messages import Feed, Nothing, ReadFeed

STREAM = "/v1/feed/stream"
EVENT_STREAM = "text/event-stream"
HEARTBEAT = 5.0
"""Seconds; a reader that hears nothing for longer has lost its connection."""

BATCH = 500
_OCTETS = "application/octet-stream"
_DIGEST_LENGTH = 64


def _read(call: Call, asked: ReadFeed) -> Answer:
    feed = read_feed(call.services, call.principal, asked.start, asked.limit)
    waits = asked.wait and not feed.items
    return Answer(feed, again=Again(max(feed.size, asked.start), asked.wait) if waits else None)


def _blob(call: Call, _: Nothing) -> Answer:
    digest = call.path["digest"]
    blob = call.services.store.read(lambda snapshot: snapshot.blob(digest))
    return Answer(kept(blob, digest), media_type=_OCTETS, version=digest)


async def stream(
    services: Services, tail: Tail, check: Callable[[], Principal], start: int
) -> AsyncIterator[bytes]:
    """Server-sent events from `start` on until the server ends or `check` (run in a thread) refuses."""
    yield b": lineclear feed\n\n"
    while not tail.is_closed:
        try:
            feed = await asyncio.to_thread(_checked_batch, services, check, start)
        except Refusal as refusal:
            if refusal.code is Code.DATABASE_BUSY:
                await tail.beyond(start, HEARTBEAT)
                continue
            return
        for item in feed.items:
            yield b"id: %d\ndata: %b\n\n" % (item.index, encode(item))
        start += len(feed.items)
        if start < feed.size:
            continue
        if await tail.beyond(max(start, feed.size), HEARTBEAT) <= start:
            yield b": alive\n\n"


def _checked_batch(services: Services, check: Callable[[], Principal], start: int) -> Feed:
    return read_feed(services, check(), start, BATCH)


ENDPOINTS: tuple[Endpoint, ...] = (
    reads(
        "/v1/feed",
        "Read ledger entries. With `wait`, answered when there is one at `start`.",
        _read,
        asked=ReadFeed,
        answered=Feed,
        deed=Deed.READ,
    ),
    reads(
        "/v1/blobs/{digest}",
        "Read content by its digest, as it is kept: sealed content has a salt and a line feed before it.",
        _blob,
        asked=Nothing,
        answered=bytes,
        deed=Deed.READ,
        media_type=_OCTETS,
    ),
)
