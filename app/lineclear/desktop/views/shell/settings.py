"""The settings: how the console looks, when it calls, when it locks. Tells each choice at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import override

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from lineclear.desktop.languages import OWN_NAMES
from lineclear.desktop.preferences import DIGESTS, LOCKS, QUIET, SCALES, Choices
from lineclear.desktop.presenters.calling import TIERS, Quiet, Wishes
from lineclear.desktop.theme import Density, FontRole, Look, ThemeName, Token
from lineclear.desktop.views.controls import Button, Pill
from lineclear.desktop.views.covering import Covering
from lineclear.desktop.views.flow import Flow
from lineclear.desktop.views.kit import Fit, Text, column, row
from lineclear.desktop.views.scrolling import scrolled
from lineclear.domain.wording import say


@dataclass(frozen=True, slots=True)
class Option:
    """One pill: what pressing it makes of the choices, and whether it is on among them."""

    title: str
    change: Callable[[Choices], Choices]
    is_on: Callable[[Choices], bool]


class Settings(Covering):
    """Every choice is made by pills; what is chosen is checked."""

    chosen = Signal(object)
    """Choices."""

    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(look, say("Settings"), 640, parent)
        self._choices = Choices()
        self._pills: list[tuple[Pill, Option]] = []
        self._head()
        self._page = QWidget()
        self._choosing = column(self._page, gap=10)
        for heading, lines in _sections():
            self._heading(heading)
            for title, options in lines:
                self._line(title, options)
        self._note = Text(look, FontRole.SMALL, Token.MUTED, Fit.WRAP)
        self._choosing.addSpacing(2)
        self._choosing.addWidget(self._note)
        self._area = scrolled(self._page)
        self.inside.addWidget(self._area)
        look.changed.connect(self._fit)

    def ask(self, choices: Choices, file: str) -> None:
        """Open with what is chosen now; `file` is where it is kept."""
        kept = say("Kept in {file}.", file=file) if file else ""
        size = say("Another size holds for words at once, for gaps and signs from the next start on.")
        rule = say("A call never carries a way to decide: decisions are taken here, in full sight.")
        self._note.set_words(" ".join(filter(None, (kept, size, rule))))
        self._show(choices)
        self._fit()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    @override
    def resizeEvent(self, event: QResizeEvent, /) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as its words take, also when they became larger just now; beyond the window it scrolls."""
        sides = self.inside.contentsMargins()
        self._choosing.invalidate()
        whole = self._choosing.totalHeightForWidth(self.sheet.width() - sides.left() - sides.right())
        self._area.setFixedHeight(whole)
        self.inside.invalidate()
        beyond = self.inside.totalSizeHint().height() - self.room()
        self._area.setFixedHeight(max(whole - max(beyond, 0), 0))
        self.inside.invalidate()
        self.sheet.setFixedHeight(self.inside.totalSizeHint().height())

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

    def _heading(self, title: str) -> None:
        words = Text(self._look, FontRole.HEADING)
        words.set_words(title)
        self._choosing.addSpacing(2)
        self._choosing.addWidget(words)

    def _line(self, title: str, options: tuple[Option, ...]) -> None:
        words = Text(self._look, FontRole.BODY, Token.MUTED, Fit.WRAP)
        words.set_words(title)
        across = row(gap=12)
        across.addWidget(words, 2)
        pills = Flow(gap=6)
        across.addLayout(pills, 3)
        for option in options:
            pill = Pill(self._look, option.title)
            pill.setAccessibleName(f"{title}: {option.title}")
            pill.clicked.connect(lambda _checked=False, by=option.change: self._choose(by))
            self._pills.append((pill, option))
            pills.addWidget(pill)
        self._choosing.addLayout(across)

    def _choose(self, change: Callable[[Choices], Choices]) -> None:
        self._show(change(self._choices))
        self.chosen.emit(self._choices)

    def _show(self, choices: Choices) -> None:
        self._choices = choices
        for pill, option in self._pills:
            pill.setChecked(option.is_on(choices))


type Lines = list[tuple[str, tuple[Option, ...]]]


def _sections() -> Iterator[tuple[str, Lines]]:
    themes = (
        (say("System"), None),
        (say("Light"), ThemeName.LIGHT),
        (say("Dark"), ThemeName.DARK),
        (say("High contrast"), ThemeName.CONTRAST),
    )
    rows = ((say("Comfortable"), Density.COMFORTABLE), (say("Compact"), Density.COMPACT))
    languages = ((say("As the system"), None), *((name, one) for one, name in OWN_NAMES.items()))
    sizes = tuple((f"{scale} %", scale) for scale in SCALES)
    yield (
        say("Look"),
        [
            (say("Theme"), _among("theme", themes)),
            (say("Rows"), _among("density", rows)),
            (say("Language, from the next start on"), _among("language", languages)),
            (say("Size"), _among("scale", sizes)),
        ],
    )
    digests = tuple((say("{count} min", count=one) if one else say("Never"), one) for one in DIGESTS)
    quiet = tuple((_hours(one), one) for one in QUIET)
    yield (
        say("Calls, while this window is not in front"),
        [
            (say("At once"), _tiers("at_once")),
            (say("With a sound"), _tiers("sounds")),
            (say("The rest in one summary, every"), _wishes("digest", digests)),
            (say("Quiet hours"), _wishes("quiet", quiet)),
        ],
    )
    locks = tuple((say("{count} min", count=one), one) for one in LOCKS)
    yield say("Safety"), [(say("Lock when nobody is there for"), _among("lock_after", locks))]


def _hours(quiet: Quiet | None) -> str:
    if quiet is None:
        return say("None")
    return say("{begins} to {ends} h", begins=quiet.begins, ends=quiet.ends)


def _among(name: str, values: tuple[tuple[str, object], ...]) -> tuple[Option, ...]:
    """One of a few."""

    def option(title: str, value: object) -> Option:
        def change(choices: Choices) -> Choices:
            return replace(choices, **{name: value})  # type: ignore[arg-type]  # a member by its name

        return Option(title, change, lambda choices: getattr(choices, name) == value)

    return tuple(option(title, value) for title, value in values)


def _wishes(name: str, values: tuple[tuple[str, object], ...]) -> tuple[Option, ...]:
    """One of a few, among the wishes about calls."""

    def option(title: str, value: object) -> Option:
        def change(choices: Choices) -> Choices:
            wishes = replace(choices.wishes, **{name: value})  # type: ignore[arg-type]  # as above
            return replace(choices, wishes=wishes)

        return Option(title, change, lambda choices: getattr(choices.wishes, name) == value)

    return tuple(option(title, value) for title, value in values)


def _tiers(name: str) -> tuple[Option, ...]:
    """Any of the tiers, each switched by itself."""

    def option(tier: int) -> Option:
        def change(choices: Choices) -> Choices:
            tiers = _found(choices.wishes) ^ {tier}
            wishes = replace(choices.wishes, **{name: tiers})  # type: ignore[arg-type]  # as above
            return replace(choices, wishes=wishes)

        return Option(say("Tier {tier}", tier=tier), change, lambda choices: tier in _found(choices.wishes))

    def _found(wishes: Wishes) -> frozenset[int]:
        found: frozenset[int] = getattr(wishes, name)
        return found

    return tuple(option(tier) for tier in TIERS)
