"""The HTTP connector beyond the common contract: outcomes, undo, what is shown and kept."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from lineclear.adapters.connectors.http.exchange import RateLimited
from lineclear.adapters.connectors.http.tools import HttpTool
from lineclear.application.ports import ToolFailed, ToolOutcomeUnknown
from lineclear.domain.effects import HealthState
from support.http_desk import (
    ARGUMENTS,
    DELETE,
    KEYED,
    PATCH,
    POST,
    PUT,
    READ,
    answering,
    journal_files,
    response,
)
from support.provider import Behaviour, Fault
from support_connectors import made
from support_http_system import CUSTOMERS, http_connector

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
    [
        ("30", 30),
        ("Sun, 01 Nov 2026 00:00:30 GMT", 30),
        ("Sun, 01 Nov 2020 00:00:00 GMT", 0),
        ("soon", None),
        ("Sun, 01 Nov 99999999999 00:00:00 GMT", None),
    ],
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


def test_a_tool_with_a_question_of_its_own_is_asked_about_by_itself(provider, tmp_path):
    tools = {
        "there": made(HttpTool, f"{PATCH}\nprobe: /customers/c1"),
        "gone": made(HttpTool, f"{PUT}\nprobe: /orders?limit=0"),
        "unasked": made(HttpTool, POST),
    }
    connector = http_connector(provider.url, tools, tmp_path / "journal")
    found = connector.probe()
    assert (found.state, found.tools.keys()) == (HealthState.PARTIAL, {"gone"})
    assert "answers 404 for /orders?limit=0" in found.tools["gone"]
    provider.set_behaviour(Behaviour(Fault.REFUSED, on="read", status=503))
    away = connector.probe()
    assert (away.state, away.tools) == (HealthState.DOWN, {})


@pytest.mark.parametrize("path", ["customers", "/../admin", "/a\\n"])
def test_a_question_that_is_no_plain_path_is_refused(path):
    with pytest.raises(ValueError, match="plain path"):
        made(HttpTool, f'{PATCH}\nprobe: "{path}"')


def test_an_effect_is_named_as_the_provider_names_it(provider, desk):
    assert desk(POST).apply("key-1").reference == "/customers/c1/notes/1"
    assert desk(PATCH).apply("key-2").reference == '"1"'


def test_an_effect_says_what_the_provider_left_not_what_was_planned(provider, desk):
    provider.set_behaviour(Behaviour(stamps=True))
    effect = desk(PATCH).apply()
    assert effect.after == {**CUSTOMERS["/customers/c1"], "email": "new@example.org", "revision": 1}
    assert effect.version == '"1"'


def test_what_others_did_before_we_looked_is_not_taken_for_ours(tmp_path):
    answers = [
        response(f'ETag: "{number}"', body=json.dumps({"name": "Ada", "email": email}).encode())
        for number, email in enumerate(("old", "new@example.org", "theirs"))
    ]
    with answering(*answers) as (url, _):
        connector = http_connector(url, {"tool": made(HttpTool, PATCH)}, tmp_path)
        effect = connector.apply("tool", ARGUMENTS, expected='"0"', key="key-1")
    assert (effect.after, effect.version) == ({"name": "Ada", "email": "new@example.org"}, '"1"')


def test_an_effect_stands_even_where_it_cannot_be_looked_at_afterwards(provider, desk):
    provider.set_behaviour(Behaviour(gives_etag=False, blind_after=True))
    effect = desk(PATCH).apply()
    assert effect.after == {**CUSTOMERS["/customers/c1"], "email": "new@example.org"}
    assert effect.version.startswith("sha256:")


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
    body = """body: {email: args.email, name: 'given(args, "name", null)'}\noptional: [name]"""
    desk(PATCH.replace("body: {email: args.email}", body)).apply()
    assert provider.sends()[0]["body"] == {"email": "new@example.org"}


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


# The journal


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
