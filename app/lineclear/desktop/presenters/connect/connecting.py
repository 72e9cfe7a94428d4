"""Connecting agents: a bounded token, its lines to paste, its first call as it arrives. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from PySide6.QtCore import QObject, Signal

from lineclear.application.governing.people import Grant, Issued
from lineclear.application.ports import ActionQuery, Snapshot
from lineclear.application.reading.answers import Me
from lineclear.application.reading.connections import Connection, Connections
from lineclear.application.reading.offices import key_of
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.connect.connect_lines import Block, Way, blocks_of
from lineclear.desktop.presenters.connect.connect_page import (
    LASTS,
    Chosen,
    Seen,
    chosen_offer,
    connection_rows,
    form_sheet,
    stranger_lines,
    watch_sheet,
)
from lineclear.desktop.presenters.connect.connect_sheets import ConnectSheet, WatchSheet
from lineclear.desktop.presenters.control.safe_modes import why_not
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, Step
from lineclear.domain.identities import Token
from lineclear.domain.policy.capabilities import DayLimits
from lineclear.domain.policy.document import DocumentError, load
from lineclear.domain.policy.explaining import explain
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Refusal
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import Role
from lineclear.domain.wording import say

_EVERY = 2
"""Seconds between two looks at what the border saw, while the page is in front."""
_JOBS = 50


@dataclass(frozen=True, slots=True)
class _Known:
    """What the backend told last."""

    connections: Connections
    said: Mapping[str, tuple[str, ...]]


class Connecting(QObject):
    """All methods on the GUI thread. A secret is held until the page is left, and is kept nowhere."""

    changed = Signal(object)
    """ConnectSheet."""

    def __init__(
        self,
        with_: Collaborators,
        me: Me,
        programs: Callable[[], Mapping[str, str]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._with, self._programs_of = with_, programs
        self._why_not = why_not(me, Deed.ADMINISTER)
        self._chosen = Chosen()
        self._known: _Known | None = None
        self._programs: Mapping[str, str] = {}
        self._seen = Seen()
        self._watched, self._secret = "", ""
        self._ways: dict[str, Way] = {}
        self._notice: Notice | None = None
        self._asked, self._ticks = 0, 0
        self._is_open = self._is_due = False

    def open(self) -> None:
        """The page came to the front."""
        self._is_open = True
        self._notice = None
        if self._why_not:
            self._emit()
            return
        self._read()
        self._emit()

    def leave(self) -> None:
        """Another page came to the front: what was shown once is gone."""
        self._is_open = False
        self._secret = ""

    def on_tick(self) -> None:
        """A second has gone by."""
        if not self._is_open or self._why_not:
            return
        self._ticks += 1
        if self._is_due or self._ticks % _EVERY == 0:
            self._read()

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew: it is read with the next second, however much else comes until then."""
        self._is_due |= any(stream.startswith(("job/", "action/", "token/")) for stream in streams)

    def choose_way(self, way: str) -> None:
        """How the agent is built."""
        self._chosen = replace(self._chosen, way=Way(way))
        self._emit()

    def choose_lasts(self, lasts: str) -> None:
        """How long its token lives."""
        self._chosen = replace(self._chosen, lasts=lasts)
        self._emit()

    def toggle_capability(self, capability: str) -> None:
        """What its token reaches."""
        self._chosen = replace(self._chosen, capabilities=self._chosen.capabilities ^ {capability})
        self._emit()

    def make(self, name: str, owner: str) -> None:
        """Make the token; it is answered once."""
        reviewer, office = self._with.reviewer, self._with.gateway.tokens
        if reviewer is None or self._known is None:
            return
        lasts = timedelta(hours=LASTS[self._chosen.lasts][1])
        bounds = tuple(sorted(self._chosen.capabilities))
        grant = Grant(name.strip(), Role.AGENT, owner=owner.strip(), lasts=lasts, capabilities=bounds)
        key = key_of("connect", grant, sorted(one.token.id for one in self._known.connections.items))
        self._notice = None
        way = self._chosen.way

        def work() -> Issued:
            reviewer.check(grants=True)
            return office.issue(grant, key=key)

        def done(issued: Issued) -> None:
            self._ways[issued.token.id] = way
            self._watched, self._secret = issued.token.id, issued.secret
            self._read()

        self._with.sending.run(work, done=done, failed=self._refuse)

    def watch(self, token: str) -> None:
        """Look at another connection; a secret that was on screen is gone."""
        if token != self._watched:
            self._watched, self._secret, self._seen = token, "", Seen()
        self._read()

    def revoke(self, token: str) -> None:
        """Refuse a token from here on."""
        reviewer, office = self._with.reviewer, self._with.gateway.tokens
        if reviewer is None:
            return

        def work() -> Token:
            reviewer.check(grants=False)
            return office.revoke_token(token, key=key_of("revoke", token))

        def done(_: Token) -> None:
            self._read()

        self._notice = None
        self._with.sending.run(work, done=done, failed=self._refuse)

    def _read(self) -> None:
        self._asked += 1
        self._is_due = False
        asked, watched, with_ = self._asked, self._watched, self._with
        knows = bool(self._programs)

        def read() -> tuple[_Known, Seen, Mapping[str, str]]:
            told = with_.gateway.tokens.connections()
            said = _said(with_.gateway.policies.versions().document)
            programs = self._programs if knows else self._programs_of()
            one = _connection(told, watched)
            seen = with_.replica.store.read(lambda snapshot: _seen(snapshot, one)) if one else Seen()
            return _Known(told, said), seen, programs

        def done(found: tuple[_Known, Seen, Mapping[str, str]]) -> None:
            if asked == self._asked:
                self._known, self._seen, self._programs = found
                if self._notice is not None and self._notice.kind is NoticeKind.OFFLINE:
                    self._notice = None
                self._emit()

        def failed(error: Exception) -> None:
            if asked == self._asked:
                self._unread(error)

        with_.background.run(read, done=done, failed=failed)

    def _unread(self, error: Exception) -> None:
        if not isinstance(error, Refusal):
            raise error
        text = paintable(f"{error.sentence} {error.remedy}")
        step = Step("view.refresh", say("Try again"))
        self._notice = Notice(NoticeKind.OFFLINE, say("What agents do is not known now"), text, step)
        self._emit()

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, Refusal):
            raise error
        self._notice = Notice(NoticeKind.FAILED, paintable(error.sentence).text, paintable(error.remedy))
        self._emit()

    def _emit(self) -> None:
        self.changed.emit(self._sheet())

    def _sheet(self) -> ConnectSheet:
        if self._why_not:
            told = say("An administrator makes tokens for agents and sees which are connected.")
            title = say("Connecting agents is for administrators")
            return ConnectSheet(notice=Notice(NoticeKind.FORBIDDEN, title, told), is_open=False)
        if self._known is None:
            loading = Notice(NoticeKind.LOADING, say("Reading what is connected"))
            return ConnectSheet(notice=self._notice or loading, is_open=False)
        now, told_of = self._with.ticks.now(), self._known.connections
        return ConnectSheet(
            form_sheet(self._chosen, told_of.offers, self._known.said),
            self._watch(told_of),
            connection_rows(told_of.items, self._watched, now, ""),
            stranger_lines(told_of.strangers, now),
            self._notice,
        )

    def _watch(self, told: Connections) -> WatchSheet | None:
        one = _connection(told, self._watched)
        if one is None:
            return None
        now, is_new = self._with.ticks.now(), bool(self._secret)
        return watch_sheet(one, self._blocks(told, one), self._seen, now, is_new=is_new)

    def _blocks(self, told: Connections, one: Connection) -> tuple[Block, ...]:
        reached = frozenset(one.token.capabilities) or frozenset(each.capability for each in told.offers)
        way = self._ways.get(one.token.id, self._chosen.way)
        offer = chosen_offer(Chosen(way, reached), told.offers)
        if offer is None or one.token.revoked:
            return ()
        return blocks_of(way, self._programs, offer, self._with.url, self._secret)


def _connection(told: Connections, token: str) -> Connection | None:
    return next((one for one in told.items if one.token.id == token), None)


def _seen(snapshot: Snapshot, one: Connection) -> Seen:
    """The first job and action of the agent since this token first opened something."""
    since = one.arrival.first
    if not since:
        return Seen()
    jobs = [job for job in snapshot.jobs(limit=_JOBS).items if job.agent == one.token.subject]
    job = next((each for each in reversed(jobs) if each.updated_at >= since), None)
    query = ActionQuery(agent=one.token.subject, order="newest")
    actions = [each for each in snapshot.actions(query).items if each.proposed_at >= since]
    return Seen(job, min(actions, key=lambda each: each.proposed_at, default=None))


def _said(document: str) -> Mapping[str, tuple[str, ...]]:
    """What the policy in force says of each capability, in words."""
    try:
        known = load(document)
    except DocumentError:
        return {}
    return {
        name: tuple(
            each.says for each in explain(replace(known, capabilities={name: one}, budgets=DayLimits()))
        )
        for name, one in known.capabilities.items()
    }
