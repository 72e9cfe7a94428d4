"""The ledger of a console keeps back who decided before a blind second look, until the look was taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lineclear.adapters.auditpack.cosigned import CosignedNotes
from lineclear.adapters.auditpack.record import Keeping, LedgerRecord
from lineclear.adapters.auditpack.sources import StoreSource
from lineclear.adapters.ledgers.opened import open_live_ledger
from lineclear.adapters.memory.ids import SeededIds
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.reading.answers import Feed
from lineclear.application.reading.blind import BLIND, is_blind
from lineclear.application.reading.snapshots import read_feed
from lineclear.application.record.query import Facet, LedgerQuery, parse_query
from lineclear.application.record.withheld import WithheldLedger
from lineclear.desktop.presenters.ledger_story import story_sheet
from lineclear.desktop.presenters.ledger_words import NOT_YET, entry_row
from lineclear.desktop.presenters.sheets import Tone, text_of
from support.kernel import DOCUMENT, Kernel
from support_audit import LOG


def drawn() -> Kernel:
    """A refund that one person approved and that was drawn for a second look."""
    kernel = Kernel()
    text = DOCUMENT.replace("  issue_refund:\n", "  issue_refund:\n    second_review: 1\n")
    activate_policy(kernel.services, text, by="admin")
    kernel.decide(kernel.reviewer("ops-west"), kernel.refund("180.00"), reason="Looks fine")
    return kernel


@pytest.fixture
def seen_by() -> Iterator[Callable[[Kernel, str], WithheldLedger]]:
    """Opens the ledger of a workspace for a reader."""
    with ExitStack() as closing:

        def opened(kernel: Kernel, reader: str) -> WithheldLedger:
            def feed(start: int) -> Feed:
                return read_feed(kernel.services, kernel.reviewer().principal, start, 99)

            nobodys = CosignedNotes(Path("no-such-folder"), SeededIds(1))
            keeping = Keeping(lambda: LOG, lambda: None, lambda _note: None, nobodys)
            source = StoreSource(kernel.store, LedgerRecord(kernel.store, "acme.example", keeping))
            live = open_live_ledger("acme/test", kernel.store, feed, source, None, b"s" * 32)
            seen = WithheldLedger(live, lambda one: bool(one) and is_blind(kernel.action(one), reader))
            closing.callback(seen.close)
            seen.follow(lambda _done, _total: None)
            return seen

        yield opened


def told(ledger: WithheldLedger, text: str) -> str:
    """All that list and story of the first entry that is found say."""
    line = ledger.page(parse_query(text), ledger.size(), 0, 1)[0]
    return repr(entry_row(line)) + repr(story_sheet(ledger.story(line.index)))


def test_neither_list_nor_story_tells_the_second_reviewer_of_the_first(seen_by):
    ledger = seen_by(drawn(), "ops-east")
    for kind in ("decision", "device.signed", "action.second_look"):
        said = told(ledger, f"type:{kind}")
        assert BLIND in said
        assert NOT_YET in said
        assert "ops-west" not in said
        assert "Looks fine" not in said
        assert "approved it" not in said
        assert ": approve" not in said
    story = told(ledger, "type:action.proposed")
    assert "ops-west" not in story
    assert "Somebody decided on it" in story
    assert "Drawn for a second look by somebody else" in story


def test_the_colour_of_a_decision_that_is_kept_back_does_not_tell_it_either(seen_by):
    ledger = seen_by(drawn(), "ops-east")
    rows = [entry_row(line) for line in ledger.page(LedgerQuery(), ledger.size(), 0, 99)]
    kept_back = [row for row in rows if NOT_YET in text_of(row.about)]
    assert {row.tone for row in kept_back} == {Tone.NEUTRAL}
    assert len(kept_back) == 3  # decision, signature, draw
    assert len(rows) == ledger.size()


def test_who_has_looked_sees_everything(seen_by):
    assert "Looks fine" in told(seen_by(drawn(), "ops-west"), "type:decision")


def test_afterwards_everybody_sees_everything(seen_by):
    kernel = drawn()
    kernel.decide(kernel.reviewer("ops-south"), kernel.pending()[0])
    said = told(seen_by(kernel, "ops-east"), "type:decision")
    assert BLIND not in said


def test_what_is_kept_back_is_counted_and_can_be_verified(seen_by):
    ledger = seen_by(drawn(), "ops-east")
    assert ledger.verify(lambda _done, _total: None).is_sound
    assert ledger.count(parse_query("type:decision"), ledger.size()) == 1
    assert Facet.TYPE in {one.facet for one in ledger.facets(LedgerQuery(), ledger.size())}
