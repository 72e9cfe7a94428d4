"""The capability document in force, read from its own bytes. Free of I/O."""

from __future__ import annotations

from functools import lru_cache

from lineclear.application.ports import Snapshot
from lineclear.application.record.blobs import kept
from lineclear.domain.control import ActivePolicy
from lineclear.domain.policy.document import CapabilityDocument, load
from lineclear.domain.refusals import Code, Refusal

ACTIVE = "active"


@lru_cache(maxsize=16)
def _loaded(text: str) -> CapabilityDocument:
    """A pure function of the text, so that keeping its result changes nothing but time."""
    return load(text)


def policy_in_force(snapshot: Snapshot) -> tuple[ActivePolicy, CapabilityDocument]:
    """The active capability document; Refusal where none was ever activated."""
    active = snapshot.load(ActivePolicy, ACTIVE)
    if active is None:
        raise Refusal(Code.DOCUMENT_INVALID, document="capability document", problem="none is active.")
    content = kept(snapshot.blob(active.document), active.document)
    return active, _loaded(content.decode())


def check_known(snapshot: Snapshot, capability: str) -> None:
    """Refuse a capability that the policy in force does not know, with those that it does."""
    _, document = policy_in_force(snapshot)
    if capability not in document.capabilities:
        known = ", ".join(sorted(document.capabilities)) or "none"
        raise Refusal(Code.CAPABILITY_UNKNOWN, capability=capability, known=known)
