"""What a person chose for this console: looks, size, and how it calls. Kept in one file that is named here.

The file is `Lineclear/console.ini` in the folder in which the system keeps settings; QSettings knows it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSettings

from lineclear.desktop.languages import Language
from lineclear.desktop.presenters.calling import TIERS, Quiet, Wishes
from lineclear.desktop.presenters.lab.effort import USUAL, Effort, effort_of
from lineclear.desktop.theme import Density, ThemeName

SCALES: Final = (100, 125, 150, 200)
"""Sizes in per cent that can be chosen; the system's own scaling comes on top."""
LOCKS: Final = (5, 10, 30, 60)
"""Minutes without anybody after which the session locks itself."""
DIGESTS: Final = (0, 15, 30, 60)
"""Minutes that what does not call at once waits for its summary; with 0 there is none."""
QUIET: Final = (None, Quiet(18, 8), Quiet(20, 8), Quiet(22, 7))
"""Hours in which nobody is called."""


@dataclass(frozen=True, slots=True)
class Choices:
    """No theme or language follows the system's. Calls are for what comes while it is not in front.

    `views` of the queue are pairs of a name and the text of a filter.
    """

    theme: ThemeName | None = None
    language: Language | None = None
    scale: int = 100
    density: Density = Density.COMFORTABLE
    wishes: Wishes = field(default_factory=Wishes)
    lock_after: int = 10
    effort: Effort = USUAL
    views: tuple[tuple[str, str], ...] = ()


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
        usual, language = Choices(), self._text("language")
        theme, density = self._text("theme"), self._text("density")
        wishes = Wishes(
            at_once=self._tiers("calls", usual.wishes.at_once),
            sounds=self._tiers("sounds", usual.wishes.sounds),
            digest=self._one_of("digest", DIGESTS, usual.wishes.digest),
            quiet=next((one for one in QUIET if _quiet_text(one) == self._text("quiet")), None),
        )
        return Choices(
            theme=ThemeName(theme) if theme in list(ThemeName) else usual.theme,
            language=Language(language) if language in list(Language) else usual.language,
            scale=self._one_of("scale", SCALES, usual.scale),
            density=Density(density) if density in list(Density) else usual.density,
            wishes=wishes,
            lock_after=self._one_of("lock_after", LOCKS, usual.lock_after),
            effort=effort_of(self._text("minutes_per_review"), self._text("usd_per_hour")) or usual.effort,
            views=_pairs(self._text("views")),
        )

    def keep(self, choices: Choices) -> None:
        """Write the choices down at once."""
        wishes = choices.wishes
        kept = {
            "theme": choices.theme.value if choices.theme is not None else "system",
            "language": choices.language.value if choices.language is not None else "",
            "scale": str(choices.scale),
            "density": choices.density.value,
            "calls": _tiers_text(wishes.at_once),
            "sounds": _tiers_text(wishes.sounds),
            "digest": str(wishes.digest),
            "quiet": _quiet_text(wishes.quiet),
            "lock_after": str(choices.lock_after),
            "minutes_per_review": f"{choices.effort.minutes:g}",
            "usd_per_hour": f"{choices.effort.usd_an_hour:g}",
            "views": json.dumps(choices.views),
        }
        for name, value in kept.items():
            self._stored.setValue(name, value)
        self._stored.sync()

    def _text(self, name: str) -> str:
        found = self._stored.value(name, "")
        return found if isinstance(found, str) else ""

    def _one_of(self, name: str, known: tuple[int, ...], usual: int) -> int:
        return next((one for one in known if str(one) == self._text(name)), usual)

    def _tiers(self, name: str, usual: frozenset[int]) -> frozenset[int]:
        found = self._text(name)
        every = (frozenset(chosen) for count in range(4) for chosen in combinations(TIERS, count))
        return next((one for one in every if _tiers_text(one) == found), usual)


def _tiers_text(tiers: frozenset[int]) -> str:
    return " ".join(map(str, sorted(tiers))) or "none"


def _quiet_text(quiet: Quiet | None) -> str:
    return f"{quiet.begins}-{quiet.ends}" if quiet is not None else "none"


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


def stored_choices(file: Path | None = None) -> QSettings:
    """The file of this console's choices: the person's own where none is named."""
    form = QSettings.Format.IniFormat
    if file is not None:
        return QSettings(str(file), form)
    return QSettings(form, QSettings.Scope.UserScope, "Lineclear", "console")
