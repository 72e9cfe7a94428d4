"""An outbox that lasts as long as its holder: for tests and previews. Free of I/O."""

from __future__ import annotations

from lineclear.application.deciding.outbox import MOST, Contents, Kept, NotKept, Stage
from lineclear.domain.refusals import Code, Refusal


class MemoryOutbox(NotKept):
    """Keeps what waits, as one on a disk would."""

    lasts = True

    def __init__(self) -> None:
        super().__init__()
        self.is_locked = False

    def read(self) -> Contents:
        if self.is_locked:
            raise Refusal(Code.SESSION_LOCKED)
        return super().read()

    def put(self, kept: Kept) -> None:
        waiting = self.read().waiting
        is_new = kept.stage is Stage.WAITING and kept.number not in self._items
        if is_new and len(waiting) >= MOST:
            raise Refusal(Code.OUTBOX_FULL, count=len(waiting))
        super().put(kept)

    def lock(self) -> None:
        self.is_locked = True

    def unlock(self) -> None:
        """What is kept may be read again."""
        self.is_locked = False
