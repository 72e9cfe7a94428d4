"""Packs of an executed workspace: what is in them, for every scope, and what is told from them."""

from __future__ import annotations

import csv
import io
import json
import os
import random
from hashlib import sha256
from pathlib import Path

import pytest

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.container import open_pack
from lineclear.adapters.auditpack.copies import NOTICE, cell
from lineclear.adapters.auditpack.excerpting import ExcerptError, excerpt
from lineclear.adapters.auditpack.exporting import ExportError
from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.story import tell
from lineclear.adapters.auditpack.verifying import verify_pack
from lineclear.application.record.findings import EVERYTHING, Fault, Scope, ScopeKind
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.ledger.signing import key_id
from lineclear.domain.vocabulary import ActionStatus
from support.kernel import Kernel
from support_audit import LOG, ORIGIN, Entries, Unpacked, entries_of, examiner, executed, key_of, write
from support_ledger import Key

KEY = key_id(LOG.public_key)
EXPORTER = Key("an exporter")


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    return executed()


@pytest.fixture(scope="module")
def ledger(kernel: Kernel) -> Entries:
    return entries_of(kernel)


@pytest.fixture(scope="module")
def sound(ledger: Entries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(ledger, tmp_path_factory.mktemp("packs") / "sound.auditpack")


def told(ledger: Entries) -> list[dict]:
    return [json.loads(entry) for entry in ledger.all]


def decided(ledger: Entries) -> str:
    """The first action that somebody approved and that ran."""
    streams = {one["stream"] for one in told(ledger) if one["type"] == "execution.started"}
    first = next(
        one for one in told(ledger) if one["type"] == "decision.recorded" and one["stream"] in streams
    )
    return first["stream"].partition("/")[2]


def test_a_pack_of_an_executed_workspace_is_sound_and_says_what_that_means(sound: Path, ledger: Entries):
    kept = ledger.checkpoint()
    conclusion = verify_pack(sound, Trust(key=str(key_of(LOG)), older=(kept,))).conclusion
    assert conclusion.findings == ()
    assert (conclusion.origin, conclusion.size, conclusion.key) == (ORIGIN, len(ledger.all), KEY)
    counts = conclusion.counts
    assert (counts.decisions, counts.signatures, counts.starts, counts.proofs) == (4, 4, 5, 49)
    assert any("4 decisions are signed by device keys" in says for says in conclusion.proven)
    assert any("continues the one of 49 entries" in says for says in conclusion.proven)
    said = " ".join(conclusion.unproven)
    assert "no witness has cosigned" in said
    assert "is your log's" not in said
    assert "events.csv" in said


def test_two_exports_of_the_same_are_the_same_to_the_byte(sound: Path, ledger: Entries, tmp_path: Path):
    assert write(ledger, tmp_path / "again").read_bytes() == sound.read_bytes()


def test_what_is_in_a_pack_is_what_the_ledger_says(sound: Path, kernel: Kernel, ledger: Entries):
    files = Unpacked.of(sound).files
    for name, data in files.items():
        if name.startswith(("payloads/", "decisions/")):
            assert names.named_digest(name) == sha256(data).hexdigest()
    action = kernel.action(decided(ledger))
    payload = unseal(files[names.content_name(action.content.payload)])
    assert json.loads(payload)["tool"] == action.tool
    assert {names.decision_name(vote.statement) for vote in action.votes} <= files.keys()
    assert list(files) == sorted(files)


@pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX's")
def test_a_pack_is_for_its_owner_alone(sound: Path):
    assert sound.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", list(ScopeKind))
def test_every_scope_holds_what_it_names_and_verifies(
    kind: ScopeKind, kernel: Kernel, ledger: Entries, tmp_path: Path
):
    action = kernel.action(decided(ledger))
    times = {"start": "2026-01-01T00:00:00.000Z", "end": "2026-01-01T00:00:00.001Z"}
    scope = {
        ScopeKind.ALL: EVERYTHING,
        ScopeKind.TIME: Scope(ScopeKind.TIME, **times),
        ScopeKind.JOB: Scope(ScopeKind.JOB, kernel.job),
        ScopeKind.AGENT: Scope(ScopeKind.AGENT, "support-agent"),
        ScopeKind.CAPABILITY: Scope(ScopeKind.CAPABILITY, "manage_access"),
        ScopeKind.ACTION: Scope(ScopeKind.ACTION, action.id),
    }[kind]
    pack = write(ledger, tmp_path / "pack", scope=scope)
    conclusion = verify_pack(pack, Trust(key=KEY)).conclusion
    assert conclusion.findings == ()
    assert examiner().verify(pack, KEY)[0] == []
    signatures = {ScopeKind.CAPABILITY: 1, ScopeKind.ACTION: 1}.get(kind, 4)
    assert (conclusion.counts.signatures, conclusion.counts.decisions) == (signatures, 4)
    outside = any("outside of the scope" in says for says in conclusion.unproven)
    assert outside is (signatures < 4)


@pytest.mark.parametrize("kind", [kind for kind in ScopeKind if kind is not ScopeKind.ALL])
def test_what_a_scope_promises_has_to_be_there(
    kind: ScopeKind, kernel: Kernel, ledger: Entries, tmp_path: Path
):
    """Also where the lists are signed anew by the log's own key."""
    action = kernel.action(decided(ledger))
    name = {"job": kernel.job, "agent": "support-agent", "action": action.id}.get(kind, "issue_refund")
    scope = Scope(kind, name) if kind is not ScopeKind.TIME else Scope(kind, start="2025-01-01T00:00:00.000Z")
    files = Unpacked.of(write(ledger, tmp_path / "pack", scope=scope))
    del files.files[names.decision_name(action.votes[0].statement)]
    cut = files.sign_again().lay_down(tmp_path / "cut")
    found = verify_pack(cut, Trust(key=KEY)).conclusion.findings
    assert {one.fault for one in found} == {Fault.DECISION, Fault.CONTENT}
    assert examiner().verify(cut, KEY)[0] != []


def test_a_scope_that_nothing_is_in_is_sound_and_holds_no_contents(ledger: Entries, tmp_path: Path):
    pack = write(ledger, tmp_path / "pack", scope=Scope(ScopeKind.JOB, "job-nobody"))
    assert verify_pack(pack, Trust()).conclusion.is_sound
    contents = [name for name in Unpacked.of(pack).files if name.startswith(("decisions/", "payloads/"))]
    assert len(contents) == 1  # the policy, by which everything was judged


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": ScopeKind.ALL, "name": "x"},
        {"kind": ScopeKind.JOB},
        {"kind": ScopeKind.TIME},
        {"kind": ScopeKind.TIME, "start": "2026-01-01"},
        {"kind": ScopeKind.JOB, "name": "x", "start": "2026-01-01T00:00:00.000Z"},
    ],
)
def test_a_scope_that_says_nothing_cannot_be_built(wrong: dict):
    with pytest.raises(ValueError):
        Scope(**wrong)


def test_a_content_that_is_gone_without_a_tombstone_makes_the_pack_unsound(
    kernel: Kernel, ledger: Entries, tmp_path: Path
):
    gone = kernel.action(decided(ledger)).content.before
    lost = Entries(ledger.all, {name: blob for name, blob in ledger.blobs.items() if name != gone})
    pack = write(lost, tmp_path / "pack")
    conclusion = verify_pack(pack, Trust(key=KEY)).conclusion
    assert [one.says for one in conclusion.findings] == ["its before is not here, and no tombstone erased it"]


def test_a_content_that_was_altered_in_the_store_is_not_exported(ledger: Entries, tmp_path: Path):
    name = next(iter(ledger.blobs))
    with pytest.raises(ExportError, match=name):
        write(Entries(ledger.all, ledger.blobs | {name: b"other"}), tmp_path / "pack")
    assert list(tmp_path.iterdir()) == []


def test_entries_that_are_not_the_checkpoint_s_are_not_exported(ledger: Entries, tmp_path: Path):
    class Lying(Entries):
        def checkpoint(self) -> bytes:
            return ledger.checkpoint()

    other = [ledger.all[0], *ledger.all[2:], ledger.all[1]]
    with pytest.raises(ExportError, match="checkpoint"):
        write(Lying(other, ledger.blobs), tmp_path / "pack")


def test_a_pack_of_an_exporter_is_sound_for_who_trusts_that_exporter(ledger: Entries, tmp_path: Path):
    pack = write(ledger, tmp_path / "pack", signer=EXPORTER)
    named = key_id(EXPORTER.public_key)
    conclusion = verify_pack(pack, Trust(key=KEY, exporter=named)).conclusion
    assert conclusion.findings == ()
    assert "No file was changed since the exporter signed the manifest." in conclusion.proven
    assert examiner().verify(pack, KEY, exporter=named)[0] == []
    for stranger in ("", KEY, key_id(Key("another").public_key)):
        assert not verify_pack(pack, Trust(key=KEY, exporter=stranger)).conclusion.is_sound
        assert examiner().verify(pack, KEY, exporter=stranger)[0] != []


# -- copies


def test_copies_say_first_that_they_are_no_evidence_and_hold_every_entry(sound: Path, ledger: Entries):
    files = Unpacked.of(sound).files
    first, *rest = files[names.LINES].splitlines()
    assert json.loads(first) == {"notice": NOTICE}
    assert [json.loads(line)["entry"] for line in rest] == told(ledger)
    notice, heading, *rows = csv.reader(io.StringIO(files[names.TABLE].decode()))
    assert notice == [NOTICE]
    assert [row[heading.index("stream")] for row in rows] == [one["stream"] for one in told(ledger)]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n@x", "\uff1d1"])
def test_no_cell_is_read_as_a_formula(text: str):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "2026", '{"a":"=1"}', "person/ada"])
def test_other_cells_are_let_be(text: str):
    assert cell(text) == text


# -- one action


def test_the_story_of_an_action_names_each_step_with_its_signature_and_proof(sound: Path, ledger: Entries):
    action = decided(ledger)
    report = verify_pack(sound, Trust(key=KEY), watch=action)
    with open_pack(sound) as pack:
        story = list(tell(pack, report.steps))
    types = [one.type for one in story]
    assert types[:4] == ["action.proposed", "action.evaluated", "decision.recorded", "action.cleared"]
    assert types[4:] == ["execution.started", "execution.succeeded", "action.undone"]
    proposal, _, decision, *_ = story
    assert proposal.says.startswith("support-agent proposed payments.create_refund")
    assert "agent's note: Charged twice" in proposal.details
    assert any('"amount": "60.00"' in detail for detail in proposal.details)
    assert decision.says == "ops-west (tier 2) decided: approve"
    assert any(detail.startswith("signature holds") for detail in decision.details)
    assert all(f"proof: proofs/{one.index}.tlog-proof" in one.details for one in story)


def test_an_excerpt_proves_one_action_by_the_log_s_checkpoint_and_shows_nothing_else(
    sound: Path, ledger: Entries, kernel: Kernel, tmp_path: Path
):
    action = decided(ledger)
    excerpt(sound, action, tmp_path / "one")
    report = verify_pack(tmp_path / "one", Trust(key=KEY), watch=action)
    assert report.conclusion.findings == ()
    assert (report.conclusion.counts.signatures, report.conclusion.counts.starts) == (1, 1)
    assert report.steps[-1].after.status is ActionStatus.UNDONE
    assert any("excerpt leaves out" in says for says in report.conclusion.unproven)
    shown = b"".join(path.read_bytes() for path in (tmp_path / "one").rglob("*") if path.is_file())
    others = {one["stream"] for one in told(ledger) if one["type"] == "action.proposed"} - {
        f"action/{action}"
    }
    undone_by = kernel.action(action).undone_by
    assert not any(other.encode() in shown for other in others if other != f"action/{undone_by}")


@pytest.mark.parametrize("seed", range(40))
def test_no_change_to_an_excerpt_is_missed(sound: Path, ledger: Entries, tmp_path: Path, seed: int):
    excerpt(sound, decided(ledger), tmp_path / "one")
    chance = random.Random(seed)
    path = chance.choice(sorted(path for path in (tmp_path / "one").rglob("*") if path.is_file()))
    data = bytearray(path.read_bytes())
    match seed % 4:
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(data + b"\n")
        case 2:
            path.write_bytes(data[:-1])
        case _:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            path.write_bytes(data)
    assert not verify_pack(tmp_path / "one", Trust(key=KEY)).conclusion.is_sound


def test_an_excerpt_takes_a_whole_pack_in_whose_scope_the_action_is(
    sound: Path, ledger: Entries, tmp_path: Path
):
    action = decided(ledger)
    with pytest.raises(ExcerptError, match="no action"):
        excerpt(sound, "act-nobody", tmp_path / "one")
    narrow = write(ledger, tmp_path / "narrow", scope=Scope(ScopeKind.CAPABILITY, "manage_access"))
    with pytest.raises(ExcerptError, match="scope"):
        excerpt(narrow, action, tmp_path / "one")
    excerpt(sound, action, tmp_path / "one")
    with pytest.raises(ExcerptError, match="whole pack"):
        excerpt(tmp_path / "one", action, tmp_path / "two")


def test_an_unpacked_pack_is_judged_as_the_pack_is(sound: Path, tmp_path: Path):
    for name, data in Unpacked.of(sound).files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert verify_pack(tmp_path, Trust(key=KEY)).conclusion.is_sound
    (tmp_path / "notes.txt").write_text("mine")
    assert [one.fault for one in verify_pack(tmp_path, Trust(key=KEY)).conclusion.findings] == [
        Fault.CONTAINER
    ]
