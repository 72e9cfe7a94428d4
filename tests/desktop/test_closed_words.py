"""Roles, deeds, states and requirements are words of the reader's language inside sentences."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lineclear.application.reading.answers import Condition
from lineclear.desktop.assets import find_assets
from lineclear.desktop.languages import Language, speak
from lineclear.desktop.presenters.closed_words import deed_words, role_word, state_word, verdict_words
from lineclear.desktop.presenters.review.around import scope_words
from lineclear.desktop.presenters.review.reasons import condition_words
from lineclear.domain.principals import Deed
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Outcome, Role, Verdict
from lineclear.domain.wording import English, use


@pytest.fixture
def german(fusion) -> Iterator[None]:
    speak(Language.GERMAN, find_assets(), fusion)
    yield
    use(English())


def test_there_is_a_word_for_everything_that_is_known(german):
    for said, known in (
        (role_word, Role),
        (deed_words, Deed),
        (state_word, (*ActionStatus, *JobStatus)),
        (verdict_words, (*Outcome, *Verdict)),
    ):
        words = {one: said(one) for one in known}
        assert all(words.values())
        assert {one for one, word in words.items() if word == str(one)} == set(), words


def test_what_is_not_known_stays_as_it_is(german):
    assert role_word("fleet") == "fleet"
    assert state_word("frozen") == "frozen"
    assert verdict_words("maybe") == "maybe"
    assert scope_words("region:north") == "region north"


def test_a_scope_is_said_in_the_readers_language(german):
    assert scope_words("connector:crm") == "Anbindung crm"


def test_a_requirement_is_said_in_the_readers_language_and_not_in_the_backends(german):
    params = {"ceiling": "500.00", "currency": "USD", "amount": "180.00"}
    said = condition_words(Condition("Within your 500.00 USD limit", met=True, code="ceiling", params=params))
    assert "500.00 USD" in said
    assert "Within" not in said


@pytest.mark.parametrize("code", ["ceiling", "something_newer", ""])
def test_a_requirement_whose_words_are_not_here_is_said_as_the_backend_says_it(german, code):
    assert condition_words(Condition("Within your limit", met=True, code=code)) == "Within your limit"
