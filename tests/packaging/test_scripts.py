"""The commands of packaging/ on a small project of their own: what they make, start and say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from support_source import PROJECT, write

SCRIPTS = ("run", "test", "bench", "lock", "words")
TOOLS = (
    *("bash", "cat", "chmod", "cmp", "cp", "dirname", "env", "grep", "id", "ls", "mkdir", "rm"),
    *("sed", "sh", "sleep", "tail", "tr", "uname"),
)
PYTHON = str(Path(sys.executable).resolve())

# What stands in for the program: it says how it was called.
PROGRAM = """
import os, sys

def main():
    print(sys.argv, os.environ.get("QT_QPA_PLATFORM"), sys.stdin.read(1) == "")
"""

APT = """#!/bin/sh
echo "$*" >>"$(dirname "$0")/apt.log"
case "$*" in *install*) touch "$(dirname "$0")/installed" ;; esac
"""

QT_WITHOUT_LIBRARIES = """
import pathlib, sys
if not (pathlib.Path(__file__).parents[1] / "tools" / "installed").exists():
    print("libxcb1 libegl1\\nlibxcb.so.1 libEGL.so.1")
    sys.exit(1)
"""


class Checkout:
    """A project of its own with the real scripts, nothing to install, and only the tools it is given."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tools = root / "tools"
        shutil.copytree(PROJECT / "packaging", root / "packaging")
        shutil.copytree(PROJECT / ".ci", root / ".ci")
        self.lock = root / "packaging" / "requirements.lock"
        for lock in root.glob("packaging/*.lock"):
            lock.write_text("# nothing\n", encoding="utf-8")
        write(root / "app", {"lineclear/cli/__init__.py": PROGRAM})
        (root / "tests" / "benchmarks").mkdir(parents=True)
        (root / "tests" / "benchmarks" / "test_kernel.py").touch()
        (root / "tests" / "support_postgres.py").write_text("", encoding="utf-8")
        self.tools.mkdir()
        for tool in TOOLS:
            (self.tools / tool).symlink_to(shutil.which(tool))

    def give(self, name: str, script: str) -> None:
        """Another tool on the path, in place of one that is there."""
        (self.tools / name).unlink(missing_ok=True)
        (self.tools / name).write_text(script, encoding="utf-8")
        (self.tools / name).chmod(0o755)

    def give_uv(self) -> None:
        (self.tools / "uv").symlink_to(shutil.which("uv") or Path(sys.executable).with_name("uv"))

    def start(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        own = {"PATH": str(self.tools), "HOME": str(self.root / "home"), "LINECLEAR_PYTHON": PYTHON}
        return subprocess.run(
            [self.root / command[0], *command[1:]],
            env=own | {"UV_OFFLINE": "1", "PIP_NO_INDEX": "1"} | environment,
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.start("packaging/run", *arguments, **environment)


@pytest.fixture
def bare(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "project")


@pytest.fixture
def checkout(bare: Checkout) -> Checkout:
    bare.give_uv()
    return bare


def has_remedy(result: subprocess.CompletedProcess[str]) -> bool:
    return result.returncode != 0 and "What to do: " in result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "script", [*(f"packaging/{name}" for name in SCRIPTS), "packaging/environment.sh", ".ci/run"]
)
def test_every_script_is_sound_bash(script: str):
    checked = subprocess.run(["bash", "-n", PROJECT / script], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert script.endswith(".sh") or os.access(PROJECT / script, os.X_OK)


@pytest.mark.parametrize("script", SCRIPTS)
def test_help_is_given_before_anything_is_made(bare: Checkout, script: str):
    helped = bare.start(f"packaging/{script}", "--help", LINECLEAR_PYTHON="")
    assert helped.returncode == 0
    assert helped.stdout.startswith(f"Usage: ./packaging/{script}")
    assert not (bare.root / ".cache").exists()


def test_the_first_start_makes_an_environment_and_the_second_uses_it_at_once(checkout: Checkout):
    first = checkout.run("--smoke", "out")
    assert (first.returncode, "Preparing an environment" in first.stderr) == (0, True), first.stderr
    began = time.perf_counter()
    second = checkout.run("--smoke", "out")
    assert (second.returncode, second.stderr) == (0, "")
    assert time.perf_counter() - began < 1


def test_an_environment_is_made_without_uv_too(bare: Checkout):
    started = bare.run("--smoke", "out")
    assert started.stdout == "['lineclear', 'demo', '--smoke', 'out'] offscreen True\n", started.stderr


def test_a_changed_lock_and_a_broken_environment_are_made_anew(checkout: Checkout):
    checkout.run("--smoke", "out")
    checkout.lock.write_text("# nothing else\n", encoding="utf-8")
    assert "Preparing an environment" in checkout.run("--smoke", "out").stderr
    (checkout.root / ".cache" / "run" / "bin" / "python").unlink()
    again = checkout.run("--smoke", "out")
    assert ("Preparing an environment" in again.stderr, again.returncode) == (True, 0)


def test_a_build_that_was_killed_does_not_block_the_next(checkout: Checkout):
    ended = subprocess.Popen(["true"])
    ended.wait()
    write(checkout.root, {".cache/run.building/pid": f"{ended.pid}\n"})
    assert checkout.run("--smoke", "out").returncode == 0


def test_the_folder_can_be_moved(checkout: Checkout):
    checkout.run("--smoke", "out")
    moved = Path(f"{checkout.root}-moved")
    checkout.root.rename(moved)
    checkout.root, checkout.tools = moved, moved / "tools"
    started = checkout.run("--smoke", "out")
    assert (started.returncode, started.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "reached"),
    [
        ([], ["lineclear", "demo"]),
        (["--smoke", "out"], ["lineclear", "demo", "--smoke", "out"]),
        (["--", "serve", "--port", "1"], ["lineclear", "serve", "--port", "1"]),
        (["--", "demo", "--help"], ["lineclear", "demo", "--help"]),
    ],
)
def test_arguments_reach_the_program(checkout: Checkout, arguments: list[str], reached: list[str]):
    started = checkout.run(*arguments, DISPLAY=":99")
    assert started.stdout.startswith(str(reached)), started.stderr


def test_a_closed_standard_input_does_no_harm(checkout: Checkout):
    started = checkout.start("tools/bash", "-c", "packaging/run --smoke out <&-")
    assert started.stdout == "['lineclear', 'demo', '--smoke', 'out'] offscreen True\n", started.stderr


def test_without_a_screen_the_smoke_run_is_offered(checkout: Checkout):
    refused = checkout.run()
    assert has_remedy(refused)
    assert "./packaging/run --smoke" in refused.stderr


def test_without_python_it_says_which_to_install(bare: Checkout):
    refused = bare.run("--smoke", "out", LINECLEAR_PYTHON="")
    assert has_remedy(refused)
    assert "Python 3.12" in refused.stderr


def test_a_named_python_that_is_none_is_refused_by_name(bare: Checkout):
    refused = bare.run("--smoke", "out", LINECLEAR_PYTHON="/bin/false")
    assert has_remedy(refused)
    assert "/bin/false" in refused.stderr


@pytest.mark.parametrize("where", ["tools/python3.13", "home/.pyenv/versions/3.12.7/bin/python3"])
def test_a_python_is_found_on_the_path_and_behind_pyenv(checkout: Checkout, where: str):
    checkout.give("python3", "#!/bin/sh\necho 'pyenv: command not found' >&2\nexit 127\n")
    write(checkout.root, {where: f'#!/bin/sh\nexec {PYTHON} "$@"\n'})
    (checkout.root / where).chmod(0o755)
    started = checkout.run("--smoke", "out", LINECLEAR_PYTHON="")
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize("installer", ["uv", "pip"])
def test_packages_that_cannot_be_had_end_with_a_remedy(bare: Checkout, installer: str):
    if installer == "uv":
        bare.give_uv()
    bare.lock.write_text(f"no-such-thing==1 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    refused = bare.run("--smoke", "out")
    assert has_remedy(refused)
    assert not (bare.root / ".cache" / "run.building").exists()


@pytest.mark.parametrize(
    ("user", "expected"), [("0", "Installing"), ("1000", "sudo apt-get update && sudo apt-get install")]
)
def test_missing_qt_libraries_are_installed_by_root_and_named_to_others(
    checkout: Checkout, user: str, expected: str
):
    checkout.give("apt-get", APT)
    checkout.give("id", f"#!/bin/sh\necho {user}\n")
    (checkout.root / "packaging" / "qt_libraries.py").write_text(QT_WITHOUT_LIBRARIES, encoding="utf-8")
    (checkout.tools / "touch").symlink_to(shutil.which("touch"))
    started = checkout.run("--smoke", "out")
    assert expected in started.stderr
    assert "libxcb1 libegl1" in started.stderr
    assert has_remedy(started) == (user != "0")


def test_where_there_is_no_apt_the_missing_libraries_are_named(checkout: Checkout):
    (checkout.root / "packaging" / "qt_libraries.py").write_text(QT_WITHOUT_LIBRARIES, encoding="utf-8")
    refused = checkout.run("--smoke", "out")
    assert has_remedy(refused)
    assert "libegl1" in refused.stderr


def test_a_program_without_a_window_asks_for_no_libraries(checkout: Checkout):
    (checkout.root / "packaging" / "qt_libraries.py").write_text(QT_WITHOUT_LIBRARIES, encoding="utf-8")
    assert checkout.run("--", "serve").returncode == 0


def test_missing_postgres_is_named_and_the_tests_go_on(checkout: Checkout):
    (checkout.root / "tests" / "support_postgres.py").write_text("raise SystemExit(1)", encoding="utf-8")
    checkout.give("id", "#!/bin/sh\necho 1000\n")
    tested = checkout.start("packaging/test", "tests")
    assert "install the package postgresql" in tested.stderr
    assert "tests ..." in tested.stderr


def test_failed_checks_are_summed_up(checkout: Checkout):
    tested = checkout.start("packaging/test")
    assert has_remedy(tested)
    assert "Not good: lint formatting layers tests types." in tested.stderr


def test_an_unknown_benchmark_is_answered_with_the_known_ones(checkout: Checkout):
    refused = checkout.start("packaging/bench", "nonsense")
    assert has_remedy(refused)
    assert "kernel" in refused.stderr


def test_locking_without_uv_says_how_to_get_it(bare: Checkout):
    assert has_remedy(bare.start("packaging/lock"))


def test_the_continuous_check_is_the_test_command_that_skips_nothing(bare: Checkout):
    (bare.root / "packaging" / "test").write_text('#!/bin/sh\necho "CI=$CI $#"\n', encoding="utf-8")
    assert bare.start(".ci/run").stdout == "CI=true 0\n"


@pytest.fixture(scope="module")
def missing_libraries() -> Callable[[Path, tuple[str, ...]], set[str]]:
    spec = spec_from_file_location("qt_libraries", PROJECT / "packaging" / "qt_libraries.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.missing_libraries


def test_a_library_that_the_loader_refuses_is_named(tmp_path: Path, missing_libraries):
    assert missing_libraries(tmp_path, ("libabsent.so.1",)) == {str(tmp_path / "libabsent.so.1")}


def test_a_library_that_loads_misses_nothing(missing_libraries):
    assert missing_libraries(Path(), ("libc.so.6",)) == set()
