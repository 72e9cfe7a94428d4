"""Text from outside, made safe to look at. Pure: standard library only, no Qt, no markup."""

from __future__ import annotations

from lineclear.domain.text.flags import TextFlag
from lineclear.domain.text.identifiers import identifier_flags, looks_like, skeleton
from lineclear.domain.text.painting import (
    CHUNK,
    CONTINUES,
    Paintable,
    escape,
    paintable,
    paintable_lines,
    paintable_parts,
    unpainted,
)

__all__ = [
    "CHUNK",
    "CONTINUES",
    "Paintable",
    "TextFlag",
    "escape",
    "identifier_flags",
    "looks_like",
    "paintable",
    "paintable_lines",
    "paintable_parts",
    "skeleton",
    "unpainted",
]
