"""Erasing in a real data folder, from the terminal and over HTTP; and that logs hold no secrets."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import Role, Tier, Verdict
from support.backend import Running, lineclear, new_key, new_workspace, running

NOTE = "Wilhelmina Example was charged twice"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_workspace(tmp_path / "workspace")


def rejected(here: Running) -> Action:
    action = here.bot().propose(note=NOTE)
    return here.hand().decide(action, Verdict.REJECT, "Not a duplicate")


def holding(folder: Path, words: str) -> list[str]:
    """The files that hold a text; the sample's own systems are the other side's."""
    ours = [path for path in folder.rglob("*") if path.is_file() and path.name.startswith("lineclear.db")]
    return [path.name for path in ours if words.encode() in path.read_bytes()]


def test_i41_i42_the_terminal_erases_for_good_and_obeys_legal_hold(folder: Path):
    with running(folder) as here:
        action = rejected(here)
    assert holding(folder, NOTE) != []
    erase = ("erase", "--data", folder, "--action", action.id, "--reason", "She asked for it", "--json")
    assert lineclear("legal-hold", "on", "--data", folder, "--reason", "A claim").returncode == 0
    refused = lineclear(*erase)
    assert refused.returncode == 3
    assert "legal hold" in refused.stdout + refused.stderr
    assert lineclear("legal-hold", "off", "--data", folder, "--reason", "Settled").returncode == 0
    assert json.loads(lineclear(*erase).stdout) == {"actions": [action.id], "jobs": []}
    assert holding(folder, NOTE) == []
    pack = folder.parent / "pack"
    assert lineclear("audit", "export", "--data", folder, "--out", pack).returncode == 0
    assert lineclear("audit", "verify", pack).returncode == 0
    with running(folder) as here:
        erased = here.hand().client.detail(action.id)
    assert erased.missing == ("payload", "before", "after")
    assert erased.action.erased is not None
    assert erased.action.erased.by == "administrator"


def test_an_administrator_erases_over_http_while_everybody_works(folder: Path):
    with running(folder) as here:
        action = rejected(here)
        wire = here.http(here.token("root", Role.ADMIN, tier=Tier.THREE))
        asked = {"kind": "action", "name": action.id, "reason": "She asked for it"}
        answered = wire.post("/v1/erasures", json=asked, headers={"Idempotency-Key": new_key()})
        assert (answered.status_code, answered.json()) == (200, {"actions": [action.id], "jobs": []})
        assert here.hand("ops-east").client.detail(action.id).action.title == ""


def test_i43_no_secret_and_nothing_private_is_in_any_log(folder: Path):
    with listening() as lines, running(folder) as here:
        token = here.token("root", Role.ADMIN, tier=Tier.THREE)
        action = rejected(here)
        wire = here.http(token)
        for path in (f"/v1/actions/{action.id}/detail", "/v1/checkpoint", "/v1/nowhere"):
            wire.get(path)
        wire.post("/v1/erasures", json={"kind": "action"}, headers={"Idempotency-Key": new_key()})
        keys = [json.loads((folder / "workspace.key").read_bytes())["key"]]
        keys += (folder / "log.key").read_text(encoding="ascii").splitlines()[1:-1]
    assert lines, "nothing was logged, so nothing was looked at"
    for secret in (token, NOTE, "Not a duplicate", *keys):
        assert [line for line in lines if secret in line] == []


@contextmanager
def listening() -> Iterator[list[str]]:
    """Every record of every logger, down to debugging, as it would be written."""
    lines: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(logging.Formatter().format(record))

    ear, root = Ear(), logging.getLogger()
    before = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(before)
        root.removeHandler(ear)
