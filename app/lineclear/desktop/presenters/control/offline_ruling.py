"""The workspace's rule on deciding without the backend: read, and changed by who may. Knows no widget."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from lineclear.application.deciding.arriving import offline_rule
from lineclear.application.reading.answers import Me
from lineclear.application.reading.offices import key_of
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.control.offline_page import offline_sheet, rule_of
from lineclear.desktop.presenters.refused import notice_of
from lineclear.desktop.presenters.sheets import Notice
from lineclear.domain.offline import OfflineRule
from lineclear.domain.refusals import Refusal


class OfflineRuling(QObject):
    """All methods on the GUI thread. The rule is read from the replica, where decisions offline find it."""

    changed = Signal(object)
    """OfflineSheet."""

    def __init__(self, with_: Collaborators, me: Me, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with, self._me = with_, me
        self._rule: OfflineRule | None = None
        self._size = 0
        self._notice: Notice | None = None
        self._asked = 0

    def start(self) -> None:
        """Read the rule."""
        self._read()

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew."""
        if any(stream.startswith("workspace/") for stream in streams):
            self._read()

    def do(self, _deed: str, said: Mapping[str, str]) -> None:
        """Ask for the rule that a form's answers are."""
        reviewer, policies = self._with.reviewer, self._with.gateway.policies
        if reviewer is None:
            return
        self._notice = None
        try:
            wanted = rule_of(said)
        except Refusal as refusal:
            self._refuse(refusal)
            return
        key = key_of("offline", self._size, *sorted(said.items()))

        def work() -> OfflineRule:
            reviewer.check(grants=True)
            return policies.set_offline(wanted, said["reason"], key=key)

        self._with.sending.run(work, done=self._done, failed=self._refuse)

    def _done(self, rule: OfflineRule) -> None:
        self._rule = rule
        self._emit()

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, Refusal):
            raise error
        self._notice = notice_of(error)
        self._emit()

    def _read(self) -> None:
        self._asked += 1
        asked, replica = self._asked, self._with.replica

        def done(found: tuple[OfflineRule, int]) -> None:
            if asked == self._asked:
                self._rule, self._size = found
                self._emit()

        self._with.background.run(
            lambda: replica.store.read(lambda snapshot: (offline_rule(snapshot), snapshot.size())),
            done=done,
            failed=self._refuse,
        )

    def _emit(self) -> None:
        if self._rule is not None:
            self.changed.emit(offline_sheet(self._rule, self._me, self._notice))
