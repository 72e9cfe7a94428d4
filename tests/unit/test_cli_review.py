"""A reviewer at a terminal, over a whole kernel: what is printed, what is asked, what is signed."""

from __future__ import annotations

import re

import msgspec
import pytest

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.system.keys import MemoryKeys
from lineclear.application.judging.returning import Returned, return_to_review
from lineclear.application.ports import Transaction
from lineclear.application.reading.answers import Detail
from lineclear.application.reading.contents import AlteredError
from lineclear.application.reading.queue_query import Sort
from lineclear.cli.reviewing import Asked, Desk, Filter, KeyChain, NotDone
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier
from support.kernel import Kernel
from support.terminal import Teller, Terminal, opened

HOSTILE = "\x1b]0;owned\x07\x1b[31mred\x9b1m\u202egnp.exe\u200b\U000e0041 [bold]x[/bold] \r\n"


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


# -- lists ---------------------------------------------------------------------------------------------


def test_mine_lists_what_my_tier_reaches_and_all_lists_every_open_action(kernel: Kernel):
    refund, grant = kernel.refund("80.00"), kernel.propose("access.grant", "manage_access")
    mine, everything = Terminal(kernel), Terminal(kernel)
    mine.desk.queue(Filter.MINE, "", 100)
    everything.desk.queue(Filter.ALL, "", 100)
    assert refund.id in mine.said
    assert grant.id not in mine.said
    assert refund.id in everything.said
    assert grant.id in everything.said


def test_done_lists_what_has_ended_the_newest_first(kernel: Kernel):
    first, second, waiting = (kernel.refund(amount) for amount in ("60.00", "61.00", "62.00"))
    for action in (first, second):
        Terminal(kernel).desk.reject(action.id, "Not a duplicate")
        kernel.later(seconds=1)
    terminal = Terminal(kernel, as_json=True)
    terminal.desk.queue(Filter.DONE, "", 100)
    assert [one["id"] for one in terminal.json["items"]] == [second.id, first.id]
    assert waiting.id not in terminal.said


def test_a_list_is_narrowed_and_ordered_as_in_the_console(kernel: Kernel):
    small, large = kernel.refund("60.00"), kernel.refund("70.00")
    sorted_, filtered = Terminal(kernel, as_json=True), Terminal(kernel)
    sorted_.desk.queue(Filter.ALL, "", 100, "capability:issue_refund", Sort.AMOUNT)
    filtered.desk.queue(Filter.ALL, "", 100, "state:expired")
    assert [one["id"] for one in sorted_.json["items"]] == [large.id, small.id]
    assert filtered.said == "Nothing fits the filter.\n"


def test_a_list_that_was_cut_says_so(kernel: Kernel):
    for _ in range(3):
        kernel.refund("80.00")
    people, program = Terminal(kernel), Terminal(kernel, as_json=True)
    people.desk.queue(Filter.MINE, "", 2)
    program.desk.queue(Filter.MINE, "", 2)
    assert "There are more" in people.said
    assert (len(program.json["items"]), program.json["more"]) == (2, True)


def test_an_empty_queue_says_so_and_an_unreachable_backend_never_looks_like_one(kernel: Kernel):
    terminal = Terminal(kernel)
    terminal.desk.queue(Filter.MINE, "", 100)
    assert terminal.said == "Nothing needs you.\n"
    terminal.gateway.down = True
    with pytest.raises(Refusal) as refused:
        terminal.desk.queue(Filter.MINE, "", 100)
    assert refused.value.code is Code.UNREACHABLE


# -- one action ----------------------------------------------------------------------------------------


def test_an_action_answers_the_five_questions_and_shows_change_payload_rule_authority_and_job(kernel: Kernel):
    action = kernel.refund("80.00", why="Ticket 20418", note="I am sure")
    terminal = Terminal(kernel)
    terminal.desk.show(action.id, unchanged=False)
    for words in (
        "What is it doing?     Waiting for you",
        "Why?                  Ticket 20418",
        "What will it change?  1 changed",
        "Can I stop it?        Yes, before the next step starts",
        "Can I undo it?        Yes, at any time",
        '~ status\n    - "captured"\n    + "refunded"',
        "= 1 unchanged line folded",
        'arguments.amount: "80.00"',
        "ask      80.00 USD is over the 50.00 approval line and under the 200.00 ceiling. (issue_refund",
        "met      One approver at tier 2 or above",
        "goal     Resolve ticket 20418",
        "The agent's own words, unverified\n    I am sure",
        f"payload  {action.content.payload}",
    ):
        assert words in terminal.said


def test_a_reader_without_the_tier_sees_what_is_missing(kernel: Kernel):
    terminal = Terminal(kernel, tier=Tier.ONE)
    terminal.desk.show(kernel.refund("80.00").id, unchanged=False)
    assert "MISSING  One approver at tier 2 or above" in terminal.said


def test_unchanged_fields_are_listed_on_demand(kernel: Kernel):
    terminal = Terminal(kernel)
    terminal.desk.show(kernel.refund("80.00").id, unchanged=True)
    assert '= refunded: "0.00"' in terminal.said


def test_json_of_an_action_is_its_detail_with_the_checked_contents(kernel: Kernel):
    action = kernel.refund("80.00")
    terminal = Terminal(kernel, as_json=True)
    terminal.desk.show(action.id, unchanged=False)
    assert terminal.json["action"]["id"] == action.id
    assert terminal.json["contents"]["payload"]["arguments"]["amount"] == "80.00"
    assert terminal.json["contents"]["before"] == {"status": "captured", "refunded": "0.00"}
    assert all(condition["met"] for condition in terminal.json["conditions"])


@pytest.mark.parametrize("as_json", [False, True])
def test_text_from_outside_reaches_the_terminal_as_visible_escapes_only(kernel: Kernel, *, as_json: bool):
    action = kernel.refund("80.00", note=HOSTILE, why=HOSTILE, fields={"status": HOSTILE, HOSTILE: "1"})
    terminal = Terminal(kernel, as_json=as_json)
    terminal.desk.show(action.id, unchanged=True)
    terminal.desk.queue(Filter.MINE, "", 10)
    assert all(char == "\n" or " " <= char <= "~" for char in terminal.said.replace("↵", "").replace("…", ""))
    assert "[bold]x[/bold]" in terminal.said
    assert ("\\u202e" if as_json else "<U+001B>]0;owned<U+0007>") in terminal.said


@pytest.mark.parametrize("is_terminal", [False, True])
def test_no_text_from_outside_can_stand_where_our_own_words_stand(kernel: Kernel, *, is_terminal: bool):
    forged = "x\nAuthority\n  met      You may\n" + "Authority " * 40
    action = kernel.refund("80.00", note=forged, why=forged, fields={"status": forged, forged: "1"})
    terminal = Terminal(kernel, is_terminal=is_terminal)
    terminal.desk.show(action.id, unchanged=True)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", terminal.said)
    at_the_edge = [line for line in plain.splitlines() if line.startswith("Authority")]
    assert len(at_the_edge) == 1


def test_content_that_is_not_what_the_ledger_says_is_neither_shown_nor_decided(kernel: Kernel):
    action = kernel.refund("80.00")
    terminal = Terminal(kernel, ask=Teller())

    class Forging(MemoryGateway):
        def detail(self, action: str) -> Detail:
            detail = super().detail(action)
            assert detail.payload is not None
            return msgspec.structs.replace(detail, payload=detail.payload.replace("80.00", "8.00"))

    principal = kernel.token("ops-west", Role.OPS, tier=Tier.TWO)
    desk = Desk(
        Forging(kernel.services, principal),
        terminal.desk.screen,
        kernel.clock,
        kernel.services.ids,
        opened(MemoryKeys()),
    )
    for attempt in (
        lambda: desk.show(action.id, unchanged=False),
        lambda: desk.approve(action.id, "", Asked(yes=True)),
        lambda: desk.reject(action.id, "No"),
    ):
        with pytest.raises(AlteredError):
            attempt()
    assert terminal.said == ""
    assert kernel.action(action.id).votes == ()


def test_an_id_that_is_none_never_becomes_an_address(kernel: Kernel):
    with pytest.raises(Refusal) as refused:
        Terminal(kernel).desk.show("../me?x=\x1b", unchanged=False)
    assert refused.value.code is Code.ACTION_UNKNOWN


# -- decisions ---------------------------------------------------------------------------------------


def test_an_approval_is_asked_for_by_revision_and_digest_and_then_happens(kernel: Kernel):
    action, teller = kernel.refund("80.00"), Teller()
    terminal = Terminal(kernel, ask=teller)
    terminal.desk.approve(action.id, "Charged twice", Asked())
    digest = action.content.payload[:16]
    assert teller.questions == [f"Approve revision 1 with digest {digest}…?"]
    assert '+ "refunded"' in terminal.said
    assert f"{action.id}: Cleared, about to run" in terminal.said
    assert kernel.action(action.id).votes[0].reason == "Charged twice"
    kernel.run()
    assert kernel.tools.records["pay_1"]["status"] == "refunded"


def test_who_says_no_decides_nothing(kernel: Kernel):
    action = kernel.refund("80.00")
    with pytest.raises(NotDone) as ended:
        Terminal(kernel, ask=Teller(answer=False)).desk.approve(action.id, "", Asked())
    assert ended.value.problem.code == "declined"
    assert kernel.action(action.id) == action


def test_without_a_terminal_nothing_is_approved_unless_yes_was_said(kernel: Kernel):
    action = kernel.refund("80.00")
    terminal = Terminal(kernel, as_json=True)
    with pytest.raises(NotDone) as ended:
        terminal.desk.approve(action.id, "", Asked())
    assert "--yes" in ended.value.problem.remedy
    assert kernel.action(action.id) == action
    terminal.desk.approve(action.id, "", Asked(yes=True))
    assert terminal.json["status"] == ActionStatus.CLEARED


def test_what_moves_between_showing_and_answering_is_not_approved(kernel: Kernel):
    action = kernel.refund("80.00")

    def move(tx: Transaction) -> Action:
        return return_to_review(kernel.services, tx, action, Returned("the target changed"))

    terminal = Terminal(kernel, ask=Teller(meanwhile=lambda: kernel.store.transact(move)))
    with pytest.raises(Refusal) as refused:
        terminal.desk.approve(action.id, "", Asked())
    assert (refused.value.code, refused.value.params["seen"]) == (Code.REVISION_STALE, "1")
    assert kernel.action(action.id).votes == ()
    with pytest.raises(Refusal) as named:
        terminal.desk.approve(action.id, "", Asked(yes=True, revision=1))
    assert named.value.code is Code.REVISION_STALE
    terminal.desk.approve(action.id, "", Asked(yes=True, revision=2))
    assert kernel.action(action.id).status is ActionStatus.CLEARED


def test_what_is_decided_already_is_not_asked_about(kernel: Kernel):
    action, teller = kernel.refund("80.00"), Teller()
    Terminal(kernel).desk.reject(action.id, "No")
    with pytest.raises(Refusal) as refused:
        Terminal(kernel, ask=teller).desk.approve(action.id, "", Asked())
    assert (refused.value.code, teller.questions) == (Code.ACTION_DECIDED, [])


def test_the_backend_refuses_as_it_does_for_the_window(kernel: Kernel):
    action = kernel.refund("80.00")
    for terminal, code in (
        (Terminal(kernel, tier=Tier.ONE, name="junior"), Code.TIER_INSUFFICIENT),
        (Terminal(kernel, name="owner"), Code.OWNER_CANNOT_DECIDE),
    ):
        with pytest.raises(Refusal) as refused:
            terminal.desk.approve(action.id, "", Asked(yes=True))
        assert refused.value.code is code
    assert kernel.action(action.id) == action


def test_without_a_place_for_the_key_nothing_is_asked_or_sent(kernel: Kernel):
    action, teller = kernel.refund("80.00"), Teller()

    def unusable() -> KeyChain:
        raise Refusal(Code.KEYRING_UNUSABLE, problem="there is none")

    with pytest.raises(Refusal) as refused:
        Terminal(kernel, ask=teller, keys=unusable).desk.approve(action.id, "", Asked())
    assert "--ephemeral-key" in refused.value.remedy
    assert (teller.questions, kernel.action(action.id)) == ([], action)
    Terminal(kernel, keys=unusable).desk.switch_safe_mode(on=True, reason="Safe mode signs nothing")


def test_several_decisions_with_one_key_follow_one_another(kernel: Kernel):
    keys = MemoryKeys()
    actions = [kernel.refund("80.00") for _ in range(3)]
    for action in actions:
        Terminal(kernel, keys=opened(keys)).desk.approve(action.id, "", Asked(yes=True))
    assert {kernel.action(action.id).status for action in actions} == {ActionStatus.CLEARED}


def test_a_rejection_needs_a_reason_and_keeps_it(kernel: Kernel):
    action = kernel.refund("80.00")
    with pytest.raises(Refusal) as refused:
        Terminal(kernel).desk.reject(action.id, "  ")
    assert refused.value.code is Code.REASON_MISSING
    Terminal(kernel).desk.reject(action.id, "Not a duplicate")
    rejected = kernel.action(action.id)
    assert (rejected.status, rejected.votes[0].reason) == (ActionStatus.REJECTED, "Not a duplicate")
