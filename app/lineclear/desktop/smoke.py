"""Works the real window by its commands: an action cleared, seen done, undone. Holds no rules."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication

from lineclear.desktop.console import Console
from lineclear.desktop.session import Session
from lineclear.desktop.views.review.panels import UndoPanel
from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import ActionStatus

_POLL = 30
_PATIENCE = 90_000
type Witness = Callable[[Action], object]


@dataclass(slots=True)
class SmokeResult:
    """What happened, for `result.json`. `rows` are what the witness read outside the console."""

    ok: bool = False
    action: str = ""
    title: str = ""
    undone_by: str = ""
    problem: str = "it did not get to the end in time"
    pictures: list[str] = field(default_factory=list)
    rows: dict[str, object] = field(default_factory=dict)


class Smoke(QObject):
    """Goes on as soon as each step's condition holds; gives up after a minute and a half."""

    def __init__(
        self, console: Console, folder: Path, wanted: Callable[[Action], bool], witness: Witness
    ) -> None:
        super().__init__(console.window)
        self._console = console
        self._folder = folder
        self._wanted = wanted
        self._witness = witness
        self.result = SmokeResult()
        self._steps = self._script()
        self._waiting_for: Callable[[], object] = lambda: True
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL)
        self._timer.timeout.connect(self._go_on)
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.timeout.connect(self._finish)
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Begin as soon as the event loop runs."""
        self._timer.start()
        self._end.start(_PATIENCE)

    def _go_on(self) -> None:
        if not self._waiting_for():
            return
        following = next(self._steps, None)
        if following is None:
            self._finish()
        else:
            self._waiting_for = following

    def _script(self) -> Iterator[Callable[[], object]]:
        """Each yielded condition must hold before the script goes on."""
        window = self._console.window
        yield lambda: self._console.session is not None
        session = self._session()
        yield lambda: self._candidate() is not None
        action = self._candidate()
        assert action is not None
        self.result.action, self.result.title = action.id, action.title
        session.queue.filter("all")
        yield lambda: self._steps_to(action.id)
        yield lambda: self._is_shown(action.id, ActionStatus.PENDING) and session.action.is_armed
        self.result.rows["before"] = self._witness(action)
        self._picture("1-proposal.png")
        window.run_command("review.approve")
        yield lambda: self._status(action.id) is ActionStatus.SUCCEEDED
        self.result.rows["cleared"] = self._witness(action)
        session.queue.filter("done")
        yield lambda: self._steps_to(action.id)
        yield lambda: self._is_shown(action.id, ActionStatus.SUCCEEDED)
        self._picture("2-cleared.png")
        window.run_command("review.undo")
        yield self._has_undo_preview
        self._picture("3-undo-preview.png")
        panel = window.review.bar.panel
        assert isinstance(panel, UndoPanel)
        panel.presets[0].click()
        panel.yes.click()
        yield lambda: self._is_shown(action.id, ActionStatus.UNDONE)
        self.result.rows["undone"] = self._witness(action)
        self._picture("4-undone.png")
        self.result.undone_by = self._shown_action().undone_by
        self.result.ok, self.result.problem = True, ""

    def _session(self) -> Session:
        assert self._console.session is not None
        return self._console.session

    def _candidate(self) -> Action | None:
        """The first waiting action that is wanted."""
        return next((one for one in self._session().queue.listed if self._wanted(one)), None)

    def _steps_to(self, action_id: str) -> bool:
        """Move on through the queue by its commands until the action is chosen."""
        queue = self._session().queue
        ids, selected = queue.row_ids, queue.selected
        if selected != action_id and action_id in ids:
            is_below = selected not in ids or ids.index(selected) < ids.index(action_id)
            self._console.window.run_command("review.next" if is_below else "review.previous")
        return queue.selected == action_id

    def _is_shown(self, action_id: str, status: ActionStatus) -> bool:
        shown = self._session().action.shown
        return (
            shown is not None and shown.detail.action.id == action_id and shown.detail.action.status is status
        )

    def _shown_action(self) -> Action:
        shown = self._session().action.shown
        assert shown is not None
        return shown.detail.action

    def _status(self, action_id: str) -> ActionStatus | None:
        found = self._session().replica.store.read(lambda snapshot: snapshot.load(Action, action_id))
        return found.status if found else None

    def _has_undo_preview(self) -> bool:
        shown = self._session().action.shown
        undo = shown.sheet.undo if shown else None
        return (
            undo is not None
            and undo.changes is not None
            and self._console.window.review.bar.panel is not None
        )

    def _picture(self, name: str) -> None:
        self._console.window.grab().save(str(self._folder / name))
        self.result.pictures.append(name)

    def _finish(self) -> None:
        self._timer.stop()
        self._end.stop()
        rows = self.result.rows
        if self.result.ok and (
            rows.get("before") != rows.get("undone") or rows.get("before") == rows.get("cleared")
        ):
            self.result.ok, self.result.problem = False, "the row itself did not change and change back"
        written = {name: getattr(self.result, name) for name in SmokeResult.__dataclass_fields__}
        (self._folder / "result.json").write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
        QApplication.exit(0 if self.result.ok else 1)
