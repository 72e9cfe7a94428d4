"""Tokens of connections: kept as safely as the machine can, and never in the open."""

from __future__ import annotations

import stat

import pytest
from keyring.backends import fail
from keyring.errors import KeyringLocked

from lineclear.adapters.system.tokens import FileTokens, MemoryTokens, Tokens, open_tokens
from lineclear.domain.refusals import Code, Refusal
from support.vaults import Vault


class Locked(Vault):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("the keyring is locked")


@pytest.fixture(params=["keyring", "file", "memory"])
def tokens(request, tmp_path) -> Tokens:
    backend = Vault() if request.param == "keyring" else fail.Keyring()
    passphrase = "a long sentence" if request.param == "file" else None
    opened = open_tokens(tmp_path / "tokens", passphrase=passphrase, backend=backend)
    assert opened.kept == request.param
    return opened


def test_a_token_is_found_again_and_forgotten_for_good(tokens):
    tokens.keep("one", "secret-1")
    tokens.keep("two", "secret-2")
    tokens.keep("one", "secret-3")
    assert (tokens.find("one"), tokens.find("two"), tokens.find("three")) == ("secret-3", "secret-2", "")
    tokens.forget("one")
    tokens.forget("one")
    assert (tokens.find("one"), tokens.find("two")) == ("", "secret-2")


def test_a_file_shows_nothing_of_the_token_and_is_its_owners_alone(tmp_path):
    FileTokens(tmp_path, "right").keep("one", "secret-1")
    [file] = tmp_path.iterdir()
    assert b"secret" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert FileTokens(tmp_path, "right").find("one") == "secret-1"


@pytest.mark.parametrize("damage", ["passphrase", "bytes", "name", "short"])
def test_what_the_passphrase_does_not_open_is_refused(tmp_path, damage):
    FileTokens(tmp_path, "right").keep("one", "secret-1")
    [file] = tmp_path.iterdir()
    match damage:
        case "bytes":
            whole = bytearray(file.read_bytes())
            whole[-1] ^= 1
            file.write_bytes(whole)
        case "name":
            file.rename(tmp_path / "two.token")
        case "short":
            file.write_bytes(b"x")
    wrong = FileTokens(tmp_path, "wrong" if damage == "passphrase" else "right")
    with pytest.raises(Refusal) as refused:
        wrong.find("two" if damage == "name" else "one")
    assert refused.value.code is Code.KEYRING_UNUSABLE


def test_a_locked_keyring_is_refused_and_not_taken_for_an_empty_one(tmp_path):
    with pytest.raises(Refusal) as refused:
        open_tokens(tmp_path, passphrase=None, backend=Locked()).find("one")
    assert refused.value.code is Code.KEYRING_UNUSABLE


def test_memory_is_this_runs_alone():
    MemoryTokens().keep("one", "secret-1")
    assert MemoryTokens().find("one") == ""
