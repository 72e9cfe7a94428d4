"""The versions of a policy: read, held against another, brought into force by people. Free of I/O."""

from __future__ import annotations

from lineclear.application.deciding.loading import load_person
from lineclear.application.governing.workspaces import activate_policy, check_document
from lineclear.application.judging.clearing import ACTIVE
from lineclear.application.ports import Snapshot
from lineclear.application.reading.answers import Policies, PolicyChange, PolicyText, PolicyVersion
from lineclear.application.reasons import require_reason
from lineclear.application.recording import kept, read_stored
from lineclear.application.services import Services
from lineclear.domain.control import ActivePolicy
from lineclear.domain.events import DecisionBrief, PolicyActivated
from lineclear.domain.policy.differences import Difference
from lineclear.domain.policy.differing import differences
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.records import Recorded
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Tier


def read_policies(services: Services, principal: Principal) -> Policies:
    """Every version that was ever in force, newest first, and the text of the one that is."""
    principal.require(Deed.READ)

    def work(snapshot: Snapshot) -> Policies:
        versions = versions_of(snapshot)
        text = _text(snapshot, versions[0]) if versions else ""
        return Policies(versions=versions, document=text)

    return services.store.read(work)


def read_policy(services: Services, principal: Principal, version: int) -> PolicyText:
    """One version with its text, and how it differs from the one before. Raises Refusal(NOT_FOUND)."""
    principal.require(Deed.READ)
    return services.store.read(lambda snapshot: _policy_text(snapshot, version))


def compare_policy(services: Services, principal: Principal, text: str) -> PolicyChange:
    """What bringing a text into force would change; Refusal(DOCUMENT_INVALID) where it cannot be."""
    principal.require(Deed.READ)
    check_document(text)

    def work(snapshot: Snapshot) -> PolicyChange:
        versions = versions_of(snapshot)
        before = _text(snapshot, versions[0]) if versions else ""
        return PolicyChange(versions[0].version if versions else 0, _changes(before, text))

    return services.store.read(work)


def bring_into_force(
    services: Services, principal: Principal, text: str, *, expected: int, reason: str
) -> ActivePolicy:
    """Activate a text by a person of tier 3, who saw how it differs from version `expected`; Refusal."""
    principal.require(Deed.ACTIVATE_POLICY)
    person = services.store.read(lambda snapshot: load_person(snapshot, principal))
    if person.tier < Tier.THREE:
        raise Refusal(Code.TIER_INSUFFICIENT, person=person.id, tier=int(person.tier), needed=3)
    require_reason(reason, "Changing policy")
    return activate_policy(services, text, by=person.id, reason=reason, expected=expected)


def versions_of(snapshot: Snapshot) -> tuple[PolicyVersion, ...]:
    """Every activation, newest first."""
    stored = snapshot.stream(ActivePolicy, ACTIVE)
    return tuple(_version(read_stored(one)) for one in reversed(stored))


def _version(recorded: Recorded) -> PolicyVersion:
    event, brief = recorded.event, recorded.brief
    assert isinstance(event, PolicyActivated)  # its stream holds nothing else
    return PolicyVersion(
        version=event.version,
        digest=event.digest,
        document=recorded.commits["document"],
        by=event.by,
        at=recorded.at,
        reason=brief.reason if isinstance(brief, DecisionBrief) else "",
    )


def _policy_text(snapshot: Snapshot, version: int) -> PolicyText:
    versions = {one.version: one for one in versions_of(snapshot)}
    if version not in versions:
        raise Refusal(Code.NOT_FOUND, what=f"Version {version} of the policy")
    text = _text(snapshot, versions[version])
    before = versions.get(version - 1)
    return PolicyText(versions[version], text, _changes(_text(snapshot, before) if before else "", text))


def _text(snapshot: Snapshot, version: PolicyVersion) -> str:
    return kept(snapshot.blob(version.document), version.document).decode()


def _changes(before: str, after: str) -> tuple[Difference, ...]:
    return differences(before, after)
