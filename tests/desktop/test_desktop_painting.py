"""Text from outside is painted as it is, never interpreted."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QImage, QTextDocumentFragment
from PySide6.QtWidgets import QLabel

from lineclear.desktop.assets import find_assets
from lineclear.desktop.gallery import samples, states
from lineclear.desktop.gallery.pictures import picture, settle
from lineclear.desktop.painting import Laid, Run, advance, plain_tip
from lineclear.desktop.presenters.cautions import caution_of
from lineclear.desktop.theme import FontRole, Look, ThemeName, Token
from lineclear.desktop.views.changes.changes import ChangesCard
from lineclear.desktop.views.kit import Fit, Text
from lineclear.domain.text import paintable

MARKUP = ["<b>pay</b>", "<span style='font-size:1px'>x</span>", "&amp;", "&pay", "<img src=x>", "a&&b"]


def painted(widget) -> QImage:
    widget.resize(widget.sizeHint())
    return picture(widget, 2)


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_as_wide_as_its_characters(look, qtbot, text):
    label = Text(look)
    qtbot.addWidget(label)
    label.set_words(paintable(text))
    assert label.sizeHint().width() == int(Laid(look, [Run(text)], FontRole.BODY).width) + 1
    assert abs(label.sizeHint().width() - advance(look, FontRole.BODY, text)) < 2
    assert label.text() == text


@pytest.mark.parametrize("fit", Fit)
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("<b>pay</b>", "pay"),
        ("a -> b", "a → b"),
        ("invoice\u202efdp.exe", "invoiceexe.pdf"),
        ("zero\u200bwidth", "zerowidth"),
        ("a&b", "ab"),
        ("fi", "\ufb01"),
    ],
)
@pytest.mark.parametrize("role", [FontRole.BODY, FontRole.MONO])
def test_two_different_texts_never_look_the_same(look, qtbot, fit, one, other, role):
    labels = [Text(look, role, fit=fit) for _ in range(2)]
    for label, text in zip(labels, (one, other), strict=True):
        qtbot.addWidget(label)
        label.set_words(paintable(text))
        label.resize(300, 40)
    assert picture(labels[0], 1) != picture(labels[1], 1)


@given(st.text(max_size=60))
@settings(max_examples=60)
def test_a_tool_tip_shows_its_text_literally(text):
    shown = paintable(text).text
    read = QTextDocumentFragment.fromHtml(plain_tip(shown)).toPlainText()
    # Spaces may run together, as they do in every tool tip; nothing else is lost or read.
    assert read.split() == shown.split()


def test_a_tool_tip_of_a_long_text_says_how_much_is_left():
    assert "8,000 more" in plain_tip("x" * 10_000)


def test_unusual_text_carries_a_sign_and_its_reason(look, qtbot):
    label = Text(look, fit=Fit.WRAP)
    qtbot.addWidget(label)
    label.set_words(paintable("pay\u200b"))
    assert "no width" in label.accessibleDescription()
    assert "no width" in label.toolTip()
    assert has_colour(painted(label), look.colour(Token.CAUTION))
    label.set_words(paintable("pay"))
    assert label.accessibleDescription() == ""
    assert not has_colour(painted(label), look.colour(Token.CAUTION))


def test_length_alone_is_no_caution():
    assert caution_of(paintable("x" * 5_000)) == ""
    assert caution_of("our own words") == ""


def has_colour(image: QImage, colour) -> bool:
    """Whether a pixel is of a colour, give or take what smoothing makes of thin strokes."""
    wanted = colour.getRgb()[:3]
    width, height = image.width(), image.height()
    seen = {image.pixel(x, y) for y in range(height) for x in range(width)}
    return any(
        pixel >> 24 == 0xFF
        and all(
            abs((pixel >> shift & 0xFF) - part) <= 24 for shift, part in zip((16, 8, 0), wanted, strict=True)
        )
        for pixel in seen
    )


def test_a_long_word_breaks_so_that_nothing_is_cut_off(look, qtbot):
    label = Text(look, fit=Fit.WRAP)
    qtbot.addWidget(label)
    label.set_words(paintable("x" * 500))
    assert label.heightForWidth(200) >= 15 * look.leading(FontRole.BODY)
    label.resize(200, label.heightForWidth(200))
    assert not label.is_cut


def test_text_that_is_cut_says_how_much_is_left_and_keeps_the_whole_within_reach(look, qtbot):
    label = Text(look, fit=Fit.WRAP, most_lines=2)
    qtbot.addWidget(label)
    whole = "word " * 200
    label.set_words(paintable(whole))
    label.resize(300, label.heightForWidth(300))
    assert label.heightForWidth(300) == 2 * look.leading(FontRole.BODY)
    assert label.is_cut
    assert "word word" in label.toolTip()
    assert label.text() == whole


@given(
    st.text(st.characters(codec="utf-16-le", exclude_categories=["Cs"]), max_size=300), st.integers(20, 400)
)
@settings(max_examples=25)
def test_no_line_is_wider_than_its_place(qtbot_look, text, width):
    laid = Laid(qtbot_look, [Run(paintable(text).text)], FontRole.BODY, width)
    # A single glyph wider than the place cannot be broken.
    assert laid.width <= max(width, 30)


@pytest.fixture(scope="module")
def qtbot_look(fusion):
    return Look(find_assets(), ThemeName.LIGHT)


def test_changed_parts_have_a_ground_and_a_sign(look, qtbot):
    card = ChangesCard(look)
    qtbot.addWidget(card)
    card.display(samples.CHANGES)
    card.resize(700, card.heightForWidth(700))
    card.show()
    settle()
    image = picture(card, 2)
    for token in (Token.REMOVED_SOFT, Token.ADDED_SOFT, Token.CAUTION, Token.ADDED):
        assert has_colour(image, look.colour(token)), token


def test_every_changed_field_is_shown_and_unchanged_ones_unfold(look, qtbot):
    card = ChangesCard(look)
    qtbot.addWidget(card)
    card.display(samples.CHANGES)
    model = card.list.model()
    assert model.rowCount() == len(samples.CHANGES.rows)
    assert card._fold.title == "22 unchanged fields"
    card._fold.click()
    assert model.rowCount() == len(samples.CHANGES.rows) + 22
    card.display(replace(samples.CHANGES, freshness=None))
    assert model.rowCount() == len(samples.CHANGES.rows) + 22
    card._fold.click()
    assert model.rowCount() == len(samples.CHANGES.rows)


def test_the_card_is_as_high_as_its_rows(look, qtbot):
    card = ChangesCard(look)
    qtbot.addWidget(card)
    card.display(states.ACTION_HOSTILE.changes)
    heights = [card.list.heightForWidth(width) for width in (400, 700, 1200)]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] > heights[2]


def test_every_label_is_told_that_its_text_is_plain(shows):
    window = shows("review-hostile")
    formats = {label.textFormat().name for label in window.findChildren(QLabel)}
    assert formats == {"PlainText"}
