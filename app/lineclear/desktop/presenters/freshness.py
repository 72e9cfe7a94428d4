"""How fresh the console is, from the exchanges with its backend. Pure: free of Qt and of the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from lineclear.application.reading.formats import local_time
from lineclear.desktop.presenters.sheets import Chip, Notice, NoticeKind, Step, Tone
from lineclear.domain.text import paintable
from lineclear.domain.wording import say, say_n

if TYPE_CHECKING:
    from lineclear.desktop.sync import Contact

_STALE_AFTER = 15.0


@dataclass(slots=True)
class Freshness:
    """`heard` is when the backend answered last, in steady seconds; `unsent` counts decisions.

    `waiting` are those that are signed and kept on this device; `decides` says whether that may be here.
    `since` is when it was heard in a run before, where this one began without it (RFC 3339).
    """

    heard: float
    contact: Contact | None = None
    unsent: int = 0
    waiting: int = 0
    decides: bool = False
    since: str = ""
    _lost_at: str = ""

    @property
    def is_away(self) -> bool:
        """Whether the last exchange failed."""
        return self.contact is not None and self.contact.refusal is not None

    @property
    def is_heard(self) -> bool:
        """Whether the last exchange went well."""
        return self.contact is not None and self.contact.refusal is None

    def hear(self, contact: Contact, now: datetime, steady: float) -> None:
        """An exchange ended."""
        if contact.refusal is None:
            self.heard, self._lost_at, self.since = steady, "", ""
        elif not self._lost_at:
            self._lost_at = self.since or now.isoformat()
        self.contact = contact

    def chip(self, now: datetime, steady: float) -> Chip:
        """For the top bar, in words."""
        contact, silent = self.contact, steady - self.heard
        if contact is None:
            return Chip(say("Connecting"), Tone.NEUTRAL)
        if contact.refusal is not None:
            return Chip(self._offline_text(now), Tone.STOP)
        if contact.behind:
            left = f"{contact.behind:,}"
            return Chip(say("Catching up, {count} entries to go", count=left), Tone.CAUTION)
        if self.waiting:
            return Chip(
                say_n("Sending {count} decision", "Sending {count} decisions", self.waiting), Tone.CAUTION
            )
        if silent > _STALE_AFTER:
            return Chip(say("Stale, last heard {seconds} s ago", seconds=int(silent)), Tone.CAUTION)
        return Chip(say("Live, {seconds} s ago", seconds=max(1, int(silent))), Tone.OK)

    def notice(self, now: datetime) -> Notice | None:
        """For whatever page is open; none while all is well."""
        if self.contact is None:
            text = say("The queue and its actions come from there. The first time this takes a few seconds.")
            return Notice(NoticeKind.LOADING, say("Reading the ledger"), text)
        if self.contact.refusal is None:
            return None
        title = say("Offline since {time}", time=local_time(self._lost_at, now))
        text = say("As it was then. Nothing can be decided until the backend answers.")
        if self.decides:
            text = say("As it was then. What you decide is signed here and sent when the backend answers.")
        return Notice(NoticeKind.OFFLINE, title, text, Step("view.refresh", say("Try again")))

    def _offline_text(self, now: datetime) -> str:
        since = local_time(self._lost_at, now)
        if self.decides and self.unsent + self.waiting:
            return say_n(
                "Offline since {time}, {count} decision waiting to be sent",
                "Offline since {time}, {count} decisions waiting to be sent",
                self.unsent + self.waiting,
                time=since,
            )
        if not self.unsent:
            return say("Offline since {time}", time=since)
        return say_n(
            "Offline since {time}, {count} decision not sent",
            "Offline since {time}, {count} decisions not sent",
            self.unsent,
            time=since,
        )


def damage_notice(damage: str) -> Notice:
    """What was kept here of the ledger could not be read; said once, while all else is well."""
    text = say(
        "It is read anew from the backend; what was damaged is left as it is. {problem}", problem=damage
    )
    title = say("What this device had kept of the ledger was damaged")
    return Notice(NoticeKind.FAILED, title, paintable(text), Step("view.refresh", say("Understood")))
