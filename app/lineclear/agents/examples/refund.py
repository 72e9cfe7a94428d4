"""Refunds a payment that was captured twice, and says what became of it. Free of anything but the SDK.

Run it with LINECLEAR_URL and an agent's LINECLEAR_TOKEN: `python -m lineclear.agents.examples.refund`.
"""

from __future__ import annotations

from datetime import timedelta

from lineclear.agents import Budget, Client, Denied, Outcome, Rejected, Succeeded


def refund(client: Client, ticket: int, payment: str, amount: str) -> Outcome:
    """Refund `payment`, after a person agreed where policy asks for one; once, however often it runs."""
    with client.job(f"Resolve ticket {ticket}", budget=Budget(steps=12), key=f"ticket-{ticket}") as job:
        with job.span("read ticket", kind="read") as span:
            complaint = span.quote(f"Ticket {ticket}", "I was charged twice.")
        with job.span("model: plan", kind="model") as span:
            span.cost("0.012")
            span.tokens(1_200)
        return job.propose(
            "issue_refund",
            "payments.create_refund",
            {"payment_id": payment, "amount": amount, "currency": "USD", "reason": "duplicate"},
            why="duplicate charge",
            note="Customer was billed twice. Refunding the second capture in full.",
            confidence="0.91",
            deadline=job.opened + timedelta(hours=4),
            evidence=[complaint],
        )


def told(outcome: Outcome) -> str:
    """An outcome in a sentence."""
    match outcome:
        case Succeeded(reference=reference):
            return f"Refunded: {reference}."
        case Denied(reasons=reasons):
            return " ".join(reasons)
        case Rejected(by=by, reason=reason):
            return f"{by} said no: {reason}"
        case _:
            return f"Nothing was refunded: {type(outcome).__name__.lower()}."


def main() -> None:
    with Client() as client:
        print(told(refund(client, 20418, "pay_8841", "180.00")))  # noqa: T201  # the program's answer


if __name__ == "__main__":
    main()
