"""Consoles as witnesses: what they keep of a log, and the alarm when real servers show another one."""

from __future__ import annotations

import json
import os
import shutil
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.verifying import verify_pack
from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.system.clock import SystemClock
from lineclear.adapters.system.ids import SystemIds
from lineclear.adapters.system.keys import DeviceKey
from lineclear.adapters.system.notebooks import FileNotebook, notebook_of
from lineclear.adapters.system.signatures import Ed25519Signer, verifier_of
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.reading.replica import Replica
from lineclear.application.record.witnessing import Alarm, AlarmKind, Kept, Means, Witness, Witnessed
from lineclear.desktop.presenters.ledger.alarms import alarm_sheet, witness_line
from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.witnessing import Witnessing
from lineclear.domain.ledger.checkpoint import open_checkpoint
from lineclear.domain.ledger.notes import parse_note
from lineclear.domain.ledger.witness_policy import judge, parse_witness_policy
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier, Verdict
from support.backend import Running, lineclear, new_key, new_workspace, refund_payload, running
from support_audit import Unpacked, examiner


@dataclass
class Seat:
    """A console's witness of its own: key and notebook outlast the backend that it is connected to."""

    folder: Path
    name: str = "ops-west"
    key: DeviceKey = field(default_factory=lambda: DeviceKey(os.urandom(32), "file"))

    def at(self, here: Running, role: Role = Role.OPS) -> Sitting:
        return Sitting(self, here, here.token(self.name, role, tier=Tier.TWO))


class Sitting:
    """The seat, connected: a replica, a reviewer and the witness, as the console's root wires them."""

    def __init__(self, seat: Seat, here: Running, token: str) -> None:
        self.client = here.client(token)
        me = self.client.me()
        self.notebook = notebook_of(seat.folder, me.origin)
        means = Means(self.client.log, self.notebook, verifier_of, SystemClock(), SystemIds(), seat.key)
        self.witness = Witness(means, me.origin, me.subject)
        self.replica = Replica(MemoryStore())
        self.witnessing = Witnessing(self.witness, self.replica)
        signer = DeviceKey(os.urandom(32), "memory")
        self.reviewer = Reviewer(
            self.client, signer, me.origin, SystemClock(), SystemIds(), self.witness.require_calm
        )

    def sync(self, tampered: Callable[[str], str] = str) -> Witnessed:
        """One exchange of the sync, and the check that follows it."""
        start = self.replica.size()
        feed = self.client.feed(start)
        items = [type(one)(one.index, tampered(one.entry), one.brief) for one in feed.items]
        self.replica.apply(items)
        self.witnessing.check()
        return self.witness.state


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_workspace(tmp_path / "workspace")


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    return Seat(tmp_path / "seat")


def grown(here: Running, times: int = 1) -> None:
    bot = here.bot()
    for number in range(times):
        bot.propose(refund_payload(f"{50 + number}.00"))


def forked(folder: Path, other: Path) -> Path:
    """A copy of the data folder as whoever runs the backend could make one, with the log's own key."""
    shutil.copytree(folder, other)
    (other / "log.checkpoint").unlink()  # whoever forks a log does not let it find out
    shutil.rmtree(other / "cosigned", ignore_errors=True)
    return other


def alarm_of(witnessed: Witnessed) -> Alarm:
    assert witnessed.alarm is not None
    return witnessed.alarm


def test_a_console_keeps_verifies_and_cosigns_each_checkpoint(folder: Path, seat: Seat):
    with running(folder) as here:
        sitting = seat.at(here)
        first = sitting.sync()
        assert (first.is_first, first.alarm) == (True, None)
        grown(here, 3)
        here.settled_size()
        second = sitting.sync()
        assert second.size > first.size
        kept = sitting.notebook.kept()
        assert kept is not None
        log = sitting.client.log
        policy = parse_witness_policy(log.policy())
        assert [one.name for one in policy.witnesses] == [f"ops-west-{seat.key.id[:8]}"]
        assert open_checkpoint(kept.note.encode(), policy.logs[0].key, verifier_of).size == second.size
        notes = [judge(policy, parse_note(note), verifier_of) for note in log.cosigned()]
        assert [(one.checkpoint.size, set(one.cosigned)) for one in notes] == [
            (second.size, {policy.witnesses[0].name})
        ]


def test_of_each_witness_the_newest_cosignature_is_served_and_two_on_one_checkpoint_stand_together(
    folder: Path, seat: Seat, tmp_path: Path
):
    with running(folder) as here:
        west, auditor = seat.at(here), Seat(tmp_path / "other", "auditor").at(here, Role.AUDITOR)
        west.sync()
        auditor.sync()  # each enrolment is an entry, so that the log grows once more
        here.settled_size()
        west.sync()
        auditor.sync()
        log = west.client.log
        policy = parse_witness_policy(log.policy())
        verdict = judge(policy, parse_note(log.checkpoint()), verifier_of)
        assert set(verdict.cosigned) == {one.name for one in policy.witnesses}
        assert len(verdict.cosigned) == 2
        assert len(log.cosigned()) == 1


def test_i37_consoles_compare_what_the_others_cosigned_with_their_own_view(
    folder: Path, seat: Seat, tmp_path: Path
):
    with running(folder) as here:
        alone = seat.at(here)
        assert alone.sync().others == ()
        assert "no other witness" in text_of(witness_line(alone.witness.state).source or "")
        auditor = Seat(tmp_path / "other", "auditor").at(here, Role.AUDITOR)
        auditor.sync()
        here.settled_size()
        state = alone.sync()
        assert [one.name for one in state.others] == [next(iter(others_of(auditor)))]
        assert 0 < state.others[0].size <= state.size
        assert "1 other witness cosigned this same ledger" in text_of(witness_line(state).source or "")


def others_of(sitting: Sitting) -> set[str]:
    """The names under which a sitting's own key stands in the log's policy."""
    policy = parse_witness_policy(sitting.client.log.policy())
    key = sitting.witness._means.key
    return {one.name for one in policy.witnesses if key and one.key.public_key == key.public_key}


def test_i37_a_console_that_comes_to_a_fork_for_the_first_time_finds_what_another_one_cosigned(
    folder: Path, seat: Seat, tmp_path: Path
):
    with running(folder) as here:
        assert seat.at(here).sync().is_first
        here.settled_size()
    for name, growth, kind in (("rewritten", 9, AlarmKind.FORKED), ("older", 0, AlarmKind.SHRUNK)):
        other = forked(folder, tmp_path / name)
        with running(folder) as here:
            grown(here, 3 if growth else 30)
            here.settled_size()
            assert seat.at(here).sync().alarm is None
        shutil.copytree(folder / "cosigned", other / "cosigned")
        with running(other) as here:
            grown(here, growth)
            here.settled_size()
            newcomer = Seat(tmp_path / f"newcomer-{name}", "ops-north").at(here)
            alarm = alarm_of(newcomer.sync())
        assert alarm.kind is kind
        assert "ops-west" in alarm.says
        assert Path(alarm.evidence).read_text(encoding="utf-8") == alarm.seen
        assert "ops-west" in alarm.seen


def test_a_cosignature_that_does_not_hold_raises_the_alarm(folder: Path, seat: Seat, tmp_path: Path):
    with running(folder) as here:
        assert seat.at(here).sync().is_first
        (note,) = (folder / "cosigned").iterdir()
        lines = note.read_bytes().splitlines(keepends=True)
        *before, name, line = lines[-1].split(b" ")
        data = bytearray(b64decode(line))
        data[20] ^= 1
        note.write_bytes(b"".join(lines[:-1]) + b" ".join((*before, name, b64encode(bytes(data)) + b"\n")))
        newcomer = Seat(tmp_path / "newcomer", "ops-north").at(here)
        assert alarm_of(newcomer.sync()).kind is AlarmKind.UNSIGNED


def test_i37_a_forked_log_raises_the_alarm_at_the_second_sync(folder: Path, seat: Seat, tmp_path: Path):
    with running(folder) as here:
        grown(here)
        here.settled_size()
        assert seat.at(here).sync().alarm is None
    other = forked(folder, tmp_path / "fork")
    elsewhere = Seat(tmp_path / "elsewhere", "ops-east")
    with running(other) as here:
        assert elsewhere.at(here).sync().is_first
        grown(here, 2)
        assert elsewhere.at(here).sync().alarm is None
    with running(folder) as here:
        grown(here, 3)
        assert seat.at(here).sync().alarm is None
        # The second console saw the other branch: the log that the first one knows is none to it.
        sitting = elsewhere.at(here)
        assert alarm_of(sitting.sync()).kind is AlarmKind.FORKED
    with running(other) as here:
        grown(here, 3)
        sitting = seat.at(here)
        alarm = alarm_of(sitting.sync())
        assert alarm.kind in {AlarmKind.FORKED, AlarmKind.SHRUNK}
        assert Path(alarm.evidence).read_text(encoding="utf-8") == alarm.seen
        assert "\n\n— " in alarm.kept
        assert "\n\n— " in alarm.seen


def test_while_an_alarm_stands_nothing_is_approved_or_undone_and_rejecting_still_works(
    folder: Path, seat: Seat, tmp_path: Path
):
    with running(folder) as here:
        seat.at(here).sync()
        grown(here)
        seat.at(here).sync()
    other = forked(folder, tmp_path / "fork")
    with running(folder) as here:
        grown(here, 2)
        seat.at(here).sync()
    with running(other) as here:
        grown(here, 4)
        sitting = seat.at(here)
        sitting.sync()
        action = here.bot().propose(refund_payload("61.00"))
        for approve in (
            lambda: sitting.reviewer.decide(action, Verdict.APPROVE),
            lambda: sitting.reviewer.undo(action.id, "1", "No"),
        ):
            with pytest.raises(Refusal) as refused:
                approve()
            assert refused.value.code is Code.LEDGER_ALARM
        assert "trust-log" in refused.value.remedy
        assert sitting.reviewer.decide(action, Verdict.REJECT, "Not a duplicate").ended_by == "ops-west"
        # It stands for every console of this device, also after a start, until somebody accepts the log.
        assert alarm_of(seat.at(here).witness.state) == alarm_of(sitting.witness.state)
        sitting.notebook.forget()
        again = seat.at(here)
        assert again.sync().is_first
        assert again.reviewer.decide(here.bot().propose(refund_payload("62.00")), Verdict.APPROVE)


def test_a_log_that_lost_entries_raises_the_alarm(folder: Path, seat: Seat, tmp_path: Path):
    with running(folder) as here:
        assert seat.at(here).sync().is_first
        size = here.settled_size()
    old = forked(folder, tmp_path / "old")
    with running(folder) as here:
        grown(here, 20)
        seat.at(here).sync()
    with running(old) as here:
        assert here.size() < size + 40
        alarm = alarm_of(seat.at(here).sync())
        assert alarm.kind is AlarmKind.SHRUNK
        assert "states" in alarm.says


def test_another_key_raises_the_alarm(folder: Path, seat: Seat):
    with running(folder) as here:
        assert seat.at(here).sync().is_first
    (folder / "log.key").unlink()
    (folder / "log.checkpoint").unlink()
    shutil.rmtree(folder / "cosigned")
    with running(folder) as here:
        alarm = alarm_of(seat.at(here).sync())
        assert alarm.kind is AlarmKind.KEY_CHANGED
        sheet = alarm_sheet(alarm)
        assert "another key" in sheet.title
        assert "trust-log" in sheet.remedy


def test_entries_shown_that_the_log_never_signed_raise_the_alarm(folder: Path, seat: Seat):
    with running(folder) as here:
        grown(here)
        here.settled_size()
        sitting = seat.at(here)

        def lying(entry: str) -> str:
            return entry.replace('"owner":"owner"', '"owner":"ana"')

        sitting.sync(lying)
        state = sitting.sync(lying)  # whatever was appended between the first feed and its check is here now
        assert alarm_of(state).kind is AlarmKind.SHOWN_OTHERWISE


def test_a_damaged_notebook_is_no_first_contact(folder: Path, seat: Seat):
    with running(folder) as here:
        sitting = seat.at(here)
        sitting.sync()
        kept = seat.folder / here.client(here.token("ana", Role.OPS)).me().origin / "kept.json"
        kept.write_bytes(b"{}")
        with pytest.raises(Refusal) as refused:
            sitting.witness.check()
        assert refused.value.code is Code.NOTEBOOK_UNUSABLE


def test_a_cosignature_by_nobody_enrolled_or_over_something_else_is_refused(folder: Path, seat: Seat):
    with running(folder) as here:
        sitting = seat.at(here)
        sitting.sync()
        log = sitting.client.log
        (note,) = log.cosigned()
        line = note.decode().splitlines()[-1] + "\n"
        size = int(note.decode().splitlines()[1])
        for wrong in (
            (size - 1, line),
            (size, line.replace("ops-west", "ops-east")),
            (size, line * 2),
            (0, ""),
        ):
            with pytest.raises(Refusal) as refused:
                log.cosign(*wrong, key=new_key())
            assert refused.value.code is Code.BODY_INVALID


def test_two_consoles_of_one_device_never_keep_over_each_other(tmp_path: Path):
    one, two = FileNotebook(tmp_path), FileNotebook(tmp_path)
    first, second = Kept("key", "1"), Kept("key", "2")
    assert one.keep(None, first)
    assert not two.keep(None, second)
    assert two.keep(first, second)
    assert not one.keep(first, Kept("key", "3"))
    assert one.kept() == second


def test_a_pack_brings_what_witnesses_saw_and_both_verifiers_judge_it(
    folder: Path, seat: Seat, tmp_path: Path
):
    with running(folder) as here:
        grown(here, 2)
        here.settled_size()
        seat.at(here).sync()
    pack, key = tmp_path / "pack", _exported(folder, tmp_path / "pack")
    report = verify_pack(pack, Trust(key)).conclusion
    assert report.findings == ()
    assert any(one.startswith(f"Witness ops-west-{seat.key.id[:8]} cosigned") for one in report.proven)
    assert examiner().verify(pack, key)[0] == []

    unpacked = Unpacked.of(pack)
    (name,) = (one for one in unpacked.files if one.startswith("checkpoints/"))
    honest = unpacked.files[name]
    for wrong in (
        honest.replace(b"ops-west", b"ops-east"),
        honest[:-9] + bytes([honest[-9] ^ 1]) + honest[-8:],
        b"".join(honest.splitlines(keepends=True)[:-1]),
    ):
        altered = unpacked.copy()
        altered.files[name] = wrong
        altered.sign_again(Ed25519Signer(_seed(folder)))
        found = verify_pack(altered.lay_down(tmp_path / "altered"), Trust(key)).conclusion.findings
        assert [one.where for one in found] == [name]


def _exported(folder: Path, out: Path) -> str:
    assert lineclear("audit", "export", "--data", folder, "--out", out).returncode == 0
    return json.loads(lineclear("audit", "key", "--data", folder, "--json").stdout)["key"]


def _seed(folder: Path) -> bytes:
    key = serialization.load_pem_private_key((folder / "log.key").read_bytes(), None)
    assert isinstance(key, ed25519.Ed25519PrivateKey)
    return key.private_bytes_raw()
