"""What OpenSSL, which shares no code with us, makes of our signatures, key ids and hashes."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lineclear.domain.ledger.checkpoint import Checkpoint, sign_checkpoint
from lineclear.domain.ledger.cosignature import cosigned_message
from lineclear.domain.ledger.entries import encode
from lineclear.domain.ledger.merkle import (
    leaf_hash,
    root_at,
)
from lineclear.domain.ledger.signing import key_id
from lineclear.domain.ledger.statements import pae
from lineclear.domain.ledger.tiles import bundles_of, join_bundle
from support_ledger import Key, entry, flipped, stored

OPENSSL = shutil.which("openssl")


needs_openssl = pytest.mark.skipif(
    OPENSSL is None, reason="SKIPPED ORACLE: install openssl to check signatures against it"
)


ORIGIN = "ledger.example/acme"


LOG = Key("log")


WITNESS = Key("witness")


ENTRIES = [encode(entry(seq)) for seq in range(700)]


LEAVES = list(map(leaf_hash, ENTRIES))


READ = stored(LEAVES)


HEAD = Checkpoint(ORIGIN, len(LEAVES), root_at(READ, len(LEAVES)))


SIGNED = sign_checkpoint(HEAD, LOG)


@needs_openssl
@pytest.mark.parametrize(
    ("key", "message"),
    [
        (LOG, SIGNED.text.encode()),
        (WITNESS, cosigned_message(SIGNED.text, 1_700_000_000)),
        (Key("device"), pae("application/vnd.in-toto+json", b"{}")),
    ],
    ids=["checkpoint", "cosignature", "decision"],
)
def test_i39_openssl_verifies_what_we_sign_and_nothing_else(tmp_path, key, message):
    pem = key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "signature").write_bytes(key.sign(message))
    for data, status in ((message, 0), (flipped(message, 5), 1)):
        (tmp_path / "message").write_bytes(data)
        run = subprocess.run(
            [
                OPENSSL,
                "pkeyutl",
                "-verify",
                "-rawin",
                "-pubin",
                "-inkey",
                "key.pem",
                "-in",
                "message",
                "-sigfile",
                "signature",
            ],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert run.returncode == status, run.stderr


@needs_openssl
def test_i39_openssl_and_sha256_give_a_key_the_id_that_decisions_name(tmp_path):
    key = Key("device")
    pem = key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = subprocess.run(
        [OPENSSL, "pkey", "-pubin", "-outform", "DER"], input=pem, capture_output=True, check=True
    ).stdout
    printed = subprocess.run([OPENSSL, "dgst", "-sha256", "-r"], input=der, capture_output=True, check=True)
    assert printed.stdout.split()[0].decode() == key_id(key.public_key)


@needs_openssl
def test_i39_openssl_hashes_the_entries_of_a_bundle_to_our_leaves(tmp_path):
    bundle = next(bundles_of(3))
    data = join_bundle(ENTRIES[: bundle.width])
    at = 0
    for leaf in LEAVES[: bundle.width]:
        length = int.from_bytes(data[at : at + 2])
        written = data[at + 2 : at + 2 + length]
        run = subprocess.run(
            [OPENSSL, "dgst", "-sha256", "-r"], input=b"\0" + written, capture_output=True, check=True
        )
        assert run.stdout.split()[0].decode() == leaf.hex()
        at += 2 + length
