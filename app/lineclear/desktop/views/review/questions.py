"""Which question a button of the decision bar opens, and what was typed into those that were left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lineclear.desktop.presenters.sheets import ActionSheet, text_of
from lineclear.desktop.theme import Look
from lineclear.desktop.views.review.panels import (
    AskPanel,
    ConfirmPanel,
    InlinePanel,
    ReconcilePanel,
    RejectPanel,
    StopPanel,
    UndoPanel,
)
from lineclear.desktop.views.review.passing import EscalatePanel, HandOverPanel
from lineclear.domain.wording import say

_OPENED_BY: Final[dict[type[InlinePanel], str]] = {
    RejectPanel: "review.reject",
    ReconcilePanel: "review.reconcile",
    HandOverPanel: "review.hand_over",
    EscalatePanel: "review.escalate",
    AskPanel: "review.ask",
    ConfirmPanel: "review.approve",
    StopPanel: "review.stop_job",
    UndoPanel: "review.undo",
}


_MOST_KEPT: Final = 50


class Drafts:
    """What was typed into questions, by action and question, to be gone on with; the newest fifty."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, type[InlinePanel]], str] = {}

    def keep(self, action_id: str, question: type[InlinePanel], text: str) -> None:
        """Keep it, unless it says nothing."""
        if text:
            newest = dict([*self._kept.items()][1 - _MOST_KEPT :])
            self._kept = {**newest, (action_id, question): text}

    def keep_rejections(self, reasons: Mapping[str, str]) -> None:
        """Rejections were taken back: their reasons, by action, wait for the next one."""
        for action_id, reason in reasons.items():
            self.keep(action_id, RejectPanel, reason)

    def take(self, action_id: str, question: type[InlinePanel]) -> str:
        """It, once; empty where nothing was kept."""
        return self._kept.pop((action_id, question), "")


def opener_of(panel: InlinePanel) -> str:
    """The command whose button opens this question."""
    return _OPENED_BY[type(panel)]


def question_of(look: Look, sheet: ActionSheet, command_id: str) -> InlinePanel | None:
    """What a button opens; None where it does at once what it says."""
    make = _PANELS.get(command_id)
    if make is None or (command_id == "review.approve" and not text_of(sheet.decision.confirm)):
        return None
    return make(look, sheet)


def _reject_panel(look: Look, sheet: ActionSheet) -> RejectPanel:
    """The panel of a sheet; its yes says what the button that opened it said."""
    decision = sheet.decision
    titles = (each.title for each in decision.buttons if each.command == "review.reject")
    return RejectPanel(look, next(titles, say("Reject")), decision.reject_reasons, decision.reject_text)


_PANELS: Final[dict[str, Callable[[Look, ActionSheet], InlinePanel]]] = {
    "review.approve": lambda look, sheet: ConfirmPanel(look, sheet.decision.confirm),
    "review.hand_over": lambda look, sheet: HandOverPanel(look, sheet.decision.receivers),
    "review.escalate": lambda look, sheet: EscalatePanel(look, sheet.decision.places),
    "review.ask": lambda look, _sheet: AskPanel(look),
    "review.reject": _reject_panel,
    "review.reconcile": lambda look, sheet: ReconcilePanel(look, sheet.decision.reconcile_text),
    "review.stop_job": lambda look, sheet: StopPanel(look, sheet.decision.stop_text),
    "review.undo": lambda look, sheet: UndoPanel(look, sheet.undo),
}
