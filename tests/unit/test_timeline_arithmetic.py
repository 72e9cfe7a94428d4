"""Lanes, mip-map, zoom and axis of a timeline, against the plain way of doing each."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from lineclear.desktop.plotting.axis import axis_of, elapsed
from lineclear.desktop.plotting.geometry import AXIS, Geometry
from lineclear.desktop.plotting.sight import Sight
from lineclear.desktop.plotting.track import KINDS, MOST_ROWS, track_of
from support.spans import many_spans, span

YEAR = 365 * 86_400e6


def test_few_spans_have_a_row_each_in_the_order_of_their_nesting():
    found = track_of(
        [span("tool", 2, 1, "plan"), span("plan", 0, 4), span("read", 1, 1, "plan"), span("end", 5, 1)]
    )
    assert found.has_rows
    assert [one.id for one in found.spans] == ["plan", "read", "tool", "end"]
    assert list(found.depths) == [0, 1, 1, 0]


def test_many_spans_share_lanes_and_never_overlap_in_one():
    found = track_of(many_spans(3_000, seconds=600))
    assert not found.has_rows
    assert found.lane_count < 300
    same = found.lanes[1:] == found.lanes[:-1]
    assert (found.starts[1:] >= found.ends[:-1])[same].all()


def test_what_is_nested_stands_below_its_parent():
    found = track_of(many_spans(MOST_ROWS + 50))
    for child in found.spans:
        if child.parent:
            assert found.lanes[found.places[child.id]] > found.lanes[found.places[child.parent]]


def test_spans_that_name_each_other_as_parents_are_shown_all_the_same():
    circle = [span("a", 0, 1, "b"), span("b", 1, 1, "a"), span("c", 2, 1, "unknown")]
    assert {one.id for one in track_of(circle).spans} == {"a", "b", "c"}
    crowd = [*many_spans(MOST_ROWS), *circle]
    assert len(track_of(crowd).spans) == MOST_ROWS + 3


def test_a_timeline_of_nothing_is_refused():
    with pytest.raises(ValueError, match="needs spans"):
        track_of([])


def plain_frame(track, first, per_pixel, width):
    """The longest span of each pixel and whether one failed, looked up span by span."""
    kinds = np.zeros((track.lane_count, width), int)
    flaws = np.zeros((track.lane_count, width), bool)
    longest = np.full((track.lane_count, width), -1)
    for at, one in enumerate(track.spans):
        left = int(np.floor((track.starts[at] - first) / per_pixel))
        right = max(int(np.ceil((track.ends[at] - first) / per_pixel)), left + 1)
        if right <= 0 or left >= width:
            continue
        place = track.lanes[at], slice(max(left, 0), right)
        length = int(track.ends[at] - track.starts[at])
        wins = longest[place] < length
        longest[place][wins] = length
        kinds[place][wins] = track.kinds[at] + 1
        flaws[place] |= bool(one.error)
    return kinds, flaws


@pytest.mark.parametrize("zoom", [0, 4, 9, 15, 22, 30])
def test_at_every_zoom_the_picture_is_that_of_the_spans_themselves(zoom):
    """Joined spans may reach into the next pixel, so a few hundredths of the pixels may differ by one."""
    track, width = track_of(many_spans(4_000, seconds=86_400)), 700
    sight = Sight.of(track.extent).zoom(0.5**zoom, Random(zoom).random())
    per_pixel = sight.length / width
    frame = track.mipmap.frame(range(track.lane_count), sight.first, per_pixel, width)
    kinds, flaws = plain_frame(track, sight.first, per_pixel, width)
    painted = max(int((kinds > 0).sum()), 1)
    assert ((frame.kinds > 0) != (kinds > 0)).sum() <= painted * 0.03
    assert (frame.kinds != kinds).sum() <= painted * 0.05
    assert (frame.flaws != flaws).sum() <= painted * 0.03


def test_what_a_frame_touches_does_not_grow_with_the_spans():
    few, many = (track_of(many_spans(count)).mipmap for count in (5_000, 80_000))
    touched = [
        sum(len(mip.level(YEAR / 1_000).within(lane, 0, YEAR)) for lane in range(4)) for mip in (few, many)
    ]
    assert max(touched) <= 4 * 4 * 1_100


def test_a_failure_among_thousands_is_in_the_picture():
    spans = [span(f"s{number}", number / 1e4, 5e-5) for number in range(9_000)]
    spans[4_321] = span("bad", 0.4321, 5e-5, error="Timeout")
    frame = track_of(spans).mipmap.frame(range(1), 0, 1e4, 100)
    marked = np.flatnonzero(frame.flaws[0]).tolist()
    assert 43 in marked
    assert len(marked) <= 2, "a joined one may reach into the next pixel"


def test_a_point_finds_the_longest_span_there():
    track = track_of([span("long", 0, 10), *(span(f"s{n}", 20 + n, 0.5) for n in range(300))])
    assert track.spans[track.hit(0, 4e6, 4.1e6)].id == "long"
    assert track.hit(0, 11e6, 12e6) is None


# -- zoom and pan ---------------------------------------------------------------------------------


def test_zooming_keeps_the_time_under_the_pointer():
    sight = Sight.of(1e9)
    closer = sight.zoom(0.1, 0.3)
    assert closer.length == pytest.approx(sight.length / 10)
    assert closer.first + closer.length * 0.3 == pytest.approx(sight.first + sight.length * 0.3)


def test_one_can_go_from_a_year_to_a_microsecond_and_back():
    sight = Sight.of(YEAR)
    steps = 0
    while sight.length > 1:
        sight, steps = sight.zoom(0.5, 0.5), steps + 1
    assert sight.length == 1
    assert steps < 60
    assert axis_of(sight.first, sight.last, 8).ticks
    assert sight.fit() == Sight.of(YEAR)


def test_panning_never_loses_the_track():
    sight = Sight.of(1e6).zoom(0.01, 0.5)
    for _ in range(500):
        sight = sight.pan(0.9)
    assert sight.first < 1e6
    for _ in range(1_000):
        sight = sight.pan(-0.9)
    assert sight.last > 0


def test_a_track_that_grows_keeps_a_closer_look_where_it_is():
    closer = Sight.of(1e6).zoom(0.1)
    assert closer.grown(2e6).first == closer.first
    assert Sight.of(1e6).grown(2e6) == Sight.of(2e6)


def test_what_is_out_of_sight_is_moved_to():
    sight = Sight.of(1e9).zoom(0.001, 0).show(5e8, 5e8 + 10)
    assert sight.first < 5e8 < sight.last
    assert sight.show(5e8, 5e8 + 10) == sight


# -- axis -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("micros", "step", "said"),
    [
        (0, 1, "0"),
        (12, 1, "12 µs"),
        (1_500, 100, "1.5 ms"),
        (2_250_000, 10_000, "2.25 s"),
        (270e6, 10e6, "4:30"),
        (11_050e6, 10e6, "3:04:10"),
        (11_040e6, 60e6, "3:04 h"),
        (240e6, 60e6, "4 min"),
        (12.25 * 86_400e6, 3_600e6, "12 d 6 h"),
        (30 * 86_400e6, 86_400e6, "30 d"),
        (-1_000_000, 1_000_000, "-1 s"),
    ],
)
def test_a_length_is_said_as_exactly_as_its_step_needs(micros, step, said):
    assert elapsed(micros, step) == said


@pytest.mark.parametrize("zoom", range(0, 46, 3))
@pytest.mark.parametrize("place", [0.0, 0.4, 0.97])
def test_no_two_ticks_read_the_same_and_few_are_drawn(zoom, place):
    sight = Sight.of(YEAR).zoom(0.5**zoom, place)
    axis = axis_of(sight.first, sight.last, 9)
    assert 1 <= len(axis.ticks) <= 10
    assert len({label for _, label in axis.ticks}) == len(axis.ticks)
    assert all(len(label) <= 16 for _, label in axis.ticks)


def test_far_from_the_begin_fine_ticks_count_from_a_second_that_is_named():
    axis = axis_of(3_600e6 + 10, 3_600e6 + 14, 4)
    assert axis.base == "1:00:00"
    assert axis.ticks[0] == (3_600e6 + 10, "+10 µs")


def test_lanes_in_sight_follow_the_scroll():
    room = Geometry(0, 500, AXIS + 100, 40, has_rows=False, lane_count=50, sight=Sight.of(1e6))
    assert room.lanes == range(2, 7)
    assert room.lane(AXIS + 1) == 2
    assert room.lane(AXIS - 1) is None
    assert room.time(room.x(1234)) == pytest.approx(1234)


def test_every_kind_of_span_has_a_number():
    assert len(KINDS) < 8
