"""Policy at a terminal: read aloud, compared, brought into force, tried on history."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from lineclear.cli.exits import Exit
from lineclear.cli.watching import Watch
from lineclear.domain.policy.shape import json_schema
from lineclear.domain.vocabulary import Role, Tier
from support.backend import Running, lineclear, new_workspace, refund_payload, running

FULL = Path(__file__).parents[2] / "resources/sample/policy-full.yaml"


@pytest.fixture(scope="module")
def here(tmp_path_factory) -> Iterator[Running]:
    with running(new_workspace(tmp_path_factory.mktemp("lab") / "workspace"), workers=0) as started:
        bot = started.bot()
        for _ in range(4):
            bot.propose(refund_payload("70.00"), confidence="0.86")
        yield started


@pytest.fixture
def other(here: Running, tmp_path: Path) -> Path:
    path = tmp_path / "other.yaml"
    text = (here.folder / "policy.yaml").read_text()
    path.write_text(text.replace("requires_approval_over_usd: 50", "requires_approval_over_usd: 100", 1))
    return path


def said(*arguments: object, code: Exit = Exit.OK) -> str:
    ended = lineclear("policy", *arguments)
    assert ended.returncode == code, ended.stdout + ended.stderr
    return ended.stdout or ended.stderr


def test_a_document_is_read_aloud_line_by_line():
    told = said("explain", FULL)
    assert "   9          max_amount_usd: 200\n              → Over 200.00 USD it is denied" in told
    lines = json.loads(said("explain", FULL, "--json"))["lines"]
    assert [line["text"] for line in lines] == FULL.read_text().splitlines()


def test_the_schema_is_printed():
    assert json.loads(said("schema")) == json_schema()


def test_a_document_is_compared_with_the_one_in_force_and_then_replaces_it(here: Running, other: Path):
    place = ("--url", here.url, "--token", here.token("lead", Role.OPS, tier=Tier.THREE))
    assert "Against version 1, which is in force: 1 looser." in said("diff", other, *place)
    reason = ("--reason", "Small refunds are fine")
    assert "1 looser" in said("activate", other, *place, *reason, code=Exit.USAGE)
    assert "reason" in said("activate", other, *place, "--yes", code=Exit.REFUSED)
    assert "Version 2 is in force, by lead." in said("activate", other, *place, *reason, "--yes")
    assert "Small refunds are fine" in said("versions", *place)
    back = here.folder / "policy.yaml"
    said("activate", back, *place, "--reason", "Back", "--yes")


def test_history_is_replayed_beside_the_policy_in_force(here: Running, other: Path):
    told = said("replay", other, "--data", here.folder)
    assert "actions judged" in told
    assert "other.yaml asks for 4 fewer approvals: 0.1 hours and 8.00 USD less." in told
    page = json.loads(said("replay", other, "--data", here.folder, "--json"))
    assert [one["outcomes"] for one in page["results"]] == [{"ask": 4}, {"allow": 4}]
    both = json.loads(said("compare", other, here.folder / "policy.yaml", "--data", here.folder, "--json"))
    assert [one["outcomes"] for one in both["results"]] == [{"allow": 4}, {"ask": 4}]


def test_a_sweep_draws_what_each_threshold_asks(here: Running, other: Path):
    options = ("--from", 0.84, "--to", 0.88, "--step", 0.01, "--data", here.folder)
    swept = json.loads(said("sweep", other, *options, "--json"))
    assert swept["thresholds"] == ["0.84", "0.85", "0.86", "0.87", "0.88"]
    assert [one["outcomes"] for one in swept["page"]["results"]] == [{"allow": 4}] * 3 + [{"ask": 4}] * 2
    assert "█" in said("sweep", other, *options)
    assert "no thresholds" in said(
        "sweep", "--from", 0.9, "--to", 0.8, "--data", here.folder, code=Exit.USAGE
    )


def test_a_trial_says_what_it_does_not_know(here: Running, other: Path):
    told = said("trial", here.folder / "policy.yaml", other, "--data", here.folder)
    assert "Too little is known" in told
    assert json.loads(said("trial", other, other, "--data", here.folder, "--json"))["finding"] == "too_little"


def test_one_action_is_supposed_and_explained(here: Running, tmp_path: Path):
    payload = tmp_path / "payload.json"
    payload.write_bytes(refund_payload("70.00"))
    told = said("what-if", "--payload", payload, "--data", here.folder, "--confidence", "0.9")
    assert told.startswith("It would be asked of 1 person at tier 2.")
    assert "an amount of 50.00 USD: allowed" in told


@pytest.fixture
def _ctrl_c() -> Iterator[None]:
    """Ctrl+C as a terminal has it; who was started in the background ignores it."""
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, usual)


@pytest.mark.usefixtures("_ctrl_c")
def test_ctrl_c_ends_a_replay_with_what_was_read(capsys):
    with Watch("Replaying") as watch:
        assert watch.heard(1, 10)
        signal.raise_signal(signal.SIGINT)
        assert not watch.heard(2, 10)
    assert "what was read so far" in capsys.readouterr().err
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_table_interprets_nothing_that_a_file_is_called(here: Running, tmp_path: Path):
    hostile = tmp_path / "[red]x\u202e.yaml"
    hostile.write_text((here.folder / "policy.yaml").read_text())
    told = said("replay", hostile, "--data", here.folder)
    assert "[red]x" in told
    assert "\u202e" not in told


def test_what_may_be_approved_offline_is_read_and_changed_by_tier_three(here: Running):
    place = ("--url", here.url, "--token", here.token("lead", Role.OPS, tier=Tier.THREE))
    assert json.loads(said("offline", *place, "--json")) == {}
    assert "up to tier 1" in said("offline", *place)
    assert "needs a reason" in said("offline", *place, "--tier", 2, code=Exit.REFUSED)
    assert "tier is from 0 to 2" in said("offline", *place, "--tier", 3, "--reason", "x", code=Exit.REFUSED)
    told = said("offline", *place, "--tier", 2, "--fresh", 30, "--reason", "Bad reception", "--json")
    assert json.loads(told) == {"tier": 2, "fresh_minutes": 30}
