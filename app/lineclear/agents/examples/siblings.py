"""What the examples of the three frameworks share: two refunds that a model wants at once. Free of them.

Each framework's example has a model of its own that needs no network: it asks for both refunds, reads what
came of them and says it. Put a real model in its place.
"""

from __future__ import annotations

from typing import Final

from lineclear.agents.calls import Tool

TOOLS: Final = {"issue_refund": Tool("issue_refund", "payments.create_refund")}
"""The agent's tool by name, and what stands behind it."""

REFUNDS: Final[dict[str, dict[str, str]]] = {
    "call_1": {"payment_id": "pay_5063", "amount": "180.00", "currency": "USD", "reason": "duplicate"},
    "call_2": {"payment_id": "pay_5062", "amount": "129.00", "currency": "USD", "reason": "duplicate"},
}
"""What the model asks for, by the id of its call."""


def issue_refund(payment_id: str, amount: str, currency: str, reason: str) -> str:
    """Pay money back."""
    # The backend has made the refund when this runs: all that is left to do is to say so.
    return f"Refunded {amount} {currency} of {payment_id} ({reason})."
