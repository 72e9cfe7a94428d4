"""What reviewers ask about one action: decide, edit, undo, reconcile. Every call raises Refusal."""

from __future__ import annotations

import base64

import msgspec

from lineclear.adapters.http.agents import AgentCalls
from lineclear.application.deciding.decide import Decision
from lineclear.application.deciding.editing import Edit
from lineclear.application.executing.undo import UndoRequest
from lineclear.application.reading.answers import EditPreview, UndoPreview
from lineclear.application.reading.presence import Present
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Preview
from lineclear.domain.policy.stages import Place
from lineclear.wire import messages
from lineclear.wire.messages import Ask, Claim, Decide, Escalate, Nothing, Reconcile, Undo
from lineclear.wire.presence import Announce


class DecidingCalls(AgentCalls):
    """The part of a `Gateway` that decides. `key` makes a write idempotent."""

    def decide(self, action: str, decision: Decision, *, key: str) -> Action:
        envelope = base64.b64encode(decision.envelope).decode()
        body = Decide(envelope, decision.device, decision.reason)
        return self._write(f"/v1/actions/{action}/decisions", body, Action, key)

    def claim(self, action: str, *, key: str) -> Action:
        """Claim it for five minutes, or renew."""
        return self._write(f"/v1/actions/{action}/claim", Claim(), Action, key)

    def hand_over(self, action: str, to: str, note: str, *, key: str) -> Action:
        """Claim it for somebody else."""
        return self._write(f"/v1/actions/{action}/claim", Claim(to, note), Action, key)

    def escalate(self, action: str, to: Place, reason: str, *, key: str) -> Action:
        """Ask somebody of another place besides."""
        body = Escalate(reason, to.tier, to.group)
        return self._write(f"/v1/actions/{action}/escalate", body, Action, key)

    def release(self, action: str, *, key: str) -> Action:
        return self._write(f"/v1/actions/{action}/release", Nothing(), Action, key)

    def ask(self, action: str, text: str, *, key: str) -> Action:
        """Ask the agent something."""
        return self._write(f"/v1/actions/{action}/questions", Ask(text), Action, key)

    def announce(self, action: str, *, is_open: bool, key: str) -> Present:
        """Say that it is open here, or no more."""
        return self._write(f"/v1/actions/{action}/presence", Announce(is_open), Present, key)

    def present(self, action: str) -> Present:
        """Who else has it open now."""
        return self._connection.get(f"/v1/actions/{action}/presence", Present)

    def contract(self, action: str) -> ToolContract:
        """What the arguments of an action may be."""
        return self._connection.get(f"/v1/actions/{action}/contract", ToolContract)

    def preview_edit(self, action: str, edit: Edit, *, key: str) -> EditPreview:
        """What an edit would come to; nothing is recorded."""
        return self._write(f"/v1/actions/{action}/edit/preview", _edit(edit), EditPreview, key)

    def edit(self, action: str, edit: Edit, *, key: str) -> Action:
        """Make the edited revision."""
        return self._write(f"/v1/actions/{action}/edit", _edit(edit), Action, key)

    def preview_undo(self, action: str) -> Preview:
        return self._connection.get(f"/v1/actions/{action}/undo", UndoPreview).preview

    def undo(self, action: str, wanted: UndoRequest, *, key: str) -> Action:
        return self._write(f"/v1/actions/{action}/undo", Undo(wanted.version, wanted.reason), Action, key)

    def reconcile(self, action: str, *, happened: bool, reason: str, key: str) -> Action:
        return self._write(f"/v1/actions/{action}/reconcile", Reconcile(happened, reason), Action, key)


def _edit(edit: Edit) -> messages.Edit:
    return messages.Edit(msgspec.Raw(edit.arguments), edit.revision, edit.reason)
