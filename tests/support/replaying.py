"""A whole ledger replayed as an auditor does, and what is found wrong with it."""

from __future__ import annotations

from collections import Counter

from lineclear.adapters.system.signatures import verifier_of
from lineclear.application.ports import Store
from lineclear.application.record.findings import Fault, Findings
from lineclear.application.record.replay import Evidence, Replay


def replayed(store: Store) -> tuple[Replay, Counter[Fault]]:
    """The replay of every entry, and how many problems there are of each kind."""
    findings = Findings()
    evidence = Evidence(lambda digest: store.read(lambda s: s.blob(digest)), lambda _: True, verifier_of)
    replay = Replay(evidence, findings)
    for one in store.read(lambda snapshot: snapshot.entries(start=0, limit=snapshot.size())):
        replay.take(one.index, one.entry)
    replay.finish()
    return replay, Counter(found.fault for found in findings.listed)
