"""One declared list of commands, and every view of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QKeySequence

from lineclear.desktop.commands import (
    COMMANDS,
    Scope,
    Section,
    conflicts,
    find_command,
    key_of,
    shown_key,
    tip_of,
)


def test_no_key_is_claimed_twice():
    assert conflicts(COMMANDS) == set()


def test_a_key_that_is_claimed_twice_is_found():
    twice = replace(COMMANDS[0], id="other", scope=Scope.WINDOW)
    assert conflicts([COMMANDS[0], twice]) == {"A"}


def test_a_key_that_hides_a_chord_is_found():
    chord = replace(COMMANDS[0], id="other", keys=("A, B",))
    assert conflicts([COMMANDS[0], chord]) == {"A, B"}


def test_ids_are_unique():
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_qt_understands_every_key(command):
    assert command.keys
    for key in command.keys:
        assert QKeySequence(key).toString() != ""
        assert QKeySequence(key).count() == key.count(", ") + 1


def test_the_help_lists_every_command(shows):
    window = shows("help")
    assert sorted(window.overlays._help.titles) == sorted(command.title for command in COMMANDS)


def test_the_menu_lists_every_command(shows):
    menu = shows().actions_of_window.menu()
    titles = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert titles == [command.title for command in COMMANDS]


def test_sections_stand_together():
    order = [command.section for command in COMMANDS]
    assert [section for section in Section if section in order] == list(dict.fromkeys(order))
    assert order == sorted(order, key=list(Section).index)


def test_a_tool_tip_names_the_key():
    refresh = find_command("view.refresh")
    assert refresh is not None
    assert tip_of(refresh) == "Refresh (F5 or Ctrl R)"
    assert key_of("go.jobs") == "G J"
    assert key_of("no.such") == ""


VERBS = ("verify", "open_pack", "close_pack", "export_proof", "next", "previous")
PASSED_ON = {
    "connections.open",
    "decision.take_back",
    "outbox.open",
    "session.lock",
    "settings.open",
    "view.refresh",
    "view.theme",
    "program.quit",
} | {f"ledger.{verb}" for verb in VERBS}
PASSED_ON |= {f"queue.{verb}" for verb in ("bulk", "clear", "filter", "forget_view", "mark")}


@pytest.mark.qt_log_ignore("does not support")
def test_what_the_window_does_not_do_itself_it_passes_on(shows, heard):
    window = shows()
    passed = heard(window.commanded)
    for command in COMMANDS:
        window.run_command(command.id)
    assert {said[0] for said in passed.said} == PASSED_ON


@pytest.mark.parametrize("page", ["review", "jobs", "ledger", "insights", "control"])
def test_a_page_is_reached_by_its_command(shows, heard, page):
    window = shows("control" if page == "review" else "review")
    opened = heard(window.page_opened)
    window.run_command(f"go.{page}")
    assert window.page == page
    assert opened.said == [(page,)]


def test_every_icon_of_the_rail_leads_to_its_page(shows):
    window = shows()
    for name, button in window.rail._buttons.items():
        button.click()
        assert window.page == name
        assert button.isChecked()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_every_key_is_shown_with_something_on_it(command):
    shown = [shown_key(key) for key in command.keys]
    assert all(all(cap for cap in key.split(" ")) for key in shown), shown


def test_a_plus_is_a_key_and_stands_between_keys():
    assert shown_key("+") == "+"
    assert shown_key("Ctrl++") == "Ctrl +"
    assert shown_key("Ctrl+Shift+W") == "Ctrl Shift W"
    assert shown_key("G, R") == "G R"
