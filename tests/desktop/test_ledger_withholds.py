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
from lineclear.desktop.presenters.ledger.ledger_story import story_sheet
from lineclear.desktop.presenters.ledger.ledger_words import NOT_YET, entry_row
from lineclear.desktop.presenters.sheets import Tone, text_of
from lineclear.domain.refusals import Code, Refusal
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


@pytest.mark.parametrize("text", ["by:ops-west", "verdict:approve", "ops-west", "fine", "by:person/ops-west"])
def test_no_search_finds_what_would_tell_the_decision_and_it_says_so(seen_by, text):
    ledger = seen_by(drawn(), "ops-east")
    query, size = parse_query(text), ledger.size()
    found = ledger.page(query, size, 0, 99)
    assert [line for line in found if line.withheld] == []
    assert ledger.count(query, size) == len(found)
    assert ledger.keeps_back(query, size)
    kept_back = next(
        line.index for line in ledger.page(parse_query("type:decision"), size, 0, 9) if line.withheld
    )
    assert ledger.place(query, size, kept_back) is None


def test_the_counts_by_person_and_by_verdict_do_not_tell_it_either(seen_by):
    kernel = drawn()
    blind, seeing = seen_by(kernel, "ops-east"), seen_by(kernel, "ops-west")

    def counted(ledger: WithheldLedger, facet: Facet) -> dict[str, int]:
        facets = ledger.facets(LedgerQuery(), blind.size())
        return dict(next(one.values for one in facets if one.facet is facet))

    assert counted(seeing, Facet.VERDICT)["approve"] == 1
    assert "approve" not in counted(blind, Facet.VERDICT)
    lost = sum(counted(seeing, Facet.BY).values()) - sum(counted(blind, Facet.BY).values())
    assert lost == 3  # decision, signature, draw
    assert counted(blind, Facet.TYPE) == counted(seeing, Facet.TYPE)


def test_a_search_that_tells_nothing_leaves_nothing_out(seen_by):
    ledger = seen_by(drawn(), "ops-east")
    query = parse_query("type:decision capability:issue_refund")
    assert ledger.count(query, ledger.size()) == 1
    assert not ledger.keeps_back(query, ledger.size())


def test_once_the_look_is_taken_the_search_finds_it(seen_by):
    kernel = drawn()
    ledger, query = seen_by(kernel, "ops-east"), parse_query("verdict:approve")
    assert ledger.count(query, ledger.size()) == 0
    kernel.decide(kernel.reviewer("ops-east"), kernel.pending()[0])
    ledger.follow(lambda _done, _total: None)
    assert ledger.count(query, ledger.size()) == 2
    assert not ledger.keeps_back(query, ledger.size())


def test_no_proof_of_it_is_written_before_the_look(seen_by, tmp_path):
    ledger = seen_by(drawn(), "ops-east")
    for kind in ("decision", "device.signed", "action.second_look"):
        line = ledger.page(parse_query(f"type:{kind}"), ledger.size(), 0, 1)[0]
        with pytest.raises(Refusal) as caught:
            ledger.export_proof(line.index, str(tmp_path / "proof"))
        assert caught.value.code is Code.SECOND_LOOK_FIRST
    assert list(tmp_path.iterdir()) == []


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
