"""How a system is: from probes on a schedule, and from what real calls were told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lineclear.application.ports import ToolFailed
from lineclear.application.reading.snapshots import read_control
from lineclear.application.reading.tools import definition_of
from lineclear.desktop.presenters.control.tools_page import tool_rows
from lineclear.desktop.presenters.review.around import read_around
from lineclear.desktop.presenters.review.degrading import degraded
from lineclear.domain.control import ConnectorHealth
from lineclear.domain.effects import Health, HealthState, of_tools
from lineclear.domain.vocabulary import ActionStatus, Role, Verdict
from lineclear.server.probing import record_health
from support.kernel import CONTRACTS, Kernel


class Slow:
    """A system that lets time go by before it answers."""

    def __init__(self, kernel: Kernel, seconds: float) -> None:
        self.kernel, self.seconds = kernel, seconds

    def probe(self) -> Health:
        self.kernel.clock.advance(timedelta(seconds=self.seconds))
        return Health(HealthState.HEALTHY)


@pytest.fixture
def kernel():
    return Kernel()


def state(kernel: Kernel) -> ConnectorHealth | None:
    return kernel.store.read(lambda snapshot: snapshot.load(ConnectorHealth, "memory"))


def control(kernel: Kernel):
    return read_control(kernel.services, kernel.token("ops-east", Role.OPS))


def turned_away(kernel: Kernel, code: str, *, retry_after: int | None = None):
    """A refund whose call the other side does not take."""

    def refuse(*_args, **_more):
        raise ToolFailed(code, f"the provider says {code}", retry_after=retry_after)

    kernel.tools.apply = refuse
    action = kernel.refund("20.00")
    kernel.run(steps=1)
    return action


def test_a_probe_is_noted_with_its_time_and_the_ledger_keeps_changes_alone(kernel):
    record_health(kernel.services)
    size = kernel.store.read(lambda snapshot: snapshot.size())
    kernel.clock.advance(timedelta(seconds=15))
    record_health(kernel.services)
    assert kernel.store.read(lambda snapshot: snapshot.size()) == size
    assert control(kernel).probes["memory"].at.endswith("00:15.000Z")
    kernel.tools.down = True
    record_health(kernel.services)
    assert state(kernel).state is HealthState.DOWN


@pytest.mark.parametrize(("seconds", "expected"), [(2, HealthState.HEALTHY), (2.5, HealthState.SLOW)])
def test_a_system_that_takes_its_time_is_slow(kernel, seconds, expected):
    kernel.tools.connectors = lambda: {"memory": Slow(kernel, seconds)}
    record_health(kernel.services)
    assert state(kernel).state is expected
    assert control(kernel).probes["memory"].milliseconds == seconds * 1_000


@pytest.mark.parametrize(
    ("code", "retry_after", "expected", "lasts"),
    [("unreachable", 90, HealthState.RATE_LIMITED, 90), ("denied", None, HealthState.DENIED, 600)],
)
def test_a_call_that_was_turned_away_shows_until_it_may_be_tried_again(
    kernel, code, retry_after, expected, lasts
):
    record_health(kernel.services)
    turned_away(kernel, code, retry_after=retry_after)
    assert state(kernel).state is expected
    record_health(kernel.services)
    assert state(kernel).state is expected, "a probe that is answered says nothing of calls"
    kernel.clock.advance(timedelta(seconds=lasts))
    record_health(kernel.services)
    assert state(kernel).state is HealthState.HEALTHY


class InPart:
    """A system of which some tools cannot be used."""

    def __init__(self, failing: dict[str, str]) -> None:
        self.failing = failing

    def probe(self) -> Health:
        return of_tools([contract.tool for contract in CONTRACTS], self.failing)


def test_a_system_some_of_whose_tools_are_gone_is_there_in_part_and_says_which(kernel):
    kernel.tools.connectors = lambda: {"memory": InPart({"mail.send": "no such table"})}
    record_health(kernel.services)
    found = state(kernel)
    assert (found.state, found.tools) == (HealthState.PARTIAL, {"mail.send": "no such table"})
    assert found.detail == "mail.send: no such table"
    assert found.state_of("mail.send") is HealthState.DOWN
    assert found.state_of("payments.create_refund") is HealthState.HEALTHY
    kernel.tools.connectors = lambda: {"memory": InPart({"payments.create_refund": "gone"})}
    record_health(kernel.services)
    assert state(kernel).tools == {"payments.create_refund": "gone"}, "other tools are another state"
    kernel.tools.connectors = lambda: {"memory": InPart({one.tool: "gone" for one in CONTRACTS})}
    record_health(kernel.services)
    assert (state(kernel).state, state(kernel).tools) == (HealthState.DOWN, {})


def test_what_stands_around_an_action_is_how_the_system_is_for_its_own_tool(kernel):
    refund = kernel.refund("80.00")
    kernel.tools.connectors = lambda: {"memory": InPart({"mail.send": "no such table"})}
    record_health(kernel.services)
    around = kernel.store.read(read_around)
    assert around.health_for(refund) is HealthState.HEALTHY
    assert degraded(refund, around) == ""
    kernel.tools.connectors = lambda: {"memory": InPart({refund.tool: "no such table"})}
    record_health(kernel.services)
    around = kernel.store.read(read_around)
    assert around.health_for(refund) is HealthState.DOWN
    assert degraded(refund, around) == "memory down for payments.create_refund"


def test_control_shows_the_tool_that_is_gone_and_leaves_the_others_healthy(kernel):
    kernel.tools.connectors = lambda: {"memory": InPart({"mail.send": "no such table"})}
    record_health(kernel.services)
    rows = {row.id: row for row in tool_rows(control(kernel), {}, kernel.clock.now())}
    chips = {name: str(row.chip.text) for name, row in rows.items()}
    assert (chips["mail.send"], chips["payments.create_refund"]) == ("Down", "Healthy")
    assert "no such table" in str(rows["mail.send"].facts)
    assert "no such table" not in str(rows["payments.create_refund"].facts)


def test_a_call_that_goes_through_ends_it_at_once(kernel):
    turned_away(kernel, "denied")
    del kernel.tools.apply
    action = kernel.refund("30.00")
    kernel.run()
    assert kernel.action(action.id).status is ActionStatus.SUCCEEDED
    assert state(kernel).state is HealthState.HEALTHY


def test_control_says_what_each_tool_promises_and_how_it_did_lately(kernel):
    reviewer = kernel.reviewer()
    kernel.decide(reviewer, kernel.refund("80.00"), Verdict.APPROVE)
    kernel.run()
    kernel.clock.advance(timedelta(minutes=1))
    turned_away(kernel, "denied")
    tools = {one.contract.tool: one for one in control(kernel).tools}
    assert sorted(tools) == sorted(contract.tool for contract in CONTRACTS)
    refund = tools["payments.create_refund"]
    assert (refund.succeeded_at[14:19], refund.failed_at[14:19]) == ("00:00", "01:00")
    assert refund.failure == "the provider says denied"
    assert tools["mail.send"].succeeded_at == ""


def test_any_change_of_a_contract_changes_its_definition():
    import msgspec  # noqa: PLC0415  # for this alone

    one = CONTRACTS[0]
    assert definition_of(one) == definition_of(msgspec.structs.replace(one))
    assert definition_of(one) != definition_of(msgspec.structs.replace(one, reversible=False))
