"""The command line as real processes, and a backend that is killed at the wrong moment."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from lineclear.adapters.http.client import BackendClient
from lineclear.application.governing.people import Grant, issue_token
from lineclear.domain.events import JobBrief
from lineclear.domain.money import Money
from lineclear.domain.vocabulary import ActionStatus, Role, Tier
from lineclear.server.embed import open_data
from support.backend import (
    LINECLEAR,
    Bot,
    Hand,
    enrolled,
    lineclear,
    new_key,
    new_workspace,
    refund_payload,
    refunds,
    running,
    served,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_workspace(tmp_path / "workspace")


@pytest.fixture
def tokens(folder: Path) -> dict[str, str]:
    opened = open_data(folder)
    grants = {
        "agent": Grant("support-agent", Role.AGENT, owner="owner"),
        "ops": Grant("ops-west", Role.OPS, tier=Tier.TWO, ceiling=Money(Decimal(500), "USD")),
    }
    made = {name: issue_token(opened.services, grant).secret for name, grant in grants.items()}
    opened.close()
    return made


@pytest.fixture
def clients() -> Iterator[list[BackendClient]]:
    made: list[BackendClient] = []
    yield made
    for client in made:
        client.close()


def people(url: str, tokens: dict[str, str], clients: list[BackendClient]) -> tuple[BackendClient, Hand]:
    clients += [BackendClient(url, tokens["agent"]), BackendClient(url, tokens["ops"])]
    return clients[-2], enrolled(clients[-1])


def test_a_served_workspace_works_and_ends_cleanly_when_it_is_told_to(
    folder: Path, tokens: dict[str, str], clients: list[BackendClient]
):
    with served(folder) as backend:
        agent, ops = people(backend.url, tokens, clients)
        bot = Bot(agent, agent.open_job(JobBrief("Refund"), key=new_key()))
        ops.decide(bot.propose())
        assert ops.client.me().workspace == "acme/support-ops"
        assert backend.end(signal.SIGTERM) == 0
    with served(folder) as backend:
        clients.append(BackendClient(backend.url, tokens["ops"]))
        assert clients[-1].me().role == "ops"
        assert backend.end(signal.SIGINT) == 0


def test_ending_does_not_wait_for_those_who_follow(folder: Path, tokens: dict[str, str]):
    headers = {"Authorization": f"Bearer {tokens['ops']}"}
    with (
        served(folder) as backend,
        httpx.Client(base_url=backend.url, headers=headers) as wire,
        wire.stream("GET", "/v1/feed/stream") as stream,
    ):
        lines = stream.iter_lines()
        assert next(lines) == ": lineclear feed"
        assert backend.end() == 0
        assert all(line.startswith((":", "id:", "data:")) or not line for line in lines)


def test_a_backend_killed_between_approval_and_execution_executes_once(
    folder: Path, tokens: dict[str, str], clients: list[BackendClient]
):
    """I22, I23: the approval was acknowledged, nobody had begun; after the next start there is one refund."""
    with served(folder, "--workers", 0) as backend:
        agent, ops = people(backend.url, tokens, clients)
        action = Bot(agent, agent.open_job(JobBrief("Refund"), key=new_key())).propose()
        decision, key = ops.decision(action), new_key()
        assert ops.client.decide(action.id, decision, key=key).status is ActionStatus.CLEARED
        backend.kill()
    assert refunds(folder, "pay_5002") == 0
    with served(folder) as backend:
        agent = BackendClient(backend.url, tokens["agent"])
        clients.append(agent)
        assert agent.action(action.id, wait=20).status is ActionStatus.SUCCEEDED
        again = BackendClient(backend.url, tokens["ops"])
        clients.append(again)
        assert again.decide(action.id, decision, key=key).status is ActionStatus.SUCCEEDED
        assert backend.end() == 0
    assert refunds(folder, "pay_5002") == 1


@pytest.mark.long
def test_a_backend_killed_while_it_executes_repeats_nothing(
    folder: Path, tokens: dict[str, str], clients: list[BackendClient]
):
    """Killed as soon as the approval is acknowledged, wherever its worker is by then."""
    payments = {}
    for payment in ("pay_5002", "pay_5006", "pay_5013", "pay_5017", "pay_5019", "pay_5022"):
        with served(folder) as backend:
            agent, ops = people(backend.url, tokens, clients)
            bot = Bot(agent, agent.open_job(JobBrief("Refund"), key=new_key()))
            action = bot.propose(refund_payload("60.00", payment))
            ops.decide(action)
            backend.kill()
        payments[payment] = action.id
    with served(folder) as backend:
        agent = BackendClient(backend.url, tokens["agent"])
        clients.append(agent)
        for action_id in payments.values():
            while agent.action(action_id, wait=30).status is not ActionStatus.SUCCEEDED:
                pass
        assert backend.end() == 0
    assert {payment: refunds(folder, payment) for payment in payments} == dict.fromkeys(payments, 1)


def test_a_taken_port_ends_serve_with_four_and_a_remedy(folder: Path):
    with served(folder) as backend:
        port = backend.url.rpartition(":")[2]
        second = lineclear("serve", "--data", folder, "--port", port)
        assert (second.returncode, second.stdout) == (4, "")
        assert f"Port {port} on 127.0.0.1 is taken" in second.stderr
        assert "--port 0" in second.stderr


def test_a_folder_without_a_workspace_ends_with_three_and_says_how_to_make_one(tmp_path: Path):
    refused = lineclear("serve", "--data", tmp_path, "--json")
    said = json.loads(refused.stdout)["error"]
    assert (refused.returncode, said["code"], refused.stderr) == (3, "document_invalid", "")
    assert "lineclear demo" in said["sentence"]


def test_a_token_from_the_command_line_opens_what_its_role_may(folder: Path):
    options = ["--role", "approver", "--name", "anna", "--tier", 2, "--ceiling", "500.00", "--lasts", "30d"]
    made = lineclear("token", "create", "--data", folder, *options, "--json")
    assert made.returncode == 0, made.stderr
    said = json.loads(made.stdout)
    assert (said["role"], said["name"], said["expires"][-1]) == ("approver", "anna", "Z")
    with running(folder, workers=0) as here:
        me = here.client(said["token"]).me()
    assert me.person is not None
    assert (me.role, me.person.tier, me.person.ceiling, me.person.currency) == (
        "approver",
        2,
        "500.00",
        "USD",
    )
    plain = lineclear("token", "create", "--data", folder, "--role", "agent", "--name", "bot")
    assert plain.stdout.startswith("lc_agent_")
    assert "not shown again" in plain.stderr


def test_tokens_are_listed_without_their_secrets_and_revoked_at_once(folder: Path, tokens: dict[str, str]):
    listed = lineclear("token", "list", "--data", folder, "--json")
    found = {one["subject"]: one for one in json.loads(listed.stdout)["tokens"]}
    assert found.keys() == {"support-agent", "ops-west"}
    assert not [secret for secret in tokens.values() if secret in listed.stdout]
    with running(folder, workers=0) as here:
        wire = here.http(tokens["ops"])
        assert wire.get("/v1/me").status_code == 200
        revoked = lineclear("token", "revoke", found["ops-west"]["id"], "--data", folder)
        assert revoked.returncode == 0
        assert wire.get("/v1/me").status_code == 401
    unknown = lineclear("token", "revoke", "0" * 16, "--data", folder)
    assert (unknown.returncode, "does not exist" in unknown.stderr) == (3, True)


@pytest.mark.parametrize(
    "options",
    [
        ["--role", "king", "--name", "a"],
        ["--role", "ops", "--name", "a", "--lasts", "soon"],
        ["--role", "ops", "--name", "a", "--ceiling", "lots"],
    ],
)
def test_a_wrong_option_ends_with_two(folder: Path, options: list[str]):
    assert lineclear("token", "create", "--data", folder, *options).returncode == 2


def test_a_bad_name_is_refused_with_three(folder: Path):
    refused = lineclear("token", "create", "--data", folder, "--role", "ops", "--name", "No Such Name")
    assert (refused.returncode, "is not a name" in refused.stderr) == (3, True)


def test_i20_a_canary_from_the_command_line_changes_nothing_and_is_counted(
    folder: Path, tokens: dict[str, str], clients: list[BackendClient]
):
    payload = folder / "canary.json"
    payload.write_bytes(refund_payload())
    options = ["--agent", "support-agent", "--goal", "Refund", "--payload", payload, "--wrong", "Paid back"]
    with served(folder) as backend:
        planted = lineclear("canary", "plant", "--data", folder, *options, "--json")
        assert planted.returncode == 0, planted.stderr
        _, ops = people(backend.url, tokens, clients)
        (waiting,) = ops.client.actions().items
        assert waiting.id == json.loads(planted.stdout)["planted"]
        decided = ops.decide(waiting)
        assert (decided.status, decided.canary, decided.wrong) == ("stopped", "missed", "Paid back")
    report = lineclear("canary", "report", "--data", folder, "--json")
    assert json.loads(report.stdout)["canaries"] == [{"person": "ops-west", "caught": 0, "missed": 1}]
    assert "ops-west" in lineclear("canary", "report", "--data", folder).stdout
    assert refunds(folder, "pay_5002") == 0


def test_more_workers_carry_out_what_a_backend_without_any_cleared(
    folder: Path, tokens: dict[str, str], clients: list[BackendClient]
):
    command = [*LINECLEAR, "worker", "--data", str(folder), "--json"]
    with served(folder, "--workers", 0) as backend:
        agent, ops = people(backend.url, tokens, clients)
        action = Bot(agent, agent.open_job(JobBrief("Refund"), key=new_key())).propose()
        ops.decide(action)
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
            assert worker.stdout is not None
            assert json.loads(worker.stdout.readline())["pid"] == worker.pid
            assert agent.action(action.id, wait=20).status is ActionStatus.SUCCEEDED
            worker.terminate()
            assert worker.wait(60) == 0


def test_a_capability_document_is_checked_with_lines(folder: Path, tmp_path: Path):
    good = lineclear("policy", "check", folder / "policy.yaml")
    assert (good.returncode, "issue_refund" in good.stdout) == (0, True)
    bad = tmp_path / "bad.yaml"
    bad.write_text("capabilities:\n  a:\n    tools: 7\n", encoding="utf-8")
    found = lineclear("policy", "check", bad, "--json")
    assert found.returncode == 3
    assert json.loads(found.stdout)["problems"][0]["line"] == 3
    assert lineclear("policy", "check", tmp_path / "none.yaml").returncode == 3


def test_the_doctor_looks_at_everything_and_says_what_to_do(tmp_path: Path):
    looked = lineclear("doctor", "--data", tmp_path / "missing", "--json")
    findings = {one["name"]: one for one in json.loads(looked.stdout)["findings"]}
    assert findings.keys() == {"Python", "SQLite", "Keyring", "Window", "Data folder"}
    assert all(one["ok"] or one["remedy"] for one in findings.values())
    assert (findings["Python"]["ok"], findings["Data folder"]["ok"]) == (True, False)
    assert looked.returncode == 4


def test_help_comes_without_loading_anything_and_a_typing_error_gets_a_hint():
    helped = lineclear("--help")
    assert (helped.returncode, "serve" in helped.stdout) == (0, True)
    program = (
        "import sys\nfrom lineclear.cli import main\nmain(['--help'])\n"
        "loaded = {name.partition('.')[0] for name in sys.modules}\n"
        "assert not loaded & {'typer', 'litestar', 'sqlalchemy', 'PySide6', 'httpx', 'pydantic'}, loaded\n"
    )
    subprocess.run([LINECLEAR[0], "-c", program], check=True, stdout=subprocess.DEVNULL)
    mistyped = lineclear("sevre")
    assert (mistyped.returncode, "`lineclear serve`" in mistyped.stderr) == (2, True)


def test_a_missing_extra_is_named_with_the_command_that_installs_it(tmp_path: Path):
    program = (
        "import sys\nsys.modules['litestar'] = None\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'litestar':\n"
        "            raise ModuleNotFoundError('No module named litestar', name='litestar')\n"
        "del sys.modules['litestar']\nsys.meta_path.insert(0, Absent())\n"
        f"from lineclear.cli import main\nmain(['serve', '--data', {str(tmp_path)!r}])\n"
    )
    ended = subprocess.run([LINECLEAR[0], "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 4
    assert "pip install 'lineclear[server]'" in ended.stderr
