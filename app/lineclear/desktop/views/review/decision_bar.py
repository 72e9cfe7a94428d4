"""The foot of an action: what can be decided, by which key, on which payload. Decides nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.presenters.sheets import ActionSheet, ButtonSheet
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.kit import Fit, Panel, Text, clear, column, row
from lineclear.desktop.views.review.digest import Digest
from lineclear.desktop.views.review.panels import (
    AskPanel,
    ConfirmPanel,
    InlinePanel,
    ReconcilePanel,
    RejectPanel,
    StopPanel,
    UndoPanel,
)
from lineclear.desktop.views.review.passing import EscalatePanel, HandOverPanel
from lineclear.desktop.views.review.questions import Drafts, opener_of, question_of
from lineclear.domain.wording import say

_SELDOM: Final = frozenset({"review.hand_over", "review.escalate"})
"""What stands behind More, so that the decisions keep one line; their keys work all the same."""
_NEXT_TO_GO: Final = ("review.ask", "review.claim", "review.stop_job")
"""What goes there as well, one after another, where the line would be too short for all."""
_MARGIN: Final = 20
_GAP: Final = 8
_APART: Final = 8


class DecisionBar(Panel):
    """Shows the decisions of an `ActionSheet`; every signal names the action that was on screen at the press.

    When another action comes, presses that have begun and panels that are open are dropped.
    """

    decided = Signal(str, str, str)
    """Action id, verdict (`approve` or `reject`), reason."""
    approved_as = Signal(str, str)
    """Action id, what was typed to approve it."""
    reconciled = Signal(str, bool, str)
    """Action id, whether it happened, how that is known."""
    stop_confirmed = Signal(str, str)
    """Action id, reason; its job is to stop."""
    undo_opened = Signal(str)
    """Action id; a preview of the undo is wanted."""
    undo_confirmed = Signal(str, str)
    """Action id, reason; the undo that was shown is wanted."""
    claim_toggled = Signal(str)
    """Action id; it shall be claimed, or its claim given up."""
    handed_over = Signal(str, str, str)
    """Action id, the name of who shall have it, a note for them."""
    escalated = Signal(str, int, str, str)
    """Action id, tier (0 for that of the group), group, reason."""
    asked = Signal(str, str)
    """Action id, question to its agent."""
    edit_opened = Signal(str)
    """Action id; its arguments shall be edited."""
    commanded = Signal(str)
    """Any other command of a button."""
    focus_freed = Signal()
    """A panel, or a button, goes away that has the focus."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.SURFACE, parent)
        self._sheet: ActionSheet | None = None
        self._panel: InlinePanel | None = None
        self.drafts = Drafts()
        self._buttons: dict[str, Button] = {}
        self._more = Button(look, say("More"), is_small=True)
        self._more.clicked.connect(self._show_all)
        self._shows_all = False
        self._behind = _SELDOM
        self._why = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        self._digest = Digest(look)
        self._hint = Text(look, FontRole.SMALL_STRONG, Token.CAUTION, Fit.ELIDE)
        self._hint.hide()
        self._row = Flow(gap=_GAP)
        self._whole = column(self, margins=(_MARGIN, 11, _MARGIN, 10), gap=_GAP)
        across = row(gap=_APART)
        across.addLayout(self._row, 1)
        self._beside, self._below = row(gap=_APART), row(gap=_APART)
        across.addLayout(self._beside)
        self._whole.addWidget(self._why)
        self._whole.addLayout(across)
        self._whole.addLayout(self._below)
        self._is_beside = True
        self._place_digest()

    @property
    def panel(self) -> InlinePanel | None:
        """The question that is open, if any."""
        return self._panel

    def button(self, command_id: str) -> Button | None:
        """Return the button of a command, if the action has it."""
        return self._buttons.get(command_id)

    def display(self, sheet: ActionSheet) -> None:
        """Show what can be decided about an action."""
        before = self._sheet
        self._sheet = sheet
        if before is None or before.id != sheet.id or _shape(before) != _shape(sheet):
            self.close_panel()
            self._build(sheet.decision.buttons)
        for each in sheet.decision.buttons:
            self._buttons[each.command].set_why_not(each.why_not)
        self._digest.display(sheet.decision.digest, sheet.decision.brief)
        self._fit()
        self._why.set_words(_reasons(self._in_sight(sheet.decision.buttons)))
        self._why.setVisible(bool(self._why.text()) and self._panel is None)
        self._show_hint(sheet.decision.hint)
        self._update_panel(sheet)

    def press(self, command_id: str) -> None:
        """Do what a command's key does: the same as a click.

        Where it cannot be done and the reason is behind More, that opens. An open question comes first.
        """
        button = self._buttons.get(command_id)
        if self._panel is not None:
            self._panel.take_focus()
        elif (
            button is not None
            and not button.isEnabled()
            and command_id in self._behind
            and not self._shows_all
        ):
            self._show_all()
        elif button is not None:
            button.click()

    def close_panel(self) -> None:
        """Put the buttons back."""
        if self._panel is None:
            return
        parts: tuple[QWidget, ...] = (self._panel, self._panel.yes, self._panel.no)
        if any(one.hasFocus() or one.isAncestorOf(self.window().focusWidget()) for one in parts):
            self.focus_freed.emit()  # before it is hidden: Qt would give it to whatever comes next
        for part in parts:
            part.hide()
            part.deleteLater()
        self._panel = None
        self._show_hint(self._sheet.decision.hint if self._sheet is not None else "")
        self._show_buttons(visible=True)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape and self._panel is not None:
            self._leave()
            return
        super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._fit()

    @override
    def paintEvent(self, event: QPaintEvent, /) -> None:
        super().paintEvent(event)
        QPainter(self).fillRect(0, 0, self.width(), 1, self._look.colour(Token.LINE))

    def _build(self, buttons: tuple[ButtonSheet, ...]) -> None:
        self._row.removeWidget(self._more)
        if any(button.hasFocus() for button in (self._more, *self._buttons.values())):
            self.focus_freed.emit()
        clear(self._row)
        self._buttons, self._shows_all = {}, False
        for each in buttons:
            button = Button(self._look, each.title, key=key_of(each.command), tone=each.tone)
            button.clicked.connect(lambda _checked=False, command=each.command: self._pressed(command))
            self._row.addWidget(button)
            self._buttons[each.command] = button
        self._row.addWidget(self._more)

    def _show_all(self) -> None:
        """Put what is seldom wanted into the next line, with the reason where it cannot be done."""
        self._shows_all = True
        self._show_buttons(visible=True)
        if self._sheet is not None:
            self._why.set_words(_reasons(self._sheet.decision.buttons))
            self._why.setVisible(bool(self._why.text()))
        first = next(self._buttons[each] for each in self._buttons if each in self._behind)
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def _in_sight(self, buttons: tuple[ButtonSheet, ...]) -> tuple[ButtonSheet, ...]:
        return tuple(each for each in buttons if self._shows_all or each.command not in self._behind)

    def _fit(self) -> None:
        """Keep the buttons in one line, with the digest in it where only asking or claiming gives way.

        Where its words have no room it stands there without them.
        """
        room = self.width() - 2 * _MARGIN
        widths = {command: one.sizeHint().width() for command, one in self._buttons.items()}
        more = self._more.sizeHint().width()
        behind = None
        for is_brief in (False, True):
            self._digest.shorten(is_brief=is_brief)
            beside = room - self._digest.sizeHint().width() - _APART
            behind = _behind(widths, more, beside, _NEXT_TO_GO[:2])
            if behind is not None:
                break
        self._digest.shorten(is_brief=behind is not None and is_brief and not self._shows_all)
        self._is_beside = behind is not None and not self._shows_all
        if behind is None:
            behind = _behind(widths, more, room, _NEXT_TO_GO) or _SELDOM.union(_NEXT_TO_GO)
        self._behind = behind
        self._place_digest()
        shown = [width for command, width in widths.items() if command not in behind]
        shown += [more] if len(shown) < len(widths) else []
        beside = room - sum(width + _GAP for width in shown) - _APART
        self._hint.setMinimumHeight(self._digest.sizeHint().height())
        self._hint.setMaximumWidth(max(beside, 0) if self._is_beside else room)
        if self._panel is None:
            self._show_buttons(visible=True)

    def _place_digest(self) -> None:
        """Beside the buttons where there is room, else below them: it is what a decision binds."""
        place = self._beside if self._is_beside else self._below
        if place.indexOf(self._digest) < 0:
            for part in (self._digest, self._hint):
                place.addWidget(part)

    def _pressed(self, command_id: str) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        panel = question_of(self._look, sheet, command_id)
        if panel is not None:
            self._open(sheet.id, panel)
        match command_id:
            case "review.approve" if panel is None:
                self.decided.emit(sheet.id, "approve", "")
            case "review.claim":
                self.claim_toggled.emit(sheet.id)
            case "review.edit":
                self.edit_opened.emit(sheet.id)
            case "review.undo":
                self.undo_opened.emit(sheet.id)
            case _ if panel is None:
                self.commanded.emit(command_id)

    def _open(self, action_id: str, panel: InlinePanel) -> None:
        self.close_panel()
        self._panel = panel
        panel.left.connect(self._leave)
        panel.held.connect(self._show_hint)
        panel.confirmed.connect(self._confirm)
        self._show_buttons(visible=False)
        self._whole.insertWidget(0, panel)
        self._row.addWidget(panel.yes)
        self._row.addWidget(panel.no)
        for part in (panel, panel.yes, panel.no):
            part.show()
        if kept := self.drafts.take(action_id, type(panel)):
            panel.retype(kept)
        panel.take_focus()

    def _confirm(self, reason: str) -> None:
        sheet, panel = self._sheet, self._panel
        if sheet is None or panel is None:
            return
        match panel:
            case RejectPanel():
                self.decided.emit(sheet.id, "reject", reason)
            case ReconcilePanel():
                self.reconciled.emit(sheet.id, panel.happened, reason)
            case ConfirmPanel():
                self.approved_as.emit(sheet.id, reason)
            case HandOverPanel() | EscalatePanel() | AskPanel():
                self._pass_on(sheet.id, panel, reason)
            case StopPanel():
                self.stop_confirmed.emit(sheet.id, reason)
            case UndoPanel():
                self.undo_confirmed.emit(sheet.id, reason)
        # A press that came too soon was answered with a hint: what was typed is still there for the next one.
        if self._panel is panel and not (self._sheet and self._sheet.decision.hint):
            self.close_panel()

    def _pass_on(self, action_id: str, panel: HandOverPanel | EscalatePanel | AskPanel, said: str) -> None:
        """Others shall have it, look as well, or answer."""
        match panel:
            case HandOverPanel():
                self.handed_over.emit(action_id, panel.to, said)
            case EscalatePanel() if panel.place is not None:
                self.escalated.emit(action_id, panel.place.tier, panel.place.group, said)
            case AskPanel():
                self.asked.emit(action_id, said)

    def _leave(self) -> None:
        opened, sheet = self._panel, self._sheet
        if opened is None or sheet is None:
            return
        self.drafts.keep(sheet.id, type(opened), opened.typed())
        self.close_panel()
        back = self._buttons.get(opener_of(opened))
        if back is not None:
            back.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _update_panel(self, sheet: ActionSheet) -> None:
        panel = self._panel
        if isinstance(panel, UndoPanel):
            panel.display(sheet.undo)
        elif panel is not None and not self._is_possible(opener_of(panel)):
            self.close_panel()

    def _show_hint(self, hint: str) -> None:
        """Say it in the place of the digest, so that nothing moves; a screen reader says it at once."""
        if hint and hint != self._hint.text():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, hint))
        self._hint.set_words(hint)
        self._hint.setVisible(bool(hint))
        self._digest.setVisible(not hint)

    def _is_possible(self, command_id: str) -> bool:
        button = self._buttons.get(command_id)
        return button is not None and button.isEnabled()

    def _show_buttons(self, *, visible: bool) -> None:
        for command, button in self._buttons.items():
            button.setVisible(visible and (self._shows_all or command not in self._behind))
        has_more = not self._shows_all and not self._buttons.keys().isdisjoint(self._behind)
        self._more.setVisible(visible and has_more)
        self._why.setVisible(visible and bool(self._why.text()))


def _behind(
    widths: Mapping[str, int], more: int, room: int, may_go: tuple[str, ...]
) -> frozenset[str] | None:
    """The fewest buttons behind More with which the others fit into a line; None where none do."""
    for count in range(len(may_go) + 1):
        behind = _SELDOM.union(may_go[:count])
        shown = [width for command, width in widths.items() if command not in behind]
        shown += [more] if len(shown) < len(widths) else []
        if sum(shown) + _GAP * (len(shown) - 1) <= room:
            return behind
    return None


def _shape(sheet: ActionSheet) -> tuple[tuple[str, str, str], ...]:
    return tuple((each.command, each.title, each.tone.value) for each in sheet.decision.buttons)


def _reasons(buttons: tuple[ButtonSheet, ...]) -> str:
    """Say once for each reason which buttons it holds back."""
    held: dict[str, list[str]] = {}
    for each in buttons:
        if each.why_not:
            held.setdefault(each.why_not, []).append(each.title)
    return " ".join(f"{', '.join(titles)}: {why}" for why, titles in held.items())
