"""Ed25519 as the ledger's protocols ask for it, against RFC 8032's own vectors."""

from __future__ import annotations

import base64
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclear.adapters.system.signatures import Ed25519Signatures, Ed25519Signer, verifier_of

# RFC 8032 section 7.1: seed, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
]
SIGNER = Ed25519Signer(bytes(32))
PUBLIC = base64.b64encode(SIGNER.public_key).decode()


@pytest.mark.parametrize("vector", VECTORS)
def test_signatures_are_those_of_the_standard(vector: tuple[str, ...]):
    seed, public, message, signature = map(bytes.fromhex, vector)

    assert Ed25519Signer(seed).public_key == public
    assert Ed25519Signer(seed).sign(message) == signature
    assert verifier_of(public).is_signed(message, signature)
    assert Ed25519Signatures().holds(base64.b64encode(public).decode(), signature, message)


@given(st.binary(max_size=80), st.integers(min_value=0))
def test_a_signature_holds_for_exactly_its_message(message: bytes, place: int):
    signature = SIGNER.sign(message)
    altered = bytearray(signature)
    altered[place % 64] ^= 1

    assert Ed25519Signatures().holds(PUBLIC, signature, message)
    assert not Ed25519Signatures().holds(PUBLIC, signature, message + b"\0")
    assert not Ed25519Signatures().holds(PUBLIC, bytes(altered), message)


@pytest.mark.parametrize(
    "key", ["", "x", "ü", "A" * 44, PUBLIC[:-4], PUBLIC + "AAAA", f"{PUBLIC} ", f"{PUBLIC}\n"]
)
def test_what_is_no_public_key_signs_nothing(key: str):
    assert not Ed25519Signatures().holds(key, SIGNER.sign(b"m"), b"m")


@given(st.binary(max_size=70), st.binary(max_size=40).map(lambda raw: base64.b64encode(raw).decode()))
def test_nothing_from_outside_makes_a_check_raise(signature: bytes, key: str):
    assert not Ed25519Signatures().holds(key, signature, b"m")


def test_a_verifier_needs_a_whole_key():
    with pytest.raises(ValueError, match="32"):
        verifier_of(b"short")


def test_the_adapters_of_the_system_do_not_load_their_libraries_before_they_are_used():
    modules = ["clock", "ids", "signatures", "keys", "keyring_keys", "file_keys", "key_chains"]
    imports = "; ".join(f"import lineclear.adapters.system.{module}" for module in modules)
    probe = f"import sys; sys.path[:0] = {sys.path!r}; {imports}; print(*sorted(sys.modules))"

    said = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True).stdout

    assert not {"cryptography", "keyring"} & set(said.split())
