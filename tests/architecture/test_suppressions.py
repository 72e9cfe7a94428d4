"""A rule that is switched off for a line says there why it does not hold."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from support_source import PROJECT, Finding, Source, report, sources, write

PLACES = ("app", "packaging", "tests")

OFF = re.compile(
    r"#\s*(?:noqa\b:?\s*(?P<rules>[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?|type:\s*ignore(?:\[[\w, -]*\])?)"
)
A_REASON = re.compile(r"\w{2,}")

# A module whose imports are late for one and the same reason says it once, above what it defines.
LATE, SAID_ONCE = "PLC0415", re.compile(r"^# Late imports: \S*\w", re.MULTILINE)


def comments(source: Source) -> Iterator[tuple[int, str]]:
    """Line and words of each comment that may switch something off; not what a text only quotes."""
    if not re.search(r"#\s*(noqa|type:)", source.text):
        return
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def unreasoned(files: Iterable[Source]) -> list[Finding]:
    found = []
    for file in files:
        once = {LATE} if SAID_ONCE.search(file.text) else set()
        for line, words in comments(file):
            off = list(OFF.finditer(words))
            rules = {match["rules"] for match in off}
            if off and not A_REASON.search(OFF.sub("", words)) and not rules <= once:
                found.append(Finding(file.path, line, f"does not say why: {words}"))
    return found


def idle(files: Iterable[Source]) -> list[Finding]:
    """Modules that give a reason for late imports and have none that needs it."""
    return [
        Finding(file.path, 1, "says why it imports late, and does not")
        for file in files
        if SAID_ONCE.search(file.text) and not any(LATE in words for _, words in comments(file))
    ]


def unread(files: Iterable[Source]) -> list[Finding]:
    """What quiets the type checker where it never looks."""
    return [
        Finding(file.path, line, f"nothing reads it: {words}")
        for file in files
        if not file.path.startswith("app/")
        for line, words in comments(file)
        if re.search(r"#\s*type:\s*ignore", words)
    ]


@pytest.mark.parametrize("rule", [unreasoned, idle, unread])
def test_whatever_is_switched_off_says_why(rule):
    assert report(rule(sources(PROJECT, PLACES))) == ""


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (unreasoned, "x = 1  # noqa\n"),
        (unreasoned, "x = 1  # noqa: A001, B002\n"),
        (unreasoned, "x = 1  # type: ignore[misc]  # noqa: A001\n"),
        (unreasoned, "x = 1  # type: ignore\n"),
        (unreasoned, "def f():\n    import json  # noqa: PLC0415\n"),
        (unreasoned, "# Late imports: they are slow.\nx = 1  # noqa: PLC0415, A001\n"),
        (idle, "# Late imports: they are slow.\nx = 1\n"),
        (unread, "x = 1  # type: ignore[misc]  # for a reason\n"),
    ],
)
def test_every_silence_is_found(tmp_path: Path, rule, code: str):
    assert rule(sources(write(tmp_path, {"tests/sample.py": code}), ("tests",)))


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (unreasoned, "x = 1  # noqa: A001  # as Qt has it\n"),
        (unreasoned, "x = 1  # type: ignore[misc]  # noqa: A001 - as Qt has it\n"),
        (unreasoned, "# Late imports: they are slow.\ndef f():\n    import json  # noqa: PLC0415\n"),
        (unreasoned, 'x = "# noqa: A001"\n'),
        (idle, "# Late imports: they are slow.\ndef f():\n    import json  # noqa: PLC0415\n"),
        (unread, "x = 1  # noqa: A001  # for a reason\n"),
    ],
)
def test_a_reason_is_enough(tmp_path: Path, rule, code: str):
    assert report(rule(sources(write(tmp_path, {"tests/sample.py": code}), ("tests",)))) == ""
