"""Whether an action would do the very same as another, read only where that may be. Free of SQL."""

from __future__ import annotations

from lineclear.adapters.sql.known import NEWEST, Known, Proposed, newest_of
from lineclear.application.ports import ActionQuery, Snapshot
from lineclear.application.record.blobs import content_of


def listed_newest(snapshot: Snapshot, job: str) -> tuple[Proposed, ...]:
    """A job's newest actions by their rows."""
    return newest_of((), snapshot.actions(ActionQuery(job=job, order="newest"), limit=NEWEST).items)


def holds(snapshot: Snapshot, known: Known | None, digest: str, content: bytes, asked: int) -> bool:
    """Whether a sealed blob has this content, of which `asked` is the hash; not where it was erased.

    Raises ValueError where it was altered.
    """
    if known is not None and known.print_of(digest) not in {None, asked}:
        return False
    sealed = snapshot.blob(digest)
    if sealed is None:
        return False
    found = content_of(sealed, digest)
    if known is not None:
        known.learn_print(digest, hash(found))
    return found == content
