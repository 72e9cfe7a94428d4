"""Code as a reviewer reads it: whole, by file and hunk, in the language's colours, with nothing hidden."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.gallery.samples import CHANGES
from lineclear.desktop.presenters.changes.code_parts import Layout, Part, RowKind
from lineclear.desktop.presenters.changes.differences import Heading, compare
from lineclear.desktop.presenters.changes.finding import changes, found, next_change, next_place
from lineclear.desktop.presenters.changes.syntax import Colouring, language_of
from lineclear.desktop.presenters.sheets import Sign, text_of
from lineclear.desktop.views.changes.changes import ChangesCard
from lineclear.domain.effects import Shape
from lineclear.domain.text import paintable

BEFORE = {
    "old.py": "gone = 1\n",
    "pay.py": "".join(f"line_{n} = {n}\n" for n in range(40)),
}
AFTER = {
    "new.py": 'def came():\n    """Says\n    why."""\n    return 1\n',
    "pay.py": BEFORE["pay.py"].replace("line_20 = 20", "line_20 = 21"),
}

texts = st.text(st.sampled_from("ab\n\t\u202e"), max_size=30)
files = st.dictionaries(st.sampled_from(["a.py", "b/c.rs", "d"]), texts | st.none(), max_size=3)


def code(before=BEFORE, after=AFTER):
    return compare(before, after, Shape.CODE, Heading("Changes"))


def shown(value):
    return "" if value is None else "".join(text_of(one.text) for one in value.segments)


def lines(rows, kind=RowKind.LINE):
    return [row for row in rows if row.code.kind is kind]


def table(rows):
    return [
        (row.code.before, row.code.after, row.sign, shown(row.after or row.before)) for row in lines(rows)
    ]


def test_each_file_is_named_with_how_much_came_and_went():
    sheet, said = code()
    heads = [
        (text_of(one.field), one.sign, one.code.came, one.code.went, one.code.told)
        for one in lines(sheet.code.rows(), RowKind.FILE)
    ]
    assert heads == [
        ("new.py", Sign.ADDED, 4, 0, "new file"),
        ("old.py", Sign.REMOVED, 0, 1, "file removed"),
        ("pay.py", Sign.CHANGED, 1, 1, ""),
    ]
    assert said == "3 files, +5 −2"  # noqa: RUF001 - the sign that the rows have


def test_a_change_stands_between_the_lines_around_it_with_both_numbers():
    changed = {"pay.py": BEFORE["pay.py"]}, {"pay.py": AFTER["pay.py"]}
    rows = code(*changed)[0].code.rows()
    assert [text_of(row.field) for row in lines(rows, RowKind.HUNK)] == ["@@ -18,7 +18,7 @@"]
    assert table(rows)[2:6] == [
        (20, 20, Sign.SAME, "line_19 = 19"),
        (21, None, Sign.REMOVED, "line_20 = 20"),
        (None, 21, Sign.ADDED, "line_20 = 21"),
        (22, 22, Sign.SAME, "line_21 = 21"),
    ]
    gone = lines(rows)[3].before.segments
    assert [text_of(one.text) for one in gone if one.is_changed] == ["20"], "the number alone, not the line"


def test_side_by_side_a_line_faces_what_it_became():
    rows = code()[0].code.rows(Layout.BESIDE)
    assert [
        (shown(row.before), shown(row.after)) for row in rows if row.sign is Sign.CHANGED and row.before
    ] == [("line_20 = 20", "line_20 = 21")]


def test_unchanged_lines_fold_with_their_count_and_open_one_by_one():
    sheet = code()[0].code
    folds = lines(sheet.rows(), RowKind.FOLD)
    assert [text_of(one.field) for one in folds] == ["17 unchanged lines", "16 unchanged lines"]
    opened = sheet.rows(opened=frozenset({folds[0].code.key}))
    assert [one.code.key for one in lines(opened, RowKind.FOLD)] == [folds[1].code.key]
    assert len(opened) == len(sheet.rows()) + 16


@given(files, files, st.sampled_from(Layout))
def test_i4_every_line_of_every_file_is_within_reach(before, after, layout):
    sheet = code(before, after)[0]
    rows = sheet.code.rows(layout, sheet.code.folds) if sheet.code else ()
    for state, side in ((before, "before"), (after, "after")):
        for path, text in state.items():
            wanted = [] if text is None else [paintable(line).text for line in text.split("\n")]
            got = [
                shown(getattr(row, side))
                for row in rows
                if row.code.kind is RowKind.LINE
                and text_of(row.field).startswith(f"{path}:")
                and getattr(row, side) is not None
            ]
            assert got in (wanted, wanted[:-1] if (text and text.endswith("\n")) or text == "" else wanted)


@given(files, files)
def test_changed_lines_are_never_folded(before, after):
    sheet = code(before, after)[0]
    if sheet.code is not None:
        closed, opened = sheet.code.rows(), sheet.code.rows(opened=sheet.code.folds)
        assert [r for r in table(closed) if r[2] is not Sign.SAME] == [
            r for r in table(opened) if r[2] is not Sign.SAME
        ]


def test_i5_a_missing_line_feed_at_the_end_is_said():
    told = [
        lines(code({}, {"a.txt": text})[0].code.rows(), RowKind.FILE)[0].code.told
        for text in ("a\n", "a", "a\n\n")
    ]
    assert told[0] != told[1]
    assert "no line feed" in told[1]


def test_what_is_no_text_is_compared_field_by_field():
    sheet, said = code({"a.py": "x\n", "mode": {"bits": 420}}, {"a.py": "y\n", "mode": {"bits": 493}})
    assert [text_of(row.field) for row in sheet.rows] == ["mode.bits"]
    assert len(sheet.code.files) == 1
    assert said.endswith("1 field changed")


# -- the language's colours ---------------------------------------------------------------------------


def parts(path, *text):
    return [[run.part for run in Colouring(path, text).line(number)] for number in range(len(text))]


def test_code_has_the_colours_of_its_language():
    assert Part.KEYWORD in parts("a.py", "return 'x'  # why")[0]
    assert parts("a.py", "return 'x'  # why")[0][-1] is Part.COMMENT
    assert parts("notes.unknown", "return 'x'") == [[Part.PLAIN]]


def test_a_text_over_several_lines_keeps_its_colour():
    assert parts("a.py", '"""one', "two", 'three"""', "x = 1")[1] == [Part.STRING]


def test_hostile_lines_are_painted_plain_and_at_once():
    assert parts("a.py", "x = " + "(" * 5_000) == [[Part.PLAIN]]


@pytest.mark.parametrize(
    ("path", "language"),
    [("a/b.PY", "python"), ("Dockerfile", "docker"), ("py", ""), ("a.py.exe", ""), ("", "")],
)
def test_a_name_tells_the_language_by_a_closed_table(path, language):
    assert language_of(path) == language


@given(st.text(max_size=80), st.sampled_from(["a.py", "b.rs", "c.yaml", "d.md", "e.html"]))
def test_runs_rise_and_begin_with_the_line(text, path):
    cut = text.split("\n")
    colouring = Colouring(path, cut)
    for number, line in enumerate(cut):
        starts = [run.start for run in colouring.line(number)]
        assert starts == sorted(set(starts))
        assert starts[0] == 0 or not line
        assert all(start <= len(line) for start in starts)


# -- moving and finding -------------------------------------------------------------------------------


def test_the_next_change_begins_a_run_of_changed_lines():
    rows = code()[0].code.rows()
    starts = list(changes(rows))
    assert [text_of(rows[at].field) for at in starts] == ["new.py:1", "old.py:1 before", "pay.py:21 before"]
    assert next_change(rows, starts[0], 1) == starts[1]
    assert next_change(rows, starts[2], -1) == starts[1]
    assert next_change(rows, starts[2], 1) is None


def test_found_places_go_round():
    rows = CHANGES.rows
    places = found(rows, "STATUS")
    assert places
    assert next_place(places, places[-1], 1) == places[0]
    assert next_place((), 3, 1) is None


@pytest.fixture
def card(look, qtbot):
    made = ChangesCard(look)
    qtbot.addWidget(made)
    made.resize(760, 900)
    made.show()
    made.display(code()[0])
    settle()
    yield made
    made.close()


def test_a_fold_opens_by_the_keyboard(card):
    model = card.list.model()
    count = model.rowCount()
    fold = next(row for row in range(count) if "17 unchanged lines" in model.item(row).row.spoken)
    card.list.go_to(fold)
    QTest.keyClick(card.list, Qt.Key.Key_Return)
    assert model.rowCount() == count + 16
    card.run_command("diff.fold")
    assert model.rowCount() == count + 16 + 15
    card.run_command("diff.fold")
    assert model.rowCount() == count


def test_the_next_change_by_the_keyboard(card):
    for expected in ("line 1 added", "line 1 removed", "line 21 removed"):
        card.run_command("diff.next")
        assert expected in card.list.currentIndex().data()
    card.run_command("diff.previous")
    assert "line 1 removed" in card.list.currentIndex().data()


def test_the_layout_turns_and_comes_back(card):
    count = card.list.model().rowCount()
    card.run_command("diff.layout")
    assert card.list.model().rowCount() == count - 1
    card.run_command("diff.layout")
    assert card.list.model().rowCount() == count


def test_finding_opens_the_folds_in_which_something_is(card):
    card.run_command("diff.find")
    QTest.keyClicks(card.finder.field, "LINE_35")
    QTest.keyClick(card.finder.field, Qt.Key.Key_Return)
    assert "line_35 = 35" in card.list.currentIndex().data()
    QTest.keyClick(card.finder.field, Qt.Key.Key_Escape)
    assert card.finder.isHidden()


def test_a_row_is_copied_as_it_is_shown(card):
    card.run_command("diff.next")
    card.run_command("diff.copy")
    assert QGuiApplication.clipboard().text() == "def came():"
