"""What a reviewer's program reads, each from one consistent snapshot. Free of frameworks and databases."""

from __future__ import annotations

from lineclear.application.budgeting.allowances import budgets_of, budgets_today
from lineclear.application.deciding.authorising import conditions
from lineclear.application.deciding.loading import load_action, load_person
from lineclear.application.governing.workspaces import ONLY
from lineclear.application.judging.clearing import ACTIVE
from lineclear.application.ports import Snapshot, Stored
from lineclear.application.reading.answers import Condition, Control, Detail, Feed, FeedItem, Me
from lineclear.application.reading.tools import tool_states
from lineclear.application.record.retention import audit_of, is_unkept
from lineclear.application.recording import kept
from lineclear.application.services import Services, stamp
from lineclear.domain import authority
from lineclear.domain.control import ActivePolicy, Breaker, ConnectorHealth, SafeMode, Workspace
from lineclear.domain.identities import Agent, Person
from lineclear.domain.jobs import Job
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.trials import LIVE, LiveTrial
from lineclear.domain.vocabulary import Role


def read_me(services: Services, principal: Principal) -> Me:
    """Who holds this token, and where. Raises Refusal."""

    def work(snapshot: Snapshot) -> Me:
        workspace = snapshot.load(Workspace, ONLY)
        if workspace is None:
            raise Refusal(Code.NOT_FOUND, what="This workspace")
        is_person = principal.role is not Role.AGENT
        return Me(
            role=principal.role,
            subject=principal.subject,
            workspace=workspace.name,
            environment=workspace.environment,
            origin=workspace.origin,
            person=snapshot.load(Person, principal.subject) if is_person else None,
        )

    return services.store.read(work)


def read_control(services: Services, principal: Principal) -> Control:
    """Safe mode, policy, connectors, agents, people and what is left of today. Raises Refusal."""
    principal.require(Deed.READ)

    def work(snapshot: Snapshot) -> Control:
        policy = snapshot.load(ActivePolicy, ACTIVE)
        document = kept(snapshot.blob(policy.document), policy.document) if policy else b""
        return Control(
            safe_modes=snapshot.every(SafeMode),
            breakers=snapshot.every(Breaker),
            policy=policy,
            document=document.decode(),
            connectors=snapshot.every(ConnectorHealth),
            agents=snapshot.every(Agent),
            people=snapshot.every(Person),
            budgets=budgets_today(snapshot, services.clock.now()),
            tools=tool_states(snapshot, services.tools.contracts()),
            probes=dict(services.pulse.read()),
            at=stamp(services.clock.now()),
            trial=snapshot.load(LiveTrial, LIVE),
        )

    return services.store.read(work)


def read_detail(services: Services, principal: Principal, identifier: str) -> Detail:
    """The action with its job, contents and what this person's decision takes. Raises Refusal."""
    principal.require(Deed.READ)
    return services.store.read(lambda snapshot: _detail(services, snapshot, principal, identifier))


def read_feed(services: Services, principal: Principal, start: int, limit: int) -> Feed:
    """Entries from `start` on, and how many there are in all, at one moment. Raises Refusal."""
    principal.require(Deed.READ)

    def work(snapshot: Snapshot) -> Feed:
        items = tuple(map(_item, snapshot.entries(start=start, limit=limit)))
        return Feed(snapshot.size(), items, stamp(services.clock.now()))

    return services.store.read(work)


def _item(stored: Stored) -> FeedItem:
    return FeedItem(stored.index, stored.entry.decode(), stored.brief.decode() if stored.brief else "")


def _detail(services: Services, snapshot: Snapshot, principal: Principal, identifier: str) -> Detail:
    action = load_action(snapshot, identifier)
    person = load_person(snapshot, principal)
    job = snapshot.load(Job, action.job)
    if job is None:
        raise Refusal(Code.NOT_FOUND, what=f"Job {action.job}")
    digests = {
        "payload": action.content.payload,
        "before": action.content.before,
        "after": action.content.after,
        "effect": action.run.effect if action.run else "",
        "proposed": action.proposed,
    }
    texts = {name: _sealed(snapshot, digest) for name, digest in digests.items() if digest}
    return Detail(
        action=action,
        job=job,
        spans=snapshot.spans(job.id),
        conditions=tuple(
            Condition(says=authority.sentence(one), met=one.met, code=one.code, params=one.params)
            for one in conditions(action, person, services.clock.now())
        ),
        payload=texts["payload"],
        before=texts["before"],
        after=texts["after"],
        effect=texts.get("effect"),
        proposed=texts.get("proposed"),
        missing=tuple(name for name, text in texts.items() if text is None),
        health=snapshot.load(ConnectorHealth, action.connector),
        policy=snapshot.load(ActivePolicy, ACTIVE),
        owner_decides=person.id == action.owner,
        keeps_payload=not is_unkept(audit_of(snapshot, action.capability)),
        budgets=budgets_of(snapshot, action, services.clock.now()),
    )


def _sealed(snapshot: Snapshot, digest: str) -> str | None:
    """A sealed blob as text, whose reader checks it against the digest; None where it was erased."""
    sealed = snapshot.blob(digest)
    return None if sealed is None else sealed.decode()
