"""The auditors' recipe for somebody with no Lineclear: it accepts what was exported, and refuses all else."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.ledgers.opened import open_pack_ledger
from lineclear.application.record.query import parse_query
from lineclear.domain.strict_json import canonical
from support_audit import FOREIGN, LOG, PROJECT, Entries, entries_of, executed, key_of, write

NAME = "proof"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    return exported_of(entries_of(executed()), tmp_path_factory.mktemp("recipe"))


def exported_of(entries: Entries, folder: Path, query: str = "verdict:approve") -> tuple[Path, str]:
    """A folder with the recipe and an exported decision, and the key of the device that signed it."""
    ledger = open_pack_ledger(write(entries, folder / "pack"), folder / "cache", Trust(key=str(key_of(LOG))))
    size = ledger.follow(lambda _done, _total: None)
    index = ledger.page(parse_query(f"type:decision {query}"), size, 0, 1)[0].index
    ledger.export_proof(index, str(folder / f"{NAME}.tlog-proof"))
    device = json.loads(ledger.entry(index))["body"]["device"]
    enrolled = json.loads(ledger.entry(ledger.places_of(f"device/{device}", 9)[0]))
    ledger.close()
    (recipe,) = re.findall(
        r"```python\n(# check\.py.*?)```", (PROJECT / "app" / "AUDITING.md").read_text("utf-8"), re.DOTALL
    )
    (folder / "check.py").write_text(recipe, encoding="utf-8")
    return folder, enrolled["body"]["public_key"]


def check(folder: Path, vkey: str, device: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "check.py", NAME, vkey, device]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_recipe_accepts_what_was_exported(exported: tuple[Path, str]):
    folder, device = exported
    done = check(folder, str(key_of(LOG)), device)
    assert done.returncode == 0, done.stderr
    assert "of 49 in" in done.stdout
    assert "The device signed: approve action act-" in done.stdout


def test_the_recipe_has_sixty_lines_at_most(exported: tuple[Path, str]):
    assert len((exported[0] / "check.py").read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("suffix", ["tlog-proof", "entry.json", "dsse.json"])
def test_the_recipe_refuses_a_changed_file(exported: tuple[Path, str], suffix: str):
    folder, device = exported
    file = folder / f"{NAME}.{suffix}"
    sound = file.read_bytes()
    for at in range(0, len(sound), 37):
        file.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        if at % 185 == 0:
            assert check(folder, str(key_of(LOG)), device).returncode != 0
    file.write_bytes(sound)


def test_the_recipe_refuses_another_log_and_another_device(exported: tuple[Path, str]):
    folder, device = exported
    assert check(folder, str(key_of(FOREIGN)), device).returncode != 0
    other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    assert check(folder, str(key_of(LOG)), other).returncode != 0


def test_the_recipe_refuses_a_decision_that_was_signed_for_another_action(tmp_path: Path):
    """The same device signed both; whoever holds the log's key wrote the one in the other's place."""
    entries = entries_of(executed())
    told = [json.loads(one) for one in entries.all]
    first, other = [one for one in told if one["type"] == "decision.recorded"][:2]
    assert first["body"]["device"] == other["body"]["device"]
    first["commits"]["statement"] = other["commits"]["statement"]
    query = f"action:{first['stream'].removeprefix('action/')}"
    folder, device = exported_of(Entries(map(canonical, told), entries.blobs), tmp_path, query)
    assert check(folder, str(key_of(LOG)), device).returncode != 0
