"""What a day's budget allows under the document in force. Free of I/O beyond the snapshot."""

from __future__ import annotations

from lineclear.application.clearing import ACTIVE, policy_in_force
from lineclear.application.ports import Snapshot
from lineclear.application.services import moment
from lineclear.domain.budgets import Allowance, DayBudget, day_of, limits_of, of_workspace
from lineclear.domain.control import ActivePolicy
from lineclear.domain.policy.capabilities import DayLimits


def allowance(snapshot: Snapshot, budget: str) -> Allowance:
    """A day's budget with its limits; without limit where no document is in force."""
    day = snapshot.load(DayBudget, budget) or DayBudget(budget, -1)
    if snapshot.load(ActivePolicy, ACTIVE) is None:
        return Allowance(day, DayLimits())
    return Allowance(day, limits_of(policy_in_force(snapshot)[1], budget))


def workspace_day(snapshot: Snapshot, at: str) -> Allowance:
    """The workspace's budget of the day of an entry."""
    return allowance(snapshot, of_workspace(day_of(moment(at))))
