"""A language for pictures and tests of the layout: English, a third longer. Free of Qt.

Its words are those of the code with their vowels doubled, so that they can be read; what stands in braces is
left as it is. The direction in which it runs is the application's affair.
"""

from __future__ import annotations

import re
from typing import Final

_PLACE: Final = re.compile(r"(\{[^}]*\})")
_VOWEL: Final = re.compile(r"([aeiou])", re.IGNORECASE)


class Mirrored:
    """A catalogue that knows every sentence."""

    def gettext(self, message: str, /) -> str:
        parts = _PLACE.split(message)
        return "".join(part if part.startswith("{") else _VOWEL.sub(_doubled, part) for part in parts)

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def _doubled(vowel: re.Match[str]) -> str:
    return vowel[0] + vowel[0].lower()
