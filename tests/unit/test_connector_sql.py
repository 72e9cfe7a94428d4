"""The SQL connector beyond the common contract: types, batches, fields, and what the database does itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from lineclear.adapters.connectors.sql.connector import SqlConnector
from lineclear.adapters.connectors.sql.rows import engine_for
from lineclear.adapters.connectors.sql.tools import SqlTool
from lineclear.application.ports import ToolFailed
from support_connectors import made

HEAD = "title: Change\ntarget: {kind: row, id: '\"x\"'}\nreversible: true\n"


class Database:
    """A database of the test's own with one tool on it."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        if self.url.database and url.startswith("sqlite"):
            Path(self.url.database).touch()

    def run(self, *statements: str) -> None:
        with engine_for(self.url).connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
            connection.commit()

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with engine_for(self.url).connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def tool(self, text: str) -> SqlConnector:
        return SqlConnector("crm", self.url, {"t": made(SqlTool, HEAD + text)}, patience=1)


@pytest.fixture
def sqlite(tmp_path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'crm.sqlite'}")


@pytest.fixture
def postgres(postgres_database) -> Database:
    return Database(postgres_database)


def done(connector: SqlConnector, arguments, key="key-1"):
    preview = connector.preview("t", arguments)
    effect = connector.apply("t", arguments, expected=preview.version, key=key)
    assert effect.after == preview.after
    return effect


def undone(connector: SqlConnector, effect):
    version = connector.preview_undo("t", effect.receipt).version
    return connector.undo("t", effect.receipt, expected=version, key="undo-1")


def refused(connector: SqlConnector, arguments) -> ToolFailed:
    with pytest.raises(ToolFailed) as error:
        done(connector, arguments)
    return error.value


FIELDS = """
reads:
  row: {table: things, key: {id: args.id}}
writes:
  - update: row
    fields: args.fields
    allowed: [whole, truth, text, real]
"""


@pytest.fixture
def things(sqlite) -> Database:
    sqlite.run(
        "CREATE TABLE things (id INTEGER PRIMARY KEY, whole INTEGER, truth BOOLEAN, text TEXT, real REAL,"
        " kept TEXT)",
        "INSERT INTO things VALUES (1, 9007199254740991, 1, '007.00', 0.5, NULL)",
    )
    return sqlite


def test_types_stay_as_they_are(things):
    connector = things.tool(FIELDS)
    before = connector.preview("t", {"id": 1, "fields": {"text": "x"}}).before
    assert before == {
        "row": {
            "id": 1,
            "whole": 9007199254740991,
            "truth": True,
            "text": "007.00",
            "real": 0.5,
            "kept": None,
        }
    }
    fields = {"whole": -1, "truth": False, "text": None, "real": 1.25}
    effect = done(connector, {"id": 1, "fields": fields})
    assert things.rows("SELECT whole, truth, text, real FROM things") == [(-1, 0, None, 1.25)]
    undone(connector, effect)
    stored = "SELECT typeof(whole), typeof(truth), text, real, whole FROM things"
    assert things.rows(stored) == [("integer", "integer", "007.00", 0.5, 9007199254740991)]


@pytest.mark.parametrize("fields", [{"whole": "7"}, {"text": 7}, {"text": True}, {"truth": 2.0}])
def test_what_the_database_would_store_differently_is_refused(things, fields):
    error = refused(things.tool(FIELDS), {"id": 1, "fields": fields})
    assert error.code == "refused"
    assert "differently from what was shown" in str(error)
    assert things.rows("SELECT text FROM things") == [("007.00",)]


@pytest.mark.parametrize("fields", [{"kept": "x"}, {"id": 2}, {"nothing": 1}, {}, "all", {"text": ["x"]}])
def test_only_allowed_fields_with_plain_values_are_written(things, fields):
    assert refused(things.tool(FIELDS), {"id": 1, "fields": fields}).code in ("invalid", "refused")
    assert things.rows("SELECT text, kept FROM things") == [("007.00", None)]


def test_a_change_that_changes_nothing_is_refused(things):
    assert "Nothing would change" in str(refused(things.tool(FIELDS), {"id": 1, "fields": {"truth": True}}))


def test_a_trigger_that_does_more_than_was_shown_is_refused(things):
    things.run(
        "CREATE TRIGGER loud AFTER UPDATE ON things WHEN new.kept IS NULL"
        " BEGIN UPDATE things SET kept = 'changed' WHERE id = new.id; END"
    )
    assert "things.kept" in str(refused(things.tool(FIELDS), {"id": 1, "fields": {"text": "x"}}))


def test_the_rules_of_the_database_refuse_in_words(things):
    things.run(
        "CREATE UNIQUE INDEX one ON things (text)", "INSERT INTO things VALUES (2, 1, 0, 'taken', 0.5, NULL)"
    )
    error = refused(things.tool(FIELDS), {"id": 1, "fields": {"text": "taken"}})
    assert error.code == "refused"
    assert "UNIQUE" in str(error)


def test_a_locked_database_is_unreachable_and_unchanged(things):
    connector = things.tool(FIELDS)
    version = connector.preview("t", {"id": 1, "fields": {"text": "x"}}).version
    with engine_for(things.url).connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(ToolFailed) as error:
            connector.apply("t", {"id": 1, "fields": {"text": "x"}}, expected=version, key="key-1")
    assert error.value.code == "unreachable"
    assert connector.find("t", {}, key="key-1") is None


BATCH = """
reads:
  tickets: {table: tickets, key: {id: args.ids}, many: true, limit: 50}
checks:
  - that: tickets.all(t, t.status == "open")
    else: Some are closed already.
writes:
  - update: tickets
    set: {status: '"closed"', note: 'row.note + "!"'}
"""


@pytest.fixture
def tickets(sqlite) -> Database:
    rows = ", ".join(f"({number}, 'open', 'n{number}')" for number in range(1, 101))
    sqlite.run(
        "CREATE TABLE tickets (id INTEGER PRIMARY KEY, status TEXT, note TEXT)",
        f"INSERT INTO tickets VALUES {rows}",
    )
    return sqlite


def test_a_batch_is_one_effect_and_one_undo(tickets):
    state = tickets.rows("SELECT * FROM tickets")
    connector = tickets.tool(BATCH)
    effect = done(connector, {"ids": list(range(1, 39))})
    assert tickets.rows("SELECT count(*) FROM tickets WHERE status = 'closed'") == [(38,)]
    assert [row["note"] for row in effect.after["tickets"][:2]] == ["n1!", "n2!"]
    undone(connector, effect)
    assert tickets.rows("SELECT * FROM tickets") == state


def test_a_batch_with_one_absent_row_does_nothing(tickets):
    error = refused(tickets.tool(BATCH), {"ids": [1, 2, 999]})
    assert (error.code, "999" in str(error)) == ("not_found", True)
    assert tickets.rows("SELECT count(*) FROM tickets WHERE status = 'closed'") == [(0,)]


def test_a_batch_beyond_its_limit_does_nothing(tickets):
    assert "More than 50" in str(refused(tickets.tool(BATCH), {"ids": list(range(1, 60))}))


def test_an_undo_of_a_batch_names_the_row_that_moved(tickets):
    connector = tickets.tool(BATCH)
    effect = done(connector, {"ids": [1, 2, 3]})
    tickets.run(
        "UPDATE tickets SET note = 'by hand' WHERE id = 2", "UPDATE tickets SET status = 'open' WHERE id = 3"
    )
    preview = connector.preview_undo("t", effect.receipt)
    assert preview.moved == ("tickets[1].note", "tickets[2].status")
    assert preview.undo.loses == "changed since and in the way: tickets[1].note"


LINES = """
reads:
  invoice: {table: invoices, key: {id: args.id}}
  lines: {table: lines, key: {invoice: invoice.id}, many: true}
writes:
  - delete: lines
    each: args.dropped
    match: {line: item}
  - update: lines
    each: args.corrected
    match: {line: item.line}
    set: {amount: item.amount}
  - insert: lines
    each: args.added
    values: {invoice: invoice.id, line: item.line, amount: item.amount}
  - update: invoice
    set: {total: "total(lines.map(l, l.amount))"}
"""


@pytest.fixture
def invoices(sqlite) -> Database:
    sqlite.run(
        "CREATE TABLE invoices (id TEXT PRIMARY KEY, total TEXT)",
        "CREATE TABLE lines (invoice TEXT REFERENCES invoices, line INTEGER, amount TEXT,"
        " PRIMARY KEY (invoice, line))",
        "INSERT INTO invoices VALUES ('a', '6.00')",
        "INSERT INTO lines VALUES ('a', 1, '1.00'), ('a', 2, '2.00'), ('a', 3, '3.00')",
    )
    return sqlite


def test_lines_are_matched_by_key_and_totals_follow(invoices):
    connector = invoices.tool(LINES)
    state = invoices.rows("SELECT * FROM lines")
    arguments = {
        "id": "a",
        "dropped": [1],
        "corrected": [{"line": 3, "amount": "0.10"}],
        "added": [{"line": 0, "amount": "5.00"}],
    }
    effect = done(connector, arguments)
    assert [line["line"] for line in effect.after["lines"]] == [0, 2, 3]
    assert invoices.rows("SELECT total FROM invoices") == [("7.10",)]
    undone(connector, effect)
    assert invoices.rows("SELECT * FROM lines ORDER BY line") == state


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"corrected": [{"line": 9, "amount": "1.00"}]}, "not_found"),
        ({"corrected": [{"line": 1, "amount": "9.00"}, {"line": 1, "amount": "8.00"}]}, "invalid"),
        ({"corrected": [{"line": 1, "amount": "nine"}]}, "invalid"),
        ({"corrected": {"line": 1}}, "invalid"),
        ({"added": [{"line": 1, "amount": "1.00"}]}, "invalid"),
        ({"added": [{"line": None, "amount": "1.00"}]}, "invalid"),
        ({"dropped": [1, 1]}, "invalid"),
    ],
)
def test_items_that_do_not_fit_the_rows_change_nothing(invoices, change, code):
    state = invoices.rows("SELECT * FROM lines")
    arguments = {"id": "a", "dropped": [], "corrected": [], "added": []} | change
    assert refused(invoices.tool(LINES), arguments).code in (code, "refused")
    assert invoices.rows("SELECT * FROM lines") == state


def test_a_hidden_read_guards_the_change_and_is_not_shown(invoices):
    connector = invoices.tool(
        """
reads:
  invoice: {table: invoices, key: {id: args.id}}
  lines: {table: lines, key: {invoice: invoice.id}, many: true, show: false}
writes:
  - update: invoice
    set: {total: '"0.00"'}
"""
    )
    preview = connector.preview("t", {"id": "a"})
    assert preview.before.keys() == {"invoice"}
    invoices.run("DELETE FROM lines WHERE line = 1")
    with pytest.raises(ToolFailed) as error:
        connector.apply("t", {"id": "a"}, expected=preview.version, key="key-1")
    assert error.value.code == "target_moved"


def test_a_read_leaves_no_trace(invoices):
    connector = invoices.tool("reads: {invoice: {table: invoices, key: {id: args.id}}}")
    assert not connector.contracts()[0].mutates
    effect = done(connector, {"id": "a"})
    assert effect.after == {"invoice": {"id": "a", "total": "6.00"}}
    assert invoices.rows("SELECT name FROM sqlite_master WHERE name LIKE 'lineclear%'") == []


@pytest.mark.parametrize(
    ("reads", "words"),
    [
        ("{x: {table: nowhere, key: {id: args.id}}}", "no table nowhere"),
        ("{x: {table: invoices, key: {ident: args.id}}}", "no column ident"),
        ("{x: {table: loose, key: {id: args.id}}}", "no primary key"),
        ("{x: {table: invoices, key: {id: args.id}, columns: [sum]}}", "no column sum"),
    ],
)
def test_a_definition_that_does_not_fit_the_database_says_so(invoices, reads, words):
    invoices.run("CREATE TABLE loose (id TEXT)")
    error = refused(invoices.tool(f"reads: {reads}"), {"id": "a"})
    assert (error.code, words in str(error)) == ("invalid", True), str(error)


def test_a_missing_database_is_not_made(tmp_path):
    database = Database("sqlite:///")
    database.url = make_url(f"sqlite:///{tmp_path / 'absent.sqlite'}")
    assert (
        refused(database.tool("reads: {x: {table: x, key: {id: args.id}}}"), {"id": 1}).code == "unreachable"
    )
    assert list(tmp_path.iterdir()) == []


def test_postgresql_keeps_its_types_through_do_and_undo(postgres):
    postgres.run(
        "CREATE TABLE things (id UUID PRIMARY KEY, exact NUMERIC(30, 10), at TIMESTAMPTZ, day DATE,"
        " truth BOOLEAN, big BIGINT, kept JSONB)",
        "INSERT INTO things VALUES ('00000000-0000-0000-0000-000000000001', 12345678901234567890.0000000001,"
        " '2026-11-14T10:00:00+02:00', '2026-11-14', true, 7, '{\"a\": [1, null]}')",
    )
    state = postgres.rows("SELECT * FROM things")
    connector = postgres.tool(
        """
reads:
  row: {table: things, key: {id: args.id}}
writes:
  - update: row
    fields: args.fields
    allowed: [exact, at, day, truth, big]
"""
    )
    fields = {
        "exact": "1.5000000000",
        "at": "2027-01-01T00:00:00+00:00",
        "day": "2027-01-01",
        "truth": False,
        "big": 8,
    }
    effect = done(connector, {"id": "00000000-0000-0000-0000-000000000001", "fields": fields})
    assert effect.before["row"]["exact"] == "12345678901234567890.0000000001"
    assert effect.before["row"]["at"] == "2026-11-14T08:00:00+00:00"
    assert effect.before["row"]["kept"] == {"a": [1, None]}
    undone(connector, effect)
    assert postgres.rows("SELECT * FROM things") == state


def test_postgresql_refuses_to_round_silently(postgres):
    postgres.run(
        "CREATE TABLE sums (id INTEGER PRIMARY KEY, exact NUMERIC(10, 2))", "INSERT INTO sums VALUES (1, 0)"
    )
    connector = postgres.tool(
        "reads: {row: {table: sums, key: {id: args.id}}}\nwrites: [{update: row, set: {exact: args.exact}}]"
    )
    error = refused(connector, {"id": 1, "exact": "0.005"})
    assert "sums.exact differently" in str(error)


def test_postgresql_waits_for_a_row_that_somebody_else_is_changing(postgres):
    postgres.run(
        "CREATE TABLE sums (id INTEGER PRIMARY KEY, exact INTEGER)", "INSERT INTO sums VALUES (1, 0)"
    )
    connector = postgres.tool(
        "reads: {row: {table: sums, key: {id: args.id}}}\nwrites: [{update: row, set: {exact: args.exact}}]"
    )
    version = connector.preview("t", {"id": 1, "exact": 5}).version
    with engine_for(postgres.url).connect() as other:
        other.exec_driver_sql("UPDATE sums SET exact = 3")
        with pytest.raises(ToolFailed) as error:
            connector.apply("t", {"id": 1, "exact": 5}, expected=version, key="key-1")
    assert error.value.code == "unreachable"
    assert postgres.rows("SELECT exact FROM sums") == [(0,)]
