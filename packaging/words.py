"""The catalogue of the console's sentences: found in the code, merged into each language, compiled, checked.

Sentences are found by the syntax tree: the literals that `say`, `say_n`, `marked` and `marked_n` of
`lineclear.domain.wording` are given, and the forms of every refusal. Free of Qt.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parent.parent
CODE: Final = ROOT / "app" / "lineclear"
TRANSLATIONS: Final = ROOT / "resources" / "translations"
TEMPLATE: Final = TRANSLATIONS / "lineclear.pot"
_ONE: Final = frozenset({"say", "marked"})
_TWO: Final = frozenset({"say_n", "marked_n"})
_MADE_BY: Final = b"Generated-By"
_NO_DATE: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FORMS: Final = "refusal_forms"

type Words = str | tuple[str, str]


def sentences(code: Path = CODE) -> dict[Words, list[str]]:
    """Every sentence, a pair where a number chooses, with the modules that say it."""
    found: dict[Words, list[str]] = {}
    for file in sorted(code.rglob("*.py")):
        place = file.relative_to(code).as_posix()
        for words in _said(ast.parse(file.read_text(encoding="utf-8")), is_form=_FORMS in place):
            if words and place not in found.setdefault(words, []):
                found[words].append(place)
    return found


def template() -> Catalog:
    """What is to be translated. No dates and no line numbers: it changes when a sentence does."""
    catalog = _empty(Catalog(project="Lineclear", charset="utf-8"))
    for words, places in sentences().items():
        catalog.add(words, locations=[(place, 0) for place in places])
    return catalog


def languages() -> tuple[str, ...]:
    """The languages that there are, besides the code's own."""
    return tuple(sorted(one.parent.parent.name for one in TRANSLATIONS.glob("*/LC_MESSAGES/*.po")))


def file_of(language: str, suffix: str = "po") -> Path:
    """The catalogue of a language."""
    return TRANSLATIONS / language / "LC_MESSAGES" / f"lineclear.{suffix}"


def read(language: str) -> Catalog:
    """A language's sentences as they are kept."""
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language)


def as_po(catalog: Catalog) -> bytes:
    """A catalogue as text, in the order of its sentences."""
    out = BytesIO()
    write_po(out, catalog, width=100, sort_output=True, include_lineno=False)
    return b"".join(line for line in out.getvalue().splitlines(keepends=True) if _MADE_BY not in line)


def as_mo(catalog: Catalog) -> bytes:
    """A catalogue as gettext reads it."""
    out = BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def extract() -> None:
    """Write the template anew."""
    TEMPLATE.write_bytes(as_po(template()))


def update() -> None:
    """Bring each language up to the template: new sentences are empty, those that nobody says any more go."""
    for language in languages():
        catalog = read(language)
        catalog.update(template(), no_fuzzy_matching=True, update_header_comment=False)
        catalog.obsolete.clear()
        file_of(language).write_bytes(as_po(_empty(catalog)))


def compiled() -> None:
    """Write each language as gettext reads it."""
    for language in languages():
        file_of(language, "mo").write_bytes(as_mo(read(language)))


def check() -> None:
    """Say everything that is not as it should be, and end with 1 where there is anything."""
    problems = list(faults())
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    if problems:
        sys.stderr.write("  What to do: run ./packaging/words, then translate what is empty.\n")
        raise SystemExit(1)


def faults() -> Iterator[str]:
    """What is old, empty, doubtful, or has other places than its original."""
    if not TEMPLATE.exists() or TEMPLATE.read_bytes() != as_po(template()):
        yield "lineclear.pot is not what the code says now."
    known = sentences()
    for language in languages():
        catalog = read(language)
        kept = {one.id for one in catalog if one.id}
        if kept != set(known):
            yield f"{language}: {len(kept ^ set(known))} sentences are missing or not said any more."
        for message in catalog:
            if message.id:
                yield from (f"{language}: {one}" for one in _faults(message))
        file = file_of(language, "mo")
        if not file.exists() or _spoken(file.read_bytes()) != _spoken(as_mo(catalog)):
            yield f"{language}: lineclear.mo is not compiled from lineclear.po."


def places(text: str) -> set[str]:
    """The places of a template that a value goes into; a text without any may hold what it likes."""
    try:
        return {name for _text, name, _form, _how in Formatter().parse(text) if name is not None}
    except ValueError:
        return set()


def _faults(message: Message) -> Iterator[str]:
    one = _texts(message.id)
    other = _texts(message.string)
    if not all(other):
        yield f"not translated: {one[0]!r}"
        return
    if message.fuzzy:
        yield f"not sure: {one[0]!r}"
    for number, text in enumerate(other):
        is_last = number == len(other) - 1
        needed = places(one[-1 if is_last else 0])
        # where there is one, a word may say so in place of the number
        missing = needed - places(text) - (set() if is_last else {"count"})
        if missing or not places(text) <= needed | {"count"}:
            yield f"other places than {one[-1]!r}: {text!r}"


def _texts(words: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (words,) if isinstance(words, str) else tuple(words)


def _said(tree: ast.Module, *, is_form: bool) -> Iterator[Words]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        name, given = node.func.id, [_text(one) for one in node.args]
        if name in _ONE and given and given[0]:
            yield given[0]
        elif name in _TWO and len(given) > 1 and given[0] and given[1]:
            yield given[0], given[1]
        elif is_form and name == "Form":
            yield from (one for one in given[1:] if one)


def _spoken(compiled: bytes) -> dict[object, str]:
    """What gettext finds in a compiled catalogue, but for its head, which names the program that made it."""
    found: dict[object, str] = dict(GNUTranslations(BytesIO(compiled))._catalog)  # noqa: SLF001  # gettext lists nothing
    found.pop("", None)
    return found


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _empty(catalog: Catalog) -> Catalog:
    """Without what changes by itself."""
    catalog.header_comment = "# The sentences of Lineclear's console. The glossary is in app/ARCHITECTURE.md."
    catalog.creation_date = catalog.revision_date = _NO_DATE
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = ""
    return catalog


STEPS: Final[dict[str, tuple[Callable[[], None], ...]]] = {
    "": (extract, update, compiled, check),
    "extract": (extract,),
    "update": (update,),
    "compile": (compiled,),
    "check": (check,),
}


if __name__ == "__main__":
    for step in STEPS[" ".join(sys.argv[1:])]:
        step()
