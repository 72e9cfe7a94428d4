"""The console's composition root: the window, and what comes and goes behind it.

The window imports neither SQLAlchemy, httpx, keyring, pydantic nor cryptography: `opening` does, on a worker
thread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from lineclear.desktop.address import Address, TryHere
from lineclear.desktop.assets import find_assets
from lineclear.desktop.preferences import Choices, Preferences
from lineclear.desktop.presenters.lab.effort import Effort, Viewing
from lineclear.desktop.presenters.outbox.outgoing_sheets import Leaving
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, Step
from lineclear.desktop.theme import Look, ThemeName
from lineclear.desktop.tray import Calls, Tray
from lineclear.desktop.views.shell.window import Window
from lineclear.domain.wording import say

if TYPE_CHECKING:
    from lineclear.application.reading.answers import Me
    from lineclear.application.record.reading import OpenLedger
    from lineclear.desktop.again import Again
    from lineclear.desktop.background import Background, ThreadBackground
    from lineclear.desktop.connections import Tokens
    from lineclear.desktop.desks.connections_desk import ConnectionsDesk
    from lineclear.desktop.desks.ledger_desk import LedgerDesk
    from lineclear.desktop.linking import Links, Pools
    from lineclear.desktop.opening import Opened
    from lineclear.desktop.presenters.calling import Call
    from lineclear.desktop.session import Session
    from lineclear.desktop.standing_by import StandBy

# Late imports: what the first frame does without comes after it.

_MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class _Behind:
    """What is made after the first frame, and lives as long as the window."""

    reads: ThreadBackground
    works: ThreadBackground
    desk: LedgerDesk
    links: Links
    standing_by: StandBy
    again: Again
    places: ConnectionsDesk | None


class Console(QObject):
    """Owns every long-lived object of the window, and ends them in the opposite order.

    Without `preferences` nothing is kept, and it knows of no backend but the one that it is given.
    """

    def __init__(
        self,
        address: Address,
        *,
        theme: ThemeName | None = None,
        preferences: Preferences | None = None,
        try_here: TryHere | None = None,
    ) -> None:
        super().__init__()
        self._address = address
        self._try_here = try_here
        self._preferences = preferences
        self._choices = preferences.read() if preferences is not None else Choices(theme=theme)
        self._began_at = self._choices.scale
        """The size at which everything is shown since the start; another one changes that of words."""
        self.look = Look(find_assets(), self._choices.theme)
        self.window = Window(self.look)
        self.window.overlays.choices_made.connect(self._choose)
        self._calls = Calls(self)
        self._calls.caller.wishes = self._choices.wishes
        self._tray = Tray(self.look, self)
        self._tray.opened.connect(self._come_to_front)
        self._calls.counted.connect(self._count)
        self._calls.called.connect(self._call)
        self._minute = QTimer(self)
        self._minute.setInterval(_MINUTE)
        self._minute.timeout.connect(self._calls.on_tick)
        self.look.set_density(self._choices.density)
        self._made: _Behind | None = None
        self.window.commanded.connect(self._run_command)

    @property
    def session(self) -> Session | None:
        """The session of the backend that is open."""
        return self._made.links.session if self._made is not None else None

    @property
    def desk(self) -> LedgerDesk | None:
        """What fills the ledger page."""
        return self._made.desk if self._made is not None else None

    def connect_backend(self) -> None:
        """Connect where it is to; without an address, to what was used last, or show the ways in."""
        from lineclear.desktop.standing_by import no_backend  # noqa: PLC0415  # after the first frame

        is_first, behind = self._made is None, self._behind()
        if is_first and self._address.pack:
            behind.desk.open_pack(self._address.pack)
        if self._address.url:
            self._open(self._address)
        else:
            behind.standing_by.show(no_backend())
        if is_first and behind.places is not None:
            behind.places.start(leads_on=not (self._address.url or self._address.pack))

    def close(self) -> None:
        """End threads, then connections, then the sample workspace."""
        if self._made is None:
            return
        self._made.again.over()
        self._made.links.close()
        self._made.desk.close()
        for pool in (self._made.works, self._made.reads):
            pool.close()
        if self._made.places is not None:
            self._made.places.close()

    # -- what lies behind the window --------------------------------------------------------------

    def _behind(self) -> _Behind:
        if self._made is None:
            self._made = self._make()
        return self._made

    def _make(self) -> _Behind:
        from lineclear.desktop.again import Again  # noqa: PLC0415  # after the first frame
        from lineclear.desktop.background import ThreadBackground  # noqa: PLC0415
        from lineclear.desktop.desks.ledger_desk import LedgerDesk  # noqa: PLC0415
        from lineclear.desktop.linking import Links  # noqa: PLC0415
        from lineclear.desktop.standing_by import StandBy  # noqa: PLC0415

        reads, works = ThreadBackground(), ThreadBackground(workers=3)
        desk = LedgerDesk(self.window, reads, works, partial(_open_pack, log_key=self._address.log_key))
        links = Links(self.window, _open_backend, _make_pools, works, self)
        links.opened.connect(self._opened)
        links.refused.connect(self._unreachable)
        again = Again(self)
        again.due.connect(lambda: links.open(self._address))  # what is on screen stays as it is meanwhile
        places = None
        if self._preferences is not None:
            places = self._make_places(works, Path(self._preferences.file))
        return _Behind(reads, works, desk, links, StandBy(self.window), again, places)

    def _make_places(self, works: Background, file: Path) -> ConnectionsDesk:
        from lineclear.desktop.connections import Connections  # noqa: PLC0415  # after the first frame
        from lineclear.desktop.desks.connections_desk import ConnectionsDesk  # noqa: PLC0415
        from lineclear.desktop.presenters.connections.ways_in import Ways  # noqa: PLC0415

        ways = Ways(Connections(file), _probe, _open_tokens, works, self._try_here)
        places = ConnectionsDesk(self.window, ways)
        places.chosen.connect(self._switch)
        return places

    # -- one backend at a time --------------------------------------------------------------------

    def _switch(self, address: Address) -> None:
        """Go to a backend; what was decided and not sent is asked about first."""
        session = self.session
        if session is None or not session.desk.asks_to_leave(Leaving.BACKEND, partial(self._open, address)):
            self._open(address)

    def _open(self, address: Address) -> None:
        behind = self._behind()
        behind.again.over()
        self._address = address
        behind.desk.show_live(None)
        behind.links.open(address)
        behind.standing_by.show(Notice(NoticeKind.LOADING, say("Connecting")))
        if self.window.page == "connections":
            self.window.open_page("review")

    def _opened(self, session: Session) -> None:
        behind = self._behind()
        behind.again.over()
        behind.standing_by.over()
        self._apply(session)
        session.queue.changed.connect(self._calls.hear)
        session.sync.changed.connect(behind.desk.on_grown)
        session.outdated.connect(partial(self._switch, self._address))
        behind.desk.show_live(behind.links.live)
        self._calls.begin(session.ticks)
        self._minute.start()
        if behind.places is not None:
            behind.places.connecting.mark_open(self._address.connection)

    def _apply(self, session: Session) -> None:
        """Make a session as was chosen, and keep what is chosen in it."""
        from lineclear.desktop.presenters.queue.queue_views import own_views  # noqa: PLC0415  # imported by then

        session.lock_after = self._choices.lock_after * 60
        session.control_desk.view_lab(Viewing(self._choices.effort))
        session.control_desk.effort_chosen.connect(self._keep_effort)
        session.narrowing.take_views(own_views(self._choices.views))
        session.narrowing.saved.connect(self._keep_views)

    def _unreachable(self, error: Exception) -> None:
        from lineclear.desktop.presenters.refused import whole_of  # noqa: PLC0415  # after the first frame
        from lineclear.domain.refusals import Refusal  # noqa: PLC0415
        from lineclear.domain.text import paintable  # noqa: PLC0415

        if not isinstance(error, Refusal):
            raise error
        behind = self._behind()
        step = Step("view.refresh", say("Try again"))
        text = paintable(whole_of(error))
        if behind.again.after(error):
            text = replace(text, text=f"{text.text} {say('It is tried again by itself.')}")
        notice = Notice(NoticeKind.OFFLINE, say("Not connected"), text, step)
        behind.standing_by.show(notice)
        if behind.places is not None:
            behind.places.connecting.mark_open("")

    # -- commands ---------------------------------------------------------------------------------

    def _run_command(self, command_id: str) -> None:
        match command_id:
            case "program.quit":
                self.window.window().close()
            case "view.theme":
                self._choose(replace(self._choices, theme=self.look.next_choice()))
            case "settings.open":
                file = self._preferences.file if self._preferences is not None else ""
                self.window.overlays.show_settings(self._choices, file)
            case "connections.open" if self._made is not None and self._made.places is not None:
                self._made.places.show()
            case "view.refresh" if self.session is None:
                self.connect_backend()
            case _ if self.session is not None:
                self.session.run_command(command_id)

    def _choose(self, choices: Choices) -> None:
        """Follow what was chosen, and keep it."""
        self._choices = choices
        self.look.choose(choices.theme)
        self.look.set_density(choices.density)
        self.look.set_size(choices.scale / self._began_at)
        self._calls.caller.wishes = choices.wishes
        if self.session is not None:
            self.session.lock_after = choices.lock_after * 60
        if self._preferences is not None:
            self._preferences.keep(choices)

    def _keep_effort(self, effort: Effort) -> None:
        self._choose(replace(self._choices, effort=effort))

    def _keep_views(self, views: tuple[tuple[str, str], ...]) -> None:
        self._choose(replace(self._choices, views=views))

    def _count(self, count: int) -> None:
        """How many need somebody, wherever the system has a place for it."""
        self._tray.tell(count)
        self.window.window().setWindowTitle(f"({count}) Lineclear" if count else "Lineclear")

    def _call(self, call: Call) -> None:
        if not self.window.isActiveWindow():
            self._tray.call(call)

    def _come_to_front(self, action: str) -> None:
        """Somebody followed a call: to the action that it was about, never to a decision."""
        window = self.window.window()
        window.showNormal()
        window.raise_()
        window.activateWindow()
        if action and self.session is not None and not self.window.locking.is_locked:
            self.window.open_page("review")
            self.session.queue.choose(action)


# What follows runs on worker threads: it imports what the first frame did not need.


def _open_backend(address: Address, reads: Background, sends: Background) -> Opened:
    from lineclear.desktop import session  # noqa: F401, PLC0415  # so that the GUI thread need not
    from lineclear.desktop.opening import open_backend  # noqa: PLC0415  # after the first frame

    return open_backend(address, reads, sends)


def _open_pack(path: Path, log_key: str) -> OpenLedger:
    from lineclear.desktop.opening import open_pack  # noqa: PLC0415  # after the first frame

    return open_pack(path, log_key)


def _open_tokens() -> Tokens:
    from lineclear.desktop.opening import open_tokens  # noqa: PLC0415  # after the first frame

    return open_tokens()


def _probe(url: str, token: str) -> Me:
    from lineclear.desktop.opening import probe  # noqa: PLC0415  # after the first frame

    return probe(url, token)


def _make_pools() -> Pools:
    from shiboken6 import delete  # noqa: PLC0415  # after the first frame

    from lineclear.desktop.background import ThreadBackground  # noqa: PLC0415  # after the first frame
    from lineclear.desktop.linking import Pools  # noqa: PLC0415

    reads, sends = ThreadBackground(), ThreadBackground(workers=1)

    def close() -> None:
        sends.close()
        reads.close()

    def dispose() -> None:
        delete(sends)
        delete(reads)

    return Pools(reads, sends, close, dispose)
