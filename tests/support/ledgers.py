"""Ledgers for tests: events appended as use cases append them. Free of clocks and of randomness."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import msgspec

from lineclear.application.ports import Snapshot, Transaction
from lineclear.application.recording import read_stored
from lineclear.domain import events as e
from lineclear.domain.actions import Action
from lineclear.domain.effects import Target, UndoPlan
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.entries import Entry, encode
from lineclear.domain.ledger.merkle import leaf_hash
from lineclear.domain.ledger.sealing import digest, seal
from lineclear.domain.records import Recorded
from lineclear.domain.state import Aggregate, fold, stream_of
from lineclear.domain.vocabulary import Outcome, SpanKind, Stake, Tier

AT = "2026-01-31T09:30:00.000Z"
DIGEST = sha256(b"").hexdigest()
CONTENT = {"payload": DIGEST, "before": DIGEST, "after": DIGEST}


def append[S: Aggregate](
    tx: Transaction,
    kind: type[S],
    identifier: str,
    event: e.Event,
    *,
    brief: e.Brief | None = None,
    commits: Mapping[str, str] | None = None,
) -> S:
    """Append one event to an aggregate's stream; the aggregate as it is afterwards."""
    before = tx.load(kind, identifier)
    seq = 0 if before is None else before.seq + 1
    promised = dict(commits or {})
    if brief is not None:
        salt = sha256(f"{identifier} {seq}".encode()).digest()
        sealed = seal(salt, msgspec.json.encode(brief))
        promised["brief"] = digest(sealed)
        tx.put_blob(promised["brief"], sealed)
    entry = Entry(
        type=e.type_of(event),
        stream=stream_of(kind, identifier),
        seq=seq,
        at=AT,
        actor="agent/refunds",
        body=e.encode_event(event),
        commits=promised,
    )
    written = encode(entry)
    recorded = Recorded(
        index=tx.size(),
        stream=entry.stream,
        seq=seq,
        at=entry.at,
        actor=entry.actor,
        type=entry.type,
        event=event,
        leaf=leaf_hash(written).hex(),
        commits=promised,
        brief=brief,
    )
    after = fold(before, recorded)
    assert isinstance(after, kind)
    tx.append(recorded, written, after)
    return after


def open_job(tx: Transaction, identifier: str, *, goal: str = "Settle complaints") -> Job:
    return append(
        tx, Job, identifier, e.JobOpened("refunds", e.Budget()), brief=e.JobBrief(goal, customer="Acme")
    )


def report_spans(tx: Transaction, job: str, *names: str) -> Job:
    spans = tuple(e.Span(name, name, SpanKind.MODEL, AT, AT, cost_micros=5) for name in names)
    event = e.SpansRecorded(steps=len(spans), cost_micros=5 * len(spans), millis=0)
    return append(tx, Job, job, event, brief=e.SpansBrief(spans))


def propose(  # noqa: PLR0913  # each is a member of what is proposed
    tx: Transaction,
    identifier: str,
    *,
    job: str = "job-1",
    agent: str = "refunds",
    title: str = "Refund order 8",
    deadline: str = "",
    stake: Stake = Stake.MONEY,
    place: int = 0,
    payload: str = "",
) -> Action:
    event = e.ActionProposed(
        job=job,
        agent=agent,
        owner="olga",
        capability="refund",
        tool="crm.refund",
        stake=stake,
        connector="crm",
        mutates=True,
        version="7",
        undo=UndoPlan(possible=True),
        shape="fields",
        deadline=deadline,
        place=place,
    )
    brief = e.ActionBrief(title, Target("crm", "order", "8"), note="as asked", why="the parcel was lost")
    commits = {**CONTENT, "payload": payload} if payload else CONTENT
    return append(tx, Action, identifier, event, brief=brief, commits=commits)


def evaluate(
    tx: Transaction, identifier: str, outcome: Outcome = Outcome.ASK, tier: Tier = Tier.TWO
) -> Action:
    event = e.ActionEvaluated(1, DIGEST, 1, outcome, reasons=(), tier=tier, approvals=1)
    return append(tx, Action, identifier, event)


def ask(tx: Transaction, identifier: str, **proposal: str | int) -> Action:
    """A proposal that waits for a person."""
    propose(tx, identifier, **proposal)
    return evaluate(tx, identifier)


def withdraw(tx: Transaction, identifier: str) -> Action:
    return append(tx, Action, identifier, e.ActionWithdrawn())


def whole(snapshot: Snapshot) -> list[Recorded]:
    """The ledger, read back from its bytes."""
    return [read_stored(stored) for stored in snapshot.entries(start=0, limit=snapshot.size())]
