"""Scenes of the ways in: nothing configured, an address that is refused, several backends known."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

import msgspec

from lineclear.adapters.system.tokens import MemoryTokens
from lineclear.application.reading.answers import Me
from lineclear.demo.gallery.stage import OPS_WEST, Scene, Stage
from lineclear.desktop.address import Address, Trial
from lineclear.desktop.background import InlineBackground
from lineclear.desktop.connections import Connections
from lineclear.desktop.desks.connections_desk import ConnectionsDesk
from lineclear.desktop.presenters.connections.connection_sheets import Form
from lineclear.desktop.presenters.connections.ways_in import Probe, Ways
from lineclear.desktop.standing_by import StandBy, no_backend
from lineclear.domain.refusals import Code, Refusal

_URL: Final = "https://lineclear.acme.example"


def _desk(stage: Stage, probe: Probe) -> ConnectionsDesk:
    folder = Path(stage.backend.held.enter_context(TemporaryDirectory(prefix="lineclear-gallery-")))
    book, tokens = Connections(folder / "console.ini"), MemoryTokens()
    ways = Ways(book, probe, lambda: tokens, InlineBackground(), _try_here)
    StandBy(stage.window).show(no_backend())
    desk = ConnectionsDesk(stage.window, ways)
    desk.start(leads_on=True)
    return desk


def _try_here() -> Trial:
    return Trial(Address(_URL, "sample"), lambda: None)


def _start(stage: Stage) -> None:
    _desk(stage, _refuse)


def _refuse(url: str, _token: str) -> Me:
    raise Refusal(Code.ADDRESS_UNKNOWN, url=url, problem="Connection refused")


def _refused(stage: Stage) -> None:
    desk, form = _desk(stage, _refuse), Form(_URL, "lc_ops_0000")
    desk.page.fill(form)
    desk.connecting.connect_to(form)


def _known(stage: Stage) -> None:
    """Somebody works in two environments of one workspace."""
    me = stage.backend.enrol(OPS_WEST).gateway.me()
    environments = {_URL: "production", "https://lineclear.staging.acme.example": "staging"}

    def probe(url: str, _token: str) -> Me:
        return msgspec.structs.replace(me, environment=environments[url], origin=url)

    desk = _desk(stage, probe)
    for url in environments:
        desk.connecting.connect_to(Form(url, "lc_ops_0000"))
    stage.sit().look()
    desk.connecting.mark_open(stage.window.overlays.connections[0].id)
    desk.show()


WAYS: Final[Mapping[str, Scene]] = MappingProxyType(
    {"start": _start, "start-refused": _refused, "connections": _known}
)
"""Pictures of the ways in, by the name of the file."""
