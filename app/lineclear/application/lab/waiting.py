"""What a text that may never come into force would do with all that waits now. Changes nothing."""

from __future__ import annotations

from typing import Final

from lineclear.application.executing.inside import is_inside
from lineclear.application.governing.workspaces import check_document
from lineclear.application.judging.clearing import judge_under
from lineclear.application.judging.evaluating import payload_of
from lineclear.application.lab.history import Lack
from lineclear.application.ports import ActionQuery, Snapshot
from lineclear.application.reading.answers import Foreseen, QueueTrial
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.identities import Agent
from lineclear.domain.payloads import Change
from lineclear.domain.policy.capabilities import CapabilityDocument
from lineclear.domain.policy.reasons import Evaluation, ReasonEffect
from lineclear.domain.policy.wording import sentence
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Refusal
from lineclear.domain.vocabulary import ActionStatus

MOST: Final = 500
_FIRST: Final = (ReasonEffect.DENY, ReasonEffect.ASK, ReasonEffect.ALLOW, ReasonEffect.INFO)


def try_queue(services: Services, principal: Principal, text: str) -> QueueTrial:
    """Every action that waits for people, now and under a text. Raises Refusal(DOCUMENT_INVALID)."""
    principal.require(Deed.READ)
    document = check_document(text)

    def work(snapshot: Snapshot) -> QueueTrial:
        page = snapshot.actions(ActionQuery(statuses=frozenset({ActionStatus.PENDING})), limit=MOST)
        items = tuple(_foresee(services, snapshot, document, one) for one in page.items)
        return QueueTrial(items, more=page.next is not None)

    return services.store.read(work)


def _foresee(
    services: Services, snapshot: Snapshot, document: CapabilityDocument, action: Action
) -> Foreseen:
    judged = action.judged
    found = _judge(services, snapshot, document, action)
    return Foreseen(
        action=action.id,
        title=action.title,
        agent=action.agent,
        was=judged.outcome if judged else "",
        was_tier=int(judged.tier or 0) if judged else 0,
        would="" if isinstance(found, Lack) else found.outcome,
        would_tier=0 if isinstance(found, Lack) else int(found.tier or 0),
        why="" if isinstance(found, Lack) else _why(found),
        lack=found if isinstance(found, Lack) else "",
    )


def _judge(
    services: Services, snapshot: Snapshot, document: CapabilityDocument, action: Action
) -> Evaluation | Lack:
    if action.undoes:
        return Lack.UNDO
    if is_inside(action):
        return Lack.INSIDE
    try:
        change = payload_of(snapshot, action)
    except Refusal:
        return Lack.PAYLOAD
    agent = snapshot.load(Agent, action.agent)
    if not isinstance(change, Change) or agent is None or services.tools.contract(change.tool) is None:
        return Lack.CONTRACT
    return judge_under(services, snapshot, document, action, change, agent)


def _why(found: Evaluation) -> str:
    """The rule that decides, in a sentence."""
    first = min(found.reasons, key=lambda reason: _FIRST.index(reason.effect), default=None)
    return sentence(first) if first is not None else ""
