"""The settings: how the console looks, how large it is, how it calls. Tells each choice at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from lineclear.desktop.preferences import SCALES, Choices
from lineclear.desktop.theme import FontRole, Look, ThemeName, Token
from lineclear.desktop.views.controls import Button, Pill
from lineclear.desktop.views.covering import Covering
from lineclear.desktop.views.kit import Fit, Text, row
from lineclear.domain.wording import marked, say

_THEMES: tuple[tuple[str, ThemeName | None], ...] = (
    (marked("System"), None),
    (marked("Light"), ThemeName.LIGHT),
    (marked("Dark"), ThemeName.DARK),
    (marked("High contrast"), ThemeName.CONTRAST),
)


class Settings(Covering):
    """Every choice is made by pills; what is chosen is checked."""

    chosen = Signal(object)
    """Choices."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, say("Settings"), 560, parent)
        self._choices = Choices()
        self._pills: list[tuple[Pill, Callable[[Choices], Choices]]] = []
        self._head()
        self._line(say("Theme"), [(say(title), _theme(theme)) for title, theme in _THEMES])
        self._line(say("Size, from the next start on"), [(f"{scale} %", _scale(scale)) for scale in SCALES])
        calls = [(say("Yes"), _notifies(on=True)), (say("No"), _notifies(on=False))]
        self._line(say("Call when something new needs me"), calls)
        self._line(say("With a sound"), [(say("Yes"), _sounds(on=True)), (say("No"), _sounds(on=False))])
        self._note = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        self.inside.addWidget(self._note)

    def ask(self, choices: Choices, file: str) -> None:
        """Open with what is chosen now; `file` is where it is kept."""
        kept = say("Kept in {file}. ", file=file) if file else ""
        self._note.set_words(
            say(
                "{kept}A call never carries a way to decide: decisions are taken here, in full sight.",
                kept=kept,
            )
        )
        self._show(choices)
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def _head(self) -> None:
        heading = Text(self._look, FontRole.TITLE)
        heading.set_words(say("Settings"))
        done = Button(self._look, say("Close"), key="Esc")
        done.clicked.connect(self.closed)
        across = row()
        across.addWidget(heading)
        across.addStretch(1)
        across.addWidget(done)
        self.inside.addLayout(across)

    def _line(self, title: str, options: list[tuple[str, Callable[[Choices], Choices]]]) -> None:
        words = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        words.set_words(title)
        across = row(gap=6)
        across.addWidget(words, 1)
        for name, change in options:
            pill = Pill(self._look, name)
            pill.setAccessibleName(f"{title}: {name}")
            pill.clicked.connect(lambda _checked=False, by=change: self._choose(by))
            self._pills.append((pill, change))
            across.addWidget(pill)
        self.inside.addLayout(across)

    def _choose(self, change: Callable[[Choices], Choices]) -> None:
        self._show(change(self._choices))
        self.chosen.emit(self._choices)

    def _show(self, choices: Choices) -> None:
        self._choices = choices
        for pill, change in self._pills:
            pill.setChecked(change(choices) == choices)


def _theme(theme: ThemeName | None) -> Callable[[Choices], Choices]:
    return lambda choices: replace(choices, theme=theme)


def _scale(scale: int) -> Callable[[Choices], Choices]:
    return lambda choices: replace(choices, scale=scale)


def _notifies(*, on: bool) -> Callable[[Choices], Choices]:
    return lambda choices: replace(choices, notifies=on)


def _sounds(*, on: bool) -> Callable[[Choices], Choices]:
    return lambda choices: replace(choices, sounds=on)
