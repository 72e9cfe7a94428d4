"""What policy may know of an action beside the change itself: who, within what, when. Free of I/O."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from lineclear.application.ports import ActionQuery, Snapshot
from lineclear.application.services import moment, stamp
from lineclear.domain.actions import Action
from lineclear.domain.control import Workspace
from lineclear.domain.jobs import Job
from lineclear.domain.policy.capabilities import CapabilityDocument
from lineclear.domain.policy.rules import Occasion

MOST_COUNTED = 20_000
"""An agent with more changes than this in a rate's window is over any rate."""


def occasion_of(snapshot: Snapshot, document: CapabilityDocument, action: Action, at: str) -> Occasion:
    """The occasion of an action, judged at a moment (RFC 3339 UTC); reads only what the document asks."""
    job, workspace = snapshot.load(Job, action.job), snapshot.every(Workspace)
    capability = document.capabilities.get(action.capability)
    window = capability.rate_window(action.tool) if capability else 0
    facts = facts_of(action, job, workspace[0].name if workspace else "", at)
    return replace(facts, recent=_recent(snapshot, action, window)) if window else facts


def facts_of(action: Action, job: Job | None, workspace: str, at: str) -> Occasion:
    """What an action and its job say by themselves, without what the agent proposed before."""
    return Occasion(
        action=action.id,
        agent=action.agent,
        owner=action.owner,
        job=action.job,
        customer=job.customer if job else "",
        project=job.project if job else "",
        workflow=job.workflow if job else "",
        target=action.target,
        workspace=workspace,
        at=at,
    )


def _recent(snapshot: Snapshot, action: Action, window: int) -> tuple[tuple[str, float], ...] | None:
    """The agent's proposals under this capability that came before this one, no more than `window` seconds.

    Counted back from the moment of the proposal, so that judging again finds the same. None where there
    are more than can be counted.
    """
    proposed = moment(action.proposed_at)
    since = stamp(proposed - timedelta(seconds=window))
    query, after, counted = ActionQuery(agent=action.agent, order="newest"), None, 0
    found: list[tuple[str, float]] = []
    while counted < MOST_COUNTED:
        page = snapshot.actions(query, after=after, limit=500)
        for one in page.items:
            if one.updated_at < since:
                return tuple(found)
            ago = (proposed - moment(one.proposed_at)).total_seconds()
            is_before = (one.proposed_at, one.id) < (action.proposed_at, action.id)
            if is_before and one.capability == action.capability and not one.undoes and ago < window:
                found.append((one.tool, ago))
        if page.next is None:
            return tuple(found)
        after, counted = page.next, counted + len(page.items)
    return None
