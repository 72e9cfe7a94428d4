"""Safe mode, the control page, the caller and their devices over HTTP. Free of frameworks."""

from __future__ import annotations

from lineclear.application.clearing import ACTIVE
from lineclear.application.people import enrol_device
from lineclear.application.ports import Snapshot
from lineclear.application.recording import kept
from lineclear.application.safe_mode import safe_mode_of, switch_safe_mode
from lineclear.application.starting import SAFE_MODE
from lineclear.application.workspaces import ONLY
from lineclear.domain.control import ActivePolicy, ConnectorHealth, SafeMode, Workspace
from lineclear.domain.identities import Agent, Person
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role
from lineclear.server.endpoints import Answer, Call, Endpoint, reads, writes
from lineclear.wire.messages import Control, DeviceAnswer, EnrolDevice, Me, Nothing, SwitchSafeMode


def _read_safe_mode(call: Call, _: Nothing) -> Answer:
    present = call.services.store.read(safe_mode_of)
    never = SafeMode(SAFE_MODE, -1, on=False, by="", reason="", requested_at="")
    return Answer(present or never)


def _switch_safe_mode(call: Call, asked: SwitchSafeMode) -> Answer:
    return Answer(switch_safe_mode(call.services, call.principal, on=asked.on, reason=asked.reason))


def _control(call: Call, _: Nothing) -> Answer:
    return Answer(call.services.store.read(_page))


def _page(snapshot: Snapshot) -> Control:
    policy = snapshot.load(ActivePolicy, ACTIVE)
    document = snapshot.blob(policy.document) if policy else None
    return Control(
        safe_mode=safe_mode_of(snapshot),
        policy=policy,
        document=kept(document, policy.document).decode() if policy and document else "",
        connectors=snapshot.every(ConnectorHealth),
        agents=snapshot.every(Agent),
        people=snapshot.every(Person),
    )


def _me(call: Call, _: Nothing) -> Answer:
    def work(snapshot: Snapshot) -> Me:
        workspace = snapshot.load(Workspace, ONLY)
        if workspace is None:
            raise Refusal(Code.NOT_FOUND, what="This workspace")
        person = None
        if call.principal.role is not Role.AGENT:
            person = snapshot.load(Person, call.principal.subject)
        return Me(
            role=call.principal.role,
            subject=call.principal.subject,
            workspace=workspace.name,
            environment=workspace.environment,
            origin=workspace.origin,
            person=person,
        )

    return Answer(call.services.store.read(work))


def _enrol_device(call: Call, asked: EnrolDevice) -> Answer:
    return Answer(DeviceAnswer(enrol_device(call.services, call.principal, asked.public_key, asked.kept)))


ENDPOINTS: tuple[Endpoint, ...] = (
    reads(
        "/v1/safe-mode",
        "Read safe mode.",
        _read_safe_mode,
        asked=Nothing,
        answered=SafeMode,
        deed=Deed.READ,
    ),
    writes(
        "/v1/safe-mode",
        "Switch safe mode on, or leave it.",
        _switch_safe_mode,
        asked=SwitchSafeMode,
        answered=SafeMode,
        deed=Deed.SAFE_MODE,
    ),
    reads("/v1/control", "Read the control page.", _control, asked=Nothing, answered=Control, deed=Deed.READ),
    reads("/v1/me", "Read who holds this token.", _me, asked=Nothing, answered=Me),
    writes(
        "/v1/devices",
        "Enrol the caller's signing key.",
        _enrol_device,
        asked=EnrolDevice,
        answered=DeviceAnswer,
        deed=Deed.DECIDE,
    ),
)
