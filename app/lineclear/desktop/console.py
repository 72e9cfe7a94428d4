"""The console's composition root: the window, and behind it one connection with all that it needs.

The window imports neither SQLAlchemy, httpx, keyring, pydantic nor cryptography; a worker thread does.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QIcon

from lineclear.desktop.address import Address
from lineclear.desktop.assets import find_assets
from lineclear.desktop.preferences import Choices, Preferences
from lineclear.desktop.presenters.refused import whole_of
from lineclear.desktop.presenters.saying import said_notice
from lineclear.desktop.presenters.sheets import (
    Chip,
    Notice,
    NoticeKind,
    QueueSheet,
    SafeModeSheet,
    SafeModeState,
    Step,
    TopSheet,
)
from lineclear.desktop.theme import Look, ThemeName, Token
from lineclear.desktop.tray import Calls, Tray
from lineclear.desktop.views.window import Window
from lineclear.domain.wording import marked, say

if TYPE_CHECKING:
    from lineclear.adapters.ledgers.opened import OpenedLedger
    from lineclear.adapters.system.keys import KeyChain
    from lineclear.application.deciding.reviewer import DeviceKey, Reviewer
    from lineclear.application.reading.answers import Me
    from lineclear.application.reading.gateway import Gateway
    from lineclear.application.reading.replica import Replica
    from lineclear.application.record.witnessing import LogGateway, Witness
    from lineclear.desktop.background import ThreadBackground
    from lineclear.desktop.ledger_desk import LedgerDesk
    from lineclear.desktop.presenters.collaborators import Collaborators
    from lineclear.desktop.session import Session
    from lineclear.desktop.sync import Contact

_TIME_OUT = 10.0
_NO_BACKEND = Notice(
    NoticeKind.EMPTY,
    marked("No backend is configured"),
    marked("An audit pack can be read and verified without one."),
    Step("ledger.open_pack", marked("Open an audit pack")),
)


class Console(QObject):
    """Owns every long-lived object of the window, and ends them in the opposite order."""

    def __init__(
        self,
        address: Address,
        *,
        theme: ThemeName | None = None,
        preferences: Preferences | None = None,
    ) -> None:
        super().__init__()
        self._address = address
        self._close_gateway: Callable[[], None] | None = None
        self._preferences = preferences
        self._choices = preferences.read() if preferences is not None else Choices(theme=theme)
        self.look = Look(find_assets(), self._choices.theme)
        self.window = Window(self.look)
        self.window.choices_made.connect(self._choose)
        self._calls = Calls(self)
        self._tray = Tray(QIcon(self.look.icon("shield-check", Token.ACCENT, 22, 2.0)), self)
        self._tray.opened.connect(self._come_to_front)
        self._calls.counted.connect(self._tray.tell)
        self._calls.called.connect(self._call)
        self._pools: tuple[ThreadBackground, ThreadBackground, ThreadBackground] | None = None
        self._live: OpenedLedger | None = None
        self.session: Session | None = None
        self.desk: LedgerDesk | None = None
        self.window.commanded.connect(self._run_command)
        self._show_waiting(Notice(NoticeKind.LOADING, say("Connecting")))

    def connect_backend(self) -> None:
        """Connect anew, in the background; without a backend, offer what needs none."""
        from lineclear.desktop.background import ThreadBackground  # noqa: PLC0415  # after the first frame
        from lineclear.desktop.ledger_desk import LedgerDesk  # noqa: PLC0415

        if self._pools is None:
            self._pools = ThreadBackground(), ThreadBackground(workers=1), ThreadBackground(workers=2)
        background, sending, works = self._pools
        if self.desk is None:
            key = self._address.log_key
            self.desk = LedgerDesk(self.window, background, works, lambda path: _open_pack(path, key))
            if self._address.pack:
                self.desk.open_pack(self._address.pack)
        if not self._address.url:
            self._show_waiting(said_notice(_NO_BACKEND))
            return
        background.run(lambda: self._open(background, sending), done=self._opened, failed=self._unreachable)

    def close(self) -> None:
        """End threads, then connections."""
        if self.session is not None:
            self.session.close()
        if self.desk is not None:
            self.desk.close()
        if self._live is not None:
            self._live.close()
        for pool in reversed(self._pools or ()):
            pool.close()
        if self._close_gateway is not None:
            self._close_gateway()

    def _open(self, background: ThreadBackground, sending: ThreadBackground) -> tuple[Me, Collaborators]:
        """On a worker thread: import and open what the first frame did not need. Raises Refusal."""
        from lineclear.adapters.http.client import BackendClient  # noqa: PLC0415  # after the first frame
        from lineclear.adapters.memory.store import MemoryStore  # noqa: PLC0415
        from lineclear.adapters.system.clock import SystemClock, steady  # noqa: PLC0415
        from lineclear.application.reading.replica import Replica  # noqa: PLC0415
        from lineclear.desktop.presenters.collaborators import Collaborators  # noqa: PLC0415
        from lineclear.desktop.presenters.ticks import Ticks  # noqa: PLC0415
        from lineclear.desktop.session import Session  # noqa: F401, PLC0415  # so that the GUI thread need not
        from lineclear.domain.principals import MAY, Deed  # noqa: PLC0415

        clock = SystemClock()
        gateway = BackendClient(self._address.url, self._address.token, timeout=_TIME_OUT)
        self._close_gateway = gateway.close
        me = gateway.me()
        ticks = Ticks(lambda: clock.now().astimezone(), steady)
        decides = me.person is not None and me.person.role in MAY[Deed.DECIDE]
        keys = self._keys(may_lack=not decides)
        witness = self._witness(gateway.log, me, keys)
        reviewer, reopen = self._reviewer(gateway, me, keys, witness) if decides and keys else (None, None)
        replica = Replica(MemoryStore())
        self._live = _open_live(self._address, gateway, me, replica, witness.pinned)
        return me, Collaborators(
            gateway, reviewer, replica, background, sending, ticks, me.person, witness, reopen
        )

    def _reviewer(
        self, gateway: Gateway, me: Me, keys: KeyChain, witness: Witness
    ) -> tuple[Reviewer, Callable[[], DeviceKey]]:
        """Who signs on this device, and what opens their key again after the session was locked."""
        from lineclear.adapters.system.clock import SystemClock  # noqa: PLC0415  # after the first frame
        from lineclear.adapters.system.ids import SystemIds  # noqa: PLC0415
        from lineclear.application.deciding.reviewer import Reviewer  # noqa: PLC0415

        def reopen() -> DeviceKey:
            anew = keys if self._address.ephemeral else self._keys(may_lack=False)
            return (anew or keys).key(me.origin, me.subject)

        key = keys.key(me.origin, me.subject)
        calm = witness.require_calm
        return Reviewer(gateway, key, me.origin, SystemClock(), SystemIds(), calm), reopen

    def _keys(self, *, may_lack: bool) -> KeyChain | None:
        """Where this device keeps its keys; None where there is no safe place and none is needed."""
        from lineclear.adapters.system.key_chains import open_keys  # noqa: PLC0415  # after the first frame
        from lineclear.adapters.system.keys import MemoryKeys  # noqa: PLC0415
        from lineclear.domain.refusals import Refusal  # noqa: PLC0415

        if self._address.ephemeral:
            return MemoryKeys()
        passphrase = os.environ.get("LINECLEAR_KEY_PASSPHRASE")
        try:
            return open_keys(_data_folder() / "keys", passphrase=passphrase, ephemeral=False)
        except Refusal:
            if may_lack:
                return None
            raise

    def _witness(self, log: LogGateway, me: Me, keys: KeyChain | None) -> Witness:
        """Who watches the ledger on this device, with a key of its own that can decide nothing."""
        from lineclear.adapters.memory.notebook import MemoryNotebook  # noqa: PLC0415  # after the first frame
        from lineclear.adapters.system.clock import SystemClock  # noqa: PLC0415
        from lineclear.adapters.system.ids import SystemIds  # noqa: PLC0415
        from lineclear.adapters.system.keys import witness_of  # noqa: PLC0415
        from lineclear.adapters.system.notebooks import LEDGERS, notebook_of  # noqa: PLC0415
        from lineclear.adapters.system.signatures import verifier_of  # noqa: PLC0415
        from lineclear.application.record.witnessing import Means, Witness  # noqa: PLC0415

        key = None
        if keys is not None and me.person is not None:
            key = keys.key(me.origin, witness_of(me.subject))
        only_now = self._address.ephemeral
        notebook = MemoryNotebook() if only_now else notebook_of(_data_folder() / LEDGERS, me.origin)
        means = Means(log, notebook, verifier_of, SystemClock(), SystemIds(), key)
        return Witness(means, me.origin, me.subject)

    def _opened(self, opened: tuple[Me, Collaborators]) -> None:
        from lineclear.desktop.session import Session  # noqa: PLC0415  # imported by the thread already

        me, with_ = opened
        if self.session is not None:
            self.session.close()
        self.session = Session(self.window, with_, me)
        self.session.sync.contacted.connect(self._settle)
        self.session.queue.changed.connect(self._calls.hear)
        self.session.start()
        if self.desk is not None and self._live is not None:
            self.session.sync.changed.connect(self.desk.on_grown)
            self.desk.show_live(self._live)

    def _settle(self, contact: Contact) -> None:
        """Once the replica has caught up, leave it and the program out of every later garbage collection.

        Both stay to the end, and a collection that walks them holds the GUI thread up for 50 to 110 ms.
        """
        if self.session is not None and contact.refusal is None and not contact.behind:
            self.session.sync.contacted.disconnect(self._settle)
            gc.freeze()

    def _unreachable(self, error: Exception) -> None:
        from lineclear.domain.refusals import Refusal  # noqa: PLC0415  # after the first frame

        if not isinstance(error, Refusal):
            raise error
        step = Step("view.refresh", say("Try again"))
        text = whole_of(error)
        self._show_waiting(Notice(NoticeKind.OFFLINE, say("Not connected"), text, step))

    def _run_command(self, command_id: str) -> None:
        match command_id:
            case "program.quit":
                self.window.window().close()
            case "view.theme":
                self._choose(replace(self._choices, theme=self.look.next_choice()))
            case "settings.open":
                file = self._preferences.file if self._preferences is not None else ""
                self.window.show_settings(self._choices, file)
            case "view.refresh" if self.session is None:
                self._show_waiting(Notice(NoticeKind.LOADING, say("Connecting")))
                self.connect_backend()
            case _ if self.session is not None:
                self.session.run_command(command_id)

    def _choose(self, choices: Choices) -> None:
        """Follow what was chosen, and keep it."""
        self._choices = choices
        self.look.choose(choices.theme)
        if self._preferences is not None:
            self._preferences.keep(choices)

    def _call(self, title: str, text: str) -> None:
        if self._choices.notifies and not self.window.isActiveWindow():
            self._tray.call(title, text, sounds=self._choices.sounds)

    def _come_to_front(self) -> None:
        window = self.window.window()
        window.showNormal()
        window.raise_()
        window.activateWindow()

    def _show_waiting(self, notice: Notice) -> None:
        why_not = say("Not connected.")
        safe_mode = SafeModeSheet(SafeModeState.UNKNOWN, say("Safe mode not known"), why_not=why_not)
        known = {NoticeKind.LOADING: say("Connecting"), NoticeKind.EMPTY: say("No backend")}
        freshness = Chip(known.get(notice.kind, say("Not connected")))
        self.window.display_top(TopSheet("", "", freshness, safe_mode, "", Chip("")))
        is_loading = notice.kind is NoticeKind.LOADING
        aside = (
            say("The queue shows up here.")
            if is_loading
            else say("Whether anything waits for you is not known.")
        )
        self.window.review.display_queue(
            QueueSheet(say("Needs you"), notice=Notice(notice.kind, notice.title, aside))
        )
        self.window.review.display_no_action(notice)


def _data_folder() -> Path:
    """Where this person's keys and what their consoles know of ledgers are kept."""
    import platformdirs  # noqa: PLC0415  # after the first frame

    return Path(platformdirs.user_data_dir("lineclear", appauthor=False))


def _open_live(address: Address, gateway: Gateway, me: Me, replica: Replica, pinned: str) -> OpenedLedger:
    """The connection's ledger: entries from the replica, contents and proofs from the backend."""
    from lineclear.adapters.auditpack.sources import HttpSource  # noqa: PLC0415  # after the first frame
    from lineclear.adapters.ledgers.opened import known_key, open_live_ledger  # noqa: PLC0415
    from lineclear.adapters.system.ids import SystemIds  # noqa: PLC0415

    source = HttpSource(address.url, address.token, timeout=_TIME_OUT)
    name = f"{me.workspace}, {me.environment}"
    key, secret = known_key(address.log_key or pinned), SystemIds().secret()
    return open_live_ledger(name, replica.store, gateway.feed, source, key, secret, closing=source.close)


def _open_pack(path: Path, log_key: str) -> OpenedLedger:
    """An audit pack. Raises Refusal."""
    import platformdirs  # noqa: PLC0415  # after the first frame

    from lineclear.adapters.auditpack.head import Trust  # noqa: PLC0415
    from lineclear.adapters.ledgers.opened import open_pack_ledger  # noqa: PLC0415

    cache = Path(platformdirs.user_cache_dir("lineclear")) / "ledgers"
    return open_pack_ledger(path, cache, Trust(key=log_key))
