"""One reviewer at one device: signs and sends, for window and terminal alike. Free of HTTP and keyrings."""

from __future__ import annotations

from collections.abc import Callable
from typing import override

from lineclear.application.budgeting.setting import Limit
from lineclear.application.deciding.dispatching import DeviceKey, Dispatch, Offline, Sent
from lineclear.application.deciding.editing import Edit
from lineclear.application.deciding.passing import PassesOn
from lineclear.application.deciding.reviewing import NOT_KNOWN, Looked
from lineclear.application.executing.undo import UndoRequest
from lineclear.application.ports import Clock, Ids
from lineclear.application.reading.answers import BudgetAnswer, EditPreview
from lineclear.application.reading.gateway import Gateway
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.control import SafeMode
from lineclear.domain.identities import Agent
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Verdict


def _calm() -> None:
    """Nobody watches the ledger here."""


class Reviewer(PassesOn):
    """Decides, stops, undoes and switches in one person's name. Blocking.

    Use it from one thread at a time: each decision of a device names the one before.
    """

    def __init__(  # each is a collaborator of its own
        self,
        gateway: Gateway,
        key: DeviceKey,
        origin: str,
        clock: Clock,
        ids: Ids,
        require_calm: Callable[[], None] = _calm,
        offline: Offline | None = None,
    ) -> None:
        self._gateway = gateway
        self._key: DeviceKey | None = key
        self._ids = ids
        self._require_calm = require_calm
        self.dispatch = Dispatch(gateway, origin, clock, ids, offline)
        """What was decided and is not answered for."""
        self._locked: bytes | None = None

    def lock(self) -> None:
        """Forget the key: from now on every call is a Refusal(SESSION_LOCKED)."""
        if self._key is not None:
            self._locked, self._key = self._key.public_key, None
            self.dispatch.lock()

    def unlock(self, key: DeviceKey) -> None:
        """Go on with the key that there was before; Refusal(SESSION_LOCKED) for any other."""
        if self._locked is not None and key.public_key != self._locked:
            raise Refusal(Code.SESSION_LOCKED)
        self._locked, self._key = None, key

    def decide(
        self, action: Action, verdict: Verdict, reason: str = "", looked: Looked = NOT_KNOWN
    ) -> Action:
        """Sign a verdict on exactly what `action` shows and send it; after a Refusal nothing was decided.

        But for Refusal(DECISION_KEPT): then it is signed and waits on this device for its backend.

        `bulk` is how many are approved at one look; then the backend refuses what may not be among them.

        Nothing is approved, nor an undo asked for, while `require_calm` refuses; rejecting always is.
        """
        if verdict is Verdict.APPROVE:
            self._require_calm()
        return self.dispatch.decide(self._open_key(), action, verdict, reason, looked)

    def send_next(self) -> Sent | None:
        """Send the first decision that waits on this device; None where none does. See `Dispatch`."""
        return self.dispatch.send_next(self._open_key())

    def contract(self, action: str) -> ToolContract:
        """What the arguments of an action may be."""
        return self._gateway.contract(action)

    def preview_edit(self, action: str, edit: Edit) -> EditPreview:
        """What an edit would come to; nothing is recorded."""
        return self._gateway.preview_edit(action, edit, key=self._new_key())

    def edit(self, action: str, edit: Edit) -> Action:
        """Make the edited revision; it still waits for decisions, unless policy allows it by itself."""
        return self._gateway.edit(action, edit, key=self._new_key())

    def undo(self, action: str, version: str, reason: str) -> Action:
        """Ask for the undo whose preview showed the target at `version`."""
        self._require_calm()
        return self._gateway.undo(action, UndoRequest(version, reason), key=self._new_key())

    def stop(self, job: str, reason: str, action: str = "", title: str = "") -> Job:
        """No further step of the job starts; Refusal(DECISION_KEPT) where that waits for the backend.

        `action` and `title` are what somebody looked at when they stopped it.
        """
        self._open_key()
        return self.dispatch.stop(job, reason, action, title)

    def set_budget(self, job: str, wanted: Limit) -> BudgetAnswer:
        """Cut one limit of a job at once, or ask others to raise it."""
        return self._gateway.set_budget(job, wanted, key=self._new_key())

    def reconcile(self, action: str, *, happened: bool, reason: str) -> Action:
        """Say what became of an attempt of unknown outcome, and how that is known."""
        return self._gateway.reconcile(action, happened=happened, reason=reason, key=self._new_key())

    def stop_agent(self, agent: str, reason: str) -> Agent:
        """The agent may propose nothing more, and all its jobs stop."""
        return self._gateway.stop_agent(agent, reason, key=self._new_key())

    def resume_agent(self, agent: str, reason: str) -> Agent:
        """The agent may open jobs and propose again."""
        return self._gateway.resume_agent(agent, reason, key=self._new_key())

    def switch_safe_mode(self, *, on: bool, reason: str, scope: str = "workspace") -> SafeMode:
        """Request safe mode for a scope, or leave it."""
        return self._gateway.switch_safe_mode(on=on, reason=reason, key=self._new_key(), scope=scope)

    def check(self, *, grants: bool) -> None:
        """Raise Refusal where nothing may be changed about policy or people.

        That is while locked, and for what grants anything also while `require_calm` refuses.
        """
        self._open_key()
        if grants:
            self._require_calm()

    def _open_key(self) -> DeviceKey:
        if self._key is None:
            raise Refusal(Code.SESSION_LOCKED)
        return self._key

    @override
    def _passing(self) -> Gateway:
        return self._gateway

    @override
    def _new_key(self) -> str:
        self._open_key()
        return self._ids.new("req")
