"""A window without a backend, shown on no screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from lineclear.desktop.assets import find_assets
from lineclear.desktop.gallery.pictures import settle, show_scene
from lineclear.desktop.theme import Look, ThemeName
from lineclear.desktop.views.shell.window import Window

type Shows = Callable[..., Window]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The offscreen platform says that it cannot tell a window manager the smallest size; there is none.
    ignored = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
    for item in items:
        if "tests/desktop/" in item.nodeid:
            item.add_marker(ignored)


@pytest.fixture(scope="session")
def fusion(qapp: QApplication) -> QApplication:
    qapp.setStyle("Fusion")
    return qapp


@pytest.fixture
def look(fusion: QApplication) -> Look:
    return Look(find_assets(), ThemeName.LIGHT)


@pytest.fixture
def shows(fusion: QApplication, qtbot: QtBot) -> Iterator[Shows]:
    """Returns a window in one of the gallery's scenes, laid out and active."""
    kept: list[Window] = []

    def show(
        scene: str = "review", theme: ThemeName = ThemeName.LIGHT, size: tuple[int, int] = (1440, 900)
    ) -> Window:
        window = Window(Look(find_assets(), theme))
        kept.append(window)
        window.resize(*size)
        with qtbot.waitActive(window):
            window.show()
        show_scene(window, scene)
        settle()
        return window

    yield show
    for window in kept:
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class Heard(QObject):
    """Keeps what a signal carried."""

    def __init__(self, signal) -> None:
        super().__init__()
        self.said: list[tuple[object, ...]] = []
        signal.connect(self._keep)

    def _keep(self, *values: object) -> None:
        self.said.append(values)


@pytest.fixture
def heard() -> Callable[..., Heard]:
    return Heard
