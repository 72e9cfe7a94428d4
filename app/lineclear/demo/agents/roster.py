"""The sample agents by name, in the order in which the demo starts them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from lineclear.demo.agents import billing, code, crm, infra, release, support, triage
from lineclear.demo.agents.story import Desk, Stories

AGENTS: Final[Mapping[str, Callable[[Desk], Stories]]] = MappingProxyType(
    {one.NAME: one.stories for one in (support, infra, crm, code, billing, triage, release)}
)
