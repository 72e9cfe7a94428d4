"""Workspace documents: what is wrong is said with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from lineclear.adapters.connectors.workspace import WorkspaceError, open_workspace

DOCUMENT = """\
workspace: acme/support-ops
environment: production
systems:
  crm: {kind: sql, url: "sqlite:///crm.sqlite"}
  access: {kind: document, path: access.yaml}
  code: {kind: git, path: code.git, branch: main}
tools:
  payments.get:
    system: crm
    stake: data
    title: "Payment {payment.id}"
    target: {kind: payment, id: payment.id}
    arguments: {type: object}
    reads:
      payment: {table: payments, key: {id: args.payment_id}}
    checks:
      - that: payment.amount != null
        else: "none"
    writes:
      - update: payment
        set: {status: '"closed"'}
  access.grant:
    system: access
    stake: access
    title: "Grant"
    target: {kind: principal, id: args.principal}
    arguments: {type: object}
    records: grants
    key: [principal]
    operation: add
    record: {principal: args.principal}
  cicd.open_pr:
    system: code
    stake: code
    title: "Merge {args.title}"
    target: {kind: branch, id: branch}
    arguments: {type: object}
"""


def opened(folder: Path, text: str):
    path = folder / "workspace.yaml"
    path.write_text(text)
    return open_workspace(path, now=lambda: 0)


def test_a_document_gives_its_tools(tmp_path):
    workspace = opened(tmp_path, DOCUMENT)
    assert (workspace.name, workspace.environment) == ("acme/support-ops", "production")
    assert [contract.tool for contract in workspace.tools.contracts()] == [
        "payments.get", "access.grant", "cicd.open_pr",
    ]  # fmt: skip
    assert workspace.tools.contract("access.grant").connector == "access"


def test_opening_touches_no_system(tmp_path):
    opened(tmp_path, DOCUMENT)
    assert [path.name for path in tmp_path.iterdir()] == ["workspace.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("stake: data", "stake: gold", 10, "stake"),
        ("    stake: data\n", "", 8, "stake: Field required"),
        ("system: crm", "system: nowhere", 9, "no system is called 'nowhere'"),
        ("system: crm", "systen: crm", 8, "no system is called None"),
        (
            "arguments: {type: object}\n    reads",
            "arguments: {type: nothing}\n    reads",
            13,
            "no JSON Schema",
        ),
        (
            "arguments: {type: object}\n    reads",
            "arguments: {$ref: 'http://x'}\n    reads",
            13,
            "same schema",
        ),
        ("table: payments", "tabel: payments", 15, "tabel"),
        ("id: args.payment_id", "id: args.", 15, "no CEL expression"),
        ("id: args.payment_id", "id: arg.payment_id", 8, "reads.payment: nobody defines arg"),
        ("payment.amount != null", "payments.amount != null", 8, "nobody defines payments"),
        ('else: "none"', 'otherwise: "none"', 18, "checks.0.otherwise: Extra"),
        ("- update: payment", "- update: paiment", 8, "'paiment', which is not among `reads`"),
        ("- update: payment", "- upset: payment", 20, "exactly one of"),
        ("- update: payment", "- delete: payment\n        update: payment", 20, "exactly one of"),
        ("set: {status", "sets: {status", 21, "writes.0.sets: Extra"),
        ("kind: sql", "kind: sequel", 4, "sequel"),
        ('"sqlite:///crm.sqlite"', '"mysql://x"', 4, "sqlite:/// or postgresql"),
        ("path: code.git", "paht: code.git", 6, "systems.code.paht: Extra"),
        ("operation: add", "operation: append", 30, "operation"),
        ("key: [principal]", "key: [role]", 22, "does not give 'role'"),
        ("key: [principal]", "key: []", 29, "at least 1 item"),
        ("environment: production", "environment: 2026-11-14", 2, "quote it"),
        ("environment: production", "environment: production\nextra: 1", 3, "extra"),
        ("workspace: acme/support-ops", "workspace: Acme", 1, "workspace"),
        ("stake: code", "stake: code\n    stake: data", 35, "duplicate"),
        ("tools:", "tools: [", 9, "expected"),
        ("access: {kind", "lineclear: {kind", 5, "own name"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, old, new, line, words):
    assert old in DOCUMENT
    with pytest.raises(WorkspaceError) as error:
        opened(tmp_path, DOCUMENT.replace(old, new, 1))
    assert words in str(error.value)
    assert error.value.line == line, str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize("text", ["", "[]", "x", "\x00", "a: &a [*a]"])
def test_what_is_no_workspace_is_refused(tmp_path, text):
    with pytest.raises(WorkspaceError):
        opened(tmp_path, text)


def test_an_absurdly_long_document_is_refused_unread(tmp_path):
    with pytest.raises(WorkspaceError, match="bytes"):
        opened(tmp_path, "#" * 2_000_000)
