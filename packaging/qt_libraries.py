"""Names the system libraries that Qt would look for in vain; no Qt is imported, only loaded and let go.

`python qt_libraries.py core` judges what a program without a screen loads, `screen` adds the xcb platform.
Ends with 0 when nothing is missing. Otherwise prints two lines, the Debian packages and the libraries, and
ends with 1.
"""

from __future__ import annotations

import ctypes
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

CORE = (
    "lib/libQt6Widgets.so.6",
    "lib/libQt6Network.so.6",
    "lib/libQt6DBus.so.6",
    "lib/libQt6Svg.so.6",
    "plugins/platforms/libqoffscreen.so",
)
SCREEN = (*CORE, "plugins/platforms/libqxcb.so")

PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}


def qt_folder() -> Path | None:
    """Where this interpreter's PySide6 keeps Qt, without importing it."""
    spec = importlib.util.find_spec("PySide6")
    locations = spec.submodule_search_locations if spec else None
    return Path(locations[0]) / "Qt" if locations else None


def first_missing(library: Path) -> str | None:
    """The library that the loader names when it gives up on this one."""
    try:
        ctypes.CDLL(str(library))
    except OSError as error:
        return str(error).split(":", 1)[0]
    return None


def all_missing(library: Path) -> set[str]:
    """Everything that `ldd` does not find for this library, its dependencies' dependencies included."""
    ldd = shutil.which("ldd")
    if ldd is None:
        return set()
    listing = subprocess.run([ldd, str(library)], capture_output=True, text=True, check=False)  # noqa: S603 - our own files
    return set(re.findall(r"^\s*(\S+) => not found", listing.stdout, re.MULTILINE))


def missing_libraries(folder: Path, names: tuple[str, ...]) -> set[str]:
    """The loader decides; `ldd` only makes its answer complete."""
    missing: set[str] = set()
    for name in names:
        named = first_missing(folder / name)
        if named is not None:
            missing |= {named} | all_missing(folder / name)
    return missing


def main(arguments: list[str]) -> int:
    """Judges `core` or `screen`; other systems than Linux bring what Qt needs."""
    folder = qt_folder()
    if not sys.platform.startswith("linux") or folder is None:
        return 0
    missing = missing_libraries(folder, SCREEN if arguments == ["screen"] else CORE)
    if not missing:
        return 0
    sys.stdout.write(" ".join(sorted({PACKAGES[name] for name in missing if name in PACKAGES})) + "\n")
    sys.stdout.write(" ".join(sorted(missing)) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
