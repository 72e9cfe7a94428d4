"""Parts of a view as they were painted, to be shown again without painting. Free of what they show."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QPainter, QPixmap

from lineclear.desktop.painting import runs_from_right
from lineclear.desktop.theme import Look
from lineclear.domain.wording import Catalogue, spoken

MOST_BYTES: Final = 48 << 20
"""More than the rows of a screen of 4K at three device pixels to a logical one."""
_BYTES_A_PIXEL: Final = 4


@dataclass(frozen=True, slots=True)
class Setting:
    """All that the look of a part hangs on beside what it shows: in another setting no picture holds."""

    look: int
    """Version of the look: theme, contrast, fonts and their size, density."""
    width: int
    ratio: float
    is_from_right: bool
    language: Catalogue


def setting_of(look: Look, painter: QPainter, width: int) -> Setting:
    """How a part of some width is painted now, with a painter that is not turned."""
    ratio = max(painter.deviceTransform().m11(), 1.0)
    return Setting(look.version, width, ratio, runs_from_right(), spoken())


@dataclass(frozen=True, slots=True)
class _Kept:
    shown: object
    pixmap: QPixmap
    bytes: int


class Pictures:
    """On the GUI thread. A picture holds for the very object that it shows, in the setting it was made in.

    Those that were not shown for the longest go first, once all together pass `most` bytes.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most = most
        self._setting: Setting | None = None
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self.bytes = 0

    def enter(self, setting: Setting) -> bool:
        """From now on in this setting; whether it is another one, in which nothing that was painted holds."""
        is_other = setting != self._setting
        if is_other:
            self.forget()
            self._setting = setting
        return is_other

    @property
    def is_entered(self) -> bool:
        """Whether anything was painted yet."""
        return self._setting is not None

    @property
    def width(self) -> int:
        """How wide the parts are, in logical pixels."""
        assert self._setting is not None, "a setting is entered before anything is painted"
        return self._setting.width

    def find(self, key: Hashable, shown: object) -> QPixmap | None:
        """The picture of a part in a state, if it shows this very object."""
        kept = self._kept.get(key)
        if kept is None or kept.shown is not shown:
            return None
        self._kept.move_to_end(key)
        return kept.pixmap

    def blank(self, height: int) -> QPixmap:
        """What a picture is painted on, as wide as the setting says. Its pixels are anything until then."""
        assert self._setting is not None, "a setting is entered before anything is painted"
        ratio = self._setting.ratio
        pixmap = QPixmap(round(self._setting.width * ratio), round(height * ratio))
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def keep(self, key: Hashable, shown: object, pixmap: QPixmap) -> None:
        """Keep a picture in the place of the one that the part had in this state."""
        self.drop(key)
        size = pixmap.width() * pixmap.height() * _BYTES_A_PIXEL
        self._kept[key] = _Kept(shown, pixmap, size)
        self.bytes += size
        while self.bytes > self._most and len(self._kept) > 1:
            self.bytes -= self._kept.popitem(last=False)[1].bytes

    def drop(self, key: Hashable) -> None:
        """Let go of one, if it is there."""
        gone = self._kept.pop(key, None)
        if gone is not None:
            self.bytes -= gone.bytes

    def forget(self) -> None:
        """Let go of all."""
        self._kept.clear()
        self.bytes = 0
