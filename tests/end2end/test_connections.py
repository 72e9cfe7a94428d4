"""What an agent's token reaches and for how long, and what the border tells administrators of its calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lineclear.adapters.sql.arrivals import SqlArrivals
from lineclear.agents import Cleared, Client, Code, Refusal, Waiting
from lineclear.application.governing.people import Grant, issue_token, revoke_token
from lineclear.application.reading.connections import Connection, Connections
from lineclear.domain.vocabulary import Executor, Role, Tier
from lineclear.server.embed import open_data
from support.aap import agents_workspace, call
from support.backend import Running, new_key, running

REFUND = {"payment_id": "pay_8890", "amount": "129.00", "currency": "USD", "reason": "duplicate"}
MAIL = {"to": "p.lindqvist@example.com", "body": "It is on its way."}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(agents_workspace(tmp_path / "workspace"), workers=0) as backend:
        yield backend


def bot(here: Running, *capabilities: str, name: str = "bot", **more: object) -> str:
    return here.token(name, Role.AGENT, owner="owner", capabilities=capabilities, **more)


def told(here: Running) -> Connections:
    return here.client(here.token("root", Role.ADMIN, tier=Tier.THREE)).tokens.connections()


def of(here: Running, name: str = "bot") -> Connection:
    return next(one for one in told(here).items if one.token.subject == name)


def test_a_token_proposes_only_what_its_capabilities_reach(here):
    """I2: beyond them nothing is recorded, and the target is not asked."""
    token = bot(here, "agents_read")
    with Client(here.url, token) as client, client.job("Refund") as job:
        assert isinstance(job.propose("agents_read", "look_up", {"id": 7}), Cleared)
        size = here.size()
        with pytest.raises(Refusal) as refused:
            job.propose("issue_refund", "payments.create_refund", REFUND)
        assert here.size() == size
    assert refused.value.code is Code.CAPABILITY_NOT_IN_TOKEN
    assert refused.value.params == {"capability": "issue_refund", "reached": "agents_read"}


def test_a_token_consumes_no_clearance_beyond_its_capabilities(here):
    """I23: a wider token of the same agent got it, and a narrower one cannot spend it."""
    with Client(here.url, bot(here)) as wide, wide.job("Reply") as job:
        waiting = job.submit("agents_write", "desk.send", MAIL)
        assert isinstance(waiting, Waiting)
        ops = here.hand()
        ops.decide(ops.client.detail(waiting.action).action)
        with Client(here.url, bot(here, "agents_read")) as narrow:
            with pytest.raises(Refusal) as refused:
                narrow.consume(waiting.action)
            assert refused.value.code is Code.CAPABILITY_NOT_IN_TOKEN
        assert wide.consume(waiting.action).arguments == MAIL


def test_calls_by_another_protocol_are_bounded_as_well(here):
    wire = here.http(bot(here, "agents_write"), **{"Idempotency-Key": new_key()})
    answer = wire.post("/aap/v1/requests", json=call("look_up", arguments={"id": 7}))
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "capability_not_in_token")


def test_a_token_without_capabilities_is_bounded_by_policy_alone(here):
    with Client(here.url, bot(here)) as client, client.job("Look") as job:
        assert isinstance(job.propose("agents_read", "look_up", {"id": 7}), Cleared)


@pytest.mark.parametrize(
    ("grant", "code"),
    [
        (Grant("bot", Role.AGENT, owner="o", capabilities=("no_such",)), Code.CAPABILITY_UNKNOWN),
        (Grant("lead", Role.APPROVER, capabilities=("issue_refund",)), Code.BODY_INVALID),
    ],
)
def test_bounds_that_mean_nothing_are_refused(here, grant, code):
    with pytest.raises(Refusal) as refused:
        issue_token(here.backend.services, grant)
    assert refused.value.code is code


def test_an_administrator_makes_a_bounded_token_over_http(here):
    root = here.client(here.token("root", Role.ADMIN, tier=Tier.THREE))
    wanted = Grant("bot", Role.AGENT, owner="o", lasts=timedelta(hours=8), capabilities=("agents_read",))
    issued = root.tokens.issue(wanted, key=new_key())
    assert issued.token.capabilities == ("agents_read",)
    with Client(here.url, issued.secret) as client, client.job("x") as job, pytest.raises(Refusal):
        job.propose("issue_refund", "payments.create_refund", REFUND)


def test_an_ended_token_is_told_when_it_ended(here):
    token = bot(here, lasts=timedelta(microseconds=1))
    problem = here.http(token).get("/v1/me").json()
    assert (problem["status"], problem["code"]) == (401, "token_expired")
    assert problem["params"]["expires"] == of(here).token.expires
    assert of(here).arrival.refused[0].code == "token_expired"


def test_first_and_last_use_are_told(here):
    token = bot(here)
    assert (of(here).arrival.first, of(here).owner) == ("", "owner")
    with Client(here.url, token) as client, client.job("Look"):
        first = of(here).arrival.first
        assert first
    seen = of(here).arrival
    assert (seen.first, seen.refused) == (first, ())


def test_what_was_refused_is_told_by_code_and_place_and_never_by_its_words(here):
    wire = here.http(bot(here), **{"Idempotency-Key": new_key()})
    secret = "p-lindqvist-4411"
    wire.get(f"/v1/actions/{secret}")
    wire.post("/v1/jobs", json={"goal": "Look", "customer_name": secret})
    wire.post("/v1/v1/jobs", json={})
    wire.get(f"/{secret}/v1/jobs?who={secret}")
    wire.post(f"/aap/v1/requests/{secret}/consume", json={})
    found = of(here).arrival.refused
    assert [(one.code, one.method, one.path) for one in found] == [
        ("action_unknown", "GET", "/v1/actions/…"),
        ("body_invalid", "POST", "/v1/jobs"),
        ("not_found", "POST", "/v1/v1/jobs"),
        ("not_found", "GET", "/…/v1/jobs"),
        ("not_found", "POST", "/aap/v1/requests/…/consume"),
    ]
    assert secret not in str(told(here))


def test_the_same_refusal_again_is_counted_and_hides_no_other(here):
    wire = here.http(bot(here))
    wire.get("/v1/v1/me")
    for _ in range(25):
        wire.get("/v1/feed")
    assert [(one.code, one.times) for one in of(here).arrival.refused] == [
        ("not_found", 1),
        ("agent_cannot_decide", 25),
    ]


def test_a_flood_is_kept_in_part_and_never_without_end(here):
    wire = here.http(bot(here))
    for number in range(40):
        wire.get("/v1/feed" if number % 2 else "/v1/me/…")
    assert len(of(here).arrival.refused) == 20


def test_calls_of_strangers_are_told_without_their_tokens(here):
    here.http().get("/v1/me")
    here.http("lc_agent_not-a-token").get("/v1/me")
    here.http("lc_agent_not-a-token", Host="elsewhere.example").get("/v1/me")
    strangers = {one.token: [each.code for each in one.refused] for one in told(here).strangers}
    assert strangers == {"none": ["token_invalid"], "unknown": ["token_invalid", "host_refused"]}


def test_a_revoked_token_is_known_as_itself(here):
    token = bot(here)
    revoke_token(here.backend.services, of(here).token.id)
    here.http(token).get("/v1/me")
    assert [one.code for one in of(here).arrival.refused] == ["token_invalid"]


def test_people_are_not_followed(here):
    token = here.token("root", Role.ADMIN, tier=Tier.THREE)
    here.http(token).get("/v1/nowhere")
    here.client(token).me()
    assert here.backend.services.arrivals.every() == ()


def test_another_process_sees_the_same_and_none_loses_a_refusal(here):
    wire = here.http(bot(here))
    wire.get("/v1/feed")
    identifier = of(here).token.id
    other = open_data(here.folder)
    other.services.arrivals.change(identifier, lambda one: one.used("2026-11-22T10:00:00.000Z"))
    other.close()
    wire.get("/v1/feed")
    arrival = of(here).arrival
    assert (arrival.last, arrival.refused[0].times) == ("2026-11-22T10:00:00.000Z", 2)


def test_what_is_offered_has_arguments_that_its_own_tool_takes(here):
    offers = {one.tool: one for one in told(here).offers}
    assert offers["look_up"].executor is Executor.AGENT
    offer = offers["payments.create_refund"]
    with Client(here.url, bot(here)) as client, client.job("First call") as job:
        waiting = job.submit(offer.capability, offer.tool, json.loads(offer.arguments))
    assert isinstance(waiting, Waiting)


def test_arrivals_of_two_workspaces_in_one_database_stay_apart(here):
    store = here.backend.services.store
    one, two = SqlArrivals(store, "one"), SqlArrivals(store, "two")
    one.change("t", lambda before: before.used("now"))
    assert (len(one.every()), two.every()) == (1, ())
