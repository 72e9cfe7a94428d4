"""Sentences about signed notes, checkpoints and cosignatures, with the published examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.ledger.checkpoint import (
    Checkpoint,
    CheckpointError,
    checkpoint_in,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from lineclear.domain.ledger.cosignature import cosign, cosigned_at
from lineclear.domain.ledger.merkle import EMPTY_ROOT, leaf_hash
from lineclear.domain.ledger.notes import (
    KeyType,
    Note,
    NoteError,
    NoteSignature,
    VerifierKey,
    base64_text,
    parse_note,
    parse_vkey,
    require_signature,
    sign_note,
)
from support_ledger import Key, PublicKey, flipped

# From the documentation of Go's golang.org/x/mod/sumdb/note.
NEUMANN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_NOTE = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
""".encode()
# From the specification c2sp.org/signed-note.
FOO_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = """\
This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
""".encode()
# From the specification c2sp.org/tlog-cosignature.
SOFA_NOTE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5"
    "/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJs"
    "X3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
).encode()

ORIGIN = "ledger.example/acme"
LOG = Key("log")
LOG_KEY = VerifierKey(ORIGIN, KeyType.ED25519, LOG.public_key)
WITNESS = Key("witness")
WITNESS_KEY = VerifierKey("console.example/ada", KeyType.COSIGNATURE, WITNESS.public_key)
HEAD = Checkpoint(ORIGIN, 17, leaf_hash(b"root"))
SIGNED = sign_checkpoint(HEAD, LOG)


def cosigned(*times, key=WITNESS, name=WITNESS_KEY.name):
    lines = [cosign(SIGNED.text, name, time, key) for time in times]
    return Note(SIGNED.text, (*SIGNED.signatures, *lines))


@pytest.mark.parametrize(("vkey", "note"), [(NEUMANN_KEY, NEUMANN_NOTE), (FOO_KEY, FOO_NOTE)])
def test_the_published_notes_are_signed_by_their_published_keys(vkey, note):
    key = parse_vkey(vkey)
    assert str(key) == vkey
    assert parse_note(note).encode() == note
    require_signature(parse_note(note), key, PublicKey)


def test_the_published_checkpoint_and_its_cosignature_are_read():
    note = parse_note(SOFA_NOTE)
    assert note.encode() == SOFA_NOTE
    head = parse_checkpoint(note.text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert head.text == note.text
    assert int.from_bytes(note.signatures[1].signature[:8]) == 1_679_315_147


def test_another_key_of_the_same_name_has_not_signed():
    forged = VerifierKey("PeterNeumann", KeyType.ED25519, LOG.public_key)
    with pytest.raises(NoteError, match="not signed by PeterNeumann"):
        require_signature(parse_note(NEUMANN_NOTE), forged, PublicKey)


def test_signatures_of_strangers_are_no_obstacle():
    stranger = sign_note(SIGNED.text, "somebody.example", Key("stranger"))
    note = Note(SIGNED.text, (stranger, *SIGNED.signatures))
    assert checkpoint_in(parse_note(note.encode()), LOG_KEY, PublicKey) == HEAD


def test_one_bad_signature_of_a_known_key_refuses_the_note():
    good = SIGNED.signatures[0]
    bad = NoteSignature(good.name, good.key_id, flipped(good.signature, 3))
    with pytest.raises(NoteError, match="not over this text"):
        require_signature(Note(SIGNED.text, (good, bad)), LOG_KEY, PublicKey)


@given(st.data())
def test_i38_a_changed_bit_in_a_signed_checkpoint_is_refused(data):
    signed = cosigned(1_700_000_000).encode()
    changed = flipped(signed, data.draw(st.integers(0, len(signed) * 8 - 1)))
    try:
        note = parse_note(changed)
        head = checkpoint_in(note, LOG_KEY, PublicKey)
        time = cosigned_at(note, WITNESS_KEY, PublicKey)
    except (NoteError, CheckpointError):
        return
    # A changed name or key id makes the witness's line a stranger's: then there is no cosignature.
    assert head == HEAD
    assert time is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        FOO_NOTE[:-1],
        FOO_NOTE + b"\n",
        FOO_NOTE + b"more\n",
        FOO_NOTE.replace("— ".encode(), b"- "),
        FOO_NOTE.replace(b"message", b"mess\tage"),
        FOO_NOTE.replace(b"message", b"mess\xffage"),
        FOO_NOTE.replace(b"aQM=", b"aQN="),
        FOO_NOTE.replace(b"aQM=", b"aQM"),
        FOO_NOTE.replace(b"example.com/foo", b"example.com+foo"),
        FOO_NOTE.replace(b"example.com/foo", "example.com\u3000foo".encode()),
        FOO_NOTE.replace(b"foo ", b"foo  "),
        "text\n\n— name AAAAAA==\n".encode(),
        b"text\n\n" + "— name AAAAAAA=\n".encode() * 101,
        b"x" * 1_000_001,
    ],
)
def test_what_is_not_a_note_in_its_one_form_is_refused(data):
    with pytest.raises(NoteError):
        parse_note(data)


def test_a_note_with_many_signatures_and_empty_lines_is_read():
    lines = tuple(sign_note("a\n\nb\n", f"key{number}", Key(str(number))) for number in range(16))
    note = Note("a\n\nb\n", lines)
    assert parse_note(note.encode()) == note


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "PeterNeumann",
        NEUMANN_KEY.replace("c74f20a3", "c74f20a4"),
        NEUMANN_KEY.replace("c74f20a3", "C74F20A3"),
        NEUMANN_KEY.replace("Peter", "Paul"),
        NEUMANN_KEY[:-4],
        NEUMANN_KEY.replace("+ARpc", "+Bhpc"),
        f" {NEUMANN_KEY}",
    ],
)
def test_what_is_not_a_verifier_key_is_refused(vkey):
    with pytest.raises(NoteError):
        parse_vkey(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "a\u00a0b", "a\ud800"])
def test_a_name_that_no_signature_line_can_carry_makes_no_key(name):
    with pytest.raises(NoteError):
        VerifierKey(name, KeyType.ED25519, LOG.public_key)


def test_a_checkpoint_is_opened_with_the_key_of_its_log_only():
    assert open_checkpoint(SIGNED.encode(), LOG_KEY, PublicKey) == HEAD
    elsewhere = Note(HEAD.text, (sign_note(HEAD.text, "other.example", LOG),))
    with pytest.raises(CheckpointError, match="is of 'ledger"):
        checkpoint_in(elsewhere, VerifierKey("other.example", KeyType.ED25519, LOG.public_key), PublicKey)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log\n1\n",
        f"log\n01\n{base64_text(HEAD.root)}\n",
        f"log\n-1\n{base64_text(HEAD.root)}\n",
        f"log\n+1\n{base64_text(HEAD.root)}\n",
        f"log\n\u0661\n{base64_text(HEAD.root)}\n",
        f"log\n{2**63}\n{base64_text(HEAD.root)}\n",
        f"log\n1\n{base64_text(HEAD.root)[:-4]}\n",
        f"log\n1\n{base64_text(HEAD.root)}",
        f"\n1\n{base64_text(HEAD.root)}\n",
        f"log\n1\n{base64_text(HEAD.root)}\n\nmore\n",
        f"log\n0\n{base64_text(HEAD.root)}\n",
    ],
)
def test_what_is_not_a_checkpoint_is_refused(text):
    with pytest.raises(CheckpointError):
        parse_checkpoint(text)


def test_an_empty_log_and_one_with_extension_lines_have_checkpoints():
    for head in (Checkpoint("log", 0, EMPTY_ROOT), Checkpoint("log", 1, HEAD.root, ("extra", "more"))):
        assert parse_checkpoint(head.text) == head


def test_the_key_that_cosigns_is_another_than_the_same_key_that_signs_notes():
    signing = VerifierKey("w", KeyType.ED25519, WITNESS.public_key)
    cosigning = VerifierKey("w", KeyType.COSIGNATURE, WITNESS.public_key)
    assert signing.id != cosigning.id
    assert parse_vkey(str(cosigning)) == cosigning
    with pytest.raises(NoteError, match="signs no notes"):
        require_signature(SIGNED, cosigning, PublicKey)
    with pytest.raises(NoteError, match="not a cosignature key"):
        cosigned_at(SIGNED, signing, PublicKey)


def test_a_cosignature_tells_when_the_witness_saw_the_checkpoint():
    assert cosigned_at(cosigned(1_700_000_000), WITNESS_KEY, PublicKey) == 1_700_000_000
    assert cosigned_at(cosigned(5, 7, 6), WITNESS_KEY, PublicKey) == 7
    assert cosigned_at(SIGNED, WITNESS_KEY, PublicKey) is None


@pytest.mark.parametrize("change", [0, 63, 64, 64 + 511])
def test_a_cosignature_with_another_time_or_signature_is_refused(change):
    line = cosign(SIGNED.text, WITNESS_KEY.name, 1_700_000_000, WITNESS)
    forged = NoteSignature(line.name, line.key_id, flipped(line.signature, change))
    with pytest.raises(NoteError):
        cosigned_at(Note(SIGNED.text, (forged,)), WITNESS_KEY, PublicKey)


def test_a_cosignature_of_one_checkpoint_is_none_of_another():
    other = sign_checkpoint(Checkpoint(ORIGIN, 18, HEAD.root), LOG)
    moved = Note(other.text, (*other.signatures, cosign(SIGNED.text, WITNESS_KEY.name, 9, WITNESS)))
    with pytest.raises(NoteError, match="not over this checkpoint"):
        cosigned_at(moved, WITNESS_KEY, PublicKey)


def test_a_cut_cosignature_is_refused():
    line = cosign(SIGNED.text, WITNESS_KEY.name, 9, WITNESS)
    for length in (1, 8, 71):
        cut = NoteSignature(line.name, line.key_id, line.signature[:length])
        with pytest.raises(NoteError, match="not the form"):
            cosigned_at(Note(SIGNED.text, (cut,)), WITNESS_KEY, PublicKey)


@pytest.mark.parametrize("time", [0, -1, 2**63])
def test_a_witness_cannot_sign_outside_of_time(time):
    with pytest.raises(NoteError):
        cosign(SIGNED.text, WITNESS_KEY.name, time, WITNESS)
