"""Where the shipped resources lie, in a source checkout and in an installed package; free of Qt."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


class ResourcesMissingError(Exception):
    """The program was unpacked without its `resources` folder; reinstalling it is the remedy."""


@dataclass(frozen=True)
class Assets:
    """Reads resources by their path below `resources`; a missing one raises `FileNotFoundError`."""

    root: Path

    def path(self, name: str) -> Path:
        """Return where a resource lies, such as `fonts/Inter-Regular.otf`."""
        return self.root / name

    def text(self, name: str) -> str:
        """Return a resource's text; every shipped text is UTF-8."""
        return self.path(name).read_text(encoding="utf-8")

    @cached_property
    def fonts(self) -> tuple[Path, ...]:
        """Every font file that is shipped, in a fixed order."""
        return tuple(sorted(p for p in self.path("fonts").iterdir() if p.suffix in {".otf", ".ttf"}))


def find_assets() -> Assets:
    """Return the resources that belong to this copy of the package.

    A wheel carries them inside the package, a checkout beside `app`; the installed place wins, because only
    one of the two exists.
    """
    package = Path(__file__).resolve().parent.parent
    for root in (package / "resources", package.parent.parent / "resources"):
        if (root / "theme" / "tokens.json").is_file():
            return Assets(root)
    raise ResourcesMissingError(str(package))
