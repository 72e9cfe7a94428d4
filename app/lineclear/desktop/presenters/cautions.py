"""What is unusual about outside text, in words that a reader can act on. Free of Qt."""

from __future__ import annotations

from typing import Final

from lineclear.desktop.presenters.sheets import Words
from lineclear.domain.text import TextFlag

_WORDS: Final = {
    TextFlag.BIDI: "text direction is overridden",
    TextFlag.COMBINING: "marks piled on letters",
    TextFlag.CONFUSABLE: "letters that look like others",
    TextFlag.CONTROL: "control characters",
    TextFlag.FORMAT: "invisible format characters",
    TextFlag.MIXED_SCRIPT: "several alphabets in one name",
    TextFlag.NOT_NORMALISED: "unusual spelling of a character",
    TextFlag.PRIVATE_USE: "private characters",
    TextFlag.PUNYCODE: "a host name in disguise",
    TextFlag.RIGHT_TO_LEFT: "runs right to left",
    TextFlag.SPACE: "unusual spaces",
    TextFlag.SURROGATE: "broken characters",
    TextFlag.TAG: "hidden tag characters",
    TextFlag.UNASSIGNED: "unassigned characters",
    TextFlag.VARIATION: "variation selectors",
    TextFlag.ZERO_WIDTH: "characters of no width",
}


def caution_of(*texts: Words) -> str:
    """Return what a reader should look at twice in these texts, or nothing. Length alone is no reason."""
    flags = {flag for text in texts if not isinstance(text, str) for flag in text.flags}
    return ", ".join(_WORDS[flag] for flag in TextFlag if flag in flags and flag in _WORDS)
