"""Safe mode by scope: what is on, how to leave it, and a form that switches it on for one scope more."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from lineclear.desktop.presenters.control.control_sheets import ScopeKind, ScopeRow, ScopesSheet
from lineclear.desktop.presenters.sheets import Line, Tone, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field, Pill
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.kit import Card, ChipLabel, Fit, Hairline, MarkLine, Text, clear, column, row
from lineclear.desktop.views.lines import KeyedLines, ReasonLine
from lineclear.domain.wording import marked, say

_KINDS: Final = {
    ScopeKind.WORKSPACE: marked("Whole workspace"),
    ScopeKind.ENVIRONMENT: marked("Environment"),
    ScopeKind.CONNECTOR: marked("Connector"),
    ScopeKind.CAPABILITY: marked("Capability"),
}
_MOST_NAMES: Final = 12


class ScopesCard(Card):
    """Shows a `ScopesSheet`. `asked` carries on or off, the reason, and the scope."""

    asked = Signal(bool, str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("Safe mode"))
        self.remark.set_words(say("Where it is on, nothing that changes anything starts"))
        self.lines: KeyedLines[ScopeRow, ScopeLine] = KeyedLines(look, self._line)
        self._off = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self._off.set_words(say("It is off everywhere."))
        self.form = ScopeForm(look)
        self.form.asked.connect(self._switch_on)
        self._nothing = QWidget()
        nothing = column(self._nothing)
        nothing.addWidget(Hairline(look))
        inside = column(margins=(15, 8, 15, 9))
        inside.addWidget(self._off)
        nothing.addLayout(inside)
        self.column.addWidget(self._nothing)
        self.column.addWidget(self.lines)
        self.add(self.form)

    def display(self, sheet: ScopesSheet) -> None:
        """Show what is on; what is being typed stays."""
        self._nothing.setVisible(not sheet.rows)
        self.lines.display([(each.id, each) for each in sheet.rows], ScopeLine.display)
        self.form.display(sheet)

    def _line(self) -> ScopeLine:
        line = ScopeLine(self._look)
        line.asked.connect(self._leave)
        return line

    def _switch_on(self, scope: str, reason: str) -> None:
        self.asked.emit(True, reason, scope)  # noqa: FBT003  # a signal's argument

    def _leave(self, scope: str, reason: str) -> None:
        self.asked.emit(False, reason, scope)  # noqa: FBT003  # a signal's argument


class ScopeLine(QWidget):
    """One safe mode that is on: who, why, requested, confirmed, and the button that leaves it."""

    asked = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._row: ScopeRow | None = None
        self._shown: tuple[Line, ...] = ()
        self._name = Text(look, FontRole.STRONG, Token.TEXT, Fit.ELIDE)
        self._chip = ChipLabel(look)
        self._text = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.button = Button(look, say("Leave"), is_small=True)
        self.button.clicked.connect(self._ask)
        self.reason = ReasonLine(look)
        self.reason.confirmed.connect(self._confirm)
        self.reason.left.connect(self._focus_button)
        first = row(gap=10)
        first.addWidget(self._name)
        first.addWidget(self._chip)
        first.addStretch(1)
        first.addWidget(self.button)
        self._lines = column(gap=3)
        stack = column(self, margins=(15, 8, 15, 10), gap=4)
        stack.addLayout(first)
        stack.addWidget(self._text)
        stack.addLayout(self._lines)
        stack.addWidget(self.reason)

    def display(self, scope: ScopeRow) -> None:
        """Show the safe mode; an open question that may no longer be answered goes."""
        before, self._row = self._row, scope
        self._name.set_words(scope.name)
        self._chip.set_chip(scope.state)
        self._text.set_words(scope.text)
        self.button.set_title(scope.leave)
        self.button.set_why_not(scope.why_not)
        self.button.setAccessibleName(
            say("{leave}: safe mode, {name}", leave=scope.leave, name=text_of(scope.name))
        )
        if scope.lines != self._shown:
            self._shown = scope.lines
            clear(self._lines)
            for line in scope.lines:
                self._lines.addWidget(MarkLine(self._look, line))
        if scope.why_not or before is None or before.leave != scope.leave:
            self.reason.close_question()

    def _ask(self) -> None:
        if self._row is not None:
            self.reason.ask(say("Cleared actions in it may start again."), self._row.leave, Tone.CAUTION)

    def _confirm(self, reason: str) -> None:
        if self._row is not None:
            self.asked.emit(self._row.id, reason)

    def _focus_button(self) -> None:
        self.button.setFocus(Qt.FocusReason.ShortcutFocusReason)


class ScopeForm(QWidget):
    """Asks where, then why. Nothing is chosen beforehand."""

    asked = Signal(str, str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._sheet = ScopesSheet()
        self._kind: ScopeKind | None = None
        self._name = ""
        self._offered: tuple[str, ...] = ()
        title = Text(look, FontRole.SMALL, Token.MUTED)
        title.set_words(say("Switch it on for"))
        kinds = Flow()
        self.kinds = {kind: Pill(look, say(words)) for kind, words in _KINDS.items()}
        for kind, pill in self.kinds.items():
            pill.clicked.connect(lambda _checked=False, chosen=kind: self._choose_kind(chosen))
            kinds.addWidget(pill)
        self.narrow = Field(look, say("Narrow the names"), say("Type to narrow the names"))
        self.narrow.textChanged.connect(self._offer)
        self.names: dict[str, Pill] = {}
        self._name_flow = Flow()
        self._more = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        self.field = Field(look, say("Reason for safe mode"), say("Reason, for the ledger"))
        self.field.textChanged.connect(self._judge)
        self.field.entered.connect(self._ask)
        self.yes = Button(look, say("Turn on"), tone=Tone.CAUTION)
        self.yes.clicked.connect(self._ask)
        last = row(gap=8)
        last.addWidget(self.field, 1)
        last.addWidget(self.yes)
        stack = column(self, margins=(15, 9, 15, 13), gap=8)
        stack.addWidget(title)
        stack.addLayout(kinds)
        stack.addWidget(self.narrow)
        stack.addLayout(self._name_flow)
        stack.addWidget(self._more)
        stack.addLayout(last)
        self._offer()

    @property
    def scope(self) -> str:
        """The scope that is chosen; empty while none is."""
        if self._kind is ScopeKind.WORKSPACE:
            return self._kind
        return f"{self._kind}:{self._name}" if self._kind and self._name else ""

    def display(self, sheet: ScopesSheet) -> None:
        """Take the names that there are now; a choice that is still there stays."""
        self._sheet = sheet
        self._offer()

    def choose(self, kind: ScopeKind, name: str = "") -> None:
        """Choose a scope."""
        self._kind, self._name = kind, name
        self._offer()

    def _choose_kind(self, kind: ScopeKind) -> None:
        self.narrow.clear()
        self.choose(kind)

    def _known(self) -> tuple[str, ...]:
        return next((names for kind, names in self._sheet.names if kind is self._kind), ())

    def _offer(self) -> None:
        """Show the names of the kind that is chosen, as far as there is room."""
        known = self._known()
        if self._name not in known:
            self._name = ""
        wanted = [name for name in known if self.narrow.text().strip().lower() in name.lower()]
        offered = tuple(wanted[:_MOST_NAMES])
        self.narrow.setVisible(len(known) > _MOST_NAMES)
        left = len(wanted) - len(offered)
        nothing = self._kind not in (None, ScopeKind.WORKSPACE) and not known
        self._more.set_words(
            say("None is known yet.") if nothing else say("{left:,} more.", left=left) if left else ""
        )
        self._more.setVisible(nothing or left > 0)
        if offered != self._offered:
            self._offered = offered
            self._make_names(offered)
        self._judge()

    def _make_names(self, names: tuple[str, ...]) -> None:
        for pill in self.names.values():
            self._name_flow.removeWidget(pill)
            pill.hide()
            pill.deleteLater()
        self.names = {name: Pill(self._look, name) for name in names}
        for name, pill in self.names.items():
            pill.clicked.connect(lambda _checked=False, chosen=name: self._choose_name(chosen))
            self._name_flow.addWidget(pill)
        self._name_flow.invalidate()

    def _choose_name(self, name: str) -> None:
        self._name = name
        self._judge()

    def _why_not(self) -> str:
        if self._sheet.why_not:
            return self._sheet.why_not
        if not self.scope:
            return say("Choose first where.")
        if any(one.id == self.scope for one in self._sheet.rows):
            return say("It is on there already.")
        return "" if self.field.text().strip() else say("Safe mode needs a reason.")

    def _judge(self) -> None:
        for kind, pill in self.kinds.items():
            pill.setChecked(kind is self._kind)
        for name, pill in self.names.items():
            pill.setChecked(name == self._name)
        self.yes.set_why_not(self._why_not())

    def _ask(self) -> None:
        if not self._why_not():
            scope, reason = self.scope, self.field.text().strip()
            self.field.clear()
            self._kind, self._name = None, ""
            self._offer()
            self.asked.emit(scope, reason)
