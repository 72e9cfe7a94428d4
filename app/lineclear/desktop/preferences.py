"""What a person chose for this console: looks, size, and how it calls. Kept in one file that is named here.

The file is `Lineclear/console.ini` in the folder in which the system keeps settings; QSettings knows it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings

from lineclear.desktop.languages import Language
from lineclear.desktop.presenters.effort import USUAL, Effort, effort_of
from lineclear.desktop.theme import ThemeName

SCALES: Final = (100, 125, 150, 200)
"""Sizes in per cent that can be chosen; the system's own scaling comes on top."""


@dataclass(frozen=True, slots=True)
class Choices:
    """No theme or language follows the system's. Calls are for what comes while it is not in front.

    `views` of the queue are pairs of a name and the text of a filter.
    """

    theme: ThemeName | None = None
    language: Language | None = None
    scale: int = 100
    notifies: bool = True
    sounds: bool = False
    effort: Effort = USUAL
    views: tuple[tuple[str, str], ...] = ()


class Preferences:
    """Reads and keeps choices; a value that this build does not know counts as not chosen."""

    def __init__(self, file: Path | None = None) -> None:
        if file is None:
            scope, form = QSettings.Scope.UserScope, QSettings.Format.IniFormat
            self._stored = QSettings(form, scope, "Lineclear", "console")
        else:
            self._stored = QSettings(str(file), QSettings.Format.IniFormat)

    @property
    def file(self) -> str:
        """Where the choices are kept."""
        return self._stored.fileName()

    def read(self) -> Choices:
        """The choices as they are kept."""
        theme, scale, language = self._text("theme"), self._text("scale"), self._text("language")
        usual = Choices()
        return Choices(
            theme=ThemeName(theme) if theme in list(ThemeName) else usual.theme,
            language=Language(language) if language in list(Language) else usual.language,
            scale=int(scale) if scale in map(str, SCALES) else usual.scale,
            notifies=self._flag("notifies", usual=usual.notifies),
            sounds=self._flag("sounds", usual=usual.sounds),
            effort=effort_of(self._text("minutes_per_review"), self._text("usd_per_hour")) or usual.effort,
            views=_pairs(self._text("views")),
        )

    def keep(self, choices: Choices) -> None:
        """Write the choices down at once."""
        self._stored.setValue("theme", choices.theme.value if choices.theme is not None else "system")
        self._stored.setValue("language", choices.language.value if choices.language is not None else "")
        self._stored.setValue("scale", str(choices.scale))
        self._stored.setValue("notifies", "yes" if choices.notifies else "no")
        self._stored.setValue("sounds", "yes" if choices.sounds else "no")
        self._stored.setValue("minutes_per_review", f"{choices.effort.minutes:g}")
        self._stored.setValue("usd_per_hour", f"{choices.effort.usd_an_hour:g}")
        self._stored.setValue("views", json.dumps(choices.views))
        self._stored.sync()

    def _text(self, name: str) -> str:
        found = self._stored.value(name, "")
        return found if isinstance(found, str) else ""

    def _flag(self, name: str, *, usual: bool) -> bool:
        return {"yes": True, "no": False}.get(self._text(name), usual)


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of texts from JSON; nothing where it is something else."""
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return ()
    pairs = found if isinstance(found, list) else []
    return tuple(
        (each[0], each[1])
        for each in pairs
        if isinstance(each, list) and len(each) == 2 and all(isinstance(part, str) for part in each)  # noqa: PLR2004  # a pair
    )
