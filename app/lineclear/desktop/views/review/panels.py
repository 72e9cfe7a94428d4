"""What opens in the decision bar: a reason, an answer, a stop to confirm, an undo to see. No dialogs."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from lineclear.desktop.presenters.saying import said_all
from lineclear.desktop.presenters.sheets import NoticeKind, Tone, UndoSheet, Words, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.changes.changes import ChangesCard
from lineclear.desktop.views.controls import Button, Field, Pill
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.kit import Fit, Icon, Text, column, row
from lineclear.desktop.views.states import STATES
from lineclear.domain.wording import marked, say

_MOST_PREVIEW: Final = 260
_SHARE: Final = 0.26
"""Of the window, so that a low one has room for what was done as well."""
_NARROWEST: Final = 200
_LONGEST_LINE: Final = 720
_WHY_STOP: Final = (
    marked("It goes in circles"),
    marked("Wrong goal"),
    marked("It costs too much"),
    marked("The goal is reached"),
)
_WHY_UNDO: Final = (
    marked("Wrong target"),
    marked("Wrong amount"),
    marked("It was not needed"),
    marked("It had side effects"),
)
_ASKED: Final = (
    marked("Why this target?"),
    marked("Why this amount?"),
    marked("What did you read?"),
    marked("What else did you try?"),
)
_KNOWN_BY: Final = (
    marked("Looked it up there"),
    marked("Its owner confirmed it"),
    marked("Seen in its log"),
    marked("The customer said so"),
)


class InlinePanel(QWidget):
    """A question above its two buttons, which whoever opens it puts into a row of its own.

    The button that answers yes never has the focus at first, so a key that is still down answers nothing.
    """

    confirmed = Signal(str)
    held = Signal(str)
    """What is missing for the yes that was asked for; nothing as soon as something else is answered."""
    left = Signal()

    def __init__(
        self, look: Look, title: str, yes: str, no: str, tone: Tone, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = look
        self.body = column(self, gap=8)
        heading = Text(look, FontRole.HEADING, fit=Fit.WRAP)
        heading.set_words(title)
        self.body.addWidget(heading)
        self.yes = Button(look, yes, tone=tone)
        self.no = Button(look, no, key="Esc")
        self.yes.clicked.connect(self._confirm)
        self.no.clicked.connect(self.left)

    def take_focus(self) -> None:
        """Give the focus to where an answer begins."""
        self.no.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def typed(self) -> str:
        """What was typed and may be gone on with later."""
        return ""

    def retype(self, text: str) -> None:
        """Go on with what was typed before."""

    def _add_line(self, field: QWidget) -> None:
        """A line to type in, no longer than is good to read, at the side where reading begins."""
        field.setMaximumWidth(_LONGEST_LINE)
        across = row()
        across.addWidget(field, 1)
        across.addStretch(0)
        self.body.addLayout(across)

    def _confirm(self) -> None:
        self.confirmed.emit("")

    def _words(self, text: Words) -> Text:
        words = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        words.set_words(text)
        return words


class ReasonPanel(InlinePanel):
    """Asks why, with reasons to choose from. Without one there is no yes, by Enter or by the button."""

    def __init__(
        self, look: Look, title: str, yes: str, no: str, tone: Tone, parent: QWidget | None = None
    ) -> None:
        super().__init__(look, title, yes, no, tone, parent)
        self.presets: tuple[Pill, ...] = ()
        self.field = Field(look, say("Reason"), say("Type a reason, or press Down for a usual one"))
        self.field.stepped.connect(self._step)
        self.field.entered.connect(self._confirm)
        self.field.left.connect(self.left)
        self.field.textChanged.connect(self._judge)

    def _ask_reason(self, reasons: tuple[str, ...]) -> None:
        """Add the reasons and the field."""
        flow = Flow()
        self.presets = tuple(Pill(self._look, reason) for reason in reasons)
        for pill in self.presets:
            pill.clicked.connect(lambda _checked=False, chosen=pill.title: self._take(chosen))
            flow.addWidget(pill)
        self.body.addLayout(flow)
        self._add_line(self.field)
        self._judge()

    @override
    def take_focus(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _step(self, step: int) -> None:
        """The next or previous of the usual reasons; what was typed gives way to it."""
        titles = [pill.title for pill in self.presets]
        at = titles.index(self.field.text()) + step if self.field.text() in titles else min(step, 0)
        self.field.setText(titles[at % len(titles)])

    def _take(self, reason: str) -> None:
        self.field.setText(reason)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @override
    def typed(self) -> str:
        return self.field.text()

    @override
    def retype(self, text: str) -> None:
        self.field.setText(text)

    def _why_not(self) -> str:
        """What is missing for a yes."""
        return "" if self.field.text().strip() else say("It needs a reason.")

    def _judge(self) -> None:
        self.held.emit("")
        self.yes.set_why_not(self._why_not())
        for pill in self.presets:
            pill.setChecked(pill.title == self.field.text())

    @override
    def _confirm(self) -> None:
        if missing := self._why_not():
            self.held.emit(missing)
        else:
            self.confirmed.emit(self.field.text().strip())


class RejectPanel(ReasonPanel):
    """Asks why it is rejected, and says what rejecting does besides."""

    def __init__(
        self, look: Look, yes: str, reasons: tuple[str, ...], text: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(look, say("Why do you reject it?"), yes, say("Keep it"), Tone.STOP, parent)
        if text:
            self.body.addWidget(self._words(text))
        self._ask_reason(reasons)


class ReconcilePanel(ReasonPanel):
    """Asks whether it happened, and how that is known. Nothing is chosen beforehand."""

    def __init__(self, look: Look, text: Words, parent: QWidget | None = None) -> None:
        super().__init__(
            look, say("Did it happen?"), say("Record the answer"), say("Not yet"), Tone.ACCENT, parent
        )
        self.happened: bool | None = None
        self.body.addWidget(self._words(text))
        self.choices = {True: Pill(look, say("It happened")), False: Pill(look, say("It did not happen"))}
        across = row(gap=6)
        for happened, pill in self.choices.items():
            pill.clicked.connect(lambda _checked=False, chosen=happened: self._choose(happened=chosen))
            across.addWidget(pill)
        across.addStretch(1)
        self.body.addLayout(across)
        self.body.addWidget(self._words(say("How do you know?")))
        self._ask_reason(said_all(_KNOWN_BY))

    @override
    def take_focus(self) -> None:
        self.choices[True].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _choose(self, *, happened: bool) -> None:
        self.happened = happened
        self._judge()

    @override
    def _why_not(self) -> str:
        if self.happened is None:
            return say("Say first whether it happened.")
        return super()._why_not()

    @override
    def _judge(self) -> None:
        super()._judge()
        for happened, pill in self.choices.items():
            pill.setChecked(happened is self.happened)


class StopPanel(ReasonPanel):
    """Asks why a job is stopped, and says what stopping does."""

    def __init__(
        self, look: Look, text: str, parent: QWidget | None = None, *, of_agent: bool = False
    ) -> None:
        title = say("Stop the agent?") if of_agent else say("Stop the whole job?")
        yes = say("Stop agent") if of_agent else say("Stop job")
        super().__init__(look, title, yes, say("Let it go on"), Tone.STOP, parent)
        self.body.addWidget(self._words(text))
        self._ask_reason(said_all(_WHY_STOP))


class ConfirmPanel(InlinePanel):
    """Asks for what is approved in so many characters; anything else is no approval."""

    def __init__(self, look: Look, wanted: Words, parent: QWidget | None = None) -> None:
        super().__init__(look, say("Approve at tier 3?"), say("Approve"), say("Not yet"), Tone.OK, parent)
        self._wanted = text_of(wanted)
        self.body.addWidget(self._words(say("Type this, as it stands, to approve:")))
        shown = Text(look, FontRole.MONO, Token.TEXT, Fit.WRAP)
        shown.set_words(wanted)
        self.body.addWidget(shown)
        self.field = Field(look, say("What is approved"))
        self.field.entered.connect(self._confirm)
        self.field.left.connect(self.left)
        self.field.textChanged.connect(self._judge)
        self._add_line(self.field)
        self._judge()

    @override
    def take_focus(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _judge(self) -> None:
        self.held.emit("")
        self.yes.set_why_not(self._why_not())

    def _why_not(self) -> str:
        is_same = self.field.text() == self._wanted
        return "" if is_same else say("What is typed is not what is approved.")

    @override
    def _confirm(self) -> None:
        if missing := self._why_not():
            self.held.emit(missing)
        else:
            self.confirmed.emit(self.field.text())


class AskPanel(ReasonPanel):
    """Asks the agent something. Its answer comes as its own word, which nobody has verified."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(
            look, say("What do you ask the agent?"), say("Ask"), say("Do not ask"), Tone.ACCENT, parent
        )
        told = say("It waits until the agent answers. The answer is added to the agent's note, unverified.")
        self.body.addWidget(self._words(told))
        self._ask_reason(said_all(_ASKED))


class UndoPanel(ReasonPanel):
    """Shows what the undo would change, as its own diff, before anybody can ask for it, and asks why."""

    def __init__(self, look: Look, sheet: UndoSheet | None, parent: QWidget | None = None) -> None:
        super().__init__(
            look, say("Undo what this action did?"), say("Undo"), say("Leave it"), Tone.CAUTION, parent
        )
        self._problem = ""
        self._text = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self._card = ChangesCard(look)
        self._card.set_room(_MOST_PREVIEW)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._card)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addLayout(self._waiting_row())
        self.body.addWidget(self._area)
        self._ask_reason(said_all(_WHY_UNDO))
        self.display(sheet)

    def display(self, sheet: UndoSheet | None) -> None:
        """Show the preview, or that it is being read."""
        self._area.setVisible(sheet is not None and sheet.changes is not None)
        self._icon.setVisible(sheet is None)
        if sheet is None:
            self._text.set_words(say("Reading what the undo would change."))
            self._problem = say("What the undo would change is still being read.")
            self._judge()
            return
        self._text.set_words(sheet.text)
        self._problem = sheet.why_not
        self._judge()
        if sheet.changes is not None:
            self._card.display(sheet.changes)
            self._fit()

    @override
    def _why_not(self) -> str:
        return self._problem or super()._why_not()

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        """The preview is as high as it needs to be, up to where it scrolls."""
        wanted = self._card.heightForWidth(max(self._area.viewport().width(), _NARROWEST))
        most = min(_MOST_PREVIEW, int(self.window().height() * _SHARE))
        self._area.setFixedHeight(min(wanted, most))

    def _waiting_row(self) -> QHBoxLayout:
        icon, _tone = STATES[NoticeKind.LOADING]
        self._icon = Icon(self._look, icon, Token.MUTED, 16)
        across = row(gap=8)
        across.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(self._text, 1)
        return across
