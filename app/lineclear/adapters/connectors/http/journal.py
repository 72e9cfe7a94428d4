"""What was sent under which key, on disk: the memory that makes a second attempt safe.

One file per key, in one of 256 folders that each have a lock. It is there before the write is sent and gets
the effect afterwards; a file without an effect is an attempt whose outcome is not known. The workers of a
workspace share the folder. What is finished is forgotten after a week: the ledger has the effects.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from lineclear.adapters.connectors.disk import sync_folder, taken, unreachable
from lineclear.adapters.connectors.http.exchange import Step
from lineclear.adapters.connectors.http.tools import Method
from lineclear.adapters.connectors.undoing import Record
from lineclear.application.ports import ToolOutcomeUnknown
from lineclear.domain.effects import Effect, Target

KEPT_SECONDS = 7 * 86_400


class Way(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A method and a path by which an effect is taken back, or made again."""

    method: Method
    path: str


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of one resource, ready to be sent. `place` is where it is read, "" before a POST made it.

    `write` is the definition that it was made from; `back` undoes it, `forth` undoes that.
    """

    title: str
    target: Target
    write: str
    step: Step
    place: str
    args: Record
    before: Record | None
    after: Record | None
    back: Way | None = None
    forth: Way | None = None


class Attempt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A plan that was sent, first at `sent_at`; `absences` counts the answers that nobody knows the key."""

    key: str
    request: str
    sent_at: int
    plan: Plan
    absences: int = 0
    effect: Effect | None = None


_READ = msgspec.json.Decoder(Attempt)


class Page:
    """One key's file, while its lock is held."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Attempt | None:
        return _attempt(self._path)

    def write(self, attempt: Attempt) -> None:
        """Durable when it returns; OSError where it is not, and then the file is as before or gone."""
        fresh = self._path.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(msgspec.json.encode(attempt))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._path)
        sync_folder(self._path.parent)

    def remove(self) -> None:
        """Nothing was changed under this key. Where the disk fails, the attempt stays open."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
            sync_folder(self._path.parent)

    def forget(self, before: int) -> None:
        """Remove the finished attempts beside this one that were sent before then."""
        with suppress(OSError, ToolOutcomeUnknown):
            for path in self._path.parent.glob("*.json"):
                attempt = _attempt(path)
                if attempt is not None and attempt.effect is not None and attempt.sent_at < before:
                    path.unlink()


class Journal:
    """The attempts of one system, below `folder`, which is made when the first is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def held(self, key: str) -> Iterator[Page]:
        """One key's page, for one caller at a time; waits for whoever has it."""
        path = self._path(key)
        try:
            for folder in (self._folder, path.parent):
                _make(folder)
        except OSError as error:
            raise unreachable(path.parent, error) from error
        with taken(path.with_name("lock")):
            yield Page(path)

    def read(self, key: str) -> Attempt | None:
        """What is known of a key, without waiting."""
        return _attempt(self._path(key))

    def _path(self, key: str) -> Path:
        digest = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
        return self._folder / digest[:2] / f"{digest[2:34]}.json"


def _make(folder: Path) -> None:
    """A folder for nobody else, whose name survives a loss of power as its files do."""
    if not folder.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        sync_folder(folder.parent)


def _attempt(path: Path) -> Attempt | None:
    try:
        return _READ.decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise ToolOutcomeUnknown(
            f"The journal's {path.name} cannot be read, so nobody knows what was sent."
        ) from error
