"""The backend as a reviewer's program sees it. A Protocol; free of HTTP."""

from __future__ import annotations

from typing import Protocol

from lineclear.application.budgeting.setting import Limit
from lineclear.application.deciding.decide import Decision
from lineclear.application.deciding.editing import Edit
from lineclear.application.executing.undo import UndoRequest
from lineclear.application.reading.answers import (
    BudgetAnswer,
    Control,
    Detail,
    EditPreview,
    Feed,
    Me,
    Oversight,
)
from lineclear.application.reading.offices import Offices
from lineclear.application.reading.passing import PassingOn
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.control import SafeMode
from lineclear.domain.effects import Preview
from lineclear.domain.identities import Agent, Device
from lineclear.domain.jobs import Job


class Gateway(Offices, PassingOn, Protocol):
    """Blocking; safe to use from several threads. Every call raises Refusal, UNREACHABLE included.

    `key` makes a write idempotent: the same key again gives the same answer and does nothing more.
    """

    def me(self) -> Me: ...

    def control(self) -> Control: ...

    def oversight(self, days: int = 7) -> Oversight: ...

    def detail(self, action: str) -> Detail: ...

    def decide(self, action: str, decision: Decision, *, key: str) -> Action: ...

    def contract(self, action: str) -> ToolContract: ...

    def preview_edit(self, action: str, edit: Edit, *, key: str) -> EditPreview: ...

    def edit(self, action: str, edit: Edit, *, key: str) -> Action: ...

    def preview_undo(self, action: str) -> Preview: ...

    def undo(self, action: str, wanted: UndoRequest, *, key: str) -> Action: ...

    def stop(self, job: str, reason: str, *, key: str) -> Job: ...

    def set_budget(self, job: str, wanted: Limit, *, key: str) -> BudgetAnswer: ...

    def switch_safe_mode(self, *, on: bool, reason: str, key: str, scope: str = "workspace") -> SafeMode: ...

    def reconcile(self, action: str, *, happened: bool, reason: str, key: str) -> Action: ...

    def stop_agent(self, agent: str, reason: str, *, key: str) -> Agent: ...

    def resume_agent(self, agent: str, reason: str, *, key: str) -> Agent: ...

    def enrol_device(self, public_key: str, kept: str, *, key: str) -> Device: ...

    def blob(self, digest: str) -> bytes:
        """What is kept under a digest; Refusal(BLOB_UNKNOWN) where it was erased."""
        ...

    def feed(self, start: int, *, limit: int = 1_000, wait: float = 0) -> Feed: ...
