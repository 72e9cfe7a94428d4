"""Sentences about what an auditor finds in a ledger's entries, and that nothing is found in a sound one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.ledger.checkpoint import Checkpoint
from lineclear.domain.ledger.entries import encode
from lineclear.domain.ledger.merkle import consistency_proof, leaf_hash, root_of
from lineclear.domain.ledger.verification import (
    MAX_FINDINGS,
    FindingCode,
    verify_growth,
    verify_ledger,
    verify_tree,
)
from support_ledger import entry, flipped, stored

ORIGIN = "ledger.example/acme"
STREAMS = ("action/a1", "action/a2", "job/j1")
ENTRIES = [encode(entry(number // 3, STREAMS[number % 3])) for number in range(60)]


def head(entries, origin=ORIGIN):
    return Checkpoint(origin, len(entries), root_of(map(leaf_hash, entries)))


def codes(verification):
    return [finding.code for finding in verification.findings]


@given(st.integers(0, 60), st.lists(st.integers(0, 60), max_size=4))
def test_nothing_is_found_in_a_sound_ledger(size, sizes):
    older = [head(ENTRIES[: min(old, size)]) for old in sizes]
    verification = verify_ledger(ENTRIES[:size], head(ENTRIES[:size]), older=older)
    assert verification.is_sound
    assert verification.prefix.frontier.root == head(ENTRIES[:size]).root


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_verified_prefix_is_where_the_next_verification_starts(one, other):
    first, size = sorted((one, other))
    begun = verify_ledger(ENTRIES[:first], head(ENTRIES[:first])).prefix
    verification = verify_ledger(ENTRIES[first:size], head(ENTRIES[:size]), start=begun)
    assert verification.is_sound
    assert verification.prefix == verify_ledger(ENTRIES[:size], head(ENTRIES[:size])).prefix


@given(st.data())
def test_i38_a_changed_bit_in_any_entry_is_found(data):
    index = data.draw(st.integers(0, 59))
    bit = data.draw(st.integers(0, len(ENTRIES[index]) * 8 - 1))
    changed = [*ENTRIES[:index], flipped(ENTRIES[index], bit), *ENTRIES[index + 1 :]]
    assert FindingCode.ROOT_DIFFERS in codes(verify_ledger(changed, head(ENTRIES)))
    assert codes(verify_tree(changed, head(ENTRIES))) == [FindingCode.ROOT_DIFFERS]


@given(st.integers(0, 59))
def test_i40_a_ledger_signed_without_one_entry_shows_the_gap_in_its_stream(index):
    cut = [*ENTRIES[:index], *ENTRIES[index + 1 :]]
    verification = verify_ledger(cut, head(cut))
    if index >= 57:
        assert verification.is_sound
        return
    assert codes(verification) == [FindingCode.ENTRIES_MISSING]
    assert verification.findings[0].params["stream"] == STREAMS[index % 3]
    assert verification.findings[0].params["expected"] == index // 3


def test_i40_an_entry_written_twice_is_found():
    twice = [*ENTRIES, ENTRIES[4]]
    verification = verify_ledger(twice, head(twice))
    assert codes(verification) == [FindingCode.ENTRY_REPEATED]
    assert verification.findings[0].sentence == "Entry 60 is 1 of action/a2 again; 20 was due."


def test_i40_entries_in_another_order_are_found():
    swapped = [*ENTRIES[:3], ENTRIES[6], *ENTRIES[4:6], ENTRIES[3], *ENTRIES[7:]]
    found = codes(verify_ledger(swapped, head(swapped)))
    assert found == [FindingCode.ENTRIES_MISSING, FindingCode.ENTRY_REPEATED]


def test_what_is_no_entry_is_found_by_its_place_and_its_reason():
    broken = [*ENTRIES, b'{"seq":20}']
    verification = verify_ledger(broken, head(broken))
    assert codes(verification) == [FindingCode.ENTRY_UNREADABLE]
    assert verification.findings[0].params["index"] == 60
    assert "an entry is an object of" in verification.findings[0].sentence


def test_a_cut_ledger_is_found_by_its_checkpoint():
    verification = verify_ledger(ENTRIES[:50], head(ENTRIES))
    assert codes(verification) == [FindingCode.LEDGER_CUT]
    assert verification.findings[0].sentence == "The checkpoint states 60 entries, but only 50 are here."


def test_entries_after_the_checkpoint_are_found():
    assert codes(verify_ledger(ENTRIES, head(ENTRIES[:50]))) == [FindingCode.LEDGER_OVERLONG]
    begun = verify_ledger(ENTRIES, head(ENTRIES)).prefix
    assert codes(verify_ledger([], head(ENTRIES[:50]), start=begun)) == [FindingCode.LEDGER_OVERLONG]


def test_i37_a_history_rewritten_since_the_auditor_came_is_found():
    other = encode(entry(3, STREAMS[0], actor="agent/other"))
    rewritten = [*ENTRIES[:9], other, *ENTRIES[10:]]
    older = [head(ENTRIES[:size]) for size in (5, 9, 10, 40)]
    verification = verify_ledger(rewritten, head(rewritten), older=older)
    assert codes(verification) == [FindingCode.HISTORY_DIFFERS] * 2
    assert [finding.params["size"] for finding in verification.findings] == [10, 40]


def test_i37_a_ledger_shorter_than_the_auditor_saw_is_found():
    verification = verify_ledger(ENTRIES[:30], head(ENTRIES[:30]), older=[head(ENTRIES)])
    assert codes(verification) == [FindingCode.HISTORY_CUT]


def test_a_checkpoint_of_another_ledger_is_found():
    verification = verify_ledger(ENTRIES, head(ENTRIES), older=[head(ENTRIES[:5], "other.example")])
    assert codes(verification) == [FindingCode.OTHER_LEDGER]


def test_a_checkpoint_from_before_the_entries_at_hand_is_not_passed_over():
    begun = verify_ledger(ENTRIES[:30], head(ENTRIES[:30])).prefix
    verification = verify_ledger(ENTRIES[30:], head(ENTRIES), older=[head(ENTRIES[:9])], start=begun)
    assert codes(verification) == [FindingCode.HISTORY_UNCHECKED]


def test_findings_are_bounded_and_what_is_left_out_is_counted():
    junk = [b"junk"] * (MAX_FINDINGS + 7)
    verification = verify_ledger(junk, head(junk))
    assert len(verification.findings) == MAX_FINDINGS + 1
    assert verification.findings[-1].sentence == "7 further findings are not listed."


@pytest.mark.parametrize("size", [1, 20, 59])
def test_a_witness_finds_growth_in_order_only_with_the_right_proof(size):
    read = stored(list(map(leaf_hash, ENTRIES)))
    proof = consistency_proof(read, size, 60)
    assert verify_growth(head(ENTRIES[:size]), head(ENTRIES), proof) == ()
    for wrong in (head([b"fork"] * size), head(ENTRIES[:size], "other.example")):
        assert verify_growth(wrong, head(ENTRIES), proof)
    assert verify_growth(head(ENTRIES[:size]), head(ENTRIES), proof[:-1])
    assert verify_growth(head(ENTRIES), head(ENTRIES[:size]), proof)[0].code is FindingCode.HISTORY_CUT


def test_every_finding_can_be_told_in_words():
    begun = verify_ledger(ENTRIES[:30], head(ENTRIES[:30])).prefix
    found = [
        *verify_ledger([b"junk", ENTRIES[3], ENTRIES[0]], head(ENTRIES)).findings,
        *verify_ledger(ENTRIES, head(ENTRIES[:9]), older=[head(ENTRIES)]).findings,
        *verify_ledger([b"other"], head([b"x"]), older=[head([b"y"], "other.example")]).findings,
        *verify_ledger([], head(ENTRIES), older=[head(ENTRIES[:9])], start=begun).findings,
        *verify_ledger([b"junk"] * (MAX_FINDINGS + 1), head([])).findings,
        *verify_ledger([b"junk"] * (MAX_FINDINGS + 1), head([b"x"] * (MAX_FINDINGS + 1))).findings,
        *verify_growth(head(ENTRIES[:9]), head(ENTRIES), ()),
    ]
    assert {finding.code for finding in found} == set(FindingCode)
    assert all(finding.sentence.endswith(".") and "{" not in finding.sentence for finding in found)
