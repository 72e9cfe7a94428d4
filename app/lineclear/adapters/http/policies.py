"""Policy and lab as asked of our own backend. Blocking; free of server and desktop libraries."""

from __future__ import annotations

from collections.abc import Sequence

from lineclear.adapters.http.connection import Connection
from lineclear.application.reading.answers import (
    Policies,
    PolicyChange,
    PolicyText,
    QueueTrial,
    ReplayPage,
    TrialState,
    WhatIf,
)
from lineclear.domain.control import ActivePolicy
from lineclear.domain.offline import OfflineRule
from lineclear.domain.trials import Guardrail
from lineclear.wire.policies import (
    ActivatePolicy,
    ComparePolicy,
    Replay,
    SetOfflineRule,
    StartTrial,
    StopTrial,
    Suppose,
    TryQueue,
)


class PoliciesClient:
    """Calls that take a person's token. Each raises Refusal; `key` makes a write idempotent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def versions(self) -> Policies:
        return self._connection.get("/v1/policy", Policies)

    def version(self, number: int) -> PolicyText:
        return self._connection.get(f"/v1/policy/{number}", PolicyText)

    def compare(self, document: str, *, key: str) -> PolicyChange:
        return self._connection.post("/v1/policy/compare", ComparePolicy(document), PolicyChange, key=key)

    def activate(self, document: str, *, expected: int, reason: str, key: str) -> ActivePolicy:
        asked = ActivatePolicy(document, expected, reason)
        return self._connection.post("/v1/policy", asked, ActivePolicy, key=key)

    def offline(self) -> OfflineRule:
        """What may be approved while the backend cannot be reached."""
        return self._connection.get("/v1/offline", OfflineRule)

    def set_offline(self, rule: OfflineRule, reason: str, *, key: str) -> OfflineRule:
        asked = SetOfflineRule(rule.tier, rule.fresh_minutes, rule.within_minutes, reason)
        return self._connection.post("/v1/offline", asked, OfflineRule, key=key)

    def replay(self, documents: Sequence[str], *, start: int, limit: int, key: str) -> ReplayPage:
        """One page; go on at its `next` until that is its `size`. Who asks no further has ended it."""
        asked = Replay(tuple(documents), start, limit)
        return self._connection.post("/v1/lab/replay", asked, ReplayPage, key=key)

    def queue(self, document: str, *, key: str) -> QueueTrial:
        return self._connection.post("/v1/lab/queue", TryQueue(document), QueueTrial, key=key)

    def what_if(self, asked: Suppose, *, key: str) -> WhatIf:
        return self._connection.post("/v1/lab/what-if", asked, WhatIf, key=key)

    def trial(self) -> TrialState:
        return self._connection.get("/v1/trial", TrialState)

    def start_trial(
        self, document: str, *, expected: int, reason: str, guard: Guardrail, key: str
    ) -> TrialState:
        asked = StartTrial(document, expected, reason, guard.margin, guard.least, guard.level)
        return self._connection.post("/v1/trial", asked, TrialState, key=key)

    def stop_trial(self, reason: str, *, key: str) -> TrialState:
        return self._connection.post("/v1/trial/stop", StopTrial(reason), TrialState, key=key)
