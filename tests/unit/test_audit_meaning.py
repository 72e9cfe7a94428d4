"""I39: a log that is well-formed, signed by its own key, and tells what cannot have been, is not sound.

Whoever holds the log's key can write any history. Here they wrote ones in which each entry reads well and
only what one entry means for another is wrong. `verify.py` looks at less than ours, and says at what.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.excerpting import excerpt
from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.verifying import verify_pack
from lineclear.application.budgeting.budgets import reserve
from lineclear.application.governing.delegation import Loan, delegate
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.record.erasing import Whose, erase
from lineclear.application.record.log import LogTree, log_origin
from lineclear.application.record.witnesses import enrol_witness, witness_name
from lineclear.domain.ledger.checkpoint import Checkpoint, sign_checkpoint
from lineclear.domain.ledger.cosignature import cosign
from lineclear.domain.ledger.merkle import leaf_hash
from lineclear.domain.ledger.notes import KeyType, Note, VerifierKey
from lineclear.domain.ledger.signing import key_id
from lineclear.domain.ledger.witness_policy import PolicyWitness
from lineclear.domain.strict_json import canonical
from lineclear.domain.vocabulary import Role, Tier, Verdict
from support.kernel import DOCUMENT, Kernel
from support_audit import FOREIGN, LOG, ORIGIN, Entries, Unpacked, entries_of, examiner, executed, write
from support_histories import HISTORIES
from support_ledger import Key

KEY = key_id(LOG.public_key)
SEER = Key("a console that cosigns")
type Told = list[dict[str, Any]]
type Lie = Callable[[Told], object]


def spent() -> Kernel:
    """Part of a job's budget and of a limited day was set aside, for work and for a start."""
    kernel = Kernel()
    limit = "    budget:\n      per_agent_per_day_usd: 100\n  manage_customers:\n"
    document = DOCUMENT.replace("  manage_customers:\n", limit) + "budgets:\n  per_day_cost_usd: 5\n"
    activate_policy(kernel.services, document, by="admin")
    wanted = {"cost_micros": 1_000_000, "steps": 3, "request": kernel.key()}
    reserve(kernel.services, kernel.agent, kernel.job, **wanted)
    kernel.refund("20.00")
    kernel.run()
    return kernel


def lent_for_an_hour() -> Kernel:
    kernel = Kernel()
    lead, deputy = kernel.reviewer("lead"), kernel.reviewer("deputy", Tier.ONE)
    loan = Loan("deputy", Tier.TWO, ("issue_refund",), timedelta(hours=1), "lunch")
    delegate(kernel.services, lead.principal, loan)
    kernel.later(minutes=30)
    kernel.decide(deputy, kernel.refund("60.00"))
    kernel.run()
    return kernel


def erased() -> Kernel:
    kernel = Kernel()
    admin = kernel.token("root", Role.ADMIN, tier=Tier.THREE)
    action = kernel.refund("20.00")
    kernel.run()
    erase(kernel.services, admin, Whose.ACTION, action.id, "asked for")
    return kernel


MORE = {one.__name__: one for one in (executed, spent, lent_for_an_hour, erased)}


@pytest.fixture(scope="module")
def ledgers() -> dict[str, Entries]:
    return {name: entries_of(made()) for name, made in {**HISTORIES, **MORE}.items()}


@pytest.fixture(scope="module")
def independent() -> ModuleType:
    return examiner()


def judged(module: ModuleType, entries: Entries, out: Path) -> tuple[list[str], list[str]]:
    pack = write(entries, out)
    found = verify_pack(pack, Trust(key=KEY)).conclusion.findings
    return [f"{one.where}: {one.says}" for one in found], module.verify(pack, KEY)[0]


def of(kind: str, which: int = 0, **body: object) -> Lie:
    """The entry of this type says something else in its body."""
    return lambda told: nth(told, kind, which)["body"].update(body)


def by(kind: str, actor: str, which: int = 0) -> Lie:
    return lambda told: nth(told, kind, which).update(actor=actor)


def at(kind: str, time: str, which: int = 0) -> Lie:
    return lambda told: nth(told, kind, which).update(at=time)


def twice(kind: str, which: int = 0) -> Lie:
    """The entry stands there twice, the second time as the next of its stream."""

    def lie(told: Told) -> None:
        one = nth(told, kind, which)
        told.insert(told.index(one) + 1, json.loads(canonical(one)))

    return lie


def between(kind: str, other: str) -> Lie:
    """Another entry comes between a device's signature and what was decided by it."""

    def lie(told: Told) -> None:
        moved = nth(told, other, 0)
        told.remove(moved)
        told.insert(told.index(nth(told, kind, 0)), moved)

    return lie


def into(stream: str, kind: str) -> Lie:
    return lambda told: nth(told, kind, -1).update(stream=stream)


def nth(told: Told, kind: str, which: int) -> dict[str, Any]:
    return [one for one in told if one["type"] == kind][which]


def renumbered(told: Told) -> Told:
    due: dict[str, int] = {}
    for one in told:
        one["seq"] = due.get(one["stream"], 0)
        due[one["stream"]] = one["seq"] + 1
    return told


BOTH: list[tuple[str, str, Lie]] = [
    ("an agent's owner is another", "executed", of("action.proposed", owner="nobody-else")),
    ("it is of another agent's job", "executed", of("action.proposed", agent="other-agent")),
    ("its tool is not that of its content", "executed", of("action.proposed", tool="mail.send")),
    ("its capability is not that of its content", "executed", of("action.proposed", capability="send_mail")),
    ("its amount is none in its content", "executed", of("action.proposed", amount="2.00")),
    ("its currency is none in its content", "executed", of("action.proposed", currency="EUR")),
    ("what it takes back is not in its content", "executed", of("action.proposed", -1, undoes="")),
    ("an amount changes when it is looked at again", "edited", of("action.revised", 1, amount="1.00")),
    ("a device is put in somebody's name", "executed", by("device.enrolled", "person/ops-east")),
    ("it started in a stream of another kind", "executed", into("job/elsewhere", "execution.started")),
    ("it was decided in a stream of another kind", "executed", into("job/elsewhere", "decision.recorded")),
    ("a glass was broken by somebody else", "in_an_emergency", by("glass.broken", "person/boss")),
]
OURS: list[tuple[str, str, Lie]] = [
    ("an agent's action is by a person", "executed", by("action.proposed", "person/ops-west")),
    ("an undo is by an agent", "executed", by("action.proposed", "agent/support-agent", -1)),
    ("an undo is of another connector", "executed", of("action.proposed", -1, connector="other")),
    ("a device is of somebody who is nobody", "executed", of("device.enrolled", person="nobody")),
    ("a signature is by somebody else", "executed", by("device.signed", "person/ops-east")),
    ("something comes between signature and verdict", "lent", between("decision.recorded", "token.created")),
    ("a policy is another than its document", "executed", of("policy.activated", digest="0" * 64)),
    ("a policy has the number of the one before", "staged", of("policy.activated", 1, version=1)),
    ("a policy is by somebody else", "executed", by("policy.activated", "person/ops-west")),
    ("the same lease sends twice", "executed", twice("execution.started")),
    ("authority was lent for years", "lent", of("authority.delegated", until="2036-01-01T00:00:00.000Z")),
    ("what ended was never lent", "lent", of("delegation.ended", delegation="dlg-0")),
    ("somebody else ended it", "lent", by("delegation.ended", "person/nobody")),
    ("a glass was broken for a day", "in_an_emergency", of("glass.broken", until="2026-01-02T00:00:00.000Z")),
    ("one break-glass was reviewed twice", "in_an_emergency", twice("glass.reviewed")),
    ("a glass was broken while one was open", "in_an_emergency", twice("glass.broken")),
    ("somebody of tier 2 reviewed it", "in_an_emergency", of("person.enrolled", 1, tier=2)),
    ("a job's budget was passed", "spent", of("budget.reserved", cost_micros=9_000_000)),
    ("more steps than there are were set aside", "spent", of("budget.reserved", steps=99)),
    ("less than nothing was set aside", "spent", of("budget.reserved", cost_micros=-1)),
    ("the same was set aside twice", "spent", twice("budget.reserved")),
    ("the workspace's day was passed", "spent", of("day.reserved", cost_micros=6_000_000)),
    ("an agent's day was passed", "spent", of("day.reserved", 1, cost_micros=101_000_000)),
    ("a day was counted on another", "spent", at("day.reserved", "2026-01-02T00:00:00.000Z")),
    (
        "lent authority came back by a clock that was set back",
        "lent_for_an_hour",
        at("device.signed", "2026-01-01T03:00:00.000Z"),
    ),
    (
        "a statement came back by a clock that was set back",
        "executed",
        at("device.signed", "2026-01-01T03:00:00.000Z"),
    ),
    ("the log is of another workspace", "spent", of("workspace.created", name="acme/other")),
]


@pytest.mark.parametrize("name", MORE)
def test_i39_what_was_made_here_is_sound(name: str, ledgers, independent: ModuleType, tmp_path: Path):
    assert judged(independent, ledgers[name], tmp_path / "sound.auditpack") == ([], [])


def told_lie(entries: Entries, lie: Lie) -> Entries:
    told = [json.loads(one) for one in entries.all]
    before = canonical(told)
    lie(told)
    assert canonical(told) != before
    return Entries(map(canonical, renumbered(told)), entries.blobs)


@pytest.mark.parametrize(("said", "name", "lie"), BOTH, ids=[one[0] for one in BOTH])
def test_i39_a_well_formed_lie_is_found_by_both(  # one lie each
    said: str, name: str, lie: Lie, ledgers, independent: ModuleType, tmp_path: Path
):
    ours, theirs = judged(independent, told_lie(ledgers[name], lie), tmp_path / "lie.auditpack")
    assert (bool(ours), bool(theirs)) == (True, True), (said, ours, theirs)


@pytest.mark.parametrize(("said", "name", "lie"), OURS, ids=[one[0] for one in OURS])
def test_i39_a_well_formed_lie_is_found(  # one lie each
    said: str, name: str, lie: Lie, ledgers, independent: ModuleType, tmp_path: Path
):
    ours, _ = judged(independent, told_lie(ledgers[name], lie), tmp_path / "lie.auditpack")
    assert ours, said


def test_i39_a_rejection_that_came_late_is_as_sound_as_any(independent: ModuleType, tmp_path: Path):
    """Approvals end; rejecting is always allowed."""
    kernel = Kernel()
    reviewer, action = kernel.reviewer(), kernel.refund("60.00")
    kernel.decide(reviewer, action, Verdict.REJECT, "no")
    told = [json.loads(one) for one in entries_of(kernel).all]
    nth(told, "decision.recorded", 0)["at"] = "2026-01-01T05:00:00.000Z"
    late = Entries(map(canonical, told), entries_of(kernel).blobs)
    assert judged(independent, late, tmp_path / "late.auditpack") == ([], [])


def test_i39_what_a_tombstone_says_was_erased_is_not_in_its_pack(ledgers, tmp_path: Path):
    entries = ledgers["executed"]
    told = [json.loads(one) for one in entries.all]
    first = nth(told, "action.proposed", 0)
    body = {"by": "root", "cause": "request", "parts": ["payload"]}
    stone = {**first, "type": "content.erased", "actor": "person/root", "body": body, "commits": {}}
    said = Entries(map(canonical, renumbered([*told, stone])), entries.blobs)
    found = verify_pack(write(said, tmp_path / "kept.auditpack"), Trust(key=KEY)).conclusion.findings
    assert [one.says for one in found] == ["it says that its payload was erased, and that is here"]


def test_i39_entries_in_another_spelling_are_no_entries(ledgers, independent: ModuleType, tmp_path: Path):
    entries = ledgers["executed"]
    for spell in (
        lambda one: json.dumps(json.loads(one)).encode(),
        lambda one: one.replace(b'"at"', b'"\\u0061t"'),
        lambda one: one[:-1] + b',"v":1}',
        lambda one: one.replace(b'"v":1', b'"v":1.0'),
    ):
        other = Entries([*entries.all[:5], spell(entries.all[5]), *entries.all[6:]], entries.blobs)
        found = judged(independent, other, tmp_path / "spelt.auditpack")
        assert list(map(bool, found)) == [True, True], found


class Witnessed(Entries):
    """A ledger whose backend hands out a checkpoint that somebody cosigned."""

    def __init__(self, entries: Entries, note: bytes) -> None:
        super().__init__(entries.all, entries.blobs)
        self.note = note

    def cosigned(self) -> list[bytes]:
        return [self.note]


def checkpoint_of(entries: Entries) -> Checkpoint:
    leaves = list(map(leaf_hash, entries.all))
    tree = LogTree(lambda start, count: leaves[start : start + count])
    tree.grow(leaves)
    return tree.checkpoint(ORIGIN)


def cosigned(entries: Entries, seer: Key, person: str) -> bytes:
    signed = sign_checkpoint(checkpoint_of(entries), LOG)
    name = VerifierKey(witness_name(ORIGIN, person), KeyType.COSIGNATURE, seer.public_key)
    line = cosign(signed.text, name.name, 1_767_225_600, seer)
    return Note(signed.text, (*signed.signatures, line)).encode()


@pytest.fixture(scope="module")
def seen() -> Witnessed:
    kernel = executed()
    auditor = kernel.token("auditor-2", Role.AUDITOR)
    enrol_witness(kernel.services, auditor, b64encode(SEER.public_key).decode(), "memory")
    entries = entries_of(kernel)
    return Witnessed(entries, cosigned(entries, SEER, "auditor-2"))


def test_i39_what_an_enrolled_witness_cosigned_is_sound(seen, independent: ModuleType, tmp_path: Path):
    assert judged(independent, seen, tmp_path / "seen.auditpack") == ([], [])


def resigned(files: Unpacked, out: Path) -> Path:
    return files.sign_again().lay_down(out)


def both_refuse(module: ModuleType, pack: Path) -> bool:
    ours = verify_pack(pack, Trust(key=KEY)).conclusion.findings
    return bool(ours) and bool(module.verify(pack, KEY)[0])


def test_i39_no_witness_counts_whom_the_ledger_does_not_know(seen, independent: ModuleType, tmp_path: Path):
    """Named in tlog-policy by whoever exports, or in place of the enrolled key."""
    sound = Unpacked.of(write(seen, tmp_path / "seen.auditpack"))
    stranger = VerifierKey(witness_name(ORIGIN, "big-firm"), KeyType.COSIGNATURE, FOREIGN.public_key)
    line = PolicyWitness("big-firm-00000000", stranger).line
    policy = sound.files[names.LOG_POLICY].decode()
    enrolled = next(one for one in policy.splitlines() if one.startswith("witness "))
    for said in (
        policy.replace(enrolled, f"{enrolled}\n{line}"),
        policy.replace(enrolled, line),
        policy.replace(f"{enrolled}\n", ""),
    ):
        files = sound.copy()
        files.files[names.LOG_POLICY] = said.encode()
        assert both_refuse(independent, resigned(files, tmp_path / "named.auditpack"))


def test_i39_a_cosignature_by_a_stranger_is_none(seen, independent: ModuleType, tmp_path: Path):
    files = Unpacked.of(write(seen, tmp_path / "seen.auditpack"))
    name = names.cosigned_name(len(seen.all))
    files.files[name] = cosigned(seen, FOREIGN, "auditor-2")
    found = verify_pack(resigned(files, tmp_path / "strange.auditpack"), Trust(key=KEY)).conclusion.findings
    assert found


def test_i39_a_checkpoint_of_another_log_is_none(ledgers, independent: ModuleType, tmp_path: Path):
    """The same key signed it, for a log of another name."""
    files = Unpacked.of(write(ledgers["executed"], tmp_path / "sound.auditpack"))
    right = checkpoint_of(ledgers["executed"])
    other = Checkpoint(log_origin("acme/other"), right.size, right.root)
    files.files[names.CHECKPOINT] = sign_checkpoint(other, LOG).encode()
    assert both_refuse(independent, resigned(files, tmp_path / "other.auditpack"))


def test_i39_an_excerpt_takes_no_proof_from_another_log(ledgers, tmp_path: Path):
    """Two logs of one key, in which the same entry stands at the same place."""
    entries = ledgers["executed"]
    longer = Entries(entries.all, entries.blobs)
    longer.all.append(canonical({**json.loads(entries.all[-1]), "seq": 99, "stream": "person/later"}))
    action = next(json.loads(one)["stream"] for one in entries.all if b"action.proposed" in one)
    for name, log in (("one", entries), ("two", longer)):
        excerpt(write(log, tmp_path / f"{name}.auditpack"), action.partition("/")[2], tmp_path / name)
    assert verify_pack(tmp_path / "one", Trust(key=KEY)).conclusion.findings == ()
    proof = next((tmp_path / "two" / "proofs").iterdir())
    (tmp_path / "one" / "proofs" / proof.name).write_bytes(proof.read_bytes())
    assert verify_pack(tmp_path / "one", Trust(key=KEY)).conclusion.findings != ()
