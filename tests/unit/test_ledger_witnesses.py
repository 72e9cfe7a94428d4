"""Sentences about witness policies and offline proofs: who must have seen a checkpoint before it counts."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.ledger.checkpoint import Checkpoint, CheckpointError, sign_checkpoint
from lineclear.domain.ledger.cosignature import cosign
from lineclear.domain.ledger.merkle import inclusion_proof, leaf_hash, root_of
from lineclear.domain.ledger.notes import KeyType, Note, NoteError, NoteSignature, VerifierKey, sign_note
from lineclear.domain.ledger.proofs import LedgerProof, ProofError, open_proof, parse_proof
from lineclear.domain.ledger.witness_policy import (
    Accepted,
    Insufficient,
    PolicyGroup,
    PolicyLog,
    PolicyWitness,
    WitnessPolicy,
    WitnessPolicyError,
    judge,
    parse_witness_policy,
)
from support_ledger import Key, PublicKey, flipped, stored

ORIGIN = "ledger.example/acme"
LOG = Key("log")
LOG_KEY = VerifierKey(ORIGIN, KeyType.ED25519, LOG.public_key)
NAMES = ("X1", "X2", "X3", "Y1", "Y2", "Y3")
VKEYS = {name: VerifierKey(f"w/{name}", KeyType.COSIGNATURE, Key(name).public_key) for name in NAMES}
LONELY = VerifierKey("w/lonely", KeyType.COSIGNATURE, Key("lonely").public_key)
# The example of the specification c2sp.org/tlog-policy.
TEXT = "".join(
    [
        "# two organisations\n\n",
        f"log {LOG_KEY} https://ledger.example/\n",
        *(f"witness {name} {VKEYS[name]}\n" for name in NAMES[:3]),
        "  group\tX-witnesses  2 X1 X2 X3 \n",
        *(f"witness {name} {VKEYS[name]}\n" for name in NAMES[3:]),
        "group Y-witnesses any Y1 Y2 Y3\n",
        "group X-and-Y all X-witnesses Y-witnesses\n",
        "quorum X-and-Y\n",
    ]
)
POLICY = parse_witness_policy(TEXT.encode())
LEAVES = [leaf_hash(bytes([number])) for number in range(21)]
HEAD = Checkpoint(ORIGIN, 21, root_of(LEAVES))


def seen_by(names, head=HEAD):
    signed = sign_checkpoint(head, LOG)
    lines = [cosign(signed.text, f"w/{name}", 1_700_000_000, Key(name)) for name in names]
    return Note(signed.text, (*signed.signatures, *lines))


def test_the_example_policy_asks_for_two_of_one_and_one_of_the_other_organisation():
    for count in range(len(NAMES) + 1):
        for names in combinations(NAMES, count):
            xs = sum(name.startswith("X") for name in names)
            enough = xs >= 2 and count - xs >= 1
            verdict = judge(POLICY, seen_by(names), PublicKey)
            assert isinstance(verdict, Accepted if enough else Insufficient)
            assert verdict.checkpoint == HEAD
            assert set(verdict.cosigned) == set(names)


def test_who_is_missing_is_told():
    verdict = judge(POLICY, seen_by(["X1", "Y2"]), PublicKey)
    assert isinstance(verdict, Insufficient)
    assert verdict.absent == ("X2", "X3", "Y1", "Y3")
    assert verdict.cosigned == {"X1": 1_700_000_000, "Y2": 1_700_000_000}


def test_a_witness_under_another_name_counts_for_nobody():
    signed = sign_checkpoint(HEAD, LOG)
    lines = [cosign(signed.text, "w/X2", 5, Key("X1")), cosign(signed.text, "w/X1", 5, Key("X1"))]
    verdict = judge(POLICY, Note(signed.text, (*signed.signatures, *lines)), PublicKey)
    assert set(verdict.cosigned) == {"X1"}


def test_one_forged_cosignature_refuses_the_checkpoint():
    note = seen_by(["X1", "X2", "Y1"])
    last = note.signatures[-1]
    forged = NoteSignature(last.name, last.key_id, flipped(last.signature, 100))
    with pytest.raises(NoteError):
        judge(POLICY, Note(note.text, (*note.signatures[:-1], forged)), PublicKey)


def test_witnesses_alone_make_no_checkpoint():
    note = seen_by(NAMES)
    with pytest.raises(NoteError, match="no log of the policy"):
        judge(POLICY, Note(note.text, note.signatures[1:]), PublicKey)
    other = Key("other log")
    signed = Note(HEAD.text, (sign_note(HEAD.text, ORIGIN, other), *note.signatures[1:]))
    with pytest.raises(NoteError, match="no log of the policy"):
        judge(POLICY, signed, PublicKey)


def test_a_policy_is_written_as_it_is_read():
    assert parse_witness_policy(POLICY.encode()) == POLICY
    assert POLICY.logs == (PolicyLog(LOG_KEY, "https://ledger.example/"),)
    assert [group.needed for group in POLICY.groups] == [2, 1, 2]


def test_a_policy_without_witnesses_says_so():
    policy = parse_witness_policy(f"log {LOG_KEY}\nquorum none\n".encode())
    assert policy == WitnessPolicy((PolicyLog(LOG_KEY),), (), (), "none")
    assert policy.encode() == f"log {LOG_KEY}\nquorum none\n".encode()
    assert isinstance(judge(policy, seen_by([]), PublicKey), Accepted)


def test_names_that_are_not_utf8_are_kept_as_octets():
    text = b"witness \xff " + str(VKEYS["X1"]).encode() + b"\nquorum \xff\n"
    assert parse_witness_policy(text).encode() == text


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (("quorum X-and-Y\n", "quorum Z\n"), "line 13"),
        (("quorum X-and-Y\n", ""), "exactly one quorum"),
        (("quorum X-and-Y\n", "quorum none\nquorum none\n"), "exactly one quorum"),
        (("any Y1 Y2 Y3", "any Y1 Y2 Y4"), "line 11"),
        (("any Y1 Y2 Y3", "4 Y1 Y2 Y3"), "line 11"),
        (("any Y1 Y2 Y3", "0 Y1 Y2 Y3"), "line 11"),
        (("any Y1 Y2 Y3", "most Y1 Y2 Y3"), "line 11"),
        (("any Y1 Y2 Y3", "any"), "line 11"),
        (("any Y1 Y2 Y3", "any none"), "line 11"),
        (("any Y1 Y2 Y3", "any Y1 Y2 X1"), "membership once"),
        (("any Y1 Y2 Y3", "any Y1 Y1"), "membership once"),
        (("witness Y1 ", "witness X1 "), "line 11"),
        (("witness Y1 ", f"witness X1 {LONELY}\nwitness Y1 "), "name once"),
        (("witness Y1 ", "witness none "), "line 11"),
        ((str(VKEYS["Y1"]), str(VKEYS["X1"])), "witness key once"),
        ((str(VKEYS["Y1"]), str(LOG_KEY)), "line 8"),
        ((str(LOG_KEY), str(VKEYS["X1"])), "line 3"),
        (("# two", f"log {LOG_KEY}\n# two"), "log key once"),
        (("# two", "wittness"), "line 1"),
        (("https://ledger.example/", "https://ledger.example/ more"), "line 3"),
        (("# two", "# \r"), "control characters"),
        (("quorum X-and-Y\n", "quorum X-and-Y"), "ends with a line feed"),
        (("# two", "# " + "x" * 70_000), "at most"),
    ],
)
def test_a_wrong_policy_is_refused_by_its_line(change, line):
    assert change[0] in TEXT
    with pytest.raises(WitnessPolicyError, match=line):
        parse_witness_policy(TEXT.replace(*change).encode())


def test_a_group_cannot_name_what_comes_later():
    text = "".join(reversed(TEXT.splitlines(keepends=True)[1:]))
    with pytest.raises(WitnessPolicyError, match="line 1"):
        parse_witness_policy(text.encode())


@pytest.mark.parametrize("name", ["", "two words", "line\nfeed"])
def test_a_policy_with_a_name_that_no_file_can_hold_is_not_written(name):
    policy = WitnessPolicy((), (PolicyWitness(name, VKEYS["X1"]),), (), name)
    with pytest.raises(WitnessPolicyError):
        policy.encode()


def test_a_group_of_nobody_cannot_be_built():
    with pytest.raises(WitnessPolicyError):
        PolicyGroup("empty", 1, ())


def proof_of(leaf, names=("X1", "X3", "Y2"), **changes):
    path = inclusion_proof(stored(LEAVES), leaf, len(LEAVES))
    values = {"index": leaf, "path": path, "checkpoint": seen_by(names).encode()}
    return LedgerProof(**values | changes)


@given(st.integers(0, 20), st.none() | st.binary(max_size=40))
def test_a_proof_is_read_as_it_was_written_and_proves_its_entry(index, extra):
    proof = proof_of(index, extra=extra)
    assert parse_proof(proof.encode()) == proof
    assert open_proof(proof, LEAVES[index], POLICY, PublicKey).checkpoint == HEAD


def test_a_proof_reads_as_the_specification_shows_it():
    lines = proof_of(20, extra=b"about").encode().decode().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra YWJvdXQ=", "index 20"]
    assert lines[5:8] == ["", ORIGIN, "21"]


def test_a_proof_of_a_log_with_one_entry_has_no_path():
    head = Checkpoint(ORIGIN, 1, LEAVES[0])
    proof = LedgerProof(0, (), seen_by(NAMES, head).encode())
    assert parse_proof(proof.encode()) == proof
    assert open_proof(proof, LEAVES[0], POLICY, PublicKey).checkpoint == head


@given(st.data())
def test_i38_a_changed_bit_in_a_proof_is_refused(data):
    proof = proof_of(9).encode()
    changed = flipped(proof, data.draw(st.integers(0, len(proof) * 8 - 1)))
    with pytest.raises((ProofError, NoteError, CheckpointError)):
        open_proof(parse_proof(changed), LEAVES[9], POLICY, PublicKey)


def test_a_proof_proves_no_other_entry_and_no_other_place():
    with pytest.raises(ProofError, match="does not lead"):
        open_proof(proof_of(3), LEAVES[4], POLICY, PublicKey)
    with pytest.raises(ProofError, match="does not lead"):
        open_proof(proof_of(3, index=2), LEAVES[3], POLICY, PublicKey)


def test_a_proof_seen_by_too_few_is_refused():
    with pytest.raises(ProofError, match="too few witnesses"):
        open_proof(proof_of(3, names=("X1", "Y1")), LEAVES[3], POLICY, PublicKey)


@pytest.mark.parametrize(
    "change",
    [
        (b"@v1", b"@v2"),
        (b"index 3", b"index 03"),
        (b"index 3", b"index -3"),
        (b"index 3", b"index"),
        (b"index 3", b"place 3"),
        (b"index 3", b"index 9999999999999999999"),
        (b"index 3\n", b""),
        (b"index 3\n", b"extra !\nindex 3\n"),
        (b"index 3\n", b"index 3\nextra AA==\n"),
        (b"index 3\n", b"index 3\nAAAA\n"),
        (b"\n\n", b"\n"),
        (b"\n\nledger", b"\n\n\nledger"),
        (b"index 3\n", b"index 3\n" + (b"A" * 43 + b"=\n") * 64),
    ],
)
def test_what_is_not_a_proof_is_refused(change):
    text = proof_of(3).encode()
    assert change[0] in text
    with pytest.raises(ProofError):
        parse_proof(text.replace(*change))
