"""Colours by meaning: readable in every theme, and named in one place only."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

import lineclear.desktop
from lineclear.desktop.assets import find_assets
from lineclear.desktop.theme import FontRole, ThemeName, Token, read_themes, text_pairs

DESKTOP = Path(lineclear.desktop.__file__).parent
AA_TEXT = 4.5
AA_PARTS = 3.0
NAMES_A_COLOUR = re.compile(
    r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{3}\b|(?<!\)\.)\brgba?\(|\bhsl|QColor\([\"'\d]|GlobalColor|setNamedColor|fromRgb"
)


def luminance(colour: QColor) -> float:
    """Relative luminance (WCAG 2.2)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(ink: QColor, ground: QColor) -> float:
    high, low = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_knows_black_on_white():
    assert contrast(QColor("black"), QColor("white")) == pytest.approx(21)


@pytest.mark.parametrize("name", ThemeName)
def test_words_are_readable_on_every_ground_they_stand_on(name):
    theme = read_themes(find_assets())[name]
    poor = {
        (ink.value, ground.value): round(contrast(theme.colour(ink), theme.colour(ground)), 2)
        for ink, ground in text_pairs()
        if contrast(theme.colour(ink), theme.colour(ground)) < AA_TEXT
    }
    assert poor == {}


@pytest.mark.parametrize("name", ThemeName)
def test_the_outline_of_a_switch_can_be_seen(name):
    theme = read_themes(find_assets())[name]
    for ground in (Token.SURFACE, Token.RAISED):
        assert contrast(theme.colour(Token.CONTROL), theme.colour(ground)) >= AA_PARTS


def test_high_contrast_is_higher_than_the_others():
    themes = read_themes(find_assets())
    for ink, ground in ((Token.MUTED, Token.SURFACE), (Token.LINE, Token.SURFACE)):
        values = {name: contrast(theme.colour(ink), theme.colour(ground)) for name, theme in themes.items()}
        assert max(values, key=values.__getitem__) is ThemeName.CONTRAST


def colour_names(text: str) -> list[str]:
    return NAMES_A_COLOUR.findall(text)


def test_no_colour_is_named_outside_the_theme():
    named = {
        str(file.relative_to(DESKTOP)): found
        for file in DESKTOP.rglob("*.py")
        if file.name != "theme.py" and (found := colour_names(file.read_text(encoding="utf-8")))
    }
    # A picture starts out transparent; that is no colour.
    assert named == {"gallery/pictures.py": ["GlobalColor"], "delegates/changes_delegate.py": ["GlobalColor"]}


@pytest.mark.parametrize(
    "code",
    ['QColor("red")', "QColor(1, 2, 3)", '"#ff0000"', '"color: rgba(255, 0, 0, 9)"', "Qt.GlobalColor.red"],
)
def test_a_named_colour_is_found(code):
    assert colour_names(code)


def test_the_pixel_of_a_token_is_no_named_colour():
    assert colour_names("look.colour(Token.REMOVED).rgba()") == []


def test_decoration_is_never_ink_for_words():
    painting_words = re.compile(r"(draw_line|Text|set_words|Run)\([^)]*Token\.FAINT")
    assert not [f for f in DESKTOP.rglob("*.py") if painting_words.search(f.read_text(encoding="utf-8"))]


def test_the_style_sheet_uses_tokens_that_exist():
    template = find_assets().text("theme/base.qss")
    theme = read_themes(find_assets())[ThemeName.DARK]
    assert "$" not in theme.stylesheet(template)
    assert not colour_names(template)


def test_the_shipped_fonts_are_the_ones_that_are_painted(look):
    from PySide6.QtGui import QFontInfo  # noqa: PLC0415  # needs the application

    families = {QFontInfo(look.font(role)).family() for role in FontRole}
    assert families == {"Inter", "JetBrains Mono"}


def test_every_font_and_icon_comes_with_its_licence():
    root = find_assets().root
    licences = {path.name for path in (root / "fonts").glob("*.txt")}
    assert licences == {"Inter-OFL.txt", "JetBrainsMono-OFL.txt"}
    assert (root / "icons" / "LICENSE").is_file()


def test_every_icon_that_is_used_is_shipped_and_every_shipped_one_is_used():
    shipped = {path.stem for path in (find_assets().root / "icons").glob("*.svg")}
    texts = "".join(path.read_text(encoding="utf-8") for path in (DESKTOP / "views").rglob("*.py"))
    texts += (DESKTOP / "painting.py").read_text(encoding="utf-8")
    assert {name for name in shipped if f'"{name}"' not in texts} == set()


def test_a_chosen_theme_is_kept_and_the_window_follows(shows):
    window = shows()
    changes = []
    look = window._look
    look.changed.connect(lambda: changes.append(look.theme.name))
    look.choose(ThemeName.DARK)
    look.choose(ThemeName.DARK)
    assert changes == [ThemeName.DARK]
    assert window.palette().window().color() == look.colour(Token.CANVAS)
    assert look.next_choice() is ThemeName.CONTRAST
