"""The Git connector beyond the common contract: what the repository holds afterwards, and after a crash."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from dulwich.repo import Repo

from lineclear.adapters.connectors.git.repository import opened, trailers
from lineclear.application.ports import ToolFailed
from lineclear.domain.effects import Shape
from support_connectors import GitSystem


@pytest.fixture
def system(tmp_path) -> GitSystem:
    return GitSystem(tmp_path / "code.git")


def applied(system: GitSystem, key: str = "key-1"):
    connector = system.connector()
    version = connector.preview(system.tool, system.arguments).version
    return connector.apply(system.tool, system.arguments, expected=version, key=key)


def head(system: GitSystem, branch: str = "main") -> bytes:
    with Repo(str(system.path)) as repo:
        return repo.refs[f"refs/heads/{branch}".encode()]


def test_a_change_is_shown_as_the_files_that_it_touches(system):
    preview = system.connector().preview(system.tool, system.arguments)
    assert preview.shape is Shape.CODE
    assert preview.title == "Merge Fewer retries into main"
    assert preview.before == {"src/settings.py": "RETRIES = 3\n", "OLD": "old\n"}
    assert preview.after == {"src/settings.py": "RETRIES = 1\n", "docs/new/retries.md": "Once, no more.\n"}


def test_a_change_is_a_commit_on_a_branch_of_its_own_merged(system):
    base = head(system)
    effect = applied(system)
    with Repo(str(system.path)) as repo:
        merge = repo[effect.reference.encode()]
        assert head(system) == merge.id
        assert merge.parents == [base, head(system, "lineclear/key-1")]
        assert merge.author == b"Lineclear <lineclear@example.org>"
        assert merge.commit_time == 1_795_000_000
        assert trailers(merge)["Lineclear-Key"] == "key-1"
        proposed = repo[merge.parents[1]]
        assert proposed.message.startswith(b"Fewer retries\n\nOne is enough.")
        assert trailers(proposed)["Lineclear-Key"] == "key-1"


def test_a_preview_writes_no_object(system):
    objects = sorted(system.path.rglob("*"))
    system.connector().preview(system.tool, system.arguments)
    assert sorted(system.path.rglob("*")) == objects


def test_work_elsewhere_on_the_branch_does_not_stand_in_the_way(system):
    connector = system.connector()
    preview = connector.preview(system.tool, system.arguments)
    system.work_elsewhere()
    assert connector.preview(system.tool, system.arguments).version == preview.version
    connector.apply(system.tool, system.arguments, expected=preview.version, key="key-1")
    with Repo(str(system.path)) as repo:
        entries = {entry.path for entry in repo.object_store.iter_tree_contents(repo[head(system)].tree)}
    assert entries == {b"README", b"docs/new/retries.md", b"link", b"logo.png", b"src/settings.py"}
    assert "README" not in connector.find(system.tool, system.arguments, key="key-1").after


def test_killed_between_branch_and_merge_it_did_not_happen_and_is_taken_up_again(system):
    connector = system.connector()
    preview = connector.preview(system.tool, system.arguments)
    before = head(system)
    applied(system)
    with Repo(str(system.path)) as repo:
        proposed = repo.refs[b"refs/heads/lineclear/key-1"]
        repo.refs[b"refs/heads/main"] = before
    assert connector.find(system.tool, system.arguments, key="key-1") is None
    system.work_elsewhere()
    effect = connector.apply(system.tool, system.arguments, expected=preview.version, key="key-1")
    with Repo(str(system.path)) as repo:
        assert repo[effect.reference.encode()].parents[1] == proposed
    assert effect.after == preview.after


def test_killed_while_a_ref_moved_the_next_writer_clears_our_lock(system):
    (system.path / "refs/heads/main.lock").touch()
    (system.path / "lineclear.lock").write_text("refs/heads/main")
    assert applied(system).after
    assert not (system.path / "refs/heads/main.lock").exists()


def test_a_lock_of_somebody_else_is_respected_and_named(system):
    (system.path / "refs/heads/main.lock").touch()
    with pytest.raises(ToolFailed, match=r"main\.lock") as error:
        applied(system)
    assert error.value.code == "unreachable"
    (system.path / "refs/heads/main.lock").unlink()
    assert applied(system).after


def test_find_sees_a_merge_whose_own_branch_was_removed(system):
    effect = applied(system)
    with Repo(str(system.path)) as repo:
        del repo.refs[b"refs/heads/lineclear/key-1"]
    assert system.connector().find(system.tool, system.arguments, key="key-1") == effect


def test_a_key_forged_in_a_message_is_not_an_effect(system):
    applied(system)
    assert system.connector().find(system.tool, system.arguments, key="forged") is None


def test_a_change_that_lost_the_race_leaves_no_branch_behind(system):
    with opened(system.path, "L <l@e>", lambda: 0) as repository, repository.exclusive():
        proposed = repository.propose("key-9", repository.head("main"), {}, [], "x\n")
        repository.withdraw("key-9", proposed)
        assert repository.proposed("key-9") is None


def test_no_hook_runs(system):
    for name in ("pre-receive", "update", "post-update", "post-commit", "reference-transaction"):
        hook = system.path / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ntouch {system.path.parent}/ran-{name}\nexit 1\n")
        hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    applied(system)
    assert not list(system.path.parent.glob("ran-*"))


def test_what_a_user_configured_changes_nothing(system, home):
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Eve\n[core]\n\tautocrlf = true\n[commit]\n\tgpgsign = true\n"
    )
    effect = applied(system)
    with Repo(str(system.path)) as repo:
        assert b"Eve" not in repo[effect.reference.encode()].as_raw_string()


def test_a_file_keeps_its_mode_through_do_and_undo(system):
    with opened(system.path, "L <l@e>", lambda: 0) as repository, repository.exclusive():
        state = repository.snapshot("main").state("src/settings.py")
        base = repository.head("main")
        script = type(state)(state.blob, 0o100755)
        proposed = repository.propose("mode", base, {"src/settings.py": script}, [], "x\n")
        repository.merge("main", base, proposed, {"src/settings.py": script}, "x\n")
    state = system.snapshot()
    effect = applied(system)
    assert system.snapshot()["src/settings.py"].startswith("100755")
    connector = system.connector()
    version = connector.preview_undo(system.tool, effect.receipt).version
    connector.undo(system.tool, effect.receipt, expected=version, key="undo-1")
    assert system.snapshot() == state


def test_a_repository_with_a_work_tree_is_refused(tmp_path):
    Repo.init(str(tmp_path / "work"), mkdir=True).close()
    with pytest.raises(ToolFailed, match="work tree"), opened(tmp_path / "work", "L <l@e>", lambda: 0):
        pass


def test_a_file_that_is_already_so_is_refused(system):
    arguments = {"title": "t", "files": [{"path": "README", "content": "hello\n"}]}
    with pytest.raises(ToolFailed, match="already has exactly this content"):
        system.connector().preview(system.tool, arguments)


def test_objects_are_readable_by_everybody_and_leave_no_temporary_files(system):
    applied(system)
    objects = [path for path in Path(system.path / "objects").rglob("*") if path.is_file()]
    assert not [path for path in objects if path.name.startswith("tmp_obj_")]
