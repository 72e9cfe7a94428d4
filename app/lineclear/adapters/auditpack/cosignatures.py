"""What witnesses cosigned, judged in a pack: enrolled keys, over checkpoints of this very log. Free of I/O.

`checkpoints/<size>` is a signed note. None has to be there; what is there has to hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.container import Pack
from lineclear.adapters.auditpack.head import Head
from lineclear.application.record.findings import Fault, Findings
from lineclear.application.record.log import LogTree
from lineclear.application.record.witnesses import policy_of
from lineclear.domain.identities import Witness
from lineclear.domain.ledger.checkpoint import CheckpointError
from lineclear.domain.ledger.merkle import MerkleError
from lineclear.domain.ledger.notes import NoteError, parse_note
from lineclear.domain.ledger.signing import VerifierOf
from lineclear.domain.ledger.witness_policy import WitnessPolicy, judge


@dataclass(frozen=True, slots=True)
class Seen:
    """The first `size` entries as witnesses saw them: by name, when (seconds since the epoch)."""

    size: int
    cosigned: Mapping[str, int]


def judge_cosignatures(
    pack: Pack, head: Head, tree: LogTree, witnesses: Iterable[Witness], verifier_of: VerifierOf
) -> tuple[tuple[Seen, ...], Findings]:
    """What witnesses saw, by size, and what does not hold of it."""
    findings = Findings()
    policy = policy_of(head.log, witnesses)
    if policy.encode() != pack.read(names.LOG_POLICY):
        says = "it does not name the witnesses that the ledger enrolled"
        findings.add(Fault.LOG_KEY, names.LOG_POLICY, says)
    seen = []
    for name in sorted(names.cosigned_names(pack.sizes), key=names.size_of):
        try:
            seen.append(_seen(pack.read(name), names.size_of(name), policy, tree, verifier_of))
        except (NoteError, CheckpointError, MerkleError) as error:
            findings.add(Fault.CHECKPOINT, name, str(error))
    return tuple(seen), findings


def _seen(note: bytes, size: int, policy: WitnessPolicy, tree: LogTree, verifier_of: VerifierOf) -> Seen:
    verdict = judge(policy, parse_note(note), verifier_of)
    checkpoint = verdict.checkpoint
    if checkpoint.size != size or tree.root_at(size) != checkpoint.root:
        raise CheckpointError("it is not of the first entries in this pack, as many as its name says")
    if not verdict.cosigned:
        raise CheckpointError("no witness of the ledger cosigned it")
    return Seen(size, verdict.cosigned)
