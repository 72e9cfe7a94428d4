"""What a sound replay proves of any ledger, and what none can, in plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from lineclear.application.record.findings import Counts


def proven_by_replay(counts: Counts) -> Iterator[str]:
    """Sentences that hold where a replay of these many found nothing."""
    yield (
        f"{number(counts.signatures, 'decision')} signed by device keys that were enrolled at that point of "
        "the log, over exactly this ledger, action, revision, content and policy."
    )
    yield (
        "Whoever decided had the role, tier and limit for it, was neither the agent's owner nor who asked, "
        "and was counted once."
    )
    yield f"{number(counts.starts, 'start')} of exactly what policy or enough people had cleared."


def whole_streams() -> str:
    """What holds where every entry was replayed."""
    return "No entry of any stream is missing or doubled, and each step could follow the one before it."


def unproven_of_the_world() -> Iterator[str]:
    """Sentences that no reader of any ledger should take for granted."""
    yield "That everything that happened was recorded, and that nothing was recorded since."
    yield "That times are true: backend and devices claim them. What is proven is the order."
    yield "That the systems behind the tools did what they reported."
    yield "That a reviewer read what they signed."


def number(count: int, noun: str) -> str:
    """The beginning of a sentence about so many."""
    return f"{count:,} {noun} is" if count == 1 else f"{count:,} {noun}s are"
