"""Finding a command or an action by words, and what a person chose for this console."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.desktop.address import Address
from lineclear.desktop.commands import COMMANDS, Section
from lineclear.desktop.console import Console
from lineclear.desktop.gallery_samples import QUEUE
from lineclear.desktop.preferences import Choices, Preferences
from lineclear.desktop.presenters.palette import EntryKind, entries
from lineclear.desktop.presenters.sheets import Filter, QueueSheet, text_of
from lineclear.desktop.theme import ThemeName
from lineclear.desktop.tray import Calls


def titles(text, rows=QUEUE.rows):
    return [text_of(one.title) for one in entries(COMMANDS, rows, text)]


def test_every_command_but_decisions_is_found_and_so_is_every_action():
    """I17, I18: a decision is taken with its action in full sight."""
    found = entries(COMMANDS, QUEUE.rows, "")
    ids = {one.id for one in found}
    decisions = {one.id for one in COMMANDS if one.section is Section.DECIDE}
    assert {one.id for one in COMMANDS} - ids == decisions | {"palette.open"}
    assert {row.id for row in QUEUE.rows} <= ids


def test_all_words_count_in_any_order_and_case():
    assert titles("LEDGER")[0] == "Ledger"
    assert titles("customer refund")[0] == "Refund $180.00 to customer 4411"
    assert titles("change next")[0] == "Next change"


def test_what_is_not_found_can_still_be_searched_for():
    found = entries(COMMANDS, QUEUE.rows, " no such thing ")
    assert [(one.kind, one.id) for one in found] == [(EntryKind.SEARCH, "no such thing")]


def test_the_palette_goes_to_an_action_by_its_id(shows, heard):
    window = shows("jobs")
    chosen = heard(window.review.chosen)
    window.run_command("palette.open")
    QTest.keyClicks(window.overlays.palette.field, "storage.admin")
    QTest.keyClick(window.overlays.palette.field, Qt.Key.Key_Return)
    assert window.page == "review"
    assert chosen.said == [(QUEUE.rows[1].id,)]
    assert not window.overlays.is_open


def test_the_palette_runs_a_command_that_the_arrows_chose(shows):
    window = shows()
    window.run_command("palette.open")
    field, view = window.overlays.palette.field, window.overlays.palette.list
    QTest.keyClicks(field, "ledger")
    first = view.currentIndex().row()
    QTest.keyClick(field, Qt.Key.Key_Down)
    assert view.currentIndex().row() == first + 1
    QTest.keyClick(field, Qt.Key.Key_Up)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert window.page == "ledger"


def test_escape_leaves_everything_as_it_was(shows):
    window = shows()
    window.run_command("palette.open")
    QTest.keyClick(window.overlays.palette.field, Qt.Key.Key_Escape)
    assert not window.overlays.is_open
    assert window.page == "review"


# -- choices ------------------------------------------------------------------------------------------


def test_choices_are_kept_in_a_file_that_is_named(tmp_path):
    file = tmp_path / "console.ini"
    made = Choices(ThemeName.DARK, scale=150, notifies=False, sounds=True)
    kept = Preferences(file)
    assert kept.read() == Choices()
    kept.keep(made)
    assert Preferences(file).read() == made
    assert kept.file == str(file)


@pytest.mark.parametrize("line", ["theme=pink", "scale=-4", "notifies=perhaps", "sounds=1", "scale=\\x00"])
def test_a_value_that_nobody_knows_counts_as_not_chosen(tmp_path, line):
    file = tmp_path / "console.ini"
    file.write_text(f"[General]\n{line}\n", encoding="utf-8")
    assert Preferences(file).read() == Choices()


def test_a_theme_that_was_chosen_is_there_at_the_next_start(tmp_path, fusion):
    file = tmp_path / "console.ini"
    first = Console(Address("http://127.0.0.1:9", "nobody"), preferences=Preferences(file))
    first.window.run_command("view.theme")
    first.window.run_command("view.theme")
    assert first.look.theme.name is ThemeName.DARK
    second = Console(Address("http://127.0.0.1:9", "nobody"), preferences=Preferences(file))
    assert second.look.theme.name is ThemeName.DARK
    for console in (first, second):
        console.close()
        console.window.deleteLater()


def test_a_pill_says_what_is_chosen_and_tells_it_at_once(shows, heard):
    window = shows("settings")
    made = heard(window.choices_made)
    pill = next(p for p, _ in window.overlays.settings._pills if p.accessibleName() == "Theme: Dark")
    assert not pill.isChecked()
    pill.click()
    assert pill.isChecked()
    assert made.said == [(Choices(theme=ThemeName.DARK),)]


# -- calls --------------------------------------------------------------------------------------------

MINE = (Filter("mine", "For my tier", is_on=True),)


def sheet(count, filters=MINE):
    return QueueSheet("Needs you", count, filters, QUEUE.rows[:count])


def test_a_call_says_how_many_and_nothing_from_outside(heard):
    calls = Calls()
    called, counted = heard(calls.called), heard(calls.counted)
    for count in (1, 3, 3, 2):
        calls.hear(sheet(count))
    assert called.said == [("Lineclear", "2 new. 3 need you.")], "not for what was there at the start"
    assert counted.said[0] == ("Lineclear: 1 needs you",)


def test_what_is_looked_at_beside_the_own_queue_calls_nobody(heard):
    calls = Calls()
    called = heard(calls.called)
    calls.hear(sheet(1))
    calls.hear(sheet(4, (Filter("all", "All", is_on=True),)))
    assert called.said == []
