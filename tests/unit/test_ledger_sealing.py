"""Sentences about sealed blobs and commitments."""

from __future__ import annotations

import hashlib
import hmac
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.domain.ledger.sealing import SealError, commitment, digest, is_committed, seal, unseal

SALTS = st.binary(min_size=32, max_size=32)
SALT = bytes(range(32))


@given(SALTS, st.binary(max_size=200))
def test_a_sealed_blob_gives_back_its_content(salt, content):
    assert unseal(seal(salt, content)) == content


def test_sha256sum_of_the_file_is_the_digest_that_the_ledger_keeps(tmp_path):
    sealed = seal(SALT, b'{"amount":"180.00"}')
    (tmp_path / "blob").write_bytes(sealed)
    printed = subprocess.run(["sha256sum", tmp_path / "blob"], capture_output=True, text=True, check=True)
    assert printed.stdout.split()[0] == digest(sealed)


def test_i41_the_same_guessable_content_has_another_digest_under_another_salt():
    assert digest(seal(SALT, b"yes")) != digest(seal(bytes(32), b"yes"))


@pytest.mark.parametrize(
    "data",
    [b"", b"x" * 65, SALT.hex().encode(), SALT.hex().upper().encode() + b"\n", SALT.hex().encode() + b"\r\n"],
)
def test_what_is_not_sealed_is_refused(data):
    with pytest.raises(SealError):
        unseal(data)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_salt_of_another_size_is_refused(size):
    with pytest.raises(SealError):
        seal(bytes(size), b"")
    with pytest.raises(SealError):
        commitment(bytes(size), "amount", 1)


def test_a_commitment_is_what_anybody_computes_from_the_stated_rule():
    expected = hmac.new(SALT, b'["amount",{"a":"180.00","c":"USD"}]', hashlib.sha256).hexdigest()
    assert commitment(SALT, "amount", {"c": "USD", "a": "180.00"}) == expected


@given(SALTS, st.text(max_size=5), st.text(max_size=5))
def test_a_commitment_opens_to_its_own_name_and_value_only(salt, name, value):
    committed = commitment(salt, name, value)
    assert is_committed(committed, salt, name, value)
    assert not is_committed(committed, salt, name, value + "x")
    assert not is_committed(committed, salt, name + "x", value)
    assert not is_committed(committed, bytes(31) + b"\1", name, value) or salt == bytes(31) + b"\1"
