"""The review page: queue, action and side column, in proportions that suit the width."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from lineclear.desktop.presenters.sheets import ActionSheet, Notice, QueueSheet
from lineclear.desktop.theme import Look, Token
from lineclear.desktop.views.kit import Hairline, Panel, row
from lineclear.desktop.views.queue.queue import QueueView
from lineclear.desktop.views.review.action import ActionView
from lineclear.desktop.views.review.side import SideView
from lineclear.desktop.views.scrolling import scrolled

_SIDE_FROM: Final = 1_190
"""Pixels of page width from which the side column stands beside the action, not below its cards."""


class ReviewPage(QWidget):
    """Shows a `QueueSheet` and an `ActionSheet`; its parts tell by id what a person asked for."""

    chosen = Signal(str)
    filtered = Signal(str)
    stepped = Signal(str)
    span_asked = Signal(str)
    """Id of the span to show on its job's timeline; nothing for the timeline alone."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        look.changed.connect(self._share_room)
        self.queue = QueueView(look)
        self.action = ActionView(look)
        self.bar = self.action.bar
        self._side = SideView(look)
        self._is_side_beside = True
        self._has_action = False
        self._beside = Panel(look, Token.SURFACE)
        self._line = Hairline(look, upright=True)
        self._area = scrolled(self._side)
        row(self._beside).addWidget(self._area)
        self._show_side(has_action=False)
        across = row(self)
        for part in (self.queue, Hairline(look, upright=True)):
            across.addWidget(part)
        across.addWidget(self.action, 1)
        across.addWidget(self._line)
        across.addWidget(self._beside)
        self._connect()

    def display_queue(self, sheet: QueueSheet) -> None:
        """Show the queue."""
        self.queue.display(sheet)

    def display_action(self, sheet: ActionSheet) -> None:
        """Show an action with everything that explains it."""
        self._side.display(sheet)
        self._show_side(has_action=True)
        self.action.display(sheet)
        self._keep_focus()

    def display_no_action(self, notice: Notice) -> None:
        """Show a state where an action would be."""
        self._show_side(has_action=False)
        self.action.display_notice(notice)
        self._keep_focus()

    def run_command(self, command_id: str) -> None:
        """Carry out a command that moves within the page or presses a button of the decision bar."""
        match command_id:
            case "review.next":
                self.queue.choose_next(1)
            case "review.previous":
                self.queue.choose_next(-1)
            case "review.source":
                origin = self.action.cards.changes.origin
                self.span_asked.emit(origin.span if origin is not None else "")
            case "review.open":
                self.action.cards.focus_first()
            case _ if command_id.startswith("diff."):
                self.action.cards.changes.run_command(command_id)
            case _ if not self.action.is_editing:
                self.bar.press(command_id)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        self._share_room()
        super().resizeEvent(event)

    def _keep_focus(self) -> None:
        """What had the focus went with the action before: keys go to the queue then, never nowhere."""
        if self.isVisible() and self.window().focusWidget() is None:
            self.queue.list.setFocus()

    def _share_room(self) -> None:
        width = self.width()
        is_beside = width >= self._look.px(_SIDE_FROM)
        queue = min(max(round(width * 0.25), self._look.px(288)), self._look.px(400))
        self.queue.setFixedWidth(queue)
        self._beside.setFixedWidth(min(max(round(width * 0.227), self._look.px(272)), self._look.px(400)))
        if is_beside != self._is_side_beside:
            self._is_side_beside = is_beside
            self._move_side(is_beside=is_beside)

    def _move_side(self, *, is_beside: bool) -> None:
        self._show_side(has_action=self._has_action)
        if is_beside:
            self.action.cards.give_side()
            self._area.setWidget(self._side)
        else:
            self._area.takeWidget()
            self.action.cards.take_side(self._side)

    def _show_side(self, *, has_action: bool) -> None:
        self._has_action = has_action
        for part in (self._beside, self._line):
            part.setVisible(has_action and self._is_side_beside)

    def _connect(self) -> None:
        self.queue.chosen.connect(self.chosen)
        self.queue.filtered.connect(self.filtered)
        self.queue.opened.connect(self._open)
        self.queue.stepped.connect(self.stepped)
        self.action.stepped.connect(self.stepped)
        self.bar.commanded.connect(self.stepped)
        self.bar.focus_freed.connect(self.queue.list.setFocus)
        self.action.cards.evidence.span_asked.connect(self.span_asked)
        self.action.cards.timeline.span_asked.connect(self.span_asked)

    def _open(self, _action_id: str) -> None:
        self.action.cards.focus_first()
