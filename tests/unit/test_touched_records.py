"""How many records an action touches is known when it is proposed, and shown in the queue."""

from __future__ import annotations

import pytest

from lineclear.domain.diffing.touching import touched_records


def tickets(*statuses):
    return [{"id": number, "status": status} for number, status in enumerate(statuses)]


@pytest.mark.parametrize(
    ("before", "after", "records"),
    [
        ({"tickets": tickets("a", "a", "a")}, {"tickets": tickets("b", "a", "b")}, 2),
        ({"tickets": tickets("a", "a", "a")}, {"tickets": tickets("a", "a", "a")[1:]}, 1),
        ({"tickets": []}, {"tickets": tickets("a", "a")}, 2),
        ({"tickets": tickets("a", "a")}, {}, 2),
        ({"tickets": tickets("a", "a")}, {"tickets": tickets("a", "a")[::-1]}, 0),
        ({"t": [{"id": 1}]}, {"t": [{"id": "1"}]}, 2),
        ({"t": [{"x": 1}, {"x": 1}]}, {"t": [{"x": 1}, {"x": 2}]}, 1),
        ({"deep": {"tickets": tickets("a")}}, {"deep": {"tickets": tickets("b")}}, 1),
        ({"tags": ["a", "b"]}, {"tags": ["c"]}, 0),
        ({"status": "a"}, {"status": "b"}, 0),
        (None, {"tickets": tickets("a", "a")}, 0),
    ],
)
def test_records_that_come_go_or_change_are_counted(before, after, records):
    assert touched_records(before, after) == records
