"""A repaint of the timeline at every zoom, in the real view."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from statistics import quantiles
from time import thread_time

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from lineclear.desktop.assets import find_assets
from lineclear.desktop.plotting.sight import Sight
from lineclear.desktop.plotting.track import Track, track_of
from lineclear.desktop.theme import Look, ThemeName, Token
from lineclear.desktop.views.jobs.plot import Plot
from support.spans import many_spans
from support_benchmarks import AtLeast, AtMost, Ratio

pytestmark = [pytest.mark.bench, pytest.mark.qt_log_ignore("does not support propagateSizeHints")]

type Report = Callable[[Ratio], None]

FRAME = 16.7
SIZE = QSize(1_100, 560)
ZOOMS, PLACES, BLOCKS = range(0, 45, 3), 4, 3


def shown(track: Track) -> Plot:
    plot = Plot(Look(find_assets(), ThemeName.LIGHT))
    plot.resize(SIZE)
    plot.show()
    plot.display(track)
    return plot


def repaint(plot: Plot) -> float:
    """Milliseconds of the painting thread for one whole frame."""
    image = QImage(SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    begun = thread_time()
    plot.viewport().render(image)
    return (thread_time() - begun) * 1e3


def at_every_zoom(plot: Plot, track: Track) -> list[float]:
    """Frames from all of it down to a microsecond, each at several places; of each the best of some."""
    random, whole, times = Random(5), Sight.of(track.extent), []
    for zoom in ZOOMS:
        for _ in range(PLACES):
            plot.set_sight(whole.zoom(0.5**zoom, random.random()))
            times.append(min(repaint(plot) for _ in range(BLOCKS)))
    return times


def p95(times: list[float]) -> float:
    return quantiles(times, n=100, method="inclusive")[94]


def naive(track: Track, look: Look) -> float:
    """Milliseconds for one rectangle to a span, the way that a chart is first drawn."""
    image = QImage(SIZE, QImage.Format.Format_ARGB32_Premultiplied)
    colour, scale = look.colour(Token.ACCENT), SIZE.width() / track.extent
    places = list(zip(track.starts.tolist(), track.ends.tolist(), track.lanes.tolist(), strict=True))
    begun = thread_time()
    painter = QPainter(image)
    for start, end, lane in places:
        painter.fillRect(QRectF(start * scale, lane * 20, max((end - start) * scale, 1), 14), colour)
    painter.end()
    return (thread_time() - begun) * 1e3


def test_a_repaint_of_the_timeline(qapp: QApplication, report_ratio: Report):
    qapp.setStyle("Fusion")
    found: dict[int, list[float]] = {}
    ratio = 0.0
    for count in (10_000, 100_000, 1_000_000):
        track = track_of(many_spans(count))
        plot = shown(track)
        found[count] = at_every_zoom(plot, track)
        if count == 100_000:
            plot.set_sight(Sight.of(track.extent))
            ours = min(repaint(plot) for _ in range(10))
            ratio = min(naive(track, plot._look) for _ in range(5)) / ours
        plot.close()
    many, few = p95(found[1_000_000]), p95(found[10_000])
    what = "the timeline of 1,000,000 spans, a repaint at every zoom"
    report_ratio(Ratio(f"{what}, p95", "absolute", many, AtMost(FRAME), "ms"))
    report_ratio(Ratio(f"{what}, p95", f"10,000 spans, {few:.2f} ms", many / few, AtMost(3)))
    report_ratio(Ratio("all of 100,000 spans", "a rectangle to a span", ratio, AtLeast(25)))
