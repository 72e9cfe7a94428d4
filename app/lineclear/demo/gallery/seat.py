"""One reviewer before the real window, wired as the console wires it, but on one thread."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.sources import StoreSource
from lineclear.adapters.ledgers.opened import open_live_ledger, open_pack_ledger
from lineclear.adapters.memory.store import MemoryStore
from lineclear.application.reading.replica import Replica
from lineclear.application.record.reading import OpenLedger
from lineclear.demo.gallery.backend import Backend, Person
from lineclear.desktop.background import Background, HeldBackground, InlineBackground
from lineclear.desktop.desks.ledger_desk import LedgerDesk
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.outbox.outgoing import TAKE_BACK_SECONDS
from lineclear.desktop.presenters.ticks import Ticks
from lineclear.desktop.session import Session
from lineclear.desktop.sync import Contact
from lineclear.desktop.views.review.panels import ReasonPanel
from lineclear.desktop.views.shell.window import Window
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Refusal

_SECRET = bytes(32)
_LOOK_SECONDS = 2.0
"""How long a person looks before they press a key: more than it takes to arm."""
_READ_SECONDS = 18.0
"""How much longer before they approve: as long as it takes to read what changes."""


class Seat:
    """What a person does and sees. Time goes by only when it is told to.

    The session's own threads are not started: `read` takes their part, in the same signals.
    """

    def __init__(self, backend: Backend, window: Window, person: Person, *, is_held: bool = False) -> None:
        self.backend = backend
        self.window = window
        enrolled = backend.enrol(person)
        self.gateway = enrolled.gateway
        self._replica = Replica(MemoryStore())
        reads: Background = HeldBackground() if is_held else InlineBackground()
        ticks = Ticks(backend.clock.now, backend.steady)
        me = self.gateway.me()
        with_ = Collaborators(
            self.gateway, enrolled.reviewer, self._replica, reads, InlineBackground(), ticks, me.person
        )
        self.session = Session(window, with_, me)
        self.desk = self._desk(reads)
        self.session.console.start()
        self.session.queue.refresh()

    def _desk(self, reads: Background) -> LedgerDesk:
        """The ledger page over what this person's replica has."""
        backend, held = self.backend, self.backend.held
        source = StoreSource(backend.services.store, backend.record)
        live = open_live_ledger(
            "acme/support-ops",
            self._replica.store,
            self.gateway.feed,
            source,
            backend.record.key,
            _SECRET,
        )
        held.callback(live.close)
        cache = held.enter_context(TemporaryDirectory(prefix="lineclear-gallery-"))

        def open_pack(path: Path) -> OpenLedger:
            return open_pack_ledger(path, Path(cache), Trust(key=str(backend.record.key)))

        desk = LedgerDesk(self.window, reads, InlineBackground(), open_pack)
        held.callback(desk.close)
        desk.show_live(live)
        self.session.sync.changed.connect(desk.on_grown)
        return desk

    def read(self) -> None:
        """Follow the ledger to its end, as `desktop.sync` does; a backend that is away is said so."""
        sync = self.session.sync
        try:
            feed = self.gateway.feed(self._replica.size())
        except Refusal as refusal:
            sync.contacted.emit(Contact(refusal))
            return
        streams = self._replica.apply(feed.items)
        sync.contacted.emit(Contact())
        if streams:
            sync.changed.emit(streams)

    def choose(self, action: Action | str) -> None:
        """Choose an action of the queue and look at it."""
        self.session.queue.choose(action if isinstance(action, str) else action.id)
        self.look()

    def approve(self, action: Action) -> None:
        """Choose an action, read it, and press the key. Raises ValueError where that was not taken."""
        self.choose(action)
        self.look(_READ_SECONDS)
        self.press("review.approve")
        if all(row.id != action.id for row in self.session.deciding.outgoing.rows):
            raise ValueError(f"{action.title} was not approved")

    def find(self, action: Action, filter_id: str) -> None:
        """Narrow the queue, then choose."""
        self.session.queue.filter(filter_id)
        self.choose(action)

    def look(self, seconds: float = _LOOK_SECONDS) -> None:
        """Let time go by, as the window shows it."""
        self.backend.later(seconds=seconds)
        self.session.deciding.on_tick()
        self.session.queue.on_tick()
        self.session.console.on_tick()

    def press(self, command_id: str) -> None:
        """The key of a command."""
        self.window.run_command(command_id)

    def let_go(self) -> None:
        """Wait until what was decided is sent."""
        self.look(TAKE_BACK_SECONDS)

    def ask_safe_mode(self, reason: str) -> None:
        """What the popover says when its button is pressed."""
        self.window.safe_mode_asked.emit(True, reason)  # noqa: FBT003  # the signal's own argument

    def confirm(self) -> None:
        """Yes to the question in the decision bar."""
        panel = self.window.review.bar.panel
        if panel is None:
            raise ValueError("nothing was asked")
        if isinstance(panel, ReasonPanel):
            panel.presets[0].click()
        panel.yes.click()
