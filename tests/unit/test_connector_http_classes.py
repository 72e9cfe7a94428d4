"""The effect classes of HTTP tools under faults, as the provider's own ledger judges them.

I7 (with `if_match`, or by a read just before the first send), I23 (at most one effect in B and C, one send in
D), I27 (the key is on disk before it is sent) and I33 (again only in B and C, inside the window).
"""

from __future__ import annotations

import pytest

from lineclear.adapters.connectors.catalog import Catalog
from lineclear.adapters.connectors.http.tools import HttpTool
from lineclear.application.ports import ToolFailed, ToolOutcomeUnknown
from lineclear.domain.vocabulary import ActionStatus
from support.http_desk import (
    ARGUMENTS,
    ASKED,
    DELETE,
    KEYED,
    PATCH,
    POST,
    PUT,
    answering,
    journal_files,
    response,
)
from support.kernel import Kernel
from support.provider import Behaviour, Fault
from support_connectors import made
from support_http_system import CUSTOMERS, http_connector

STRUCK = [fault for fault in Fault if fault not in (Fault.NONE, Fault.REFUSED, Fault.DRIPPING)]
CELLS = [
    *[Behaviour(fault) for fault in STRUCK],
    *[Behaviour(fault, honours_match=False, gives_etag=False) for fault in STRUCK if "after" in fault],
    *[Behaviour(fault, on="read") for fault in (Fault.RESET_BEFORE, Fault.SILENT_BEFORE, Fault.TRUNCATED)],
    Behaviour(Fault.RESET_AFTER, times=2),
    Behaviour(Fault.RESET_AFTER, lag=2),
    Behaviour(delay=0.1),
]
DRIPPING = Behaviour(Fault.DRIPPING)
MAIN = [
    Behaviour(fault) for fault in (Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.ERROR_AFTER, Fault.TRUNCATED)
]
HARMLESS = {Fault.NONE, Fault.GARBLED}


def named(cell: Behaviour) -> str:
    return "-".join(
        [cell.fault, cell.on, str(cell.times), str(cell.lag), "bare" if not cell.gives_etag else ""]
    )


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        *[
            pytest.param(text, cell, id=f"{text.split('write: ')[1][:5].strip()}-{named(cell)}")
            for text, cells in ((PATCH, [*CELLS, DRIPPING]), (POST, CELLS), (PUT, MAIN), (DELETE, MAIN))
            for cell in cells
        ],
    ],
)
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


@pytest.mark.parametrize("cell", [*CELLS, DRIPPING], ids=named)
@pytest.mark.parametrize("text", [PATCH, POST], ids=["PATCH", "POST"])
def test_without_one_it_is_sent_once_and_never_again(provider, desk, cell, text):
    at = desk(text)
    provider.set_behaviour(Behaviour(gives_etag=cell.gives_etag))
    version = at.version()
    provider.set_behaviour(cell)
    outcome = at.persist(version)
    struck = cell.on == "write" and cell.fault not in HARMLESS
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


@pytest.mark.parametrize(("promise", "outcome"), [(KEYED, "done"), (ASKED, "unknown")], ids=["B", "C"])
def test_a_provider_that_fails_twice_leaves_time_for_one_class_only(provider, desk, promise, outcome):
    at = desk(PATCH + promise)
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.ERROR_BEFORE, times=2))
    assert at.persist(version) == outcome
    assert len(provider.effects()) == (outcome == "done")


@pytest.mark.parametrize(
    ("promise", "status"),
    [(KEYED, ActionStatus.SUCCEEDED), (ASKED, ActionStatus.SUCCEEDED), ("", ActionStatus.UNKNOWN)],
    ids=["B", "C", "D"],
)
def test_the_worker_brings_an_answer_that_was_lost_to_the_end_that_its_class_allows(
    provider, desk, promise, status
):
    tools = {"crm.update_customer": made(HttpTool, PATCH + promise)}
    connector = http_connector(provider.url, tools, desk(PATCH).journal)
    kernel = Kernel(tools=Catalog({"system": connector}))
    action = kernel.propose("crm.update_customer", "manage_customers", **ARGUMENTS)
    provider.set_behaviour(Behaviour(Fault.RESET_AFTER))
    for _ in range(6):
        kernel.run()
        kernel.later(seconds=60)
    assert kernel.action(action.id).status is status
    assert len(provider.effects()) == 1


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
    at.now += 200
    with pytest.raises(ToolOutcomeUnknown, match="could repeat it"):
        at.apply(expected=version)
    assert len(provider.sends()) == 1
    at.now -= 150
    at.apply(expected=version)
    assert (len(provider.sends()), len(provider.effects())) == (2, 1)


def test_after_that_a_provider_that_can_be_asked_is_asked(provider, desk):
    at = desk(PATCH + ASKED + "window: 400\n")
    version = at.version()
    provider.set_behaviour(Behaviour(Fault.RESET_AFTER))
    with pytest.raises(ToolOutcomeUnknown):
        at.apply(expected=version)
    at.now += 200
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


def test_the_key_is_on_disk_before_it_is_sent(tmp_path, desk):
    at = desk(PATCH + KEYED)
    kept: list[int] = []
    with answering(response(body=b'{"name": "Ada"}'), seen=lambda: kept.append(len(journal_files(at)))) as (
        url,
        heard,
    ):
        connector = http_connector(url, {"tool": at.tool}, at.journal)
        version = connector.preview("tool", ARGUMENTS).version
        connector.apply("tool", ARGUMENTS, expected=version, key="key-1")
    assert [request.split()[0] for request in heard] == [b"GET", b"GET", b"PATCH", b"GET"]
    assert kept == [0, 0, 1, 1]


def test_any_key_is_sent_in_a_form_that_a_header_can_carry(provider, desk):
    at = desk(POST + KEYED)
    keys = ["act-01:7", "a b", "a\r\nX-Admin: yes", "sha256-" + "0" * 64, "k" * 500, "\u202ekey"]
    for key in keys:
        at.apply(key)
    sent = [request["headers"]["idempotency-key"] for request in provider.sends()]
    assert sent[0] == "act-01:7"
    assert all(len(key) <= 128 and key.isascii() and " " not in key for key in sent)
    assert len(set(sent)) == len(keys) == len(provider.effects())


@pytest.mark.parametrize(
    ("found", "answer", "told"),
    [
        ("", {"id": 1}, True),
        ("", [], False),
        ("", {}, False),
        ("found: answer.state == 'done'\n", {"state": "done"}, True),
        ("found: answer.state == 'done'\n", {"state": "failed"}, False),
        ("found: 'size(answer.items) > 0 ? answer.items[0] : null'\n", {"items": [{"id": 7}]}, {"id": 7}),
        ("found: 'size(answer.items) > 0 ? answer.items[0] : null'\n", {"items": []}, False),
    ],
)
def test_what_a_lookup_tells_is_read_as_its_definition_says(found, answer, told):
    assert made(HttpTool, PATCH + ASKED + found).told(answer, "key-1") == told


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
