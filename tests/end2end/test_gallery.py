"""`lineclear gallery`: pictures of real states, the same each time, and clear words where it cannot be."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from lineclear.demo.gallery.png import encode_png
from support.backend import lineclear
from support_source import PROJECT

# What waits, what was executed and undone, an empty queue, and a console that found no backend.
SCENES = ("review-refund", "review-undone", "review-empty", "connecting-failed")
PICTURES = PROJECT / "resources" / "pictures"
MOST_BYTES = 250_000


def paint(folder: Path, *names: str, **options: str) -> list[Path]:
    """What the command says that it wrote."""
    given = [part for name in names for part in ("--only", name)]
    given += [part for option, value in options.items() for part in (f"--{option}", value)]
    painted = lineclear("gallery", folder, "--json", *given)
    assert painted.returncode == 0, painted.stderr
    return [Path(file) for file in json.loads(painted.stdout)["files"]]


def colours(file: Path) -> int:
    """How many different colours a grid over the picture meets; a blank one has few."""
    image = QImage(str(file))
    grid = [(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)]
    return len({image.pixel(x, y) for x, y in grid})


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return paint(tmp_path_factory.mktemp("gallery") / "made" / "on demand", *SCENES)


def test_each_scene_becomes_a_picture_of_the_window(painted: list[Path]):
    assert [file.name for file in painted] == [f"{name}.png" for name in SCENES]
    assert {(QImage(str(file)).width(), QImage(str(file)).height()) for file in painted} == {(1440, 900)}
    assert all(colours(file) > 20 for file in painted)


def test_no_two_scenes_look_the_same(painted: list[Path]):
    assert len({file.read_bytes() for file in painted}) == len(SCENES)


def test_the_same_scene_is_the_same_file_again(painted: list[Path], tmp_path: Path):
    (again,) = paint(tmp_path, "review-undone")
    assert again.read_bytes() == painted[SCENES.index("review-undone")].read_bytes()


def test_theme_size_and_scale_are_as_asked_for(painted: list[Path], tmp_path: Path):
    (file,) = paint(tmp_path, "review-empty", theme="dark", size="1024x700", scale="1.5")
    dark, light = QImage(str(file)), QImage(str(painted[SCENES.index("review-empty")]))
    assert (dark.width(), dark.height()) == (1536, 1050)
    assert dark.pixelColor(900, 900).lightness() < 64
    assert light.pixelColor(900, 800).lightness() > 192


def test_the_matrix_is_every_theme_at_the_extremes(tmp_path: Path):
    painted = lineclear("gallery", tmp_path, "--matrix", "--only", "review-refund", "--json")
    assert painted.returncode == 0, painted.stderr
    files = [Path(file) for file in json.loads(painted.stdout)["files"]]
    found = {file.parent.name: QImage(str(file)) for file in files}
    assert {(name.split("-")[0], image.width()) for name, image in found.items()} == {
        (theme, width) for theme in ("light", "dark", "contrast") for width in (1024, 1440, 2560, 2048)
    }
    assert len({file.read_bytes() for file in files}) == len(files) == 12
    (alone,) = paint(tmp_path / "alone", "review-refund", theme="dark", size="2560x1440")
    assert alone.read_bytes() == (tmp_path / "dark-2560x1440" / "review-refund.png").read_bytes()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--size", "800x600"), "1024x700"),
        (("--size", "large"), "1440x900"),
        (("--scale", "3"), "1.5"),
        (("--theme", "pink"), "contrast"),
        (("--only", "review-refun"), "Did you mean review-refund"),
    ],
)
def test_wrong_options_end_with_2_and_say_what_is_right(options: tuple[str, ...], said: str, tmp_path: Path):
    ended = lineclear("gallery", tmp_path, *options)
    assert ended.returncode == 2
    assert said in " ".join(ended.stderr.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_files_ends_with_2(tmp_path: Path):
    (tmp_path / "file").touch()
    ended = lineclear("gallery", tmp_path / "file" / "pictures")
    assert ended.returncode == 2
    assert f"No picture can be written to {tmp_path / 'file' / 'pictures'}" in ended.stderr


def test_help_says_what_it_does():
    told = lineclear("gallery", "--help").stdout
    assert all(part in told for part in ("DIR", "--theme", "--size", "--scale", "--only", "one PNG"))


def test_a_png_holds_the_pixels_that_it_was_given(tmp_path: Path):
    rows = [bytes([255, 0, 0, 0, 255, 0]), bytes([0, 0, 255, 1, 2, 3])]
    (tmp_path / "four.png").write_bytes(encode_png(2, 2, rows))
    image = QImage(str(tmp_path / "four.png"))
    read = [image.pixelColor(x, y).getRgb()[:3] for y in range(2) for x in range(2)]
    assert read == [(255, 0, 0), (0, 255, 0), (0, 0, 255), (1, 2, 3)]


def test_a_png_of_another_size_than_its_pixels_is_refused():
    with pytest.raises(ValueError, match="no picture of 3 by 2"):
        encode_png(3, 2, [b"\0" * 6, b"\0" * 6])


def test_the_readme_shows_the_pictures_that_there_are():
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"resources/pictures/[\w.-]+", readme))
    assert named
    assert named == {f"resources/pictures/{file.name}" for file in PICTURES.iterdir()}


def test_the_pictures_of_the_readme_are_whole_windows_and_small_files():
    for file in PICTURES.iterdir():
        assert (QImage(str(file)).width(), QImage(str(file)).height()) == (1440, 900)
        assert file.stat().st_size <= MOST_BYTES
