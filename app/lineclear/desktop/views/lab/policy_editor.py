"""The editor of a capability document, and the plain diff of one. Holds no rules."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, override

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from lineclear.desktop.presenters.lab.lab_sheets import DiffKind, DiffLine
from lineclear.desktop.theme import Look, Token
from lineclear.desktop.views.control.document import Document, YamlColours
from lineclear.desktop.views.controls import claims_key
from lineclear.domain.wording import say

_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape)
_DIFFS: Final = {
    DiffKind.SAME: (Token.TEXT, None),
    DiffKind.ADDED: (Token.ADDED, Token.ADDED_SOFT),
    DiffKind.REMOVED: (Token.REMOVED, Token.REMOVED_SOFT),
    DiffKind.PLACE: (Token.MUTED, None),
}


class PolicyEditor(Document):
    """Plain text with line numbers and quiet colours; lines with a problem are marked. Tab leaves it."""

    changed = Signal(str)
    left = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.setReadOnly(False)
        self.setAccessibleName(say("Capability document to try"))
        self._problems: frozenset[int] = frozenset()
        self._is_showing = False
        self._colours = YamlColours(self, look)
        look.changed.connect(self._dress)
        self.textChanged.connect(self._tell)

    def show_text(self, text: str) -> None:
        """Show a text without telling of it; the same text leaves the cursor alone."""
        if self.toPlainText() != text:
            self._is_showing = True
            self.show_lines(tuple(text.split("\n")))
            self._is_showing = False

    def mark(self, lines: Collection[int]) -> None:
        """Mark lines, counted from 1."""
        if frozenset(lines) != self._problems:
            self._problems = frozenset(lines)
            self._mark_problems()

    def go_to(self, line: int) -> None:
        """Bring a line into sight, with the cursor in it."""
        block = self.document().findBlockByNumber(line - 1)
        if block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.centerCursor()
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def event(self, event: QEvent, /) -> bool:
        if claims_key(event, _KEYS):
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent, /) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

    def _dress(self) -> None:
        self._colours.rehighlight()
        self._mark_problems()

    def _mark_problems(self) -> None:
        marked = [
            dress(self, self._look, line - 1, None, Token.REMOVED_SOFT) for line in sorted(self._problems)
        ]
        self.setExtraSelections(marked)

    def _tell(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)
        if not self._is_showing:
            self._lines = ()
            self.changed.emit(self.toPlainText())


class DiffText(Document):
    """A plain diff, read-only: added and removed are told by sign, ink and ground."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.setAccessibleName(say("What would be changed"))
        self._diff: tuple[DiffLine, ...] = ()
        look.changed.connect(self._dress)

    def display(self, lines: tuple[DiffLine, ...]) -> None:
        self._diff = lines
        self.show_lines(tuple(line.text for line in lines))
        self._dress()

    @override
    def margin_width(self) -> int:
        """No numbers: a line of a diff has two."""
        return 10

    @override
    def paint_margin(self, event: QPaintEvent) -> None:
        """Nothing stands there."""

    def _dress(self) -> None:
        inks = [(number, *_DIFFS[line.kind]) for number, line in enumerate(self._diff)]
        dressed = [dress(self, self._look, *one) for one in inks if one[1] is not Token.TEXT]
        self.setExtraSelections(dressed)


def dress(
    text: QPlainTextEdit, look: Look, number: int, ink: Token | None, ground: Token | None
) -> QTextEdit.ExtraSelection:
    """A line, counted from 0, in another ink or on another ground."""
    cursor = QTextCursor(text.document().findBlockByNumber(number))
    if ink is not None:
        cursor.select(QTextCursor.SelectionType.LineUnderCursor)
    form = QTextCharFormat()
    if ink is not None:
        form.setForeground(look.colour(ink))
    if ground is not None:
        form.setBackground(look.colour(ground))
    form.setProperty(QTextCharFormat.Property.FullWidthSelection, True)  # noqa: FBT003  # Qt's
    dressed = QTextEdit.ExtraSelection()
    dressed.cursor, dressed.format = cursor, form
    return dressed
