"""Which question a button of the decision bar opens."""

from __future__ import annotations

from collections.abc import Callable
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
