"""A first call by the Python SDK: propose, wait for policy or a person, go on.

LINECLEAR_URL and LINECLEAR_TOKEN say where, and as whom.
"""

from __future__ import annotations

from lineclear.agents import Cleared, Client

CAPABILITY = "issue_refund"
TOOL = "payments.create_refund"
ARGUMENTS = {"payment_id": "pay_5013", "amount": "60.00", "currency": "USD", "reason": "duplicate"}


def main() -> None:
    with Client() as client, client.job("First call by the SDK") as job:
        outcome = job.propose(CAPABILITY, TOOL, ARGUMENTS, why="first call", confidence="0.9")
        if isinstance(outcome, Cleared):  # a tool of the agent's own: it makes the call, and says so
            order = client.consume(outcome.action)
            print("Your own code makes the call with", dict(order.arguments))  # noqa: T201  # the program's answer
            outcome = client.report(order.action, "succeeded")
        print(outcome)  # noqa: T201  # the program's answer


if __name__ == "__main__":
    main()
