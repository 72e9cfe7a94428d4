"""The connections page: try, connect, open a pack; and the backends that are known here. Holds no rules."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QWidget

from lineclear.desktop.commands import key_of
from lineclear.desktop.presenters.connections.connection_sheets import ConnectionRow, ConnectionsSheet, Form
from lineclear.desktop.presenters.sheets import Line, Tone, text_of
from lineclear.desktop.theme import FontRole, Look, Token
from lineclear.desktop.views.controls import Button, Field
from lineclear.desktop.views.kit import Card, ChipLabel, Fit, MarkLine, Panel, Text, column, row
from lineclear.desktop.views.lines import KeyedLines
from lineclear.desktop.views.states import Banner
from lineclear.domain.wording import say

_WIDTH: Final = 680
_LABELS: Final = 84
_SAFE_WITHOUT_TLS: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class ConnectionsPage(Panel):
    """Shows a `ConnectionsSheet`; tells by id, and with what was typed, what a person asked for."""

    tried = Signal()
    connect_asked = Signal(object)
    """Form."""
    cancelled = Signal()
    open_asked = Signal(str)
    edit_asked = Signal(str)
    forget_confirmed = Signal(str)
    stepped = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, Token.CANVAS, parent)
        self._title = Text(look, FontRole.TITLE)
        self._about = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.known = KnownCard(look)
        self.known.open_asked.connect(self.open_asked)
        self.known.edit_asked.connect(self.edit_asked)
        self.known.forget_confirmed.connect(self.forget_confirmed)
        self.result = Banner(look)
        self.trial = TrialCard(look)
        self.trial.start.clicked.connect(self.tried)
        self.form = FormCard(look)
        self.form.asked.connect(self.connect_asked)
        self.form.cancelled.connect(self.cancelled)
        self.pack = PackCard(look)
        self.pack.open.clicked.connect(lambda _checked=False: self.stepped.emit("ledger.open_pack"))
        self._lay_out()

    def display(self, sheet: ConnectionsSheet) -> None:
        """Show the ways in, and what became of the last one tried."""
        is_first = not sheet.rows
        self._title.set_words(say("Where do you want to work?") if is_first else say("Connections"))
        self._about.set_words(
            say("Three ways in. You can take another at any time, from the name at the top left.")
            if is_first
            else say("The window shows one at a time; the name at the top left leads to the others.")
        )
        self.known.setVisible(not is_first)
        self.known.display(sheet.rows, is_busy=sheet.is_busy)
        self.result.display(sheet.result)
        self.trial.display(sheet.try_why_not, is_busy=sheet.is_busy)
        self.form.display(sheet.keeping, is_busy=sheet.is_busy)

    def fill(self, form: Form) -> None:
        """Go on with this form, where its token is missing."""
        self.form.fill(form)

    def take_focus(self) -> None:
        """Begin where most do: at the first way in."""
        first = self.known.first or self.trial.start
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        page = QWidget()
        across = row(page, margins=(20, 22, 20, 24))
        middle = QWidget()
        middle.setMaximumWidth(_WIDTH)
        stack = column(middle, gap=12)
        stack.addWidget(self._title)
        stack.addWidget(self._about)
        stack.addSpacing(4)
        aside = row(gap=12)
        aside.addWidget(self.trial, 1)
        aside.addWidget(self.pack, 1)
        for part in (self.known, self.result):
            stack.addWidget(part)
        stack.addLayout(aside)
        stack.addWidget(self.form)
        stack.addStretch(1)
        across.addStretch(1)
        across.addWidget(middle, 100)
        across.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(page)
        column(self).addWidget(area)


class WayCard(Card):
    """One way in: what it is, in a sentence or two."""

    def __init__(self, look: Look, title: str, about: str, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.heading.set_words(title)
        self._body = QWidget()
        self.stack = column(self._body, margins=(15, 11, 15, 13), gap=9)
        words = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        words.set_words(about)
        self.stack.addWidget(words)
        self.add(self._body)

    def add_buttons(self, *buttons: Button) -> None:
        """A row of buttons below what is there."""
        across = row(gap=8)
        for button in buttons:
            across.addWidget(button)
        across.addStretch(1)
        self.stack.addStretch(1)
        self.stack.addLayout(across)


class TrialCard(WayCard):
    """Try it here."""

    def __init__(self, look: Look) -> None:
        about = say(
            "A sample workspace on this machine alone: agents propose, and you decide. It needs no account "
            "and no network, and ends with this window."
        )
        super().__init__(look, say("Try it here"), about)
        self.start = Button(look, say("Start the sample"), tone=Tone.ACCENT)
        self.add_buttons(self.start)

    def display(self, why_not: str, *, is_busy: bool) -> None:
        self.start.set_why_not(why_not or (say("Something is being connected.") if is_busy else ""))


class PackCard(WayCard):
    """Open an audit pack."""

    def __init__(self, look: Look) -> None:
        about = say(
            "Read and verify what happened, with no backend and no network. A file that is dropped on this "
            "window opens too."
        )
        super().__init__(look, say("Open an audit pack"), about)
        self.open = Button(look, say("Choose a file"), key=key_of("ledger.open_pack"))
        self.add_buttons(self.open)


class FormCard(WayCard):
    """Connect to a backend: address, token and a name for it. `id` is that of the one being edited."""

    asked = Signal(object)
    cancelled = Signal()

    def __init__(self, look: Look) -> None:
        about = say(
            "Whoever runs it gives you its address and a token of your own. Your signing key is made here, "
            "stays here, and is enrolled with your first decision."
        )
        super().__init__(look, say("Connect to a backend"), about)
        self._look = look
        self._id = ""
        self._kept_line: Line | None = None
        self._keeping: MarkLine | None = None
        self.url = Field(look, say("Address"), "https://lineclear.example.com")
        self.token = Field(look, say("Token"), say("The token that you were given"))
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.name = Field(look, say("Name"), say("The workspace's own name, unless you write another"))
        for field in (self.url, self.token, self.name):
            self.stack.addWidget(self._labelled(field))
            field.setAcceptDrops(False)  # a pack that is dropped here is for the window
            field.entered.connect(self._next)
            field.textChanged.connect(self._judge)
        self._open_line = Text(look, FontRole.SMALL, Token.CAUTION, Fit.WRAP)
        self._open_line.set_words(
            say(
                "Without https, everybody on the way can read the token. "
                "Use this on a network of your own only."
            )
        )
        self.stack.addWidget(self._open_line)
        self.connect_button = Button(look, say("Connect"), tone=Tone.ACCENT)
        self.connect_button.clicked.connect(self._ask)
        self.stop_button = Button(look, say("Stop waiting"))
        self.stop_button.clicked.connect(self.cancelled)
        self.fresh = Button(look, say("Connect another instead"))
        self.fresh.clicked.connect(lambda _checked=False: self.fill(Form()))
        self.add_buttons(self.connect_button, self.stop_button, self.fresh)
        self._is_busy = False
        self._judge()

    def display(self, keeping: Line | None, *, is_busy: bool) -> None:
        """Say where tokens are kept, and whether something is under way."""
        self._is_busy = is_busy
        self.stop_button.setVisible(is_busy)
        if keeping is not None and keeping != self._kept_line:
            if self._keeping is not None:
                self.stack.removeWidget(self._keeping)
                self._keeping.hide()
                self._keeping.deleteLater()
            self._kept_line, self._keeping = keeping, MarkLine(self._look, keeping)
            self.stack.insertWidget(self.stack.count() - 1, self._keeping)
        self._judge()

    def fill(self, form: Form) -> None:
        """Go on with what is known; the token stays out of sight where it is kept."""
        self._id = form.id
        self.connect_button.set_title(say("Save and open") if form.id else say("Connect"))
        self.url.setText(form.url)
        self.name.setText(form.name)
        self.token.setText(form.token)
        is_known = bool(form.id)
        self.heading.set_words(
            say("Edit {name}", name=form.name) if is_known else say("Connect to a backend")
        )
        self.token.setPlaceholderText(
            say("The token that is kept, unless you paste another")
            if is_known
            else say("The token that you were given")
        )
        (self.token if form.url else self.url).setFocus(Qt.FocusReason.OtherFocusReason)
        self._judge()

    def _labelled(self, field: Field) -> QWidget:
        line = QWidget()
        label = Text(self._look, FontRole.BODY, Token.MUTED)
        label.set_words(field.accessibleName())
        label.setFixedWidth(max(_LABELS, label.sizeHint().width()))
        across = row(line, gap=8)
        across.addWidget(label)
        across.addWidget(field, 1)
        return line

    def _judge(self) -> None:
        parts = urlsplit(self.url.text().strip()) if "[" not in self.url.text() else None
        is_open = parts is not None and parts.scheme == "http" and parts.hostname not in _SAFE_WITHOUT_TLS
        self._open_line.setVisible(is_open and bool(parts and parts.hostname))
        self.fresh.setVisible(bool(self._id))
        why_not = ""
        if not self.url.text().strip() or not (self.token.text().strip() or self._id):
            why_not = say("It needs an address and a token.")
        self.connect_button.set_why_not(say("Something is being connected.") if self._is_busy else why_not)

    def _next(self) -> None:
        """Enter connects once all is there; until then it leads on."""
        if not self.connect_button.why_not:
            self._ask()
            return
        empty = next((one for one in (self.url, self.token) if not one.text().strip()), self.url)
        empty.setFocus(Qt.FocusReason.TabFocusReason)

    def _ask(self) -> None:
        self.asked.emit(Form(self.url.text(), self.token.text(), self.name.text(), self._id))


class KnownCard(Card):
    """The backends that are known here."""

    open_asked = Signal(str)
    edit_asked = Signal(str)
    forget_confirmed = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.heading.set_words(say("Known here"))
        self.lines: KeyedLines[ConnectionRow, ConnectionLine] = KeyedLines(look, lambda: self._make(look))
        self.column.addWidget(self.lines)
        self._ids: tuple[str, ...] = ()

    @property
    def first(self) -> Button | None:
        """The button that opens the first one."""
        return self.lines.line(self._ids[0]).open if self._ids else None

    def display(self, rows: tuple[ConnectionRow, ...], *, is_busy: bool) -> None:
        self._ids = tuple(one.id for one in rows)
        self.lines.display(
            [(one.id, one) for one in rows], lambda line, one: line.display(one, is_busy=is_busy)
        )

    def _make(self, look: Look) -> ConnectionLine:
        line = ConnectionLine(look)
        line.open.clicked.connect(lambda _checked=False: self.open_asked.emit(line.id))
        line.edit.clicked.connect(lambda _checked=False: self.edit_asked.emit(line.id))
        line.forget_yes.clicked.connect(lambda _checked=False: self.forget_confirmed.emit(line.id))
        return line


class ConnectionLine(QWidget):
    """One of them, with the question that comes before it is forgotten."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.id = ""
        self._title = Text(look, FontRole.STRONG, fit=Fit.ELIDE)
        self._environment = ChipLabel(look)
        self._about = Text(look, FontRole.SMALL, Token.MUTED, Fit.ELIDE)
        self.open = Button(look, say("Open"), is_small=True)
        self.edit = Button(look, say("Edit"), is_small=True)
        self.forget = Button(look, say("Forget"), is_small=True)
        self.forget.clicked.connect(self._ask)
        self._question = QWidget()
        self._meaning = Text(look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        self.forget_yes = Button(look, say("Forget it"), tone=Tone.STOP, is_small=True)
        self._no = Button(look, say("Keep it"), is_small=True)
        self._no.clicked.connect(self._question.hide)
        self._lay_out()
        self._question.hide()

    def display(self, sheet: ConnectionRow, *, is_busy: bool) -> None:
        self.id = sheet.id
        self._title.set_words(sheet.title)
        self._environment.set_chip(sheet.environment)
        # Where a decision takes effect is never shortened.
        self._environment.setMinimumWidth(self._environment.sizeHint().width())
        self._about.set_words(sheet.about)
        self._meaning.set_words(sheet.forgetting)
        name = text_of(sheet.title)
        for button in (self.open, self.edit, self.forget):
            button.setAccessibleName(f"{button.title}: {name}")
        why_not = say("It is open in this window.") if sheet.is_open else ""
        busy = say("Something is being connected.") if is_busy else ""
        self.open.set_why_not(why_not or busy)
        self.forget.set_why_not(say("Go to another one first.") if sheet.is_open else busy)

    def _ask(self) -> None:
        self._question.show()
        self._no.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        named = row(gap=8)
        named.addWidget(self._title)
        named.addWidget(self._environment)
        named.addStretch(1)
        words = column(gap=1)
        words.addLayout(named)
        words.addWidget(self._about)
        across = row(gap=8)
        across.addLayout(words, 1)
        for button in (self.open, self.edit, self.forget):
            across.addWidget(button)
        answers = row(gap=8)
        answers.addWidget(self.forget_yes)
        answers.addWidget(self._no)
        answers.addStretch(1)
        asked = column(self._question, margins=(0, 6, 0, 2), gap=8)
        asked.addWidget(self._meaning)
        asked.addLayout(answers)
        stack = column(self, margins=(15, 8, 15, 9))
        stack.addLayout(across)
        stack.addWidget(self._question)
