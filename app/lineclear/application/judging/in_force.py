"""The capability document in force, read from its own bytes. Free of I/O."""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256

import msgspec

from lineclear.application.ports import Snapshot
from lineclear.application.record.blobs import kept
from lineclear.domain.control import ActivePolicy
from lineclear.domain.jobs import Job
from lineclear.domain.policy.document import CapabilityDocument, load
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.trials import LIVE, LiveTrial, half_of

ACTIVE = "active"


def document_of(content: bytes) -> CapabilityDocument:
    """A document from bytes that were found to be those that the ledger names; ValueError for no document."""
    return _loaded(content, sha256(content).hexdigest())


@lru_cache(maxsize=16)
def _loaded(content: bytes, digest: str) -> CapabilityDocument:
    """A pure function of both, so that keeping its result changes nothing but time."""
    return load(kept(content, digest).decode())


def _document(snapshot: Snapshot, digest: str) -> CapabilityDocument:
    content = snapshot.blob(digest)
    if content is None:
        raise Refusal(Code.BLOB_UNKNOWN, digest=digest)
    return _loaded(content, digest)


def policy_for(snapshot: Snapshot, job: str) -> tuple[ActivePolicy, CapabilityDocument]:
    """The document that judges a job's actions: that in force, or that of a live trial in its second half.

    Jobs opened before a trial began take no part, and none does once another version is in force. Budgets,
    retention and what capabilities there are stay those in force.
    """
    active, document = policy_in_force(snapshot)
    trial, opened = snapshot.load(LiveTrial, LIVE), snapshot.load(Job, job)
    if trial is None or not trial.on or trial.version != active.version or opened is None:
        return active, document
    if opened.opened_at <= trial.started_at or half_of(job, trial.digest) == 0:
        return active, document
    tried = msgspec.structs.replace(active, digest=trial.digest, document=trial.document)
    return tried, _document(snapshot, trial.document)


def policy_in_force(snapshot: Snapshot) -> tuple[ActivePolicy, CapabilityDocument]:
    """The active capability document; Refusal where none was ever activated."""
    active = snapshot.load(ActivePolicy, ACTIVE)
    if active is None:
        raise Refusal(Code.DOCUMENT_INVALID, document="capability document", problem="none is active.")
    return active, _document(snapshot, active.document)


def check_known(snapshot: Snapshot, capability: str) -> None:
    """Refuse a capability that the policy in force does not know, with those that it does."""
    _, document = policy_in_force(snapshot)
    if capability not in document.capabilities:
        known = ", ".join(sorted(document.capabilities)) or "none"
        raise Refusal(Code.CAPABILITY_UNKNOWN, capability=capability, known=known)
