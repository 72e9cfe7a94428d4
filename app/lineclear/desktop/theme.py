"""Colours, fonts and icons by what they mean. The one module that turns a token into a colour."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from string import Template
from typing import Final

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QPainter,
    QPalette,
    QPixmap,
    QStyleHints,
)
from PySide6.QtSvg import QSvgRenderer

from lineclear.desktop.assets import Assets
from lineclear.desktop.presenters.changes.code_parts import Part
from lineclear.desktop.presenters.sheets import Tone


class Token(StrEnum):
    """A colour by its meaning; the values live in `resources/theme/tokens.json`."""

    CANVAS = "canvas"
    SURFACE = "surface"
    RAISED = "raised"
    HOVER = "hover"
    LINE = "line"
    TRACK = "track"
    """What is left of a meter, and the ground of a switch that is off."""
    CONTROL = "control"
    SCRIM = "scrim"
    TEXT = "text"
    MUTED = "muted"
    FAINT = "faint"
    ACCENT = "accent"
    ACCENT_SOFT = "accent_soft"
    ON_ACCENT = "on_accent"
    ADDED = "added"
    ADDED_SOFT = "added_soft"
    ON_ADDED = "on_added"
    CAUTION = "caution"
    CAUTION_SOFT = "caution_soft"
    ON_CAUTION = "on_caution"
    REMOVED = "removed"
    REMOVED_SOFT = "removed_soft"
    ON_REMOVED = "on_removed"
    ADDED_MARK = "added_mark"
    REMOVED_MARK = "removed_mark"
    CODE_KEYWORD = "code_keyword"
    CODE_STRING = "code_string"
    CODE_COMMENT = "code_comment"
    CODE_NUMBER = "code_number"
    CODE_NAME = "code_name"


INKS: Final = {
    Tone.NEUTRAL: Token.MUTED,
    Tone.ACCENT: Token.ACCENT,
    Tone.OK: Token.ADDED,
    Tone.CAUTION: Token.CAUTION,
    Tone.STOP: Token.REMOVED,
}
"""The ink in which a tone's words and signs are painted."""

GROUNDS: Final = {
    Tone.NEUTRAL: Token.RAISED,
    Tone.ACCENT: Token.ACCENT_SOFT,
    Tone.OK: Token.ADDED_SOFT,
    Tone.CAUTION: Token.CAUTION_SOFT,
    Tone.STOP: Token.REMOVED_SOFT,
}
"""What lies behind a chip or a banner of that tone."""

FILLS: Final = {
    Tone.ACCENT: (Token.ACCENT, Token.ON_ACCENT),
    Tone.OK: (Token.ADDED, Token.ON_ADDED),
    Tone.CAUTION: (Token.CAUTION, Token.ON_CAUTION),
    Tone.STOP: (Token.REMOVED, Token.ON_REMOVED),
}
"""A filled control's ground and the ink on it."""

CODE_INKS: Final = {
    Part.KEYWORD: Token.CODE_KEYWORD,
    Part.STRING: Token.CODE_STRING,
    Part.COMMENT: Token.CODE_COMMENT,
    Part.NUMBER: Token.CODE_NUMBER,
    Part.NAME: Token.CODE_NAME,
}
"""The ink of a piece of code; what has none is painted as text. Changed words inside a line always are."""

PLAIN_GROUNDS: Final = (Token.CANVAS, Token.SURFACE, Token.RAISED, Token.HOVER, Token.ACCENT_SOFT)


def text_pairs() -> frozenset[tuple[Token, Token]]:
    """Return every (ink, ground) in which words may be painted; each must meet WCAG 2.2 AA, 4.5 to 1."""
    everywhere = {(ink, ground) for ink in (Token.TEXT, Token.MUTED) for ground in PLAIN_GROUNDS}
    toned = {(ink, ground) for ink in INKS.values() for ground in (Token.CANVAS, Token.SURFACE, Token.RAISED)}
    soft = {(ink, GROUNDS[tone]) for tone, ink in INKS.items()}
    on_soft = {(Token.TEXT, ground) for ground in GROUNDS.values()}
    filled = {(ink, ground) for ground, ink in FILLS.values()}
    code_grounds = (Token.SURFACE, Token.ADDED_SOFT, Token.REMOVED_SOFT, Token.CAUTION_SOFT)
    code = {(ink, ground) for ink in (*CODE_INKS.values(), Token.MUTED) for ground in code_grounds}
    marked = {(Token.TEXT, ground) for ground in (Token.ADDED_MARK, Token.REMOVED_MARK)}
    return frozenset(everywhere | toned | soft | on_soft | filled | code | marked)


class ThemeName(StrEnum):
    """The looks that ship."""

    LIGHT = "light"
    DARK = "dark"
    CONTRAST = "contrast"


class Density(StrEnum):
    """How much room a row takes."""

    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class FontRole(StrEnum):
    """A piece of text by its part on the page."""

    TITLE = "title"
    HEADING = "heading"
    STRONG = "strong"
    BODY = "body"
    SMALL = "small"
    SMALL_STRONG = "small_strong"
    BADGE = "badge"
    MONO = "mono"
    KEY = "key"


_INTER: Final = "Inter"
_MONO: Final = "JetBrains Mono"
_FONTS: Final = {
    FontRole.TITLE: (_INTER, 19, QFont.Weight.DemiBold),
    FontRole.HEADING: (_INTER, 13, QFont.Weight.DemiBold),
    FontRole.STRONG: (_INTER, 13, QFont.Weight.Medium),
    FontRole.BODY: (_INTER, 13, QFont.Weight.Normal),
    FontRole.SMALL: (_INTER, 12, QFont.Weight.Normal),
    FontRole.SMALL_STRONG: (_INTER, 12, QFont.Weight.Medium),
    FontRole.BADGE: (_INTER, 11, QFont.Weight.Medium),
    FontRole.MONO: (_MONO, 12, QFont.Weight.Normal),
    FontRole.KEY: (_MONO, 11, QFont.Weight.Normal),
}
_PROSE: Final = frozenset({FontRole.TITLE, FontRole.HEADING, FontRole.STRONG})
"""Headings: their figures stand in sentences, not in columns."""
_LEADING: Final = {FontRole.TITLE: 26, FontRole.SMALL: 17, FontRole.SMALL_STRONG: 17, FontRole.BADGE: 15}
_BODY_LEADING: Final = 19
_COMPACT: Final = 0.79
"""Two lines of 19 pixels in a row of 44, one in a row of 30."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One set of colours. A token that the file lacks raises `KeyError` when the theme is read."""

    name: ThemeName
    colours: dict[Token, QColor]

    def colour(self, token: Token) -> QColor:
        """Return a colour by its meaning."""
        return self.colours[token]

    def palette(self) -> QPalette:
        """Return the palette for what Qt draws itself."""
        palette = QPalette()
        roles = QPalette.ColorRole
        for role, token in (
            (roles.Window, Token.CANVAS),
            (roles.Base, Token.SURFACE),
            (roles.AlternateBase, Token.RAISED),
            (roles.Button, Token.RAISED),
            (roles.ToolTipBase, Token.RAISED),
            (roles.WindowText, Token.TEXT),
            (roles.Text, Token.TEXT),
            (roles.ButtonText, Token.TEXT),
            (roles.ToolTipText, Token.TEXT),
            (roles.PlaceholderText, Token.MUTED),
            (roles.Highlight, Token.ACCENT),
            (roles.HighlightedText, Token.ON_ACCENT),
            (roles.Mid, Token.LINE),
        ):
            palette.setColor(role, self.colour(token))
        return palette

    def stylesheet(self, template: str) -> str:
        """Fill the base stylesheet; a token that does not exist raises `KeyError`."""
        return Template(template).substitute({token.value: c.name() for token, c in self.colours.items()})


def read_themes(assets: Assets) -> dict[ThemeName, Theme]:
    """Read every shipped theme."""
    stored = json.loads(assets.text("theme/tokens.json"))
    return {name: Theme(name, {t: _colour(stored[name][t]) for t in Token}) for name in ThemeName}


def _colour(stored: str) -> QColor:
    """Read `#rrggbb` or, unlike Qt's own order, `#rrggbbaa`."""
    colour = QColor(stored[:7])
    if len(stored) > len("#rrggbb"):
        colour.setAlpha(int(stored[7:], 16))
    return colour


class Look(QObject):
    """What the window is painted with now: a theme, its fonts and its icons. Lives on the GUI thread.

    With no choice made it follows the system, high contrast before dark.
    """

    changed = Signal()

    def __init__(
        self, assets: Assets, choice: ThemeName | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._assets = assets
        self._themes = read_themes(assets)
        self._template = assets.text("theme/base.qss")
        self._icons: dict[tuple[ThemeName, str, Token, int, float], QPixmap] = {}
        for file in assets.fonts:
            QFontDatabase.addApplicationFont(str(file))
        self._size = 1.0
        self._fonts = _fonts(self._size)
        self._hints = QGuiApplication.styleHints()
        self._choice = choice
        self._density = Density.COMFORTABLE
        self.version = 0
        """Another one whenever anything would be painted otherwise than before."""
        self.theme = self._themes[choice or system_theme(self._hints)]
        self._hints.colorSchemeChanged.connect(self._follow)
        self._hints.accessibility().contrastPreferenceChanged.connect(self._follow)

    @property
    def choice(self) -> ThemeName | None:
        """What the person chose, or None while the system decides."""
        return self._choice

    def choose(self, choice: ThemeName | None) -> None:
        """Take a theme, or None to follow the system."""
        self._choice = choice
        self._follow()

    def set_density(self, density: Density) -> None:
        """Give rows more room or less; who shows rows follows `changed`."""
        if density is not self._density:
            self._density = density
            self._change()

    @property
    def size(self) -> float:
        """How large words are, as a factor of their usual size."""
        return self._size

    def set_size(self, factor: float) -> None:
        """Make words larger or smaller, and what holds them; who lays words out follows `changed`."""
        if factor != self._size:
            self._size, self._fonts = factor, _fonts(factor)
            self._change()

    def px(self, usual: float) -> int:
        """Return a length that holds words, of so many logical pixels at their usual size."""
        return round(usual * self._size)

    def row_height(self, comfortable: int) -> int:
        """Return the height of a row that is so high where there is room, in logical pixels."""
        return self.px(comfortable if self._density is Density.COMFORTABLE else round(comfortable * _COMPACT))

    def next_choice(self) -> ThemeName | None:
        """Return the choice after the present one: system, light, dark, contrast, and around."""
        choices: tuple[ThemeName | None, ...] = (None, *ThemeName)
        return choices[(choices.index(self._choice) + 1) % len(choices)]

    def colour(self, token: Token) -> QColor:
        """Return a colour of the present theme."""
        return self.theme.colours[token]

    def font(self, role: FontRole) -> QFont:
        """Return the font of a part of the page. Figures are tabular but in headings."""
        return self._fonts[role]

    def leading(self, role: FontRole) -> int:
        """Return the distance between two lines of a part of the page, in logical pixels."""
        return self.px(_LEADING.get(role, _BODY_LEADING))

    def stylesheet(self) -> str:
        """Return the style sheet for what Qt draws itself, in the present theme."""
        return self.theme.stylesheet(self._template)

    def icon(self, name: str, token: Token, size: int, ratio: float) -> QPixmap:
        """Return a Lucide icon in a colour; `size` in logical pixels, `ratio` device pixels to each."""
        key = (self.theme.name, name, token, size, ratio)
        if key not in self._icons:
            self._icons[key] = self._draw_icon(name, token, size, ratio)
        return self._icons[key]

    def _draw_icon(self, name: str, token: Token, size: int, ratio: float) -> QPixmap:
        drawing = self._assets.text(f"icons/{name}.svg").replace("currentColor", self.colour(token).name())
        pixmap = QPixmap(round(size * ratio), round(size * ratio))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(pixmap.rect()))
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _follow(self) -> None:
        theme = self._themes[self._choice or system_theme(self._hints)]
        if theme is not self.theme:
            self.theme = theme
            self._change()

    def _change(self) -> None:
        """The version goes on before anybody paints."""
        self.version += 1
        self.changed.emit()


def system_theme(hints: QStyleHints) -> ThemeName:
    """Return the theme that the system asks for."""
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return ThemeName.CONTRAST
    return ThemeName.DARK if hints.colorScheme() == Qt.ColorScheme.Dark else ThemeName.LIGHT


def _fonts(size: float) -> dict[FontRole, QFont]:
    fonts: dict[FontRole, QFont] = {}
    for role, (family, pixels, weight) in _FONTS.items():
        fonts[role] = _font(family, round(pixels * size), weight, is_tabular=role not in _PROSE)
    return fonts


def _font(family: str, pixels: int, weight: QFont.Weight, *, is_tabular: bool) -> QFont:
    font = QFont(family)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    # Both fonts draw `->` as an arrow; two texts must never look the same.
    for feature in ("calt", "liga", "clig"):
        font.setFeature(QFont.Tag(feature), 0)
    if is_tabular:
        font.setFeature(QFont.Tag("tnum"), 1)
    if family == _MONO:
        font.setStyleHint(QFont.StyleHint.Monospace)
    return font
