"""Reads a workspace document: which systems there are and which tools act on them. Reads one file.

```yaml
workspace: acme/support-ops
environment: production
systems:
  crm: {kind: sql, url: "sqlite:///crm.sqlite"}            # or postgresql+psycopg://…
  access: {kind: document, path: access.yaml}
  billing-repo: {kind: git, path: billing.git, branch: main}
  agents: {kind: agent}                                          # see `agent`
  helpdesk: {kind: http, base_url: "https://desk.example/api"}   # see `http_system`
tools:
  payments.create_refund: {system: crm, ...}               # see `definitions` and the kind's module
```

Relative paths start at the document's folder. Unknown keys, wrong types, unreadable expressions and
names that nobody defines are refused with their line.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from lineclear.adapters.connectors.agent import AgentConnector, AgentSystem, AgentTool
from lineclear.adapters.connectors.catalog import Catalog
from lineclear.adapters.connectors.definitions import Model, Tool
from lineclear.adapters.connectors.documents.connector import DocumentConnector
from lineclear.adapters.connectors.documents.tools import DocumentTool
from lineclear.adapters.connectors.git.connector import GitConnector, GitTool
from lineclear.adapters.connectors.http.connector import HttpConnector
from lineclear.adapters.connectors.http.system import HttpSystem
from lineclear.adapters.connectors.http.tools import HttpTool
from lineclear.adapters.connectors.sql.connector import SqlConnector
from lineclear.adapters.connectors.sql.tools import SqlTool
from lineclear.application.executing.inside import INSIDE
from lineclear.application.ports import Connector

MAX_BYTES = 1_048_576


class WorkspaceError(ValueError):
    """A workspace document that cannot be used; `line` counts from one, absent where no line is to blame."""

    def __init__(self, path: Path, detail: str, line: int | None = None) -> None:
        where = f"{path.name}, line {line}" if line else path.name
        super().__init__(f"{where}: {detail}")
        self.line = line


class SqlSystem(Model):
    kind: Literal["sql"]
    url: str

    @field_validator("url")
    @classmethod
    def _is_supported(cls, text: str) -> str:
        try:
            driver = make_url(text).drivername
        except ArgumentError:
            raise ValueError("this is no database URL") from None
        if driver not in ("sqlite", "postgresql+psycopg"):
            raise ValueError("the URL starts with sqlite:/// or postgresql+psycopg://")
        return text


class DocumentSystem(Model):
    kind: Literal["document"]
    path: str


class GitSystem(Model):
    """A repository, with or without a work tree; commits carry `author` and `email`."""

    kind: Literal["git"]
    path: str
    branch: str = "main"
    author: str = "Lineclear"
    email: str = "lineclear@localhost"


type System = Annotated[
    SqlSystem | DocumentSystem | GitSystem | HttpSystem | AgentSystem, Field(discriminator="kind")
]
type Defined = Tool | AgentTool

_TOOLS: Mapping[str, type[Defined]] = {
    "sql": SqlTool, "document": DocumentTool, "git": GitTool, "http": HttpTool, "agent": AgentTool
}  # fmt: skip


class _Outline(Model):
    """The document but for its tools, whose form depends on their system."""

    workspace: Annotated[str, Field(pattern=r"\A[a-z0-9][a-z0-9-]*/[a-z0-9][a-z0-9-]*\z")]
    environment: Annotated[str, Field(min_length=1)]
    systems: Annotated[dict[str, System], Field(min_length=1)]
    tools: Annotated[dict[str, dict[str, object]], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace as its document describes it, ready for use."""

    name: str
    environment: str
    tools: Catalog
    agents: AgentSystem | None = None


def open_workspace(path: Path, *, now: Callable[[], int]) -> Workspace:
    """Read the document; touches none of the systems. `now` gives seconds since 1970 for Git commits.

    Raises WorkspaceError for a document that is not as it should be, OSError where it cannot be read.
    """
    document = _Document(path)
    outline = document.read(_Outline, ())
    if INSIDE in outline.systems:
        raise document.error(
            f"{INSIDE} is this program's own name; name the system otherwise", ("systems", INSIDE)
        )
    agents = [name for name, system in outline.systems.items() if isinstance(system, AgentSystem)]
    if len(agents) > 1:
        raise document.error("a second system of kind agent; one is the most", ("systems", agents[1]))
    defined: dict[str, dict[str, Defined]] = {name: {} for name in outline.systems}
    for name, raw in outline.tools.items():
        system = raw.get("system")
        if not isinstance(system, str) or system not in outline.systems:
            raise document.error(f"no system is called {system!r:.60}", ("tools", name, "system"))
        defined[system][name] = document.read(_TOOLS[outline.systems[system].kind], ("tools", name))
    connectors = {
        name: _connector(name, system, defined[name], path.parent, now)
        for name, system in outline.systems.items()
    }
    return Workspace(
        outline.workspace,
        outline.environment,
        Catalog(connectors),
        next((one for one in outline.systems.values() if isinstance(one, AgentSystem)), None),
    )


def _connector(
    name: str, system: System, tools: Mapping[str, Defined], folder: Path, now: Callable[[], int]
) -> Connector:
    match system:
        case SqlSystem():
            url = make_url(system.url)
            if url.get_backend_name() == "sqlite":
                url = url.set(database=str(folder / (url.database or "")))
            return SqlConnector(
                name, url, {key: tool for key, tool in tools.items() if isinstance(tool, SqlTool)}
            )
        case DocumentSystem():
            documents = {key: tool for key, tool in tools.items() if isinstance(tool, DocumentTool)}
            return DocumentConnector(name, folder / system.path, documents)
        case GitSystem():
            changes = {key: tool for key, tool in tools.items() if isinstance(tool, GitTool)}
            author = f"{system.author} <{system.email}>"
            return GitConnector(
                name, folder / system.path, changes, branch=system.branch, author=author, now=now
            )
        case AgentSystem():
            own = {key: tool for key, tool in tools.items() if isinstance(tool, AgentTool)}
            return AgentConnector(name, own)
        case HttpSystem():
            requests = {key: tool for key, tool in tools.items() if isinstance(tool, HttpTool)}
            journal = folder / f".{quote(name, safe='')}.lineclear-effects"
            return HttpConnector(name, system, requests, journal=journal, environment=os.environ.get, now=now)


class _Document:
    """A YAML text with the lines of its parts."""

    def __init__(self, path: Path) -> None:
        self._path = path
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise WorkspaceError(path, f"the document has {len(data)} bytes; {MAX_BYTES} is the most")
        try:
            self._root = YAML(typ="rt", pure=True).load(data.decode())
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else None
            raise WorkspaceError(path, str(error.problem), line) from None
        except (YAMLError, UnicodeDecodeError) as error:
            raise WorkspaceError(path, f"this is no YAML: {error!s:.200}") from None

    def read[M: Model](self, model: type[M], where: Sequence[str | int]) -> M:
        """The part at `where` as `model`; WorkspaceError with the line of the first thing that is wrong."""
        part = self._root
        for step in where:
            part = part[step]
        try:
            return model.model_validate(self._plain(part, where))
        except ValidationError as error:
            # A misspelt name is both unknown and missed; the unknown one is where the mistake is.
            first = min(error.errors(), key=lambda each: each["type"] != "extra_forbidden")
            steps = [*where, *first["loc"]]
            named = ".".join(map(str, self._known(steps))) or "the document"
            words = first["msg"].removeprefix("Value error, ")
            raise self.error(f"{named}: {words}", steps) from None

    def error(self, detail: str, where: Sequence[str | int]) -> WorkspaceError:
        return WorkspaceError(self._path, detail, self._line(where))

    def _known(self, where: Sequence[str | int]) -> list[str | int]:
        """The steps that the text has, and the last; others are the model's, such as the kind of a union."""
        found, part = [], self._root
        for index, step in enumerate(where):
            if _has(part, step):
                part = part[step]
                found.append(step)
            elif index == len(where) - 1:
                found.append(step)
        return found

    def _line(self, where: Sequence[str | int]) -> int:
        """The line of the innermost part of `where` that the text has."""
        part, line = self._root, 1
        for step in self._known(where):
            if _has(part, step):
                line = (part.lc.key(step) if isinstance(part, CommentedMap) else part.lc.item(step))[0] + 1
                part = part[step]
        return int(line)

    def _plain(self, part: object, where: Sequence[str | int]) -> object:
        match part:
            case dict():
                return {
                    self._key(name, where): self._plain(child, [*where, name]) for name, child in part.items()
                }
            case list():
                return [self._plain(child, [*where, index]) for index, child in enumerate(part)]
            case None | bool():
                return part
            case str():
                return str(part)
            case int():
                return int(part)
            case float():
                return float(part)
            case _:
                raise self.error(
                    f"{type(part).__name__} is no type that a document may hold; quote it", where
                )

    def _key(self, name: object, where: Sequence[str | int]) -> str:
        if not isinstance(name, str):
            raise self.error(f"the key {name!r:.60} is no text; quote it", where)
        return str(name)


def _has(part: object, step: str | int) -> bool:
    if isinstance(part, CommentedMap):
        return step in part
    return isinstance(part, CommentedSeq) and isinstance(step, int) and step < len(part)
