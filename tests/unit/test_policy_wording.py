"""Sentences for reasons: one for each code, whole, and safe whatever an agent wrote."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.policy.reasons import Reason, ReasonCode, ReasonEffect
from lineclear.domain.policy.showing import shown
from lineclear.domain.policy.trust import Basis
from lineclear.domain.policy.wording import SENTENCES, duration, sentence, where

APP = str(Path(__file__).parents[2] / "app")
SLOW_TO_IMPORT = ("pydantic", "ruamel", "rapidfuzz", "sqlalchemy", "httpx")


def reason(code: ReasonCode, line: int | None = 6, **params: str) -> Reason:
    return Reason(code, ReasonEffect.INFO, "issue_refund.payments.create_refund.x", line, params)


def test_every_code_has_a_sentence():
    assert set(SENTENCES) == set(ReasonCode)


@pytest.mark.parametrize("code", ReasonCode)
def test_a_reason_that_lacks_a_parameter_still_reads(code: ReasonCode):
    said = sentence(reason(code))
    assert "{" not in said
    assert said


@pytest.mark.parametrize("basis", Basis)
def test_every_basis_of_a_tier_has_its_words(basis: Basis):
    said = sentence(reason(ReasonCode.TIER_BY_DEFAULT, None, tier="2", basis=basis.value))
    assert said.startswith("Tier 2, because it") or "environment" in said


def test_a_reason_says_where_it_stands():
    assert where(reason(ReasonCode.AMOUNT_OVER_LINE)) == "issue_refund, line 6"
    assert where(reason(ReasonCode.TIER_BY_DEFAULT, None)) == "issue_refund"


def test_a_capability_may_be_called_capabilities():
    named = Reason(ReasonCode.TOOL_LISTED, ReasonEffect.ALLOW, "capabilities.x", 3)
    assert where(named) == "capabilities, line 3"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        ("0", "0 seconds"),
        ("1", "1 second"),
        ("90", "90 seconds"),
        ("60", "1 minute"),
        ("5400", "90 minutes"),
        ("86400", "1 day"),
        ("604800", "7 days"),
        ("", "(not recorded)"),
        ("\N{ARABIC-INDIC DIGIT THREE}", "(not recorded)"),
    ],
)
def test_durations_are_said_in_the_largest_whole_unit(seconds: str, said: str):
    assert duration(seconds) == said


def test_one_person_and_several_are_worded_apart():
    assert sentence(reason(ReasonCode.APPROVALS_NAMED, approvals="1")) == "1 person must approve."
    assert sentence(reason(ReasonCode.APPROVALS_NAMED, approvals="2")) == "2 different people must approve."


def test_braces_from_outside_are_not_interpreted():
    said = sentence(
        reason(ReasonCode.AMOUNT_MALFORMED, amount="{limit.__class__}", limit="5.00", kind="ceiling")
    )
    assert "{limit.__class__}" in said


@given(st.text(max_size=300))
def test_an_outside_text_is_shown_short_printable_and_telling_what_it_leaves_out(text: str):
    said = shown(text)
    assert said.isascii()
    assert said.isprintable()
    assert len(said) <= len("x" * 60 + "... (300 characters)")
    assert re.fullmatch(r"[\w.:/@+-]+", said) or said[0] in "'\""
    assert f"... ({len(text)} characters)" in said or len(said) <= 60


def test_different_short_texts_are_shown_differently():
    texts = ["a", "'a'", "a ", " a", "a\u200b", "\N{CYRILLIC SMALL LETTER A}", "", '"', "'", "\\n", "\n"]
    assert len({shown(text) for text in texts}) == len(texts)


def test_reasons_are_worded_and_authority_is_judged_without_slow_imports():
    asked = "import sys, lineclear.domain.policy.wording, lineclear.domain.authority; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", asked], env={"PYTHONPATH": APP}, capture_output=True, check=True
    )
    assert not {name.partition(".")[0] for name in run.stdout.decode().split()} & set(SLOW_TO_IMPORT)
