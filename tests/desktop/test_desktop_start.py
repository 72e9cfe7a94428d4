"""What happens before the first frame, and what does not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import lineclear
from lineclear.desktop.assets import Assets, ResourcesMissingError, find_assets
from lineclear.desktop.gallery import pictures as gallery
from lineclear.desktop.theme import ThemeName

APP = Path(lineclear.__file__).parent.parent
HEAVY = {"sqlalchemy", "httpx", "keyring", "pydantic", "cryptography", "msgspec"}
LAZY = {
    f"lineclear.desktop.views.{name}"
    for name in ("jobs.jobs", "ledger.ledger", "control.control", "shell.overlays")
}

PROBE = """
import sys
from PySide6.QtWidgets import QApplication
from lineclear.desktop.assets import find_assets
from lineclear.desktop.theme import Look
from lineclear.desktop.views.shell.window import Window
application = QApplication([])
window = Window(Look(find_assets()))
{more}
print("\\n".join(sys.modules))
"""


def imported(more: str = "") -> set[str]:
    run = subprocess.run(
        [sys.executable, "-c", PROBE.format(more=more)],
        env={"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(APP)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(run.stdout.split())


@pytest.fixture(scope="module")
def at_start() -> set[str]:
    return imported()


def test_the_first_frame_needs_no_heavy_library(at_start):
    assert at_start & HEAVY == set()


def test_only_the_review_page_is_built_at_first(at_start):
    assert "lineclear.desktop.views.review.review" in at_start
    assert at_start & LAZY == set()


def test_the_probe_sees_what_is_imported_later():
    assert "lineclear.desktop.views.jobs.jobs" in imported("window.open_page('jobs')")


def test_resources_are_found_in_a_checkout():
    assets = find_assets()
    assert {path.suffix for path in assets.fonts} == {".otf", ".ttf"}
    assert "$raised" in assets.text("theme/base.qss")


def test_the_shipped_resources_stay_small():
    total = sum(
        path.stat().st_size for path in find_assets().root.rglob("*") if path.suffix in {".otf", ".ttf"}
    )
    assert total < 1_200_000


def test_a_missing_resource_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"icons/none\.svg"):
        Assets(tmp_path).text("icons/none.svg")
    assert issubclass(ResourcesMissingError, Exception)


def test_the_gallery_writes_a_picture_for_each_scene_that_is_asked_for(fusion, tmp_path):
    names = ("review", "control-form", "ledger-unsound")
    files = gallery.render(tmp_path, theme=ThemeName.DARK, scale=1, names=names)
    assert files == tuple(tmp_path / f"{name}.png" for name in names)
    assert all(file.stat().st_size > 10_000 for file in files)


def test_a_picture_has_as_many_pixels_as_its_scale_asks_for(shows):
    image = gallery.picture(shows(), 2)
    assert (image.width(), image.height()) == (2880, 1800)


HELD = """
import gc, weakref
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from lineclear.desktop.address import Address
from lineclear.desktop.app import run_console

def prepare(console):
    seen = weakref.ref(console)

    def look():
        gc.collect()
        print("held" if seen() is not None else "gone", flush=True)
        QApplication.quit()

    QTimer.singleShot(50, look)

run_console(Address("http://127.0.0.1:9", "nobody", ephemeral=True), prepare=prepare)
"""


def test_the_console_lives_as_long_as_its_window(tmp_path: Path):
    """Qt's connections hold nobody: a console that nobody names would end while its window is open."""
    run = subprocess.run(
        [sys.executable, "-c", HELD],
        env={"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(APP), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.stdout.split() == ["held"], run.stderr
