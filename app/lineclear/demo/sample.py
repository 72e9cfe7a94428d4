"""Builds the sample workspace: a real SQLite CRM, YAML documents and a bare Git repository in one folder.

The same seed gives the same rows and the same commits. Nothing outside the folder is touched, no
clock is read, no user's configuration is used.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from dulwich.config import StackedConfig
from dulwich.object_store import commit_tree_changes
from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.refs import Ref
from dulwich.repo import Repo
from ruamel.yaml import YAML
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # ships no types

import lineclear
from lineclear.demo.records import Records, sample_records

_COPIED = ("workspace.yaml", "policy.yaml", "access.yaml", "deployments.yaml")
_DATABASE = "crm.sqlite"
_REPOSITORY = "billing.git"
_FILE_MODE = 0o100644


@dataclass(frozen=True, slots=True)
class SampleWorkspace:
    """Where the sample workspace is."""

    folder: Path

    @property
    def document(self) -> Path:
        """The workspace document, for `open_workspace`."""
        return self.folder / "workspace.yaml"

    @property
    def policy(self) -> Path:
        """The capability document."""
        return self.folder / "policy.yaml"

    @property
    def database(self) -> Path:
        return self.folder / _DATABASE

    @property
    def repository(self) -> Path:
        return self.folder / _REPOSITORY


def build(folder: Path, *, seed: int = 7) -> SampleWorkspace:
    """Make the workspace in `folder`, which is created where needed; FileExistsError if one is there."""
    workspace = SampleWorkspace(folder)
    if workspace.document.exists():
        raise FileExistsError(f"{folder} already holds a workspace")
    folder.mkdir(parents=True, exist_ok=True)
    resources = _resources()
    _fill(workspace.database, (resources / "crm.sql").read_text(encoding="utf-8"), sample_records(seed))
    _commit_all(workspace.repository, resources / "billing-history.yaml")
    for name in _COPIED[::-1]:
        shutil.copyfile(resources / name, folder / name)
    return workspace


def _resources() -> Path:
    """Shipped inside the package, or beside `app/` in a source checkout."""
    package = Path(lineclear.__file__).parent
    shipped = package / "resources" / "sample"
    return shipped if shipped.is_dir() else package.parents[1] / "resources" / "sample"


def _fill(path: Path, schema: str, records: Records) -> None:
    connection = dbapi2.connect(str(path), isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.executescript(schema)
        connection.execute("BEGIN IMMEDIATE")
        for table, rows in records.tables():
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608  # our own names
        connection.execute("COMMIT")
    finally:
        connection.close()


def _commit_all(path: Path, history: Path) -> None:
    commits = YAML(typ="safe", pure=True).load(history)
    repo = Repo.init_bare(str(path), mkdir=True, config=StackedConfig([]), default_branch=b"main")
    with repo:
        tree, parent = Tree(), None
        repo.object_store.add_object(tree)
        tree_id = tree.id
        for step in commits:
            changes: list[tuple[bytes, int | None, ObjectID | None]] = []
            for name, text in step["files"].items():
                blob = Blob.from_string(text.encode())
                repo.object_store.add_object(blob)
                changes.append((name.encode(), _FILE_MODE, blob.id))
            tree_id = commit_tree_changes(repo.object_store, tree_id, changes)
            parent = _commit(repo, tree_id, parent, step)
        assert parent is not None, "the history has commits"
        repo.refs.add_if_new(Ref(b"refs/heads/main"), parent)


def _commit(repo: Repo, tree: ObjectID, parent: ObjectID | None, step: dict[str, object]) -> ObjectID:
    commit = Commit()
    commit.tree = tree
    commit.parents = [] if parent is None else [parent]
    commit.author = commit.committer = str(step["author"]).encode()
    commit.author_time = commit.commit_time = int(str(step["at"]))
    commit.author_timezone = commit.commit_timezone = 0
    commit.message = str(step["message"]).encode()
    repo.object_store.add_object(commit)
    return commit.id
