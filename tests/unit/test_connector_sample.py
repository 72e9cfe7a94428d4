"""The sample workspace: the same for the same seed, and every story in it can be told to the end."""

from __future__ import annotations

import pytest
from dulwich.repo import Repo
from sqlcipher3 import dbapi2

from lineclear.adapters.connectors.workspace import open_workspace
from lineclear.demo import stories
from lineclear.demo.records import sample_records
from lineclear.demo.sample import build
from lineclear.domain.diffing.access import diff_access
from lineclear.domain.diffing.touching import touched_records
from lineclear.domain.policy.document import load

NOW = 1_795_000_000
BRANCH = [
    {"path": "billing/settings.py", "content": "RETRIES = 1\n"},
    {"path": "docs/retries.md", "content": "One.\n"},
]
STORIES = [
    ("payments.list", {"customer_id": "cus_4411"}),
    ("tickets.get", {"ticket_id": 20418}),
    ("tickets.list", {"status": "waiting"}),
    ("crm.get_customer", {"customer_id": "cus_4102"}),
    ("invoices.get", {"invoice_id": "2026-1187"}),
    *[
        (
            "payments.create_refund",
            {
                "payment_id": f"pay_{story.payment}",
                "amount": story.amount,
                "currency": "USD",
                "reason": "duplicate",
            },
        )
        for story in stories.DUPLICATES
    ],
    (
        "payments.adjust",
        {"customer_id": "cus_4411", "amount": "5.00", "currency": "USD", "reason": "goodwill"},
    ),
    ("crm.update_customer", {"customer_id": "cus_4102", "fields": stories.MOVED_FIELDS}),
    (
        "invoices.correct_lines",
        {
            "invoice_id": stories.WRONG_INVOICE,
            "corrections": [
                {"line": line, "quantity": right, "unit_price": price}
                for line, (_, _, wrong, price, right) in enumerate(stories.WRONG_LINES, start=1)
                if wrong != right
            ],
        },
    ),
    (
        "tickets.close_many",
        {"ticket_ids": list(stories.STALE_TICKETS), "resolution": "no answer since the summer"},
    ),
    ("access.grant", {"principal": "service:deploy-bot", "role": "storage.admin", "resource": "storage"}),
    (
        "access.revoke",
        {"principal": "user:contractor-118@acme.example", "role": "crm.editor", "resource": "crm/customers"},
    ),
    ("cicd.open_pr", {"title": "fix/retry-budget", "message": "Retry once.", "files": BRANCH}),
    ("cicd.trigger_deploy", {"service": "billing", "version": "4.18", "environment": "staging"}),
]


@pytest.fixture
def sample(tmp_path):
    return build(tmp_path / "sample")


@pytest.fixture
def tools(sample):
    return open_workspace(sample.document, now=lambda: NOW).tools


def rows(path, query):
    connection = dbapi2.connect(str(path))
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_every_system_is_healthy(tools):
    assert {connector.probe().state for connector in tools.connectors().values()} == {"healthy"}


def altered(path, statement):
    connection = dbapi2.connect(str(path), isolation_level=None)
    try:
        connection.execute(statement)
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("statement", "gone", "there"),
    [
        ("ALTER TABLE tickets RENAME TO cases", "tickets.get", "payments.list"),
        ("ALTER TABLE contacts RENAME COLUMN customer_id TO owner", "crm.get_customer", "tickets.get"),
    ],
)
def test_what_is_gone_from_a_database_takes_its_tools_along_and_no_others(
    sample, tools, statement, gone, there
):
    altered(sample.folder / "crm.sqlite", statement)
    found = tools.connectors()["crm"].probe()
    assert found.state == "partial"
    assert gone in found.tools
    assert there not in found.tools
    assert all(found.tools.values())


def test_a_list_that_is_gone_from_a_document_takes_its_tools_along(sample, tools):
    document = sample.folder / "access.yaml"
    document.write_text(document.read_text().replace("grants:", "given:", 1))
    found = tools.connectors()["access"].probe()
    assert (found.state, found.detail) == ("down", "The document has no list 'grants'.")


@pytest.mark.parametrize(
    ("tool", "arguments"), STORIES, ids=[f"{tool}-{n}" for n, (tool, _) in enumerate(STORIES)]
)
def test_a_story_can_be_proposed_done_and_where_promised_undone(tools, tool, arguments):
    contract, connector = tools.contract(tool), tools.connector(tool)
    assert tools.problem(tool, arguments) is None
    preview = connector.preview(tool, arguments)
    assert preview.undo.possible == contract.reversible
    effect = connector.apply(tool, arguments, expected=preview.version, key="key-1")
    assert (effect.before, effect.after) == (preview.before, preview.after)
    assert (preview.before != preview.after) == contract.mutates
    if contract.reversible:
        undo = connector.preview_undo(tool, effect.receipt)
        connector.undo(tool, effect.receipt, expected=undo.version, key="key-2")
        assert connector.preview(tool, arguments) == preview


def test_duplicate_contacts_can_be_deleted_and_come_back(tools):
    connector = tools.connector("crm.delete_contacts")
    contacts = connector.preview("crm.get_customer", {"customer_id": "cus_4250"}).before["contacts"]
    emails = [contact["email"] for contact in contacts]
    repeated = [contact["id"] for index, contact in enumerate(contacts) if contact["email"] in emails[:index]]
    assert len(repeated) == stories.DUPLICATE_CONTACTS
    arguments = {"customer_id": "cus_4250", "contact_ids": repeated}
    preview = connector.preview("crm.delete_contacts", arguments)
    assert preview.title.startswith("Delete 4 contacts")
    assert touched_records(preview.before, preview.after) == len(repeated)
    effect = connector.apply("crm.delete_contacts", arguments, expected=preview.version, key="key-1")
    undo = connector.preview_undo("crm.delete_contacts", effect.receipt)
    connector.undo("crm.delete_contacts", effect.receipt, expected=undo.version, key="key-2")
    assert connector.preview("crm.delete_contacts", arguments) == preview


def test_a_batch_of_tickets_counts_each_of_them(tools):
    arguments = {"ticket_ids": list(stories.STALE_TICKETS), "resolution": "no answer since the summer"}
    preview = tools.connector("tickets.close_many").preview("tickets.close_many", arguments)
    assert touched_records(preview.before, preview.after) == len(stories.STALE_TICKETS) == 38


def test_the_refund_reads_as_a_person_wants_to_see_it(tools):
    tool = "payments.create_refund"
    arguments = {"payment_id": "pay_8841", "amount": "180.00", "currency": "USD", "reason": "duplicate"}
    preview = tools.connector(tool).preview(tool, arguments)
    assert preview.title == "Refund $180.00 to customer 4411"
    assert (preview.target.kind, preview.target.id) == ("payment", "pay_8841")
    assert preview.undo.loses == "a refund is final"
    assert preview.before["customer"]["balance"] == "-180.00"
    assert preview.after["customer"]["balance"] == "0.00"
    assert [refund["reason"] for refund in preview.after["refunds"]] == ["duplicate"]


def test_the_customer_was_charged_twice_41_seconds_apart(sample):
    found = rows(sample.database, "SELECT amount, captured_at FROM payments WHERE order_id = 'ord_77120'")
    assert [amount for amount, _ in found] == ["180.00", "180.00"]
    (first, second) = (at for _, at in found)
    assert first[:10] == "2026-11-14"
    assert int(second[-3:-1]) - int(first[-3:-1]) in (41, 41 - 60)


def test_a_payment_cannot_be_refunded_twice_over(tools):
    tool = "payments.create_refund"
    arguments = {"payment_id": "pay_8841", "amount": "100.00", "currency": "USD", "reason": "duplicate"}
    connector = tools.connector(tool)
    version = connector.preview(tool, arguments).version
    effect = connector.apply(tool, arguments, expected=version, key="key-1")
    assert effect.after["payment"]["status"] == "partially refunded"
    with pytest.raises(Exception, match=r"Only 80\.00 USD"):
        connector.preview(tool, arguments)


@pytest.mark.parametrize("expires", [None, "2027-01-31"])
def test_a_grant_is_shown_in_a_form_that_can_be_said_in_words(tools, expires):
    arguments = {
        "principal": "service:deploy-bot",
        "role": "storage.admin",
        "resource": "storage",
        "expires": expires,
    }
    preview = tools.connector("access.grant").preview("access.grant", arguments)
    told = diff_access(preview.before["grants"], preview.after["grants"])
    assert told.unread == ()
    assert [(change.principal, change.actions) for change in told.changes] == [
        ("service:deploy-bot", ("storage.admin",))
    ]


def test_the_invoice_falls_by_240(tools):
    tool, arguments = next(story for story in STORIES if story[0] == "invoices.correct_lines")
    preview = tools.connector(tool).preview(tool, arguments)
    assert preview.title == "Correct 3 lines on invoice 2026-1187"
    assert (preview.before["invoice"]["total"], preview.after["invoice"]["total"]) == ("1520.00", "1280.00")


def test_nothing_is_deployed_where_it_is_frozen(tools):
    arguments = {"service": "storefront", "version": "11.3", "environment": "production"}
    with pytest.raises(Exception, match="frozen"):
        tools.connector("cicd.trigger_deploy").preview("cicd.trigger_deploy", arguments)


def test_policy_names_tools_that_there_are(sample, tools):
    document = load(sample.policy.read_text())
    named = {tool for capability in document.capabilities.values() for tool in capability.tools}
    # The stand-in for tools that nobody declares is in no capability here: such calls are denied.
    assert named == {contract.tool for contract in tools.contracts()} - {"agents.unlisted"}


def test_the_same_seed_gives_the_same_workspace(tmp_path, sample):
    again = build(tmp_path / "again")
    for one in (sample, again):
        rows(one.database, "PRAGMA wal_checkpoint(TRUNCATE)")
    for name in ("crm.sqlite", "access.yaml", "deployments.yaml", "policy.yaml", "workspace.yaml"):
        assert (sample.folder / name).read_bytes() == (again.folder / name).read_bytes(), name
    with Repo(str(sample.repository)) as one, Repo(str(again.repository)) as other:
        assert one.refs[b"refs/heads/main"] == other.refs[b"refs/heads/main"]


def test_another_seed_gives_other_rows_around_the_same_stories():
    one, other = sample_records(7), sample_records(8)
    assert one.customers != other.customers
    assert [row[:2] for row in one.customers] == [row[:2] for row in other.customers]


def test_it_is_as_large_as_a_small_support_desk(sample):
    counts = {
        name: rows(sample.database, f"SELECT count(*) FROM {name}")[0][0]
        for name in ("customers", "payments", "tickets")
    }
    assert counts == {"customers": 800, "payments": 4000, "tickets": 500}
    waiting = rows(
        sample.database,
        "SELECT count(*) FROM tickets WHERE status = 'waiting' AND last_reply_on < '2026-09-01'",
    )
    assert waiting == [(38,)]


def test_every_reference_in_the_crm_holds(sample):
    assert rows(sample.database, "PRAGMA foreign_key_check") == []
    assert rows(sample.database, "PRAGMA integrity_check") == [("ok",)]
    assert rows(sample.database, "PRAGMA journal_mode") == [("wal",)]


def test_it_never_builds_over_another_workspace(sample):
    with pytest.raises(FileExistsError):
        build(sample.folder)
