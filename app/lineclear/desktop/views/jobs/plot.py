"""The timeline that one can move in: keys, wheel, drag, choosing and tool tips. `plot_painter` paints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, override

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QWidget

from lineclear.application.reading.formats import counted
from lineclear.desktop.painting import advance, draw_line, stroke_rounded
from lineclear.desktop.plotting.geometry import AXIS, Geometry
from lineclear.desktop.plotting.sight import Sight
from lineclear.desktop.presenters.jobs.span_sheets import span_tip, took_text
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.kit import show_tip
from lineclear.domain.text import paintable
from lineclear.domain.wording import say

if TYPE_CHECKING:
    from lineclear.desktop.plotting.track import Track
    from lineclear.desktop.views.jobs.plot_painter import PlotPainter

_IN, _OUT = 0.7, 1 / 0.7
_NOTCH: Final = 120
_PAN: Final = 0.15
_NEAR: Final = 3
"""Pixels beside a bar in which it still counts as meant."""
_INDENT: Final = 12
_LABELS: Final = (0.2, 240)
_EDGE: Final = 15
_TOOK: Final = 78
"""Beside the bars, for how long each took."""


class Plot(QAbstractScrollArea):
    """Shows a `Track`. numpy comes with it, so that nobody pays for it who looks at no timeline."""

    chosen = Signal(str)
    """Id of a span that a person chose."""
    sighted = Signal(object)
    """The `Sight`, after a person moved it."""
    focused = Signal(bool)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._track: Track | None = None
        self._painter: PlotPainter | None = None
        self._sight = Sight.of(1)
        self._chosen: int | None = None
        self._marked: frozenset[str] = frozenset()
        self._dragged: QPointF | None = None
        self._has_moved = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.viewport().setMouseTracking(True)
        look.changed.connect(self._repaint_anew)

    # -- what is shown ----------------------------------------------------------------------------

    @property
    def sight(self) -> Sight:
        """Which stretch of time is in sight."""
        return self._sight

    def display(self, track: Track | None, marked: frozenset[str] = frozenset()) -> None:
        """Show a track; where it only grew, place and choice stay. Spans whose ids are `marked` stand out."""
        kept = None if self._track is None or self._chosen is None else self._track.spans[self._chosen].id
        is_new = track is None or self._track is None or track.begin != self._track.begin
        self._track, self._marked = track, marked
        self._chosen = None
        if track is not None:
            from lineclear.desktop.views.jobs.plot_painter import PlotPainter  # noqa: PLC0415  # numpy, on first use

            self._painter = self._painter or PlotPainter(self._look)
            self._sight = Sight.of(track.extent) if is_new else self._sight.grown(track.extent)
            self._chosen = track.places.get(kept) if kept is not None else None
        self._tell()
        self._fit_bar()
        self.updateGeometry()
        self.viewport().update()

    def set_sight(self, sight: Sight) -> None:
        """Show another stretch, without a signal."""
        self._sight = sight
        self.viewport().update()

    def choose(self, span: str) -> bool:
        """Choose a span and bring it into sight, without a signal; False where there is no such span."""
        at = self._track.places.get(span) if self._track is not None else None
        if at is None:
            return False
        self._choose(at, tells=False)
        return True

    def run_command(self, command_id: str) -> None:
        """Carry out a command of the timeline."""
        sight = self._sight
        moves = {
            "timeline.closer": lambda: sight.zoom(_IN, self._middle()),
            "timeline.further": lambda: sight.zoom(_OUT, self._middle()),
            "timeline.earlier": lambda: sight.pan(-_PAN),
            "timeline.later": lambda: sight.pan(_PAN),
            "timeline.start": sight.home,
            "timeline.end": sight.end,
            "timeline.fit": sight.fit,
        }
        steps = {"timeline.next_step": 1, "timeline.previous_step": -1}
        lanes = {"timeline.lane_down": 1, "timeline.lane_up": -1}
        if command_id in moves:
            self._move(moves[command_id]())
        elif command_id in steps:
            self._step(steps[command_id])
        elif command_id in lanes:
            self._change_lane(lanes[command_id])

    # -- Qt ---------------------------------------------------------------------------------------

    @override
    def sizeHint(self) -> QSize:
        room = self._room()
        return QSize(480, min(room.whole_height, 420) if room is not None else 120)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(240, AXIS + 80)

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        painter = QPainter(self.viewport())
        # Time runs to the right in every language, and "500 ms" is not turned into "ms 500" in it.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        painter.fillRect(self.viewport().rect(), self._look.colour(Token.SURFACE))
        room = self._room()
        if self._track is not None and self._painter is not None and room is not None:
            self._painter.paint(painter, self._track, room, self._chosen, self._marked)
            if self._track.has_rows:
                self._paint_labels(painter, self._track, room)
        if self.hasFocus():
            ring = QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1)
            stroke_rounded(painter, ring, self._look.colour(Token.ACCENT), 4, 2)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._fit_bar()

    @override
    def wheelEvent(self, event: QWheelEvent, /) -> None:
        room, turned = self._room(), event.angleDelta()
        if room is None:
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or abs(turned.x()) > abs(turned.y()):
            self._move(self._sight.pan(-(turned.x() or turned.y()) / _NOTCH * _PAN))
        else:
            at = (event.position().x() - room.left) / max(room.width, 1)
            self._move(self._sight.zoom(_IN ** (turned.y() / _NOTCH), min(max(at, 0), 1)))
        event.accept()

    @override
    def mousePressEvent(self, event: QMouseEvent, /) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged, self._has_moved = event.position(), False

    @override
    def mouseMoveEvent(self, event: QMouseEvent, /) -> None:
        room = self._room()
        if self._dragged is None or room is None:
            return
        moved = event.position() - self._dragged
        if not self._has_moved and moved.manhattanLength() < _NEAR + 1:
            return
        self._has_moved, self._dragged = True, event.position()
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() - round(moved.y()))
        self._move(self._sight.pan(-moved.x() / max(room.width, 1)))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent, /) -> None:
        was_press = self._dragged is not None and not self._has_moved
        self._dragged = None
        at = self.span_at(event.position().toPoint()) if was_press else None
        if at is not None:
            self._choose(at)

    @override
    def viewportEvent(self, event: QEvent, /) -> bool:
        if isinstance(event, QHelpEvent):
            at = self.span_at(event.pos())
            tip = span_tip(self._track.spans[at]) if at is not None and self._track is not None else ""
            show_tip(event, tip, self)
            return True
        return super().viewportEvent(event)

    @override
    def focusInEvent(self, event: QFocusEvent, /) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)  # noqa: FBT003  # a signal's argument
        self.viewport().update()

    @override
    def focusOutEvent(self, event: QFocusEvent, /) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)  # noqa: FBT003  # a signal's argument
        self.viewport().update()

    # -- inside -----------------------------------------------------------------------------------

    def span_at(self, point: QPoint) -> int | None:
        """The place of the span under a point; in a row of its own also beside its bar."""
        room, track = self._room(), self._track
        lane = room.lane(point.y()) if room is not None else None
        if room is None or track is None or lane is None:
            return None
        if track.has_rows:
            return lane
        slack = room.per_pixel * _NEAR
        return track.hit(lane, room.time(point.x()) - slack, room.time(point.x()) + slack)

    @property
    def whole_height(self) -> int:
        """How high all its lanes are together, with the axis above them."""
        room = self._room()
        return room.whole_height if room is not None else 0

    def _room(self) -> Geometry | None:
        if self._track is None:
            return None
        share, most = _LABELS
        width = self.viewport().width()
        left = max(110, round(min(width * share, most))) if self._track.has_rows else _EDGE
        return Geometry(
            left,
            max(width - left - (_TOOK if self._track.has_rows else _EDGE), 1),
            self.viewport().height(),
            self.verticalScrollBar().value(),
            self._track.has_rows,
            self._track.lane_count,
            self._sight,
        )

    def _paint_labels(self, painter: QPainter, track: Track, room: Geometry) -> None:
        painter.setClipRect(QRectF(0, AXIS, self.viewport().width(), room.height - AXIS))
        for lane in room.lanes:
            indent = _EDGE + min(int(track.depths[lane]) * _INDENT, room.left // 3)
            box = QRectF(indent, AXIS + lane * room.pitch - room.scroll, room.left - indent - 10, room.pitch)
            span = track.spans[lane]
            if span.error:
                draw_line(painter, self._look, box, "!", FontRole.SMALL_STRONG, Token.REMOVED)
                box.setLeft(box.left() + advance(self._look, FontRole.SMALL_STRONG, "! "))
            ink = Token.TEXT if lane == self._chosen else Token.MUTED
            draw_line(painter, self._look, box, paintable(span.name).text, FontRole.SMALL, ink)
            right = room.left + room.width + 11
            box = QRectF(right, box.top(), self.viewport().width() - right - 4, room.pitch)
            draw_line(painter, self._look, box, took_text(span), FontRole.SMALL, ink)
        painter.setClipping(False)

    def _middle(self) -> float:
        """Where zooming by keys holds still: at the chosen span if it is in sight, else the middle."""
        if self._track is None or self._chosen is None:
            return 0.5
        center = float(self._track.starts[self._chosen] + self._track.ends[self._chosen]) / 2
        at = (center - self._sight.first) / self._sight.length
        return at if 0 <= at <= 1 else 0.5

    def _move(self, sight: Sight) -> None:
        if self._track is not None and sight != self._sight:
            self._sight = sight
            self.viewport().update()
            self.sighted.emit(sight)

    def _step(self, by: int) -> None:
        if self._track is not None:
            last = len(self._track.spans) - 1
            self._choose(0 if self._chosen is None else min(max(self._chosen + by, 0), last))

    def _change_lane(self, by: int) -> None:
        if self._track is not None:
            self._choose(0 if self._chosen is None else self._track.beside(self._chosen, lanes=by))

    def _choose(self, at: int, *, tells: bool = True) -> None:
        track = self._track
        if track is None:
            return
        self._chosen = at
        self._sight = self._sight.show(float(track.starts[at]), float(track.ends[at]))
        room = self._room()
        if room is not None:
            top, bar = int(track.lanes[at]) * room.pitch, self.verticalScrollBar()
            if not bar.value() <= top <= bar.value() + room.height - AXIS - room.pitch:
                bar.setValue(top - (room.height - AXIS) // 2)
        self._tell()
        self.viewport().update()
        if tells:
            self.chosen.emit(track.spans[at].id)
            self.sighted.emit(self._sight)

    def _tell(self) -> None:
        """For a screen reader: how much there is, and what is chosen. The list beside it holds every span."""
        track = self._track
        count = counted(len(track.spans), "step") if track is not None else "0"
        self.setAccessibleName(say("Timeline, {count}; the list of steps holds the same", count=count))
        told = span_tip(track.spans[self._chosen]) if track is not None and self._chosen is not None else ""
        self.setAccessibleDescription(told)

    def _fit_bar(self) -> None:
        room = self._room()
        hidden = max(0, room.whole_height - self.viewport().height()) if room is not None else 0
        self.verticalScrollBar().setRange(0, hidden)
        self.verticalScrollBar().setPageStep(self.viewport().height())
        self.verticalScrollBar().setSingleStep(20)

    def _repaint_anew(self) -> None:
        if self._painter is not None:
            self._painter.forget()
        self.viewport().update()
