"""Billing: corrects invoice lines that do not agree with what was used. Free of I/O of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from lineclear.demo.agents.story import Desk, Stories, Story, called, planned, read
from lineclear.demo.stories import WRONG_INVOICE, WRONG_LINES

NAME = "billing-agent"


def stories(desk: Desk) -> Stories:
    """The invoice that the usage report contradicts, then single lines of others that are not paid yet."""
    yield from _usage(desk)
    yield from _rounded(desk)


def _usage(desk: Desk) -> Iterator[Story]:
    """The usage report is no system of the sample workspace; `stories.py` knows what it says."""
    used = {sku: right for sku, _, _, _, right in WRONG_LINES}
    lines = desk.systems.rows(
        "SELECT line, sku, description, quantity, unit_price FROM invoice_lines"
        " WHERE invoice_id = ? ORDER BY line",
        WRONG_INVOICE,
    )
    wrong = [row for row in lines if used.get(str(row["sku"]), row["quantity"]) != row["quantity"]]
    if not wrong:
        return
    less = sum(
        (
            Decimal(str(row["unit_price"])) * (int(str(row["quantity"])) - used[str(row["sku"])])
            for row in wrong
        ),
        Decimal(0),
    )
    yield Story(
        name=f"invoice-{WRONG_INVOICE}",
        goal=f"Check invoice {WRONG_INVOICE} against usage",
        workflow="invoicing",
        capability="correct_invoices",
        tool="invoices.correct_lines",
        arguments={
            "invoice_id": WRONG_INVOICE,
            "corrections": [
                {"line": row["line"], "quantity": used[str(row["sku"])], "unit_price": row["unit_price"]}
                for row in wrong
            ],
        },
        why=f"total -${less:.2f}",
        note="Three lines bill more than the usage report shows. The unit prices are right.",
        confidence="0.89",
        due=timedelta(hours=3),
        steps=(
            called("invoices.get", f"Invoice {WRONG_INVOICE}", f"{len(lines)} lines, {len(wrong)} differ"),
            read(
                "read usage report",
                "Usage report",
                _told([(str(r["description"]), used[str(r["sku"])]) for r in wrong]),
            ),
            planned(desk.picker, "model: compare"),
        ),
    )


def _told(lines: list[tuple[str, int]]) -> str:
    return "; ".join(f"{description}: {quantity}" for description, quantity in lines)


def _rounded(desk: Desk) -> Iterator[Story]:
    lines = desk.systems.rows(
        "SELECT l.invoice_id, l.line, l.description, l.quantity, l.unit_price, i.customer_id"
        " FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id"
        " WHERE i.status IN ('open', 'overdue') AND l.quantity > 2 AND l.invoice_id <> ?"
        " ORDER BY l.invoice_id DESC, l.line",
        WRONG_INVOICE,
    )
    for row in {line["invoice_id"]: line for line in lines}.values():
        quantity = int(str(row["quantity"]))
        right = quantity - 1 - desk.picker.below(quantity - 2)
        yield Story(
            name=f"invoice-{row['invoice_id']}",
            goal=f"Check invoice {row['invoice_id']} against usage",
            customer=str(row["customer_id"]),
            workflow="invoicing",
            capability="correct_invoices",
            tool="invoices.correct_lines",
            arguments={
                "invoice_id": row["invoice_id"],
                "corrections": [{"line": row["line"], "quantity": right, "unit_price": row["unit_price"]}],
            },
            why=f"{row['description']}: {quantity} billed, {right} used",
            note="One line bills more than the usage report shows.",
            confidence="0.84",
            due=timedelta(hours=6),
            steps=(
                called("invoices.get", f"Invoice {row['invoice_id']}", f"line {row['line']}: {quantity}"),
                read("read usage report", "Usage report", f"{row['description']}: {right}"),
                planned(desk.picker, "model: compare"),
            ),
        )
