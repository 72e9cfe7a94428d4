"""From proposal to effect and back over HTTP, with a real backend on a real database."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lineclear.application.executing.undo import UndoRequest
from lineclear.application.governing.people import Grant, issue_token, revoke_token
from lineclear.application.propose import Proposal
from lineclear.application.reading.queue_query import Sort
from lineclear.domain.events import Span
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Role, SpanKind, Tier, Verdict
from lineclear.server.serving import THREADS
from lineclear.wire.codecs import decode
from lineclear.wire.messages import View
from support.backend import Running, new_key, new_workspace, refund_payload, refunds, running


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(new_workspace(tmp_path / "workspace")) as backend:
        yield backend


def test_an_approved_refund_happens_once_and_everybody_can_read_what_happened(here: Running):
    bot, ops = here.bot(), here.hand()
    action = bot.propose(note="Customer was charged twice", why="Ticket 20418")
    assert (action.status, action.amount, action.currency) == (ActionStatus.PENDING, "60.00", "USD")
    assert [one.id for one in ops.client.actions().items] == [action.id]

    detail = ops.client.detail(action.id)
    assert all(condition.met for condition in detail.conditions)
    assert detail.payload is not None
    assert ops.client.blob(action.content.payload) == detail.payload.encode()
    assert unseal(detail.payload.encode()) == refund_payload()

    assert ops.decide(action).status is ActionStatus.CLEARED
    done = bot.client.action(action.id, wait=10)
    assert done.status is ActionStatus.SUCCEEDED
    assert refunds(here.folder, "pay_5002") == 1
    assert ops.client.detail(action.id).effect is not None
    assert ops.client.actions().items == ()
    assert [one.id for one in ops.client.actions(View.ALL).items] == [action.id]

    feed = ops.client.feed(0)
    types = [json.loads(item.entry)["type"] for item in feed.items]
    assert types[0] == "workspace.created"
    assert {"action.proposed", "action.cleared", "execution.succeeded"} <= set(types)
    assert [item.index for item in feed.items] == list(range(feed.size))


def test_a_rejection_needs_a_reason_and_nothing_happens(here: Running):
    bot, ops = here.bot(), here.hand()
    action = bot.propose()
    with pytest.raises(Refusal) as silent:
        ops.decide(action, Verdict.REJECT)
    assert silent.value.code is Code.REASON_MISSING
    rejected = ops.decide(action, Verdict.REJECT, "Not a duplicate")
    assert rejected.status is ActionStatus.REJECTED
    assert bot.client.action(action.id, wait=5).status is ActionStatus.REJECTED
    assert refunds(here.folder, "pay_5002") == 0


def test_the_same_write_again_gives_the_same_answer_and_does_nothing(here: Running):
    bot, ops = here.bot(), here.hand()
    proposal, key = Proposal(bot.job.id, refund_payload()), new_key()
    first = bot.client.propose(proposal, key=key)
    size = here.settled_size()
    assert bot.client.propose(proposal, key=key) == first
    assert here.size() == size
    with pytest.raises(Refusal) as other:
        bot.client.propose(Proposal(bot.job.id, refund_payload("61.00")), key=key)
    assert other.value.code is Code.KEY_REUSED

    decision, key = ops.decision(first), new_key()
    ops.client.decide(first.id, decision, key=key)
    assert bot.client.action(first.id, wait=10).status is ActionStatus.SUCCEEDED
    assert ops.client.decide(first.id, decision, key=key).status is ActionStatus.SUCCEEDED
    assert refunds(here.folder, "pay_5002") == 1


def test_a_replayed_answer_says_that_it_is_one(here: Running):
    token = here.token("bot", Role.AGENT, owner="owner")
    wire = here.http(token)
    answers = [
        wire.post("/v1/jobs", json={"goal": "Refund"}, headers={"Idempotency-Key": "one"}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == [None, "true"]
    assert answers[0].content == answers[1].content


def test_one_key_at_a_time_while_many_repeat_it(here: Running):
    """I26: whoever comes while the first is being handled is told to wait; there is one action in the end."""
    bot = here.bot()
    proposal, key = Proposal(bot.job.id, refund_payload()), new_key()

    def propose(_: int) -> str:
        try:
            return bot.client.propose(proposal, key=key).id
        except Refusal as refusal:
            return refusal.code

    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(propose, range(64)))
    assert len(answers - {Code.KEY_IN_FLIGHT}) == 1
    assert len(here.hand().client.actions().items) == 1


def test_an_undo_is_seen_before_it_is_asked_for_and_takes_the_effect_back(here: Running):
    bot, ops = here.bot(), here.hand(tier=Tier.THREE)
    change = {"customer_id": "cus_4354", "fields": {"city": "Boulder"}}
    payload = {"capability": "manage_customers", "tool": "crm.update_customer", "arguments": change}
    action = bot.propose(json.dumps(payload).encode(), confidence="0.95")
    if action.status is ActionStatus.PENDING:
        ops.decide(action)
    assert bot.client.action(action.id, wait=10).status is ActionStatus.SUCCEEDED

    preview = ops.client.preview_undo(action.id)
    with pytest.raises(Refusal) as moved:
        ops.client.undo(action.id, UndoRequest("another version", "Wrong city"), key=new_key())
    assert moved.value.code is Code.TARGET_MOVED
    undo = ops.client.undo(action.id, UndoRequest(preview.version, "Wrong city"), key=new_key())
    if undo.status is ActionStatus.PENDING:
        here.hand("second", Role.OPS, Tier.THREE).decide(undo)
    assert bot.client.action(undo.id, wait=10).status is ActionStatus.SUCCEEDED
    assert bot.client.action(action.id).status is ActionStatus.UNDONE


def test_a_job_records_its_steps_and_stopping_it_stops_what_waits(here: Running):
    bot, ops = here.bot(), here.hand()
    step = Span(
        "s1", "Read ticket", SpanKind.TOOL, "2026-11-22T10:00:00.000Z", "2026-11-22T10:00:01.500Z", tokens=10
    )
    job = bot.client.record_spans(bot.job.id, (step,), key=new_key())
    assert (job.steps, job.millis) == (1, 1500)
    action = bot.propose()
    assert ops.client.detail(action.id).spans == (step,)
    assert ops.client.stop(bot.job.id, "Wrong customer", key=new_key()).status is JobStatus.STOPPED
    assert bot.client.action(action.id, wait=5).status is ActionStatus.STOPPED
    with pytest.raises(Refusal) as closed:
        bot.propose()
    assert closed.value.code is Code.JOB_CLOSED
    assert [one.id for one in ops.client.jobs().items] == [bot.job.id]


def test_an_agent_takes_its_proposal_back(here: Running):
    bot, ops = here.bot(), here.hand()
    action = bot.propose()
    assert bot.client.withdraw(action.id, key=new_key()).status is ActionStatus.WITHDRAWN
    with pytest.raises(Refusal) as gone:
        ops.decide(action)
    assert gone.value.code is Code.ACTION_DECIDED
    assert bot.client.end_job(bot.job.id, key=new_key()).status is JobStatus.ENDED


def test_safe_mode_holds_what_was_cleared_until_somebody_leaves_it(here: Running):
    bot, ops = here.bot(), here.hand()
    action = bot.propose()
    assert ops.client.safe_modes() == ()
    assert ops.client.switch_safe_mode(on=True, reason="Looking into it", key=new_key()).on
    ops.decide(action)
    held = bot.client.action(action.id, wait=2)
    assert (held.status, held.held) == (ActionStatus.CLEARED, "safe_mode_on")
    assert refunds(here.folder, "pay_5002") == 0
    ops.client.switch_safe_mode(on=False, reason="All is well", key=new_key())
    assert bot.client.action(action.id, wait=10).status is ActionStatus.SUCCEEDED


def test_a_late_repetition_does_not_undo_what_came_after_it(here: Running):
    """I26 where the use case keeps no key: the old request to leave safe mode changes nothing any more."""
    ops = here.hand().client
    ops.switch_safe_mode(on=True, reason="First", key="on-1")
    ops.switch_safe_mode(on=False, reason="Over", key="off-1")
    ops.switch_safe_mode(on=True, reason="Second", key="on-2")
    again = ops.switch_safe_mode(on=False, reason="Over", key="off-1")
    assert (again.on, again.reason) == (True, "Second")
    with pytest.raises(Refusal) as other:
        ops.switch_safe_mode(on=False, reason="Something else", key="off-1")
    assert other.value.code is Code.KEY_REUSED


def test_an_action_that_did_not_change_is_not_sent_again(here: Running):
    bot = here.bot()
    action = bot.propose()
    wire = here.http(here.token("ops-west", Role.OPS))
    first = wire.get(f"/v1/actions/{action.id}")
    again = wire.get(f"/v1/actions/{action.id}", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    bot.client.withdraw(action.id, key=new_key())
    after = wire.get(f"/v1/actions/{action.id}", headers={"If-None-Match": first.headers["ETag"]})
    assert (after.status_code, after.json()["status"]) == (200, "withdrawn")


def test_pages_of_the_queue_follow_each_other(here: Running):
    bot, ops = here.bot(), here.hand()
    proposed = [bot.propose(refund_payload(f"5{n}.00")).id for n in range(1, 6)]
    first = ops.client.actions(limit=2)
    second = ops.client.actions(limit=2, after=first.next)
    third = ops.client.actions(limit=2, after=second.next)
    assert [one.id for page in (first, second, third) for one in page.items] == proposed
    assert third.next == ""
    assert [one.id for one in ops.client.actions(text=proposed[3]).items] == [proposed[3]]
    assert ops.client.actions(tier=Tier.ONE).items == ()


def test_control_shows_the_workspace_its_people_and_its_systems(here: Running):
    here.bot()
    here.settled_size()
    ops = here.hand()
    control = ops.client.control()
    assert {one.id for one in control.connectors} == {
        "agents",
        "crm",
        "access",
        "deployments",
        "billing-repo",
    }
    assert (control.agents[0].owner, control.people[0].id) == ("owner", "ops-west")
    assert control.document == (here.folder / "policy.yaml").read_text()
    me = ops.client.me()
    assert (me.workspace, me.environment, me.role) == ("acme/support-ops", "production", "ops")


def test_an_entry_reaches_a_follower_in_less_than_a_tenth_of_a_second(here: Running):
    """The best of some, on a small and noisy machine; each must come at all."""
    bot, ops = here.bot(), here.hand()
    start, stop, arrived = here.settled_size(), threading.Event(), threading.Condition()
    seen: dict[int, float] = {}
    clock = here.backend.services.clock

    def follow() -> None:
        for item in ops.client.follow(start, stop):
            with arrived:
                seen[item.index] = clock.now().timestamp()
                arrived.notify_all()

    follower = threading.Thread(target=follow)
    follower.start()
    delays = []
    for number in range(10):
        before = clock.now().timestamp()
        index = here.size()
        bot.client.record_spans(bot.job.id, (_step(number),), key=new_key())
        with arrived:
            assert arrived.wait_for(lambda index=index: index in seen, 60)
        delays.append(seen[index] - before)
    stop.set()
    follower.join(60)
    assert not follower.is_alive()
    assert min(delays) < 0.1, delays


def _step(number: int) -> Span:
    at = f"2026-11-22T10:00:{number:02}.000Z"
    return Span(f"s{number}", "Think", SpanKind.MODEL, at, at)


def test_a_stream_goes_on_behind_the_last_event_that_was_read(here: Running):
    wire = here.http(here.token("ops-west", Role.OPS))
    here.settled_size()
    with wire.stream("GET", "/v1/feed/stream", headers={"Last-Event-ID": "2"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        lines = response.iter_lines()
        first = next(line for line in lines if line.startswith("id:"))
        data = json.loads(next(lines).removeprefix("data: "))
    assert (first, data["index"]) == ("id: 3", 3)


def test_a_follower_survives_a_restart_and_misses_nothing(here: Running, tmp_path: Path):
    """The stream breaks with the first backend; a second one on the same folder and port takes over."""
    ops, stop = here.hand(), threading.Event()
    port = int(here.url.rpartition(":")[2])
    size = here.settled_size()
    lost, seen, grown = threading.Event(), [], threading.Condition()

    def follow() -> None:
        for item in ops.client.follow(0, stop, lost=lambda _: lost.set()):
            with grown:
                seen.append(item.index)
                grown.notify_all()

    follower = threading.Thread(target=follow)
    follower.start()
    with grown:
        assert grown.wait_for(lambda: len(seen) == size, 60)
    here.backend.close()
    assert lost.wait(60)
    with running(here.folder, port=port) as second:
        second.token("late", Role.AUDITOR)
        final = second.settled_size()
        with grown:
            assert grown.wait_for(lambda: len(seen) == final, 60)
        stop.set()
        follower.join(60)
    assert seen == list(range(final))


def test_a_long_poll_is_answered_as_soon_as_there_is_something(here: Running):
    bot, ops = here.bot(), here.hand()
    size = here.settled_size()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(ops.client.feed, size, wait=20)
        bot.propose()
        assert waiting.result(60).items[0].index == size
    beyond = ops.client.feed(10_000)
    assert (beyond.items, beyond.size) == ((), here.size())


def test_many_who_wait_keep_nobody_else_waiting(here: Running):
    """More long polls than the server has threads; a word from somebody else ends them all."""
    bot, ops = here.bot(), here.hand()
    action = bot.propose()
    with ThreadPoolExecutor(2 * THREADS) as pool:
        waiting = [pool.submit(bot.client.action, action.id, wait=25) for _ in range(2 * THREADS)]
        assert ops.client.me().role == "ops"
        bot.client.withdraw(action.id, key=new_key())
        assert {one.result(60).status for one in waiting} == {ActionStatus.WITHDRAWN}


def test_a_revoked_token_ends_the_stream_that_it_opened(here: Running):
    services = here.backend.services
    issued = issue_token(services, Grant("auditor", Role.AUDITOR))
    here.settled_size()
    with here.http(issued.secret).stream("GET", "/v1/feed/stream") as response:
        lines = response.iter_lines()
        assert next(lines) == ": lineclear feed"
        revoke_token(services, issued.token.id)
        seen = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    assert "token.revoked" not in {json.loads(item["entry"])["type"] for item in seen}


def test_what_does_not_answer_is_unreachable_and_says_so(here: Running):
    ops = here.client(here.token("ops-west", Role.OPS), timeout=2)
    here.backend.close()
    with pytest.raises(Refusal) as gone:
        ops.me()
    assert (gone.value.code, gone.value.params["url"]) == (Code.UNREACHABLE, here.url)


def test_the_same_backend_runs_on_postgresql(tmp_path: Path, postgres_database: str):
    folder = new_workspace(tmp_path / "workspace")
    with running(folder, url=postgres_database) as here:
        bot, ops = here.bot(), here.hand()
        ops.decide(bot.propose())
        done = bot.client.action(ops.client.actions(View.ALL).items[0].id, wait=10)
        assert done.status is ActionStatus.SUCCEEDED
        assert ops.client.actions(View.ALL, text="\0").items == ()
    assert refunds(folder, "pay_5002") == 1
    assert not (folder / "lineclear.db").exists()


def test_anyone_may_ask_whether_it_lives_and_how_it_speaks(here: Running):
    wire = here.http()
    assert wire.get("/healthz").json() == {"status": "ok"}
    document = wire.get("/openapi.json")
    assert decode(document.content, dict)["openapi"] == "3.1.0"
    assert "acme" not in document.text


def test_a_list_is_narrowed_and_ordered_by_the_backend_for_its_reader(here: Running):
    bot, ops = here.bot(), here.hand()
    small, large = (bot.propose(refund_payload(amount)) for amount in ("55.00", "60.00"))
    ops.client.claim(small.id, key=new_key())

    def found(sifting: str, sort: Sort | None = None) -> list[str]:
        return [one.id for one in ops.client.actions(sifting=sifting, sort=sort).items]

    assert found("", Sort.AMOUNT) == [large.id, small.id]
    assert found("sort:age") == [small.id, large.id]
    assert found("claimed:me") == [small.id]
    assert found("claimed:nobody for:me") == [large.id]
    assert found("due:1m") == found("agent:nobody-else") == []
    ops.decide(large, Verdict.REJECT, "Not a duplicate")
    assert found("state:decided") == [large.id]
    first = ops.client.actions(View.ALL, sort=Sort.AMOUNT, limit=1)
    rest = ops.client.actions(View.ALL, sort=Sort.AMOUNT, limit=9, after=first.next)
    assert [one.id for one in (*first.items, *rest.items)] == [large.id, small.id]
    with pytest.raises(Refusal) as refused:
        found("due:soon")
    assert refused.value.code is Code.FILTER_INVALID
