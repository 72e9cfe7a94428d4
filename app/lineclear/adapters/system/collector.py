"""The garbage collector of a long-running process: what the start has made is looked at no more."""

from __future__ import annotations

import gc
from typing import Final

YOUNG: Final = 20_000
"""So many more objects made than freed begin a look at the young ones; Python begins at 700."""


def settle_memory() -> None:
    """Set aside what imports and the start made, which lives as long as the process. For programs that serve.

    A full collection walks through everything that is alive, and stops all threads meanwhile. Without this it
    would walk through hundreds of thousands of objects of imported libraries, over and over.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
