"""What the sample workspace's records are about, as fixed facts. Pure.

Each story gives an agent something true to find and something right to propose.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DuplicateCharge:
    """An order that was captured twice: `payment` is the second capture, which should be refunded."""

    ticket: int
    customer: int
    payment: int
    amount: str
    apart: int
    """Seconds between the two captures."""

    @property
    def order(self) -> int:
        return order_of(self.payment - 1)


def order_of(payment: int) -> int:
    """The number of the order that a payment belongs to, where it is no duplicate."""
    return payment + 68_280


DUPLICATES = (
    DuplicateCharge(ticket=20418, customer=4411, payment=8841, amount="180.00", apart=41),
    DuplicateCharge(ticket=20431, customer=4207, payment=8851, amount="36.00", apart=38),
    DuplicateCharge(ticket=20440, customer=4630, payment=8863, amount="249.00", apart=40),
    DuplicateCharge(ticket=20447, customer=4093, payment=8872, amount="64.50", apart=43),
    DuplicateCharge(ticket=20455, customer=4518, payment=8890, amount="129.00", apart=41),
    DuplicateCharge(ticket=20462, customer=4346, payment=8904, amount="18.00", apart=39),
)

MOVED_CUSTOMER = 4102
MOVED_TICKET = 20377
MOVED_FIELDS: dict[str, str | int | bool] = {
    "legal_name": "Northwind Handels GmbH",
    "email": "hallo@northwind.example",
    "billing_email": "rechnung@northwind.example",
    "phone": "+49 40 5550 0177",
    "street": "Am Sandtorkai 14",
    "city": "Hamburg",
    "postal_code": "20457",
    "language": "de",
    "tax_id": "DE811907980",
    "segment": "enterprise",
    "plan": "scale",
    "payment_terms_days": 30,
}
"""What ticket 20377 asks for: Northwind GmbH moved from Berlin to Hamburg."""

WRONG_INVOICE = "2026-1187"
WRONG_LINES = (
    # sku, description, quantity, unit price, the right quantity
    ("SUP-STD", "Support, standard plan, months", 12, "45.00", 12),
    ("SEAT-ADD", "Additional seats", 30, "12.00", 20),
    ("STOR-100", "Storage, 100 GB", 8, "15.00", 4),
    ("API-1M", "API calls, million", 5, "20.00", 2),
    ("ONB-1", "Onboarding, days", 1, "400.00", 1),
)
"""Three quantities of invoice 2026-1187 are wrong; corrected, its total falls by 240.00."""

STALE_TICKETS = tuple(range(20010, 20010 + 38 * 5, 5))
"""Tickets that wait for an answer that nobody gave since the summer."""

CROWDED_CUSTOMER = 4250
DUPLICATE_CONTACTS = 4
"""How many of the newest contacts of customer 4250 repeat an older one."""
