"""What is unusual about outside text, in words that a reader can act on. Free of Qt."""

from __future__ import annotations

from typing import Final

from lineclear.desktop.presenters.sheets import Words
from lineclear.domain.text import TextFlag
from lineclear.domain.wording import marked, say

_WORDS: Final = {
    TextFlag.BIDI: marked("text direction is overridden"),
    TextFlag.COMBINING: marked("marks piled on letters"),
    TextFlag.CONFUSABLE: marked("letters that look like others"),
    TextFlag.CONTROL: marked("control characters"),
    TextFlag.FORMAT: marked("invisible format characters"),
    TextFlag.MIXED_SCRIPT: marked("several alphabets in one name"),
    TextFlag.NOT_NORMALISED: marked("unusual spelling of a character"),
    TextFlag.PRIVATE_USE: marked("private characters"),
    TextFlag.PUNYCODE: marked("a host name in disguise"),
    TextFlag.RIGHT_TO_LEFT: marked("runs right to left"),
    TextFlag.SPACE: marked("unusual spaces"),
    TextFlag.SURROGATE: marked("broken characters"),
    TextFlag.TAG: marked("hidden tag characters"),
    TextFlag.UNASSIGNED: marked("unassigned characters"),
    TextFlag.VARIATION: marked("variation selectors"),
    TextFlag.ZERO_WIDTH: marked("characters of no width"),
}


def caution_of(*texts: Words) -> str:
    """Return what a reader should look at twice in these texts, or nothing. Length alone is no reason."""
    flags = {flag for text in texts if not isinstance(text, str) for flag in text.flags}
    return ", ".join(say(_WORDS[flag]) for flag in TextFlag if flag in flags and flag in _WORDS)
