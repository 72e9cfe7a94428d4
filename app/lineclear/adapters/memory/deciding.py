"""The part of the gateway without HTTP that decides: over the use cases of one process."""

from __future__ import annotations

from hashlib import sha256

from lineclear.application.deciding import claiming, decide, editing, escalating, handing, presence
from lineclear.application.executing import reconcile, undo
from lineclear.application.idempotency import Request
from lineclear.application.reading.answers import EditPreview
from lineclear.application.reading.presence import Present
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Preview
from lineclear.domain.policy.stages import Place
from lineclear.domain.principals import Principal
from lineclear.domain.refusals import Code, Refusal


class DecidingGateway:
    """Decisions, edits, claims, questions and undo of one principal. Safe to use from any thread."""

    def __init__(self, services: Services, principal: Principal) -> None:
        self._services = services
        self._principal = principal
        self.down = False
        self.address = "memory"
        """What it is called where it cannot be reached."""

    def decide(self, action: str, decision: decide.Decision, *, key: str) -> Action:
        request = _request(key, "decide", action, decision.envelope.hex(), decision.device, decision.reason)
        return decide.decide(*self._caller(), action, decision, request)[0]

    def claim(self, action: str, *, key: str) -> Action:
        del key  # claiming what one holds changes nothing
        return claiming.claim(*self._caller(), action)

    def hand_over(self, action: str, to: str, note: str, *, key: str) -> Action:
        del key  # what was handed over is out of one's hands
        return handing.hand_over(*self._caller(), action, to, note=note)

    def escalate(self, action: str, to: Place, reason: str, *, key: str) -> Action:
        request = _request(key, "escalate", action, str(to.tier), to.group, reason)
        return escalating.escalate(*self._caller(), action, to, reason, request)[0]

    def release(self, action: str, *, key: str) -> Action:
        del key  # as little does giving up what one has not
        return claiming.release(*self._caller(), action)

    def ask(self, action: str, text: str, *, key: str) -> Action:
        return claiming.ask(*self._caller(), action, text, _request(key, "ask", action, text))[0]

    def announce(self, action: str, *, is_open: bool, key: str) -> Present:
        del key  # to say it again changes nothing
        return presence.announce(*self._caller(), action, is_open=is_open)

    def present(self, action: str) -> Present:
        return presence.read_present(*self._caller(), action)

    def contract(self, action: str) -> ToolContract:
        return editing.contract_of(*self._caller(), action)

    def preview_edit(self, action: str, edit: editing.Edit, *, key: str) -> EditPreview:
        del key  # nothing is written
        return editing.preview_edit(*self._caller(), action, edit)

    def edit(self, action: str, edit: editing.Edit, *, key: str) -> Action:
        request = _request(key, "edit", action, edit.arguments.hex(), str(edit.revision), edit.reason)
        return editing.edit_action(*self._caller(), action, edit, request)[0]

    def preview_undo(self, action: str) -> Preview:
        return undo.preview_undo(*self._caller(), action)

    def undo(self, action: str, wanted: undo.UndoRequest, *, key: str) -> Action:
        request = _request(key, "undo", action, wanted.version, wanted.reason)
        return undo.undo(*self._caller(), action, wanted, request)[0]

    def reconcile(self, action: str, *, happened: bool, reason: str, key: str) -> Action:
        request = _request(key, "reconcile", action, str(happened), reason)
        return reconcile.reconcile(*self._caller(), action, request, happened=happened, reason=reason)[0]

    def _caller(self) -> tuple[Services, Principal]:
        if self.down:
            raise Refusal(Code.UNREACHABLE, url=self.address, problem="the connection was refused")
        return self._services, self._principal


def _request(key: str, *said: str) -> Request:
    digest = sha256()
    for part in said:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8))
        digest.update(encoded)
    return Request(key, digest.hexdigest())
