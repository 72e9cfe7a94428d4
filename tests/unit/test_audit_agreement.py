"""I39: on every way in which authority is had, our audit and the one that shares no line with it agree."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lineclear.adapters.auditpack.excerpting import excerpt
from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.verifying import verify_pack
from lineclear.domain.ledger.signing import key_id
from lineclear.domain.strict_json import canonical
from support_audit import LOG, Entries, entries_of, examiner, write
from support_histories import HISTORIES

KEY = key_id(LOG.public_key)


@pytest.fixture(scope="module")
def ledgers() -> dict[str, Entries]:
    return {name: entries_of(made()) for name, made in HISTORIES.items()}


@pytest.fixture(scope="module")
def independent() -> ModuleType:
    return examiner()


def verdicts(module: ModuleType, entries: Entries, out: Path) -> tuple[list[str], list[str]]:
    """What ours and what the other finds."""
    pack = write(entries, out)
    found = verify_pack(pack, Trust(key=KEY)).conclusion.findings
    return [f"{one.where}: {one.says}" for one in found], module.verify(pack, KEY)[0]


@pytest.mark.parametrize("name", HISTORIES)
def test_i39_a_sound_pack_is_sound_for_both(name: str, ledgers, independent: ModuleType, tmp_path: Path):
    assert verdicts(independent, ledgers[name], tmp_path / "sound.auditpack") == ([], [])


type Change = Callable[[dict[str, Any]], object]


def says(**body: object) -> Change:
    return lambda one: one["body"].update(body)


def without(*members: str) -> Change:
    return lambda one: [one["body"].pop(member) for member in members]


DAMAGES: list[tuple[str, str, int, Change]] = [
    ("lent", "decision.recorded", 0, says(giver="root")),
    ("lent", "decision.recorded", 0, without("grounds", "giver")),
    ("lent", "decision.recorded", 0, says(grounds="break_glass")),
    ("lent", "decision.recorded", 0, says(tier=3)),
    ("lent", "decision.recorded", 2, says(grounds="delegated", giver="root")),
    ("lent", "authority.delegated", 0, says(until="2026-01-01T00:00:00.000Z")),
    ("lent", "authority.delegated", 0, says(capabilities=["manage_access"])),
    ("lent", "authority.delegated", 0, says(ceiling="50.00")),
    ("lent", "authority.delegated", 0, says(giver="late")),
    ("lent", "authority.delegated", 0, says(giver="deputy")),
    ("lent", "authority.delegated", 0, says(tier=3)),
    ("lent", "authority.delegated", 0, says(tier=1)),
    ("lent", "authority.delegated", 0, lambda one: one.update(actor="person/root")),
    ("in_an_emergency", "decision.recorded", 0, without("grounds")),
    ("in_an_emergency", "decision.recorded", 1, says(tier=1)),
    ("in_an_emergency", "decision.recorded", 1, says(grounds="delegated", giver="boss")),
    ("in_an_emergency", "glass.broken", 0, says(until="2026-01-01T00:00:00.000Z")),
    ("in_an_emergency", "glass.broken", 0, lambda one: one.update(actor="person/boss")),
    ("in_an_emergency", "glass.reviewed", 0, lambda one: one.update(actor="person/ops")),
    ("in_an_emergency", "glass.reviewed", 0, says(by="ops")),
    ("staged", "decision.recorded", 1, without("groups")),
    ("staged", "decision.recorded", 0, says(groups=["finance"])),
    ("staged", "decision.recorded", 1, says(tier=2)),
    ("together", "decision.recorded", 0, says(bulk=3)),
    ("together", "decision.recorded", 1, without("bulk")),
    ("on_trial", "trial.started", 0, says(digest="0" * 64)),
    ("on_trial", "trial.started", 0, says(version=2)),
    ("asked_outside", "action.consulted", 0, lambda one: one["body"]["said"].update(outcome="deny")),
    ("edited", "action.revised", 0, without("edited_by")),
    ("edited", "action.revised", 1, says(edited_by="ops")),
]


@pytest.mark.parametrize(("name", "kind", "which", "change"), DAMAGES)
def test_i39_what_was_altered_is_found_by_both(  # one damage each
    name: str, kind: str, which: int, change: Change, ledgers, independent: ModuleType, tmp_path: Path
):
    told = [json.loads(one) for one in ledgers[name].all]
    before = canonical(told)
    change([one for one in told if one["type"] == kind][which])
    assert canonical(told) != before
    altered = Entries(map(canonical, told), ledgers[name].blobs)
    ours, theirs = verdicts(independent, altered, tmp_path / "altered.auditpack")
    assert (bool(ours), bool(theirs)) == (True, True), (ours, theirs)


def test_i39_what_no_tombstone_erased_has_to_be_there_for_both(
    ledgers, independent: ModuleType, tmp_path: Path
):
    """Whoever holds the log's key may list it as absent; only the ledger says what was erased."""
    told = [json.loads(one) for one in ledgers["together"].all]
    gone = next(one for one in told if one["type"] == "action.proposed")["commits"]["payload"]
    blobs = {name: blob for name, blob in ledgers["together"].blobs.items() if name != gone}
    found = verdicts(independent, Entries(ledgers["together"].all, blobs), tmp_path / "less.auditpack")
    assert list(map(bool, found)) == [True, True], found


@pytest.mark.parametrize("name", HISTORIES)
def test_an_excerpt_takes_along_by_what_its_people_decided_and_its_policies_judged(
    name: str, ledgers, tmp_path: Path
):
    pack = write(ledgers[name], tmp_path / "sound.auditpack")
    told = [json.loads(one) for one in ledgers[name].all]
    for stream in [one["stream"] for one in told if one["type"] == "action.proposed"]:
        action = stream.removeprefix("action/")
        excerpt(pack, action, tmp_path / action)
        assert verify_pack(tmp_path / action, Trust(key=KEY)).conclusion.findings == ()
