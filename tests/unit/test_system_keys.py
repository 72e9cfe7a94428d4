"""Device keys: one for each workspace and person, kept as safely as the machine can, or refused."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringLocked

from lineclear.adapters.system.file_keys import FileKeys
from lineclear.adapters.system.key_chains import open_keys
from lineclear.adapters.system.keyring_keys import KeyringKeys
from lineclear.adapters.system.keys import KeyChain, MemoryKeys
from lineclear.adapters.system.signatures import verifier_of
from lineclear.domain.ledger.signing import key_id
from lineclear.domain.refusals import Code, Refusal
from support.vaults import Vault


class PlaintextVault(Vault):
    """Named as the one of `keyrings.alt` is."""


class Forgetful(Vault):
    def set_password(self, service: str, username: str, password: str) -> None:
        """Keeps nothing."""


class Locked(Vault):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("the keyring is locked")


class Chain(ChainerBackend):
    backends = ()


def chain(*backends: KeyringBackend) -> KeyringBackend:
    made = Chain()
    made.backends = backends
    return made


@pytest.fixture(params=["keyring", "file", "memory"])
def again(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], KeyChain]:
    """Opens the same key chain, as the program does at each start."""
    vault, memory = Vault(), MemoryKeys()
    opens: dict[str, Callable[[], KeyChain]] = {
        "keyring": lambda: KeyringKeys(vault),
        "file": lambda: FileKeys(tmp_path / "keys", "correct horse"),
        "memory": lambda: memory,
    }
    return opens[request.param]


def problem_of(chain: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refused:
        chain()
    assert refused.value.code is Code.KEYRING_UNUSABLE
    return str(refused.value)


def test_a_person_has_one_key_for_each_workspace(again: Callable[[], KeyChain]):
    key = again().key("origin", "ines")

    assert again().key("origin", "ines").id == key.id
    assert len({key.id, again().key("origin", "olga").id, again().key("another", "ines").id}) == 3


def test_a_key_signs_as_the_ledger_checks(again: Callable[[], KeyChain]):
    key = again().key("origin", "ines")

    raw = base64.b64decode(key.public)
    assert verifier_of(raw).is_signed(b"m", key.sign(b"m"))
    assert key.public_key == raw
    assert key.id == key_id(raw)


def test_a_key_says_where_it_is_kept(tmp_path: Path):
    assert KeyringKeys(Vault()).key("origin", "ines").kept == "keyring"
    assert FileKeys(tmp_path, "correct horse").key("origin", "ines").kept == "file"
    assert MemoryKeys().key("origin", "ines").kept == "memory"


@pytest.mark.parametrize(
    ("backend", "named"),
    [(fail.Keyring(), "fail"), (null.Keyring(), "null"), (PlaintextVault(), "PlaintextVault")],
)
def test_a_keyring_that_does_not_protect_keys_is_refused(backend: KeyringBackend, named: str):
    assert named in problem_of(lambda: KeyringKeys(backend))
    assert named in problem_of(lambda: KeyringKeys(chain(backend)))


def test_in_a_chain_only_what_protects_keys_is_used():
    plaintext, vault = PlaintextVault(), Vault()

    KeyringKeys(chain(plaintext, vault)).key("origin", "ines")

    assert plaintext.kept == {}
    assert len(vault.kept) == 1
    assert "there is none" in problem_of(lambda: KeyringKeys(chain()))


def test_a_keyring_that_is_locked_or_keeps_nothing_is_refused():
    assert "is locked" in problem_of(lambda: KeyringKeys(Locked()).key("origin", "ines"))
    assert "gave back something else" in problem_of(lambda: KeyringKeys(Forgetful()).key("origin", "ines"))


def test_a_key_file_is_encrypted_and_its_owners_alone(tmp_path: Path):
    FileKeys(tmp_path / "keys", "correct horse").key("origin", "ines")

    (file,) = (tmp_path / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert file.read_text(encoding="ascii").startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----\n")


def test_a_wrong_passphrase_is_refused_and_changes_nothing(tmp_path: Path):
    key = FileKeys(tmp_path, "correct horse").key("origin", "ines")

    assert "the passphrase does not open" in problem_of(
        lambda: FileKeys(tmp_path, "wrong").key("origin", "ines")
    )
    assert "is empty" in problem_of(lambda: FileKeys(tmp_path, ""))
    assert FileKeys(tmp_path, "correct horse").key("origin", "ines").id == key.id


def test_a_damaged_or_misplaced_key_file_is_refused(tmp_path: Path):
    FileKeys(tmp_path, "correct horse").key("origin", "ines")
    (file,) = tmp_path.iterdir()

    file.write_text("-----BEGIN NOTHING", encoding="ascii")
    assert "damaged" in problem_of(lambda: FileKeys(tmp_path, "correct horse").key("origin", "ines"))
    assert os.fspath(file) in problem_of(lambda: FileKeys(file, "correct horse").key("origin", "ines"))


def test_keys_go_to_the_safest_place_there_is(tmp_path: Path):
    unsafe = fail.Keyring()

    def kept(backend: KeyringBackend, passphrase: str | None, *, ephemeral: bool) -> str:
        chain = open_keys(tmp_path, passphrase=passphrase, ephemeral=ephemeral, backend=backend)
        return chain.key("origin", "ines").kept

    assert kept(Vault(), "correct horse", ephemeral=True) == "keyring"
    assert kept(unsafe, "correct horse", ephemeral=True) == "file"
    assert kept(unsafe, None, ephemeral=True) == "memory"
    assert "cannot be kept safely" in problem_of(lambda: kept(unsafe, None, ephemeral=False))
