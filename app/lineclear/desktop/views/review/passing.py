"""What opens in the decision bar to pass an action on: who shall have it, or be asked as well. No dialogs."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from lineclear.desktop.presenters.review.passing_sheets import PlaceChoice
from lineclear.desktop.presenters.sheets import Tone
from lineclear.desktop.theme import Look
from lineclear.desktop.views.controls import Field, Pill
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.review.panels import InlinePanel, ReasonPanel
from lineclear.domain.wording import marked, say

_WHY_ESCALATE: Final = (
    marked("It is beyond me"),
    marked("Nobody here knows this"),
    marked("It is about to be late"),
    marked("It looks wrong"),
)


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
        self._add_line(self.field)
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

    @override
    def typed(self) -> str:
        return self.field.text()

    @override
    def retype(self, text: str) -> None:
        self.field.setText(text)

    def _judge(self) -> None:
        self.held.emit("")
        self.yes.set_why_not("" if self.to else say("Say first who shall have it."))
        for pill in self.choices:
            pill.setChecked(pill.title == self.to)

    @override
    def _confirm(self) -> None:
        if self.to:
            self.confirmed.emit(self.field.text().strip())
        else:
            self.held.emit(say("Say first who shall have it."))


class EscalatePanel(ReasonPanel):
    """Asks whom to ask besides, and why. All that the action took before still takes."""

    def __init__(self, look: Look, places: tuple[PlaceChoice, ...], parent: QWidget | None = None) -> None:
        title, yes, no = say("Who shall be asked as well?"), say("Escalate"), say("Do not escalate")
        super().__init__(look, title, yes, no, Tone.ACCENT, parent)
        self.place = places[0] if len(places) == 1 else None
        self.body.addWidget(self._words(say("One of them must then approve it too. Its deadline stays.")))
        flow = Flow()
        self.choices = {place: Pill(look, place.title) for place in places}
        for place, pill in self.choices.items():
            pill.clicked.connect(lambda _checked=False, chosen=place: self._choose(chosen))
            flow.addWidget(pill)
        self.body.addLayout(flow)
        self._ask_reason(tuple(map(say, _WHY_ESCALATE)))

    def _choose(self, place: PlaceChoice) -> None:
        self.place = place
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._judge()

    @override
    def take_focus(self) -> None:
        first = next(iter(self.choices.values()), None)
        (self.field if first is None or self.place else first).setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def _why_not(self) -> str:
        return super()._why_not() if self.place else say("Say first who shall be asked.")

    @override
    def _judge(self) -> None:
        super()._judge()
        for place, pill in self.choices.items():
            pill.setChecked(place == self.place)
