"""A judge outside may ask and deny, its silence never allows (I14), and its word is on record."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from lineclear.adapters.http.opa import OpaJudge
from lineclear.application.executing.starting import ASKED_AGAIN
from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.lab.history import Lack
from lineclear.application.lab.replaying import replay
from lineclear.application.ports import ToolFailed
from lineclear.application.recording import content_of, read_stored
from lineclear.application.services import Services
from lineclear.domain import events as e
from lineclear.domain.actions import Action
from lineclear.domain.policy.document import DocumentError, load
from lineclear.domain.policy.reasons import ReasonCode
from lineclear.domain.refusals import Code
from lineclear.domain.vocabulary import ActionStatus, Outcome, Tier
from support.kernel import DOCUMENT, Kernel
from support.opa import running_opa

URL = "http://127.0.0.1:8181/v1/data/lineclear/decision"


class Judge:
    """The port in memory: says what it is told to say, or nothing."""

    def __init__(self) -> None:
        self.result: object = True
        self.is_silent = False
        self.asked: list[dict[str, object]] = []

    def ask(self, url: str, question: bytes, *, seconds: float, token_env: str = "") -> bytes:
        self.asked.append(json.loads(question)["input"])
        if self.is_silent:
            raise ToolFailed("unreachable", "no answer within 500 ms")
        return json.dumps({"result": self.result}).encode()


class Bench:
    """A whole kernel whose document names a judge."""

    def __init__(self, unreachable: str = "deny", *, url: str = URL, judge: object = None) -> None:
        self.kernel, self.judge = Kernel(), judge or Judge()
        k = self.kernel
        self.kernel.services = Services(
            k.store, k.tools, k.clock, k.services.ids, k.services.signatures, judge=self.judge
        )
        self.kernel.worker = type(k.worker)(self.kernel.services, "w1")
        self.text = f"{DOCUMENT}opa:\n  url: {url}\n  unreachable: {unreachable}\n"
        activate_policy(self.kernel.services, self.text, by="admin")

    def state(self, action: Action) -> Action:
        return self.kernel.action(action.id)

    def codes(self, action: Action) -> dict[ReasonCode, str]:
        judged = self.state(action).judged
        return {one.code: one.effect for one in judged.reasons} if judged else {}

    def consulted(self, action: Action) -> list[tuple[str, Outcome | None]]:
        entries = self.kernel.store.read(lambda s: s.entries(start=0, limit=s.size()))
        found = [read_stored(one) for one in entries]
        return [
            (one.event.said.occasion, one.event.said.outcome)
            for one in found
            if one.id == action.id and isinstance(one.event, e.ActionConsulted)
        ]


@pytest.fixture
def bench():
    return Bench()


# -- at the proposal --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "amount", "outcome", "code"),
    [
        (True, "20.00", Outcome.ALLOW, ReasonCode.JUDGE_ALLOWS),
        ({"decision": "allow"}, "20.00", Outcome.ALLOW, ReasonCode.JUDGE_ALLOWS),
        (True, "80.00", Outcome.ASK, ReasonCode.JUDGE_ALLOWS),
        ({"decision": "ask", "reason": "New customer"}, "20.00", Outcome.ASK, ReasonCode.JUDGE_ASKS),
        (False, "20.00", Outcome.DENY, ReasonCode.JUDGE_DENIES),
        ({"decision": "deny"}, "80.00", Outcome.DENY, ReasonCode.JUDGE_DENIES),
    ],
)
def test_it_can_ask_and_deny_and_never_allows_more_than_the_document(bench, result, amount, outcome, code):
    bench.judge.result = result
    action = bench.kernel.refund(amount)
    assert bench.state(action).judged.outcome is outcome
    assert code in bench.codes(action)


def test_the_tier_that_it_asks_for_is_the_least(bench):
    bench.judge.result = {"decision": "ask", "tier": 3}
    assert bench.state(bench.kernel.refund("20.00")).judged.tier is Tier.THREE


@pytest.mark.parametrize(("unreachable", "outcome"), [("deny", Outcome.DENY), ("ask", Outcome.ASK)])
@pytest.mark.parametrize(
    "result", [None, "yes", 1, [], {}, {"decision": "perhaps"}, {"decision": "allow", "tier": 7}]
)
def test_i14_silence_and_what_cannot_be_understood_never_allow(unreachable, outcome, result):
    bench = Bench(unreachable)
    bench.judge.result = result
    action = bench.kernel.refund("20.00")
    assert bench.state(action).judged.outcome is outcome
    assert ReasonCode.JUDGE_UNREACHABLE in bench.codes(action)


def test_i14_a_program_that_asks_nobody_is_as_a_judge_that_is_silent():
    kernel = Kernel()
    activate_policy(kernel.services, f"{DOCUMENT}opa:\n  url: {URL}\n", by="admin")
    action = kernel.refund("20.00")
    assert kernel.action(action.id).status is ActionStatus.DENIED


def test_it_is_asked_with_the_facts_that_conditions_see(bench):
    bench.kernel.refund("80.00")
    (asked,) = bench.judge.asked
    assert asked["occasion"] == "proposal"
    assert asked["action"]["amount"] == "80.00"
    assert asked["action"]["capability"] == "issue_refund"
    assert asked["agent"] == {"id": "support-agent", "owner": "owner"}
    assert asked["target"]["id"] == "pay_1"
    assert asked["time"].endswith("Z")


def test_what_was_asked_and_answered_is_kept_beside_the_ledger(bench):
    bench.judge.result = {"decision": "ask", "reason": "New customer"}
    action = bench.kernel.refund("20.00")
    entries = bench.kernel.store.read(lambda s: s.entries(start=0, limit=s.size()))
    (told,) = [one for one in map(read_stored, entries) if isinstance(one.event, e.ActionConsulted)]
    answer = bench.kernel.store.read(lambda s: s.blob(told.commits["answer"]))
    assert json.loads(content_of(answer, told.commits["answer"])) == {"result": bench.judge.result}
    assert told.event.said.says == "New customer"
    assert bench.consulted(action) == [("proposal", Outcome.ASK)]


def test_a_tool_that_the_document_does_not_list_is_not_asked_about(bench):
    bench.kernel.propose("mail.send", "issue_refund")
    assert bench.judge.asked == []


# -- at the start -----------------------------------------------------------------------------------


def test_the_stricter_of_two_answers_counts(bench):
    action = bench.kernel.refund("80.00")
    bench.kernel.decide(bench.kernel.reviewer(), action)
    bench.judge.result = False
    bench.kernel.run()
    assert bench.state(action).status is ActionStatus.DENIED
    assert bench.kernel.tools.calls == []
    assert bench.consulted(action) == [("proposal", Outcome.ALLOW), ("start", Outcome.DENY)]


def test_a_start_waits_for_a_judge_whose_silence_denies_and_is_not_lost(bench):
    action = bench.kernel.refund("20.00")
    bench.judge.is_silent = True
    bench.kernel.run()
    held = bench.state(action)
    assert (held.status, held.held) == (ActionStatus.CLEARED, Code.JUDGE_UNREACHABLE)
    assert bench.kernel.tools.calls == []
    bench.judge.is_silent = False
    bench.kernel.clock.advance(ASKED_AGAIN + timedelta(seconds=1))
    bench.kernel.run()
    assert bench.state(action).status is ActionStatus.SUCCEEDED


def test_silence_while_it_waits_is_said_once(bench):
    action = bench.kernel.refund("20.00")
    bench.judge.is_silent = True
    for _turn in range(3):
        bench.kernel.run()
        bench.kernel.clock.advance(ASKED_AGAIN + timedelta(seconds=1))
    assert bench.consulted(action) == [("proposal", Outcome.ALLOW), ("start", None)]


def test_where_silence_asks_what_people_approved_starts_and_the_rest_is_asked_of_them():
    bench = Bench("ask")
    approved, cleared = bench.kernel.refund("80.00"), bench.kernel.refund("20.00")
    bench.kernel.decide(bench.kernel.reviewer(), approved)
    bench.judge.is_silent = True
    bench.kernel.run()
    assert bench.state(approved).status is ActionStatus.SUCCEEDED
    assert bench.state(cleared).status is ActionStatus.PENDING


def test_an_answer_to_the_proposal_is_no_answer_to_the_start():
    """The document named no judge when it was cleared; a worker that asks nobody starts nothing."""
    kernel = Kernel()
    action = kernel.refund("20.00")
    activate_policy(kernel.services, f"{DOCUMENT}opa:\n  url: {URL}\n", by="admin")
    kernel.run()
    assert kernel.action(action.id).held == Code.JUDGE_UNREACHABLE


# -- the lab and the document -----------------------------------------------------------------------


def test_history_is_judged_by_what_was_said_then_without_asking_anybody(bench):
    bench.judge.result = {"decision": "ask"}
    bench.kernel.refund("20.00")
    asked = len(bench.judge.asked)
    plain, same = load(DOCUMENT), load(bench.text)
    page = replay(bench.kernel.services, [plain, same])
    assert [one.outcomes for one in page.results] == [{"allow": 1}, {"ask": 1}]
    other = replay(bench.kernel.services, [load(bench.text.replace("8181", "8182"))])
    assert other.results[0].lacks == {Lack.JUDGE: 1}
    assert len(bench.judge.asked) == asked


@pytest.mark.parametrize(
    "url",
    [
        "http://opa.example/v1/data/lineclear",
        "https://opa.example/v1/query",
        "https://user@opa.example/v1/data/x",
        "https://opa.example/v1/data/",
        "file:///v1/data/x",
    ],
)
def test_only_a_rule_of_the_data_api_can_be_named(url):
    with pytest.raises(DocumentError):
        load(f"{DOCUMENT}opa:\n  url: {url}\n")


@pytest.mark.parametrize("name", ["LINECLEAR_KEY_PASSPHRASE", "CRM_TOKEN", "PGPASSWORD", "OPA_"])
def test_i43_no_other_secret_of_the_machine_is_sent_to_a_judge(name: str):
    judge = f"{DOCUMENT}opa:\n  url: {URL}\n  token_env: "
    load(f"{judge}OPA_TOKEN\n")
    with pytest.raises(DocumentError, match="token_env"):
        load(f"{judge}{name}\n")


# -- over HTTP --------------------------------------------------------------------------------------


def test_over_http_it_answers_as_its_api_documents():
    with running_opa() as opa:
        bench = Bench(url=opa.url, judge=OpaJudge())
        opa.decide = lambda asked: {"decision": "ask" if asked["action"]["amount"] == "30.00" else "allow"}
        asked, allowed = bench.kernel.refund("30.00"), bench.kernel.refund("20.00")
        bench.kernel.run()
        assert bench.state(asked).status is ActionStatus.PENDING
        assert bench.state(allowed).status is ActionStatus.SUCCEEDED
        assert [one["occasion"] for one in opa.asked] == ["proposal", "proposal", "start"]


def ask(opa, *, seconds=1.0, token_env=""):
    return OpaJudge().ask(opa.url, b'{"input":{}}', seconds=seconds, token_env=token_env)


def test_over_http_it_is_waited_for_no_longer_than_was_said():
    with running_opa() as opa:
        opa.holds.clear()
        with pytest.raises(ToolFailed, match="no answer within 100 ms"):
            ask(opa, seconds=0.1)


@pytest.mark.parametrize("status", [204, 301, 400, 500])
def test_over_http_only_a_200_is_an_answer(status):
    with running_opa() as opa:
        opa.status, opa.raw = status, b""
        with pytest.raises(ToolFailed, match=str(status)):
            ask(opa)


def test_over_http_an_answer_without_end_is_cut_off():
    with running_opa() as opa:
        opa.raw = b"x" * 200_000
        with pytest.raises(ToolFailed, match="more than"):
            ask(opa)


def test_over_http_its_token_comes_from_the_environment(monkeypatch):
    with running_opa() as opa:
        with pytest.raises(ToolFailed, match="OPA_TEST_TOKEN is not set"):
            ask(opa, token_env="OPA_TEST_TOKEN")
        monkeypatch.setenv("OPA_TEST_TOKEN", "s3cret")
        ask(opa, token_env="OPA_TEST_TOKEN")
        assert opa.headers[0]["Authorization"] == "Bearer s3cret"


def test_over_http_nobody_there_is_silence():
    with running_opa() as opa:
        pass
    with pytest.raises(ToolFailed):
        ask(opa)
