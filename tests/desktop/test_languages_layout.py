"""German is longer than English, and other languages begin at the right: nothing is clipped in either."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from lineclear.desktop.assets import find_assets
from lineclear.desktop.gallery.pictures import SCENES
from lineclear.desktop.languages import MIRRORED, Language, speak
from lineclear.desktop.painting import Laid, Run, draw_line, mirror
from lineclear.desktop.theme import FontRole, Look, ThemeName, Token
from support.scenes import faults_by_scene


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("language", [Language.GERMAN, MIRRORED])
def test_nothing_is_clipped_in_the_smallest_window(language: str, scale: int):
    assert faults_by_scene(language, scale) == {name: {} for name in SCENES}


@pytest.fixture
def from_right(fusion: QApplication):
    speak(MIRRORED, find_assets(), fusion)
    yield
    speak(Language.ENGLISH, find_assets(), fusion)


def painted(paint, *, is_turned: bool) -> QImage:
    image = QImage(200, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    if is_turned:
        mirror(painter, QRectF(0, 0, 200, 40))
    paint(painter)
    painter.end()
    return image


def inked(image: QImage) -> tuple[int, int]:
    """The first and the last column that is not blank."""
    blank = QColor("white").rgb()
    columns = [
        x for x in range(image.width()) if any(image.pixel(x, y) != blank for y in range(image.height()))
    ]
    return columns[0], columns[-1]


def test_a_line_begins_where_the_language_begins_and_still_reads(fusion: QApplication, from_right: None):
    look = Look(find_assets(), ThemeName.LIGHT)

    def line(painter: QPainter) -> None:
        draw_line(painter, look, QRectF(10, 0, 180, 40), "Edge", FontRole.BODY, Token.TEXT)

    straight, turned = painted(line, is_turned=False), painted(line, is_turned=True)
    first, last = inked(straight)
    begins, ends = inked(turned)
    assert first < 20
    assert ends > 180
    wide = last - first + 1
    assert straight.copy(first, 0, wide, 40) == turned.copy(begins, 0, wide, 40)


def test_laid_out_words_end_at_the_right_and_code_stays_at_the_left(fusion: QApplication, from_right: None):
    look = Look(find_assets(), ThemeName.LIGHT)
    words = Laid(look, (Run("Edge"),), FontRole.BODY, 180)
    code = Laid(look, (Run("Edge"),), FontRole.MONO, 180, is_code=True)
    at = QPointF(10, 0)
    turned = painted(lambda painter: words.draw(painter, at, Token.TEXT), is_turned=True)
    straight = painted(lambda painter: code.draw(painter, at, Token.TEXT), is_turned=False)
    assert inked(turned)[1] > 180
    assert inked(straight)[0] < 20


def test_the_window_is_turned_as_a_whole(shows, fusion: QApplication, from_right: None):
    window = shows()
    assert window.layoutDirection() is Qt.LayoutDirection.RightToLeft
    queue, side = window.review.queue, window.review.action
    assert queue.mapTo(window, queue.rect().center()).x() > side.mapTo(window, side.rect().center()).x()
