"""What is typed at tier 3 is signed, and server, executor and auditor refuse an approval without it."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from lineclear.application.deciding.decide import check_confirmed
from lineclear.application.record import rules
from lineclear.cli.reviewing import Asked
from lineclear.domain.actions import Judged
from lineclear.domain.confirming import confirmation, is_confirmed
from lineclear.domain.events import decode_event
from lineclear.domain.ledger.statements import decode_decision, parse_envelope
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Outcome, Tier, Verdict
from support.kernel import DOCUMENT, Kernel
from support.replaying import replayed
from support.terminal import Terminal

LARGE = DOCUMENT.replace("        idempotency_key: required\n", "        tier: 3\n")


@pytest.fixture
def kernel():
    return Kernel()


@pytest.fixture
def three(kernel):
    return kernel.reviewer("three", Tier.THREE)


def refusal(call):
    with pytest.raises(Refusal) as refused:
        call()
    return refused.value


@pytest.mark.parametrize("typed", ["", "pay_2", "pay_1 ", "PAY_1"])
def test_an_approval_at_tier_3_without_its_target_is_refused_with_what_to_do(kernel, three, typed):
    action = kernel.propose("access.grant", "manage_access")
    careless = kernel.looked(action, typed=typed)
    refused = refusal(lambda: kernel.decide(three, action, looked=careless))
    assert refused.code is Code.APPROVAL_UNCONFIRMED
    assert "the target" in refused.sentence
    assert "--confirm" in refused.remedy
    assert kernel.action(action.id).votes == ()


def test_what_was_typed_is_signed_for_this_payload_and_a_rejection_takes_nothing(kernel, three):
    granted, refused = (kernel.propose("access.grant", "manage_access") for _ in range(2))
    assert kernel.decide(three, granted).status is ActionStatus.CLEARED
    nothing = kernel.looked(refused, typed="")
    assert kernel.decide(three, refused, Verdict.REJECT, "No", nothing).status is ActionStatus.REJECTED
    kernel.run()
    assert kernel.action(granted.id).status is ActionStatus.SUCCEEDED
    assert replayed(kernel.store)[1] == Counter()


def test_what_takes_less_than_tier_3_takes_no_typing(kernel):
    action = kernel.refund("180.00")
    assert not action.judged.confirms
    assert kernel.decide(kernel.reviewer(), action).status is ActionStatus.CLEARED


def test_i12_what_was_typed_for_another_payload_confirms_nothing(kernel, three):
    one, other = (kernel.propose("access.grant", "manage_access", id=f"pay_{n}") for n in (1, 1))
    lent = kernel.looked(one, payload=kernel.looked(other).payload)
    assert refusal(lambda: kernel.decide(three, one, looked=lent)).code is Code.APPROVAL_UNCONFIRMED
    assert is_confirmed(confirmation(b"a", "x"), b"a", "x")
    assert not is_confirmed(confirmation(b"a", "x"), b"b", "x")
    assert not is_confirmed(None, b"a", "x")


def signed(kernel, three, action, **looked):
    decision = kernel.signed(three, action, Verdict.APPROVE, looked=kernel.looked(action, **looked))
    return decode_decision(parse_envelope(decision.envelope).payload)


def test_i3_the_executor_and_the_auditor_ask_again_and_neither_of_older_entries(kernel, three):
    action = kernel.propose("access.grant", "manage_access")
    bare = signed(kernel, three, action, typed="")
    check = lambda of: kernel.store.read(lambda snapshot: check_confirmed(snapshot, of, bare))
    assert refusal(lambda: check(action)).code is Code.APPROVAL_UNCONFIRMED
    assert list(rules.confirmation_problems(action, bare, None))
    older = msgspec.structs.replace(action, judged=msgspec.structs.replace(action.judged, confirms=False))
    assert check(older) is None
    assert not list(rules.confirmation_problems(older, bare, None))


def test_an_evaluation_of_an_older_program_asks_for_no_typing():
    body = {"revision": 1, "policy": "0", "policy_version": 1, "outcome": "ask", "reasons": [], "tier": 3}
    assert decode_event("action.evaluated", body).confirms is False


def test_the_auditor_finds_another_amount_than_that_which_was_approved(kernel, three):
    action = kernel.refund("180.00")
    judged = Judged(Outcome.ASK, "0" * 64, 1, (), tier=Tier.THREE, confirms=True)
    action = msgspec.structs.replace(action, judged=judged)
    sealed = kernel.looked(action).payload.encode()
    for typed, found in (("180.00", 0), ("18.00", 1)):
        statement = signed(kernel, three, action, typed=typed)
        assert len(list(rules.confirmation_problems(action, statement, sealed))) == found


def test_a_terminal_asks_for_it_and_takes_it_beforehand(kernel):
    kernel.reviewer("three", Tier.THREE)
    first, second = (kernel.propose("access.grant", "manage_access") for _ in range(2))
    asked = []

    def prompt(question):
        asked.append(question)
        return "pay_1"

    west = Terminal(kernel, name="west", tier=Tier.THREE, ask=lambda _: True)
    west.desk = type(west.desk)(
        west.gateway,
        west.desk.screen,
        kernel.clock,
        kernel.services.ids,
        west.desk.keys,
        west.ask,
        prompt=prompt,
    )
    west.desk.approve(first.id, "", Asked())
    assert asked == ["Type pay_1 to approve it at tier 3:"]
    assert kernel.action(first.id).status is ActionStatus.CLEARED
    script = Terminal(kernel, name="west", tier=Tier.THREE)
    assert (
        refusal(lambda: script.desk.approve(second.id, "", Asked(yes=True))).code is Code.APPROVAL_UNCONFIRMED
    )
    script.desk.approve(second.id, "", Asked(yes=True, confirm="pay_1"))
    assert kernel.action(second.id).status is ActionStatus.CLEARED
    assert replayed(kernel.store)[1] == Counter()
