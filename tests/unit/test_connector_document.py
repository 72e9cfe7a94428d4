"""The document connector beyond the common contract: the text around a change, and what a crash leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from lineclear.adapters.connectors.documents.text import Document, splice
from lineclear.application.ports import ToolFailed, ToolOutcomeUnknown
from support_connectors import YAML_TEXT, DocumentSystem

VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=12)
    | st.sampled_from(
        [
            "null",
            "yes",
            "1.0",
            "- x",
            "a: b",
            "# no",
            "2026-11-14",
            "'",
            '"',
            " lead",
            "two\nlines",
            "[x]",
            "{",
            "*a",
            "&b",
            "!t",
        ]
    )
)
RECORDS = st.dictionaries(st.sampled_from(["name", "role", "expires", "note"]), VALUES, min_size=1)


def plain(text: str):
    return YAML(typ="safe", pure=True).load(text)


def texts_of(name: str, text: str = YAML_TEXT):
    return Document.read(text.encode(), is_json=name.endswith("json"))


@pytest.mark.parametrize("mark", ["\x85", "a\x85b", "\u2028", "x\u2029y", "\r", "\ufeff"])
def test_every_kind_of_line_break_inside_a_value_stays_what_it_is(mark):
    document = Document.read(b"items: []\n", is_json=False)
    written = document.changed("items", 0, None, {"name": mark})
    assert written.records("items") == [{"name": mark}]
    again = written.changed("items", 0, {"name": mark}, {"name": f"{mark}2"})
    assert again.records("items") == [{"name": f"{mark}2"}]


@given(st.lists(RECORDS, max_size=4), st.data())
def test_any_change_means_exactly_itself_and_can_be_cut_back(records, data):
    out = "# head\nitems: []  # none yet\ntail: 1  # end\n"
    document = Document.read(out.encode(), is_json=False)
    for record in records:
        document = document.changed("items", len(document.records("items")), None, record)
    index = data.draw(st.integers(0, len(records)))
    before = records[index] if index < len(records) else None
    after = data.draw(RECORDS if before is None else st.none() | RECORDS)
    if before == after:
        return
    changed = document.changed("items", index, before, after)
    expected = [
        *records[:index],
        *([] if after is None else [after]),
        *records[index + (before is not None) :],
    ]
    assert repr([dict(sorted(each.items())) for each in changed.records("items")]) == repr(
        [dict(sorted(each.items())) for each in expected]
    )
    assert "# head" in changed.text
    assert changed.text.endswith("tail: 1  # end\n")
    assert splice(document.text, changed.text).reverse(changed.text) == document.text


@given(st.text("ab\n", max_size=30), st.text("ab\n", max_size=30))
def test_lines_that_were_cut_can_be_put_back(old, new):
    assert splice(old, new).reverse(new) == old


def test_a_new_record_leaves_every_other_line_as_it_is(tmp_path):
    system = DocumentSystem(tmp_path / "access.yaml")
    connector = system.connector()
    version = connector.preview(system.tool, system.arguments).version
    connector.apply(system.tool, system.arguments, expected=version, key="key-1")
    added = "    - principal: bot\n      role: admin\n      expires: null\n"
    head, tail = YAML_TEXT.split("limits:")
    assert system.snapshot() == f"{head}{added}limits:{tail}"


def test_a_field_changes_in_its_place():
    document = texts_of("access.yaml")
    ada = document.records("rights.grants")[0]
    changed = document.changed("rights.grants", 0, ada, ada | {"expires": "2027-06-30", "role": "editor"})
    expected = YAML_TEXT.replace("viewer", "editor").replace("null   # stays", "'2027-06-30'   # stays")
    assert changed.text == expected


def test_a_removed_record_takes_its_own_lines_and_no_more():
    document = texts_of("access.yaml")
    records = document.records("rights.grants")
    assert document.changed("rights.grants", 0, records[0], None).text == YAML_TEXT.replace(
        "    - principal: ada\n      role: viewer\n      expires: null   # stays\n", ""
    )


def test_the_last_record_leaves_an_empty_list():
    document = Document.read(b"a:\n  b:\n  - x: 1\n# end\n", is_json=False)
    changed = document.changed("a.b", 0, {"x": 1}, None)
    assert plain(changed.text) == {"a": {"b": []}}
    assert changed.text.endswith("# end\n")


@pytest.mark.parametrize(
    "text",
    [
        "a: [{x: 1}]\n",
        "a: &l\n  - x: 1\nb: *l\n",
        "a:\n  - x: 2026-11-14\n",
        "a:\n  - 1\n",
        "a: 1\n",
        "b: 1\n",
    ],
)
def test_what_cannot_be_changed_in_place_is_refused(text):
    with pytest.raises(ToolFailed):
        add_to_a(text)


def add_to_a(text: str) -> Document:
    document = Document.read(text.encode(), is_json=False)
    return document.changed("a", len(document.records("a")), None, {"x": 2})


@pytest.mark.parametrize("indent", [2, 4, None])
def test_json_keeps_its_indentation(indent):
    text = json.dumps({"a": [{"x": 1}], "b": "é"}, indent=indent, ensure_ascii=False)
    changed = Document.read(text.encode(), is_json=True).changed("a", 1, None, {"x": 2})
    assert changed.text == json.dumps(
        {"a": [{"x": 1}, {"x": 2}], "b": "é"}, indent=indent, ensure_ascii=False
    )


def test_json_with_two_readings_is_refused():
    with pytest.raises(ToolFailed, match="repeated"):
        Document.read(b'{"a": [], "a": []}', is_json=True)


class Crash:
    """An applied change, and the pieces that it left on the disk."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.path = folder / "access.yaml"
        self.journal = folder / ".access.yaml.lineclear-effects.jsonl"
        self.system = DocumentSystem(self.path)
        self.connector = self.system.connector()
        self.old = self.path.read_bytes()
        self.version = self.connector.preview("grant", self.system.arguments).version
        self.effect = self.apply()
        self.new = self.path.read_bytes()
        self.intent, self.end = self.journal.read_bytes().splitlines(keepends=True)

    def apply(self):
        return self.connector.apply("grant", self.system.arguments, expected=self.version, key="key-1")

    def find(self):
        return self.connector.find("grant", self.system.arguments, key="key-1")


@pytest.fixture
def crash(tmp_path) -> Crash:
    return Crash(tmp_path / "one")


def test_killed_before_the_document_was_replaced_it_did_not_happen(crash):
    crash.path.write_bytes(crash.old)
    crash.journal.write_bytes(crash.intent)
    assert crash.find() is None
    assert crash.apply() == crash.effect
    assert crash.path.read_bytes() == crash.new


def test_killed_after_the_document_was_replaced_it_did_happen(crash):
    crash.journal.write_bytes(crash.intent)
    assert crash.find() == crash.effect
    assert crash.apply() == crash.effect
    assert crash.path.read_bytes() == crash.new


def test_killed_in_the_middle_of_a_journal_line_it_did_not_happen(crash):
    crash.path.write_bytes(crash.old)
    crash.journal.write_bytes(crash.intent[:-40])
    assert crash.find() is None
    assert crash.apply() == crash.effect
    assert crash.find() == crash.effect


def test_killed_and_edited_by_others_nobody_knows_and_says_so(crash):
    crash.journal.write_bytes(crash.intent)
    crash.path.write_bytes(crash.new + b"# by hand\n")
    with pytest.raises(ToolOutcomeUnknown):
        crash.find()
    with pytest.raises(ToolOutcomeUnknown):
        crash.apply()


def test_a_settled_effect_is_known_whatever_others_write_later(crash):
    crash.path.write_bytes(b"rights: {grants: []}\n")
    assert crash.find() == crash.effect


def test_the_document_keeps_its_permissions(crash):
    crash.path.chmod(0o640)
    undo = crash.connector.preview_undo("grant", crash.effect.receipt)
    crash.connector.undo("grant", crash.effect.receipt, expected=undo.version, key="undo-1")
    assert crash.path.stat().st_mode & 0o777 == 0o640
    assert not list(crash.path.parent.glob("*.new"))
    assert crash.path.read_bytes() == crash.old


def test_what_is_kept_of_a_private_document_is_its_owners_alone(crash):
    assert crash.journal.stat().st_mode & 0o077 == 0


def test_a_receipt_that_smuggles_other_lines_restores_only_its_record(crash):
    forged = json.loads(json.dumps(crash.effect.receipt))
    forged["lines"]["removed"] = ["    - principal: eve\n", "      role: admin\n"]
    undo = crash.connector.preview_undo("grant", forged)
    crash.connector.undo("grant", forged, expected=undo.version, key="undo-1")
    assert "eve" not in crash.path.read_text()
    assert plain(crash.path.read_text()) == plain(crash.old.decode())
