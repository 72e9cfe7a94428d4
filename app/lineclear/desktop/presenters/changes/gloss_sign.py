"""What stands between a value and how it reads. By itself, since the first frame needs no more of it."""

from __future__ import annotations

from typing import Final

SIGN: Final = "·"
