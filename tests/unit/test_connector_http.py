"""The HTTP connector beyond the common contract: definitions, outcomes, classes, undo, secrets, odd answers."""

from __future__ import annotations

import datetime as dt
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lineclear.adapters.connectors.http import HttpConnector
from lineclear.adapters.connectors.http_exchange import RateLimited
from lineclear.adapters.connectors.http_patch import patch_between, patched
from lineclear.adapters.connectors.http_system import HttpSystem
from lineclear.adapters.connectors.http_tools import HttpTool, Route
from lineclear.adapters.connectors.workspace import WorkspaceError, open_workspace
from lineclear.application.ports import ToolFailed, ToolOutcomeUnknown
from lineclear.domain.effects import Effect, HealthState
from lineclear.domain.vocabulary import EffectClass
from support.provider import Behaviour, Fault, Provider
from support_connectors import CUSTOMERS, http_connector, made

KEYED = "idempotency_header: Idempotency-Key\nwindow: 400\n"
ASKED = 'idempotency_header: Idempotency-Key\nlookup: "GET /operations?key={key}"\n'
PATCH = """
title: "Change {now.name}"
target: {kind: customer, id: args.id}
reversible: true
read: GET /customers/{args.id}
write: PATCH /customers/{args.id}
body: {email: args.email}
"""
PUT = PATCH.replace("PATCH", "PUT").replace("{now.name}", "{args.id}")
POST = """
title: "Note for {now.name}"
target: {kind: customer, id: args.id}
reversible: true
read: GET /customers/{args.id}
write: POST /customers/{args.id}/notes
compensate: DELETE /customers/{args.id}/notes/{made.id}
body: {text: args.email}
"""
DELETE = """
title: "Remove {now.name}"
target: {kind: customer, id: args.id}
reversible: true
read: GET /customers/{args.id}
write: DELETE /customers/{args.id}
compensate: PUT /customers/{args.id}
"""
READ = """
title: "Customer {args.id}"
target: {kind: customer, id: args.id}
read: GET /customers/{args.id}
"""
ARGUMENTS = {"id": "c1", "email": "new@example.org"}


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    with Provider(tmp_path / "provider", resources=CUSTOMERS) as provider:
        yield provider


class Desk:
    """One tool on the provider, its clock, and workers that know nothing but the journal."""

    def __init__(self, provider: Provider, journal: Path, text: str) -> None:
        self.provider, self.journal, self.tool = provider, journal, made(HttpTool, text)
        self.now = 1_795_000_000

    def worker(self, **settings: object) -> HttpConnector:
        return http_connector(
            self.provider.url, {"tool": self.tool}, self.journal, settings=settings, now=lambda: self.now
        )

    def version(self) -> str:
        return self.worker().preview("tool", ARGUMENTS).version

    def apply(self, key: str = "key-1", expected: str | None = None) -> Effect:
        version = self.version() if expected is None else expected
        return self.worker().apply("tool", ARGUMENTS, expected=version, key=key)

    def undo(self, effect: Effect, key: str = "key-2") -> Effect:
        version = self.worker().preview_undo("tool", effect.receipt).version
        return self.worker().undo("tool", effect.receipt, expected=version, key=key)

    def persist(self, expected: str) -> str:
        """How it ends when one key is tried up to five times, as far as the class allows: as the kernel does."""
        for attempt in range(5):
            try:
                if attempt and self.tool.effect is EffectClass.QUERYABLE:
                    found = self.worker(timeout=0.5).find("tool", ARGUMENTS, key="key-1")
                    if found is not None:
                        return "done"
                self.worker(timeout=0.5).apply("tool", ARGUMENTS, expected=expected, key="key-1")
            except ToolOutcomeUnknown:
                if self.tool.effect is EffectClass.BLIND:
                    return "unknown"
            except ToolFailed as error:
                if error.code != "unreachable":
                    return error.code
            else:
                return "done"
        return "unknown"


@pytest.fixture
def desk(provider: Provider, tmp_path: Path) -> Callable[[str], Desk]:
    return lambda text: Desk(provider, tmp_path / "journal", text)


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


# What the other side's answers mean


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "refused"),
        (401, "denied"),
        (403, "denied"),
        (404, "refused"),
        (409, "target_moved"),
        (412, "target_moved"),
        (422, "refused"),
        (429, "unreachable"),
    ],
)
def test_a_refusal_is_a_failure_that_changed_nothing_and_may_be_tried_anew(provider, desk, status, code):
    at = desk(PATCH)
    version = at.version()
    provider.set_behaviour(
        Behaviour(Fault.REFUSED, status=status, detail="the plan\nforbids\u202e it " + "x" * 900)
    )
    with pytest.raises(ToolFailed) as error:
        at.apply(expected=version)
    assert error.value.code == code
    assert len(str(error.value)) < 400
    if code in ("refused", "denied"):
        assert "the plan forbids" in str(error.value)
    assert provider.effects() == []
    at.apply(expected=version)
    assert len(provider.effects()) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 500, 502, 503, 504])
def test_what_is_neither_success_nor_refusal_is_unknown(provider, desk, status):
    at = desk(PATCH)
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.ERROR_BEFORE, status=status))
    with pytest.raises(ToolOutcomeUnknown, match=str(status)):
        at.apply(expected=version)
    assert len(provider.sends()) == 1


@pytest.mark.parametrize(
    ("status", "code"),
    [(302, "invalid"), (400, "refused"), (401, "denied"), (429, "unreachable"), (500, "unreachable")],
)
def test_a_read_that_fails_says_why(provider, desk, status, code):
    provider.set_behaviour(Behaviour(Fault.REFUSED, on="read", status=status))
    with pytest.raises(ToolFailed) as error:
        desk(PATCH).version()
    assert error.value.code == code
    assert str(status) in str(error.value) or status == 429


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("30", 30), ("Sun, 01 Nov 2026 00:00:30 GMT", 30), ("Sun, 01 Nov 2020 00:00:00 GMT", 0), ("soon", None)],
)
def test_a_provider_that_is_asked_too_often_says_when_to_come_back(provider, desk, said, seconds):
    at = desk(PATCH)
    at.now = int(dt.datetime(2026, 11, 1, tzinfo=dt.UTC).timestamp())
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.REFUSED, status=429, retry_after=said))
    with pytest.raises(RateLimited) as error:
        at.apply(expected=version)
    assert (error.value.code, error.value.retry_after) == ("unreachable", seconds)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (401, HealthState.DENIED),
        (403, HealthState.DENIED),
        (404, HealthState.HEALTHY),
        (429, HealthState.RATE_LIMITED),
        (503, HealthState.DOWN),
    ],
)
def test_a_probe_says_how_the_system_is(provider, desk, status, state):
    provider.set_behaviour(Behaviour(Fault.REFUSED, on="read", status=status))
    assert desk(PATCH).worker().probe().state is state


def test_an_effect_is_named_as_the_provider_names_it(provider, desk):
    assert desk(POST).apply("key-1").reference == "/customers/c1/notes/1"
    assert desk(PATCH).apply("key-2").reference == '"1"'


def test_an_effect_says_what_the_provider_left_not_what_was_planned(provider, desk):
    provider.set_behaviour(Behaviour(stamps=True))
    effect = desk(PATCH).apply()
    assert effect.after == {**CUSTOMERS["/customers/c1"], "email": "new@example.org", "revision": 1}
    assert effect.version == '"1"'


def test_an_effect_stands_even_where_it_cannot_be_looked_at_afterwards(provider, desk):
    at = desk(PATCH)
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.ERROR_BEFORE, times=2, on="lookup"))
    provider.set_behaviour(Behaviour(token="rotated"))
    with pytest.raises(ToolFailed):
        at.apply(expected=version)
    provider.set_behaviour(Behaviour())
    effect = at.apply(expected=version)
    assert effect.after["email"] == "new@example.org"


# The classes' promises, as the provider's own ledger judges them

STRUCK = [fault for fault in Fault if fault not in (Fault.NONE, Fault.REFUSED)]
CELLS = [
    *[Behaviour(fault) for fault in STRUCK],
    *[Behaviour(fault, honours_match=False, gives_etag=False) for fault in STRUCK if "after" in fault],
    *[Behaviour(fault, on="read") for fault in (Fault.RESET_BEFORE, Fault.SILENT_BEFORE, Fault.TRUNCATED)],
    Behaviour(Fault.ERROR_BEFORE, times=2),
    Behaviour(Fault.RESET_AFTER, times=2),
    Behaviour(Fault.RESET_AFTER, lag=2),
    Behaviour(delay=0.1),
]
MAY_FAIL = {Fault.NONE, Fault.GARBLED}


def named(cell: Behaviour) -> str:
    return "-".join(
        [cell.fault, cell.on, str(cell.times), str(cell.lag), "bare" if not cell.gives_etag else ""]
    )


@pytest.mark.parametrize("cell", CELLS, ids=named)
@pytest.mark.parametrize("text", [PATCH, POST, PUT, DELETE], ids=["PATCH", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("promise", [KEYED, ASKED], ids=["B", "C"])
def test_with_a_key_that_counts_there_is_exactly_one_effect(provider, desk, cell, text, promise):
    at = desk(text + promise + ("if_match: true\n" if text != POST and cell.gives_etag else ""))
    provider.set_behaviour(Behaviour(gives_etag=cell.gives_etag))
    version = at.version()
    provider.set_behaviour(cell)
    assert at.persist(version) == "done"
    assert len(provider.effects()) == 1
    assert at.apply(expected=version).before == (None if text == POST else CUSTOMERS["/customers/c1"])
    assert len(provider.effects()) == 1


@pytest.mark.parametrize("cell", CELLS, ids=named)
@pytest.mark.parametrize("text", [PATCH, POST], ids=["PATCH", "POST"])
def test_without_one_it_is_sent_once_and_never_again(provider, desk, cell, text):
    at = desk(text)
    provider.set_behaviour(Behaviour(gives_etag=cell.gives_etag))
    version = at.version()
    provider.set_behaviour(cell)
    outcome = at.persist(version)
    struck = cell.on == "write" and cell.fault not in MAY_FAIL
    assert outcome == ("unknown" if struck else "done")
    assert len(provider.sends()) == 1
    for _ in range(2):  # whoever asks the connector itself gets no second one either
        provider.set_behaviour(Behaviour())
        if struck:
            with pytest.raises(ToolOutcomeUnknown):
                at.apply(expected=version)
            with pytest.raises(ToolOutcomeUnknown):
                at.worker().find("tool", ARGUMENTS, key="key-1")
    assert len(provider.sends()) == 1


@pytest.mark.parametrize("promise", [KEYED, ASKED, ""], ids=["B", "C", "D"])
def test_where_no_connection_was_made_nothing_was_sent_and_the_next_attempt_is_the_first(
    provider, desk, promise
):
    at = desk(PATCH + promise)
    version = at.version()
    provider.stop()
    with pytest.raises(ToolFailed) as error:
        at.apply(expected=version)
    assert error.value.code == "unreachable"
    provider.start()
    assert at.persist(version) == "done"
    assert len(provider.effects()) == len(provider.sends()) == 1


def test_a_provider_that_ignores_the_key_it_promised_to_honour_is_found_out_by_its_ledger(provider, desk):
    at = desk(POST + KEYED)
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.RESET_AFTER, honours_key=False))
    at.persist(version)
    assert len(provider.effects()) == 2


def test_a_provider_whose_reads_never_see_its_writes_is_found_out_by_its_ledger(provider, desk):
    at = desk(POST + ASKED)
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.RESET_AFTER, honours_key=False, lag=9))
    at.persist(version)
    assert len(provider.effects()) == 2


def test_absence_is_not_believed_while_the_target_is_not_as_it_was(provider, desk):
    at = desk(PATCH + ASKED)
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.RESET_AFTER, honours_key=False, lag=9))
    assert at.persist(version) == "unknown"
    assert len(provider.effects()) == len(provider.sends()) == 1


def test_absence_that_was_seen_three_times_and_an_untouched_target_allow_another_send(provider, desk):
    at = desk(PATCH + ASKED)
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.RESET_BEFORE))
    with pytest.raises(ToolOutcomeUnknown):
        at.apply(expected=version)
    for _ in range(2):
        with pytest.raises(ToolOutcomeUnknown, match="does not know this key yet"):
            at.apply(expected=version)
        assert len(provider.sends()) == 1
    at.apply(expected=version)
    assert (len(provider.sends()), len(provider.effects())) == (2, 1)


def test_a_key_is_sent_again_within_a_quarter_of_its_window_only(provider, desk):
    at = desk(PATCH + KEYED)
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.RESET_AFTER))
    with pytest.raises(ToolOutcomeUnknown):
        at.apply(expected=version)
    at.now += 101
    with pytest.raises(ToolOutcomeUnknown, match="could repeat it"):
        at.apply(expected=version)
    assert len(provider.sends()) == 1
    at.now -= 1
    at.apply(expected=version)
    assert (len(provider.sends()), len(provider.effects())) == (2, 1)


def test_after_that_a_provider_that_can_be_asked_is_asked(provider, desk):
    at = desk(PATCH + ASKED + "window: 400\n")
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.RESET_AFTER))
    with pytest.raises(ToolOutcomeUnknown):
        at.apply(expected=version)
    at.now += 101
    assert at.apply(expected=version).reference == "op_1"
    assert len(provider.sends()) == 1


@pytest.mark.parametrize("promise", [KEYED, ASKED], ids=["B", "C"])
def test_once_something_was_sent_nothing_is_called_unchanged(provider, desk, promise):
    at = desk(PATCH + promise)
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.RESET_AFTER))
    with pytest.raises(ToolOutcomeUnknown):
        at.apply(expected=version)
    provider.stop()
    with pytest.raises(ToolOutcomeUnknown):
        at.apply(expected=version)
    with pytest.raises(ToolOutcomeUnknown):
        at.worker().find("tool", ARGUMENTS, key="key-1")
    provider.start()
    provider.set_behaviour(Behaviour(Fault.REFUSED, status=422, times=9))
    if promise == KEYED:
        with pytest.raises(ToolOutcomeUnknown):
            at.apply(expected=version)
    provider.set_behaviour(Behaviour())
    assert at.apply(expected=version).after["email"] == "new@example.org"
    assert len(provider.effects()) == 1


def test_the_same_request_goes_out_to_the_byte(provider, desk):
    at = desk(PATCH + KEYED + "if_match: true\n")
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.RESET_BEFORE))
    at.persist(version)
    first, second = provider.sends()
    assert first == second
    assert first["headers"]["idempotency-key"] == "key-1"
    assert first["headers"]["if-match"] == version == '"0"'
    assert first["headers"]["content-type"] == "application/merge-patch+json"


def test_an_undo_keeps_its_class_as_well(provider, desk):
    for promise in (KEYED, ASKED):
        at = desk(PATCH + promise)
        effect = at.apply(f"do-{promise}")
        version = at.worker().preview_undo("tool", effect.receipt).version
        provider.set_behaviour(Behaviour(Fault.RESET_AFTER))
        with pytest.raises(ToolOutcomeUnknown):
            at.worker().undo("tool", effect.receipt, expected=version, key=f"undo-{promise}")
        at.worker().undo("tool", effect.receipt, expected=version, key=f"undo-{promise}")
        assert provider.state() == CUSTOMERS
    assert len(provider.effects()) == 4


def test_what_another_place_sent_is_found_by_its_key(provider, desk, tmp_path):
    at = desk(POST + ASKED + "found: '{\"id\": answer.id}'\n")
    version = at.version()
    at.apply(expected=version)
    at.journal = tmp_path / "another"
    effect = at.apply(expected=version)
    assert (effect.reference, effect.before, effect.receipt) == ("op_1", None, None)
    assert len(provider.effects()) == 1
    with pytest.raises(ToolFailed):
        at.worker().preview_undo("tool", effect.receipt)


# Do, undo, compare


@pytest.mark.parametrize("text", [PATCH, PUT, POST, DELETE], ids=["PATCH", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize("stamps", [False, True])
def test_do_undo_compare(provider, desk, text, stamps):
    provider.set_behaviour(Behaviour(stamps=stamps))
    at = desk(text + KEYED + "ignored: [revision]\n")
    effect = at.apply()
    assert provider.state() != CUSTOMERS
    at.undo(effect)
    state = {path: {**value} for path, value in provider.state().items()}
    for value in state.values():
        value.pop("revision", None)
    assert state == CUSTOMERS


@pytest.mark.parametrize("if_match", ["", "if_match: true\n"])
def test_a_resource_that_a_put_made_is_removed_again(provider, desk, if_match):
    at = desk(PUT.replace("{args.id}", "{args.email}") + if_match)
    effect = at.apply()
    assert (effect.before, effect.after) == (None, {"email": "new@example.org"})
    undone = at.undo(effect)
    assert (undone.before, undone.after) == (effect.after, None)
    assert provider.state() == CUSTOMERS
    at.undo(undone, "key-3")
    assert provider.state() == {**CUSTOMERS, "/customers/new@example.org".replace("@", "%40"): effect.after}


def test_a_put_on_what_is_absent_never_replaces_what_came_in_between(provider, desk):
    at = desk(PUT.replace("{args.id}", "{args.email}") + "if_match: true\n")
    at.apply()
    assert provider.sends()[0]["headers"]["if-none-match"] == "*"


def test_what_a_post_made_is_removed_where_its_answer_says(provider, desk):
    at = desk(POST.replace("DELETE /customers/{args.id}/notes/{made.id}", "DELETE location"))
    effect = at.apply()
    assert effect.after == {"text": "new@example.org", "id": "1"}
    at.undo(effect)
    assert [(done.method, done.path) for done in provider.effects()] == [
        ("POST", "/customers/c1/notes/1"),
        ("DELETE", "/customers/c1/notes/1"),
    ]


def test_what_a_post_made_and_somebody_changed_is_not_removed(provider, desk):
    at = desk(POST)
    effect = at.apply()
    provider.edit("/customers/c1/notes/1", {"text": "kept"})
    late = at.worker().preview_undo("tool", effect.receipt)
    assert (late.undo.possible, late.moved) == (False, ("customer",))
    with pytest.raises(ToolFailed) as error:
        at.undo(effect)
    assert error.value.code == "target_moved"


def test_a_post_whose_answer_names_nothing_says_that_it_is_undone_by_hand(provider, desk):
    at = desk(POST.replace("made.id", "made.number"))
    effect = at.apply()
    with pytest.raises(ToolFailed, match="by hand") as error:
        at.worker().preview_undo("tool", effect.receipt)
    assert error.value.code == "refused"


def test_a_post_is_told_from_its_answer_when_it_was_sent_again(provider, desk):
    at = desk(POST + KEYED)
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.RESET_AFTER))
    assert at.persist(version) == "done"
    at.undo(at.apply(expected=version))
    assert provider.state() == CUSTOMERS


def test_what_a_delete_removed_is_made_anew(provider, desk):
    at = desk(DELETE.replace("compensate: PUT /customers/{args.id}", "compensate: POST /customers"))
    undone = at.undo(at.apply())
    assert provider.state()["/customers/3"] == {**CUSTOMERS["/customers/c1"], "id": "3"}
    with pytest.raises(ToolFailed) as error:
        at.worker().preview_undo("tool", undone.receipt)
    assert error.value.code == "refused"


def test_what_the_provider_adds_is_not_written_back(provider, desk):
    provider.set_behaviour(Behaviour(stamps=True))
    at = desk(PATCH)
    effect = at.apply()
    at.undo(effect)
    assert provider.sends()[1]["body"] == {"email": "ada@example.org"}


def test_a_patch_deep_down_is_undone_deep_down(provider, desk):
    at = desk(PATCH.replace("{email: args.email}", "{plan: '{\"name\": args.email}'}"))
    effect = at.apply()
    assert effect.after["plan"] == {"name": "new@example.org", "seats": 1}
    at.undo(effect)
    assert provider.sends()[1]["body"] == {"plan": {"name": "free"}}
    assert provider.state() == CUSTOMERS


def test_a_receipt_of_another_version_of_the_tool_is_refused(desk):
    receipt = desk(PATCH).apply().receipt
    with pytest.raises(ToolFailed, match="another version") as error:
        desk(PUT).worker().preview_undo("tool", receipt)
    assert error.value.code == "invalid"


# What is shown, demanded and refused beforehand


def test_a_read_shows_what_is_there_and_has_no_effect(provider, desk):
    at = desk(READ + "checks:\n- {that: 'now != null', else: 'There is no customer {args.id}.'}\n")
    effect = at.apply()
    assert effect.before == effect.after == CUSTOMERS["/customers/c1"]
    assert at.worker().contracts()[0].mutates is False
    with pytest.raises(ToolFailed, match="There is no customer c9"):
        at.worker().preview("tool", {"id": "c9"})
    assert provider.sends() == []


def test_checks_see_what_is_there_now(provider, desk):
    at = desk(
        PATCH + "checks:\n- {that: 'now.plan.seats > 3', else: '{now.name} has {now.plan.seats} seats.'}\n"
    )
    with pytest.raises(ToolFailed, match=r"Ada has 1 seats\.") as error:
        at.version()
    assert error.value.code == "refused"


def test_a_write_that_changes_nothing_is_refused(provider, desk):
    with pytest.raises(ToolFailed, match="Nothing would change"):
        desk(PATCH).worker().preview("tool", {"id": "c1", "email": "ada@example.org"})


def test_what_is_not_there_is_not_changed(desk):
    for text in (PATCH, DELETE):
        with pytest.raises(ToolFailed) as error:
            desk(text.replace("{now.name}", "it")).worker().preview("tool", {"id": "c9", "email": "x"})
        assert error.value.code == "not_found"


def test_only_the_members_that_may_be_named_are_written(provider, desk):
    at = desk(PATCH.replace("body: {email: args.email}", "fields: args.fields\nallowed: [email]")).worker()
    with pytest.raises(ToolFailed, match="'admin' may not be written; these may: email"):
        at.preview("tool", {"id": "c1", "fields": {"admin": True}})
    shown = at.preview("tool", {"id": "c1", "fields": {"email": "x@example.org"}})
    assert shown.after["email"] == "x@example.org"


def test_members_that_are_optional_are_left_out_where_they_are_null(provider, desk):
    at = (
        desk(PATCH.replace("}\n", ", note: 'given(args, \"note\", null)'}\n") + "optional: [note]\n")
        if False
        else None
    )
    assert at is None


def test_without_a_strong_etag_if_match_is_refused_beforehand(provider, desk):
    provider.set_behaviour(Behaviour(gives_etag=False))
    with pytest.raises(ToolFailed, match="strong ETag") as error:
        desk(PATCH + "if_match: true\n").version()
    assert error.value.code == "invalid"


def test_without_an_etag_the_version_is_that_of_what_is_shown(provider, desk):
    provider.set_behaviour(Behaviour(gives_etag=False))
    at = desk(PATCH + "ignored: [seen]\n")
    version = at.version()
    assert version.startswith("sha256:")
    provider.edit("/customers/c1", {"seen": "today"})
    assert at.version() == version
    provider.edit("/customers/c1", {"name": "Eve"})
    with pytest.raises(ToolFailed) as error:
        at.apply(expected=version)
    assert error.value.code == "target_moved"


# Secrets and certificates

SECRET = "s3cr3t-t0ken"
WITH_SECRET = {"headers": {"Authorization": {"env": "CRM_TOKEN", "prefix": "Bearer "}}}


def test_a_secret_comes_from_the_environment_and_goes_nowhere_else(provider, tmp_path, caplog):
    provider.set_behaviour(Behaviour(token=SECRET))
    tools = {"tool": made(HttpTool, PATCH)}

    def connector(environment: Mapping[str, str]) -> HttpConnector:
        return http_connector(
            provider.url, tools, tmp_path / "journal", settings=WITH_SECRET, environment=environment
        )

    with caplog.at_level(logging.DEBUG):
        effect = connector({"CRM_TOKEN": SECRET}).apply("tool", ARGUMENTS, expected='"0"', key="key-1")
        assert effect.after["email"] == "new@example.org"
        with pytest.raises(ToolFailed) as error:
            connector({"CRM_TOKEN": "wr0ng-t0ken"}).preview("tool", ARGUMENTS)
    assert error.value.code == "denied"
    assert "not with Bearer [secret]" in str(error.value)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("lineclear")]
    assert not any(SECRET in line for line in ours)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "journal").rglob("*") if path.is_file())
    assert SECRET.encode() not in kept


@pytest.mark.parametrize("value", [None, "", "two\nlines", "caf\u00e9"])
def test_without_a_usable_secret_nothing_is_sent(provider, tmp_path, value):
    environment = {} if value is None else {"CRM_TOKEN": value}
    connector = http_connector(
        provider.url, {"tool": made(HttpTool, PATCH)}, tmp_path, settings=WITH_SECRET, environment=environment
    )
    with pytest.raises(ToolFailed, match="CRM_TOKEN") as error:
        connector.preview("tool", ARGUMENTS)
    assert error.value.code == "denied"
    assert connector.probe().state is HealthState.DENIED


def certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "provider")])
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    made_out = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=20_000))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "provider.pem"
    path.write_bytes(private + made_out.public_bytes(serialization.Encoding.PEM))
    return path


def test_a_certificate_that_nobody_vouches_for_ends_it_before_anything_is_sent(tmp_path, monkeypatch):
    pem = certificate(tmp_path)
    tools = {"tool": made(HttpTool, PATCH)}
    with Provider(tmp_path / "provider", resources=CUSTOMERS, certificate=pem) as provider:
        with pytest.raises(ToolFailed, match="CERTIFICATE_VERIFY_FAILED|certificate") as error:
            http_connector(provider.url, tools, tmp_path / "journal").preview("tool", ARGUMENTS)
        assert error.value.code == "unreachable"
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        trusting = http_connector(provider.url, tools, tmp_path / "journal")
        assert trusting.apply("tool", ARGUMENTS, expected='"0"', key="key-1").reference == '"1"'


# Answers that no well-meaning provider gives


@contextmanager
def answering(answer: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Something that gives one and the same bytes to whoever connects, and what it was sent."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                connection, _ = listener.accept()
                with connection:
                    asked = connection.recv(65_536)
                    if not asked:
                        return
                    heard.append(asked)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", heard
        socket.create_connection(listener.getsockname()).close()
        thread.join()


def response(*headers: str, body: bytes = b"{}", status: str = "200 OK") -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""])
    return head.encode() + body


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (response(body=b'{"a": 1, "a": 2}'), "invalid"),
        (response(body=b"null"), "invalid"),
        (response(body=b"[1]"), "invalid"),
        (response(body=b"<html>"), "invalid"),
        (response(body=b""), "invalid"),
        (response(body=b'{"a": 0.1000000000000000055}'), "invalid"),
        (response("Content-Encoding: gzip", body=b"\x1f\x8b\x08"), "invalid"),
        (response(body=b'{"a": "' + b"x" * 2_000 + b'"}'), "invalid"),
        (response(status="204 No Content", body=b""), "invalid"),
        (response("Location: http://127.0.0.1:1/x", status="302 Found"), "invalid"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "unreachable"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nContent-Length: 3\r\n\r\n{}", "unreachable"),
        (b"", "unreachable"),
    ],
)
def test_an_odd_answer_is_no_resource(tmp_path, answer, code):
    with answering(answer) as (url, heard):
        connector = http_connector(
            url, {"tool": made(HttpTool, PATCH)}, tmp_path, settings={"max_bytes": 1_000}
        )
        with pytest.raises(ToolFailed) as error:
            connector.preview("tool", ARGUMENTS)
        assert error.value.code == code
        assert len(str(error.value)) < 400
        assert len(heard) == 1


def test_nothing_of_one_answer_comes_back_with_the_next_request(tmp_path):
    with answering(response("Set-Cookie: a=b", body=b'{"name": "Ada"}')) as (url, heard):
        connector = http_connector(url, {"tool": made(HttpTool, PATCH)}, tmp_path)
        connector.preview("tool", ARGUMENTS)
        connector.preview("tool", ARGUMENTS)
        assert len(heard) == 2
        assert b"cookie" not in heard[1].lower()


@pytest.mark.parametrize(
    "location", ["https://elsewhere.example/x", "//elsewhere.example/x", "/a/../b", "http://[", "/ä"]
)
def test_a_location_elsewhere_is_no_place_for_an_undo(tmp_path, location):
    tool = made(HttpTool, POST.replace("DELETE /customers/{args.id}/notes/{made.id}", "DELETE location"))
    body = b'{"name": "Ada"}'
    with answering(response(f"Location: {location}", body=body)) as (url, heard):
        connector = http_connector(url, {"tool": tool}, tmp_path)
        version = connector.preview("tool", ARGUMENTS).version
        effect = connector.apply("tool", ARGUMENTS, expected=version, key="key-1")
        with pytest.raises(ToolFailed, match="by hand"):
            connector.preview_undo("tool", effect.receipt)
        assert not any(request.startswith(b"DELETE") for request in heard)


def test_an_answer_that_drips_for_ever_is_given_up(provider, desk):
    at = desk(PATCH)
    version = at.version()
    ticking = iter(range(1_000_000))
    connector = http_connector(
        provider.url, {"tool": at.tool}, at.journal, settings={"timeout": 2}, now=lambda: next(ticking)
    )
    provider.set_behaviour(Behaviour(Fault.DRIPPING))
    with pytest.raises(ToolOutcomeUnknown, match="does not end"):
        connector.apply("tool", ARGUMENTS, expected=version, key="key-1")


# The journal


def journal_files(desk: Desk) -> list[Path]:
    return sorted(desk.journal.rglob("*.json"))


def test_what_was_sent_is_kept_for_nobody_else_to_read_and_not_for_ever(provider, desk):
    at = desk(PATCH + KEYED)
    effect = at.apply()
    (file,) = journal_files(at)
    assert oct(file.stat().st_mode)[-3:] == "600"
    assert oct(file.parent.stat().st_mode)[-3:] == oct(at.journal.stat().st_mode)[-3:] == "700"
    neighbour = next(
        key for key in map(str, range(9_999)) if at.worker()._journal._path(key).parent == file.parent
    )
    at.now += 7 * 86_400 + 1
    version = at.worker().preview_undo("tool", effect.receipt).version
    at.worker().undo("tool", effect.receipt, expected=version, key=neighbour)
    assert len(journal_files(at)) == 1
    assert journal_files(at) != [file]


def test_an_attempt_without_an_outcome_is_never_forgotten(provider, desk):
    at = desk(PATCH)
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.RESET_BEFORE))
    with pytest.raises(ToolOutcomeUnknown):
        at.apply(expected=version)
    (file,) = journal_files(at)
    neighbour = next(
        key for key in map(str, range(9_999)) if at.worker()._journal._path(key).parent == file.parent
    )
    at.now += 365 * 86_400
    at.apply(neighbour, expected=version)
    assert len(journal_files(at)) == 2


def test_a_journal_that_cannot_be_written_sends_nothing(provider, desk):
    at = desk(PATCH)
    at.journal.write_text("a file where the folder should be")
    with pytest.raises(ToolFailed) as error:
        at.apply()
    assert error.value.code == "unreachable"
    assert provider.sends() == []


def test_a_journal_that_cannot_be_read_calls_nothing_unchanged(provider, desk):
    at = desk(PATCH + KEYED)
    at.apply()
    (file,) = journal_files(at)
    file.write_text("{")
    with pytest.raises(ToolOutcomeUnknown, match="cannot be read"):
        at.apply(expected="")
    assert len(provider.sends()) == 1
