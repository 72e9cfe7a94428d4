"""Finding a command or an action by words, and what a person chose for this console."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from lineclear.desktop.address import Address
from lineclear.desktop.commands import COMMANDS, Section
from lineclear.desktop.console import Console
from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.gallery.samples import QUEUE
from lineclear.desktop.languages import Language
from lineclear.desktop.preferences import QUIET, Choices, Preferences
from lineclear.desktop.presenters.calling import Wishes
from lineclear.desktop.presenters.palette import EntryKind, entries
from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.theme import Density, ThemeName


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
    wishes = Wishes(frozenset({1}), frozenset(), digest=60, quiet=QUIET[3])
    made = Choices(ThemeName.DARK, Language.GERMAN, 150, Density.COMPACT, wishes, lock_after=30)
    kept = Preferences(file)
    assert kept.read() == Choices()
    kept.keep(made)
    assert Preferences(file).read() == made
    assert kept.file == str(file)


@pytest.mark.parametrize(
    "line",
    ["theme=pink", "scale=-4", "calls=4", "sounds=all", "scale=\\x00", "quiet=25-1", "digest=1", "density=x"],
)
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
    made = heard(window.overlays.choices_made)
    dark = pill(window, "Theme: Dark")
    assert not dark.isChecked()
    dark.click()
    assert dark.isChecked()
    assert made.said == [(Choices(theme=ThemeName.DARK),)]


def pill(window, name):
    return next(one for one, _ in window.overlays.settings._pills if one.accessibleName() == name)


def test_each_tier_is_heard_or_not_by_itself(shows, heard):
    window = shows("settings")
    made = heard(window.overlays.choices_made)
    pill(window, "With a sound: Tier 1").click()
    pill(window, "With a sound: Tier 3").click()
    assert made.said[-1][0].wishes.sounds == frozenset({1})
    assert pill(window, "With a sound: Tier 1").isChecked()
    assert not pill(window, "With a sound: Tier 3").isChecked()


def test_compact_rows_are_there_at_once_with_room_for_two_lines(shows):
    window = shows()
    queue = window.review.queue.list
    before = queue.visualRect(queue.model().index(1, 0)).height()
    window.look.set_density(Density.COMPACT)
    settle()
    after = queue.visualRect(queue.model().index(1, 0)).height()
    assert 39 <= after < before
    window.run_command("go.jobs")
    rows = window.jobs.table.verticalHeader()
    assert rows.defaultSectionSize() == 30
    window.look.set_density(Density.COMFORTABLE)
    assert rows.defaultSectionSize() == 38


def test_what_is_chosen_holds_at_once_for_calls_and_rows(tmp_path, fusion):
    console = Console(Address("http://127.0.0.1:9", "nobody"), preferences=Preferences(tmp_path / "c.ini"))
    wishes = Wishes(sounds=frozenset({1}))
    console.window.overlays.choices_made.emit(Choices(density=Density.COMPACT, wishes=wishes))
    assert console._calls.caller.wishes == wishes
    assert console.look.row_height(38) == 30
    console.close()
    console.window.deleteLater()
