"""Reads Python files as syntax trees and answers what rules ask of them; imports none of what it reads."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
APP = PROJECT / "app"


@dataclass(frozen=True)
class Source:
    """One file; `path` is relative to the source root, with slashes."""

    path: str
    text: str = field(repr=False)

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def aliases(self) -> Mapping[str, str]:
        """What each imported name stands for, wherever in the file it is imported."""
        known: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                known |= {name.asname or name.name.split(".")[0]: _whole(name) for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                known |= {name.asname or name.name: f"{node.module}.{name.name}" for name in node.names}
        return known

    def imports(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of everything imported, names out of a module included."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, name.name) for name in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level:
                yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)

    def uses(self) -> Iterator[tuple[int, str]]:
        """Line and dotted name of every name, imported ones resolved; importing a name counts as using it."""
        yield from self.imports()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name | ast.Attribute) and (name := self.dotted(node)):
                yield node.lineno, name

    def dotted(self, node: ast.expr) -> str | None:
        """`dt.date` as `datetime.date` after `import datetime as dt`; `?.name` on what has no name."""
        if isinstance(node, ast.Name):
            return self.aliases.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self.dotted(node.value) or '?'}.{node.attr}"
        return None


def _whole(name: ast.alias) -> str:
    return name.name if name.asname else name.name.split(".")[0]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a rule forbids, where it stands."""

    path: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}"


def report(findings: Iterable[Finding]) -> str:
    """One line for each; empty when all is well, so that a failed comparison shows them all."""
    return "".join(f"{finding}\n" for finding in findings)


def sources(root: Path, within: Iterable[str] = ("lineclear",)) -> list[Source]:
    """Every Python file below the named folders (or the named files) of a source root, in order."""
    files: set[Path] = set()
    for name in within:
        place = root / name
        files |= {place} if place.is_file() else set(place.rglob("*.py"))
    return [
        _read(root, file) if root in (APP, PROJECT) else _read.__wrapped__(root, file)
        for file in sorted(files)
    ]


@cache
def _read(root: Path, file: Path) -> Source:
    """The project's own files are read and parsed once; `forget` lets their trees go, which are large."""
    return Source(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))


forget = _read.cache_clear


def is_within(path: str, places: Iterable[str]) -> bool:
    """Whether a file is one of these files or lies in one of these folders (named with a closing slash)."""
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)


def write(root: Path, files: Mapping[str, str]) -> Path:
    """A small tree to try a rule on; every folder on the way becomes a package."""
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        for folder in [file.parent, *file.parent.parents]:
            if folder == root:
                break
            (folder / "__init__.py").touch()
        file.write_text(text, encoding="utf-8")
    return root
