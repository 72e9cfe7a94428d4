"""Three-way undo: back to what it was, keeping what others did, never overwriting."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lineclear.adapters.connectors.undoing import Change, paths, restore, reversal, shown
from lineclear.adapters.connectors.versions import is_same

FIELDS = st.fixed_dictionaries({name: st.sampled_from([0, 1, "1", True, None]) for name in "abc"})
RECORDS = st.none() | FIELDS


def change(before, after, *, many=False) -> Change:
    return Change("row", "rows", {"id": 1}, before, after, many)


@given(RECORDS, RECORDS)
def test_what_nobody_touched_goes_back_exactly(before, after):
    done = restore(change(before, after), after)
    assert is_same(done.restored, before)
    assert (done.moved, done.conflicts) == ((), ())


@given(FIELDS, FIELDS, FIELDS)
def test_a_later_edit_is_kept_or_stands_in_the_way(before, after, now):
    done = restore(change(before, after), now)
    for name in "abc":
        was, left, found = (repr(record[name]) for record in (before, after, now))
        back = repr(done.restored[name])
        if found == left:
            assert back == was
            assert name not in done.moved
        else:
            assert back == found
            assert name in done.moved
            assert (name in done.conflicts) == (was not in (left, found))


@given(RECORDS, RECORDS, RECORDS)
def test_undoing_the_undo_leads_back_to_now(before, after, now):
    done = restore(change(before, after), now)
    for back in reversal([done]):
        assert is_same(restore(back, done.restored).restored, now)


def test_a_record_that_was_made_and_edited_since_is_not_deleted():
    done = restore(change(None, {"a": 1}), {"a": 2})
    assert done.restored == {"a": 2}
    assert paths([done], conflicts=True) == ("row",)


def test_a_record_whose_place_was_taken_is_not_overwritten():
    done = restore(change({"a": 1}, None), {"a": 2})
    assert done.restored == {"a": 2}
    assert paths([done], conflicts=True) == ("row",)


def test_a_record_that_is_gone_already_is_no_conflict():
    done = restore(change(None, {"a": 1}), None)
    assert not done.is_needed
    assert paths([done], conflicts=False) == ("row",)
    assert paths([done], conflicts=True) == ()


def test_one_is_not_true():
    assert restore(change({"a": True}, {"a": 0}), {"a": 1}).conflicts == ("a",)


def test_paths_count_the_records_that_are_shown():
    changes = [change({"a": 1}, {"a": 2}, many=True) for _ in range(3)]
    done = [restore(changes[0], {"a": 2}), restore(changes[1], None), restore(changes[2], {"a": 9})]
    assert paths(done, conflicts=True) == ("row[1]", "row[1].a")
    assert shown(done, restored=False) == {"row": [{"a": 2}, {"a": 9}]}
