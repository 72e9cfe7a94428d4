"""Every sentence of the console stands in every catalogue, and nothing is shown that is not said."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).resolve().parents[2]
DESKTOP = PROJECT / "app" / "lineclear" / "desktop"
# Made of lines for a shell, a client or a program, which no language changes.
LINES_TO_PASTE = {"connect_lines.py"}
FILES = [
    one
    for room in ("presenters", "views", "delegates")
    for one in sorted((DESKTOP / room).glob("*.py"))
    if one.name not in LINES_TO_PASTE
]

# Literals that read like words and are shown to nobody, or are the same in every language.
NOT_SAID = {
    "Lineclear": "the product's name",
    "Enter": "the name of a key, which its cap says",
    "Return": "as above",
    "Down": "as above",
    "Up": "as above",
    "Esc": "as above",
    "Ctrl+O": "as above",
    "Makefile": "a file's name",
    "Dockerfile": "a file's name",
}
# Calls whose words nobody reads.
MUTE = {"say", "say_n", "marked", "marked_n", "cast", "setObjectName", "compile", "TypeVar", "Refusal", "len"}


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("lineclear_words", PROJECT / "packaging" / "words.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def words() -> ModuleType:
    return load()


def test_every_sentence_is_translated_compiled_and_sure(words: ModuleType):
    assert list(words.faults()) == []


def test_german_is_there(words: ModuleType):
    assert "de" in words.languages()


@pytest.mark.parametrize(
    ("original", "translated", "is_fault"),
    [
        ("Sent to {name}", "Gesendet an {name}", False),
        ("Sent to {name}", "Gesendet", True),
        ("Sent to {name}", "Gesendet an {nane}", True),
        ("Sent to {name}", "", True),
        (("One of {all}", "{count} of {all}"), ("Eine von {all}", "{count} von {all}"), False),
        (("{count} of {all}", "{count} of {all}"), ("{count} von {all}", "{count}"), True),
    ],
)
def test_a_translation_has_the_places_of_its_original(
    words: ModuleType, original: object, translated: object, *, is_fault: bool
):
    message = words.Message(original, translated)
    assert bool(list(words._faults(message))) is is_fault


def test_the_command_checks_and_ends_well():
    checked = subprocess.run(
        [sys.executable, PROJECT / "packaging" / "words.py", "check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize("file", FILES, ids=lambda one: f"{one.parent.name}.{one.stem}")
def test_no_words_are_shown_that_are_not_said(file: Path):
    assert list(unsaid(ast.parse(file.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    [
        'text.set_words("Not connected")',
        'text.set_words(f"Sent to {name}")',
        'TITLES = {1: "Not connected"}',
        'def f(): return "Rejected" if no else say("Approved")',
    ],
)
def test_words_that_are_not_said_are_found(code: str):
    assert list(unsaid(ast.parse(code)))


def unsaid(tree: ast.Module) -> Iterator[str]:
    """Literals that read like words, outside of what says them; words alone in lower case may be keys."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        elif isinstance(node, ast.JoinedStr):
            text = "".join(str(one.value) if isinstance(one, ast.Constant) else "\0" for one in node.values)
        else:
            continue
        if reads_like_words(text) and text not in NOT_SAID and not is_mute(node, parents):
            yield f"{node.lineno}: {text!r}"


def reads_like_words(text: str) -> bool:
    """A capital first, or several words; not a pattern, a path, a key or markup."""
    if text[:1] == "<" or any(sign in text for sign in "\\^[|"):
        return False
    parts = [one for one in text.replace("\0", " ").split() if one.strip(".,:;…()").isalpha()]
    is_template = "\0" in text
    if len(text.split()) == 1 and not is_template:
        return text[:1].isupper() and text.strip(".:…").isalpha() and not text.isupper()
    return bool(parts) and (not is_template or " " in text)


def is_mute(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether it is said already, or documents, compares, annotates or names something."""
    parent = parents.get(node)
    if isinstance(parent, ast.Expr | ast.Compare | ast.Subscript | ast.JoinedStr | ast.AnnAssign):
        return not (isinstance(parent, ast.AnnAssign) and parent.value is node)
    if isinstance(parent, ast.Call):
        name = parent.func.id if isinstance(parent.func, ast.Name) else getattr(parent.func, "attr", "")
        return name in MUTE
    while parent is not None:
        if isinstance(parent, ast.Raise):
            return True
        parent = parents.get(parent)
    return False
