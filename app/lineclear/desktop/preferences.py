"""What a person chose for this console: looks, size, and how it calls. Kept in one file that is named here.

The file is `Lineclear/console.ini` in the folder in which the system keeps settings; QSettings knows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings

from lineclear.desktop.theme import ThemeName

SCALES: Final = (100, 125, 150, 200)
"""Sizes in per cent that can be chosen; the system's own scaling comes on top."""


@dataclass(frozen=True, slots=True)
class Choices:
    """No theme follows the system. Calls are for what comes while the window is not in front."""

    theme: ThemeName | None = None
    scale: int = 100
    notifies: bool = True
    sounds: bool = False


class Preferences:
    """Reads and keeps choices; a value that this build does not know counts as not chosen."""

    def __init__(self, file: Path | None = None) -> None:
        self._stored = stored_choices(file)

    @property
    def file(self) -> str:
        """Where the choices are kept."""
        return self._stored.fileName()

    def read(self) -> Choices:
        """The choices as they are kept."""
        theme, scale = self._text("theme"), self._text("scale")
        usual = Choices()
        return Choices(
            theme=ThemeName(theme) if theme in list(ThemeName) else usual.theme,
            scale=int(scale) if scale in map(str, SCALES) else usual.scale,
            notifies=self._flag("notifies", usual=usual.notifies),
            sounds=self._flag("sounds", usual=usual.sounds),
        )

    def keep(self, choices: Choices) -> None:
        """Write the choices down at once."""
        self._stored.setValue("theme", choices.theme.value if choices.theme is not None else "system")
        self._stored.setValue("scale", str(choices.scale))
        self._stored.setValue("notifies", "yes" if choices.notifies else "no")
        self._stored.setValue("sounds", "yes" if choices.sounds else "no")
        self._stored.sync()

    def _text(self, name: str) -> str:
        found = self._stored.value(name, "")
        return found if isinstance(found, str) else ""

    def _flag(self, name: str, *, usual: bool) -> bool:
        return {"yes": True, "no": False}.get(self._text(name), usual)


def stored_choices(file: Path | None = None) -> QSettings:
    """The file of this console's choices: the person's own where none is named."""
    form = QSettings.Format.IniFormat
    if file is not None:
        return QSettings(str(file), form)
    return QSettings(form, QSettings.Scope.UserScope, "Lineclear", "console")
