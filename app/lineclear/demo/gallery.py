"""Every page and state of the console as a picture, each really brought about on a sample of its own.

The same format gives the same bytes on the same machine: time, ids and keys come from a seed, and no
screen takes part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

from lineclear.demo.gallery_backend import Backend
from lineclear.demo.gallery_calls import CALLS
from lineclear.demo.gallery_ledgers import LEDGERS
from lineclear.demo.gallery_outcomes import OUTCOMES
from lineclear.demo.gallery_pages import PAGES
from lineclear.demo.gallery_queue import QUEUES
from lineclear.demo.gallery_scenes import WAITING
from lineclear.demo.gallery_stage import Scene, Stage
from lineclear.demo.gallery_stories import Storytellers
from lineclear.demo.gallery_studio import Format, Studio
from lineclear.demo.gallery_trouble import TROUBLE
from lineclear.demo.sample import SampleWorkspace, build

CONNECTING_FAILED: Final = "connecting-failed"
SCENES: Final[Mapping[str, Scene]] = MappingProxyType(
    {**WAITING, **CALLS, **OUTCOMES, **TROUBLE, **PAGES, **LEDGERS, **QUEUES}
)
NAMES: Final = (*SCENES, CONNECTING_FAILED)
"""The scenes by the names of their files, in the order in which they are painted."""


def render(directory: Path, wanted: Format, names: Iterable[str] = NAMES) -> Iterator[Path]:
    """Paint scenes into an existing folder; yields each file as it is written.

    Raises KeyError for a name that no scene has, OSError where a file cannot be written.
    """
    studio = Studio(wanted)
    with TemporaryDirectory(prefix="lineclear-gallery-") as folder:
        sample = build(Path(folder) / "sample")
        for name in names:
            yield _paint(studio, sample, name, directory / f"{name}.png")


def _paint(studio: Studio, sample: SampleWorkspace, name: str, file: Path) -> Path:
    if name == CONNECTING_FAILED:
        with studio.unconnected() as window:
            studio.save(window, file)
        return file
    backend = Backend(sample, sample.folder.parent / name)
    with studio.window() as window, backend.held:
        SCENES[name](Stage(backend, window, Storytellers(backend.workspace.folder)))
        studio.save(window, file)
    return file
