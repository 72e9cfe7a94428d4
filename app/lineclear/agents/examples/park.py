"""Proposes, stops waiting, and goes on days later in another process. Free of anything but the SDK.

`python -m lineclear.agents.examples.park` proposes and prints an id; with that id as its argument it goes on.
"""

from __future__ import annotations

import sys

from lineclear.agents import Client, Outcome, Waiting


def propose(client: Client, customer: str, city: str, seconds: float = 10) -> Outcome:
    """Ten seconds are enough for policy; a person takes longer, and then the job stays open."""
    with client.job(f"Move {customer} to {city}", key=f"move-{customer}") as job:
        return job.propose(
            "manage_customers",
            "crm.update_customer",
            {"customer_id": customer, "fields": {"city": city}},
            timeout=seconds,
            why="customer moved",
            confidence="0.62",
        )


def main() -> None:
    with Client() as client:
        outcome = client.resume(sys.argv[1]) if sys.argv[1:] else propose(client, "cus_4102", "Hamburg")
    print(outcome.action if isinstance(outcome, Waiting) else outcome)  # noqa: T201  # the program's answer


if __name__ == "__main__":
    main()
