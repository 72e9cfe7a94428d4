"""Which language the console speaks, and that it does: chosen, demanded, or the system's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

from lineclear.desktop.assets import find_assets
from lineclear.desktop.figures import LocalFigures
from lineclear.desktop.languages import MIRRORED, OWN_NAMES, Language, choose, speak
from lineclear.desktop.preferences import Choices, Preferences
from lineclear.desktop.presenters.changes.values import value_text
from lineclear.desktop.presenters.refused import remedy_of, sentence_of, whole_of
from lineclear.domain.diffing.kinds import Kind
from lineclear.domain.diffing.values import ABSENT
from lineclear.domain.policy.reasons import Reason, ReasonCode, ReasonEffect
from lineclear.domain.policy.wording import sentence
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.wording import say, say_n


@pytest.fixture
def german(fusion: QApplication) -> Iterator[None]:
    speak(Language.GERMAN, find_assets(), fusion)
    yield
    speak(Language.ENGLISH, find_assets(), fusion)


@pytest.fixture
def mirrored(fusion: QApplication) -> Iterator[None]:
    speak(MIRRORED, find_assets(), fusion)
    yield
    speak(Language.ENGLISH, find_assets(), fusion)


@pytest.mark.parametrize(
    ("demanded", "kept", "system", "spoken"),
    [
        ("", "", ["en-GB"], "en"),
        ("", "", ["de-AT", "en-GB"], "de"),
        ("", "", ["fr-FR", "de-DE", "en-GB"], "de"),
        ("", "", ["fr-FR"], "en"),
        ("", "", [], "en"),
        ("", "de", ["en-GB"], "de"),
        ("", "en", ["de-DE"], "en"),
        ("de", "en", ["en-GB"], "de"),
        ("de_DE.UTF-8", "", ["en-GB"], "de"),
        ("xx", "de", ["en-GB"], "de"),
        (MIRRORED, "de", ["de-DE"], MIRRORED),
    ],
)
def test_what_is_demanded_counts_before_what_is_kept_and_that_before_the_system(
    demanded: str, kept: str, system: list[str], spoken: str
):
    assert choose(demanded, kept, system) == spoken


def test_the_console_speaks_german(german: None):
    assert say("Approve") == "Genehmigen"
    assert say_n("{count:,} entry", "{count:,} entries", 1) == "1 Eintrag"
    assert say_n("{count:,} entry", "{count:,} entries", 12345) == "12.345 Einträge"


def test_a_refusal_is_told_in_the_reader_s_language_and_recorded_in_english(german: None):
    refusal = Refusal(Code.JOB_CLOSED, job="job-1", status="ended")
    assert sentence_of(refusal) == "Auftrag job-1 ist ended."
    assert whole_of(refusal) == f"{sentence_of(refusal)} {remedy_of(refusal)}"
    assert (refusal.sentence, refusal.remedy) == ("Job job-1 is ended.", "Open a new job.")


def test_a_reason_of_policy_is_told_in_the_reader_s_language(german: None):
    reason = Reason(
        ReasonCode.APPROVAL_REQUIRED, ReasonEffect.ASK, "issue_refund", 6, {"tool": "payments.refund"}
    )
    assert sentence(reason) == "payments.refund braucht immer eine Genehmigung."


def test_numbers_and_moments_are_written_as_germans_write_them():
    figures, at = LocalFigures(QLocale("de")), datetime(2026, 3, 9, 14, 2, 7, tzinfo=UTC)
    assert figures.number(Decimal("-1234567.5"), ",.2f") == "-1.234.567,50"
    assert figures.number(0.5, ".0%") == "50\N{NARROW NO-BREAK SPACE}%"
    assert (figures.clock(at), figures.moment(at)) == ("14:02:07", "9. März 14:02")


@pytest.mark.parametrize("kind", list(Kind))
def test_in_another_language_no_two_stored_values_look_alike(german: None, kind: Kind):
    """I5: the diff shows what is stored; a text that reads like one of its words stands in quotes."""
    values = [
        ABSENT,
        None,
        True,
        1,
        1.5,
        1000,
        "1000",
        "1.000",
        "1,000",
        "fehlt",
        "absent",
        "null",
        "1 (Zahl)",
    ]
    shown = [value_text(one, kind) for one in values]
    assert len(set(shown)) == len(values), shown


def test_the_language_is_kept_and_named_in_its_own_words(tmp_path):
    kept = Preferences(tmp_path / "console.ini")
    assert kept.read().language is None
    kept.keep(Choices(language=Language.GERMAN))
    assert Preferences(tmp_path / "console.ini").read() == Choices(language=Language.GERMAN)
    assert set(OWN_NAMES) == set(Language)


def test_every_language_that_can_be_chosen_is_shipped():
    for language in set(Language) - {Language.ENGLISH}:
        assert find_assets().path(f"translations/{language}/LC_MESSAGES/lineclear.mo").is_file()


def test_what_runs_from_right_to_left_turns_the_window(mirrored: None, fusion: QApplication):
    assert fusion.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert say("Sent to {name}", name="M. Chen") == "Seent too M. Chen"


def test_english_turns_it_back(fusion: QApplication):
    speak(MIRRORED, find_assets(), fusion)
    speak(Language.ENGLISH, find_assets(), fusion)
    assert fusion.layoutDirection() is Qt.LayoutDirection.LeftToRight
    assert say("Approve") == "Approve"
