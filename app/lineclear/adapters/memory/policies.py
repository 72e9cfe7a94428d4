"""Policy and lab without HTTP: over the use cases of one process, with the caller's rights."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lineclear.application.governing import policies, trials
from lineclear.application.governing.offline import set_offline_rule
from lineclear.application.lab.replaying import Stretch, replay_page
from lineclear.application.lab.waiting import try_queue
from lineclear.application.reading.answers import Policies, PolicyChange, QueueTrial, ReplayPage, TrialState
from lineclear.application.services import Services
from lineclear.domain.control import ActivePolicy
from lineclear.domain.offline import OfflineRule
from lineclear.domain.principals import Principal
from lineclear.domain.trials import Guardrail

type Caller = Callable[[], tuple[Services, Principal]]


class MemoryPolicies:
    """What the server answers, and in the same refusals. Safe to use from any thread."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    def versions(self) -> Policies:
        return policies.read_policies(*self._caller())

    def compare(self, document: str, *, key: str) -> PolicyChange:
        del key  # nothing is written
        return policies.compare_policy(*self._caller(), document)

    def activate(self, document: str, *, expected: int, reason: str, key: str) -> ActivePolicy:
        del key  # the version that was looked at makes it happen once
        return policies.bring_into_force(*self._caller(), document, expected=expected, reason=reason)

    def set_offline(self, rule: OfflineRule, reason: str, *, key: str) -> OfflineRule:
        del key  # the rule that is in force already changes nothing
        return set_offline_rule(*self._caller(), rule, reason)

    def queue(self, document: str, *, key: str) -> QueueTrial:
        del key  # nothing is written
        return try_queue(*self._caller(), document)

    def trial(self) -> TrialState:
        return trials.read_trial(*self._caller())

    def start_trial(
        self, document: str, *, expected: int, reason: str, guard: Guardrail, key: str
    ) -> TrialState:
        del key  # the same text again changes nothing while it is on
        trials.start_trial(
            *self._caller(),
            document,
            expected=expected,
            reason=reason,
            margin=guard.margin,
            least=guard.least,
            level=guard.level,
        )
        return self.trial()

    def stop_trial(self, reason: str, *, key: str) -> TrialState:
        del key  # what ended stays ended
        trials.stop_trial(*self._caller(), reason)
        return self.trial()

    def replay(self, documents: Sequence[str], *, start: int, limit: int, key: str) -> ReplayPage:
        del key  # nothing is written
        return replay_page(*self._caller(), documents, Stretch(start, limit))
