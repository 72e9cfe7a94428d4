"""A refusal crosses the wire as itself: code, parameters, words; a bug crosses as an incident only."""

from __future__ import annotations

import re

import pytest

from lineclear.domain.refusals import FORMS, Code, Kind, Refusal
from lineclear.server.problems import STATUS, broken, refused
from lineclear.wire.codecs import decode, encode
from lineclear.wire.messages import Problem


def sample(code: Code) -> Refusal:
    """The refusal with every parameter that its wording takes."""
    names = re.findall(r"\{(\w+)\}", FORMS[code].says + FORMS[code].remedy)
    return Refusal(code, **{name: f"some {name}" for name in names})


@pytest.mark.parametrize("code", list(Code))
def test_every_refusal_comes_back_with_its_words(code: Code):
    refusal = sample(code)
    problem = decode(encode(refused(refusal).problem), Problem)
    again = Refusal(Code(problem.code), **problem.params)
    assert (again.code, again.sentence, again.remedy) == (code, refusal.sentence, refusal.remedy)
    assert (problem.detail, problem.remedy) == (refusal.sentence, refusal.remedy)
    assert 400 <= problem.status < 600
    assert problem.type == f"urn:lineclear:problem:{code}"


@pytest.mark.parametrize("code", list(Code))
def test_a_parameter_that_is_a_sentence_gives_no_sentence_two_ends(code: Code):
    names = re.findall(r"\{(\w+)\}", FORMS[code].says + FORMS[code].remedy)
    refusal = Refusal(code, **dict.fromkeys(names, "The row is locked."))
    assert ".." not in refusal.sentence
    assert ".." not in refusal.remedy
    assert set(refusal.params.values()) <= {"The row is locked."}


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        ("x is wrong", "The body cannot be read: x is wrong."),
        ("x is wrong.", "The body cannot be read: x is wrong."),
        ("", "The body cannot be read: ."),
        ("{problem}", "The body cannot be read: {problem}."),
        ("\\1 \\g<0>", "The body cannot be read: \\1 \\g<0>."),
    ],
)
def test_a_parameter_is_never_read_as_a_form(problem: str, says: str):
    assert Refusal(Code.BODY_INVALID, problem=problem).sentence == says


def test_a_parameter_that_a_form_lacks_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        Refusal(Code.BODY_INVALID)


def test_every_kind_of_refusal_has_a_status_of_its_own():
    assert STATUS.keys() == set(Kind)
    assert len(set(STATUS.values())) == len(Kind)


@pytest.mark.parametrize(
    ("code", "header"),
    [
        (Code.TOKEN_INVALID, "WWW-Authenticate"),
        (Code.TOO_MANY_PENDING, "Retry-After"),
        (Code.DATABASE_BUSY, "Retry-After"),
        (Code.METHOD_REFUSED, "Allow"),
    ],
)
def test_who_may_come_back_is_told_how(code: Code, header: str):
    assert header in refused(sample(code)).headers


def test_a_bug_says_nothing_but_its_incident():
    problem = broken("inc-1").problem
    assert (problem.status, problem.code, problem.params) == (500, "broken", {"incident": "inc-1"})
