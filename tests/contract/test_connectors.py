"""What every connector promises, said once and asked of each."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest

from lineclear.adapters.memory.clock import ManualClock
from lineclear.application.executing.permits import STOPPED, CallPermit
from lineclear.application.ports import Connector, ToolFailed
from lineclear.domain.effects import Effect, HealthState
from lineclear.domain.vocabulary import EffectClass
from support.provider import Provider
from support_connectors import DocumentSystem, GitSystem, SqlSystem, System
from support_http_system import CUSTOMERS, HttpSystem


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[Provider]:
    with Provider(tmp_path / "provider", resources=CUSTOMERS) as provider:
        yield provider


@pytest.fixture(params=["sqlite", "postgres", "yaml", "json", "git", "keyed", "queryable"])
def system(request: pytest.FixtureRequest, tmp_path: Path) -> System:
    match request.param:
        case "sqlite":
            return SqlSystem(f"sqlite:///{tmp_path / 'crm.sqlite'}")
        case "postgres":
            return SqlSystem(request.getfixturevalue("postgres_database"))
        case "git":
            return GitSystem(tmp_path / "code.git")
        case "keyed" | "queryable" as kind:
            return HttpSystem(request.getfixturevalue("provider"), tmp_path / "journal", kind)
        case kind:
            return DocumentSystem(tmp_path / f"access.{kind}")


@pytest.fixture
def connector(system: System) -> Connector:
    return system.connector()


def applied(system: System, key: str = "key-1") -> Effect:
    connector = system.connector()
    preview = connector.preview(system.tool, system.arguments)
    return connector.apply(system.tool, system.arguments, expected=preview.version, key=key)


def refusal(error: pytest.ExceptionInfo[ToolFailed]) -> str:
    assert len(str(error.value)) > 20, "a refusal says what to do"
    assert len(str(error.value)) < 600, "a refusal does not repeat what it was given"
    return error.value.code


def test_a_preview_changes_nothing(system, connector):
    before = system.snapshot()
    preview = connector.preview(system.tool, system.arguments)
    assert preview.before != preview.after
    assert preview.undo.possible
    assert system.snapshot() == before


def test_the_same_target_previews_to_the_same_version(system, connector):
    first = connector.preview(system.tool, system.arguments)
    assert system.connector().preview(system.tool, system.arguments) == first


def test_what_is_applied_is_what_was_previewed(system, connector):
    state = system.snapshot()
    preview = connector.preview(system.tool, system.arguments)
    effect = connector.apply(system.tool, system.arguments, expected=preview.version, key="key-1")
    assert (effect.before, effect.after) == (preview.before, preview.after)
    assert system.snapshot() != state


def test_a_target_that_moved_refuses_and_stays(system, connector):
    preview = connector.preview(system.tool, system.arguments)
    system.interfere()
    moved = system.snapshot()
    with pytest.raises(ToolFailed) as error:
        connector.apply(system.tool, system.arguments, expected=preview.version, key="key-1")
    assert refusal(error) == "target_moved"
    assert system.snapshot() == moved
    assert connector.find(system.tool, system.arguments, key="key-1") is None


def test_the_same_key_acts_once_and_answers_alike(system, connector):
    preview = connector.preview(system.tool, system.arguments)
    first = connector.apply(system.tool, system.arguments, expected=preview.version, key="key-1")
    state = system.snapshot()
    again = system.connector().apply(system.tool, system.arguments, expected=preview.version, key="key-1")
    assert again == first
    assert system.snapshot() == state


def test_a_key_that_was_used_for_another_change_is_refused(system, connector):
    applied(system)
    state = system.snapshot()
    with pytest.raises(ToolFailed) as error:
        connector.apply(system.final, system.arguments, expected="", key="key-1")
    assert refusal(error) == "refused"
    assert system.snapshot() == state


def test_find_sees_an_effect_and_nothing_else(system, connector):
    assert connector.find(system.tool, system.arguments, key="key-1") is None
    effect = applied(system)
    assert connector.find(system.tool, system.arguments, key="key-1") == effect
    assert connector.find(system.tool, system.arguments, key="key-2") is None


def test_find_still_sees_an_effect_after_others_worked_on(system, connector):
    effect = applied(system)
    system.work_elsewhere()
    system.interfere_after()
    assert connector.find(system.tool, system.arguments, key="key-1") == effect


def test_do_undo_compare(system, connector):
    state = system.snapshot()
    effect = applied(system)
    preview = connector.preview_undo(system.tool, effect.receipt)
    assert (preview.before, preview.moved) == (effect.after, ())
    undone = connector.undo(system.tool, effect.receipt, expected=preview.version, key="key-2")
    assert (undone.before, undone.after) == (preview.before, preview.after)
    assert system.snapshot() == state


def test_a_preview_of_an_undo_changes_nothing(system, connector):
    effect = applied(system)
    state = system.snapshot()
    connector.preview_undo(system.tool, effect.receipt)
    assert system.snapshot() == state


def test_an_undo_happens_once_and_is_found_by_its_key(system, connector):
    effect = applied(system)
    version = connector.preview_undo(system.tool, effect.receipt).version
    undone = connector.undo(system.tool, effect.receipt, expected=version, key="key-2")
    assert connector.undo(system.tool, effect.receipt, expected=version, key="key-2") == undone
    assert connector.find(system.tool, system.arguments, key="key-2") == undone
    assert connector.find(system.tool, system.arguments, key="key-1") == effect


def test_an_undo_can_itself_be_undone(system, connector):
    effect = applied(system)
    state = system.snapshot()
    version = connector.preview_undo(system.tool, effect.receipt).version
    undone = connector.undo(system.tool, effect.receipt, expected=version, key="key-2")
    version = connector.preview_undo(system.tool, undone.receipt).version
    connector.undo(system.tool, undone.receipt, expected=version, key="key-3")
    assert system.snapshot() == state


def test_an_undo_after_the_target_moved_never_overwrites(system, connector):
    effect = applied(system)
    early = connector.preview_undo(system.tool, effect.receipt)
    system.interfere_after()
    state = system.snapshot()
    late = connector.preview_undo(system.tool, effect.receipt)
    assert late.moved
    assert not late.undo.possible
    for version in (early.version, late.version):
        with pytest.raises(ToolFailed) as error:
            connector.undo(system.tool, effect.receipt, expected=version, key="key-2")
        assert refusal(error) == "target_moved"
    assert system.snapshot() == state
    assert connector.find(system.tool, system.arguments, key="key-2") is None


def test_an_undo_keeps_what_others_did_before(system, connector):
    system.work_elsewhere()
    wanted = system.snapshot()
    effect = applied(system)
    version = connector.preview_undo(system.tool, effect.receipt).version
    connector.undo(system.tool, effect.receipt, expected=version, key="key-2")
    assert system.snapshot() == wanted


def test_an_undo_keeps_what_others_did_elsewhere_since(system, connector):
    effect = applied(system)
    system.work_elsewhere()
    preview = connector.preview_undo(system.tool, effect.receipt)
    assert preview.undo.possible
    connector.undo(system.tool, effect.receipt, expected=preview.version, key="key-2")
    undone = system.snapshot()
    again = connector.preview(system.tool, system.arguments)
    connector.apply(system.tool, system.arguments, expected=again.version, key="key-3")
    assert system.snapshot() != undone


def test_an_undo_is_not_done_twice_under_two_keys(system, connector):
    effect = applied(system)
    version = connector.preview_undo(system.tool, effect.receipt).version
    connector.undo(system.tool, effect.receipt, expected=version, key="key-2")
    state = system.snapshot()
    later = connector.preview_undo(system.tool, effect.receipt).version
    with pytest.raises(ToolFailed) as error:
        connector.undo(system.tool, effect.receipt, expected=later, key="key-3")
    assert refusal(error) == "refused"
    assert system.snapshot() == state


def test_what_cannot_be_undone_says_so_before_and_after(system, connector):
    preview = connector.preview(system.final, system.arguments)
    assert not preview.undo.possible
    assert preview.undo.loses
    effect = connector.apply(system.final, system.arguments, expected=preview.version, key="key-1")
    with pytest.raises(ToolFailed) as error:
        connector.preview_undo(system.final, effect.receipt)
    assert refusal(error) == "refused"
    assert preview.undo.loses in str(error.value)


@pytest.mark.parametrize("receipt", [None, {}, [], "x", {"changes": 1}, {"title": "t", "target": None}])
def test_a_receipt_of_something_else_is_refused(system, connector, receipt):
    with pytest.raises(ToolFailed) as error:
        connector.preview_undo(system.tool, receipt)
    assert refusal(error) == "invalid"


def test_i29_under_a_permit_that_was_revoked_nothing_is_sent_asked_or_changed(system, connector):
    effect = applied(system)
    state = system.snapshot()
    seen = connector.preview_undo(system.tool, effect.receipt)
    clock = ManualClock()
    permit = CallPermit(clock, clock.now() + timedelta(minutes=1))
    permit.revoke("Its job was stopped by ops-west")
    for deed in (
        partial(connector.apply, system.tool, system.arguments, expected=seen.version, key="key-2"),
        partial(connector.undo, system.tool, effect.receipt, expected=seen.version, key="key-3"),
        partial(connector.find, system.tool, system.arguments, key="key-4"),
    ):
        with pytest.raises(ToolFailed) as error:
            deed(permit=permit)
        assert refusal(error) == STOPPED
    assert system.snapshot() == state
    done = connector.undo(system.tool, effect.receipt, expected=seen.version, key="key-3")
    assert done.after == seen.after


def test_two_workers_with_one_key_act_once(system):
    expected = system.connector().preview(system.tool, system.arguments).version
    together = Barrier(2)

    def work() -> Effect:
        connector = system.connector()
        together.wait()
        try:
            return connector.apply(system.tool, system.arguments, expected=expected, key="key-1")
        except ToolFailed as error:
            assert error.code == "unreachable", error  # noqa: PT017  # the other one is at work; asking again is right
            return connector.apply(system.tool, system.arguments, expected=expected, key="key-1")

    with ThreadPoolExecutor(2) as workers:
        first, second = [future.result() for future in [workers.submit(work), workers.submit(work)]]
    assert first == second
    state = system.snapshot()
    undo = system.connector().preview_undo(system.tool, first.receipt)
    assert undo.moved == ()
    assert system.snapshot() == state


def test_of_two_workers_with_two_keys_one_wins(system):
    expected = system.connector().preview(system.tool, system.arguments).version
    together = Barrier(2)

    def work(key: str) -> str:
        connector = system.connector()
        together.wait()
        try:
            connector.apply(system.tool, system.arguments, expected=expected, key=key)
        except ToolFailed as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(2) as workers:
        outcomes = sorted(workers.map(work, ["key-1", "key-2"]))
    assert outcomes[0] == "done"
    assert outcomes[1] in ("target_moved", "unreachable")


def test_hostile_arguments_do_what_they_say_or_nothing(system, connector):
    for index, arguments in enumerate(system.hostile):
        state = system.snapshot()
        try:
            preview = connector.preview(system.tool, arguments)
        except ToolFailed as error:
            assert error.code in ("invalid", "not_found", "refused"), (arguments, error)  # noqa: PT017  # either outcome is right
            assert len(str(error)) < 600  # noqa: PT017  # as above
            with pytest.raises(ToolFailed):
                connector.apply(system.tool, arguments, expected="", key=f"key-{index}")
            assert system.snapshot() == state
            continue
        effect = connector.apply(system.tool, arguments, expected=preview.version, key=f"key-{index}")
        assert effect.after == preview.after
        undo = connector.preview_undo(system.tool, effect.receipt)
        connector.undo(system.tool, effect.receipt, expected=undo.version, key=f"undo-{index}")
        assert system.snapshot() == state, arguments


@pytest.mark.parametrize(
    "key", ["../../x", "--option", "a b\nc", "k" * 500, "'; DROP TABLE x; --", "\u202ekey"]
)
def test_a_hostile_key_is_a_key(system, connector, key):
    effect = applied(system, key)
    assert connector.find(system.tool, system.arguments, key=key) == effect
    assert connector.apply(system.tool, system.arguments, expected="", key=key) == effect


def test_a_system_that_is_gone_is_down_and_says_so(system):
    broken = system.broken()
    assert broken.probe().state is HealthState.DOWN
    assert broken.probe().detail
    for attempt in (
        lambda: broken.preview(system.tool, system.arguments),
        lambda: broken.apply(system.tool, system.arguments, expected="", key="key-1"),
        lambda: broken.find(system.tool, system.arguments, key="key-1"),
    ):
        with pytest.raises(ToolFailed) as error:
            attempt()
        assert refusal(error) == "unreachable"


def test_a_system_that_answers_is_healthy(connector):
    assert connector.probe().state is HealthState.HEALTHY


def test_every_tool_promises_a_class_that_the_suite_proves(system, connector):
    contracts = {contract.tool: contract for contract in connector.contracts()}
    assert contracts.keys() == {system.tool, system.final}
    for contract in contracts.values():
        assert contract.effect in (EffectClass.KEYED, EffectClass.QUERYABLE)
        assert contract.mutates
    assert contracts[system.tool].reversible
    assert not contracts[system.final].reversible
