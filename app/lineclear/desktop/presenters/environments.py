"""Environments by how much a mistake in them costs. Pure: free of Qt, of I/O and of the clock."""

from __future__ import annotations

from typing import Final

from lineclear.desktop.presenters.sheets import Chip, Tone
from lineclear.domain.text import paintable

_TONES: Final = {
    "production": Tone.STOP,
    "prod": Tone.STOP,
    "live": Tone.STOP,
    "staging": Tone.CAUTION,
    "preproduction": Tone.CAUTION,
}


def environment_chip(environment: str) -> Chip:
    """The environment's own word; those in which a mistake reaches customers, or nearly, stand out."""
    return Chip(paintable(environment), _TONES.get(environment.strip().lower(), Tone.NEUTRAL))
