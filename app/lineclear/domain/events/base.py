"""What all events and their private companions share. Pure."""

from __future__ import annotations

import msgspec


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all events: public facts, never private text."""


class Brief(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of all private companions of events; erasable without breaking a proof."""
