"""Where policy is changed from a terminal: versions, a screen, a question. Free of rules and HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lineclear.application.ports import Ids
from lineclear.application.reading.answers import Policies, PolicyChange, TrialState
from lineclear.cli.rendering import Screen
from lineclear.domain.control import ActivePolicy
from lineclear.domain.offline import OfflineRule
from lineclear.domain.trials import Guardrail


class Archive(Protocol):
    """What the backend is asked about policy."""

    def versions(self) -> Policies: ...

    def compare(self, document: str, *, key: str) -> PolicyChange: ...

    def activate(self, document: str, *, expected: int, reason: str, key: str) -> ActivePolicy: ...

    def trial(self) -> TrialState: ...

    def start_trial(
        self, document: str, *, expected: int, reason: str, guard: Guardrail, key: str
    ) -> TrialState: ...

    def stop_trial(self, reason: str, *, key: str) -> TrialState: ...

    def offline(self) -> OfflineRule: ...

    def set_offline(self, rule: OfflineRule, reason: str, *, key: str) -> OfflineRule: ...


@dataclass(frozen=True, slots=True)
class Office:
    """`ask` is none where nobody can answer."""

    policies: Archive
    screen: Screen
    ids: Ids
    ask: Callable[[str], bool] | None

    def key(self) -> str:
        return self.ids.new("req")
