"""What is suspicious about names, hosts and amounts (UTS 39). Pure: standard library only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from lineclear.domain.text.flags import TextFlag
from lineclear.domain.text.lookalikes import LATIN_LOOKALIKES
from lineclear.domain.text.painting import CHUNK, paintable

# UTS 39, 5.1: scripts that are written together count as one.
_JAPANESE: Final = frozenset({"HAN", "HIRAGANA", "KATAKANA"})
_TOGETHER: Final = (_JAPANESE, frozenset({"HAN", "BOPOMOFO"}), frozenset({"HAN", "HANGUL"}))
_COMMON: Final = frozenset(
    {"MODIFIER", "FEMININE", "MASCULINE", "MICRO", "DOUBLE-STRUCK", "SCRIPT", "BLACK-LETTER"}
)
_RENAMED: Final = {"CJK": "HAN", "HALFWIDTH": "KATAKANA", "KANGXI": "HAN", "IDEOGRAPHIC": "HAN"}
_WORD: Final = re.compile(r"\w+")
# Nothing but digits and the letters that pass for digits: an amount with a letter in it.
_SPOILED_AMOUNT: Final = re.compile(r"[^\w]*+[\dOolI][\dOolI.,' _-]*+[^\w]*+")
# Signs that pass for the `/`, `:` and `.` of a host or an amount.
_FALSE_SEPARATOR: Final = re.compile(
    "[\u02d0\u02f8\u0589\u0701\u0702\u2024\u2044\u2215\u2236\u29f8\ua4f8\ua789\uff0e\uff0f\uff1a\u3002]"
)
_WITHIN_ASCII: Final = str.maketrans({"0": "O", "1": "l", "I": "l", "|": "l", "m": "rn"})


def identifier_flags(text: str) -> frozenset[TextFlag]:
    """Return what a reader of a name, host or amount should know, beyond what cannot be seen.

    Reads the first `CHUNK` characters; what is longer is no name and says so with `TextFlag.LONG`.
    """
    if len(text) > CHUNK:
        return identifier_flags(text[:CHUNK]) | {TextFlag.LONG}
    flags = set(paintable(text).flags)
    if _is_spoiled_amount(text):
        flags.add(TextFlag.CONFUSABLE)
    for label in _hidden_labels(text):
        flags |= {TextFlag.PUNYCODE} | identifier_flags(label)
    if not text.isascii():
        flags.update(_script_flags(text))
    return frozenset(flags)


def skeleton(text: str) -> str:
    """Return one form for all texts that look alike (UTS 39, 4). For comparison only, never for display."""
    folded = unicodedata.normalize("NFKC", text)
    seen = "".join(LATIN_LOOKALIKES.get(char, char) for char in folded if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", seen).translate(_WITHIN_ASCII)


def looks_like(text: str, other: str) -> bool:
    """Whether two different texts would be taken for each other."""
    return text != other and skeleton(text) == skeleton(other)


def _script_flags(text: str) -> Iterator[TextFlag]:
    if _is_mixed(text):
        yield TextFlag.MIXED_SCRIPT
    if _FALSE_SEPARATOR.search(text) or any(_is_disguised(word) for word in _WORD.findall(text)):
        yield TextFlag.CONFUSABLE


def _is_disguised(word: str) -> bool:
    """Whether a word has look-alikes among Latin characters, or reads as Latin from end to end."""
    if word.isascii():
        return False
    alike = [char for char in word if _latin_likeness(char)]
    if not alike:
        return False
    return any(char.isascii() for char in word) or all(
        char.isascii() or _latin_likeness(char) for char in word
    )


def _latin_likeness(char: str) -> str | None:
    if char.isascii():
        return None
    plain = unicodedata.normalize("NFKC", char)
    if plain.isascii():  # a superscript two or an ordinal sign deceives nobody
        return None if unicodedata.category(char) == "No" or _first_name(char) in _COMMON else plain
    return LATIN_LOOKALIKES.get(char)


def _is_mixed(text: str) -> bool:
    scripts = {script for char in set(text) if (script := _script(char))}
    digits = {ord(char) - unicodedata.decimal(char) for char in set(text) if char.isdecimal()}
    if len(digits) > 1:
        return True
    if len(scripts) < 2:  # noqa: PLR2004 - one script is not a mixture
        return False
    return not any(scripts <= together for together in _TOGETHER)


@lru_cache(maxsize=16_384)
def _script(char: str) -> str | None:
    """Return the script of a letter, by the first word of its Unicode name; None for what all scripts share.

    The Script property is not in the standard library. The names agree with it for letters; where two rare
    scripts share a first word ("old"), they count as one.
    """
    if not unicodedata.category(char).startswith("L"):
        return None
    first = _first_name(char)
    if first not in _COMMON:
        first = _first_name(unicodedata.normalize("NFKC", char)[:1])
    return None if first in _COMMON else _RENAMED.get(first, first) or None


def _first_name(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]


def _is_spoiled_amount(text: str) -> bool:
    if not _SPOILED_AMOUNT.fullmatch(text):
        return False
    return any(char in "OolI" for char in text) and any(char.isdigit() for char in text)


def _hidden_labels(text: str) -> Iterator[str]:
    """Yield what the `xn--` labels of a host stand for (RFC 3492); "" for one that does not decode."""
    for found in re.finditer(r"(?i)\bxn--([a-z0-9-]{1,59})", text):
        try:
            yield found[1].encode("ascii").decode("punycode")
        except UnicodeError:
            yield ""
