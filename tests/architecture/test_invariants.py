"""Each invariant of execution has a test that carries its number, and says so in its name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable

from support_source import PROJECT, Source, sources

NAMED = frozenset({1, 2, 3, 7, 11, 14, 20, *range(22, 35), 36, 47})
"""Binding, authority, canaries, all of execution, one commit for entry and change, errors fail closed."""

_NUMBER = re.compile(r"(?:^|_)i(\d+)(?=_|$)")


def numbers_in(files: Iterable[Source]) -> set[int]:
    """The invariants that names of tests carry: `test_i22_i23_nothing_is_lost` carries two."""
    return {
        int(number)
        for file in files
        for node in ast.walk(file.tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        for number in _NUMBER.findall(node.name.removeprefix("test"))
    }


def test_every_invariant_of_execution_is_named_by_a_test():
    assert sorted(NAMED - numbers_in(sources(PROJECT, ["tests"]))) == []


def test_an_invariant_that_nobody_tests_is_found():
    text = "def test_i22_i23_x():\n    pass\n\ndef helper_i24():\n    pass\n\ndef test_hi25():\n    pass\n"
    assert numbers_in([Source("test_sample.py", text)]) == {22, 23}
