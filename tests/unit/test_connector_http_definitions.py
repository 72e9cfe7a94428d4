"""HTTP tools and systems as a workspace document defines them: what holds, and what is refused and why."""

from __future__ import annotations

import json
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lineclear.adapters.connectors.http.patch import patch_between, patched
from lineclear.adapters.connectors.http.system import HttpSystem
from lineclear.adapters.connectors.http.tools import HttpTool, Route
from lineclear.adapters.connectors.workspace import WorkspaceError, open_workspace
from lineclear.application.ports import ToolFailed
from lineclear.domain.vocabulary import EffectClass
from support.http_desk import (
    ASKED,
    DELETE,
    KEYED,
    PATCH,
    POST,
    PUT,
    READ,
)
from support_connectors import made

# Definitions


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        (PATCH, EffectClass.BLIND),
        (PATCH + KEYED, EffectClass.KEYED),
        (PATCH + ASKED, EffectClass.QUERYABLE),
        (PATCH + ASKED + "window: 4\n", EffectClass.KEYED),
        (READ, EffectClass.KEYED),
    ],
)
def test_a_tool_promises_what_its_definition_says_of_the_other_side(text, effect):
    assert made(HttpTool, text).effect is effect


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PATCH.replace("read: GET /customers/{args.id}\n", ""), "looked at first"),
        (PATCH.replace("read: GET", "read: PUT"), "are GET"),
        (PATCH.replace("write: PATCH", "write: GET"), "PATCH, PUT, POST or DELETE"),
        (PATCH.replace("PATCH /customers", "PATCH customers"), "starts with /"),
        (PATCH.replace("PATCH /customers", "PATCH /a/../customers"), "no dot segments"),
        (PATCH.replace("PATCH /customers", "PATCH https://elsewhere.example"), "starts with /"),
        (PATCH.replace("PATCH /", "PATCH //elsewhere.example/"), "starts with /"),
        (PATCH.replace("PATCH", "MERGE"), "a route is a method and a path"),
        (PATCH.replace("{args.id}\nbody", "{arg.id}\nbody"), "write: nobody defines arg"),
        (PATCH.replace("args.email", "made.email"), "body or checks: nobody defines made"),
        (PATCH.replace("body: {email: args.email}\n", ""), "either `body` or `fields`"),
        (PATCH + "fields: args.fields\nallowed: [email]\n", "either `body` or `fields`"),
        (PATCH.replace("body: {email: args.email}", "fields: args.fields"), "needs `allowed`"),
        (PATCH + "ignored: [email]\n", "what is ignored is not written"),
        (PATCH + "optional: [name]\n", "names members of `body`"),
        (PATCH + "idempotency_header: Idempotency-Key\n", "belong together"),
        (PATCH + "window: 60\n", "belong together"),
        (PATCH + "idempotency_header: If-Match\nwindow: 60\n", "is set by the connector"),
        (PATCH + 'idempotency_header: "a b"\nwindow: 60\n', "pattern"),
        (PATCH + "idempotency_header: K\nlookup: GET /operations\n", "asks for {key}"),
        (PATCH + 'idempotency_header: K\nlookup: "GET /o?key={key}&id={args.id}"\n', "nobody defines args"),
        (PATCH + "found: answer.ok\n", "`found` needs `lookup`"),
        (PATCH + "compensate: DELETE /x\n", "are written back"),
        (PUT + "media_type: application/json\n", "is for PATCH"),
        (POST + "if_match: true\n", "a POST names no version"),
        (POST.replace("reversible: true\n", ""), "belong together"),
        (DELETE.replace("compensate: PUT /customers/{args.id}\n", ""), "belong together"),
        (DELETE.replace("PUT /customers/{args.id}", "PUT location"), "only a POST's answer"),
        (DELETE + "body: {a: '1'}\n", "the others neither"),
        (READ + "reversible: true\n", "nothing to undo"),
        (READ + "if_match: true\n", "a read has no"),
        (READ.replace("GET /customers/{args.id}", "GET location"), "only `compensate`"),
    ],
)
def test_a_definition_that_cannot_hold_is_refused(text, words):
    with pytest.raises(ValidationError) as error:
        made(HttpTool, text)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"base_url": "http://crm.example"}, "plain http"),
        ({"base_url": "http://127.0.0.1.crm.example"}, "plain http"),
        ({"base_url": "ftp://crm.example"}, "https://"),
        ({"base_url": "https://"}, "names a host"),
        ({"base_url": "https://user:pass@crm.example"}, "no user and no password"),
        ({"base_url": "https://crm.example/?a=b"}, "plain path"),
        ({"base_url": "https://crm.example/a/../b"}, "plain path"),
        ({"headers": {"Authorization": "Bearer abc"}}, "is a secret"),
        ({"headers": {"X-Api-Key": "abc"}}, "is a secret"),
        ({"headers": {"Cookie": "a=b"}}, "is a secret"),
        ({"headers": {"Host": "elsewhere"}}, "set by the connector"),
        ({"headers": {"X-Tenant": "a\r\nX-Admin: yes"}}, "printable ASCII"),
        ({"headers": {"X-Tenant": {"env": "a b"}}}, "pattern"),
        ({"headers": {"X Tenant": "a"}}, "pattern"),
        ({"timeout": 0}, "greater than 0"),
        ({"verify": False}, "Extra inputs"),
        ({"probe": "health"}, "starts with /"),
    ],
)
def test_a_system_that_would_not_be_safe_is_refused(settings, words):
    with pytest.raises(ValidationError) as error:
        HttpSystem.model_validate({"kind": "http", "base_url": "https://crm.example", **settings})
    assert words in str(error.value)


@pytest.mark.parametrize(
    "url", ["https://crm.example/api/v2/", "http://localhost:8080", "http://127.9.9.9", "http://[::1]:80/x"]
)
def test_https_and_loopback_need_no_permission(url):
    assert HttpSystem.model_validate({"kind": "http", "base_url": url}).base_url == url.rstrip("/")


def test_plain_http_elsewhere_is_written_down_as_insecure():
    settings = {"kind": "http", "base_url": "http://crm.example", "insecure": True}
    assert HttpSystem.model_validate(settings).insecure


WORKSPACE = """\
workspace: acme/support-ops
environment: production
systems:
  crm-api:
    kind: http
    base_url: https://crm.example/api
    headers:
      Authorization: {env: CRM_TOKEN, prefix: "Bearer "}
tools:
  crm.update_customer:
    system: crm-api
    stake: data
    title: "Change {now.name}"
    target: {kind: customer, id: args.id}
    arguments: {type: object}
    read: GET /customers/{args.id}
    write: PATCH /customers/{args.id}
    body: {email: args.email}
"""


def test_a_workspace_document_opens_http_systems_without_asking_them(tmp_path):
    (tmp_path / "workspace.yaml").write_text(WORKSPACE)
    workspace = open_workspace(tmp_path / "workspace.yaml", now=lambda: 0)
    contract = workspace.tools.contract("crm.update_customer")
    assert (contract.connector, contract.effect, contract.mutates) == ("crm-api", EffectClass.BLIND, True)
    assert [path.name for path in tmp_path.iterdir()] == ["workspace.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("https://crm.example/api", "http://crm.example/api", 4),
        ("{env: CRM_TOKEN, prefix: ", '"Bearer abc" #', 7),
        ("PATCH /customers", "PATCH customers", 17),
        ("email: args.email", "email: now.", 18),
        ("write: PATCH", "wirte: PATCH", 17),
    ],
)
def test_what_is_wrong_with_it_is_said_with_its_line(tmp_path, old, new, line):
    assert old in WORKSPACE
    (tmp_path / "workspace.yaml").write_text(WORKSPACE.replace(old, new, 1))
    with pytest.raises(WorkspaceError) as error:
        open_workspace(tmp_path / "workspace.yaml", now=lambda: 0)
    assert error.value.line == line, error.value


# Paths and patches

ROUTE = Route.parse("GET /customers/{args.id}/notes?text={args.text}")


@given(
    st.text(max_size=8) | st.sampled_from(["..", "a/b", "%2e%2e", "a;b", "a?b", "\\"]), st.text(max_size=8)
)
def test_a_value_stays_in_its_place_or_is_refused(identifier, text):
    try:
        path = ROUTE.path({"args": {"id": identifier, "text": text}})
    except ToolFailed as error:
        assert error.code == "invalid"  # noqa: PT017  # either outcome is right
        return
    parts = urlsplit(path)
    assert [unquote(segment) for segment in parts.path.split("/")] == ["", "customers", identifier, "notes"]
    assert parts.query.startswith("text=")
    assert unquote(parts.query.removeprefix("text="), errors="strict") == text
    assert path.isascii()
    assert parts.fragment == ""


@pytest.mark.parametrize(
    "value", ["a/b", "a\\b", "a%2Fb", "a?b", "a#b", "a;b", ".", "..", "", "a\nb", "\u202ea"]
)
def test_a_value_that_a_careless_server_could_read_as_another_path_is_refused(value):
    with pytest.raises(ToolFailed, match="another path"):
        ROUTE.path({"args": {"id": value, "text": ""}})


LEAVES = st.booleans() | st.integers(0, 2) | st.sampled_from(["", "a"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)
RECORDS = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


@given(RECORDS, RECORDS)
def test_the_patch_between_two_records_leads_from_one_to_the_other(old, new):
    patch = patch_between(old, new)
    assert json.dumps(patched(old, patch), sort_keys=True) == json.dumps(new, sort_keys=True)
    assert (patch == {}) == (json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True))
