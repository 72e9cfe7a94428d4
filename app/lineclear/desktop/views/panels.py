"""What opens in the decision bar: a reason to reject, a stop to confirm, an undo to see first. No dialogs."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from lineclear.desktop.presenters.sheets import NoticeKind, Tone, UndoSheet
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.changes import ChangesCard
from lineclear.desktop.views.controls import Button, Field, Pill
from lineclear.desktop.views.kit import Fit, Icon, Text, column, row
from lineclear.desktop.views.states import STATES

_MOST_PREVIEW: Final = 260


class InlinePanel(QWidget):
    """A question above its two buttons, which whoever opens it puts into a row of its own.

    The button that answers yes never has the focus at first, so a key that is still down answers nothing.
    """

    confirmed = Signal(str)
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

    def _confirm(self) -> None:
        self.confirmed.emit("")


class RejectPanel(InlinePanel):
    """Asks why. Without a reason there is no rejection, neither by Enter nor by the button."""

    def __init__(self, look: Look, reasons: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(look, "Why do you reject it?", "Reject", "Keep it", Tone.STOP, parent)
        presets = row(gap=6)
        self.presets = tuple(Pill(look, reason) for reason in reasons)
        for pill in self.presets:
            pill.clicked.connect(lambda _checked=False, chosen=pill.title: self._take(chosen))
            presets.addWidget(pill)
        presets.addStretch(1)
        self.field = Field(look, "Reason for rejecting", "The agent and the ledger get this reason")
        self.field.entered.connect(self._confirm)
        self.field.left.connect(self.left)
        self.field.textChanged.connect(self._judge)
        self.body.addLayout(presets)
        self.body.addWidget(self.field)
        self._judge("")

    @override
    def take_focus(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _take(self, reason: str) -> None:
        self.field.setText(reason)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _judge(self, text: str) -> None:
        self.yes.set_why_not("" if text.strip() else "A rejection needs a reason.")
        for pill in self.presets:
            pill.setChecked(pill.title == text)

    @override
    def _confirm(self) -> None:
        if reason := self.field.text().strip():
            self.confirmed.emit(reason)


class StopPanel(InlinePanel):
    """Asks once more before a job is stopped, and says what stopping does."""

    def __init__(self, look: Look, text: str, parent: QWidget | None = None) -> None:
        super().__init__(look, "Stop the whole job?", "Stop job", "Let it go on", Tone.STOP, parent)
        words = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        words.set_words(text)
        self.body.addWidget(words)


class UndoPanel(InlinePanel):
    """Shows what the undo would change, as its own diff, before anybody can ask for it."""

    def __init__(self, look: Look, sheet: UndoSheet | None, parent: QWidget | None = None) -> None:
        super().__init__(look, "Undo what this action did?", "Undo", "Leave it", Tone.CAUTION, parent)
        self._text = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self._card = ChangesCard(look)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setWidget(self._card)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addLayout(self._waiting_row())
        self.body.addWidget(self._area)
        self.display(sheet)

    def display(self, sheet: UndoSheet | None) -> None:
        """Show the preview, or that it is being read."""
        self._area.setVisible(sheet is not None and sheet.changes is not None)
        self._icon.setVisible(sheet is None)
        if sheet is None:
            self._text.set_words("Reading what the undo would change.")
            self.yes.set_why_not("What the undo would change is still being read.")
            return
        self._text.set_words(sheet.text)
        self.yes.set_why_not(sheet.why_not)
        if sheet.changes is not None:
            self._card.display(sheet.changes)
            wanted = self._card.heightForWidth(max(self.width(), 560))
            self._area.setFixedHeight(min(wanted, _MOST_PREVIEW))

    def _waiting_row(self) -> QHBoxLayout:
        icon, _tone = STATES[NoticeKind.LOADING]
        self._icon = Icon(self._look, icon, Token.MUTED, 16)
        across = row(gap=8)
        across.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        across.addWidget(self._text, 1)
        return across
