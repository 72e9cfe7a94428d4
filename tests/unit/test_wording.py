"""Sentences are said by the catalogue in use, with values that are never looked at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lineclear.domain import wording
from lineclear.domain.wording import English, clock, figure, moment, say, say_n


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


class Commas:
    """Figures for tests: points between thousands, a comma before the rest."""

    def number(self, value: float | Decimal, form: str, /) -> str:
        return format(value, form).translate(str.maketrans(",.", ".,"))

    def clock(self, at: datetime, /) -> str:
        return f"{at:%H.%M.%S}"

    def moment(self, at: datetime, /) -> str:
        return f"{at:%d. %m. %H.%M}"


@pytest.fixture
def with_commas() -> Iterator[None]:
    wording.use(English(), Commas())
    yield
    wording.use(English())


def test_a_number_with_a_form_is_written_as_the_reader_writes_it(with_commas: None):
    assert say("{size:,} entries, ${cost:,.2f}", size=1234567, cost=Decimal("1234.5")) == (
        "1.234.567 entries, $1.234,50"
    )
    assert say_n("{count:,} entry", "{count:,} entries", 1234) == "1.234 entries"
    assert (figure(1234), figure(0.5, ".0%")) == ("1.234", "50%")


def test_a_number_without_a_form_is_a_name_and_stays_as_it_is(with_commas: None):
    assert say("Tier {tier}, version {version}", tier=2, version=1234) == "Tier 2, version 1234"


def test_moments_are_written_as_the_reader_writes_them(with_commas: None):
    at = datetime(2026, 11, 3, 14, 2, 9, tzinfo=UTC)
    assert (clock(at), moment(at)) == ("14.02.09", "03. 11. 14.02")


def test_in_english_numbers_and_moments_are_as_the_code_writes_them():
    at = datetime(2026, 11, 3, 14, 2, 9, tzinfo=UTC)
    assert (figure(1234), clock(at), moment(at)) == ("1,234", "14:02:09", "03 Nov 14:02")


def test_nothing_is_said_as_nothing(shouted: None):
    assert say("") == ""
