"""The suite's own rules bite: a test that leaves something behind fails, and says what it left."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from support_benchmarks import AtLeast, AtMost, Ratio, table
from support_source import PROJECT

SAMPLE = """
import logging, os, pathlib, threading, warnings
import pytest

def test_warns_in_the_log():
    logging.getLogger("sample").warning("lease %s lost", 7)

@pytest.mark.allow_log("lease . lost", reason="the subject of this test")
def test_warns_as_allowed():
    logging.getLogger("sample").warning("lease %s lost", 7)

@pytest.mark.allow_log("lease")
def test_allows_without_a_reason():
    pass

def test_leaves_a_thread():
    threading.Thread(target=threading.Event().wait, args=(20,), name="left-over", daemon=True).start()

def test_warns():
    warnings.warn("old", DeprecationWarning)

def test_has_a_home(home):
    assert pathlib.Path.home() == home
    assert oct(pathlib.Path(os.environ["XDG_RUNTIME_DIR"]).stat().st_mode)[-3:] == "700"

@pytest.mark.bench
def test_is_a_benchmark():
    raise AssertionError

@pytest.mark.long
def test_is_long():
    raise AssertionError
"""


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a run of the sample under the project's own settings says."""
    folder = tmp_path_factory.mktemp("suite")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_sample.py").write_text(SAMPLE, encoding="utf-8")
    (folder / "pyproject.toml").write_bytes((PROJECT / "pyproject.toml").read_bytes())
    fixtures = (PROJECT / "tests/conftest.py").read_text(encoding="utf-8")
    hasty = re.sub(r"^THREAD_GRACE = .*", "THREAD_GRACE = 0.1", fixtures, flags=re.MULTILINE)
    (folder / "tests" / "conftest.py").write_text(hasty, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(PROJECT / "tests")},
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout + run.stderr


@pytest.mark.parametrize(
    "complaint",
    [
        "WARNING sample: lease 7 lost",
        "allow_log wants a reason",
        "threads outlive the test: left-over",
        "DeprecationWarning: old",
    ],
)
def test_a_careless_test_fails_and_says_why(outcome: str, complaint: str):
    assert complaint in outcome


def test_a_careful_test_passes_and_marked_ones_wait_for_their_command(outcome: str):
    assert "1 failed, 4 passed, 2 deselected, 3 errors" in outcome


def test_the_suite_opens_no_window():
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_the_table_of_ratios_says_what_is_met_and_what_is_missed():
    lines = table(
        [
            Ratio("append", "unhashed insert", 0.9, AtLeast(0.85)),
            Ratio("field diff", "json.loads", 1.25, AtMost(1.0)),
        ]
    )
    assert [line.split()[-1] for line in lines[1:]] == ["met", "MISSED"]
    assert table([]) == []
