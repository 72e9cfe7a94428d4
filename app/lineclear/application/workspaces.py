"""A workspace begins, and a capability document comes into force. Free of frameworks and databases."""

from __future__ import annotations

from hashlib import sha256

from lineclear.application.clearing import ACTIVE
from lineclear.application.ports import Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services
from lineclear.domain.control import ActivePolicy, Workspace
from lineclear.domain.events import PolicyActivated, WorkspaceCreated
from lineclear.domain.policy.document import DocumentError, load
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


def activate_policy(services: Services, text: str, *, by: str) -> ActivePolicy:
    """Bring a capability document into force; the active one again changes nothing.

    Raises Refusal(DOCUMENT_INVALID) that names every problem with its line; the old one stays.
    """
    try:
        load(text)
    except DocumentError as error:
        raise Refusal(Code.DOCUMENT_INVALID, document="capability document", problem=error) from error
    content = text.encode()
    digest = sha256(content).hexdigest()

    def work(tx: Transaction) -> ActivePolicy:
        present = tx.load(ActivePolicy, ACTIVE)
        if present is not None and present.digest == digest:
            return present
        recorder = Recorder(services, tx, f"person/{by}")
        event = PolicyActivated(version=present.version + 1 if present else 1, digest=digest, by=by)
        return recorder.record(ActivePolicy, ACTIVE, event, commits={"document": recorder.keep(content)})

    return services.store.transact(work)
