"""What is unusual about a piece of outside text. Pure: names only."""

from __future__ import annotations

from enum import StrEnum


class TextFlag(StrEnum):
    """One reason why a reader should look twice. Closed: a view has words for each of them."""

    BIDI = "bidi"
    """An explicit bidirectional control, such as a right-to-left override."""
    COMBINING = "combining"
    """Marks piled up, or standing where no letter carries them."""
    CONFUSABLE = "confusable"
    """Characters that look like others (UTS 39); from `identifier_flags` only."""
    CONTROL = "control"
    FORMAT = "format"
    """Another format character (Cf)."""
    LONG = "long"
    """More than `CHUNK` characters: read it in chunks."""
    MIXED_SCRIPT = "mixed_script"
    """Letters or digits of several writing systems in one name; from `identifier_flags` only."""
    NOT_NORMALISED = "not_normalised"
    """Canonically equal to another, more usual spelling (not NFC)."""
    PRIVATE_USE = "private_use"
    PUNYCODE = "punycode"
    """A host label that carries other characters in disguise (`xn--`); from `identifier_flags` only."""
    RIGHT_TO_LEFT = "right_to_left"
    """Letters that run right to left: the painted order may differ from the stored order."""
    SPACE = "space"
    """A space that is not U+0020."""
    SURROGATE = "surrogate"
    TAG = "tag"
    UNASSIGNED = "unassigned"
    VARIATION = "variation"
    """A variation selector."""
    ZERO_WIDTH = "zero_width"
    """Takes no room and leaves no mark."""
