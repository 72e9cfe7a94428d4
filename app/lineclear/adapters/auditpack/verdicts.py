"""What a sound pack proves, and what it does not, in plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from lineclear.adapters.auditpack.cosignatures import Seen
from lineclear.application.record.findings import Counts
from lineclear.application.record.proven import (
    number,
    proven_by_replay,
    unproven_of_the_world,
    whole_streams,
)


@dataclass(frozen=True, slots=True)
class Ground:
    """On what a verdict stands.

    `kept` are the sizes of checkpoints that the auditor kept, `is_pinned` says whether they knew the log's
    key. `signed_by` is empty for an excerpt, which has no list of files.
    """

    size: int
    key: str
    counts: Counts
    scope: str
    kept: tuple[int, ...] = ()
    is_pinned: bool = False
    signed_by: str = ""
    exported_at: str = ""
    seen: tuple[Seen, ...] = ()


def proven(ground: Ground) -> Iterator[str]:
    """Sentences that hold for a pack in which nothing was found."""
    counts = ground.counts
    if ground.signed_by:
        yield f"All {ground.size:,} entries are those that the log's key signed for, and there are no others."
        yield whole_streams()
    else:
        yield f"All {counts.entries:,} entries here are in the log, at their places, under its signature."
        yield "No entry of the action up to the last one here is missing or doubled."
    for one in ground.seen:
        for name, time in sorted(one.cosigned.items()):
            at = datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds")
            yield f"Witness {name} cosigned the first {one.size:,} entries, by its own clock at {at}."
    for size in ground.kept:
        yield f"The log continues the one of {size:,} entries whose checkpoint you kept."
    yield from proven_by_replay(counts)
    yield f"{number(counts.contents, 'content')} here, with the digests that the entries name."
    if ground.signed_by:
        yield f"No file was changed since the {ground.signed_by} signed the manifest."


def unproven(ground: Ground) -> Iterator[str]:
    """Sentences that no reader should take for granted."""
    yield from _about_trust(ground)
    yield from unproven_of_the_world()
    yield "That the rules were applied rightly: tool contracts, which they need, are not in the ledger."
    yield from _about_what_is_left_out(ground)


def _about_trust(ground: Ground) -> Iterator[str]:
    if not ground.is_pinned:
        yield (
            f"That key {ground.key} is your log's. Compare it with what you were given by another way, "
            "and name it with --key."
        )
    if not ground.kept:
        yield (
            "That the log was not rewritten before. Keep the checkpoint of this pack, and give it with "
            "--checkpoint the next time."
        )
    if ground.seen:
        largest = max(one.size for one in ground.seen)
        yield (
            f"That nobody but these witnesses was shown another log, nor what came after entry {largest:,}. "
            "Their names and keys are those that the ledger enrolled: ask the people themselves."
        )
        return
    yield (
        "That nobody was shown another log: no witness has cosigned. Whoever holds the log's key can write "
        "another history for those who kept no checkpoint."
    )


def _about_what_is_left_out(ground: Ground) -> Iterator[str]:
    counts = ground.counts
    unsigned = counts.decisions - counts.signatures
    if unsigned:
        yield (
            f"{number(unsigned, 'decision')} outside of the scope ({ground.scope}): they are recorded, "
            "and their signatures are not here."
        )
    if counts.absent:
        yield (
            f"{number(counts.absent, 'content')} not here, as whoever exported says: nothing is proven of "
            "what was in them."
        )
    if ground.signed_by:
        yield f"That the export was made at {ground.exported_at}, and whatever is in events.csv or .jsonl."
    else:
        yield (
            "What an excerpt leaves out: safe mode, a key revoked or a person changed between the entries "
            "that are here, and what happened afterwards."
        )
