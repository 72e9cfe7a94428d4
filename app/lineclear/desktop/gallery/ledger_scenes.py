"""What the gallery shows of the ledger: its entries, packs that are sound and not, and another history."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lineclear.desktop.gallery import ledger, states
from lineclear.desktop.presenters.ledger.ledger_sheets import EntriesSheet, LedgerHead, VerdictSheet
from lineclear.desktop.views.shell.window import Window


def ledger_scenes() -> Iterator[tuple[str, Callable[[Window], None]]]:
    """By the names of their files."""
    yield "ledger", _ledger(ledger.HEAD)
    yield "ledger-alarm", _alarm
    yield "ledger-none", _ledger(ledger.HEAD, ledger.NONE)
    yield "ledger-verifying", _ledger(ledger.VERIFYING, verdict=ledger.RUNNING)
    yield "ledger-sound", _ledger(ledger.PACK, verdict=ledger.SOUND)
    yield "ledger-unsound", _ledger(ledger.BROKEN, verdict=ledger.UNSOUND)
    yield "ledger-damaged", _ledger_damaged


def _ledger(
    head: LedgerHead, entries: EntriesSheet = ledger.ENTRIES, verdict: VerdictSheet | None = None
) -> Callable[[Window], None]:
    def show(window: Window) -> None:
        window.run_command("go.ledger")
        page = window.ledger
        page.display_head(head)
        page.display_entries(entries)
        page.display_facets(ledger.FACETS)
        page.display_story(ledger.STORY)
        page.display_verdict(verdict)

    return show


def _ledger_damaged(window: Window) -> None:
    window.run_command("go.ledger")
    window.ledger.display_nothing(ledger.DAMAGED)


def _alarm(window: Window) -> None:
    window.alarm.display(states.ALARM)
    window.review.display_action(states.ACTION_ALARM)
