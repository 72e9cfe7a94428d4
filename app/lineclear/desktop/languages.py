"""Which language the console speaks, and how it comes to speak it. Free of the console's own pages.

What is imported here stands between the start and the first frame: a catalogue is read only where one is
needed, and gettext with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication

if TYPE_CHECKING:
    from lineclear.desktop.assets import Assets

VARIABLE: Final = "LINECLEAR_LANGUAGE"
"""The environment variable that counts before what was chosen in the settings."""
MIRRORED: Final = "ar-XB"
"""A language that nobody speaks: longer English, from right to left. For pictures and tests of the layout."""


class Language(StrEnum):
    """The languages that can be chosen, by their codes (BCP 47)."""

    ENGLISH = "en"
    GERMAN = "de"


OWN_NAMES: Final = {Language.ENGLISH: "English", Language.GERMAN: "Deutsch"}
"""Each in its own words, so that whoever needs it can read it."""


def choose(demanded: str, kept: str, system: Iterable[str]) -> str:
    """The language to speak: demanded by the environment, else kept, else the system's first known one."""
    wanted = [one for one in (demanded, kept) if one] or list(system)
    for one in wanted:
        if one == MIRRORED:
            return MIRRORED
        code = one.replace("_", "-").partition("-")[0].partition(".")[0].lower()
        if code in list(Language):
            return Language(code)
    return Language.ENGLISH


def system_languages() -> list[str]:
    """What the system is set to, the most wanted first."""
    return QLocale.system().uiLanguages()


def speak(language: str, assets: Assets, application: QApplication) -> None:
    """Say everything from here on in this language, in its direction. Before anything is shown."""
    from lineclear.domain import wording  # noqa: PLC0415  # beside the first frame, where it is not English

    if language == Language.ENGLISH:
        wording.use(wording.English())
        application.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        return
    from lineclear.desktop.figures import LocalFigures  # noqa: PLC0415  # as above
    from lineclear.desktop.mirrored import Mirrored  # noqa: PLC0415  # as above

    if language == MIRRORED:
        wording.use(Mirrored())
        application.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        return
    from gettext import GNUTranslations  # noqa: PLC0415  # as above

    with assets.path(f"translations/{language}/LC_MESSAGES/lineclear.mo").open("rb") as file:
        catalogue = GNUTranslations(file)
    locale = QLocale(language)
    wording.use(catalogue, LocalFigures(locale))
    application.setLayoutDirection(locale.textDirection())
