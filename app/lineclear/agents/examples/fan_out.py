"""Many proposals at once on one event loop, each with its own clearance. Free of anything but the SDK."""

from __future__ import annotations

import asyncio

from lineclear.agents import AsyncClient, Outcome


async def close_ticket(client: AsyncClient, ticket: int) -> Outcome:
    """Close one ticket, in a job of its own: one rejection does not concern the others."""
    async with client.job(f"Close stale ticket {ticket}", key=f"stale-{ticket}") as job:
        async with job.span("read ticket", kind="read") as span:
            span.cost("0.0004")
        return await job.propose(
            "close_tickets",
            "tickets.close_many",
            {"ticket_ids": [ticket], "resolution": "No answer since the summer."},
            why="no answer since the summer",
            confidence="0.97",
        )


async def close_all(client: AsyncClient, tickets: list[int]) -> list[Outcome]:
    """All of them, or the first Refusal; what then still waits is abandoned with its job."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(close_ticket(client, ticket)) for ticket in tickets]
    return [task.result() for task in tasks]


async def main() -> None:
    async with AsyncClient() as client:
        for outcome in await close_all(client, [20010, 20015, 20020]):
            print(outcome)  # noqa: T201  # the program's answer


if __name__ == "__main__":
    asyncio.run(main())
