"""The suite forgives nothing: fixtures that hold for every test, and the ones that several folders share.

A log record of WARNING or above fails its test unless the test allows it with a reason:
`@pytest.mark.allow_log(r"lease .* lost", reason="the subject of this test")`. A thread that outlives its
test fails it. Every test has a home folder of its own.
"""

from __future__ import annotations

import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from support_benchmarks import Ratio, table
from support_postgres import Cluster, programs, running_cluster

# Before anything imports Qt: a test never opens a window on somebody's screen.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Before anything imports keyring: a test writes into nobody's keyring, and finds none that another test made
# (each class of one offers itself). Programs that tests start have none either.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# Deadlines and slowness are judged by benchmarks, not by a noisy machine in the middle of a property.
settings.register_profile("ci", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("ci"), max_examples=5_000)
settings.load_profile("ci")

# Seconds in which a thread that was told to stop may still be on its way out, on a machine with other work.
THREAD_GRACE = 10.0

# Records that any test may cause: the pattern, and why it says nothing about the product.
ALLOWED_LOGS: dict[str, str] = {}

_RATIOS = pytest.StashKey[list[Ratio]]()


class _Records(logging.Handler):
    """Keeps what is logged at WARNING or above, from any thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record)


def _allowed_patterns(node: pytest.Item) -> list[str]:
    marked = list(node.iter_markers("allow_log"))
    for mark in marked:
        if not mark.kwargs.get("reason"):
            pytest.fail("allow_log wants a reason", pytrace=False)
    return [*ALLOWED_LOGS, *(pattern for mark in marked for pattern in mark.args)]


@pytest.fixture(autouse=True)
def _only_expected_logs(request: pytest.FixtureRequest) -> Iterator[None]:
    patterns = _allowed_patterns(request.node)
    records = _Records()
    logging.getLogger().addHandler(records)
    yield
    logging.getLogger().removeHandler(records)
    unexpected = [
        f"{record.levelname} {record.name}: {record.getMessage()}"
        for record in records.kept
        if not any(re.search(pattern, record.getMessage()) for pattern in patterns)
    ]
    if unexpected:
        pytest.fail("unexpected log records:\n" + "\n".join(unexpected), pytrace=False)


@pytest.fixture(autouse=True)
def _no_thread_is_left(_only_expected_logs: None) -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    # A foreign thread (Qt's own, say) that once ran Python code stays listed as a dummy and cannot be joined.
    started = [
        thread
        for thread in threading.enumerate()
        if thread not in before and not isinstance(thread, threading._DummyThread)
    ]
    for thread in started:
        thread.join(THREAD_GRACE)
    left = [thread for thread in started if thread.is_alive() and not _belongs(thread, before)]
    if left:
        named = f"threads outlive the test: {', '.join(thread.name for thread in left)}"
        pytest.fail("\n".join([named, *map(_whereabouts, left)]), pytrace=False)


def _belongs(thread: threading.Thread, before: set[threading.Thread]) -> bool:
    """Whether it is one more of a server that several tests share: its pool grows with what comes at once."""
    return thread.name.startswith("lineclear-request") and any(one.name == "lineclear-http" for one in before)


def _whereabouts(thread: threading.Thread) -> str:
    """What a thread does right now."""
    frame = sys._current_frames().get(thread.ident or 0)
    return f"{thread.name}\n{''.join(traceback.format_stack(frame))}"


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    base, numbers = tmp_path_factory.mktemp("homes", numbered=False), count(1)
    return (base / str(number) for number in numbers)


@pytest.fixture(autouse=True)
def home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, where everything that follows the platform's conventions ends up."""
    folder = next(_homes)
    places = {
        "HOME": folder,
        "USERPROFILE": folder,
        "APPDATA": folder / "roaming",
        "LOCALAPPDATA": folder / "local",
        "XDG_CACHE_HOME": folder / "cache",
        "XDG_CONFIG_HOME": folder / "config",
        "XDG_DATA_HOME": folder / "data",
        "XDG_STATE_HOME": folder / "state",
        "XDG_RUNTIME_DIR": folder / "runtime",
    }
    for name, place in places.items():
        monkeypatch.setenv(name, str(place))
    # The one that must exist, private to its owner (XDG Base Directory Specification).
    (folder / "runtime").mkdir(parents=True, mode=0o700)
    return folder


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """Started when the first test asks. Without PostgreSQL its tests are skipped; with CI=true they fail."""
    folder = programs()
    if folder is None:
        absent = "PostgreSQL is not here: install the package postgresql, or set LINECLEAR_POSTGRES_BIN"
        if os.environ.get("CI") == "true":
            pytest.fail(absent, pytrace=False)
        pytest.skip(absent)
    with running_cluster(folder) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_url(postgres_cluster: Cluster) -> str:
    """The address of the cluster's maintenance database."""
    return postgres_cluster.url()


@pytest.fixture
def postgres_database(postgres_cluster: Cluster) -> Iterator[str]:
    """The address of an empty database of the test's own."""
    with postgres_cluster.database() as url:
        yield url


@pytest.fixture(scope="session")
def report_ratio(pytestconfig: pytest.Config) -> Callable[..., None]:
    """Takes what a benchmark measured, for the table at the end, and fails the test that misses a goal.

    Given several, it lists them all before it fails for any.
    """
    ratios = pytestconfig.stash.setdefault(_RATIOS, [])

    def report(*found: Ratio) -> None:
        ratios.extend(found)
        assert not [" ".join(ratio.cells()) for ratio in found if not ratio.is_met]

    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Prints what the benchmarks measured."""
    ratios: list[Ratio] = config.stash.get(_RATIOS, [])
    for line in table(ratios):
        terminalreporter.write_line(line)
