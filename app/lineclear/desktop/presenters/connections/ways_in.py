"""Ways into a backend: try, connect, use one that is known, edit, forget. Knows no widget and no adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from lineclear.desktop.address import Address, Trial, TryHere
from lineclear.desktop.background import Background
from lineclear.desktop.connections import Connection, Tokens, connection_id
from lineclear.desktop.presenters.connections.connection_sheets import ConnectionRow, ConnectionsSheet, Form
from lineclear.desktop.presenters.environments import environment_chip
from lineclear.desktop.presenters.refused import remedy_of, sentence_of
from lineclear.desktop.presenters.sheets import Line, Mark, Notice, NoticeKind
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable
from lineclear.domain.wording import say

if TYPE_CHECKING:
    from lineclear.application.reading.answers import Me

type Probe = Callable[[str, str], Me]
"""Who holds a token at an address; blocking; raises Refusal."""


class Book(Protocol):
    """The connections that are known here, and which was used last."""

    @property
    def last(self) -> Connection | None: ...

    def every(self) -> tuple[Connection, ...]: ...

    def find(self, connection: str) -> Connection | None: ...

    def keep(self, connection: Connection) -> None: ...

    def use(self, connection: str) -> None: ...

    def forget(self, connection: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Ways:
    """What connecting takes; `open_tokens` blocks, as a keyring may ask its user."""

    book: Book
    probe: Probe
    open_tokens: Callable[[], Tokens]
    background: Background
    try_here: TryHere | None = None


class Connecting(QObject):
    """All methods on the GUI thread. Only the newest attempt counts: what an earlier one finds is dropped."""

    changed = Signal(object)
    """ConnectionsSheet."""
    filled = Signal(object)
    """Form to go on with."""
    chosen = Signal(object)
    """Address to open."""

    def __init__(self, ways: Ways, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ways = ways
        self._tokens: Tokens | None = None
        self._trial: Trial | None = None
        self._asked = 0
        self._open_id = ""
        self._sheet = ConnectionsSheet()

    def start(self) -> None:
        """Show the ways in, and find out where tokens are kept."""
        self._show()
        self._attempt(self._opened_tokens, self._take_tokens)

    def open_last(self) -> bool:
        """Open what was used last; False where nothing was."""
        last = self._ways.book.last
        if last is not None:
            self.open(last.id)
        return last is not None

    def mark_open(self, connection: str) -> None:
        """The window now shows this one; none for an empty id."""
        self._open_id = connection
        self._show()

    def try_here(self) -> None:
        """Start the sample workspace, once: it goes on until the window ends."""
        begin = self._ways.try_here
        if self._trial is not None:
            self.chosen.emit(self._trial.address)
        elif begin is not None and not self._sheet.is_busy:
            self._say(NoticeKind.LOADING, say("Starting the sample workspace"))
            self._attempt(begin, self._take_trial)

    def connect_to(self, form: Form) -> None:
        """Test a connection, keep it, and open it."""
        url = form.url.strip().rstrip("/")

        def work() -> tuple[Connection, str]:
            tokens = self._opened_tokens()
            token = form.token.strip() or (tokens.find(form.id) if form.id else "")
            me = self._ways.probe(url, token)
            connection = _connection(url, form.name.strip(), me)
            tokens.keep(connection.id, token)
            return connection, token

        self._say(NoticeKind.LOADING, say("Asking the backend"))
        self._attempt(work, lambda found: self._keep(form.id, *found))

    def cancel(self) -> None:
        """Wait no longer for what was asked."""
        self._asked += 1
        self._show()

    def open(self, connection: str) -> None:
        """Use one that is known."""
        known = self._ways.book.find(connection)
        if known is not None:
            self._say(NoticeKind.LOADING, say("Reading the token"))
            self._attempt(
                lambda: self._opened_tokens().find(connection), lambda token: self._use(known, token)
            )

    def edit(self, connection: str) -> None:
        """Fill the form with one that is known."""
        known = self._ways.book.find(connection)
        if known is not None:
            self.filled.emit(Form(known.url, "", known.name, known.id))

    def forget(self, connection: str) -> None:
        """Take it off the list, and its token out of where it is kept."""

        def done(_none: None) -> None:
            self._ways.book.forget(connection)
            self._show()

        self._attempt(lambda: self._opened_tokens().forget(connection), done)

    def end_trial(self) -> None:
        """End the sample workspace's processes; returns when they have ended."""
        if self._trial is not None:
            self._trial.end()
            self._trial = None

    # -- what came of it --------------------------------------------------------------------------

    def _attempt[T](self, work: Callable[[], T], done: Callable[[T], None]) -> None:
        self._asked += 1
        asked = self._asked

        def take(found: T) -> None:
            if asked == self._asked:
                done(found)
            elif isinstance(found, Trial):  # nobody waits for it any more
                self._ways.background.run(found.end, done=_nothing, failed=_raise)

        def failed(error: Exception) -> None:
            if not isinstance(error, Refusal):
                raise error
            if asked == self._asked:
                self._say(NoticeKind.FAILED, sentence_of(error), remedy_of(error))

        self._ways.background.run(work, done=take, failed=failed)

    def _opened_tokens(self) -> Tokens:
        """On a worker thread; opened once."""
        if self._tokens is None:
            self._tokens = self._ways.open_tokens()
        return self._tokens

    def _take_tokens(self, _tokens: Tokens) -> None:
        self._show(self._sheet.result, is_busy=self._sheet.is_busy)

    def _take_trial(self, trial: Trial) -> None:
        self._trial = trial
        self._show()
        self.chosen.emit(trial.address)

    def _keep(self, edited: str, connection: Connection, token: str) -> None:
        if edited and edited != connection.id:
            self._ways.book.forget(edited)  # the form now leads to somebody or somewhere else
        self._ways.book.keep(connection)
        self._use(connection, token)

    def _use(self, connection: Connection, token: str) -> None:
        if not token:
            self._say(
                NoticeKind.FORBIDDEN,
                say("Its token is not here any more"),
                say("It was kept for one run only. Paste it once more, or ask for another."),
            )
            self.edit(connection.id)
            return
        self._ways.book.use(connection.id)
        self._show()
        only_now = self._opened_tokens().kept == "memory"
        self.chosen.emit(Address(connection.url, token, ephemeral=only_now, connection=connection.id))

    # -- what is shown ----------------------------------------------------------------------------

    def _say(self, kind: NoticeKind, title: str, text: str = "") -> None:
        is_busy = kind is NoticeKind.LOADING
        self._show(Notice(kind, paintable(title).text, paintable(text)), is_busy=is_busy)

    def _show(self, result: Notice | None = None, *, is_busy: bool = False) -> None:
        why_not = "" if self._ways.try_here is not None else say("The demo is not installed here.")
        kept = self._tokens.kept if self._tokens is not None else ""
        self._sheet = ConnectionsSheet(self._rows(kept), _keeping(kept), result, is_busy, why_not)
        self.changed.emit(self._sheet)

    def _rows(self, kept: str) -> tuple[ConnectionRow, ...]:
        return tuple(
            ConnectionRow(
                one.id,
                paintable(one.name or one.workspace),
                environment_chip(one.environment),
                paintable(say("{person} at {url}", person=one.person, url=one.url)),
                one.id == self._open_id,
                _forgetting(kept),
            )
            for one in self._ways.book.every()
        )


def _connection(url: str, name: str, me: Me) -> Connection:
    found = connection_id(me.origin, me.subject)
    return Connection(found, name or me.workspace, url, me.workspace, me.environment, me.subject)


def _keeping(kept: str) -> Line | None:
    match kept:
        case "keyring":
            return Line(Mark.MET, say("Tokens are kept in the keyring of this system."))
        case "file":
            return Line(Mark.MET, say("Tokens are kept in files that your passphrase closes."))
        case "memory":
            return Line(
                Mark.ATTENTION,
                say("There is no keyring here: token and signing key are kept for this run only."),
                say("Start the system's keyring, or set LINECLEAR_KEY_PASSPHRASE to keep them in files."),
            )
    return None


def _forgetting(kept: str) -> str:
    where = say("its token in the keyring") if kept == "keyring" else say("its token")
    return say(
        "This removes the address and {token} from this machine. The signing key stays, and so does all that "
        "you decided. The token itself is good until it is revoked at the backend.",
        token=where,
    )


def _nothing(_none: None) -> None:
    pass


def _raise(error: Exception) -> None:
    raise error
