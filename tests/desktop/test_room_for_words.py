"""Modes, badges and the titles of figures have room for their words, also in the smallest window."""

from __future__ import annotations

import pytest

from lineclear.desktop.gallery.pictures import settle
from lineclear.desktop.painting import advance
from lineclear.desktop.presenters.control.control_sheets import HealthRow, ModeCell, ModeRow, ModesSheet
from lineclear.desktop.presenters.sheets import Chip, Tone
from lineclear.desktop.theme import FontRole
from lineclear.desktop.views.control.control import HealthCard
from lineclear.desktop.views.control.modes import ModesCard
from lineclear.desktop.views.kit import ChipLabel
from lineclear.domain.text import paintable
from support_layout import shown

LONG = "By policy, and by nobody else"
SMALLEST = (1024, 700)


def test_a_mode_is_written_out_whatever_the_language_calls_it(look, qtbot):
    card = ModesCard(look)
    qtbot.addWidget(card)
    cells = tuple(ModeCell(f"agent-{number}", LONG, "", Tone.NEUTRAL) for number in range(12))
    agents = tuple(paintable(one.agent) for one in cells)
    card.display(ModesSheet(agents, (ModeRow("refund", paintable("refund"), cells),)))
    card.resize(600, 400)
    card.show()
    settle()
    needed = advance(look, FontRole.BODY, LONG) + 16
    assert all(button.width() >= needed for button in card.cells.values())


def test_how_a_system_is_goes_before_how_long_the_words_beside_it_are(look, qtbot):
    card = HealthCard(look, "Connectors")
    qtbot.addWidget(card)
    said = paintable("since 09:02:11: agents call in; nothing is called here; answered in 0 ms " * 3)
    card.display((HealthRow(paintable("deployments"), Chip("Stale since 09:02:11", Tone.CAUTION), said),))
    card.resize(420, 300)
    card.show()
    settle()
    (chip,) = shown(card, ChipLabel)
    assert chip.width() >= chip.sizeHint().width()


@pytest.mark.parametrize("page", ["control"])
def test_no_badge_of_a_page_is_cut_in_the_smallest_window(shows, page):
    window = shows(page, size=SMALLEST)
    cut = [one.text() for one in shown(window.control, ChipLabel) if one.width() < one.sizeHint().width()]
    assert cut == []
