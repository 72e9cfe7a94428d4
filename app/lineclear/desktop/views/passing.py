"""What opens in the decision bar to pass an action on: to whom, and a note for them. No dialogs, no rules."""

from __future__ import annotations

from typing import override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from lineclear.desktop.presenters.sheets import Tone
from lineclear.desktop.theme import Look
from lineclear.desktop.views.controls import Field, Pill
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.panels import InlinePanel
from lineclear.domain.wording import say


class HandOverPanel(InlinePanel):
    """Asks who shall have it, and what they should know. Nobody is chosen beforehand, unless there is one."""

    def __init__(self, look: Look, receivers: tuple[str, ...], parent: QWidget | None = None) -> None:
        title, yes, no = say("Who shall decide on it?"), say("Hand over"), say("Keep it")
        super().__init__(look, title, yes, no, Tone.ACCENT, parent)
        self.to = receivers[0] if len(receivers) == 1 else ""
        flow = Flow()
        self.choices = tuple(Pill(look, name) for name in receivers)
        for pill in self.choices:
            pill.clicked.connect(lambda _checked=False, name=pill.title: self._choose(name))
            flow.addWidget(pill)
        self.body.addLayout(flow)
        self.field = Field(look, say("Note"), say("What they should know; it is kept in the ledger"))
        self.field.entered.connect(self._confirm)
        self.field.left.connect(self.left)
        self.field.stepped.connect(self._step)
        self.body.addWidget(self.field)
        self._judge()

    @override
    def take_focus(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _choose(self, name: str) -> None:
        self.to = name
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._judge()

    def _step(self, step: int) -> None:
        """The next or previous person, by the keyboard alone."""
        names = [pill.title for pill in self.choices]
        at = names.index(self.to) + step if self.to in names else min(step, 0)
        if names:
            self._choose(names[at % len(names)])

    def _judge(self) -> None:
        self.yes.set_why_not("" if self.to else say("Say first who shall have it."))
        for pill in self.choices:
            pill.setChecked(pill.title == self.to)

    @override
    def _confirm(self) -> None:
        if self.to:
            self.confirmed.emit(self.field.text().strip())
