"""All that a reviewer needs to see of one action, from one consistent snapshot. Free of frameworks."""

from __future__ import annotations

from lineclear.application.clearing import ACTIVE
from lineclear.application.decide import conditions, load_action, load_person
from lineclear.application.ports import Snapshot
from lineclear.application.recording import content_of
from lineclear.application.services import Services
from lineclear.domain import authority
from lineclear.domain.control import ActivePolicy, ConnectorHealth
from lineclear.domain.jobs import Job
from lineclear.domain.principals import Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.wire.messages import Condition, Detail


def read_detail(services: Services, principal: Principal, identifier: str) -> Detail:
    """The action with its job, contents and what this person's decision takes. Raises Refusal."""
    return services.store.read(lambda snapshot: _detail(snapshot, principal, identifier))


def _detail(snapshot: Snapshot, principal: Principal, identifier: str) -> Detail:
    action = load_action(snapshot, identifier)
    person = load_person(snapshot, principal)
    job = snapshot.load(Job, action.job)
    if job is None:
        raise Refusal(Code.JOB_UNKNOWN, job=action.job)
    content = action.content
    named = {"payload": content.payload, "before": content.before, "after": content.after}
    texts = {name: _text(snapshot, digest) for name, digest in named.items()}
    return Detail(
        action=action,
        job=job,
        spans=snapshot.spans(job.id),
        conditions=tuple(
            Condition(says=authority.sentence(one), met=one.met) for one in conditions(action, person)
        ),
        payload=texts["payload"],
        before=texts["before"],
        after=texts["after"],
        missing=tuple(name for name, text in texts.items() if text is None),
        health=snapshot.load(ConnectorHealth, action.connector),
        policy=snapshot.load(ActivePolicy, ACTIVE),
        owner_decides=person.id == action.owner,
    )


def _text(snapshot: Snapshot, digest: str) -> str | None:
    """Stored content as text; None where it was erased."""
    sealed = snapshot.blob(digest)
    return None if sealed is None else content_of(sealed, digest).decode()
