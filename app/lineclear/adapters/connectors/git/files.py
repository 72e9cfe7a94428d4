"""Files of one commit: safe paths, texts, and the changes that an action asks for. Writes nothing.

Nothing here touches a work tree, a hook, a configuration file or another program.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec
from dulwich.errors import NotTreeError
from dulwich.index import validate_path_element_hfs, validate_path_element_ntfs
from dulwich.object_store import BaseObjectStore, tree_lookup_path
from dulwich.objects import Blob, Commit, ObjectID, SubmoduleEncountered

from lineclear.application.ports import Arguments, ToolFailed
from lineclear.domain.strict_json import Json

MAX_BYTES = 1_048_576
MAX_FILES = 200
_MAX_PATH = 400
_PLAIN_MODE = 0o100644
_MODES = (0o100644, 0o100755, 0o100664)
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


class FileState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a commit: its blob and mode."""

    blob: str
    mode: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """One file as an action wants it: its text, or gone."""

    path: str
    content: str | None


def wanted_files(arguments: Arguments) -> list[Wanted]:
    """The files that the arguments name; ToolFailed("invalid") for an unsafe path or a binary text."""
    raw = arguments.get("files")
    if not isinstance(raw, list) or not raw:
        raise ToolFailed(
            "invalid", "files is a list of at least one {path, content} or {path, delete: true}."
        )
    if len(raw) > MAX_FILES:
        raise ToolFailed("invalid", f"{len(raw)} files in one change; {MAX_FILES} is the most.")
    files = [_wanted(item) for item in raw]
    names = sorted(f"{file.path}/" for file in files)
    for name, following in pairwise(names):
        if following.startswith(name):
            raise ToolFailed(
                "invalid", f"{name[:-1]!r:.80} is named twice, as a file and as itself or a folder."
            )
    return files


def _wanted(item: Json) -> Wanted:
    match item:
        case {"path": str() as path, "delete": True, **rest} if not rest:
            return Wanted(safe_path(path), None)
        case {"path": str() as path, "content": str() as content, **rest} if not rest:
            _require_text(path, content.encode(errors="surrogatepass"))
            return Wanted(safe_path(path), content)
        case _:
            raise ToolFailed("invalid", "Each file is {path, content} or {path, delete: true}, both texts.")


def safe_path(path: str) -> str:
    """A relative path with no way out of the tree, into `.git`, or into a name with two readings."""
    parts = path.split("/")
    if (
        len(path) > _MAX_PATH
        or not path.isprintable()
        or _FORBIDDEN.search(path)
        or not all(map(_is_safe, parts))
    ):
        raise ToolFailed(
            "invalid", f"{path!r:.80} is no safe path in a repository; use a plain relative one."
        )
    return path


def _is_safe(part: str) -> bool:
    if part in ("", ".", "..") or part[-1] in ". " or _RESERVED.fullmatch(part):
        return False
    raw = part.encode()
    return validate_path_element_ntfs(raw) and validate_path_element_hfs(raw)


def _require_text(path: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise ToolFailed("invalid", f"{path!r:.80} has {len(data)} bytes; {MAX_BYTES} is the most.")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise ToolFailed(
            "invalid", f"{path!r:.80} holds binary content; only text can be shown and changed here."
        )
    return text


class Snapshot:
    """The tree of one commit."""

    def __init__(self, store: BaseObjectStore, commit: ObjectID) -> None:
        self._store = store
        found = store[commit]
        assert isinstance(found, Commit), "branches point to commits"
        self.commit = found

    def state(self, path: str) -> FileState | None:
        """The file at `path`, or None; ToolFailed where something else than a file is in its place."""
        self._require_plain_folders(path)
        found = self._entry(path)
        if found is None:
            return None
        mode, blob = found
        if mode not in _MODES:
            kind = (
                "a folder" if stat.S_ISDIR(mode) else "a link" if stat.S_ISLNK(mode) else "another repository"
            )
            raise ToolFailed("refused", f"{path!r:.80} is {kind}, not a file.")
        return FileState(blob.decode(), mode)

    def _require_plain_folders(self, path: str) -> None:
        parts = path.split("/")
        for count in range(1, len(parts)):
            folder = "/".join(parts[:count])
            found = self._entry(folder)
            if found is not None and not stat.S_ISDIR(found[0]):
                raise ToolFailed("refused", f"{folder!r:.80} is no folder, so nothing can be below it.")

    def _entry(self, path: str) -> tuple[int, ObjectID] | None:
        try:
            return tree_lookup_path(self._store.__getitem__, self.commit.tree, path.encode())
        except (KeyError, NotTreeError, SubmoduleEncountered):
            return None

    def states(self, paths: Sequence[str]) -> dict[str, FileState | None]:
        return {path: self.state(path) for path in paths}


def texts(store: BaseObjectStore, states: Mapping[str, FileState | None]) -> dict[str, Json]:
    """The files as a person sees them; absent ones are left out. ToolFailed for binary content."""
    found: dict[str, Json] = {}
    for path, state in states.items():
        if state is not None:
            try:
                blob = store[ObjectID(state.blob.encode())]
            except (KeyError, ValueError):
                raise ToolFailed(
                    "not_found", f"The repository no longer has {path!r:.80} as it was."
                ) from None
            assert isinstance(blob, Blob), "a file's mode stands for a blob"
            found[path] = _require_text(path, blob.data)
    return found


def made(file: Wanted, now: FileState | None) -> tuple[FileState | None, Blob | None]:
    """The file's state after the change, with the blob to store. ToolFailed where nothing would change."""
    if file.content is None:
        if now is None:
            raise ToolFailed("not_found", f"{file.path!r:.80} does not exist, so it cannot be deleted.")
        return None, None
    blob = Blob.from_string(file.content.encode())
    state = FileState(blob.id.decode(), now.mode if now else _PLAIN_MODE)
    if state == now:
        raise ToolFailed("refused", f"{file.path!r:.80} already has exactly this content; leave it out.")
    return state, blob
