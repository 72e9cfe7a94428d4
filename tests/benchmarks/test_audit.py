"""What judging a pack costs: each entry hashed, decoded strictly, folded and judged, beside reading it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from time import perf_counter

import pytest

from lineclear.adapters.auditpack.container import digests, open_pack
from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.verifying import verify_pack
from lineclear.application.record.findings import Scope, ScopeKind
from lineclear.domain.ledger.checkpoint import open_checkpoint
from lineclear.domain.ledger.entries import Entry, decode, encode
from lineclear.domain.ledger.signing import key_id
from lineclear.domain.ledger.tiles import bundles_of, split_bundle
from support_audit import AT, LOG, Entries, key_of, write
from support_benchmarks import AtMost, Ratio
from support_ledger import Key, PublicKey

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3_600)]

SIZES = [100_000, pytest.param(1_000_000, marks=pytest.mark.long)]
DEVICE = Key("a device")
POLICY = sha256(b"policy").hexdigest()
BLOB = sha256(b"content").hexdigest()
CONTENT = {"payload": BLOB, "before": BLOB, "after": BLOB, "brief": BLOB}
PROPOSED = {
    "job": "job-1", "agent": "refunds", "owner": "olga", "capability": "refund", "tool": "crm.refund",
    "stake": "money", "connector": "crm", "mutates": True, "version": "7", "undo": {"possible": True},
    "shape": "fields", "amount": "20.00", "currency": "USD",
}  # fmt: skip
CLEARED = {"revision": 1, "policy": POLICY, "by": "policy"}
STARTED = {"revision": 1, "token": 1, "worker": "w1"}
JUDGED = {"revision": 1, "policy": POLICY, "policy_version": 1, "outcome": "allow", "reasons": []}


def story(action: str) -> Iterator[Entry]:
    """One action from its proposal to its effect."""
    stream = f"action/{action}"
    steps = (
        ("action.proposed", PROPOSED, CONTENT),
        ("action.evaluated", JUDGED, {}),
        (
            "action.cleared",
            {"revision": 1, "clearance": f"clr-{action}", "policy": POLICY, "by": "policy"},
            {},
        ),
        ("execution.started", {**STARTED, "clearance": f"clr-{action}", "key": f"key-{action}"}, {}),
        ("execution.succeeded", {"token": 1, "reference": f"re_{action}"}, {"effect": BLOB}),
    )
    for seq, (kind, body, commits) in enumerate(steps):
        yield Entry(kind, stream, seq, AT, "kernel/policy" if seq else "agent/refunds", body, commits)


def written(size: int) -> Iterator[bytes]:
    device = f"device/{key_id(DEVICE.public_key)}"
    enrolled = {"person": "ops", "public_key": b64encode(DEVICE.public_key).decode(), "kept": "memory"}
    active = {"version": 1, "digest": POLICY, "by": "admin"}
    named = {"name": "acme/test", "environment": "test"}
    first = (
        Entry("workspace.created", "workspace/this", 0, AT, "system/a", named),
        Entry("policy.activated", "policy/active", 0, AT, "person/admin", active, {"document": POLICY}),
        Entry("agent.enrolled", "agent/refunds", 0, AT, "system/a", {"owner": "olga"}),
        Entry("job.opened", "job/job-1", 0, AT, "agent/refunds", {"agent": "refunds", "budget": {}}),
        Entry("person.enrolled", "person/ops", 0, AT, "system/a", {"role": "ops", "tier": 2}),
        Entry("device.enrolled", device, 0, AT, "person/ops", enrolled),
    )
    yield from map(encode, first)
    for number in range((size - len(first)) // 5):
        yield from map(encode, story(f"act-{number:016d}"))


@pytest.fixture(scope="module", params=SIZES)
def pack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All entries of a ledger of that size, without contents, which cost what reading costs."""
    ledger = Entries(written(request.param), {POLICY: b"policy"})
    return write(ledger, tmp_path_factory.mktemp("bench") / "pack", scope=Scope(ScopeKind.JOB, "job-none"))


def best(*works) -> list[float]:
    found = [float("inf")] * len(works)
    for _ in range(3):
        for number, work in enumerate(works):
            start = perf_counter()
            work()
            found[number] = min(found[number], perf_counter() - start)
    return found


def entries(path: Path) -> Iterator[list[bytes]]:
    with open_pack(path) as opened:
        size = open_checkpoint(opened.read("checkpoint"), key_of(LOG), PublicKey).size
        for place in bundles_of(size):
            yield split_bundle(opened.read(place.path), place.width)


def scan(path: Path) -> int:
    """Every byte of the pack, read and hashed, and every entry taken out of its bundle."""
    with open_pack(path) as opened:
        assert len(list(digests(opened, lambda _done, _total: None))) == len(opened.sizes)
    return sum(map(len, entries(path)))


def test_judging_a_pack_costs_a_small_multiple_of_reading_its_entries_strictly(report_ratio, pack: Path):
    """Against a scan that believes everything, the cost is that of strict JSON and of the fold."""
    trust = Trust(key=str(key_of(LOG)))

    def judge() -> None:
        assert verify_pack(pack, trust).conclusion.is_sound

    def read() -> int:
        return sum(bool(decode(entry).seq) for bundle in entries(pack) for entry in bundle)

    scanned, strictly, judged = best(lambda: scan(pack), read, judge)
    count = sum(map(len, entries(pack)))
    what = f"{count:,} entries of a pack judged"
    report_ratio(Ratio(what, "entries decoded strictly", judged / strictly, AtMost(5)))
    report_ratio(Ratio(what, "bare scan of the pack", judged / scanned, AtMost(60)))
    report_ratio(Ratio(f"{what}, each", "none", judged / count * 1e6, AtMost(200), "µs"))
