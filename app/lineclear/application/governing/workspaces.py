"""A workspace begins, and a capability document comes into force. Free of frameworks and databases."""

from __future__ import annotations

from hashlib import sha256

from lineclear.application.judging.clearing import ACTIVE
from lineclear.application.ports import Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services
from lineclear.domain.control import ActivePolicy, Workspace
from lineclear.domain.events import DecisionBrief, PolicyActivated, WorkspaceCreated
from lineclear.domain.policy.document import CapabilityDocument, DocumentError, load
from lineclear.domain.refusals import Code, Refusal

ONLY = "this"


def ensure_workspace(services: Services, name: str, environment: str) -> Workspace:
    """The workspace of this ledger, made by its first entry where the ledger is empty."""

    def work(tx: Transaction) -> Workspace:
        present = tx.load(Workspace, ONLY)
        if present is not None:
            return present
        recorder = Recorder(services, tx, "system/administrator")
        return recorder.record(Workspace, ONLY, WorkspaceCreated(name, environment))

    return services.store.transact(work)


def activate_policy(
    services: Services, text: str, *, by: str, reason: str = "", expected: int | None = None
) -> ActivePolicy:
    """Bring a capability document into force; the active one again changes nothing.

    A version is never changed: each activation makes the next one. `expected` is the version that was in
    force when the change was looked at. Raises Refusal(DOCUMENT_INVALID) that names every problem with its
    line, and Refusal(STATE_CHANGED) where another version came into force meanwhile; the old one stays.
    """
    check_document(text)
    content = text.encode()
    digest = sha256(content).hexdigest()

    def work(tx: Transaction) -> ActivePolicy:
        present = tx.load(ActivePolicy, ACTIVE)
        version = present.version if present else 0
        if expected is not None and expected != version:
            raise Refusal(Code.STATE_CHANGED, what=f"version {version} of the policy is in force")
        if present is not None and present.digest == digest:
            return present
        recorder = Recorder(services, tx, f"person/{by}")
        event = PolicyActivated(version=version + 1, digest=digest, by=by)
        brief = DecisionBrief(reason) if reason else None
        commits = {"document": recorder.keep(content)}
        return recorder.record(ActivePolicy, ACTIVE, event, brief=brief, commits=commits)

    return services.store.transact(work)


def check_document(text: str) -> CapabilityDocument:
    """The document that a text is; Refusal(DOCUMENT_INVALID) that names every problem with its line."""
    try:
        return load(text)
    except DocumentError as error:
        raise Refusal(Code.DOCUMENT_INVALID, document="capability document", problem=error) from error
