"""The rows of the sample CRM, the same for the same seed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from lineclear.demo.picker import Picker
from lineclear.demo.stories import (
    CROWDED_CUSTOMER,
    DUPLICATE_CONTACTS,
    DUPLICATES,
    MOVED_CUSTOMER,
    MOVED_FIELDS,
    MOVED_TICKET,
    STALE_TICKETS,
    WRONG_INVOICE,
    WRONG_LINES,
    order_of,
)

type Row = tuple[str | int | None, ...]

_CUSTOMERS = range(4000, 4800)
_PAYMENTS = range(5000, 9000)
_INTERVAL = 3_280  # seconds between payments, so that order 77120 was charged on 14 November
_INVOICES = 1_250
_TICKETS = range(20001, 20501)
_TODAY = date(2026, 11, 20)

_FIRST = ("Amber", "Blue", "Cedar", "Delta", "Ember", "Fjord", "Granite", "Harbour", "Ivory", "Juniper")
_SECOND = ("Analytics", "Bakery", "Clinics", "Design", "Energy", "Freight", "Foods", "Labs", "Media", "Tools")
_FORMS = {"US": "Inc.", "DE": "GmbH", "GB": "Ltd", "FR": "SARL"}
_PLACES = (
    # country, city, postal code, language, time zone, currency, dialling code
    ("US", "Portland", "97205", "en", "America/Los_Angeles", "USD", "+1 503 555"),
    ("US", "Austin", "78701", "en", "America/Chicago", "USD", "+1 512 555"),
    ("US", "Boston", "02110", "en", "America/New_York", "USD", "+1 617 555"),
    ("US", "Denver", "80202", "en", "America/Denver", "USD", "+1 303 555"),
    ("DE", "Berlin", "10115", "de", "Europe/Berlin", "EUR", "+49 30 5550"),
    ("GB", "Leeds", "LS1 4AP", "en", "Europe/London", "GBP", "+44 113 555"),
    ("FR", "Lyon", "69002", "fr", "Europe/Paris", "EUR", "+33 4 55 50"),
)
_STREETS = ("Mill Street", "Station Road", "Harbour Lane", "Market Square", "Orchard Way", "North Avenue")
_ROLES = ("billing", "operations", "engineering", "owner")
_PEOPLE = ("office", "accounts", "ops", "team", "desk", "admin")
_METHODS = ("card", "card", "card", "sepa", "paypal")
_PRICES = (
    "9.00",
    "18.00",
    "24.50",
    "36.00",
    "49.00",
    "64.50",
    "89.00",
    "129.00",
    "180.00",
    "249.00",
    "420.00",
)
_GOODS = (
    ("SUP-STD", "Support, standard plan, months", "45.00"),
    ("SEAT-ADD", "Additional seats", "12.00"),
    ("STOR-100", "Storage, 100 GB", "15.00"),
    ("API-1M", "API calls, million", "20.00"),
    ("TRN-1", "Training, days", "650.00"),
)
_SUBJECTS = (
    ("Cannot download an invoice", "The download ends with an empty page."),
    ("Change our billing address", "We need another address on the next invoice."),
    ("Question about seats", "What happens to a seat when somebody leaves?"),
    ("Export takes very long", "The monthly export has been running since this morning."),
    ("Add a second administrator", "Please tell us how to add another administrator."),
)


@dataclass(slots=True)
class Records:
    """The rows of each table, parents before children."""

    customers: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    payments: list[Row] = field(default_factory=list)
    refunds: list[Row] = field(default_factory=list)
    invoices: list[Row] = field(default_factory=list)
    invoice_lines: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)

    def tables(self) -> Iterator[tuple[str, list[Row]]]:
        for name in self.__slots__:
            yield name, getattr(self, name)


def sample_records(seed: int) -> Records:
    dice, records = Picker(seed), Records()
    currencies = {number: _add_customer(records, dice, number) for number in _CUSTOMERS}
    _add_contacts(records, dice)
    _add_payments(records, dice, currencies)
    for number in range(1, _INVOICES + 1):
        _add_invoice(records, dice, number, currencies)
    _add_tickets(records, dice)
    return records


def _add_customer(records: Records, dice: Picker, number: int) -> str:
    """Add a customer; returns the currency of the account."""
    country, city, postal, language, zone, currency, dial = dice.pick(_PLACES)
    known = {story.customer: story.amount for story in DUPLICATES}
    if number in known or number == CROWDED_CUSTOMER:
        country, city, postal, language, zone, currency, dial = _PLACES[0]
    name = f"{dice.pick(_FIRST)} {dice.pick(_SECOND)} {_FORMS[country]}"
    if number == MOVED_CUSTOMER:
        name = "Northwind GmbH"
        country, city, postal, language, zone, currency, dial = _PLACES[4]
        language = "en"
    host = (
        f"{name.split()[0].lower()}{number}.example"
        if number != MOVED_CUSTOMER
        else "northwind-berlin.example"
    )
    balance = f"-{known[number]}" if number in known else "0.00"
    records.customers.append(
        (
            f"cus_{number}", number, name, name, f"hello@{host}", f"billing@{host}",
            f"{dial} {1000 + number % 9000}", f"{1 + dice.below(180)} {dice.pick(_STREETS)}", city, postal,
            country, language, zone, None if country == "US" else f"{country}{100_000_000 + number * 7919}",
            dice.pick(("startup", "business", "business")), dice.pick(("free", "team", "team")),
            dice.pick((14, 14, 45)), dice.below(2), currency, balance, "active", _day(dice, 900),
        )
    )  # fmt: skip
    return currency


def _day(dice: Picker, back: int) -> str:
    return (_TODAY - timedelta(days=1 + dice.below(back))).isoformat()


def _add_contacts(records: Records, dice: Picker) -> None:
    for customer in _CUSTOMERS:
        for who in range(1 + dice.below(2) if customer != CROWDED_CUSTOMER else 3):
            _add_contact(records, customer, _PEOPLE[who], dice.pick(_ROLES), _day(dice, 600))
    for who in range(DUPLICATE_CONTACTS):
        _add_contact(records, CROWDED_CUSTOMER, _PEOPLE[who % 3], _ROLES[0], "2026-11-02")


def _add_contact(records: Records, customer: int, who: str, role: str, day: str) -> None:
    number = 10_001 + len(records.contacts)
    email = f"{who}@customer{customer}.example"
    records.contacts.append(
        (f"con_{number}", f"cus_{customer}", f"{who.title()} of customer {customer}", email, role, day)
    )


def _add_payments(records: Records, dice: Picker, currencies: dict[int, str]) -> None:
    second = {story.payment: story for story in DUPLICATES}
    first = {story.payment - 1: story for story in DUPLICATES}
    start = datetime(2026, 6, 21, 13, 0, 0)  # noqa: DTZ001  # written as UTC below
    for number in _PAYMENTS:
        story = second.get(number) or first.get(number)
        at = start + timedelta(seconds=(number - _PAYMENTS.start) * _INTERVAL + dice.below(1_800))
        customer, amount = dice.pick(_CUSTOMERS), dice.pick(_PRICES)
        order, refunded = order_of(number), dice.below(60) == 0
        if story is not None:
            at = start + timedelta(seconds=(story.payment - _PAYMENTS.start) * _INTERVAL)
            at += timedelta(seconds=story.apart if number in second else 0)
            customer, amount, order, refunded = story.customer, story.amount, story.order, False
        currency, stamp = currencies[customer], f"{at.isoformat()}Z"
        if number not in second:
            records.orders.append(
                (f"ord_{order}", order, f"cus_{customer}", amount, currency, "fulfilled", stamp)
            )
        returned, status = (amount, "refunded") if refunded else ("0.00", "captured")
        records.payments.append(
            (
                f"pay_{number}", f"ord_{order}", f"cus_{customer}", amount, currency, returned, status,
                dice.pick(_METHODS) if story is None else "card", stamp,
            )
        )  # fmt: skip
        if refunded:
            reason = dice.pick(("defective", "not_received", "goodwill"))
            records.refunds.append((f"re_pay_{number}_1", f"pay_{number}", amount, currency, reason))


def _add_invoice(records: Records, dice: Picker, number: int, currencies: dict[int, str]) -> None:
    name = f"2026-{number:04d}"
    customer, status = dice.pick(_CUSTOMERS), dice.pick(("paid", "paid", "paid", "open", "overdue"))
    lines: list[tuple[str, str, int, str]] = [
        (sku, text, 1 + dice.below(12), price)
        for sku, text, price in (dice.pick(_GOODS) for _ in range(2 + dice.below(3)))
    ]
    issued = date(2026, 1, 5) + timedelta(days=number * 310 // _INVOICES)
    if name == WRONG_INVOICE:
        customer, status = MOVED_CUSTOMER, "open"
        lines = [(sku, text, quantity, price) for sku, text, quantity, price, _ in WRONG_LINES]
    total = 0
    for line, (sku, text, quantity, price) in enumerate(lines, start=1):
        cents = int(price.replace(".", "")) * quantity
        total += cents
        records.invoice_lines.append((name, line, sku, text, quantity, price, _amount(cents)))
    due = issued + timedelta(days=14)
    records.invoices.append(
        (
            name,
            f"cus_{customer}",
            status,
            currencies[customer],
            _amount(total),
            issued.isoformat(),
            due.isoformat(),
        )
    )


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _add_tickets(records: Records, dice: Picker) -> None:
    charged = {story.ticket: story for story in DUPLICATES}
    for number in _TICKETS:
        subject, body = dice.pick(_SUBJECTS)
        customer, order, priority = dice.pick(_CUSTOMERS), None, dice.pick(("low", "normal", "normal"))
        status = dice.pick(("closed", "closed", "open", "waiting"))
        opened = _TODAY - timedelta(days=2 + (_TICKETS.stop - number) // 8)
        replied = opened + timedelta(days=1)
        if number in STALE_TICKETS:
            status, opened = "waiting", date(2026, 8, 1) + timedelta(days=number % 20)
            replied = opened + timedelta(days=3)
        elif status == "waiting":
            replied = _TODAY - timedelta(days=1 + dice.below(6))
        if number in charged:
            story = charged[number]
            subject, body = "Charged twice", f"I was charged twice for order {story.order}."
            customer, order, status, priority = story.customer, f"ord_{story.order}", "open", "high"
        if number == MOVED_TICKET:
            subject, customer, status = "We have moved", MOVED_CUSTOMER, "open"
            told = "\n".join(f"{name}: {value}" for name, value in MOVED_FIELDS.items())
            body = f"Northwind has moved from Berlin to Hamburg. Please keep us on file as:\n{told}"
        resolution = "answered" if status == "closed" else None
        records.tickets.append(
            (
                number, f"cus_{customer}", order, subject, body, status, priority, resolution,
                opened.isoformat(), replied.isoformat(),
            )
        )  # fmt: skip
