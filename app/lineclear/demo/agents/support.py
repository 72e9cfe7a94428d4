"""Support: refunds what was charged twice, credits who waited too long. Free of I/O of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lineclear.demo.agents.story import Desk, Step, Stories, Story, called, planned, read
from lineclear.demo.reading import Row

NAME = "support-agent"
_SOON = timedelta(minutes=9)
_LATER = timedelta(hours=4)
_CREDITS = ("10.00", "20.00", "30.00", "45.00", "60.00")


def stories(desk: Desk) -> Stories:
    """Refunds first, in the order of their tickets; then credits, for as long as anybody asks."""
    yield from _refunds(desk)
    yield from _credits(desk)


def _refunds(desk: Desk) -> Iterator[Story]:
    charged = desk.systems.rows(
        "SELECT id, order_id, customer_id, body FROM tickets"
        " WHERE subject = 'Charged twice' AND status = 'open' ORDER BY id"
    )
    for index, ticket in enumerate(charged):
        captures = desk.systems.rows(
            "SELECT * FROM payments WHERE order_id = ? ORDER BY captured_at", ticket["order_id"]
        )
        if len(captures) == 2 and captures[1]["amount_refunded"] == "0.00":  # noqa: PLR2004  # charged twice
            yield _refund(desk, ticket, captures[1], _SOON if index == 0 else _LATER)


def _refund(desk: Desk, ticket: Row, payment: Row, due: timedelta) -> Story:
    amount, currency = str(payment["amount"]), str(payment["currency"])
    return Story(
        name=f"ticket-{ticket['id']}",
        goal=f"Resolve ticket {ticket['id']}",
        customer=str(ticket["customer_id"]),
        workflow="refunds",
        capability="issue_refund",
        tool="payments.create_refund",
        arguments={
            "payment_id": str(payment["id"]),
            "amount": amount,
            "currency": currency,
            "reason": "duplicate",
        },
        why="duplicate charge",
        note="Customer was billed twice. Refunding the second capture in full per policy §3.2.",
        confidence="0.91",
        due=due,
        steps=(
            read("read ticket", f"Ticket {ticket['id']}", str(ticket["body"])),
            planned(desk.picker),
            called("payments.list", "payments.list", f"2 captures of {amount} {currency}, seconds apart"),
            Step(
                "read refund policy",
                "read",
                0.2,
                (("Refund policy §3.2", "Duplicate captures are refunded in full."),),
            ),
        ),
    )


def _credits(desk: Desk) -> Iterator[Story]:
    waiting = desk.systems.rows(
        "SELECT t.id, t.customer_id, t.subject, t.last_reply_on, c.currency FROM tickets t"
        " JOIN customers c ON c.id = t.customer_id"
        " WHERE t.status = 'open' AND t.subject <> 'Charged twice' AND c.currency = 'USD' ORDER BY t.id DESC"
    )
    for ticket in waiting:
        amount = desk.picker.pick(_CREDITS)
        yield Story(
            name=f"credit-{ticket['id']}",
            goal=f"Make up for the wait on ticket {ticket['id']}",
            customer=str(ticket["customer_id"]),
            workflow="goodwill",
            capability="credit_account",
            tool="payments.adjust",
            arguments={
                "customer_id": str(ticket["customer_id"]),
                "amount": amount,
                "currency": "USD",
                "reason": f"goodwill, ticket {ticket['id']}",
            },
            why="answered late",
            note=f"No reply since {ticket['last_reply_on']}. A small credit, as the service promise says.",
            confidence="0.88",
            due=_LATER,
            steps=(
                read("read ticket", f"Ticket {ticket['id']}", str(ticket["subject"])),
                planned(desk.picker),
                read("read service promise", "Service promise §2", "Two working days, or a credit."),
            ),
        )
