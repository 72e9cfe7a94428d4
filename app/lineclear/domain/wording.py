"""Sentences in the reader's language: the English one is the key, a catalogue knows the others. Free of I/O.

The catalogue belongs to the process, as with gettext, whose words and plural rules this follows: a program's
composition root names it once, before anything is shown. Without one, what the code says in English is
what is said. What goes onto the ledger or over the wire is never said through here: it is the same in all.
"""

from __future__ import annotations

from typing import Protocol


class Catalogue(Protocol):
    """Finds sentences, as `gettext.GNUTranslations` does; one that it does not know comes back as it is."""

    def gettext(self, message: str, /) -> str: ...

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str: ...


class English:
    """The language of the code: every sentence is said as it is written."""

    def gettext(self, message: str, /) -> str:
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        return msgid1 if n == 1 else msgid2


class _Spoken:
    catalogue: Catalogue = English()


def use(catalogue: Catalogue) -> None:
    """Say everything from here on by this catalogue. For composition roots, before anything is shown."""
    _Spoken.catalogue = catalogue


def say(sentence: str, /, **values: object) -> str:
    """The sentence in the reader's language, with its values put in: `say("Sent to {name}", name=name)`.

    Values are never looked at for braces, so they may come from outside. Without values the sentence is not a
    template. Raises KeyError for a place without a value.
    """
    found = _Spoken.catalogue.gettext(sentence) if sentence else ""  # which keys a catalogue's own head
    return found.format(**values) if values else found


def say_n(one: str, many: str, count: int, /, **values: object) -> str:
    """The sentence for this many, by the plural rules of the reader's language; `{count}` is the number."""
    return _Spoken.catalogue.ngettext(one, many, count).format(count=count, **values)


def marked(sentence: str, /) -> str:
    """The sentence as it is, for a table made before anybody reads; `say` says it when it is shown."""
    return sentence
