"""Following the change feed by server-sent events, and by long poll where they do not come through.

A stream that breaks is opened again behind the last entry that was read, after one long poll, which also
tells whether anybody is there. The more streams in a row break, the more polls come in between.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager, suppress

import httpx

from lineclear.adapters.http.connection import Connection
from lineclear.application.reading.answers import Feed, FeedItem
from lineclear.domain.refusals import Code, Kind, Refusal
from lineclear.wire.codecs import WireError, decode
from lineclear.wire.messages import ReadFeed, StreamFeed

SILENCE = 12.0
"""Seconds: two heartbeats of the server, and some."""

POLL = 5.0
_MOST_POLLS = 64
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 5.0
_GLANCE = 0.2
_BATCH = 500
_DATA = b"data: "
_PASSING = frozenset({Kind.UNAVAILABLE, Kind.BROKEN})

type Heard = Callable[[], None]
type Lost = Callable[[Refusal], None]


class Follower:
    """Entries as they are appended, from one thread, until `stop` is set.

    `heard` is called with each sign of life, heartbeats included; `lost` when there is none.
    """

    def __init__(self, connection: Connection, stop: threading.Event, heard: Heard, lost: Lost) -> None:
        self._connection = connection
        self._stop = stop
        self._heard = heard
        self._lost = lost
        self._next = 0
        self._breaks = 0
        self._polls = 0
        self._is_away = False
        self._pause = _FIRST_PAUSE

    def items(self, start: int) -> Iterator[FeedItem]:
        """Raises Refusal for a token that may not read; goes on through everything else."""
        self._next = start
        while not self._stop.is_set():
            try:
                yield from self._streamed()
            except Refusal as refusal:
                self._broken(refusal)
                self._breaks += 1
            self._polls = min(2**self._breaks, _MOST_POLLS)
            while self._polls and not self._stop.is_set():
                self._polls -= 1
                yield from self._polled()

    def _streamed(self) -> Iterator[FeedItem]:
        stream = self._connection.stream("/v1/feed/stream", StreamFeed(self._next), silence=SILENCE)
        with stream as response, _cut_off(response, self._stop), closing(self._parsed(response)) as items:
            for item in items:
                self._breaks, self._pause, self._next = 0, _FIRST_PAUSE, item.index + 1
                yield item

    def _parsed(self, response: httpx.Response) -> Generator[FeedItem]:
        """Our server's events: one `data` line each, comments as heartbeats (WHATWG HTML section 9.2.6)."""
        rest = b""
        for chunk in response.iter_bytes():
            self._heard()
            *events, rest = (rest + chunk).split(b"\n\n")
            for event in events:
                for line in event.split(b"\n"):
                    if line.startswith(_DATA):
                        yield _read(line.removeprefix(_DATA))

    def _polled(self) -> Iterator[FeedItem]:
        asked = ReadFeed(self._next, _BATCH, POLL)
        try:
            feed = self._connection.get("/v1/feed", Feed, asked, wait=POLL)
        except Refusal as refusal:
            self._broken(refusal)
            self._is_away = True
            self._stop.wait(self._pause)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            return
        self._heard()
        self._pause = _FIRST_PAUSE
        if self._is_away:  # back again: that the streams broke says nothing about the next one
            self._is_away, self._breaks, self._polls = False, 0, 0
        for item in feed.items:
            self._next = item.index + 1
            yield item

    def _broken(self, refusal: Refusal) -> None:
        if self._stop.is_set():
            return
        if refusal.kind not in _PASSING:
            raise refusal
        self._lost(refusal)


def _read(data: bytes) -> FeedItem:
    try:
        return decode(data, FeedItem)
    except WireError as error:
        raise Refusal(Code.UNREACHABLE, url="/v1/feed/stream", problem=error) from None


@contextmanager
def _cut_off(response: httpx.Response, stop: threading.Event) -> Iterator[None]:
    """Shut the connection down when `stop` is set, so that a blocked read ends at once."""
    over = threading.Event()
    thread = threading.Thread(
        target=_watch, args=[response, stop, over], name="lineclear-follow", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _watch(response: httpx.Response, stop: threading.Event, over: threading.Event) -> None:
    while not over.is_set():
        if stop.wait(_GLANCE):
            connection = response.extensions["network_stream"].get_extra_info("socket")
            if isinstance(connection, socket.socket) and not over.is_set():
                _shut_down(connection)
            return


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):  # closed in the meantime
        connection.shutdown(socket.SHUT_RDWR)
