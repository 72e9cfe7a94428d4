"""People in Control: a line for each with what can be done, and the form that opens below. Holds no rules."""

from __future__ import annotations

from typing import Final, override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from lineclear.desktop.presenters.closed_words import role_word
from lineclear.desktop.presenters.control.people_sheets import (
    AnswerKind,
    Asked,
    DeedSheet,
    PeopleSheet,
    PersonRow,
)
from lineclear.desktop.presenters.sheets import Line, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field, Pill
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.kit import Card, ChipLabel, Fit, MarkLine, Text, clear, column, row
from lineclear.desktop.views.lines import KeyedLines
from lineclear.desktop.views.states import Banner
from lineclear.domain.wording import say

_ROOM: Final = 24
"""Pixels that stay free around a form that comes into sight."""


class PeopleCard(Card):
    """Shows a `PeopleSheet`; `asked` carries a deed's id and the answers to its questions, by key."""

    asked = Signal(str, object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(say("People"))
        self._banner = Banner(look)
        self.lines: KeyedLines[PersonRow, PersonLine] = KeyedLines(look, self._line)
        self.deeds = Deeds(look)
        self.deeds.asked.connect(self.asked)
        self.column.addWidget(self._banner)
        inside = QWidget()
        column(inside, margins=(15, 9, 15, 11)).addWidget(self.deeds)
        self.add(inside)
        self.column.addWidget(self.lines)

    def display(self, sheet: PeopleSheet) -> None:
        """Show who is there now; what is being typed stays."""
        self._banner.display(sheet.notice)
        self.deeds.display(sheet.deeds, "")
        self.lines.display([(each.id, each) for each in sheet.rows], PersonLine.display)

    def _line(self) -> PersonLine:
        line = PersonLine(self._look)
        line.deeds.asked.connect(self.asked)
        return line


class PersonLine(QWidget):
    """One person."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shown: tuple[Line, ...] = ()
        self._name = Text(look, FontRole.STRONG, Token.TEXT, Fit.ELIDE)
        self.chip = ChipLabel(look)
        self._text = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self._lines = column(gap=3)
        self.deeds = Deeds(look)
        first = row(gap=10)
        first.addWidget(self._name)
        first.addWidget(self.chip)
        first.addStretch(1)
        stack = column(self, margins=(15, 8, 15, 10), gap=4)
        stack.addLayout(first)
        stack.addWidget(self._text)
        stack.addLayout(self._lines)
        stack.addWidget(self.deeds)

    def display(self, person: PersonRow) -> None:
        self._name.set_words(person.name)
        self.chip.set_chip(person.state)
        self._text.set_words(person.text)
        self._text.setVisible(bool(text_of(person.text)))
        if person.lines != self._shown:
            self._shown = person.lines
            clear(self._lines)
            for line in person.lines:
                self._lines.addWidget(MarkLine(self._look, line))
        self.deeds.display(person.deeds, text_of(person.name))


class Deeds(QWidget):
    """Buttons, each of which says why not, and the form of the one that was pressed."""

    asked = Signal(str, object)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._sheets: dict[str, DeedSheet] = {}
        self.buttons: dict[str, Button] = {}
        self._flow = Flow()
        self._form: DeedForm | None = None
        self._stack = column(self, gap=4)
        self._stack.addLayout(self._flow)

    @property
    def form(self) -> DeedForm | None:
        """The form that is open."""
        return self._form

    def display(self, deeds: tuple[DeedSheet, ...], name: str) -> None:
        """Show what can be done now; a form of what no longer can be done goes."""
        sheets = {each.id: each for each in deeds}
        if tuple(sheets) != tuple(self._sheets):
            self._make(deeds, name)
        self._sheets = sheets
        for each in deeds:
            self.buttons[each.id].set_why_not(each.why_not)
        if self._form is not None and self._is_gone(self._form.id):
            self.close_form()

    def open(self, deed: str) -> None:
        """Ask what has to be said for a deed."""
        self.close_form()
        self._form = DeedForm(self._look, self._sheets[deed])
        self._form.confirmed.connect(self._confirm)
        self._form.left.connect(self.close_form)
        self._stack.addWidget(self._form)
        self._form.take_focus()

    def close_form(self) -> None:
        """Close it without an answer."""
        form, self._form = self._form, None
        if form is not None:
            self._stack.removeWidget(form)
            form.hide()
            form.deleteLater()
            if form.id in self.buttons:
                self.buttons[form.id].setFocus(Qt.FocusReason.OtherFocusReason)

    def _is_gone(self, deed: str) -> bool:
        return deed not in self._sheets or bool(self._sheets[deed].why_not)

    def _make(self, deeds: tuple[DeedSheet, ...], name: str) -> None:
        for button in self.buttons.values():
            self._flow.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = {each.id: Button(self._look, each.title, is_small=True) for each in deeds}
        for each in deeds:
            button = self.buttons[each.id]
            button.setAccessibleName(f"{each.title}: {name}" if name else each.title)
            button.clicked.connect(lambda _checked=False, deed=each.id: self.open(deed))
            self._flow.addWidget(button)
        self._flow.invalidate()

    def _confirm(self, said: object) -> None:
        if self._form is not None:
            deed = self._form.id
            self.close_form()
            self.asked.emit(deed, said)


class DeedForm(QWidget):
    """What a deed does, its questions, yes and no. Nothing is sent while an answer is missing."""

    confirmed = Signal(object)
    left = Signal()

    def __init__(self, look: Look, deed: DeedSheet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.id = deed.id
        self._deed = deed
        self.fields: dict[str, Field] = {}
        self.pills: dict[str, dict[str, Pill]] = {}
        told = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        told.set_words(deed.told)
        self.yes = Button(look, deed.title, tone=deed.tone)
        self.yes.clicked.connect(self._confirm)
        self.no = Button(look, say("Cancel"), key="Esc")
        self.no.clicked.connect(self.left)
        answers = row(gap=8)
        answers.addWidget(self.yes)
        answers.addWidget(self.no)
        answers.addStretch(1)
        self._stack = column(self, margins=(0, 6, 0, 4), gap=8)
        self._stack.addWidget(told)
        for each in deed.asked:
            self._ask(each)
        self._stack.addLayout(answers)
        self._judge()

    def said(self) -> dict[str, str]:
        """The answers as they stand, by key."""
        typed = {key: field.text().strip() for key, field in self.fields.items()}
        chosen = {
            key: ",".join(name for name, pill in pills.items() if pill.isChecked())
            for key, pills in self.pills.items()
        }
        return typed | chosen

    def take_focus(self) -> None:
        """Begin with the first question, or with no where there is none."""
        first = self._deed.asked[0] if self._deed.asked else None
        if first is None:
            self.no.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif first.key in self.fields:
            self.fields[first.key].setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            next(iter(self.pills[first.key].values()), self.no).setFocus(Qt.FocusReason.ShortcutFocusReason)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        """It was laid out, as when it opened: bring it into sight."""
        super().resizeEvent(event)
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None:
            around.ensureWidgetVisible(self, 0, _ROOM)

    def _ask(self, each: Asked) -> None:
        label = Text(self._look, FontRole.SMALL, Token.MUTED)
        label.set_words(each.label)
        self._stack.addWidget(label)
        if each.kind is AnswerKind.TEXT:
            field = Field(self._look, each.label)
            field.setText(each.value)
            field.textChanged.connect(self._judge)
            field.entered.connect(self._confirm)
            field.left.connect(self.left)
            self.fields[each.key] = field
            self._stack.addWidget(field)
            return
        flow = Flow()
        self.pills[each.key] = {
            name: Pill(self._look, role_word(name) if each.key == "role" else name) for name in each.choices
        }
        for name, pill in self.pills[each.key].items():
            pill.setChecked(name == each.value)
            pill.clicked.connect(lambda _checked=False, asked=each, chosen=name: self._choose(asked, chosen))
            flow.addWidget(pill)
        self._stack.addLayout(flow)

    def _choose(self, asked: Asked, chosen: str) -> None:
        if asked.kind is AnswerKind.ONE:
            for name, pill in self.pills[asked.key].items():
                pill.setChecked(name == chosen)
        self._judge()

    def _judge(self) -> None:
        said = self.said()
        missing = next((one.label for one in self._deed.asked if not said[one.key] and not one.may_lack), "")
        self.yes.set_why_not(say("Missing: {missing}.", missing=missing) if missing else "")

    def _confirm(self) -> None:
        if self.yes.isEnabled():
            self.confirmed.emit(self.said())
