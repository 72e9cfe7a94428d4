"""What may be decided without the backend is the workspace's to say, not the console's. Free of I/O."""

from __future__ import annotations

from lineclear.application.deciding.loading import load_person
from lineclear.application.governing.workspaces import ONLY
from lineclear.application.ports import Transaction
from lineclear.application.reasons import require_reason
from lineclear.application.recording import Recorder
from lineclear.application.services import Services
from lineclear.domain.control import Workspace
from lineclear.domain.events import DecisionBrief, OfflineRuled
from lineclear.domain.offline import OfflineRule, rule_problem
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Tier


def set_offline_rule(services: Services, principal: Principal, rule: OfflineRule, reason: str) -> OfflineRule:
    """Take another rule from here on, as an ops lead or administrator of tier 3. Raises Refusal.

    The rule that is in force already changes nothing.
    """
    principal.require(Deed.ACTIVATE_POLICY)
    problem = rule_problem(rule)
    if problem:
        raise Refusal(Code.OFFLINE_RULE_INVALID, problem=problem)
    require_reason(reason, "Changing what may be decided offline")

    def work(tx: Transaction) -> OfflineRule:
        person = load_person(tx, principal)
        if person.tier < Tier.THREE:
            raise Refusal(Code.TIER_INSUFFICIENT, person=person.id, tier=int(person.tier), needed=3)
        present = tx.load(Workspace, ONLY)
        if present is not None and present.offline == rule:
            return rule
        recorder = Recorder(services, tx, principal.actor)
        return recorder.record(
            Workspace, ONLY, OfflineRuled(person.id, rule), brief=DecisionBrief(reason)
        ).offline

    return services.store.transact(work)
