"""Canaries: actions that are wrong on purpose, so that it shows whether reviews are honest. Free of I/O.

A canary lies in the queue like any other action until it is decided, and never executes, whatever is decided:
no clearance is made for it, and no start passes it. What tells it is a mark in its ids, made with a secret
that stays with the backend: no ledger entry, no answer and no feed tells it before a decision reveals it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from lineclear.application.ports import Remembered, Snapshot, Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.canaries import is_marked
from lineclear.domain.control import Workspace
from lineclear.domain.events import CanariesPrepared, CanaryRevealed, DecisionBrief, JobEnded
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus

KEEPER: Final = "kernel/canaries"
_KEY: Final = "mark"


def is_canary(snapshot: Snapshot, action: Action) -> bool:
    """Whether it may never run. Refusal(DATABASE_UNUSABLE) where nobody can tell: then nothing starts."""
    workspace = snapshot.every(Workspace)[0]
    if not workspace.canaries:
        return False
    secret = _known(snapshot)
    if secret is None or sha256(secret).hexdigest() != workspace.canaries:
        problem, advice = "the canaries' secret is gone", "Restore it from a backup; nothing starts before."
        raise Refusal(Code.DATABASE_UNUSABLE, problem=problem, advice=advice)
    return is_marked(action.id, secret) and is_marked(action.job, secret)


def secret_of(services: Services, tx: Transaction) -> bytes:
    """The workspace's secret, made on first use; the ledger commits to it before any canary is there."""
    known = _known(tx)
    if known is not None:
        return known
    secret = services.ids.secret()
    digest = sha256(secret).hexdigest()
    workspace = tx.every(Workspace)[0]
    Recorder(services, tx, "system/administrator").record(Workspace, workspace.id, CanariesPrepared(digest))
    tx.remember(Remembered(KEEPER, _KEY, digest, secret.hex()))
    return secret


def _known(snapshot: Snapshot) -> bytes | None:
    kept = snapshot.remembered(KEEPER, _KEY)
    return None if kept is None else bytes.fromhex(kept.result)


def reveal(services: Services, tx: Transaction, action: Action) -> Action:
    """Say on its stream that it was a canary, what was wrong with it, and whether the review found that."""
    recorder = Recorder(services, tx, KEEPER)
    planted = tx.remembered(KEEPER, action.id)
    brief = DecisionBrief(planted.result) if planted is not None else None
    event = CanaryRevealed(caught=action.status is ActionStatus.REJECTED)
    action = recorder.record(Action, action.id, event, brief=brief)
    job = tx.load(Job, action.job)
    if job is not None and job.status is JobStatus.RUNNING:
        recorder.record(Job, job.id, JobEnded("completed"))
    return action
