"""Every page and state of the console as a picture, each really brought about on a sample of its own.

The same format gives the same bytes on the same machine: time, ids and keys come from a seed, and no
screen takes part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Final

from lineclear.demo.gallery.backend import Backend
from lineclear.demo.gallery.calls import CALLS
from lineclear.demo.gallery.ledgers import LEDGERS
from lineclear.demo.gallery.outcomes import OUTCOMES
from lineclear.demo.gallery.pages import PAGES
from lineclear.demo.gallery.queue import QUEUES
from lineclear.demo.gallery.scenes import WAITING
from lineclear.demo.gallery.stage import Scene, Stage
from lineclear.demo.gallery.stories import Storytellers
from lineclear.demo.gallery.studio import MATRIX, Format, Studio
from lineclear.demo.gallery.trouble import TROUBLE
from lineclear.demo.gallery.ways import WAYS
from lineclear.demo.sample import SampleWorkspace, build
from lineclear.desktop.views.shell.window import Window

CONNECTING_FAILED: Final = "connecting-failed"
SCENES: Final[Mapping[str, Scene]] = MappingProxyType(
    {**WAITING, **CALLS, **OUTCOMES, **TROUBLE, **PAGES, **LEDGERS, **QUEUES, **WAYS}
)
NAMES: Final = (*SCENES, CONNECTING_FAILED)
"""The scenes by the names of their files, in the order in which they are painted."""


def render(directory: Path, wanted: Format, names: Iterable[str] = NAMES) -> Iterator[Path]:
    """Paint scenes into an existing folder; yields each file as it is written.

    Raises KeyError for a name that no scene has, OSError where a file cannot be written.
    """
    return _render(wanted, names, lambda name: ((wanted, directory / f"{name}.png"),))


def render_matrix(directory: Path, names: Iterable[str] = NAMES) -> Iterator[Path]:
    """The same in every theme, at the extremes of size and scale, in a folder for each; raises as `render`.

    Each scene is brought about once; its window then changes its size and colours as a person's would.
    """
    for wanted in MATRIX:
        (directory / wanted.name).mkdir(exist_ok=True)
    places = [(wanted, directory / wanted.name) for wanted in MATRIX]
    return _render(MATRIX[0], names, lambda name: [(one, place / f"{name}.png") for one, place in places])


type _Prints = Callable[[str], Sequence[tuple[Format, Path]]]
"""By a scene's name, the pictures that are wanted of it, and where they go."""


def _render(first: Format, names: Iterable[str], prints: _Prints) -> Iterator[Path]:
    studio = Studio(first)
    with TemporaryDirectory(prefix="lineclear-gallery-") as folder:
        sample = build(Path(folder) / "sample")
        for name in names:
            with _brought_about(studio, sample, name) as window:
                for wanted, file in prints(name):
                    studio.save(window, file, wanted)
                    yield file


@contextmanager
def _brought_about(studio: Studio, sample: SampleWorkspace, name: str) -> Iterator[Window]:
    if name == CONNECTING_FAILED:
        with studio.unconnected() as window:
            yield window
        return
    backend = Backend(sample, sample.folder.parent / name)
    with studio.window() as window, backend.held:
        SCENES[name](Stage(backend, window, Storytellers(backend.workspace.folder)))
        yield window
