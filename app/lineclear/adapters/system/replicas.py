"""What a console knew of one workspace, as sealed files of one folder: segments of entries, actions as read.

A damaged file is set aside under another name, as it is. Where the disk refuses, nothing more is kept.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Final

import msgspec

from lineclear.adapters.system.sealed_files import SUFFIX, SealedFiles
from lineclear.application.ports import Clock
from lineclear.application.reading.answers import Detail, FeedItem, Me
from lineclear.application.reading.keeping import Batches, Erased
from lineclear.application.services import stamp
from lineclear.domain.erasure import BRIEF, TOMBSTONE

REPLICAS: Final = "replicas"
"""The folder of all replicas, beside that of keys."""

MOST: Final = 256 << 20
"""Bytes; a workspace with more is read anew at each start."""
_SEGMENT: Final = 200
"""Entries after which a segment is written no more."""
_DETAILS: Final = 100
_EVERY: Final = timedelta(minutes=1)
_ENTRIES: Final = "e"
_DETAIL: Final = "d"
_HEARD: Final = f"heard{SUFFIX}"
_FULL: Final = f"full{SUFFIX}"
_SEATS: Final = "seats"


class _Head(msgspec.Struct, frozen=True):
    """What finds an entry that was erased."""

    type: str
    stream: str


class _Said(msgspec.Struct, frozen=True):
    """When the backend was heard last."""

    at: str


class FileReplica:
    """A `Keeping`. Several consoles of one person may share the folder: they take turns."""

    def __init__(self, folder: Path, secret: bytes, clock: Clock, most: int = MOST) -> None:
        self._files = SealedFiles(folder, secret)
        self._clock = clock
        self._most = most
        self._is_off = False
        self._told: datetime | None = None

    def batches(self) -> Batches:
        try:
            with self._files.alone():
                self._files.sweep()
                yield from self._batches()
        except OSError as error:
            self._is_off = True
            raise ValueError(f"{self._files.folder} cannot be read: {error.strerror}") from error

    def begin_anew(self) -> None:
        with self._trying(), self._files.alone():
            for name in self._files.names():
                try:
                    self._files.read(name)
                except ValueError:
                    self._files.set_aside(name)
                else:
                    self._files.drop(name)

    def take(self, items: Sequence[FeedItem], erased: Erased) -> None:
        with self._trying(), self._files.alone():
            self._forget(erased)
            for identifier in {_head(item).stream.partition("/")[2] for item in items}:
                self._files.drop(_detail_name(identifier))
            if not self._is_off and _FULL not in self._files.names():
                self._append([_without(item, erased) for item in items])
                self._keep_bound()

    def heard(self) -> None:
        now = self._clock.now()
        if self._is_off or (self._told is not None and timedelta() <= now - self._told < _EVERY):
            return
        with self._trying(), self._files.alone():
            self._files.write(_HEARD, msgspec.json.encode(_Said(stamp(now))))
            self._told = now

    def heard_at(self) -> str:
        said = None
        with self._trying(), self._files.alone():
            said = self._read(_HEARD, _Said)
        return said.at if said is not None else ""

    def keep(self, detail: Detail, is_current: Callable[[], bool]) -> None:
        with self._trying(), self._files.alone():
            if not self._is_off and _FULL not in self._files.names() and is_current():
                self._files.write(_detail_name(detail.action.id), msgspec.json.encode(detail))
                self._drop_oldest()
                self._keep_bound()

    def detail(self, action: str) -> Detail | None:
        read: Detail | None = None
        with self._trying(), self._files.alone():
            read = self._read(_detail_name(action), Detail)
        return read  # noqa: RET504  # what is tried may end before

    # -- by turns -------------------------------------------------------------------------------------

    def _batches(self) -> Batches:
        end, segments = 0, self._segments()
        for name in {*self._names(_ENTRIES)} - {name for _, _, name in segments}:
            self._files.drop(name)  # a program was killed before it could
        for start, until, name in segments:
            items = self._items(name)
            if start != end or len(items) != until - start:
                raise ValueError(f"{self._files.folder / name}: it does not follow entry {end}")
            yield items
            end = until

    def _items(self, name: str) -> list[FeedItem]:
        """ValueError where this secret did not seal it."""
        path = self._files.folder / name
        try:
            data = self._files.read(name)
            return msgspec.json.decode(data or b"[]", type=list[FeedItem])
        except (ValueError, msgspec.MsgspecError) as error:
            raise ValueError(f"{path}: {error}") from error

    def _append(self, items: Sequence[FeedItem]) -> None:
        """Behind what is kept, into the last segment while it is short; nothing where entries are missing."""
        start, end, last = ([(0, 0, ""), *self._segments()])[-1]
        fresh = [item for item in items if item.index >= end]
        if not fresh or fresh[0].index != end:
            return
        grows = bool(last) and end - start < _SEGMENT
        whole = [*self._items(last), *fresh] if grows else fresh
        first = whole[0].index
        self._files.write(_segment_name(first, first + len(whole)), msgspec.json.encode(whole))
        if grows:
            self._files.drop(last)

    def _forget(self, erased: Erased) -> None:
        """Write anew whatever holds something of what was erased."""
        if not erased:
            return
        for name in self._names(_DETAIL):
            detail = self._read(name, Detail)
            if detail is not None and not erased.keys().isdisjoint(_streams(detail)):
                self._files.drop(name)
        for name in self._names(_ENTRIES):
            before = self._items(name)
            after = [_without(item, erased) for item in before]
            if after != before:
                self._files.write(name, msgspec.json.encode(after))

    def _segments(self) -> Sequence[tuple[int, int, str]]:
        """From where to where, under which name; of two that begin alike, the one that reaches further."""
        found: dict[int, tuple[int, int, str]] = {}
        for name in self._names(_ENTRIES):
            start, until = map(int, name.removesuffix(SUFFIX).split("-")[1:])
            found[start] = (start, until, name)
        return [found[start] for start in sorted(found)]

    def _keep_bound(self) -> None:
        """All or nothing: half of what was known would look like all of it."""
        paths = [self._files.folder / name for name in self._files.names()]
        if sum(path.stat().st_size for path in paths) > self._most:
            self._drop_all()
            self._files.write(_FULL, b"")

    def _drop_oldest(self) -> None:
        paths = [self._files.folder / name for name in self._names(_DETAIL)]
        for path in sorted(paths, key=lambda one: one.stat().st_mtime)[:-_DETAILS]:
            self._files.drop(path.name)

    def _drop_all(self) -> None:
        for name in self._files.names():
            self._files.drop(name)
        self._told = None

    def _names(self, kind: str) -> Sequence[str]:
        return [name for name in self._files.names() if name.startswith(f"{kind}-")]

    def _read[T](self, name: str, kind: type[T]) -> T | None:
        return _read(self._files, name, kind)

    @contextmanager
    def _trying(self) -> Iterator[None]:
        """What cannot be kept is not, in this run; what was damaged meanwhile is told at the next start."""
        try:
            yield
        except (OSError, ValueError):
            self._is_off = True


class Seats:
    """Whose token it is at which address, as the backend said, sealed under the token itself.

    Without the token nobody learns that there is anything. Never raises; what cannot be kept is not.
    """

    def __init__(self, folder: Path, url: str, token: str) -> None:
        self._files = SealedFiles(folder / _SEATS, _made(token, "seat"))
        self._name = f"{_made(token, f'seat at {url}').hex()[:32]}{SUFFIX}"

    def known(self) -> Me | None:
        """Who it was when the backend last said so."""
        with suppress(OSError):
            return _read(self._files, self._name, Me)
        return None

    def keep(self, me: Me) -> None:
        """The backend said so just now."""
        if self.known() != me:
            with suppress(OSError):
                self._files.write(self._name, msgspec.json.encode(me))

    def drop(self) -> None:
        """The token counts no more."""
        with suppress(OSError):
            self._files.drop(self._name)


def replica_of(folder: Path, origin: str, person: str, secret: bytes, clock: Clock) -> FileReplica:
    """The replica of one person on this device for one workspace; `origin` is its first entry's leaf hash."""
    return FileReplica(folder / origin / sha256(person.encode()).hexdigest()[:32], secret, clock)


def drop_replicas(folder: Path, origin: str) -> None:
    """Nothing that was known of this workspace counts any more. OSError where it cannot be removed."""
    with suppress(FileNotFoundError):
        rmtree(folder / origin)


def _read[T](files: SealedFiles, name: str, kind: type[T]) -> T | None:
    """None where it is not there, or was damaged and is set aside now."""
    try:
        data = files.read(name)
        return msgspec.json.decode(data, type=kind) if data is not None else None
    except (ValueError, msgspec.MsgspecError):
        files.set_aside(name)
        return None


def _without(item: FeedItem, erased: Erased) -> FeedItem:
    """The entry stays, and its words go where an erasure took them."""
    if not item.brief or not erased:
        return item
    head = _head(item)
    is_gone = BRIEF in erased.get(head.stream, ()) and head.type != TOMBSTONE
    return msgspec.structs.replace(item, brief="") if is_gone else item


def _head(item: FeedItem) -> _Head:
    return msgspec.json.decode(item.entry, type=_Head)


def _streams(detail: Detail) -> tuple[str, str]:
    return f"action/{detail.action.id}", f"job/{detail.job.id}"


def _segment_name(start: int, until: int) -> str:
    return f"{_ENTRIES}-{start:012d}-{until:012d}{SUFFIX}"


def _detail_name(action: str) -> str:
    return f"{_DETAIL}-{sha256(action.encode()).hexdigest()[:32]}{SUFFIX}"


def _made(token: str, purpose: str) -> bytes:
    return hmac.digest(token.encode(), f"lineclear {purpose}".encode(), "sha256")
