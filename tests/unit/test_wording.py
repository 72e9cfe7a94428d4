"""Sentences are said by the catalogue in use, with values that are never looked at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lineclear.domain import wording
from lineclear.domain.wording import English, say, say_n


class Shouting:
    """A language for tests: the same words, louder."""

    def gettext(self, message: str, /) -> str:
        return message.replace("sent", "SENT")

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        return self.gettext(msgid1 if n < 2 else msgid2)


@pytest.fixture
def shouted() -> Iterator[None]:
    wording.use(Shouting())
    yield
    wording.use(English())


def test_without_a_catalogue_the_code_is_quoted():
    assert say("Nothing was sent") == "Nothing was sent"
    assert say("It was sent to {name}", name="M. Chen") == "It was sent to M. Chen"


def test_a_count_chooses_its_sentence():
    assert say_n("{count} decision", "{count} decisions", 1) == "1 decision"
    assert say_n("{count} decision", "{count} decisions", 0) == "0 decisions"


def test_the_catalogue_in_use_says_it(shouted: None):
    assert say("It was sent to {name}", name="M. Chen") == "It was SENT to M. Chen"
    assert say_n("{count} was sent", "{count} were sent", 0) == "0 was SENT"


def test_braces_from_outside_stay_braces():
    assert say("It was sent to {name}", name="{0.__class__}") == "It was sent to {0.__class__}"
    assert say("100 % {of} it") == "100 % {of} it"
