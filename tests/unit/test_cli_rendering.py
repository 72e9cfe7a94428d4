"""What the terminal prints: every leaf, no two values alike, nothing interpreted, nothing lost."""

from __future__ import annotations

import json
import re
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.console import Console

from lineclear.cli.changes import compare, path_text, payload_rows
from lineclear.cli.options import answer
from lineclear.cli.rendering import Row, Screen, json_line, rows_of
from lineclear.domain.diffing import Span, leaves, same
from lineclear.domain.effects import Shape
from lineclear.domain.text import CHUNK, unpainted

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], max_codepoint=0x2FFF)
    | st.sampled_from('\n\x1b\x9b\u202e\u200b"|=+-<>[]. '),
    max_size=12,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, width=16) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def lines(rows: object) -> list[str]:
    return [row.plain for row in rows]


def printed(rows: list[Row], *, width: int = 80, is_terminal: bool = True) -> str:
    stream = StringIO()
    colours = "standard" if is_terminal else None
    console = Console(file=stream, width=width, force_terminal=is_terminal, color_system=colours)
    Screen(console, as_json=False).answer(None, rows)
    return stream.getvalue()


@given(VALUES)
def test_every_leaf_of_a_payload_is_shown_with_its_path(value):
    shown = "\n".join(unpainted(row.text.plain) for row in payload_rows(value))
    for path, leaf in leaves(value):
        assert path_text(path) in shown
        assert (leaf if isinstance(leaf, str) else json.dumps(leaf, ensure_ascii=False)) in shown


@given(VALUES, VALUES)
@example({"a": "x", "b": "y"}, {"a": 'x"\nb: "y'})
@example({"a.b": 1}, {"a": {"b": 1}})
def test_two_different_payloads_never_read_alike(one, other):
    alike = sorted(lines(payload_rows(one))) == sorted(lines(payload_rows(other)))
    assert same(one, other) or not alike


@given(VALUES, VALUES)
def test_a_change_is_shown_exactly_where_there_is_one(before, after):
    rows = compare(before, after, Shape.FIELDS).rows
    assert bool(rows) is not same(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [(1, 1.0), (1, True), (1, "1"), (None, ""), ("x", "x "), ("a\u200b", "a"), ([1], [1, None])],
)
def test_values_that_only_seem_equal_show_as_changed(before, after):
    compared = compare({"field": before}, {"field": after}, Shape.FIELDS)
    assert compared.said != "Nothing"
    sides = [row.text.plain for row in compared.rows[1:] if row.lead in {"    - ", "    + "}]
    assert len(set(sides)) == len(sides) > 0


@given(st.text(max_size=300), st.integers(60, 120))
def test_nothing_is_lost_where_a_terminal_wraps(text: str, width: int):
    rows = list(rows_of("note  ", text))
    wrapped = COLOUR.sub("", printed(rows, width=width)).splitlines()
    whole = "".join(
        line.removeprefix("note  ")
        if line.startswith("note")
        else line.removeprefix(" " * 8)
        if line.startswith(" " * 8)
        else "\n" + line.removeprefix("    | ")
        for line in wrapped
    )
    assert whole == "\n".join(row.text.plain for row in rows)
    assert all(line[:6] in {"note  ", "      ", "    | "} for line in wrapped)


def test_a_line_of_a_megabyte_is_chunked_and_reachable_to_its_end():
    rows = list(rows_of("  ", "x" * 1_048_576 + "END"))
    assert max(len(row.text.plain) for row in rows) <= CHUNK + len("<+>")
    assert rows[-1].text.plain.endswith("END")
    assert all(row.text.plain.endswith("<+>") for row in rows[:-1])


def test_a_mark_inside_a_line_stands_where_the_change_is_though_escapes_are_longer():
    (row,) = rows_of("", "a\u202ebc", spans=[Span(2, 3)])
    (mark,) = row.text.spans
    assert row.text.plain[mark.start : mark.end] == "b"


def test_a_piece_of_an_escape_never_completes_another():
    (row,) = rows_of("", "<U+202E>", spans=[Span(0, 4)])
    (real,) = rows_of("", "\u202e")
    assert row.plain != real.plain


def test_code_is_compared_by_line_with_its_surroundings():
    before = {"a.py": "one\ntwo\nthree\nfour\nfive\nsix\n", "b.py": "same\n", "gone.py": "x\n"}
    after = {"a.py": "one\ntwo\nthree\nfour\nfive\nSIX\n", "b.py": "same\n", "new.py": "y\n"}
    compared = compare(before, after, Shape.CODE)
    shown = lines(compared.rows)
    assert shown[:2] == ["~ a.py", "    = 2 equal lines"]
    assert [line for line in shown if line.lower().endswith("six")] == ["    - six", "    + SIX"]
    assert shown[-6:] == ["- gone.py", "    - x", "    - ", "+ new.py", "    + y", "    + "]
    assert lines(compared.unchanged) == ["= b.py"]
    assert compared.said == "1 changed, 1 added, 1 removed"


def test_a_long_text_in_a_field_is_compared_by_line():
    compared = compare({"body": "one\ntwo"}, {"body": "one\n2"}, Shape.FIELDS)
    assert lines(compared.rows) == ["~ body", "    @@ -1,2 +1,2 @@", "      one", "    - two", "    + 2"]


def test_access_says_who_gains_what_and_shows_the_statements():
    grant = {"principal": "group:support", "role": "admin", "resource": "billing"}
    for before, after in (([], [grant]), ({"grants": []}, {"grants": [grant]})):
        shown = lines(compare(before, after, Shape.ACCESS).rows)
        assert shown[0] == "> group:support gains admin on billing"
        assert any("group:support" in line for line in shown[1:])


def test_access_says_on_which_condition_something_is_gained_kept_or_lost():
    grant = {"principal": "group:support", "role": "admin", "resource": "billing"}
    now, later = ({**grant, "condition": {"expires": year}} for year in ("2026", "2027"))
    said = [
        lines(compare(before, after, Shape.ACCESS).rows)[0].removeprefix("> group:support ")
        for before, after in (([], [now]), ([grant], [now]), ([now], [grant]), ([now], [later]), ([now], []))
    ]
    assert said == [
        'gains admin on billing, on condition {"expires": "2026"}',
        'loses admin on billing, but on condition {"expires": "2026"}',
        'gains admin on billing, until now on condition {"expires": "2026"}',
        (
            'keeps admin on billing, on condition {"expires": "2027"}, '
            'until now on condition {"expires": "2026"}'
        ),
        'loses admin on billing, until now on condition {"expires": "2026"}',
    ]


def test_a_moved_record_is_one_line():
    before = [{"id": str(number), "value": number} for number in range(4)]
    compared = compare(before, [before[3], *before[:3]], Shape.RECORDS)
    assert compared.said == "1 moved"
    assert lines(compared.rows) == ["~ [0] (moved from [3])"]


def test_look_alikes_carry_a_warning():
    compared = compare({"host": "paypal.example"}, {"host": "p\u0430ypal.example"}, Shape.FIELDS)
    (warning,) = [line for line in lines(compared.rows) if "Look twice" in line]
    assert "confusable" in warning


@given(TEXTS)
def test_json_holds_nothing_that_a_terminal_obeys(text: str):
    line = json_line({"text": text + "\x7f\x1b\u009b\u2028"})
    assert re.fullmatch(r"[ -~]+", line)
    assert json.loads(line)["text"] == text + "\x7f\x1b\u009b\u2028"


def test_i6_an_answer_in_words_is_obeyed_by_no_terminal(capsys):
    answer(
        {},
        "Legal hold is on since 09:00, by ana: \x1b]0;ok\x07\x1b[2J\nnext \u202eline, übrig",
        as_json=False,
    )
    said = capsys.readouterr().out
    assert said.endswith("\n")
    assert all(line.isprintable() for line in said.splitlines())
    assert "übrig" in said
    answer({}, "plain — words →", as_json=False)
    assert capsys.readouterr().out == "plain — words →\n"
