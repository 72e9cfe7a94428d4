"""What lies in the repository: a fixed top level, locks without addresses, no trace of anybody's machine."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support_source import PROJECT

TOP_LEVEL = {"pyproject.toml", "README.md", "LICENSE", "app", "resources", "tests", "packaging"}
LOCKS = {
    "packaging/requirements.lock": {"desktop", "server", "postgres"},
    "packaging/requirements-dev.lock": None,
}

# Put together here, so that this file does not match itself.
MACHINE = re.compile(
    "|".join(
        [
            *(rf"(?<![\w.])/{folder}/" for folder in ("root", "home", "Users")),
            *(
                re.escape(host)
                for host in ("pypi." + "org", "files.python" + "hosted.org", "registry.npm" + "js.org")
            ),
        ]
    )
)


def repository_files() -> list[str]:
    """What Git knows or would add; without Git (an unpacked archive) there is nothing to judge."""
    if shutil.which("git") is None:
        pytest.skip("the git program is not here")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a Git checkout")
    return [name for name in listed.stdout.split("\0") if name and (PROJECT / name).is_file()]


def strays(names: Iterable[str]) -> set[str]:
    """Top-level entries that are neither among the known nor hidden."""
    return {
        top for top in (name.partition("/")[0] for name in names) if top not in TOP_LEVEL and top[0] != "."
    }


def traces(root: Path, names: Iterable[str]) -> list[str]:
    """Lines of text files that name a private folder or a package registry."""
    found = []
    for name in names:
        content = (root / name).read_bytes()
        if b"\0" in content:
            continue
        text = content.decode("utf-8", errors="replace")
        found += [f"{name}: {match[0]}" for match in MACHINE.finditer(text)]
    return found


def unlocked(lock: str, wanted: Iterable[str]) -> list[str]:
    """Requirements that no line of a lock satisfies. Several lines of one name serve several platforms."""
    pins = re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock, re.MULTILINE)
    locked: dict[str, list[str]] = {}
    for name, version in pins:
        locked.setdefault(canonicalize_name(name), []).append(version)
    parsed = [Requirement(requirement) for requirement in wanted]
    return [
        str(requirement)
        for requirement in parsed
        if not any(
            version in requirement.specifier
            for version in locked.get(canonicalize_name(requirement.name), [])
        )
    ]


def test_the_top_level_is_what_the_map_says():
    assert strays(repository_files()) == set()


def test_a_stray_top_level_entry_is_found():
    assert strays(["README.md", ".python-version", "app/x.py", "notes.txt", "docs/x.md"]) == {
        "notes.txt",
        "docs",
    }


def test_no_file_names_somebodys_folder_or_a_registry():
    assert traces(PROJECT, repository_files()) == []


def test_a_trace_of_a_machine_is_found(tmp_path: Path):
    folder = "/" + "home/somebody"
    (tmp_path / "a.md").write_text(f"look into {folder} for it\n", encoding="utf-8")
    (tmp_path / "b.toml").write_text("index = 'https://" + "pypi." + "org/simple'\n", encoding="utf-8")
    (tmp_path / "c.md").write_text("https://example.com/home/page and ~/notes\n", encoding="utf-8")
    assert len(traces(tmp_path, ["a.md", "b.toml", "c.md"])) == 2


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_hold_hashes_and_no_addresses(name: str):
    text = (PROJECT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=\S)", text) if "==" in entry)


@pytest.mark.parametrize(("name", "extras"), LOCKS.items())
def test_lock_files_answer_pyproject(name: str, extras: set[str] | None):
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(name for extra in extras or optional for name in optional[extra])]
    assert unlocked((PROJECT / name).read_text(encoding="utf-8"), wanted) == []


def test_an_unanswered_requirement_is_found():
    lock = "a-b==1.0 \\\n    --hash=sha256:0\nc==2.1 ; sys_platform == 'linux' \\\n    --hash=sha256:0\n"
    assert unlocked(lock, ["A_B", "c>=2.1", "c>=3", "d"]) == ["c>=3", "d"]


def test_the_demo_runs_on_the_versions_that_were_tested():
    demo, tested = (
        set(re.findall(r"^[\w.-]+==[^\s;\\]+", (PROJECT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in LOCKS
    )
    assert demo - tested == set()


def dead_links(root: Path, documents: Iterable[str]) -> list[str]:
    """Links between documents that lead to no file."""
    return [
        f"{document}: {target}"
        for document in documents
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", (root / document).read_text(encoding="utf-8"))
        if not (root / document).parent.joinpath(target).exists()
    ]


def test_every_link_between_documents_leads_somewhere():
    documents = [
        name for name in repository_files() if name.endswith(".md") and name.startswith(("README", "app"))
    ]
    assert "app/CONSOLE.md" in documents
    assert dead_links(PROJECT, documents) == []


def test_a_dead_link_is_found(tmp_path: Path):
    (tmp_path / "a.md").write_text(
        "[b](b.md), [here](a.md#top), [c](https://example.com/c.md)", encoding="utf-8"
    )
    assert dead_links(tmp_path, ["a.md"]) == ["a.md: b.md"]
