"""Outside systems for the connectors' contract: real ones, with a change to make and people who interfere.

Used by the tests alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, Protocol

from dulwich.object_store import commit_tree_changes
from dulwich.objects import Blob, Commit, Tree
from dulwich.repo import Repo
from ruamel.yaml import YAML
from sqlalchemy.engine import make_url

from lineclear.adapters.connectors.documents.connector import DocumentConnector
from lineclear.adapters.connectors.documents.tools import DocumentTool
from lineclear.adapters.connectors.git.connector import GitConnector, GitTool
from lineclear.adapters.connectors.sql.connector import SqlConnector
from lineclear.adapters.connectors.sql.rows import engine_for
from lineclear.adapters.connectors.sql.tools import SqlTool
from lineclear.application.ports import Connector
from lineclear.domain.strict_json import Json

ANYTHING = {"type": "object"}


def made[M](model: type[M], text: str) -> M:
    """A tool definition from YAML."""
    content = YAML(typ="safe", pure=True).load(text)
    return model.model_validate({"stake": "data", "system": "system", "arguments": ANYTHING, **content})


class System(Protocol):
    """An outside system with a tool on it, and what others may do to it."""

    tool: str
    arguments: ClassVar[dict[str, Json]]
    hostile: ClassVar[list[dict[str, Json]]]
    final: str
    """A tool whose effect cannot be undone, taking the same arguments."""

    def connector(self) -> Connector: ...

    def broken(self) -> Connector:
        """The same connector in front of a system that is gone."""
        ...

    def snapshot(self) -> Json:
        """Everything that a person would call the state of the system."""
        ...

    def interfere(self) -> None:
        """Change what the tool would change."""
        ...

    def interfere_after(self) -> None:
        """Change, after the effect, what the effect changed."""
        ...

    def work_elsewhere(self) -> None:
        """Change something that belongs to the target, but not what the tool changes."""
        ...


SQL_TOOL = """
title: "Refund {money(args.amount, 'USD')} of {payment.id}"
target: {kind: payment, id: payment.id}
reversible: true
reads:
  payment: {table: payments, key: {id: args.payment_id}}
  customer: {table: customers, key: {id: payment.customer_id}}
  refunds: {table: refunds, key: {payment_id: payment.id}, many: true}
checks:
  - that: compare(plus(payment.refunded, args.amount), payment.amount) <= 0
    else: "Only {minus(payment.amount, payment.refunded)} are left."
writes:
  - insert: refunds
    values: {payment_id: payment.id, number: size(refunds) + 1, amount: args.amount}
  - update: payment
    set: {refunded: "plus(payment.refunded, args.amount)", settled: "true"}
  - update: customer
    set: {balance: "plus(customer.balance, args.amount)"}
"""
SQL_SCHEMA = (
    "CREATE TABLE customers (id TEXT PRIMARY KEY, name TEXT, balance {exact}, vip BOOLEAN)",
    """CREATE TABLE payments (id TEXT PRIMARY KEY, customer_id TEXT REFERENCES customers (id),
       amount {exact}, refunded {exact}, settled BOOLEAN, note TEXT)""",
    """CREATE TABLE refunds (payment_id TEXT REFERENCES payments (id), number INTEGER, amount {exact},
       PRIMARY KEY (payment_id, number))""",
    "INSERT INTO customers VALUES ('c1', 'Ada', '-180.00', true), ('c2', 'Bob', '0.00', false)",
    """INSERT INTO payments VALUES ('p1', 'c1', '180.00', '0.00', false, NULL),
       ('p2', 'c2', '20.00', '0.00', false, 'x')""",
)


class SqlSystem:
    """Payments in a database."""

    tool, final = "refund", "refund_finally"
    arguments: ClassVar[dict[str, Json]] = {"payment_id": "p1", "amount": "180.00"}
    hostile: ClassVar[list[dict[str, Json]]] = [
        {"payment_id": "p1'; DROP TABLE payments; --", "amount": "1.00"},
        {"payment_id": "' OR '1'='1", "amount": "1.00"},
        {"payment_id": ["p1", "p2"], "amount": "1.00"},
        {"payment_id": {"$ne": None}, "amount": "1.00"},
        {"payment_id": "p1", "amount": "1e3"},
        {"payment_id": "p1", "amount": 1.5},
        {"payment_id": "p1", "amount": "1.00', note='x"},
        {"payment_id": "p1"},
        {"payment_id": None, "amount": "1.00"},
        {"payment_id": "\ud800", "amount": "1.00"},
        {"payment_id": "p1\0", "amount": "1.00"},
    ]

    def __init__(self, url: str) -> None:
        self._url = make_url(url)
        self._engine = engine_for(self._url)
        if self._url.get_backend_name() == "sqlite":
            Path(str(self._url.database)).touch()
        exact = "TEXT" if self._url.get_backend_name() == "sqlite" else "NUMERIC(12, 2)"
        self.run(*[statement.format(exact=exact) for statement in SQL_SCHEMA])

    def tools(self) -> dict[str, SqlTool]:
        return {
            self.tool: made(SqlTool, SQL_TOOL),
            self.final: made(SqlTool, SQL_TOOL.replace("reversible: true", "loses: a refund is final")),
        }

    def run(self, *statements: str) -> None:
        with self._engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
            connection.commit()

    def rows(self, query: str) -> list[list[object]]:
        with self._engine.connect() as connection:
            return [list(row) for row in connection.exec_driver_sql(query)]

    def connector(self) -> Connector:
        return SqlConnector("system", self._url, self.tools())

    def broken(self) -> Connector:
        gone = self._url.set(database=f"{self._url.database}-gone")
        return SqlConnector("system", gone, self.tools())

    def snapshot(self) -> Json:
        tables = {
            name: self.rows(f"SELECT * FROM {name} ORDER BY 1, 2")
            for name in ("customers", "payments", "refunds")
        }
        return json.loads(json.dumps(tables, default=str))

    def interfere(self) -> None:
        self.run("UPDATE payments SET refunded = '10.00' WHERE id = 'p1'")

    def interfere_after(self) -> None:
        self.run("UPDATE customers SET balance = '55.00' WHERE id = 'c1'")

    def work_elsewhere(self) -> None:
        self.run("UPDATE customers SET name = 'Ada L.' WHERE id = 'c1'")


DOCUMENT_TOOL = """
title: "Grant {args.role} to {args.principal}"
target: {kind: principal, id: args.principal}
shape: access
reversible: true
records: rights.grants
key: [principal, role]
operation: add
record: {principal: args.principal, role: args.role, expires: 'given(args, "expires", null)'}
"""
YAML_TEXT = """\
# Reviewed each quarter.
owner: ops   # who to ask
rights:
  grants:
    # People
    - principal: ada
      role: viewer
      expires: null   # stays

    # Machines
    - principal: bot
      role: runner
      expires: "2027-01-31"
limits: {rate: 5}
"""


class DocumentSystem:
    """Access grants in a file."""

    tool, final = "grant", "grant_finally"
    arguments: ClassVar[dict[str, Json]] = {"principal": "bot", "role": "admin"}
    hostile: ClassVar[list[dict[str, Json]]] = [
        {"principal": "bot\n    - principal: eve", "role": "admin"},
        {"principal": "bot", "role": "admin\n  expires: never"},
        {"principal": "*alias", "role": "&anchor x"},
        {"principal": "!!python/object:os.system", "role": "admin"},
        {"principal": "# nothing", "role": ": - ["},
        {"principal": "\ud800", "role": "admin"},
        {"principal": "a\0b", "role": "\u2028\u0085\x1b[31m"},
        {"principal": ["bot"], "role": {"a": 1}},
        {"principal": "", "role": "yes"},
        {"role": "admin"},
    ]

    def __init__(self, path: Path) -> None:
        self._path = path
        text = YAML_TEXT
        if path.suffix == ".json":
            text = json.dumps(YAML(typ="safe", pure=True).load(YAML_TEXT), indent=4)
        path.write_text(text)

    def tools(self) -> dict[str, DocumentTool]:
        return {
            self.tool: made(DocumentTool, DOCUMENT_TOOL),
            self.final: made(DocumentTool, DOCUMENT_TOOL.replace("reversible: true", "loses: trust")),
        }

    def connector(self) -> Connector:
        return DocumentConnector("system", self._path, self.tools())

    def broken(self) -> Connector:
        return DocumentConnector("system", self._path.with_name(f"gone{self._path.suffix}"), self.tools())

    def snapshot(self) -> Json:
        return self._path.read_text()

    def _edit(self, old: str, new: str) -> None:
        text = self._path.read_text()
        assert old in text
        self._path.write_text(text.replace(old, new))

    def interfere(self) -> None:
        self._edit("viewer", "editor")

    def interfere_after(self) -> None:
        head, _, tail = self._path.read_text().rpartition("null")
        self._path.write_text(f'{head}"2030-01-01"{tail}')

    def work_elsewhere(self) -> None:
        self._edit("viewer", "editor")


HOSTILE_PATHS = (
    "../outside", "/etc/passwd", "a/../../b", ".git/hooks/post-update", "a/.GIT/config", "git~1/config", "a.",
    ".git::$INDEX_ALLOCATION/x", "a\\b", ".g\u200cit/config", "", ".", "a//b", "a/", "x\ny", "x\0y", "con",
    "--upload-pack=touch x", "link/inside", "link", "src", "src/settings.py/below", "\ud800", "C:/x",
)  # fmt: skip


def _one_file(path: str, content: str) -> dict[str, Json]:
    return {"title": "t", "message": "", "files": [{"path": path, "content": content}]}


class GitSystem:
    """Files on a branch."""

    tool, final = "change", "change_finally"
    arguments: ClassVar[dict[str, Json]] = {
        "branch": "main",
        "title": "Fewer retries",
        "message": "One is enough.\n\nLineclear-Key: forged",
        "files": [
            {"path": "src/settings.py", "content": "RETRIES = 1\n"},
            {"path": "docs/new/retries.md", "content": "Once, no more.\n"},
            {"path": "OLD", "delete": True},
        ],
    }
    hostile: ClassVar[list[dict[str, Json]]] = [
        *[_one_file(path, "x") for path in HOSTILE_PATHS],
        {"branch": "--upload-pack=touch pwned"} | _one_file("a", "x"),
        {"branch": "../../HEAD"} | _one_file("a", "x"),
        {"branch": "lineclear/k"} | _one_file("a", "x"),
        _one_file("a", "x") | {"title": "t\n\nLineclear-Key: k"},
        _one_file("a", "x\0y"),
        _one_file("a", "\ud800"),
        _one_file("logo.png", "x"),
        {"title": "t", "files": [{"path": "a", "content": "x"}, {"path": "a/b", "content": "x"}]},
        {"title": "t", "files": [{"path": "a", "content": "x", "mode": "120000"}]},
        {"title": "t", "files": []},
        {"title": "t", "files": "all"},
        {"files": [{"path": "a", "content": "x"}]},
    ]

    def __init__(self, path: Path) -> None:
        self.path = path
        with Repo.init_bare(str(path), mkdir=True, default_branch=b"main"):
            pass
        files: dict[str, bytes | None] = {
            "src/settings.py": b"RETRIES = 3\n",
            "OLD": b"old\n",
            "README": b"hello\n",
            "logo.png": b"\x89PNG\0\xff",
        }
        self.commit(files, links={"link": b"/etc"})

    def commit(self, files: Mapping[str, bytes | None], *, links: Mapping[str, bytes] | None = None) -> bytes:
        """A commit by somebody else, straight onto main."""
        with Repo(str(self.path)) as repo:
            head = repo.refs.read_ref(b"refs/heads/main")
            base = repo[head].tree if head else commit_tree_changes(repo.object_store, _empty(repo), [])
            changes = []
            for mode, group in ((0o100644, files), (0o120000, links or {})):
                for name, data in group.items():
                    blob = Blob.from_string(data or b"")
                    repo.object_store.add_object(blob)
                    changes.append(
                        (name.encode(), None if data is None else mode, None if data is None else blob.id)
                    )
            commit = Commit()
            commit.tree = commit_tree_changes(repo.object_store, base, changes)
            commit.parents = [head] if head else []
            commit.author = commit.committer = b"Somebody <somebody@example.org>"
            commit.author_time = commit.commit_time = 1_790_000_000
            commit.author_timezone = commit.commit_timezone = 0
            commit.message = b"Work\n"
            repo.object_store.add_object(commit)
            repo.refs[b"refs/heads/main"] = commit.id
            return commit.id

    def tools(self) -> dict[str, GitTool]:
        text = "title: 'Merge {args.title} into {branch}'\ntarget: {kind: branch, id: branch}\n"
        return {
            self.tool: made(GitTool, text + "reversible: true\n"),
            self.final: made(GitTool, text + "loses: what was released\n"),
        }

    def connector(self, now: Callable[[], int] = lambda: 1_795_000_000) -> Connector:
        return GitConnector(
            "system",
            self.path,
            self.tools(),
            branch="main",
            author="Lineclear <lineclear@example.org>",
            now=now,
        )

    def broken(self) -> Connector:
        gone = self.path.with_name("gone.git")
        return GitConnector("system", gone, self.tools(), branch="main", author="L <l@e>", now=lambda: 0)

    def snapshot(self) -> Json:
        with Repo(str(self.path)) as repo:
            found = repo.object_store.iter_tree_contents(repo[b"refs/heads/main"].tree)
            return {entry.path.decode(): f"{entry.mode:o} {entry.sha.decode()}" for entry in found}

    def interfere(self) -> None:
        self.commit({"src/settings.py": b"RETRIES = 9\n"})

    def interfere_after(self) -> None:
        self.commit({"src/settings.py": b"RETRIES = 2\n"})

    def work_elsewhere(self) -> None:
        self.commit({"README": b"hello again\n"})


def _empty(repo: Repo) -> bytes:
    tree = Tree()
    repo.object_store.add_object(tree)
    return tree.id
