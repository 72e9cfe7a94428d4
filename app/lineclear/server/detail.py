"""All that a reviewer needs to see of one action, from one consistent snapshot. Free of frameworks."""

from __future__ import annotations

from lineclear.application.clearing import ACTIVE
from lineclear.application.decide import conditions, load_action, load_person
from lineclear.application.ports import Snapshot
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
    named = {
        "payload": action.content.payload,
        "before": action.content.before,
        "after": action.content.after,
        "effect": action.run.effect if action.run else "",
    }
    texts = {name: _sealed(snapshot, digest) for name, digest in named.items() if digest}
    return Detail(
        action=action,
        job=job,
        spans=snapshot.spans(job.id),
        conditions=tuple(
            Condition(says=authority.sentence(one), met=one.met, code=one.code)
            for one in conditions(action, person)
        ),
        payload=texts["payload"],
        before=texts["before"],
        after=texts["after"],
        effect=texts.get("effect"),
        missing=tuple(name for name, text in texts.items() if text is None),
        health=snapshot.load(ConnectorHealth, action.connector),
        policy=snapshot.load(ActivePolicy, ACTIVE),
        owner_decides=person.id == action.owner,
    )


def _sealed(snapshot: Snapshot, digest: str) -> str | None:
    """A sealed blob as text, whose reader checks it against the digest; None where it was erased."""
    sealed = snapshot.blob(digest)
    return None if sealed is None else sealed.decode()
