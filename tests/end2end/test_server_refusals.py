"""What the API is sent and must not take: each is refused in words that help, and nothing is written."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from sqlcipher3 import dbapi2

from lineclear.application.governing.people import Grant, issue_token, revoke_token
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier
from lineclear.server.embed import Backend
from lineclear.wire.codecs import BODY_LIMIT, decode
from lineclear.wire.messages import Problem
from support.backend import Running, new_key, new_workspace, refund_payload, running


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Running]:
    with running(new_workspace(tmp_path / "workspace")) as backend:
        backend.settled_size()
        yield backend


def problem(answer: httpx.Response) -> Problem:
    """The problem in an answer, complete as RFC 9457 and a person want it."""
    assert answer.headers["content-type"] == "application/problem+json"
    found = decode(answer.content, Problem)
    assert found.status == answer.status_code
    assert found.detail
    assert found.remedy
    assert "Traceback" not in answer.text
    return found


@dataclass(frozen=True)
class Bad:
    """A request that has to be refused, and how."""

    name: str
    status: int
    code: str
    body: bytes
    path: str = "/v1/actions"
    headers: dict[str, str] = field(default_factory=dict)


def proposal(job: str, payload: bytes = refund_payload(), **more: str) -> bytes:
    members = "".join(f', "{name}": {json.dumps(value)}' for name, value in more.items())
    return b'{"job": %b, "payload": %b%b}' % (json.dumps(job).encode(), payload, members.encode())


def payload(**more: object) -> bytes:
    return json.dumps({**json.loads(refund_payload()), **more}).encode()


def bad_proposals(job: str) -> list[Bad]:
    past = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    good = proposal(job)
    twice = b'{"capability": "issue_refund", "capability": "x", "tool": "t", "arguments": {}}'
    number = refund_payload().replace(b'"60.00"', b"NaN")
    return [
        Bad(
            "unknown capability", 422, "capability_unknown", proposal(job, payload(capability="print_money"))
        ),
        Bad("unknown tool", 422, "tool_unknown", proposal(job, payload(tool="payments.steal"))),
        Bad("tool of another capability", 422, "arguments_invalid", proposal(job, payload(arguments={}))),
        Bad("wrong type of an argument", 422, "arguments_invalid", proposal(job, refund_payload(amount=60))),
        Bad("unknown job", 404, "job_unknown", proposal("job-0")),
        Bad("wrong type of a member", 400, "body_invalid", b'{"job": 7, "payload": {}}'),
        Bad("missing member", 400, "body_invalid", b'{"job": "job-1"}'),
        Bad("unknown member", 400, "body_invalid", proposal(job, tier="1")),
        Bad("duplicate key in the payload", 400, "body_invalid", proposal(job, twice)),
        Bad("duplicate key around it", 400, "body_invalid", good[:-1] + b', "job": "job-2"}'),
        Bad("NaN", 400, "body_invalid", proposal(job, number)),
        Bad("lone surrogate", 400, "body_invalid", proposal(job, refund_payload(reason="\ud800"))),
        Bad("integer beyond 2^53", 400, "body_invalid", proposal(job, payload(arguments={"n": 2**60}))),
        Bad("no JSON", 400, "body_invalid", b"job=1"),
        Bad("empty", 400, "body_invalid", b""),
        Bad("two values", 400, "body_invalid", good + b"{}"),
        Bad("too deep", 400, "body_invalid", proposal(job, b"[" * 2000 + b"]" * 2000)),
        Bad("not UTF-8", 400, "body_invalid", good.replace(b"duplicate", b"\xff\xfe")),
        Bad("deadline in the past", 409, "deadline_passed", proposal(job, deadline=past)),
        Bad("deadline without offset", 400, "body_invalid", proposal(job, deadline="2030-01-01T00:00:00")),
        Bad("confidence over one", 400, "body_invalid", proposal(job, confidence="1.1")),
        Bad("payload over a MiB", 413, "body_too_large", proposal(job, payload(x="x" * 1_100_000))),
        Bad("form", 415, "media_type_refused", good, headers={"Content-Type": "text/plain"}),
        Bad("no declared type", 415, "media_type_refused", good, headers={"Content-Type": ""}),
        Bad("no key", 400, "key_missing", good, headers={"Idempotency-Key": ""}),
        Bad("key of 201 characters", 400, "key_missing", good, headers={"Idempotency-Key": "k" * 201}),
        Bad("query on a write", 400, "query_invalid", good, path="/v1/actions?dry=1"),
        Bad("no goal", 400, "body_invalid", b'{"goal": " "}', path="/v1/jobs"),
        Bad("no address", 404, "not_found", good, path="/v1/nothing"),
        Bad("no address for an id", 404, "not_found", b"{}", path="/v1/actions/%00/withdraw"),
        Bad("wrong method", 405, "method_refused", b"{}", path="/v1/me"),
    ]


def test_every_bad_write_is_refused_in_words_and_nothing_is_written(here: Running):
    bot = here.bot()
    wire = here.http(here.token("second-bot", Role.AGENT, owner="owner"))
    wire.headers["Authorization"] = f"Bearer {here.token('support-agent', Role.AGENT, owner='owner')}"
    size, wrong = here.size(), []
    for bad in bad_proposals(bot.job.id):
        headers = {"Content-Type": "application/json", "Idempotency-Key": new_key(), **bad.headers}
        answer = wire.post(bad.path, content=bad.body, headers={k: v for k, v in headers.items() if v})
        found = problem(answer)
        if (found.status, found.code) != (bad.status, bad.code):
            wrong.append(f"{bad.name}: {found.status} {found.code}: {found.detail}")
    assert wrong == []
    assert here.size() == size


def test_ten_megabytes_are_refused_before_they_are_read(here: Running):
    wire = here.http(here.token("bot", Role.AGENT))
    size = here.size()
    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    declared = wire.post("/v1/actions", content=b"x" * 10_000_000, headers=headers)
    assert (problem(declared).code, declared.status_code) == ("body_too_large", 413)

    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 10_000_000:
            sent += 65_536
            yield b" " * 65_536

    streamed = wire.post("/v1/actions", content=endless(), headers=headers)
    assert problem(streamed).params["limit"] == str(BODY_LIMIT)
    assert here.size() == size


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/v1/actions?limit=0", "limit"),
        ("/v1/actions?limit=9999", "limit"),
        ("/v1/actions?view=mine", "view"),
        ("/v1/actions?limit=1&limit=2", "twice"),
        ("/v1/actions?colour=red", "colour"),
        ("/v1/actions?text=%FF", "utf-8"),
        ("/v1/actions?after=nonsense", "cursor"),
        ("/v1/jobs?after=%C3%A9", "after"),
        ("/v1/feed?start=-1", "start"),
        ("/v1/feed?wait=31", "wait"),
        ("/v1/feed/stream?start=x", "start"),
        ("/v1/actions?" + "&".join(f"a{n}=1" for n in range(50)), "fields"),
    ],
)
def test_a_bad_query_says_which_member(shared: Running, path: str, says: str):
    answer = shared.http(shared.token("auditor", Role.AUDITOR)).get(path)
    assert answer.status_code == 400
    assert says in problem(answer).detail


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_workspace(tmp_path_factory.mktemp("shared") / "workspace")


@pytest.fixture
def shared(shared_folder: Path) -> Iterator[Running]:
    """A backend of the test's own on a folder that several use, for what writes nothing of weight."""
    with running(shared_folder, workers=0) as backend:
        yield backend


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Basic dTpw", "Bearer lc_ops_wrong", "lc_ops_wrong", "Bearer é"],
)
def test_without_a_known_token_nothing_is_said(shared: Running, header: str):
    headers = {"Authorization": header.encode("latin-1")} if header else {}
    for path in ("/v1/me", "/v1/feed", "/v1/feed/stream", "/v1/actions/act-1", "/v1/control"):
        answer = shared.http().get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert problem(answer).code == "token_invalid"


def test_a_token_that_was_revoked_or_is_over_opens_nothing(shared: Running):
    services = shared.backend.services
    issued = issue_token(services, Grant("ops-west", Role.OPS))
    wire = shared.http(issued.secret)
    assert wire.get("/v1/me").status_code == 200
    revoke_token(services, issued.token.id)
    assert problem(wire.get("/v1/me")).code == "token_invalid"
    over = issue_token(services, Grant("ops-west", Role.OPS, lasts=timedelta(microseconds=1)))
    assert problem(shared.http(over.secret).get("/v1/me")).code == "token_expired"


def test_only_our_host_and_no_web_page_gets_in(shared: Running):
    """I48: DNS rebinding and cross-site requests meet the door before anything else."""
    token = shared.token("ops-west", Role.OPS)
    port = shared.url.rpartition(":")[2]
    attacks = [
        ({"Host": "evil.test"}, "host_refused"),
        ({"Host": f"evil.test:{port}"}, "host_refused"),
        ({"Host": "127.0.0.1.evil.test"}, "host_refused"),
        ({"Host": "[::1].evil.test"}, "host_refused"),
        ({"Host": "127.0.0.1@evil.test"}, "host_refused"),
        ({"Host": ""}, "host_refused"),
        ({"Origin": "https://evil.test"}, "origin_refused"),
        ({"Origin": "null"}, "origin_refused"),
        ({"Origin": f"http://evil.test:{port}"}, "origin_refused"),
        ({"Origin": "http://127.0.0.1:1"}, "origin_refused"),
    ]
    let_in = []
    for headers, code in attacks:
        for path in ("/v1/me", "/healthz", "/openapi.json", "/nothing"):
            answer = shared.http(token).get(path, headers=headers)
            if answer.status_code != 403 or problem(answer).code != code:
                let_in.append((headers, path, answer.status_code))
    assert let_in == []
    for host in (f"localhost:{port}", "LOCALHOST", "[::1]", "127.0.0.1"):
        assert shared.http(token).get("/v1/me", headers={"Host": host}).status_code == 200
    own = shared.http(token).get("/v1/me", headers={"Origin": f"http://127.0.0.1:{port}"})
    assert own.status_code == 200
    assert not [name for name in own.headers if name.startswith("access-control-")]
    preflight = shared.http().request("OPTIONS", "/v1/me", headers={"Origin": "https://evil.test"})
    assert preflight.status_code == 403


def test_a_further_host_name_is_let_in_where_it_was_allowed(shared_folder: Path):
    with running(shared_folder, workers=0, hosts=["lineclear.example"]) as backend:
        assert backend.http().get("/healthz", headers={"Host": "lineclear.example"}).status_code == 200
        assert backend.http().get("/healthz", headers={"Host": "other.example"}).status_code == 403


def test_a_decision_on_anything_but_what_is_there_now_is_refused(here: Running):
    bot, ops = here.bot(), here.hand()
    action = bot.propose()
    other = bot.propose(refund_payload("61.00"))
    size = here.size()

    stale = ops.decision(action)
    with pytest.raises(Refusal) as wrong_action:
        ops.client.decide(other.id, stale, key=new_key())
    assert wrong_action.value.code is Code.SIGNATURE_INVALID

    wire = here.http(here.token("ops-west", Role.OPS, tier=Tier.TWO))
    for envelope in (
        "",
        "%%%",
        base64.b64encode(b"{}").decode(),
        base64.b64encode(stale.envelope[:-9]).decode(),
    ):
        answer = wire.post(
            f"/v1/actions/{action.id}/decisions",
            json={"envelope": envelope, "device": ops.device.id},
            headers={"Idempotency-Key": new_key()},
        )
        assert problem(answer).code in {"body_invalid", "signature_invalid"}
    with pytest.raises(Refusal) as unknown:
        ops.client.decide("act-0", stale, key=new_key())
    assert unknown.value.code is Code.ACTION_UNKNOWN
    low = here.hand("newcomer", Role.APPROVER, Tier.ONE)
    grown = here.size()
    with pytest.raises(Refusal) as tier:
        low.decide(action)
    assert (tier.value.code, tier.value.params["needed"]) == (Code.TIER_INSUFFICIENT, "2")
    assert here.size() == grown
    assert grown - size <= 4


def test_a_decision_on_a_revision_that_has_passed_is_refused(here: Running):
    """The target moves behind an approval: the action comes back as revision 2, and revision 1 is history."""
    bot, ops = here.bot(), here.hand()
    action = bot.propose()
    late = here.hand("ops-east")
    signed_before = late.decision(action)
    connection = dbapi2.connect(str(here.folder / "crm.sqlite"))
    connection.execute("UPDATE payments SET amount_refunded = '1.00' WHERE id = 'pay_5002'")
    connection.commit()
    connection.close()
    ops.decide(action)
    store = here.backend.services.store
    size = here.size()
    while bot.client.action(action.id).revision == 1:
        size = store.wait(size, 5)
    with pytest.raises(Refusal) as stale:
        late.client.decide(action.id, signed_before, key=new_key())
    assert stale.value.code is Code.REVISION_STALE
    assert (stale.value.params["seen"], stale.value.params["current"]) == ("1", "2")


def test_a_locked_database_says_so_and_heals(here: Running):
    """I47: nothing is acknowledged that was not written."""
    bot, ops = here.bot(), here.hand()
    action = bot.propose()
    patient = here.client(here.token("ops-west", Role.OPS, tier=Tier.TWO), timeout=30)
    size = here.settled_size()
    other = dbapi2.connect(str(here.folder / "lineclear.db"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refusal) as busy:
        patient.stop(bot.job.id, "While locked", key="stop-1")
    assert busy.value.code is Code.DATABASE_BUSY
    assert patient.feed(0).size == size
    other.execute("ROLLBACK")
    other.close()
    ops.decide(action)
    assert patient.stop(bot.job.id, "Not locked", key="stop-1").stop_reason == "Not locked"


def test_a_taken_port_is_refused_with_what_to_do(here: Running):
    port = int(here.url.rpartition(":")[2])
    with pytest.raises(Refusal) as taken:
        Backend(here.folder, port=port)
    assert taken.value.code is Code.PORT_TAKEN
    assert "--port 0" in taken.value.remedy


@pytest.mark.parametrize(
    ("missing", "says"),
    [("workspace.yaml", "lineclear demo"), ("policy.yaml", "without one nothing is allowed")],
)
def test_a_folder_without_its_documents_says_how_to_make_one(tmp_path: Path, missing: str, says: str):
    folder = new_workspace(tmp_path / "workspace")
    (folder / missing).unlink()
    with pytest.raises(Refusal) as refused:
        Backend(folder)
    assert refused.value.code is Code.DOCUMENT_INVALID
    assert missing in refused.value.sentence
    assert says in refused.value.sentence


def test_a_policy_with_a_mistake_keeps_the_backend_from_starting_and_names_the_line(tmp_path: Path):
    folder = new_workspace(tmp_path / "workspace")
    (folder / "policy.yaml").write_text("capabilities:\n  a:\n    tools: 7\n", encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        Backend(folder)
    assert "line 3" in refused.value.sentence


@pytest.mark.allow_log("incident inc-", reason="the subject of this test")
def test_a_bug_is_answered_by_an_incident_and_not_by_its_text(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    """A blob altered behind our back is nothing that a caller can mend. I43: the log holds no token.

    It is found by whoever reads it from the database: the process that wrote it still has it at hand.
    """
    folder = new_workspace(tmp_path / "workspace")
    with running(folder, workers=0) as before:
        token = before.token("auditor", Role.AUDITOR)
        digest = before.bot().propose().content.payload
        connection = dbapi2.connect(str(folder / "lineclear.db"))
        connection.execute("UPDATE blobs SET sealed = ? WHERE digest = ?", [b"altered", digest])
        connection.commit()
        connection.close()
        kept = before.http(token).get(f"/v1/blobs/{digest}").content
        assert sha256(kept).hexdigest() == digest
    with running(folder, workers=0) as here:
        answer = here.http(token).get(f"/v1/blobs/{digest}")
        found = problem(answer)
        assert (answer.status_code, found.code) == (500, "broken")
        assert found.params["incident"] in caplog.text
        with pytest.raises(Refusal) as broken:
            here.client(token).blob(digest)
        assert broken.value.code is Code.BROKEN
        assert broken.value.params["incident"] in caplog.text
        assert "altered" in caplog.text
        assert "altered" not in answer.text
        assert token not in caplog.text
