"""A live ledger opened from the replica: searched, told, verified, and followed as it grows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lineclear.adapters.auditpack.cosigned import CosignedNotes
from lineclear.adapters.auditpack.record import Keeping, LedgerRecord
from lineclear.adapters.auditpack.sources import StoreSource
from lineclear.adapters.ledgers.opened import OpenedLedger, open_live_ledger
from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.memory.store import MemoryStore
from lineclear.application.reading.answers import Feed, FeedItem
from lineclear.application.reading.replica import Replica
from lineclear.application.record.erasing import Whose, erase_as
from lineclear.application.record.findings import Fault
from lineclear.application.record.query import LedgerQuery, parse_query
from lineclear.application.record.reading import LedgerStory, SignatureState
from lineclear.desktop.presenters.ledger.ledger_words import head_sheet
from lineclear.desktop.presenters.sheets import Chip, Tone, text_of
from lineclear.domain.ledger.notes import VerifierKey
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Verdict
from support.kernel import Kernel
from support_audit import FOREIGN, LOG, ORIGIN, executed, key_of


def anyway(_done: int, _total: int) -> None:
    """Lets the work go on."""


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    return executed()


def told(ledger: OpenedLedger, text: str) -> LedgerStory:
    """The story around the newest entry that a search finds."""
    return ledger.story(ledger.page(parse_query(text), ledger.size(), 0, 1)[0].index)


LOG_KEY = key_of(LOG)


def live(kernel: Kernel, *, key=LOG_KEY, store=None, pinned=lambda: None) -> OpenedLedger:
    def feed(start: int) -> Feed:
        size = kernel.store.read(lambda snapshot: snapshot.size())
        stored = kernel.store.read(lambda snapshot: snapshot.entries(start=start, limit=20))
        told = ((one.index, one.entry.decode(), (one.brief or b"").decode()) for one in stored)
        return Feed(size, tuple(FeedItem(*one) for one in told))

    nobodys = CosignedNotes(Path("no-such-folder"), SeededIds(1))
    keeping = Keeping(lambda: LOG, lambda: None, lambda _note: None, nobodys)
    record = LedgerRecord(kernel.store, ORIGIN, keeping)
    source = StoreSource(kernel.store, record)
    ledger = open_live_ledger("acme/test", store or kernel.store, feed, source, key, b"s" * 32, pinned=pinned)
    ledger.follow(anyway)
    return ledger


def test_a_live_ledger_is_searched_told_and_verified_alike(kernel: Kernel):
    ledger = live(kernel)
    story = told(ledger, "type:decision verdict:approve")
    assert story.standing.is_proven
    assert story.chosen is not None
    assert story.chosen.signature is not None
    assert story.chosen.signature.state is SignatureState.HOLDS
    conclusion = ledger.verify(anyway)
    assert conclusion.is_sound
    assert (conclusion.size, conclusion.counts.signatures) == (49, 4)
    assert "the log's key signed for" in conclusion.proven[0]
    ledger.close()


def test_without_the_logs_key_the_verdict_says_that_nobodys_signature_was_checked(kernel: Kernel):
    ledger = live(kernel, key=None)
    assert not ledger.story(3).standing.is_proven
    conclusion = ledger.verify(anyway)
    assert conclusion.is_sound
    assert "LINECLEAR_LOG_KEY" in conclusion.unproven[0]
    ledger.close()


def test_a_key_that_is_trusted_since_the_first_contact_checks_signatures_and_is_called_that(kernel: Kernel):
    known = list[tuple[VerifierKey, str]]()
    ledger = live(kernel, key=None, pinned=lambda: known[0] if known else None)
    assert "first contact" in head(ledger)
    assert not ledger.story(3).standing.is_proven
    known.append((LOG_KEY, "2026-11-23T09:30:00.000Z"))  # as the console's witness pins it meanwhile
    standing = ledger.story(3).standing
    assert (standing.is_proven, standing.is_pinned) == (True, False)
    assert "trusted on first use on 2026-11-23" in head(ledger)
    assert any("trusted on first use on 2026-11-23" in one for one in ledger.verify(anyway).unproven)
    known[0] = (key_of(FOREIGN), known[0][1])
    with pytest.raises(Refusal) as refused:
        ledger.verify(anyway)
    assert refused.value.code is Code.LOG_UNTRUSTED
    ledger.close()
    entered = live(kernel)
    assert "which you entered" in head(entered)
    entered.close()


def head(ledger: OpenedLedger) -> str:
    sheet = head_sheet(ledger.about, 3, Chip("", Tone.OK), None, news=0, is_verifying=False)
    return text_of(sheet.said)


def test_a_root_that_another_key_signed_is_no_root(kernel: Kernel):
    ledger = live(kernel, key=key_of(FOREIGN))
    assert "could not be checked" in ledger.story(3).standing.says
    with pytest.raises(Refusal) as refused:
        ledger.verify(anyway)
    assert refused.value.code is Code.LOG_UNTRUSTED
    ledger.close()


class Altered(MemoryStore):
    """A replica in which one entry is another than the log has."""

    def __init__(self, kernel: Kernel, at: int) -> None:
        super().__init__()
        self._kernel = kernel
        self._at = at

    def read(self, work):
        return self._kernel.store.read(lambda snapshot: work(_Other(snapshot, self._at)))


class _Other:
    def __init__(self, snapshot, at: int) -> None:
        self._snapshot = snapshot
        self._at = at

    def size(self) -> int:
        return self._snapshot.size()

    def entries(self, *, start: int, limit: int):
        stored = self._snapshot.entries(start=start, limit=limit)
        return tuple(
            replace(one, entry=one.entry.replace(b"ops-west", b"ops-wezt")) if one.index == self._at else one
            for one in stored
        )


def test_an_entry_here_that_is_not_the_logs_is_found(kernel: Kernel):
    stored = kernel.store.read(lambda snapshot: snapshot.entries(start=0, limit=49))
    at = next(one.index for one in stored if b"ops-west" in one.entry)
    ledger = live(kernel, store=Altered(kernel, at))
    assert not ledger.story(at).standing.is_proven
    assert ledger.story(at + 1).standing.is_proven
    assert any(found.fault is Fault.TREE for found in ledger.verify(anyway).findings)
    ledger.close()


def test_a_live_ledger_follows_what_comes(kernel: Kernel):
    growing = Kernel()
    ledger = live(growing)
    before = ledger.size()
    growing.refund("20.00", note="Charged thrice")
    assert ledger.follow(anyway) > before
    assert ledger.count(parse_query("thrice"), ledger.size()) == 1
    assert ledger.page(LedgerQuery(), ledger.size(), 0, 1)[0].index == ledger.size() - 1
    ledger.close()


def test_i41_a_live_ledger_forgets_the_words_of_what_was_erased(kernel: Kernel):
    growing = Kernel()
    action = growing.decide(
        growing.reviewer(), growing.refund("60.00", note="Xylophonia was charged twice"), Verdict.REJECT, "No"
    )
    ledger = live(growing)
    assert ledger.count(parse_query("xylophonia"), ledger.size()) == 1
    erase_as(growing.services, "person/root", "root", Whose.ACTION, action.id, "She asked for it")
    ledger.follow(anyway)
    assert ledger.count(parse_query("xylophonia"), ledger.size()) == 0
    assert ledger.count(parse_query(f"action:{action.id}"), ledger.size()) > 3
    ledger.close()


def test_what_the_replica_does_not_have_yet_is_read_from_the_logs_bundles(kernel: Kernel):
    replica = Replica(MemoryStore())
    ledger = live(kernel, store=replica.store)
    assert ledger.size() == 0
    assert ledger.verify(anyway).is_sound
    ledger.close()
