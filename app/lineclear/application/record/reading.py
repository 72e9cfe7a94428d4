"""A ledger that is open for reading, live or from a bundle: search it, tell its stories, judge it. Ports.

Free of I/O, of databases and of windows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from lineclear.application.record.findings import Conclusion
from lineclear.application.record.query import Facet, LedgerQuery
from lineclear.domain.actions import Action
from lineclear.domain.effects import Effect
from lineclear.domain.events import Brief
from lineclear.domain.ledger.statements import DecisionStatement
from lineclear.domain.records import Recorded
from lineclear.domain.strict_json import Json

LISTED: Final = (Facet.TYPE, Facet.VERDICT, Facet.AGENT, Facet.CAPABILITY, Facet.BY)
"""The facets that have few values, so that they can be listed with their counts."""

type Progress = Callable[[int, int], None]
"""Told how much of how much is done. May raise Cancelled, which ends the work."""


class Cancelled(Exception):  # noqa: N818  # what happened, not a fault
    """Somebody asked for the work to end before it was done."""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One entry as a list shows it: `title` is what its stream is about, `says` what the entry adds.

    All texts may be from outside. `about` is the stream (`kind/id`); empty where the entry cannot be read.
    """

    index: int
    at: str
    type: str
    about: str
    actor: str
    title: str = ""
    says: str = ""
    amount: str = ""
    withheld: bool = False
    """Whether it is a decision that the reader shall not see yet."""


@dataclass(frozen=True, slots=True)
class FacetCounts:
    """The most frequent values of a facet within a query that leaves this facet free."""

    facet: Facet
    values: tuple[tuple[str, int], ...]


class SignatureState(StrEnum):
    """What became of checking what a device signed."""

    HOLDS = "holds"
    BROKEN = "broken"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Signature:
    """A decision's signature; `says` tells why it does not hold, or why nothing can be said."""

    state: SignatureState
    device: str
    says: str = ""
    statement: DecisionStatement | None = None
    is_revoked: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether one entry is in the log: the way from it to a signed root was walked, just now.

    `is_pinned` says whether the log's key came by another way than the ledger itself; `since` is when a key
    that did not was first trusted here, and has signed ever since.
    """

    is_proven: bool
    says: str
    size: int = 0
    key: str = ""
    is_pinned: bool = False
    since: str = ""


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One entry of a story with what was checked about it. `missing` names contents that are not here.

    One that is `withheld` is a decision that the reader shall not see yet.
    """

    recorded: Recorded
    brief: Brief | None = None
    signature: Signature | None = None
    missing: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class LedgerStory:
    """What happened to what an entry is about, as far as it is recorded, with every content that is here.

    For an action: all of its entries, the states before and after, its effect and, where it was undone, the
    effect of the undo. For everything else: the entry alone. Contents were checked against the digests that
    the entries name; one that is altered is named and left out.
    """

    index: int
    steps: tuple[StoryStep, ...]
    standing: Standing
    action: Action | None = None
    payload: Json | None = None
    before: Json | None = None
    after: Json | None = None
    effect: Effect | None = None
    undone: Effect | None = None
    undone_at: int | None = None
    is_cut: bool = False

    @property
    def chosen(self) -> StoryStep | None:
        """The step of the entry that was asked for; None where that cannot be read."""
        return next((step for step in self.steps if step.recorded.index == self.index), None)


class LedgerKind(StrEnum):
    """Where an open ledger lies."""

    LIVE = "live"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class LedgerAbout:
    """What is open. Of a bundle: its file, of whom, how much, made when, in whose name, of what scope.

    Of a live ledger: its key, whether that was entered by somebody, else `since` when it is trusted here.

    `claims` says that nothing but the file itself vouches for who exported it, when, and what is in scope.
    """

    kind: LedgerKind
    name: str
    size: int = 0
    file: str = ""
    scope: str = ""
    exported_at: str = ""
    signed_by: str = ""
    key: str = ""
    is_pinned: bool = False
    since: str = ""
    claims: bool = field(default=True)


class OpenLedger(Protocol):
    """One ledger, open. Safe to use from any thread; blocking. Raises Refusal where it cannot be read.

    `until` bounds what is looked at: entries from that place on are not seen, so that a position stays
    where it is while the ledger grows.
    """

    @property
    def about(self) -> LedgerAbout: ...

    @property
    def forgotten(self) -> int:
        """How often words of what was erased left the index; whoever shows lines reads them anew then."""
        ...

    def size(self) -> int:
        """How many entries can be searched now."""
        ...

    def follow(self, progress: Progress) -> int:
        """Index what is not indexed yet; the size afterwards. Ends early by Cancelled, and goes on later."""
        ...

    def count(self, query: LedgerQuery, until: int) -> int:
        """How many entries a query finds."""
        ...

    def page(self, query: LedgerQuery, until: int, start: int, limit: int) -> tuple[LedgerLine, ...]:
        """What a query finds from a position on, in its order."""
        ...

    def place(self, query: LedgerQuery, until: int, index: int) -> int | None:
        """At which position a query finds an entry; None where it does not."""
        ...

    def facets(self, query: LedgerQuery, until: int) -> tuple[FacetCounts, ...]: ...

    def keeps_back(self, query: LedgerQuery, until: int) -> bool:
        """Whether entries are left out of what a query finds, because finding them would tell of them."""
        ...

    def story(self, index: int) -> LedgerStory: ...

    def verify(self, progress: Progress) -> Conclusion:
        """Judge all of it, with no trust in whoever keeps it."""
        ...

    def export_proof(self, index: int, file: str) -> tuple[str, ...]:
        """Write the proof of one entry, the entry and, of a decision, what was signed; the files written."""
        ...

    def close(self) -> None:
        """Let go of files and connections; nothing may be asked afterwards."""
        ...
