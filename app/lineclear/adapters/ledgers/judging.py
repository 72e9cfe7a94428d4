"""Judges a live ledger: every entry that this console holds against the root that the log signed. No trust.

The same replay as for a pack judges each step. Contents are not fetched: a story checks what it shows.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import batched
from typing import Final

from lineclear.adapters.ledgers.proving import SignedRoot
from lineclear.adapters.ledgers.shelves import LiveShelf
from lineclear.adapters.system.signatures import verifier_of
from lineclear.application.record.findings import Conclusion, Counts, Fault, Findings
from lineclear.application.record.proven import proven_by_replay, unproven_of_the_world, whole_streams
from lineclear.application.record.reading import Progress
from lineclear.application.record.replay import Evidence, Replay
from lineclear.domain.ledger.checkpoint import Checkpoint
from lineclear.domain.ledger.merkle import Frontier, leaf_hashes
from lineclear.domain.ledger.signing import key_id

_BATCH: Final = 256
_WHERE: Final = "the ledger"


def judge_live(shelf: LiveShelf, progress: Progress) -> Conclusion:
    """The verdict over everything up to the log's newest signed root. Raises Refusal without one."""
    root = shelf.newest()
    checkpoint, findings = root.checkpoint, Findings()
    replay = Replay(Evidence(shelf.blob, lambda _stream: True, verifier_of, reads_contents=False), findings)
    _check_tree(shelf, checkpoint, replay, findings, progress)
    replay.finish()
    is_sound, is_signed = not findings.listed, root.key is not None
    return Conclusion(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root.hex(),
        key=key_id(root.key.public_key) if root.key else "",
        scope="everything",
        counts=replay.counts,
        findings=tuple(findings.listed),
        omitted=findings.omitted,
        proven=tuple(_proven(replay.counts, is_signed=is_signed)) if is_sound else (),
        unproven=tuple(_unproven(root)) if is_sound else (),
    )


def _check_tree(
    shelf: LiveShelf, checkpoint: Checkpoint, replay: Replay, findings: Findings, progress: Progress
) -> None:
    """Replay every entry, and see whether together they are what the root commits to."""
    frontier, size = Frontier(), checkpoint.size
    for batch in batched(shelf.entries(size), _BATCH):
        leaves = leaf_hashes(batch)
        for index, (data, leaf) in enumerate(zip(batch, leaves, strict=True), frontier.size):
            replay.take(index, data, leaf)
        frontier = frontier.extended(leaves)
        progress(frontier.size, size)
    if frontier.size < size:
        says = f"it has {frontier.size} entries here, and the log signed for {size}"
        findings.add(Fault.TREE, _WHERE, says)
    elif frontier.root != checkpoint.root:
        findings.add(Fault.TREE, _WHERE, "its entries are not those to which the signed root commits")


def _proven(counts: Counts, *, is_signed: bool) -> Iterator[str]:
    whose = "the log's key signed for" if is_signed else "the backend's newest root commits to"
    yield f"All {counts.entries:,} entries on this console are those that {whose}, and there are no others."
    yield whole_streams()
    yield from proven_by_replay(counts)


def _unproven(root: SignedRoot) -> Iterator[str]:
    if root.since:
        yield (
            f"That the key is the log's own: it was trusted on first use on {root.since[:10]}. Compare it "
            "once with what `lineclear audit key` prints."
        )
    if root.key is None:
        yield (
            "Who signed the root: the log's key is not known here. Get it from `lineclear audit key` by "
            "another way than this backend, and set LINECLEAR_LOG_KEY to it."
        )
    yield "That nobody was shown another log: that takes witnesses, or a checkpoint that you kept."
    yield "Contents that nobody looked at: titles and payloads are checked when their story is opened."
    yield from unproven_of_the_world()
