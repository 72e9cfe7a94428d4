"""Reads the sample systems beside the connectors, as an agent or a witness would; changes nothing."""

from __future__ import annotations

from pathlib import Path

from dulwich.object_store import tree_lookup_path
from dulwich.objects import Blob, Commit
from dulwich.repo import Repo
from ruamel.yaml import YAML
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # ships no types

from lineclear.demo.sample import SampleWorkspace

type Value = str | int | None
type Row = dict[str, Value]


class Systems:
    """The sample workspace's CRM, documents and repository, read-only. Opens and closes with each reading."""

    def __init__(self, folder: Path) -> None:
        self._workspace = SampleWorkspace(folder)

    def rows(self, query: str, *values: Value) -> list[Row]:
        """The CRM's answer, in the query's order."""
        connection = dbapi2.connect(f"{self._workspace.database.as_uri()}?mode=ro", uri=True)
        try:
            found = connection.execute(query, values)
            names = [column[0] for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found]
        finally:
            connection.close()

    def records(self, document: str) -> list[dict[str, object]]:
        """The one list that `access.yaml` or `deployments.yaml` holds."""
        loaded = YAML(typ="safe", pure=True).load(self._workspace.folder / f"{document}.yaml")
        (records,) = loaded.values()
        return list(records)

    def file(self, path: str) -> str:
        """A file of the repository's main branch."""
        with Repo(str(self._workspace.repository)) as repo:
            head = repo[b"refs/heads/main"]
            assert isinstance(head, Commit), "a branch names a commit"
            _, name = tree_lookup_path(repo.__getitem__, head.tree, path.encode())
            blob = repo[name]
            assert isinstance(blob, Blob), "a file's path names a blob"
            return blob.data.decode()


def read_row(folder: Path, table: str, key: Value) -> Row:
    """One row of the sample CRM by its id, read past everything else; LookupError where there is none."""
    if not table.isidentifier():
        raise LookupError(f"{table!r} is no table")
    found = Systems(folder).rows(f"SELECT * FROM {table} WHERE id = ?", key)  # noqa: S608  # checked above
    if not found:
        raise LookupError(f"{table} has no row {key}")
    return found[0]
