"""Only the console's composition roots name a language: wire, ledger, logs and command line are English."""

from __future__ import annotations

import ast
from pathlib import Path

import lineclear

CODE = Path(lineclear.__file__).parent
MAY_CHOOSE = {"desktop/languages.py"}


def chooses_a_language(tree: ast.Module) -> bool:
    return any(
        isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and ast.unparse(node.func) == "wording.use")
            or (isinstance(node.func, ast.Name) and node.func.id == "use")
        )
        for node in ast.walk(tree)
    )


def test_one_module_names_the_catalogue():
    found = {
        file.relative_to(CODE).as_posix()
        for file in CODE.rglob("*.py")
        if chooses_a_language(ast.parse(file.read_text(encoding="utf-8")))
    }
    assert found == MAY_CHOOSE


def test_only_the_window_speaks():
    speaking = {
        file.relative_to(CODE).as_posix()
        for file in CODE.rglob("*.py")
        if "desktop.languages import" in file.read_text(encoding="utf-8")
    }
    assert {one.partition("/")[0] for one in speaking} <= {"desktop", "demo"}


def test_a_module_that_names_one_is_found():
    assert chooses_a_language(ast.parse("wording.use(German())"))
