"""Paints a track: many spans as one image, few as bars with their names. Interprets nothing of them."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from lineclear.desktop.painting import draw_line, fill_rounded, stroke_rounded
from lineclear.desktop.plotting.axis import axis_of
from lineclear.desktop.plotting.geometry import AXIS, Geometry
from lineclear.desktop.plotting.mipmap import Frame
from lineclear.desktop.plotting.track import KINDS, Track
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.jobs.plot_kinds import KIND_INKS, KIND_TOKENS, hatch
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import SpanKind

_FEW: Final = 260
"""So many spans in sight are painted one by one, with round corners; more as one image."""
_STEPS: Final = 8
"""Degrees of colour by how much of a pixel's time is covered; the least is still seen."""
_FAINTEST: Final = 0.3
_SMALLEST: Final = {True: 6.0, False: 3.0}
"""Pixels of the shortest span: in a row of its own, among others in a lane."""
_NAMED_FROM: Final = 44
_MOST_NAMED: Final = 120
_TICK_ROOM: Final = 96
_HATCH: Final = 8
_WAITING: Final = KINDS.index(SpanKind.WAITING) + 1


class PlotPainter:
    """For the GUI thread. Keeps the colours of one theme until `forget`."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._table: np.ndarray[tuple[int, int], np.dtype[np.uint32]] | None = None

    def forget(self) -> None:
        """After a change of theme."""
        self._table = None

    def paint(
        self, painter: QPainter, track: Track, room: Geometry, chosen: int | None, marked: frozenset[str]
    ) -> None:
        """Axis, bars, the chosen one and those that are marked."""
        self._paint_axis(painter, room)
        painter.save()
        painter.setClipRect(QRectF(room.left, AXIS, room.width, room.height - AXIS))
        few = self._few(track, room)
        if few is None:
            self._paint_image(painter, track, room)
        else:
            for at in few:
                self._paint_bar(painter, track, room, at)
        if not track.has_rows:
            self._paint_names(painter, track, room)
        for name in marked & track.places.keys():
            self._ring(painter, room, self._box(track, room, track.places[name]), Token.CAUTION, 2)
        if chosen is not None:
            self._ring(painter, room, self._box(track, room, chosen), Token.TEXT, 2)
        painter.restore()

    # -- one by one -------------------------------------------------------------------------------

    def _few(self, track: Track, room: Geometry) -> list[int] | None:
        """The spans in sight; None where they are many."""
        level, last, found = track.mipmap.levels[0], room.sight.last, list[int]()
        for lane in room.lanes:
            within = level.within(lane, room.sight.first, last)
            if len(found) + len(within) > _FEW:
                return None
            found.extend(within)
        return found

    def _box(self, track: Track, room: Geometry, at: int) -> QRectF:
        """Where a span's bar is, cut to a little more than what is in sight."""
        left = max(room.x(float(track.starts[at])), room.left - 20.0)
        right = min(room.x(float(track.ends[at])), room.left + room.width + 20.0)
        return QRectF(
            left, room.top(int(track.lanes[at])), max(right - left, _SMALLEST[room.has_rows]), room.bar
        )

    def _paint_bar(self, painter: QPainter, track: Track, room: Geometry, at: int) -> None:
        box, kind = self._box(track, room, at), KINDS[int(track.kinds[at])]
        fill_rounded(painter, box, self._look.colour(KIND_TOKENS[kind]), 3)
        if kind is SpanKind.WAITING:
            hatch(painter, self._look, box)
        if track.spans[at].error:
            under = QRectF(box.left(), box.bottom() - 3, max(box.width(), 6), 3)
            painter.fillRect(under, self._look.colour(Token.REMOVED))

    def _ring(self, painter: QPainter, room: Geometry, box: QRectF, token: Token, width: float) -> None:
        if box.right() >= room.left and box.left() <= room.left + room.width:
            stroke_rounded(painter, box.adjusted(-3, -3, 3, 3), self._look.colour(token), 5, width)

    def _paint_names(self, painter: QPainter, track: Track, room: Geometry) -> None:
        """Names in bars that have room for them, the widest lanes first come first named."""
        level = track.mipmap.level(room.per_pixel * _NAMED_FROM)
        named = 0
        for lane in room.lanes:
            for at in level.within(lane, room.sight.first, room.sight.last):
                if level.ends[at] - level.starts[at] < room.per_pixel * _NAMED_FROM:
                    continue
                middle = (float(level.starts[at]), float(level.ends[at]))
                span = track.hit(lane, *middle)
                if span is None or track.ends[span] - track.starts[span] < room.per_pixel * _NAMED_FROM:
                    continue
                self._paint_name(painter, track, room, span)
                named += 1
                if named >= _MOST_NAMED:
                    return

    def _paint_name(self, painter: QPainter, track: Track, room: Geometry, at: int) -> None:
        box = self._box(track, room, at)
        left = max(box.left(), float(room.left)) + 5
        place = QRectF(left, box.top(), min(box.right(), room.left + room.width) - left - 4, box.height())
        if place.width() > _NAMED_FROM / 2:
            ink = KIND_INKS[KINDS[int(track.kinds[at])]]
            draw_line(painter, self._look, place, paintable(track.spans[at].name).text, FontRole.BADGE, ink)

    # -- many -------------------------------------------------------------------------------------

    def _paint_image(self, painter: QPainter, track: Track, room: Geometry) -> None:
        ratio = max(painter.deviceTransform().m11(), 1.0)
        width = round(room.width * ratio)
        frame = track.mipmap.frame(room.lanes, room.sight.first, room.sight.length / width, width)
        image = self._image(frame, max(round(room.bar * ratio), 4))
        high = image.height() / max(len(room.lanes), 1)
        for number, lane in enumerate(room.lanes):
            place = QRectF(room.left, room.top(lane), room.width, room.bar)
            painter.drawImage(place, image, QRectF(0, number * high, width, high))

    def _image(self, frame: Frame, high: int) -> QImage:
        """All lanes below one another, each `high` pixels; waits hatched, errors along the foot."""
        lanes, width = frame.kinds.shape
        steps = np.ceil(frame.strength * (_STEPS - 1)).astype(np.uint8)
        colours = self._colours()
        plain = colours[frame.kinds, steps]
        pixels = np.empty((lanes, high, width), np.uint32)
        pixels[:] = plain[:, None, :]
        is_waiting = frame.kinds == _WAITING
        if is_waiting.any():
            slant = (np.arange(high)[:, None] + np.arange(width)[None, :]) % _HATCH < _HATCH // 3
            striped = is_waiting[:, None, :] & slant[None, :, :]
            pixels[striped] = self._look.colour(Token.CONTROL).rgba()
        if frame.flaws.any():
            foot = pixels[:, -max(high // 4, 2) :, :]
            flaw = np.uint32(self._look.colour(Token.REMOVED).rgba())
            np.copyto(foot, flaw, where=frame.flaws[:, None, :])
        data = pixels.reshape(lanes * high, width)
        image = QImage(data.data, width, lanes * high, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
        return image.copy()

    def _colours(self) -> np.ndarray[tuple[int, int], np.dtype[np.uint32]]:
        """By kind and degree; nothing is the empty colour."""
        if self._table is None:
            table = np.zeros((len(KINDS) + 1, _STEPS), np.uint32)
            ground = self._look.colour(Token.SURFACE)
            for number, kind in enumerate(KINDS, 1):
                full = self._look.colour(KIND_TOKENS[kind])
                for step in range(_STEPS):
                    share = _FAINTEST + (1 - _FAINTEST) * step / (_STEPS - 1)
                    table[number, step] = _mixed(ground, full, share).rgba()
            self._table = table
        return self._table

    # -- around -----------------------------------------------------------------------------------

    def _paint_axis(self, painter: QPainter, room: Geometry) -> None:
        line, sight = self._look.colour(Token.LINE), room.sight
        axis = axis_of(sight.first, sight.last, max(room.width // _TICK_ROOM, 1))
        if axis.base:
            place = QRectF(room.left, 0, room.width, AXIS / 2)
            draw_line(painter, self._look, place, axis.base, FontRole.SMALL, Token.MUTED)
        top = AXIS / 2 if axis.base else 0
        for time, label in axis.ticks:
            x = room.x(time)
            painter.fillRect(QRectF(x, AXIS - 8, 1, room.height - AXIS + 8), line)
            place = QRectF(x + 4, top, min(_TICK_ROOM, room.left + room.width - x), AXIS - top)
            draw_line(painter, self._look, place, label, FontRole.SMALL, Token.MUTED)
        painter.fillRect(QRectF(0, AXIS - 1, room.left + room.width, 1), line)


def _mixed(ground: QColor, full: QColor, share: float) -> QColor:
    """Opaque, between the ground and a colour."""
    parts = ((ground.red(), full.red()), (ground.green(), full.green()), (ground.blue(), full.blue()))
    red, green, blue = (round(low + (high - low) * share) for low, high in parts)
    return QColor(red, green, blue)
