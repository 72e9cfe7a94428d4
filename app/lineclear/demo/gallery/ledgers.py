"""Scenes of the ledger page: live, of an audit pack, sound and not, and damaged. Free of Qt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from lineclear.demo.gallery.pages import busy
from lineclear.demo.gallery.seat import Seat
from lineclear.demo.gallery.stage import Scene, Stage

_ALTERED: Final = (b"duplicate", b"dupIicate")


def _chosen(seat: Seat, words: str) -> None:
    """Look for something, and choose the newest of it."""
    page = seat.window.ledger
    page.search.setText(words)
    page.searched.emit(words)
    page.entries.choose(0)


def _ledger(stage: Stage) -> Seat:
    seat = busy(stage)
    seat.press("go.ledger")
    seat.look()
    return seat


def _live(stage: Stage) -> None:
    seat = _ledger(stage)
    seat.window.ledger.entries.choose(0)


def _story(stage: Stage) -> None:
    _chosen(_ledger(stage), "type:decision by:ops-west")


def _none(stage: Stage) -> None:
    _ledger(stage).window.ledger.searched.emit("agent:support-agent amount>5000")


def _unreadable(stage: Stage) -> None:
    _ledger(stage).window.ledger.searched.emit("refund after:yesterday")


def _pack(stage: Stage, change: Callable[[bytes], bytes] = bytes) -> Seat:
    """Somebody opens a pack of that morning, which was changed on its way."""
    seat = busy(stage)
    file = stage.backend.export(stage.backend.workspace.folder / "acme-2026-11.auditpack")
    file.write_bytes(change(file.read_bytes()))
    seat.desk.open_pack(str(file))
    return seat


def _opened(stage: Stage) -> None:
    _chosen(_pack(stage), "type:execution.succeeded invoice")


def _sound(stage: Stage) -> None:
    _pack(stage).press("ledger.verify")


def _unsound(stage: Stage) -> None:
    """One letter of one payload was replaced by another that looks like it."""
    _pack(stage, lambda data: data.replace(*_ALTERED, 1)).press("ledger.verify")


def _damaged(stage: Stage) -> None:
    _pack(stage, lambda data: data[: len(data) * 2 // 3])


LEDGERS: Final[Mapping[str, Scene]] = MappingProxyType(
    {
        "ledger": _live,
        "ledger-story": _story,
        "ledger-none": _none,
        "ledger-search-unreadable": _unreadable,
        "ledger-pack": _opened,
        "ledger-pack-sound": _sound,
        "ledger-pack-unsound": _unsound,
        "ledger-pack-damaged": _damaged,
    }
)
"""Pictures of the ledger page, by the name of the file."""
