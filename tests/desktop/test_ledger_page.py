"""The ledger page, live and of an audit pack: search, story, proof, verdict, and a pack that is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication

from lineclear.adapters.auditpack.cosigned import CosignedNotes
from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.record import Keeping, LedgerRecord
from lineclear.adapters.auditpack.sources import StoreSource
from lineclear.adapters.ledgers.opened import OpenedLedger, open_live_ledger, open_pack_ledger
from lineclear.adapters.memory.ids import SeededIds
from lineclear.application.reading.answers import Feed
from lineclear.application.reading.snapshots import read_feed
from lineclear.application.record.erasing import Whose, erase_as
from lineclear.desktop.background import HeldBackground, InlineBackground
from lineclear.desktop.desks.ledger_desk import Files, LedgerDesk
from lineclear.desktop.models.window_model import WindowModel
from lineclear.desktop.presenters.ledger.entries_presenter import BLOCK
from lineclear.desktop.presenters.ledger.ledger_presenter import LedgerPresenter
from lineclear.desktop.presenters.ledger.ledger_sheets import EntryRow, VerdictKind
from lineclear.desktop.presenters.sheets import Tone, text_of
from lineclear.desktop.views.shell.window import Window
from lineclear.domain.vocabulary import Verdict
from support.kernel import Kernel
from support_audit import LOG, entries_of, executed, key_of, write


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    return executed()


@pytest.fixture(scope="module")
def pack(kernel: Kernel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(entries_of(kernel), tmp_path_factory.mktemp("packs") / "acme.auditpack")


class Chosen(Files):
    """Files that somebody chose before."""

    def __init__(self, window: Window, folder: Path) -> None:
        super().__init__(window)
        self._folder = folder

    def proof(self, name: str) -> str:
        return str(self._folder / name)


@pytest.fixture
def desk(fusion: QApplication, look, tmp_path: Path, qtbot) -> Iterator[LedgerDesk]:
    """A window without a backend, on one thread."""
    window = Window(look)
    qtbot.addWidget(window)

    def open_pack(path: Path) -> OpenedLedger:
        return open_pack_ledger(path, tmp_path / "cache", Trust(key=str(key_of(LOG))))

    made = LedgerDesk(window, InlineBackground(), InlineBackground(), open_pack, Chosen(window, tmp_path))
    yield made
    made.close()


def rows(desk: LedgerDesk) -> list[EntryRow | None]:
    model = desk._window.ledger.entries.rows
    return [model.row(position) for position in range(model.rowCount())]


def test_a_pack_is_read_with_no_backend_and_says_that_it_is_one(desk: LedgerDesk, pack: Path):
    desk.open_pack(str(pack))
    page = desk._window.ledger
    assert desk._window.page == "ledger"
    assert page._title.text() == "acme.auditpack"
    assert "exported 2026-01-31 09:30:00 UTC by the log itself · scope: everything" in page._said.text()
    assert page._verified.text() == "Not verified"
    assert [row.index for row in rows(desk) if row] == list(reversed(range(49)))


def test_a_value_of_the_side_list_is_written_into_the_search_and_let_go_again(desk: LedgerDesk, pack: Path):
    desk.open_pack(str(pack))
    page = desk._window.ledger
    page.facets.narrowed.emit("verdict", "reject")
    assert page.search.text() == "verdict:reject"
    assert len(rows(desk)) == 1
    assert page._count.text() == "1 of 49 entries"
    page.facets.narrowed.emit("verdict", "reject")
    assert page.search.text() == ""
    assert len(rows(desk)) == 49


def test_a_search_that_cannot_be_read_is_said_and_the_list_stays(desk: LedgerDesk, pack: Path):
    desk.open_pack(str(pack))
    page = desk._window.ledger
    page.searched.emit("after:yesterday")
    assert not page._banner.isHidden()
    assert len(rows(desk)) == 49
    page.searched.emit("nothing-is-called-that")
    assert page._banner.isHidden()
    assert page._state._notice.title == "None of 49 entries is like that"


def test_the_other_order_begins_with_the_first_entry(desk: LedgerDesk, pack: Path):
    desk.open_pack(str(pack))
    desk._window.ledger.order.click()
    assert rows(desk)[0].index == 0


def test_a_chosen_entry_tells_its_story_and_its_proof_goes_into_a_file(
    desk: LedgerDesk, pack: Path, tmp_path: Path
):
    desk.open_pack(str(pack))
    page = desk._window.ledger
    page.searched.emit("type:decision verdict:approve")
    page.entries.choose(0)
    story = page.story._shown
    assert story.proof.text == "Proven"
    assert any("Signature holds" in str(line.text) for step in story.steps for line in step.details)
    assert story.changes is not None
    desk.run_command("ledger.export_proof")
    assert sorted(path.suffix for path in tmp_path.glob("entry-*")) == [".json", ".json", ".tlog-proof"]
    assert page.story._shown.said.startswith("Written: entry-")


def test_the_chosen_entry_stays_chosen_when_the_list_is_another(desk: LedgerDesk, pack: Path):
    desk.open_pack(str(pack))
    page = desk._window.ledger
    page.searched.emit("type:decision")
    page.entries.choose(1)
    chosen = page.story._shown.index
    page.searched.emit("")
    assert rows(desk)[page.entries.currentIndex().row()].index == chosen


def test_verifying_ends_with_what_is_proven_and_what_is_not(desk: LedgerDesk, pack: Path):
    desk.open_pack(str(pack))
    desk.run_command("ledger.verify")
    verdict = desk.presenter.verdicts.sheet
    assert verdict.kind is VerdictKind.SOUND
    assert verdict.holds
    assert verdict.open
    page = desk._window.ledger
    assert page._verified.text() == "Verified: sound"
    assert page._detail.currentWidget() is page.verdict


def test_a_verification_that_was_stopped_gives_no_verdict(desk: LedgerDesk, pack: Path, qtbot):
    ledger = desk._open_pack(pack)
    held = HeldBackground()
    presenter = LedgerPresenter(InlineBackground(), held)
    presenter.open(ledger)
    presenter.verdicts.start()
    presenter.verdicts.stop()
    for outcome in held.held:
        outcome()
    assert presenter.verdicts.sheet.kind is VerdictKind.ENDED
    ledger.close()


def test_a_damaged_pack_is_a_state_with_a_reason_and_the_next_one_opens(
    desk: LedgerDesk, pack: Path, tmp_path: Path
):
    damaged = tmp_path / "damaged.auditpack"
    damaged.write_bytes(pack.read_bytes()[:-40])
    desk.open_pack(str(damaged))
    page = desk._window.ledger
    assert page._nothing._notice.title == "This audit pack cannot be opened"
    assert "damaged.auditpack" in page._nothing._notice.text.text
    desk.open_pack(str(pack))
    assert len(rows(desk)) == 49


def test_behind_a_pack_that_cannot_be_opened_lies_the_live_ledger(
    desk: LedgerDesk, pack: Path, tmp_path: Path
):
    damaged = tmp_path / "damaged.auditpack"
    damaged.write_bytes(pack.read_bytes()[:-40])
    live = open_pack_ledger(pack, tmp_path / "live", Trust())
    desk.show_live(live)
    desk._window.run_command("go.ledger")
    page = desk._window.ledger
    desk.open_pack(str(damaged))
    assert page._whole.currentIndex() == 0
    assert not page.close_pack.isHidden()
    assert page._nothing.accessibleName().startswith("This audit pack cannot be opened. ")
    desk.run_command("ledger.close_pack")
    assert page._whole.currentIndex() == 1
    assert len(rows(desk)) == 49
    desk.show_live(None)
    live.close()


def test_an_entry_that_was_chosen_in_another_ledger_is_chosen_no_more(
    desk: LedgerDesk, pack: Path, tmp_path: Path
):
    desk.open_pack(str(pack))
    page = desk._window.ledger
    page.entries.choose(3)
    other = tmp_path / "other.auditpack"
    other.write_bytes(pack.read_bytes())
    desk.open_pack(str(other))
    assert not page.entries.currentIndex().isValid()
    assert not page.entries.selectionModel().hasSelection()


def test_the_keys_of_a_queue_go_through_the_entries_too(desk: LedgerDesk, pack: Path):
    desk.open_pack(str(pack))
    page, chosen = desk._window.ledger, []
    page.entries.chosen.connect(chosen.append)
    for command in ("next", "next", "next", "previous", "previous", "previous"):
        desk.run_command(f"ledger.{command}")
    shown = rows(desk)
    assert chosen == [shown[place].index for place in (0, 1, 2, 1, 0)]


def test_a_file_that_is_dropped_on_the_window_is_opened(desk: LedgerDesk, pack: Path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(pack))])
    button, key = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    drop = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, button, key)
    assert desk.eventFilter(desk._window, drop)
    assert desk._window.ledger._title.text() == "acme.auditpack"


def test_without_a_ledger_the_page_says_what_can_be_opened(desk: LedgerDesk, pack: Path):
    desk._window.run_command("go.ledger")
    page = desk._window.ledger
    assert page._nothing._notice.step.command == "ledger.open_pack"
    desk.open_pack(str(pack))
    desk.run_command("ledger.close_pack")
    assert page._nothing._notice.title == "No ledger is open"


def test_what_comes_in_after_another_search_is_dropped(pack: Path, tmp_path: Path, qtbot):
    ledger = open_pack_ledger(pack, tmp_path, Trust())
    ledger.follow(lambda _done, _total: None)
    held = HeldBackground()
    presenter = LedgerPresenter(held, InlineBackground())
    shown = []
    presenter.entries.changed.connect(shown.append)
    presenter.open(ledger)
    presenter.entries.search("type:decision")
    presenter.entries.search("verdict:reject")
    while held.held:
        held.held.pop()()
    assert {sheet.count for sheet in shown} <= {1, 49}
    ledger.close()


def test_a_window_over_a_million_rows_asks_for_what_is_near_and_forgets_the_rest(heard):
    model = WindowModel(("Entry",), BLOCK)
    row = EntryRow(0, "0", "", "", "", "", Tone.NEUTRAL, "")
    model.show_list(1_000_000, (row,) * BLOCK)
    wanted = heard(model.wanted)
    assert model.row(5) is row
    assert wanted.said == []
    assert model.row(640_000) is None
    assert wanted.said == [(5_000 * BLOCK, BLOCK), (5_001 * BLOCK, BLOCK), (4_999 * BLOCK, BLOCK)]
    assert model.row(640_001) is None
    assert len(wanted.said) == 3
    for block in range(200):
        model.take(block * BLOCK, (row,) * BLOCK)
    assert len(model._at_hand) == 48
    assert model.row(199 * BLOCK) is row


def test_i41_what_was_erased_goes_from_the_list_and_the_story_that_are_on_screen(
    desk: LedgerDesk, tmp_path: Path
):
    growing = Kernel()
    action = growing.refund("60.00", note="Xylophonia was charged twice", reason="says Xylophonia")
    growing.decide(growing.reviewer(), action, Verdict.REJECT, "Not hers, says Xylophonia")
    desk._window.open_page("ledger")
    ledger = _live(growing)
    desk.show_live(ledger)
    (index,) = (row.index for row in rows(desk) if row and "Not hers" in text_of(row.about))
    stories = list[object]()
    desk.presenter.story_changed.connect(stories.append)
    desk._choose(index)
    desk.presenter.on_scrolled(False)  # noqa: FBT003  # as the signal says it: somebody reads further down
    erase_as(growing.services, "person/root", "root", Whose.ACTION, action.id, "She asked for it")
    desk.on_grown()
    assert len(rows(desk)) == growing.store.read(lambda snapshot: snapshot.size())
    assert all("Xylophonia" not in text_of(row.about) for row in rows(desk) if row)
    assert "Xylophonia" in repr(stories[0])
    assert "Xylophonia" not in repr(stories[-1])
    desk.close()
    ledger.close()


def _live(kernel: Kernel) -> OpenedLedger:
    def feed(start: int) -> Feed:
        return read_feed(kernel.services, kernel.reviewer().principal, start, 99)

    nobodys = CosignedNotes(Path("no-such-folder"), SeededIds(1))
    keeping = Keeping(lambda: LOG, lambda: None, lambda _note: None, nobodys)
    source = StoreSource(kernel.store, LedgerRecord(kernel.store, "acme.example", keeping))
    return open_live_ledger("acme/test", kernel.store, feed, source, None, b"s" * 32)
