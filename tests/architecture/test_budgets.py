"""Budgets, measured: rooms, files, functions, classes, and a first line that says what a module is."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from support_source import APP, PROJECT, Finding, Source, report, sources, write

ROOM_MODULES = 45
FILE_LINES = 400
FUNCTION_LINES = 80
USUAL_FUNCTION_LINES = 40
USUAL_SHARE = 0.95
CLASS_METHODS = 20

# Where a longer form reads better: `path` for a file, `path:name` for a function or class, and why.
LONGER: dict[str, str] = {
    "lineclear/adapters/sql/transaction.py:SqlTransaction": "the whole Transaction port",
}

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: Source) -> Iterator[Function]:
    return (
        node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def is_qt_override(method: Function) -> bool:
    """Qt decides how many of its events a class answers: `paintEvent` under `@override`."""
    overrides = any(
        ast.unparse(decorator).rpartition(".")[2] == "override" for decorator in method.decorator_list
    )
    return overrides and re.search(r"[a-z][A-Z]", method.name) is not None


def crowded_rooms(files: Iterable[Source]) -> list[Finding]:
    """Folders with more modules than one finds one's way in."""
    rooms = Counter(str(Path(file.path).parent) for file in files if Path(file.path).name != "__init__.py")
    return [
        Finding(room, 1, f"holds {count} modules") for room, count in rooms.items() if count > ROOM_MODULES
    ]


def long_files(files: Iterable[Source]) -> list[Finding]:
    counted = ((file, len(file.text.splitlines())) for file in files)
    return [
        Finding(file.path, count, f"{count} lines")
        for file, count in counted
        if count > FILE_LINES and file.path not in LONGER
    ]


def long_functions(files: Iterable[Source]) -> list[Finding]:
    return [
        Finding(file.path, node.lineno, f"{node.name} has {lines(node)} lines")
        for file in files
        for node in functions(file)
        if lines(node) > FUNCTION_LINES and f"{file.path}:{node.name}" not in LONGER
    ]


def unusual_functions(files: Iterable[Source]) -> list[Finding]:
    """Those over the usual length, once they are more than their share of all; one is always allowed."""
    every = [(file, node) for file in files for node in functions(file)]
    over = [
        Finding(file.path, node.lineno, f"{node.name} has {lines(node)} lines")
        for file, node in every
        if lines(node) > USUAL_FUNCTION_LINES and f"{file.path}:{node.name}" not in LONGER
    ]
    return over if len(over) > max(1, len(every) * (1 - USUAL_SHARE)) else []


def wide_classes(files: Iterable[Source]) -> list[Finding]:
    found = []
    for file in files:
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.ClassDef) or f"{file.path}:{node.name}" in LONGER:
                continue
            own = [part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
            count = sum(not is_qt_override(method) for method in own)
            if count > CLASS_METHODS:
                found.append(Finding(file.path, node.lineno, f"{node.name} has {count} methods"))
    return found


def speechless_modules(files: Iterable[Source]) -> list[Finding]:
    """An empty `__init__.py` has nothing to say."""
    return [
        Finding(file.path, 1, "does not say what it is")
        for file in files
        if file.text.strip() and not (ast.get_docstring(file.tree) or "").strip()
    ]


RULES = [crowded_rooms, long_files, long_functions, unusual_functions, wide_classes, speechless_modules]


@pytest.mark.parametrize("rule", RULES)
def test_the_program_keeps_its_budgets(rule):
    assert report(rule(sources(APP))) == ""


@pytest.mark.parametrize("rule", [long_files, long_functions, unusual_functions, speechless_modules])
def test_the_suite_keeps_them_too(rule):
    assert report(rule(sources(PROJECT, ["packaging", "tests"]))) == ""


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (long_files, "x = 1\n" * 401),
        (long_functions, "def f():\n" + "    x = 1\n" * 80),
        (
            unusual_functions,
            "\n".join(f"def f{n}():\n" + "    x = 1\n" * (40 if n < 2 else 1) for n in range(30)),
        ),
        (wide_classes, "class C:\n" + "".join(f"    def m{n}(self): ...\n" for n in range(21))),
        (speechless_modules, "x = 1\n"),
    ],
)
def test_every_broken_budget_is_found(tmp_path: Path, rule, code: str):
    assert rule(sources(write(tmp_path, {"lineclear/sample.py": code})))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (long_files, "x = 1\n" * 400),
        (long_functions, "def f():\n" + "    x = 1\n" * 79),
        (
            unusual_functions,
            "\n".join(f"def f{n}():\n" + "    x = 1\n" * (40 if n < 1 else 1) for n in range(30)),
        ),
        (
            wide_classes,
            "class C:\n"
            + "".join(f"    def m{n}(self): ...\n" for n in range(20))
            + "    @override\n    def paintEvent(self): ...\n",
        ),
        (speechless_modules, '"""Says what it is."""\n'),
    ],
)
def test_what_just_fits_is_let_be(tmp_path: Path, rule, code: str):
    assert report(rule(sources(write(tmp_path, {"lineclear/sample.py": code})))) == ""


@pytest.mark.parametrize(("modules", "found"), [(ROOM_MODULES, 0), (ROOM_MODULES + 1, 1)])
def test_a_room_is_crowded_from_one_module_too_many(tmp_path: Path, modules: int, found: int):
    room = {f"lineclear/room/sample_{number}.py": "" for number in range(modules)}
    assert len(crowded_rooms(sources(write(tmp_path, room | {"lineclear/room/__init__.py": ""})))) == found


def test_nothing_is_listed_as_longer_that_is_gone():
    known = {file.path for file in sources(APP)} | {
        f"{file.path}:{node.name}"
        for file in sources(APP)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    }
    assert set(LONGER) - known == set()
