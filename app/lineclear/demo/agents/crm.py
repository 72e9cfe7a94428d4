"""CRM: keeps customer records as the customers say they are. Free of I/O of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lineclear.agents.asking import Plain
from lineclear.demo.agents.story import Desk, Stories, Story, called, planned, read

NAME = "crm-agent"
_NUMBERS = frozenset({"payment_terms_days"})


def stories(desk: Desk) -> Stories:
    """The move that a ticket tells of, contacts that are there twice, then segments that no longer fit."""
    yield from _moves(desk)
    yield from _duplicates(desk)
    yield from _segments(desk)


def _moves(desk: Desk) -> Iterator[Story]:
    found = desk.systems.rows(
        "SELECT t.id, t.body, t.customer_id, c.name FROM tickets t JOIN customers c ON c.id = t.customer_id"
        " WHERE t.subject = 'We have moved' AND t.status = 'open' ORDER BY t.id"
    )
    for ticket in found:
        told, _, listed = str(ticket["body"]).partition("\n")
        fields = _fields(listed)
        yield Story(
            name=f"move-{ticket['id']}",
            goal=f"Resolve ticket {ticket['id']}",
            customer=str(ticket["customer_id"]),
            workflow="customer data",
            capability="manage_customers",
            tool="crm.update_customer",
            arguments={"customer_id": str(ticket["customer_id"]), "fields": fields},
            why="customer moved to another city",
            note=f"{ticket['name']} moved. The legal name differs from the register entry that I found, "
            "so I am not sure of all fields.",
            confidence="0.62",
            due=timedelta(hours=1),
            steps=(
                read("read ticket", f"Ticket {ticket['id']}", told),
                planned(desk.picker, "model: extract fields"),
                called(
                    "crm.get_customer", "crm.get_customer", f"{ticket['name']} is kept at its old address"
                ),
                read("read company register", "Company register", "Seat of the company: Hamburg"),
            ),
        )


def _fields(listed: str) -> dict[str, Plain]:
    pairs = (line.partition(": ") for line in listed.splitlines())
    return {name: int(value) if name in _NUMBERS else value for name, _, value in pairs}


def _duplicates(desk: Desk) -> Iterator[Story]:
    twice = desk.systems.rows(
        "SELECT o.customer_id, o.id FROM contacts o WHERE EXISTS (SELECT 1 FROM contacts e"
        " WHERE e.customer_id = o.customer_id AND e.email = o.email AND e.id < o.id) ORDER BY o.id"
    )
    for customer in dict.fromkeys(str(row["customer_id"]) for row in twice):
        contacts = [str(row["id"]) for row in twice if row["customer_id"] == customer]
        yield Story(
            name=f"contacts-{customer}",
            goal=f"Tidy up the contacts of {customer}",
            customer=customer,
            workflow="customer data",
            capability="manage_customers",
            tool="crm.delete_contacts",
            arguments={"customer_id": customer, "contact_ids": contacts},
            why="duplicate contacts",
            note=f"{len(contacts)} contacts repeat the e-mail address of an older one.",
            confidence="0.86",
            due=timedelta(hours=20),
            steps=(
                called("crm.get_customer", "crm.get_customer", f"{len(contacts)} addresses are there twice"),
                planned(desk.picker),
            ),
        )


def _segments(desk: Desk) -> Iterator[Story]:
    small = desk.systems.rows(
        "SELECT c.id, c.name, count(*) AS orders FROM customers c JOIN orders o ON o.customer_id = c.id"
        " WHERE c.segment = 'startup' GROUP BY c.id ORDER BY orders DESC, c.id LIMIT 200"
    )
    for customer in small:
        confidence = desk.picker.pick(("0.93", "0.90", "0.71"))
        yield Story(
            name=f"segment-{customer['id']}",
            goal=f"Review the segment of {customer['name']}",
            customer=str(customer["id"]),
            workflow="customer data",
            capability="manage_customers",
            tool="crm.update_customer",
            arguments={"customer_id": str(customer["id"]), "fields": {"segment": "business"}},
            why=f"{customer['orders']} orders this half-year",
            note="Orders like a business customer; the segment decides the offers that they see.",
            confidence=confidence,
            due=timedelta(hours=8),
            steps=(
                called("crm.get_customer", "Orders", f"{customer['orders']} orders since June"),
                planned(desk.picker),
            ),
        )
