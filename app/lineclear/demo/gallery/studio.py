"""Windows that no screen shows, and pictures of them. The only module of the demo that imports Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from lineclear.demo.gallery.png import encode_png
from lineclear.desktop.address import Address
from lineclear.desktop.assets import find_assets
from lineclear.desktop.console import Console
from lineclear.desktop.gallery.pictures import picture, settle
from lineclear.desktop.languages import Language, speak
from lineclear.desktop.presenters.sheets import NoticeKind
from lineclear.desktop.theme import Look, ThemeName
from lineclear.desktop.views.shell.window import Window
from lineclear.desktop.views.states import StateView

_NOWHERE = "http://127.0.0.1:9"
"""The discard service (RFC 863), which no machine runs any more."""
_LOOK = 20
_PATIENCE = 30_000
"""Milliseconds; the console itself gives its backend ten seconds."""


@dataclass(frozen=True, slots=True)
class Format:
    """How pictures are made: `width` and `height` in logical pixels, `scale` device pixels to each."""

    theme: ThemeName = ThemeName.LIGHT
    width: int = 1_440
    height: int = 900
    scale: float = 1.0
    language: str = Language.ENGLISH

    @property
    def name(self) -> str:
        """As a folder is named after it."""
        doubled = f"@{self.scale:g}" if self.scale != 1 else ""
        return f"{self.theme.value}-{self.width}x{self.height}{doubled}"


MATRIX: Final = tuple(
    Format(theme, width, height, scale)
    for theme in ThemeName
    for width, height, scale in ((1_024, 700, 1.0), (1_440, 900, 1.0), (2_560, 1_440, 1.0), (1_024, 700, 2.0))
)
"""The extremes and the usual, in every theme."""


class Studio:
    """Makes windows one after the other. For the GUI thread; makes the application where there is none."""

    def __init__(self, wanted: Format) -> None:
        application = QApplication.instance() or QApplication(["lineclear"])
        assert isinstance(application, QApplication)
        application.setStyle("Fusion")
        speak(wanted.language, find_assets(), application)
        self._application = application
        self._format = wanted
        self.look = Look(find_assets(), wanted.theme)

    @contextmanager
    def window(self) -> Iterator[Window]:
        """A window that is laid out; gone afterwards with all that it owns."""
        self.look.choose(self._format.theme)
        window = Window(self.look)
        try:
            self.prepare(window)
            yield window
        finally:
            self.dispose(window)

    @contextmanager
    def unconnected(self) -> Iterator[Window]:
        """The window of a console that asked for its backend at a port that nothing serves."""
        console = Console(Address(_NOWHERE, "no-token"), theme=self._format.theme)
        try:
            self.prepare(console.window)
            console.connect_backend()
            _run_until(lambda: _is_told(console.window, NoticeKind.OFFLINE))
            yield console.window
        finally:
            console.close()
            self.dispose(console.window)

    def prepare(self, window: Window) -> None:
        """Lay a window out without showing it to anybody."""
        window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        window.resize(self._format.width, self._format.height)
        window.show()
        settle()

    def save(self, window: Window, file: Path, wanted: Format | None = None) -> None:
        """Write the window as a PNG, in another format where one is given; OSError where that fails."""
        made = wanted or self._format
        window.look.choose(made.theme)
        window.resize(made.width, made.height)
        settle()
        image = picture(window, made.scale).convertToFormat(QImage.Format.Format_RGB888)
        pixels, step = bytes(image.constBits()), image.bytesPerLine()  # Qt fills each row up to whole words
        rows = (pixels[at : at + 3 * image.width()] for at in range(0, len(pixels), step))
        file.write_bytes(encode_png(image.width(), image.height(), rows))

    def dispose(self, window: Window) -> None:
        """Close a window and end it now."""
        window.close()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _is_told(window: Window, kind: NoticeKind) -> bool:
    """Whether a state of this kind fills a place of the window."""
    shown = (one.notice for one in window.findChildren(StateView) if one.isVisible())
    return any(notice is not None and notice.kind is kind for notice in shown)


def _run_until(is_over: Callable[[], bool]) -> None:
    """Let Qt deliver what other threads found out; TimeoutError where that takes longer than they may."""
    loop, look, end = QEventLoop(), QTimer(), QTimer()
    look.timeout.connect(lambda: loop.exit(0) if is_over() else None)
    end.timeout.connect(lambda: loop.exit(1))
    look.start(_LOOK)
    end.start(_PATIENCE)
    if loop.exec() != 0:
        raise TimeoutError("nothing came of it")
