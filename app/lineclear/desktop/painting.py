"""Plain text laid out and painted with coloured runs. Never interprets markup, links or mnemonics."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, cast

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextLine,
    QTextOption,
)
from PySide6.QtWidgets import QWidget

from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.domain.wording import say

_WIDE: Final = 1 << 20
_LINE_BREAK: Final = "\u2028"
_DIRECTED: Final = frozenset({"chevron-right"})
_LONGEST_TIP: Final = 2_000
_MOST_HEIGHTS: Final = 32


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look. `ground` is a soft box behind it; `ends_line` breaks the line after it."""

    text: str
    role: FontRole | None = None
    ink: Token | None = None
    ground: Token | None = None
    ends_line: bool = False


class Laid:
    """Runs laid out in a width, in logical pixels; long words break anywhere, so nothing is cut off.

    Lines begin where the language begins; those of code at the left in every language.

    With `most_lines` the text ends loudly, with the number of characters that are left. Wherever `marked`
    is found, whatever its case, it stands on a ground of its own.
    """

    def __init__(
        self,
        look: Look,
        runs: Sequence[Run],
        role: FontRole,
        width: float = _WIDE,
        most_lines: int = 0,
        marked: str = "",
        *,
        is_code: bool = False,
    ) -> None:
        self._look = look
        self._role = role
        self._at_right = runs_from_right() and not is_code and width < _WIDE
        self._room = width
        self._leading = look.leading(role)
        self._lay(runs, width)
        if marked:
            self._grounds += [(at, _units(marked), Token.CAUTION_SOFT) for at in _found(runs, marked)]
        self.is_cut = bool(most_lines) and self._layout.lineCount() > most_lines
        if self.is_cut:
            self._cut(runs, width, most_lines)

    @property
    def height(self) -> int:
        return max(self._layout.lineCount(), 1) * self._leading

    @property
    def width(self) -> float:
        """The width of the widest line."""
        lines = (self._layout.lineAt(i) for i in range(self._layout.lineCount()))
        return max((line.naturalTextWidth() for line in lines), default=0.0)

    @property
    def end(self) -> QPointF:
        """Where the last line ends: its right edge and its top."""
        last = self._layout.lineCount() - 1
        if last < 0:
            return QPointF(0, 0)
        return QPointF(self._layout.lineAt(last).naturalTextWidth(), last * self._leading)

    def draw(self, painter: QPainter, at: QPointF, ink: Token) -> None:
        """Paint at the top left corner of the first line."""
        room = self._room if self._room < _WIDE else self.width
        with upright(painter, QRectF(at.x(), at.y(), room, self.height)):
            for start, length, ground in self._grounds:
                self._draw_ground(painter, at, start, length, self._look.colour(ground))
            painter.setPen(self._look.colour(ink))
            self._layout.draw(painter, at)

    def _lay(self, runs: Sequence[Run], width: float) -> None:
        text = "".join(run.text + (_LINE_BREAK if run.ends_line else "") for run in runs)
        self._layout = QTextLayout(text, self._look.font(self._role))
        self._layout.setCacheEnabled(True)  # shaped once, not again at each drawing
        option = QTextOption()
        if self._at_right:
            option.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._layout.setTextOption(option)
        self._format(runs)
        self._layout.beginLayout()
        y = 0.0
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(max(width, 1))
            line.setPosition(QPointF(0, y + (self._leading - line.height()) / 2))
            y += self._leading
        self._layout.endLayout()

    def _format(self, runs: Sequence[Run]) -> None:
        formats: list[QTextLayout.FormatRange] = []
        self._grounds: list[tuple[int, int, Token]] = []
        start = 0
        for run in runs:
            length = _units(run.text)
            if run.ground is not None:
                self._grounds.append((start, length, run.ground))
            if run.ink is not None or run.role is not None:
                formats.append(self._format_range(run, start, length))
            start += length + run.ends_line
        self._layout.setFormats(formats)

    def _format_range(self, run: Run, start: int, length: int) -> QTextLayout.FormatRange:
        look = QTextCharFormat()
        if run.ink is not None:
            look.setForeground(self._look.colour(run.ink))
        if run.role is not None:
            look.setFont(self._look.font(run.role))
        made = QTextLayout.FormatRange()
        made.start, made.length, made.format = start, length, look
        return made

    def _cut(self, runs: Sequence[Run], width: float, most_lines: int) -> None:
        """Shorten until the words fit together with the count of what is left out."""
        whole = "".join(run.text for run in runs)
        shown = self._layout.lineAt(most_lines - 1)
        keep = min(shown.textStart() + shown.textLength(), len(whole))
        while True:
            more = say("… {count:,} more", count=len(whole) - keep)
            self._lay([Run(f"{whole[:keep].rstrip()}{more}")], width)
            if self._layout.lineCount() <= most_lines or keep == 0:
                return
            keep = max(keep - 4, 0)

    def _draw_ground(self, painter: QPainter, at: QPointF, start: int, length: int, colour: QColor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in range(self._layout.lineCount()):
            line = self._layout.lineAt(number)
            first = max(start, line.textStart())
            last = min(start + length, line.textStart() + line.textLength())
            if first < last:
                left, right = sorted((_x(line, first), _x(line, last)))
                top = at.y() + number * self._leading + 1
                box = QRectF(at.x() + left - 3, top, right - left + 6, self._leading - 2)
                fill_rounded(painter, box, colour, 3)


class LaidAt:
    """A text laid out as layouts ask for it: for a few widths in turn, again and again.

    What was laid out last is kept, and how high it was at each width, until `forget`.
    """

    def __init__(self) -> None:
        self._last: tuple[int, Laid] | None = None
        self._heights: dict[int, int] = {}

    def at(self, width: int, lay: Callable[[int], Laid]) -> Laid:
        if self._last is None or self._last[0] != width:
            self._last = (width, lay(width))
        return self._last[1]

    def height(self, width: int, lay: Callable[[int], Laid]) -> int:
        if width not in self._heights:
            if len(self._heights) == _MOST_HEIGHTS:  # somebody drags the window's edge
                self._heights.clear()
            self._heights[width] = self.at(width, lay).height
        return self._heights[width]

    def forget(self) -> None:
        """The words are others."""
        self._last = None
        self._heights.clear()


def _found(runs: Sequence[Run], marked: str) -> Iterator[int]:
    """Where a text is found, in UTF-16 units."""
    text = "".join(run.text + (_LINE_BREAK if run.ends_line else "") for run in runs)
    at = text.lower().find(marked.lower())
    while at >= 0 and len(text.lower()) == len(text):  # a letter that grows when it is lowered has no place
        yield _units(text[:at])
        at = text.lower().find(marked.lower(), at + len(marked))


def _units(text: str) -> int:
    """Return the length in UTF-16 units, in which Qt counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _x(line: QTextLine, position: int) -> float:
    found: object = line.cursorToX(position)
    # The binding returns the position with the cursor; its stub knows only one of the two.
    return float(found[0] if isinstance(found, tuple) else cast("float", found))


def runs_from_right() -> bool:
    """Whether the language that is spoken begins at the right."""
    return QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft


def mirror(painter: QPainter, box: QRectF) -> None:
    """Turn all that is painted from now on about the middle of a box; words and most signs stay readable.

    So each part is painted once, as if it began at the left, whichever way the language runs.
    """
    painter.translate(box.left() + box.right(), 0)
    painter.scale(-1, 1)


def is_mirrored(painter: QPainter) -> bool:
    """Whether what is painted comes out turned."""
    return painter.worldTransform().m11() < 0


def painter_of(part: QWidget) -> QPainter:
    """Return a painter on a part of the window that is turned where the language begins at the right."""
    painter = QPainter(part)
    if runs_from_right():
        mirror(painter, QRectF(part.rect()))
    return painter


@contextmanager
def turned(painter: QPainter, box: QRectF) -> Iterator[None]:
    """Paint inside a box, turned where the language begins at the right; the painter is as before after."""
    painter.save()
    if runs_from_right():
        mirror(painter, box)
    yield
    painter.restore()


@contextmanager
def upright(painter: QPainter, box: QRectF) -> Iterator[None]:
    """Paint inside a box as it reads, on a painter that may be turned."""
    if not is_mirrored(painter):
        yield
        return
    painter.save()
    mirror(painter, box)
    yield
    painter.restore()


def elide(font: QFont, text: str, width: float) -> str:
    """Return the text as one line that fits, ending in an ellipsis when something was left out."""
    return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


def draw_line(painter: QPainter, look: Look, box: QRectF, text: str, role: FontRole, ink: Token) -> None:
    """Paint one line of plain text, vertically centred, elided at its end."""
    font = look.font(role)
    painter.setFont(font)
    painter.setPen(look.colour(ink))
    metrics = QFontMetricsF(font)
    baseline = round(box.top() + (box.height() - metrics.height()) / 2 + metrics.ascent())
    shown = elide(font, text, box.width())
    if not is_mirrored(painter):
        painter.drawText(QPointF(box.left(), baseline), shown)
        return
    with upright(painter, box):
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.drawText(QPointF(round(box.right() - metrics.horizontalAdvance(shown)), baseline), shown)


def draw_icon_at(painter: QPainter, look: Look, at: QPointF, name: str, token: Token, size: int) -> None:
    """Paint an icon with its top left corner at a point, as sharp as the device below the painter is."""
    ratio = max(abs(painter.deviceTransform().m11()), 1.0)
    icon = look.icon(name, token, size, ratio)
    if name in _DIRECTED or not is_mirrored(painter):
        painter.drawPixmap(at, icon)
        return
    with upright(painter, QRectF(at.x(), at.y(), size, size)):
        painter.drawPixmap(at, icon)


def advance(look: Look, role: FontRole, text: str) -> float:
    """Return the width of one line of text in logical pixels."""
    return QFontMetricsF(look.font(role)).horizontalAdvance(text)


def fill_rounded(painter: QPainter, box: QRectF, colour: QColor, radius: float) -> None:
    """Fill a box with rounded corners."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, radius, radius)


def stroke_rounded(painter: QPainter, box: QRectF, colour: QColor, radius: float, width: float = 1) -> None:
    """Draw a rounded border inside a box, sharp at one pixel."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = width / 2
    painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), radius, radius)


def dash_rounded(painter: QPainter, box: QRectF, colour: QColor, radius: float) -> None:
    """Draw a broken border inside a box: what cannot be pressed is seen without colours too."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, 1)
    pen.setDashPattern([3, 3])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)


def plain_tip(text: str) -> str:
    """Return tool tip markup that shows a text literally; a bare tool tip guesses at rich text."""
    if not text:
        return ""
    shown = text
    if len(text) > _LONGEST_TIP:
        shown = text[:_LONGEST_TIP] + say("… {count:,} more", count=len(text) - _LONGEST_TIP)
    return f"<span>{html.escape(shown).replace(chr(10), '<br>')}</span>"
