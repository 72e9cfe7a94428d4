"""Errors are sorted where they are met: only the last funnels keep whatever comes."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

from support_source import APP, Finding, Source, report, sources, write

BROAD = {"Exception", "BaseException", "builtins.Exception", "builtins.BaseException"}

# Where anything at all may arrive and must go on to somebody, and to whom.
FUNNELS = {
    "lineclear/adapters/sql/store.py": "what one caller's work raised is raised on that caller's thread",
    "lineclear/adapters/sql/writer.py": "what ended a batch is raised on its callers' threads",
    "lineclear/desktop/background.py": "what a thread raised is delivered to its asker on the GUI thread",
    "lineclear/server/aap/app.py": "a bug is logged under the name of its exchange, which the caller gets",
    "lineclear/server/worker.py": "one broken piece of work is recorded and must not end the worker",
}


def _types(source: Source, node: ast.expr | None) -> set[str | None]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return {source.dotted(part) if part is not None else "BaseException" for part in parts}


def _raises_again(node: ast.ExceptHandler) -> bool:
    """Cleaning up and letting the error go on, as a rollback does, keeps nothing from anybody."""
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def broad_handlers(source: Source) -> list[Finding]:
    caught = [
        (node.lineno, _types(source, node.type))
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and not _raises_again(node)
    ]
    suppressed = [
        (node.lineno, {source.dotted(argument) for argument in node.args})
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and source.dotted(node.func) == "contextlib.suppress"
    ]
    return [
        Finding(source.path, line, "keeps every error")
        for line, types in caught + suppressed
        if types & BROAD
    ]


def catches_everything(files: Iterable[Source], funnels: Iterable[str] = FUNNELS) -> list[Finding]:
    return [finding for file in files if file.path not in set(funnels) for finding in broad_handlers(file)]


def test_only_the_funnels_catch_everything():
    assert report(catches_everything(sources(APP))) == ""


@pytest.mark.parametrize(
    "code",
    [
        "try:\n    x = 1\nexcept:\n    pass",
        "try:\n    x = 1\nexcept Exception as error:\n    print(error)",
        "try:\n    x = 1\nexcept (OSError, BaseException):\n    pass",
        "import builtins\ntry:\n    x = 1\nexcept builtins.Exception:\n    pass",
        "try:\n    x = 1\nexcept Exception:\n    raise\n    x = 2",
        "from contextlib import suppress\nwith suppress(Exception):\n    x = 1",
    ],
)
def test_every_way_to_catch_everything_is_found(tmp_path: Path, code: str):
    write(tmp_path, {"lineclear/domain/sample.py": code})
    assert catches_everything(sources(tmp_path))


def test_a_named_error_a_rollback_and_a_listed_funnel_are_let_be(tmp_path: Path):
    write(
        tmp_path,
        {
            "lineclear/domain/sample.py": "try:\n    x = 1\nexcept ValueError:\n    pass",
            "lineclear/adapters/sample.py": "try:\n    x = 1\nexcept BaseException:\n    x = 2\n    raise",
            "lineclear/desktop/background.py": "try:\n    x = 1\nexcept Exception:\n    pass",
        },
    )
    assert report(catches_everything(sources(tmp_path))) == ""


def test_no_funnel_is_listed_that_catches_nothing():
    idle = [file.path for file in sources(APP) if file.path in FUNNELS and not broad_handlers(file)]
    assert idle == []
