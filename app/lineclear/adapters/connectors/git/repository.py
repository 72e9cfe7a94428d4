"""A bare Git repository written by objects and compare-and-set of refs, through dulwich.

No hook runs, no user's configuration is read, no other program is started. Objects and refs are
synced to disk before an effect is acknowledged.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from dulwich.diff_tree import tree_changes
from dulwich.errors import NotGitRepository
from dulwich.file import FileLocked
from dulwich.object_store import MemoryObjectStore, OverlayObjectStore, commit_tree_changes
from dulwich.objects import Blob, Commit, ObjectID
from dulwich.refs import Ref, check_ref_format
from dulwich.repo import Repo

from lineclear.adapters.connectors.disk import sync_folder, taken
from lineclear.adapters.connectors.git.files import FileState, Snapshot
from lineclear.application.ports import ToolFailed

_HEADS = "refs/heads/"
_OWN = "lineclear/"
_SEARCHED = 1_000
_PLAIN_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_TRAILER = re.compile(r"(Lineclear-[A-Za-z]+): (.*)")


class GitRepository:
    """One opened repository; close it by leaving `opened`."""

    def __init__(self, repo: Repo, author: str, now: Callable[[], int]) -> None:
        self._repo = repo
        self._author = author.encode()
        self._now = now
        self._folder = Path(repo.controldir())
        self._fresh = MemoryObjectStore()
        self._lock: IO[bytes] | None = None
        self.store = OverlayObjectStore([repo.object_store, self._fresh], add_store=self._fresh)
        """What the repository has, and what this change adds once its ref is about to move."""

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """One of our writers at a time; others, such as a push, are kept apart by Git's own ref locks.

        The lock's file names the ref that is being moved. Found there by the next writer, it means that
        we were killed in between, and Git's lock on that ref is our own left-over.
        """
        with taken(self._folder / "lineclear.lock") as lock:
            lock.seek(0)
            left = lock.read().decode()
            if left.startswith(_HEADS):
                (self._folder / f"{left}.lock").unlink(missing_ok=True)
                _write(lock, b"")
            self._lock = lock
            try:
                yield
            finally:
                self._lock = None

    def head(self, branch: str) -> ObjectID:
        """The newest commit of a branch; ToolFailed where there is no such branch."""
        ref = Ref((_HEADS + branch).encode())
        if branch.startswith(("-", _OWN)) or not check_ref_format(ref):
            raise ToolFailed("invalid", f"{branch!r:.80} is no name of a branch that can be changed.")
        try:
            return self._repo.refs[ref]
        except KeyError:
            raise ToolFailed("not_found", f"There is no branch {branch!r:.80}.") from None

    def snapshot(self, branch: str) -> Snapshot:
        return Snapshot(self.store, self.head(branch))

    def at(self, commit: ObjectID) -> Snapshot:
        return Snapshot(self.store, commit)

    def proposed(self, key: str) -> Commit | None:
        """The commit that was put on the branch of `key`, merged or not."""
        found = self._repo.refs.read_ref(_ref_of(key))
        return None if found is None else self.commit(ObjectID(found))

    def commit(self, name: ObjectID) -> Commit:
        found = self.store[name]
        assert isinstance(found, Commit), "branches and parents name commits"
        return found

    def merged(self, key: str, branch: str) -> Commit | None:
        """The merge that brought the change of `key` into the branch, or None.

        Looks along first parents, no further than where the change started, and where its own
        branch was removed no further than 1,000 commits.
        """
        proposed = self.proposed(key)
        start = proposed.parents[0] if proposed is not None else None
        for index, commit in enumerate(self._first_parents(self.head(branch))):
            if proposed is not None and proposed.id in commit.parents[1:]:
                return commit
            if proposed is None and commit.parents[1:] and trailers(commit).get("Lineclear-Key") == key:
                return commit
            if commit.id == start or (proposed is None and index >= _SEARCHED):
                return None
        return None

    def _first_parents(self, name: ObjectID) -> Iterator[Commit]:
        following: ObjectID | None = name
        while following is not None:
            try:
                commit = self.commit(following)
            except KeyError:
                return  # a shallow repository ends here
            yield commit
            following = commit.parents[0] if commit.parents else None

    def differing(self, merge: Commit) -> list[str]:
        """The paths in which a merge differs from the branch before it."""
        old, new = self.commit(merge.parents[0]).tree, merge.tree
        found: set[str] = set()
        for change in tree_changes(self.store, old, new):
            entry = change.new if change.new is not None and change.new.path is not None else change.old
            if entry is not None and entry.path is not None:
                found.add(entry.path.decode())
        return sorted(found)

    def propose(
        self,
        key: str,
        base: ObjectID,
        files: Mapping[str, FileState | None],
        blobs: Sequence[Blob],
        message: str,
    ) -> Commit:
        """Put the change on a branch of its own; one that an earlier attempt left there is taken over."""
        found = self.proposed(key)
        if found is not None:
            return found
        for blob in blobs:
            self.store.add_object(blob)
        commit = self._committed(self._tree(base, files), [base], message)
        ref = _ref_of(key)
        if self._moved(ref, lambda: self._repo.refs.add_if_new(ref, commit.id)):
            return commit
        raise ToolFailed("unreachable", "Another process is at work on this very change; ask again.")

    def merge(
        self,
        branch: str,
        head: ObjectID,
        proposed: Commit,
        files: Mapping[str, FileState | None],
        message: str,
    ) -> Commit | None:
        """Bring a change into a branch that is still at `head`; None where it no longer is."""
        commit = self._committed(self._tree(head, files), [head, proposed.id], message)
        ref = Ref((_HEADS + branch).encode())
        is_done = self._moved(ref, lambda: self._repo.refs.set_if_equals(ref, head, commit.id))
        return commit if is_done else None

    def withdraw(self, key: str, proposed: Commit) -> None:
        """Remove the branch of a change that cannot be merged."""
        ref = _ref_of(key)
        self._moved(ref, lambda: self._repo.refs.remove_if_equals(ref, proposed.id))

    def _tree(self, base: ObjectID, files: Mapping[str, FileState | None]) -> ObjectID:
        changes = [
            (path.encode(), state.mode if state else None, ObjectID(state.blob.encode()) if state else None)
            for path, state in files.items()
        ]
        return commit_tree_changes(self.store, self.commit(base).tree, changes)

    def _committed(self, tree: ObjectID, parents: list[ObjectID], message: str) -> Commit:
        commit = Commit()
        commit.tree = tree
        commit.parents = parents
        commit.author = commit.committer = self._author
        commit.author_time = commit.commit_time = self._now()
        commit.author_timezone = commit.commit_timezone = 0
        commit.encoding = b"UTF-8"
        commit.message = message.encode()
        self.store.add_object(commit)
        return commit

    def _moved(self, ref: Ref, move: Callable[[], bool]) -> bool:
        """Store what the ref will need, then move it, durably."""
        assert self._lock is not None, "only within `exclusive`"
        self._store_fresh()
        _write(self._lock, ref)
        try:
            is_done = move()
        except FileLocked as error:
            detail = f"Another process writes to {ref.decode()}; if none does, remove {ref.decode()}.lock."
            raise ToolFailed("unreachable", detail) from error
        finally:
            _write(self._lock, b"")
        folder = (self._folder / ref.decode()).parent
        if is_done and folder.is_dir():
            sync_folder(folder)
        return is_done

    def _store_fresh(self) -> None:
        """Loose objects under names that no crash can leave locked; contents and names are synced."""
        objects = self._folder / "objects"
        for name in list(self._fresh):
            place = objects / name[:2].decode() / name[2:].decode()
            if place.exists() or name in self._repo.object_store:
                continue
            place.parent.mkdir(exist_ok=True)
            with NamedTemporaryFile(dir=place.parent, prefix="tmp_obj_", delete=False) as file:
                file.write(self._fresh[name].as_legacy_object())
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).chmod(0o444)
            Path(file.name).replace(place)
            sync_folder(place.parent)
        sync_folder(objects)


def _write(file: IO[bytes], data: bytes) -> None:
    file.seek(0)
    file.truncate()
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def _ref_of(key: str) -> Ref:
    name = key if _PLAIN_KEY.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()
    return Ref(f"{_HEADS}{_OWN}{name}".encode())


def trailers(commit: Commit) -> dict[str, str]:
    """The last paragraph's own trailers: what an agent writes into a message stands before it."""
    last = commit.message.decode(errors="replace").rstrip("\n").rpartition("\n\n")[2]
    found = [_TRAILER.fullmatch(line) for line in last.split("\n")]
    return {match[1]: match[2] for match in found if match}


@contextmanager
def opened(path: Path, author: str, now: Callable[[], int]) -> Iterator[GitRepository]:
    """The bare repository at `path`; every failure of the disk leaves as ToolFailed."""
    try:
        repo = Repo(str(path))
    except (NotGitRepository, OSError) as error:
        raise ToolFailed("unreachable", f"There is no Git repository at {path.name}.") from error
    with repo:
        if not repo.bare:
            raise ToolFailed(
                "refused", f"{path.name} has a work tree; name the bare repository that people push to."
            )
        try:
            yield GitRepository(repo, author, now)
        except OSError as error:
            raise ToolFailed("unreachable", f"{path.name}: {error.strerror or error}.") from error
