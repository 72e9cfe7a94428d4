"""The policy lab: a copy of the capability document to edit, and beside it what that would do."""

from __future__ import annotations

from dataclasses import replace
from typing import override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QStackedWidget, QWidget

from lineclear.desktop.presenters.lab.effort import Effort, Viewing
from lineclear.desktop.presenters.lab.lab_sheets import Findings, LabSheet, ProblemRow
from lineclear.desktop.presenters.sheets import Tone, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field, Pill
from lineclear.desktop.views.kit import (
    CORNER,
    Card,
    ChipLabel,
    Fit,
    Hairline,
    Panel,
    Text,
    clear,
    column,
    row,
)
from lineclear.desktop.views.lab.lab_history import HistoryCard, Lines
from lineclear.desktop.views.lab.lab_trial import TrialCard
from lineclear.desktop.views.lab.policy_editor import DiffText, PolicyEditor
from lineclear.desktop.views.scrolling import scrolled
from lineclear.desktop.views.states import Banner
from lineclear.domain.wording import say


class LabView(Panel):
    """Shows a `LabSheet`; tells what is typed and asked for. The reason of an activation comes with it."""

    typed = Signal(str)
    replay_asked = Signal()
    cancelled = Signal()
    diff_asked = Signal()
    text_asked = Signal()
    activated = Signal(str)
    discarded = Signal()
    left = Signal()
    viewed = Signal(object)
    """Viewing."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.CANVAS, parent)
        self._banner = Banner(look)
        self.title = Text(look, FontRole.HEADING, fit=Fit.ELIDE)
        self.state = ChipLabel(look)
        self.editor, self.diff = PolicyEditor(look), DiffText(look)
        self.editor.changed.connect(self.typed)
        self.editor.left.connect(self.left)
        self.problems = ProblemsCard(look)
        self.problems.chosen.connect(self.editor.go_to)
        self.changes = FindingsCard(look, say("What it changes"))
        self.queue = FindingsCard(look, say("What waits now"))
        self._viewing = Viewing()
        self.mine = Pill(look, say("At most my tier"))
        self.mine.clicked.connect(self._narrow)
        self.queue.head.addWidget(self.mine)
        self.history = HistoryCard(look)
        self.history.effort.chosen.connect(self._reckon)
        self.history.started.connect(self.replay_asked)
        self.history.cancelled.connect(self.cancelled)
        self.trial = TrialCard(look)
        self.foot = LabFoot(look)
        self.foot.diff_asked.connect(self.diff_asked)
        self.foot.text_asked.connect(self.text_asked)
        self.foot.activated.connect(self.activated)
        self.foot.discarded.connect(self.discarded)
        self.foot.left.connect(self.left)
        self._lay_out()

    def display(self, sheet: LabSheet) -> None:
        """Show the draft and what is known of it; the cursor stays where it is."""
        self._banner.display(sheet.notice)
        self.title.set_words(sheet.title)
        self.state.set_chip(sheet.state)
        self.editor.show_text(sheet.text)
        self.editor.mark([one.line for one in sheet.problems])
        self.diff.display(sheet.diff)
        self._texts.setCurrentWidget(self.diff if sheet.is_activating else self.editor)
        self.problems.display(sheet.problems)
        self.changes.display(sheet.changes)
        self._viewing = sheet.viewing
        self.mine.setChecked(sheet.viewing.only_mine)
        self.history.effort.display(sheet.viewing.effort)
        self.queue.display(sheet.queue)
        self.history.display(sheet.history)
        self.trial.setVisible(sheet.trial is not None)
        if sheet.trial is not None:
            self.trial.display(sheet.trial)
        self.foot.display(sheet)

    def _narrow(self, on: bool) -> None:  # noqa: FBT001  # a signal's
        self.viewed.emit(replace(self._viewing, only_mine=on))

    def _reckon(self, effort: Effort) -> None:
        self.viewed.emit(replace(self._viewing, effort=effort))

    def take_focus(self) -> None:
        """Begin where typing begins."""
        self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _lay_out(self) -> None:
        card = Card(self._look)
        card.column.setContentsMargins(1, 0, 1, CORNER)
        card.heading.hide()
        card.head.insertWidget(0, self.title)
        card.head.insertWidget(1, self.state)
        card.remark.hide()
        card.head.addStretch(1)
        self._texts = QStackedWidget()
        self._texts.addWidget(self.editor)
        self._texts.addWidget(self.diff)
        card.add(self._texts)
        card.column.setStretchFactor(self._texts, 1)
        content = QWidget()
        across = row(content, margins=(20, 15, 20, 15), gap=14)
        across.addWidget(card, 1)
        across.addWidget(self._findings(), 1)
        whole = column(self)
        whole.addWidget(self._banner)
        whole.addWidget(content, 1)
        whole.addWidget(self.foot)

    def _findings(self) -> QScrollArea:
        page = QWidget()
        stack = column(page, gap=13)
        for card in (self.problems, self.changes, self.queue, self.history, self.trial):
            stack.addWidget(card)
        stack.addStretch(1)
        return scrolled(page)


class ProblemsCard(Card):
    """What has to be corrected; pressing a line goes there."""

    chosen = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("To correct"))
        self._shown: tuple[ProblemRow, ...] = ()
        self._rows = column()
        self.buttons: list[Button] = []
        self.column.addLayout(self._rows)
        self.hide()

    def display(self, rows: tuple[ProblemRow, ...]) -> None:
        self.setVisible(bool(rows))
        if rows == self._shown:
            return
        self._shown = rows
        self.buttons = []
        clear(self._rows)
        for each in rows:
            self._rows.addWidget(Hairline(self._look))
            self._rows.addWidget(self._row(each))

    def _row(self, problem: ProblemRow) -> QWidget:
        line = QWidget()
        button = Button(self._look, say("Line {line}", line=problem.line), is_small=True)
        button.setAccessibleName(
            say("Go to line {line}: {says}", line=problem.line, says=text_of(problem.says))
        )
        button.clicked.connect(lambda _checked=False: self.chosen.emit(problem.line))
        self.buttons.append(button)
        says = Text(self._look, fit=Fit.WRAP)
        says.set_words(problem.says)
        remedy = Text(self._look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        remedy.set_words(problem.remedy)
        words = column(gap=2)
        words.addWidget(says)
        words.addWidget(remedy)
        across = row(line, margins=(15, 8, 15, 9), gap=12)
        across.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(words, 1)
        return line


class FindingsCard(Card):
    """A remark, then lines with their signs."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(title)
        self.said = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.lines = Lines(look)
        inside = QWidget()
        stack = column(inside, margins=(15, 9, 15, 11), gap=7)
        stack.addWidget(self.said)
        stack.addWidget(self.lines)
        self.add(inside)

    def display(self, findings: Findings) -> None:
        self.said.set_words(findings.remark)
        self.lines.display(findings.lines)


class LabFoot(Panel):
    """What can be done with the draft: look at the diff, activate it with a reason, discard it, leave it."""

    diff_asked = Signal()
    text_asked = Signal()
    activated = Signal(str)
    discarded = Signal()
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.SURFACE, parent)
        self._why_not = ""
        self.reason = Field(look, say("Reason"), say("Why it is changed; kept in the ledger"))
        self.reason.textChanged.connect(self._judge)
        self.reason.entered.connect(self._activate)
        self.reason.left.connect(self.text_asked)
        self.diff = Button(look, say("Look at the diff to activate it"), tone=Tone.ACCENT)
        self.diff.clicked.connect(self.diff_asked)
        self.yes = Button(look, say("Activate"), tone=Tone.ACCENT)
        self.yes.clicked.connect(self._activate)
        self.back = Button(look, say("Back to the text"))
        self.back.clicked.connect(self.text_asked)
        self.discard = Button(look, say("Discard"))
        self.discard.clicked.connect(self.discarded)
        self.leave = Button(look, say("Leave"), key="Esc")
        self.leave.clicked.connect(self.left)
        self._why = Text(look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
        across = row(gap=8)
        for part in (self.diff, self.yes, self.back, self.discard, self.leave):
            across.addWidget(part)
        across.addWidget(self._why, 1)
        stack = column(self, margins=(20, 11, 20, 10), gap=8)
        stack.addWidget(self.reason)
        stack.addLayout(across)

    def display(self, sheet: LabSheet) -> None:
        """Show what can be done now; a reason that is being typed stays while the diff does."""
        was_asking = not self.reason.isHidden()
        self._why_not = sheet.why_not
        for part in (self.reason, self.yes, self.back):
            part.setVisible(sheet.is_activating)
        for part in (self.diff, self.discard, self.leave):
            part.setVisible(not sheet.is_activating)
        self.yes.set_title(sheet.activate)
        self.diff.set_why_not(sheet.why_not)
        if sheet.is_activating and not was_asking:
            self.reason.clear()
            self.reason.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._judge()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, 0, self.width(), 1, self._look.colour(Token.LINE))

    def _judge(self) -> None:
        needs = "" if self.reason.text().strip() else say("It needs a reason.")
        self.yes.set_why_not(self._why_not or needs)
        self._why.set_words(self.yes.why_not if not self.reason.isHidden() else self._why_not)

    def _activate(self) -> None:
        if self.yes.isEnabled():
            self.activated.emit(self.reason.text().strip())
