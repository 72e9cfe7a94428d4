"""`lineclear demo --headless` as anybody would start it: real processes, watched from outside."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lineclear.adapters.http.client import BackendClient
from lineclear.adapters.system.clock import SystemClock, steady
from lineclear.adapters.system.ids import SystemIds
from lineclear.adapters.system.keys import MemoryKeys
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.demo.agents.roster import AGENTS
from lineclear.demo.composition import prepare
from lineclear.demo.reading import read_row
from lineclear.domain.actions import Action
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Tier, Verdict
from lineclear.wire.messages import View
from support.backend import refunds

PATIENCE = 120.0
"""Seconds until what takes a few on a machine that does nothing else."""
QUICK = ("--pace", "0.4")


@dataclass
class Watched:
    """A demo that runs, seen through its own reviewer's token."""

    process: subprocess.Popen[str]
    folder: Path
    url: str
    pids: dict[str, int]
    client: BackendClient

    def actions(self) -> tuple[Action, ...]:
        return self.client.actions(View.ALL, limit=500).items

    def action(self, title: str) -> Action:
        return next(action for action in self.actions() if action.title == title)

    def until(self, holds: Callable[[], object]) -> None:
        """Look again with each change; fails after the time in which all of this has to happen."""
        end, size = steady() + PATIENCE, 0
        while not holds():
            left = end - steady()
            assert left > 0, [(action.agent, action.title, action.status) for action in self.actions()]
            size = self.client.feed(size, limit=1, wait=min(left, 1.0)).size

    def reviewer(self) -> Reviewer:
        me = self.client.me()
        key = MemoryKeys().key(me.origin, me.subject)
        return Reviewer(self.client, key, me.origin, SystemClock(), SystemIds())


@contextmanager
def demo(folder: Path, *options: str) -> Iterator[Watched]:
    command = [
        sys.executable,
        "-m",
        "lineclear",
        "demo",
        "--headless",
        "--json",
        "--data",
        str(folder),
        *options,
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        silent = threading.Timer(60, process.kill)
        silent.start()
        try:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline())
            silent.cancel()
            token = json.loads(Path(said["tokens"]).read_text())["ops-west"]
            client = BackendClient(said["url"], token)
            try:
                yield Watched(process, folder, said["url"], said["pids"], client)
            finally:
                client.close()
        finally:
            silent.cancel()
            process.terminate()
            process.communicate(timeout=120)


def wait_for_end(pids: dict[str, int], seconds: float) -> list[str]:
    """Names of those that are still there after some seconds; needs no parent of theirs."""
    left, end = dict(pids), steady() + seconds
    for name, pid in pids.items():
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            del left[name]
            continue
        try:
            if select.select([handle], [], [], max(0.0, end - steady()))[0]:
                del left[name]
        finally:
            os.close(handle)
    return list(left)


needs_handles = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="watching strangers end needs pidfd_open"
)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with demo(tmp_path_factory.mktemp("demo") / "data", *QUICK) as running:
        yield running


def test_soon_the_queue_holds_the_work_of_every_agent(watched: Watched):
    watched.until(lambda: {action.agent for action in watched.client.actions().items} >= set(AGENTS))
    titles = {action.title for action in watched.client.actions().items}
    assert titles >= {
        "Refund $180.00 to customer 4411",
        "Grant storage.admin on storage/artifacts to service:deploy-bot",
        "Update 12 fields on Northwind GmbH",
        "Merge fix/retry-budget into main",
        "Correct 3 lines on invoice 2026-1187",
        "Close 38 tickets",
        "Deploy billing 4.18 to staging",
    }
    tiers = {action.title.partition(" ")[0]: action.tier for action in watched.client.actions().items}
    assert (tiers["Refund"], tiers["Grant"], tiers["Update"]) == (Tier.TWO, Tier.THREE, Tier.ONE)


def test_a_small_refund_runs_without_a_person_and_the_crm_really_changed(watched: Watched):
    def is_done() -> bool:
        return any(
            action.status is ActionStatus.SUCCEEDED and action.amount == "36.00"
            for action in watched.actions()
        )

    watched.until(is_done)
    refund = watched.action("Refund $36.00 to customer 4207")
    assert (refund.cleared_by, refund.votes) == ("policy", ())
    assert read_row(watched.folder, "payments", "pay_8851")["status"] == "refunded"
    assert read_row(watched.folder, "customers", "cus_4207")["balance"] == "0.00"


def test_a_refund_over_the_ceiling_is_denied_and_changes_nothing(watched: Watched):
    watched.until(lambda: any(action.amount == "249.00" for action in watched.actions()))
    refund = watched.action("Refund $249.00 to customer 4630")
    assert refund.status is ActionStatus.DENIED
    assert read_row(watched.folder, "payments", "pay_8863")["amount_refunded"] == "0.00"


def test_every_waiting_action_has_evidence_and_a_job_with_spending(watched: Watched):
    watched.until(lambda: len(watched.client.actions().items) >= len(AGENTS))
    for action in watched.client.actions().items:
        detail = watched.client.detail(action.id)
        spans = {span.id for span in detail.spans}
        assert {one.span for one in action.evidence} <= spans
        assert action.evidence
        assert 0 < detail.job.cost_micros < detail.job.budget.cost_micros
        # What policy said becomes a step when the agent hears of it: shortly after the action is there.
        watched.until(lambda one=action: kinds(watched, one.id) >= {"model", "policy"})


def kinds(watched: Watched, action: str) -> set[str]:
    return {span.kind.value for span in watched.client.detail(action).spans}


def test_what_a_person_approves_takes_effect_and_its_job_is_completed(watched: Watched):
    watched.until(lambda: any(action.agent == "billing-agent" for action in watched.client.actions().items))
    wanted = watched.action("Correct 3 lines on invoice 2026-1187")
    before = read_row(watched.folder, "invoices", "2026-1187")["total"]
    watched.reviewer().decide(wanted, Verdict.APPROVE)
    watched.until(lambda: watched.client.job(wanted.job).status is JobStatus.ENDED)
    assert watched.client.job(wanted.job).outcome == "completed"
    after = read_row(watched.folder, "invoices", "2026-1187")["total"]
    assert float(before) - float(after) == 240.0


def test_the_hostile_note_arrives_as_it_was_sent(watched: Watched):
    watched.until(lambda: any(action.agent == "triage-agent" for action in watched.client.actions().items))
    assert "\u202eevorppa\u202c" in watched.action("Close 38 tickets").note


def test_tokens_are_for_their_owner_alone(watched: Watched):
    assert (watched.folder / "tokens.json").stat().st_mode & 0o777 == 0o600


@needs_handles
def test_everything_ends_when_it_is_closed_and_a_second_start_goes_on(tmp_path: Path):
    folder = tmp_path / "data"
    with demo(folder, *QUICK, "--actions", "3") as first:
        first.until(lambda: len(first.client.actions().items) >= len(AGENTS))
        waiting = {action.id for action in first.client.actions().items}
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(60) == 0
        assert wait_for_end(first.pids, 0) == []
    with demo(folder, *QUICK, "--actions", "3") as second:
        second.until(lambda: len(second.client.actions(View.ALL).items) >= len(waiting))
        again = second.client.actions().items
        assert waiting <= {action.id for action in again}
        assert len({(action.agent, action.title) for action in again}) == len(again)
        assert refunds(folder, "pay_8851") <= 1


@needs_handles
def test_a_demo_that_is_killed_leaves_no_child(tmp_path: Path):
    with demo(tmp_path / "data", *QUICK) as killed:
        killed.process.kill()
        killed.process.wait(60)
        assert wait_for_end(killed.pids, 60) == []


def test_a_backend_that_is_gone_ends_the_demo_and_is_named(tmp_path: Path):
    with demo(tmp_path / "data", *QUICK) as running:
        os.kill(running.pids["backend"], signal.SIGKILL)
        _, said = running.process.communicate(timeout=60)
    assert running.process.returncode == 4
    assert "backend has ended with -9.\n" in said


def test_an_agent_without_a_valid_token_says_so_and_ends(watched: Watched):
    command = [sys.executable, "-m", "lineclear.demo.agents", "code", "--data", str(watched.folder)]
    places = {"LINECLEAR_URL": watched.url, "LINECLEAR_TOKEN": "lc_agent_nobody"}
    run = subprocess.run(command, env=os.environ | places, capture_output=True, text=True, check=False)
    assert run.returncode == 4
    assert "The token is missing, unknown or revoked." in run.stderr


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path):
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    for fresh in (False, True):
        with pytest.raises(Refusal) as refused:
            prepare(tmp_path, seed=7, fresh=fresh)
        assert refused.value.code is Code.DOCUMENT_INVALID
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_fresh_start_begins_anew_and_another_start_keeps_its_seed(tmp_path: Path):
    folder = tmp_path / "data"
    assert prepare(folder, seed=7, fresh=False) == 7
    (folder / "lineclear.db").write_bytes(b"an old ledger")
    assert prepare(folder, seed=8, fresh=False) == 7
    assert (folder / "lineclear.db").exists()
    assert prepare(folder, seed=8, fresh=True) == 8
    assert not (folder / "lineclear.db").exists()


def test_a_start_that_broke_off_is_made_whole(tmp_path: Path):
    folder = tmp_path / "data"
    prepare(folder, seed=7, fresh=False)
    (folder / "workspace.yaml").unlink()
    assert prepare(folder, seed=7, fresh=False) == 7
    assert read_row(folder, "payments", "pay_8841")["amount"] == "180.00"
