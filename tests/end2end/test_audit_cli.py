"""The audit commands on the sample workspace: really executed, on its own database, and over HTTP."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlcipher3 import dbapi2
from typer.testing import CliRunner, Result

from lineclear.adapters.auditpack.log_key import KEY_FILE, PASSPHRASE, SIGNED_FILE
from lineclear.adapters.auditpack.record import with_record
from lineclear.application.governing.people import Grant, issue_token
from lineclear.application.services import Services
from lineclear.cli import audit
from lineclear.cli.exits import Exit
from lineclear.domain.actions import Action
from lineclear.domain.ledger.tiles import bundles_of, tiles_of
from lineclear.domain.vocabulary import ActionStatus, Role, Verdict
from lineclear.server.embed import DATABASE, open_data
from lineclear.server.serving import HttpServer, listen
from support.backend import new_workspace, refund_payload, running
from support_audit import examiner
from support_ledger import flipped


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Action]:
    """A sample workspace in which a refund was approved and made, and another one rejected."""
    folder = new_workspace(tmp_path_factory.mktemp("worked") / "workspace")
    with running(folder) as here:
        bot, ops = here.bot(), here.hand()
        action = bot.propose(note="Customer was charged twice", why="Ticket 20418")
        ops.decide(action)
        done = bot.client.action(action.id, wait=20)
        ops.decide(bot.propose(refund_payload("55.00")), Verdict.REJECT, "Not a duplicate")
    assert done.status is ActionStatus.SUCCEEDED
    return folder, done


@pytest.fixture(scope="module")
def pack(worked: tuple[Path, Action], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("packs") / "all.auditpack"
    assert invoke("export", "--data", worked[0], "--out", out).exit_code == Exit.OK
    return out


def invoke(*arguments: object, **variables: str) -> Result:
    return CliRunner().invoke(audit.app, list(map(str, arguments)), env=variables)


def said(result: Result) -> dict[str, Any]:
    assert result.stdout.count("\n") == 1, result.stdout
    return json.loads(result.stdout)


def key_of(folder: Path) -> str:
    return said(invoke("key", "--data", folder, "--json"))["key"]


@contextmanager
def recording(folder: Path) -> Iterator[tuple[str, str]]:
    """A backend that answers for its ledger as a log: its address, and an auditor's token."""
    opened = open_data(folder)
    token = issue_token(opened.services, Grant("auditor", Role.AUDITOR)).secret
    listener = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    server = HttpServer(with_record(opened.services, opened.workspace, folder), listener, {"127.0.0.1"})
    server.start()
    try:
        yield f"http://127.0.0.1:{port}", token
    finally:
        server.close()
        opened.close()


def test_i39_a_pack_of_a_really_executed_workspace_is_sound_for_ours_and_for_the_independent_verifier(
    worked: tuple[Path, Action], pack: Path
):
    key = key_of(worked[0])
    result = said(invoke("verify", pack, "--key", key, "--json"))
    assert (result["sound"], result["findings"], result["key"]) == (True, [], key)
    assert (result["counts"]["decisions"], result["counts"]["signatures"], result["counts"]["starts"]) == (
        2,
        2,
        1,
    )
    problems, check = examiner().verify(pack, key)
    assert problems == []
    assert (check.size, check.signatures, check.starts) == (result["size"], 2, 1)
    words = invoke("verify", pack).stdout
    assert words.startswith("SOUND: lineclear.example/")
    assert "Not proven:\n  - That key" in words


def test_a_damaged_pack_ends_with_three_and_says_what_and_where(pack: Path, tmp_path: Path):
    (tmp_path / "bad").write_bytes(flipped(pack.read_bytes(), 4_000))
    result = invoke("verify", tmp_path / "bad", "--json")
    assert result.exit_code == Exit.REFUSED
    told = said(result)
    assert (told["sound"], told["proven"]) == (False, [])
    assert all(found["where"] and found["says"] for found in told["findings"])
    words = invoke("verify", tmp_path / "bad")
    assert words.exit_code == Exit.REFUSED
    assert words.stdout.startswith("NOT SOUND. Nothing in this pack is proven.")


def test_what_comes_from_outside_is_shown_with_escapes(tmp_path: Path):
    hostile = tmp_path / "a\x1b[31m\u202epack"
    hostile.write_bytes(b"nothing")
    shown = invoke("verify", hostile).stdout
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_the_next_pack_continues_the_checkpoint_that_was_kept(tmp_path: Path):
    folder = new_workspace(tmp_path / "workspace")
    opened = open_data(folder)
    issue_token(opened.services, Grant("ops-west", Role.OPS))
    opened.close()
    first, second, kept = tmp_path / "first", tmp_path / "second", tmp_path / "kept"
    assert invoke("export", "--data", folder, "--out", first).exit_code == Exit.OK
    kept.write_bytes((folder / "log.checkpoint").read_bytes())
    opened = open_data(folder)
    issue_token(opened.services, Grant("ops-east", Role.OPS))
    opened.close()
    assert invoke("export", "--data", folder, "--out", second).exit_code == Exit.OK
    result = said(invoke("verify", second, "--checkpoint", kept, "--json"))
    assert any("whose checkpoint you kept" in says for says in result["proven"])
    newest = tmp_path / "newest"
    newest.write_bytes((folder / "log.checkpoint").read_bytes())
    cut = said(invoke("verify", first, "--checkpoint", newest, "--json"))
    assert [found["fault"] for found in cut["findings"]] == ["history"]


def test_show_tells_the_story_and_prove_takes_it_out(worked: tuple[Path, Action], pack: Path, tmp_path: Path):
    action = worked[1].id
    story = invoke("show", pack, action)
    assert story.exit_code == Exit.OK
    for words in ("proposed payments.create_refund", "ops-west (tier 2) decided: approve", "signature holds"):
        assert words in story.stdout
    assert "all proven under the root of" in story.stdout
    told = said(invoke("show", pack, action, "--json"))
    assert [one["type"] for one in told["story"]][-2:] == ["execution.started", "execution.succeeded"]
    assert invoke("show", pack, "act-nobody").exit_code == Exit.REFUSED

    of_job = said(invoke("show", pack, worked[1].job, "--json"))
    assert (of_job["job"], of_job["story"][0]["type"]) == (worked[1].job, "job.opened")
    assert invoke("show", pack, "job-nobody").exit_code == Exit.REFUSED

    made = said(invoke("prove", pack, action, "--out", tmp_path / "one", "--json"))
    assert made["entries"] >= 10
    result = said(invoke("verify", tmp_path / "one", "--key", key_of(worked[0]), "--json"))
    assert (result["sound"], result["scope"]) == (True, "an excerpt of one action")
    assert invoke("prove", pack, action, "--out", tmp_path / "one").exit_code == Exit.REFUSED


@pytest.mark.parametrize(
    ("options", "signatures"),
    [
        (("--action", "ACTION"), 1),
        (("--job", "JOB"), 2),
        (("--agent", "support-agent"), 2),
        (("--capability", "issue_refund"), 2),
        (("--from", "2020-01-01", "--to", "2120-01-01T00:00:00+02:00"), 2),
        (("--to", "2020-01-01"), 0),
    ],
)
def test_every_scope_can_be_exported(
    worked: tuple[Path, Action], tmp_path: Path, options: tuple[str, ...], signatures: int
):
    folder, action = worked
    named = [{"ACTION": action.id, "JOB": action.job}.get(option, option) for option in options]
    made = invoke("export", "--data", folder, "--out", tmp_path / "pack", *named)
    assert made.exit_code == Exit.OK, made.output
    result = said(invoke("verify", tmp_path / "pack", "--key", key_of(folder), "--json"))
    assert result["sound"]
    assert result["counts"].get("signatures", 0) == signatures


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--data", ".", "--url", "http://127.0.0.1:1"),
        ("--url", "http://127.0.0.1:1"),
        ("--data", ".", "--job", "j", "--agent", "a"),
        ("--data", ".", "--job", "j", "--from", "2026-01-01"),
        ("--data", ".", "--from", "yesterday"),
        ("--data", ".", "--from", "2026-01-01T10:00:00"),
    ],
)
def test_options_that_say_two_things_or_nothing_are_wrong_usage(tmp_path: Path, options: tuple[str, ...]):
    assert invoke("export", "--out", tmp_path / "pack", *options).exit_code == Exit.USAGE
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_read_is_a_refusal_and_no_traceback(tmp_path: Path):
    for command in (("verify", tmp_path / "gone"), ("show", tmp_path / "gone", "act-1")):
        ended = invoke(*command, "--json")
        assert ended.exit_code == Exit.REFUSED
        assert "gone" in said(ended)["error"]["sentence"]


def test_a_key_file_of_another_passphrase_is_a_refusal(tmp_path: Path):
    folder = new_workspace(tmp_path / "workspace")
    assert invoke("key", "--data", folder, **{PASSPHRASE: "correct horse"}).exit_code == Exit.OK
    assert b"ENCRYPTED" in (folder / KEY_FILE).read_bytes()
    refused = invoke("key", "--data", folder, "--json")
    assert refused.exit_code == Exit.REFUSED
    assert PASSPHRASE in said(refused)["error"]["sentence"]


# -- over HTTP


def test_a_backend_gives_its_checkpoint_and_every_tile_to_auditors_alone(worked: tuple[Path, Action]):
    with recording(worked[0]) as (url, token):
        wire = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, trust_env=False)
        with wire:
            answer = wire.get("/v1/checkpoint")
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/plain")
            size = int(answer.text.split("\n")[1])
            for place in (*tiles_of(size), *bundles_of(size)):
                given = wire.get(f"/v1/{place.path}")
                assert (given.status_code, given.headers["content-type"]) == (200, "application/octet-stream")
                assert given.content
            again = wire.get("/v1/checkpoint", headers={"If-None-Match": answer.headers["etag"]})
            assert again.status_code == 304
            for path in (
                "tile/0/001",
                "tile/9/000",
                "tile/entries/000",
                "tile/0/000.p/256",
                "tile/0/x/y/z/w",
            ):
                assert wire.get(f"/v1/{path}").status_code == 404
        assert httpx.get(f"{url}/v1/checkpoint", trust_env=False).status_code == 401


def test_a_pack_is_exported_over_http_and_signed_by_its_exporter(worked: tuple[Path, Action], tmp_path: Path):
    folder, action = worked
    vkey = said(invoke("key", "--data", folder, "--json"))["vkey"]
    out = tmp_path / "pack"
    with recording(folder) as (url, token):
        asked = ("export", "--url", url, "--key", vkey, "--out", out, "--action", action.id, "--json")
        made = said(invoke(*asked, LINECLEAR_TOKEN=token))
        wrong = invoke(*asked, LINECLEAR_TOKEN="lc_auditor_nobody")
        other = vkey.replace("lineclear.example", "other.example")
        stranger = invoke("export", "--url", url, "--key", other, "--out", out, LINECLEAR_TOKEN=token)
    assert made["signed_by"] == "exporter"
    assert wrong.exit_code == Exit.REFUSED
    assert stranger.exit_code == Exit.USAGE
    trusting = said(invoke("verify", out, "--key", vkey, "--exporter", made["signer"], "--json"))
    assert (trusting["sound"], trusting["counts"]["signatures"]) == (True, 1)
    assert not said(invoke("verify", out, "--key", vkey, "--json"))["sound"]
    assert examiner().verify(out, vkey, exporter=made["signer"])[0] == []


def test_a_backend_without_a_record_says_so(worked: tuple[Path, Action]):
    opened = open_data(worked[0])
    token = issue_token(opened.services, Grant("auditor", Role.AUDITOR)).secret
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    bare = {field.name: getattr(opened.services, field.name) for field in fields(Services)}
    server = HttpServer(Services(**bare), listener, {"127.0.0.1"})
    server.start()
    try:
        answer = httpx.get(
            f"{url}/v1/checkpoint", headers={"Authorization": f"Bearer {token}"}, trust_env=False
        )
    finally:
        server.close()
        opened.close()
    assert answer.status_code == 404


def test_a_ledger_is_checked_where_it_lies_against_what_was_kept(worked: tuple[Path, Action], tmp_path: Path):
    folder = tmp_path / "copy"
    shutil.copytree(worked[0], folder)
    result = said(invoke("check", "--data", folder, "--json"))
    kept = folder / "kept"
    kept.write_bytes((folder / SIGNED_FILE).read_bytes())
    again = invoke("check", "--data", folder, "--checkpoint", kept)
    assert again.exit_code == Exit.OK
    assert f"All {result['size']:,} entries are those" in again.stdout
    assert f"each checkpoint that you kept: {result['size']:,}" in again.stdout
    kept.write_bytes(flipped(kept.read_bytes(), 40))
    refused = invoke("check", "--data", folder, "--checkpoint", kept)
    assert refused.exit_code == Exit.UNUSABLE
    assert "kept" in refused.stderr


def test_i37_a_ledger_with_a_changed_entry_fails_its_check(worked: tuple[Path, Action], tmp_path: Path):
    folder = tmp_path / "copy"
    shutil.copytree(worked[0], folder)
    assert invoke("check", "--data", folder).exit_code == Exit.OK
    with closing(dbapi2.connect(str(folder / DATABASE))) as connection:
        connection.execute('UPDATE entries SET entry = zeroblob(9) WHERE "index" = 3')
        connection.commit()
    changed = invoke("check", "--data", folder)
    assert changed.exit_code != Exit.OK
    assert "does not continue the one that was signed" in changed.stderr
