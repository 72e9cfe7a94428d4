"""Stopping, holding, reserving and reconciling over HTTP, with a kernel in memory behind a real server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import pytest

from lineclear.adapters.http.client import BackendClient
from lineclear.adapters.memory.store import MemoryStore
from lineclear.application.budgeting.setting import Limit
from lineclear.application.governing.people import Grant, issue_token
from lineclear.application.propose import Proposal
from lineclear.application.services import stamp
from lineclear.domain.actions import Action
from lineclear.domain.events import Budget, BudgetKind, JobBrief, Span
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Role, SpanKind, Tier, Verdict
from lineclear.server.serving import HttpServer, listen
from lineclear.server.tail import Tail
from lineclear.wire.messages import SAME, View
from support.backend import new_key
from support.kernel import Kernel


@dataclass
class Place:
    """A kernel behind a port, and a client for each who asks."""

    kernel: Kernel = field(default_factory=Kernel)
    host: str = "127.0.0.1"
    closing: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        listener = listen(self.host, 0)
        self.url = f"http://{self.host}:{listener.getsockname()[1]}"
        server = HttpServer(self.kernel.services, listener)
        server.start()
        self.closing.callback(server.close)
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.close()

    def token(self, name: str, role: Role, **more: Any) -> str:
        return issue_token(self.kernel.services, Grant(name, role, **more)).secret

    def client(self, name: str, role: Role = Role.OPS, **more: Any) -> BackendClient:
        client = BackendClient(self.url, self.token(name, role, **more))
        self.closing.callback(client.close)
        return client

    def ops(self, name: str = "ops-west", tier: Tier = Tier.TWO) -> BackendClient:
        return self.client(name, tier=tier)

    def agent(self) -> BackendClient:
        return self.client("support-agent", Role.AGENT, owner="owner")

    def unknown(self) -> Action:
        """An action that was sent once and left no word."""
        kernel = self.kernel
        kernel.tools.silent = True
        action = kernel.propose("mail.send", "send_mail")
        if action.status is ActionStatus.PENDING:
            kernel.decide(kernel.reviewer("sender"), action)
        kernel.run()
        assert kernel.action(action.id).status is ActionStatus.UNKNOWN
        return action


@pytest.fixture
def place() -> Iterator[Place]:
    with Place() as place:
        yield place


def code_of(call: Any) -> Code:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value.code


def step(place: Place, dollars: int = 0, *, kind: SpanKind = SpanKind.MODEL) -> Span:
    now = stamp(place.kernel.clock.now())
    return Span("s1", "plan", kind, now, now, cost_micros=dollars * 1_000_000)


# -- what became of it ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happened", "status"), [(True, ActionStatus.SUCCEEDED), (False, ActionStatus.FAILED)]
)
def test_a_person_says_what_became_of_an_unknown_outcome_and_says_it_once(
    place: Place, *, happened: bool, status: ActionStatus
):
    action, ops, key = place.unknown(), place.ops(tier=Tier.THREE), new_key()
    known = ops.reconcile(action.id, happened=happened, reason="Asked the provider", key=key)
    assert known.status is status
    size = ops.feed(0).size
    assert ops.reconcile(action.id, happened=happened, reason="Asked the provider", key=key) == known
    assert ops.feed(0).size == size
    late = lambda: ops.reconcile(action.id, happened=not happened, reason="No", key=new_key())
    assert code_of(late) is Code.NOT_UNKNOWN


def test_the_agents_owner_never_reconciles_its_action(place: Place):
    action, owner = place.unknown(), place.ops("owner", Tier.THREE)
    call = lambda: owner.reconcile(action.id, happened=True, reason="I know", key=new_key())
    assert code_of(call) is Code.OWNER_CANNOT_DECIDE


# -- agents -----------------------------------------------------------------------------------------


def test_a_stopped_agent_opens_no_job_until_an_ops_lead_resumes_it(place: Place):
    agent, ops = place.agent(), place.ops()
    job = agent.open_job(JobBrief("Resolve ticket 20418"), key=new_key())
    assert ops.stop_agent("support-agent", "Wrong customers", key=new_key()).stopped_by == "ops-west"
    assert agent.job(job.id).status is JobStatus.STOPPED
    assert code_of(lambda: agent.open_job(JobBrief("Another"), key=new_key())) is Code.AGENT_STOPPED
    approver = place.client("junior", Role.APPROVER)
    resume = lambda: approver.resume_agent("support-agent", "Fixed", key=new_key())
    assert code_of(resume) is Code.ROLE_INSUFFICIENT
    assert ops.resume_agent("support-agent", "Fixed", key=new_key()).stopped_by == ""
    assert agent.open_job(JobBrief("Another"), key=new_key()).status is JobStatus.RUNNING


def test_a_late_repetition_stops_no_agent_that_was_resumed(place: Place):
    ops = place.ops()
    ops.stop_agent("support-agent", "Wrong customers", key="stop-1")
    ops.resume_agent("support-agent", "Fixed", key="resume-1")
    assert ops.stop_agent("support-agent", "Wrong customers", key="stop-1").stopped_by == ""
    assert ops.resume_agent("support-agent", "Fixed", key="resume-1").stopped_by == ""


def test_an_agent_that_does_not_exist_is_not_stopped(place: Place):
    assert code_of(lambda: place.ops().stop_agent("nobody", "x", key=new_key())) is Code.NOT_FOUND


# -- budgets -----------------------------------------------------------------------------------------


def test_a_reservation_is_held_until_the_steps_that_name_it(place: Place):
    agent = place.agent()
    job = agent.open_job(JobBrief("Resolve ticket 20418"), key=new_key())
    held = agent.reserve(job.id, cost_micros=1_500_000, steps=3, key=new_key())
    assert (held.job.cost_held, held.job.steps_held, held.job.cost_micros) == (1_500_000, 3, 0)
    paid = agent.record_spans(job.id, (step(place, 1),), key=new_key(), reservation=held.reservation)
    assert (paid.cost_held, paid.cost_micros, paid.reserved) == (1_000_000, 1_000_000, {})
    again = lambda: agent.record_spans(job.id, (step(place),), key=new_key(), reservation=held.reservation)
    assert code_of(again) is Code.NOT_FOUND


def test_the_same_reservation_again_is_the_same_one(place: Place):
    token = place.token("support-agent", Role.AGENT, owner="owner")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "one"}
    path = f"{place.url}/v1/jobs/{place.kernel.job}/reservations"
    answers = [httpx.post(path, json={"cost_micros": 5}, headers=headers, trust_env=False) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true"]
    assert answers[0].json() == answers[1].json()
    other = httpx.post(path, json={"cost_micros": 6}, headers=headers, trust_env=False)
    assert other.json()["code"] == "key_reused"


@pytest.mark.parametrize(
    "body", [{"cost_micros": -1}, {"steps": -1}, {"cost_micros": 0.5}, {"steps": 10**12 + 1}]
)
def test_a_reservation_is_a_whole_number_of_zero_or_more(place: Place, body: dict[str, object]):
    token = place.token("support-agent", Role.AGENT, owner="owner")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_key()}
    path = f"{place.url}/v1/jobs/{place.kernel.job}/reservations"
    answer = httpx.post(path, json=body, headers=headers, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (400, "body_invalid")


def test_what_does_not_fit_pauses_the_job_and_who_waits_hears_when_it_goes_on(place: Place):
    agent, kernel = place.agent(), place.kernel
    job = agent.open_job(JobBrief("Costly"), Budget(cost_micros=1_000_000), key=new_key())
    over = lambda: agent.reserve(job.id, cost_micros=1_000_001, key=new_key())
    assert code_of(over) is Code.JOB_PAUSED
    assert agent.job(job.id, wait=0.01).status is JobStatus.PAUSED
    (raising,) = place.ops().actions(job=job.id).items
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(agent.job, job.id, wait=20)
        kernel.decide(kernel.reviewer("ops-east"), raising)
        kernel.run()
        raised = waiting.result(60)
    assert (raised.status, raised.budget.cost_micros) == (JobStatus.RUNNING, 2_000_000)
    assert agent.reserve(job.id, cost_micros=1_000_001, key=new_key()).reservation


def test_a_job_that_runs_is_answered_without_waiting(place: Place):
    assert place.agent().job(place.kernel.job, wait=20).status is JobStatus.RUNNING


def test_a_reused_key_says_whether_only_the_words_were_others(place: Place):
    agent, payload = place.agent(), place.kernel.payload("mail.send", "send_mail")
    other = place.kernel.payload("mail.send", "send_mail", to="somebody else")
    first = agent.propose(Proposal(place.kernel.job, payload, why="One"), key="k")
    elsewhere = agent.open_job(JobBrief("Another job"), key=new_key())
    said = []
    for proposal in (
        Proposal(place.kernel.job, payload, why="Two"),
        Proposal(place.kernel.job, other, why="One"),
        Proposal(elsewhere.id, payload, why="One"),
    ):
        with pytest.raises(Refusal) as reused:
            agent.propose(proposal, key="k")
        assert (reused.value.code, reused.value.params["earlier"]) == (Code.KEY_REUSED, first.id)
        said.append(reused.value.params.get("payload"))
    assert said == [SAME, None, None]


# -- safe mode -----------------------------------------------------------------------------------------


def test_safe_mode_has_scopes_and_each_is_listed(place: Place):
    ops, kernel = place.ops(), place.kernel
    on = ops.switch_safe_mode(on=True, reason="Odd", key=new_key(), scope="capability:issue_refund")
    assert (on.id, on.on, bool(on.confirmed_at)) == ("capability:issue_refund", True, True)
    ops.switch_safe_mode(on=True, reason="Odd", key=new_key(), scope="connector:other")
    ops.switch_safe_mode(on=False, reason="Over", key=new_key(), scope="connector:other")
    refund, update = kernel.refund("20.00"), kernel.propose("crm.update_customer", "manage_customers")
    kernel.run()
    assert kernel.action(refund.id).held == Code.SAFE_MODE_ON
    assert kernel.action(update.id).status is ActionStatus.SUCCEEDED
    listed = {one.id: one.on for one in ops.safe_modes()}
    assert listed == {"capability:issue_refund": True, "connector:other": False}
    assert {one.id: one.on for one in ops.control().safe_modes} == listed
    moon = lambda: ops.switch_safe_mode(on=True, reason="x", key=new_key(), scope="moon")
    assert code_of(moon) is Code.BODY_INVALID


def test_safe_mode_of_tier_three_is_left_by_two_people_and_a_repetition_is_no_second_one(place: Place):
    lead, ops = place.ops("sec-lead", Tier.THREE), place.ops()
    lead.switch_safe_mode(on=True, reason="Breach", key=new_key())
    first = lead.switch_safe_mode(on=False, reason="Over", key="leave-1")
    assert (first.on, first.leaving_by) == (True, "sec-lead")
    assert lead.switch_safe_mode(on=False, reason="Over", key="leave-1") == first
    again = lambda: lead.switch_safe_mode(on=False, reason="Over", key=new_key())
    assert code_of(again) is Code.CONFIRMATION_MISSING
    assert not ops.switch_safe_mode(on=False, reason="Checked", key=new_key()).on


def test_control_shows_a_breaker_that_is_open(place: Place):
    for number in range(6):
        place.kernel.refund(f"20.0{number}")
    place.kernel.tools.down = True
    place.kernel.run()
    (breaker,) = place.ops().control().breakers
    assert (breaker.id, breaker.failures >= 5, bool(breaker.until)) == ("memory", True, True)


# -- lists and refusals --------------------------------------------------------------------------------


def test_what_has_ended_is_listed_the_newest_first_and_page_by_page(place: Place):
    kernel, ops = place.kernel, place.ops()
    reviewer, ended = kernel.reviewer("ops-east"), []
    for amount in ("60.00", "61.00", "62.00"):
        action = kernel.refund(amount)
        kernel.later(seconds=1)
        kernel.decide(reviewer, action, Verdict.REJECT, "Not a duplicate")
        ended.insert(0, action.id)
    waiting, unknown = kernel.refund("63.00"), place.unknown()
    first = ops.actions(View.DONE, limit=2)
    second = ops.actions(View.DONE, limit=2, after=first.next)
    assert [one.id for page in (first, second) for one in page.items] == ended
    assert {one.id for one in ops.actions(View.OPEN).items} == {waiting.id, unknown.id}


def test_a_host_that_is_not_ours_is_refused_as_that_and_not_as_silence():
    with Place(host="127.0.0.2") as elsewhere:
        assert code_of(elsewhere.ops().me) is Code.HOST_REFUSED


def test_the_wrong_method_is_told_which_are_right(place: Place):
    answer = httpx.put(f"{place.url}/v1/safe-mode", trust_env=False)
    said = answer.json()
    assert (answer.status_code, said["code"]) == (405, "method_refused")
    allowed = {one.strip() for one in answer.headers["allow"].split(",")}
    assert {"GET", "POST"} <= allowed
    refusal = Refusal(Code(said["code"]), **said["params"])
    assert (refusal.sentence, refusal.remedy) == (said["detail"], said["remedy"])


def test_a_ledger_that_grows_after_the_end_wakes_no_loop_that_is_gone():
    grown = threading.Event()

    class Slow(MemoryStore):
        """Says that it grew when it is told to."""

        def wait(self, size: int, seconds: float) -> int:
            grown.wait(10)
            return size + 1

    async def opened() -> Tail:
        return Tail(Slow())

    loop = asyncio.new_event_loop()
    tail = loop.run_until_complete(opened())
    tail.close()
    loop.close()
    grown.set()
    tail.join()
    tail.close()
    assert tail.is_closed


def test_a_job_is_read_as_it_is_stored(place: Place):
    stored = place.kernel.store.read(lambda snapshot: snapshot.load(Job, place.kernel.job))
    assert place.agent().job(place.kernel.job) == stored


# -- a job's budget --------------------------------------------------------------------------------


def test_an_ops_lead_cuts_a_jobs_budget_and_another_person_decides_on_raising_it(place: Place):
    kernel, lead = place.kernel, place.ops("ops-east")
    key, cut = new_key(), Limit(BudgetKind.COST, 500_000, "Enough")
    found = lead.set_budget(kernel.job, cut, key=key)
    assert (found.job.budget.cost_micros, found.action) == (500_000, "")
    assert lead.set_budget(kernel.job, cut, key=key) == found
    asked = lead.set_budget(kernel.job, Limit(BudgetKind.COST, 900_000, "Month end"), key=new_key())
    assert asked.job.budget.cost_micros == 500_000
    kernel.decide(kernel.reviewer(), kernel.action(asked.action))
    kernel.run()
    found_job = kernel.store.read(lambda snapshot: snapshot.load(Job, kernel.job))
    assert found_job is not None
    assert found_job.budget.cost_micros == 900_000


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "cost", "limit": -1, "reason": "Enough"},
        {"kind": "cost", "limit": 1.5, "reason": "Enough"},
        {"kind": "luck", "limit": 1, "reason": "Enough"},
        {"kind": "cost", "limit": 1},
        {"kind": "cost", "limit": 1, "reason": "Enough", "by_action": "act-1"},
    ],
)
def test_what_is_no_budget_is_refused_and_changes_nothing(place: Place, body: dict[str, Any]):
    token = place.token("ops-east", Role.OPS, tier=Tier.TWO)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_key()}
    answer = httpx.post(f"{place.url}/v1/jobs/{place.kernel.job}/budget", json=body, headers=headers)
    assert answer.is_client_error
    found = place.kernel.store.read(lambda snapshot: snapshot.load(Job, place.kernel.job))
    assert found is not None
    assert found.budget == Budget()
