"""A person stops a job while a call of it runs: real workers, real connectors, real time (I29)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import pytest

from lineclear.adapters.connectors.catalog import Catalog
from lineclear.adapters.connectors.http.tools import HttpTool
from lineclear.adapters.system.clock import SystemClock
from lineclear.application.executing.permits import STOPPED, UNLIMITED, CallPermit
from lineclear.application.jobs import stop_job
from lineclear.application.ports import ToolFailed, ToolOutcomeUnknown
from lineclear.domain.actions import Action
from lineclear.domain.vocabulary import ActionStatus
from lineclear.server.worker import Workers
from support.faults import Row
from support.http_desk import ARGUMENTS, ASKED, KEYED, PATCH, response
from support.kernel import Kernel
from support_connectors import SqlSystem, made
from support_http_system import http_connector

CANCEL_SECONDS = 2.0
CREDENTIAL_SECONDS = 5.0
SECRET = "swordfish-4711"
PROBE = b"GET / "
FOUND = response("Content-Type: application/json", body=b'{"name": "Ada", "email": "ada@example.org"}')


class Slow:
    """A provider that answers reads and lets whoever writes wait for ever; it counts every request."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.heard: list[tuple[float, bytes]] = []
        self.writing = threading.Event()
        self.gone = threading.Event()
        self._thread = threading.Thread(target=self._serve)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                asked = connection.recv(65_536)
                self.heard.append((monotonic(), asked))
                if asked.startswith(b"GET /operations"):
                    connection.sendall(response(status="404 Not Found"))
                elif asked.startswith(b"GET"):
                    connection.sendall(FOUND)
                else:
                    self.writing.set()
                    while connection.recv(65_536):  # until the other side hangs up
                        pass
                    self.gone.set()

    def begin(self) -> None:
        self._thread.start()


@pytest.fixture
def slow() -> Iterator[Slow]:
    provider = Slow()
    provider.begin()
    yield provider
    provider.close()


@contextmanager
def at_work(kernel: Kernel) -> Iterator[Workers]:
    workers = Workers(kernel.services, count=1, name="worker")
    workers.start()
    try:
        yield workers
    finally:
        workers.close()


def until(told: Callable[[], bool], seconds: float = 60) -> float:
    """How long it took to become true."""
    began, never = monotonic(), threading.Event()
    while not told():
        assert monotonic() - began < seconds, "it never came true"
        never.wait(0.01)
    return monotonic() - began


@pytest.mark.parametrize(
    ("promise", "ends"),
    [(KEYED, ActionStatus.STARTED), (ASKED, ActionStatus.STARTED), ("", ActionStatus.UNKNOWN)],
    ids=["B", "C", "D"],
)
def test_i29_a_stop_breaks_a_slow_request_off_and_nothing_more_is_sent(
    slow: Slow, tmp_path: Path, promise: str, ends: ActionStatus, report_fault: Callable[[Row], None]
):
    header = {"Authorization": {"env": "CRM_TOKEN"}}
    connector = http_connector(
        slow.url,
        {"crm.update_customer": made(HttpTool, PATCH + promise)},
        tmp_path / "journal",
        settings={"timeout": 60, "headers": header},
        environment={"CRM_TOKEN": SECRET},
    )
    kernel = Kernel(clock=SystemClock(), tools=Catalog({"system": connector}))
    ops = kernel.reviewer()
    action = kernel.propose("crm.update_customer", "manage_customers", **ARGUMENTS)
    with at_work(kernel):
        assert slow.writing.wait(60)
        stop_job(kernel.services, ops.principal, kernel.job, "Wrong customer")
        stopped = monotonic()
        assert slow.gone.wait(60), "the connection was never shut"
        cancelled = monotonic() - stopped
        until(lambda: kernel.action(action.id).status is ends and bool(cancelled_by(kernel, action)))
        recorded = monotonic() - stopped
    writes = [asked for _, asked in slow.heard if not asked.startswith(b"GET")]
    assert cancelled <= CANCEL_SECONDS
    assert recorded <= CREDENTIAL_SECONDS
    assert len(writes) == 1
    late = [asked for at, asked in slow.heard if at > stopped and not asked.startswith(PROBE)]
    assert [asked for asked in late if SECRET.encode() in asked] == []
    report_fault(Row("stop during a slow request", 1, f"cancelled after {cancelled:.1f} s, recorded"))


def cancelled_by(kernel: Kernel, action: Action) -> str:
    run = kernel.action(action.id).run
    return run.cancelled_by if run is not None else ""


def test_a_call_without_a_permit_is_not_broken_off(slow: Slow, tmp_path: Path):
    """The check above can fail: nothing else ends that wait."""
    tool = {"crm.update_customer": made(HttpTool, PATCH)}
    connector = http_connector(slow.url, tool, tmp_path / "journal", settings={"timeout": 1.5})
    version = connector.preview("crm.update_customer", ARGUMENTS).version
    began = monotonic()
    with pytest.raises(ToolOutcomeUnknown):
        connector.apply("crm.update_customer", ARGUMENTS, expected=version, key="key-1", permit=UNLIMITED)
    assert monotonic() - began >= 1.4


def test_i29_no_secret_is_looked_up_once_the_permit_is_gone(slow: Slow, tmp_path: Path):
    looked: list[str] = []

    class Watched(dict[str, str]):
        def get(self, name: str, default: object = None) -> str:
            looked.append(name)
            return SECRET

    connector = http_connector(
        slow.url,
        {"crm.update_customer": made(HttpTool, PATCH)},
        tmp_path / "journal",
        settings={"headers": {"Authorization": {"env": "CRM_TOKEN"}}},
        environment=Watched(),
    )
    permit = expired_permit()
    with pytest.raises(ToolFailed) as caught:
        connector.apply("crm.update_customer", ARGUMENTS, expected="", key="key-1", permit=permit)
    assert (caught.value.code, looked, slow.heard) == (STOPPED, [], [])


def expired_permit() -> CallPermit:
    clock = SystemClock()
    permit = CallPermit(clock, clock.now())
    permit.revoke("Its job was stopped by ops-west")
    return permit


SLOW_SQLITE = """
CREATE TRIGGER slow BEFORE UPDATE ON payments BEGIN
    SELECT count(*) FROM (
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT i FROM n
    );
END
"""
SLOW_POSTGRES = (
    """CREATE FUNCTION slow() RETURNS trigger
       AS $$ BEGIN PERFORM pg_sleep(25); RETURN NEW; END $$ LANGUAGE plpgsql""",
    "CREATE TRIGGER slow BEFORE UPDATE ON payments FOR EACH ROW EXECUTE FUNCTION slow()",
)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_i29_a_stop_interrupts_a_statement_that_runs(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, report_fault: Callable[[Row], None]
):
    url = f"sqlite:///{tmp_path / 'crm.sqlite'}"
    if kind == "postgres":
        url = request.getfixturevalue("postgres_database")
    system = SqlSystem(url)
    system.run(*([SLOW_SQLITE] if kind == "sqlite" else SLOW_POSTGRES))
    connector, before = system.connector(), system.snapshot()
    version = connector.preview(system.tool, system.arguments).version
    clock = SystemClock()
    permit = CallPermit(clock, clock.now().replace(year=2999))
    timer = threading.Timer(0.3, permit.revoke, ["Its job was stopped by ops-west"])
    timer.start()
    began = monotonic()
    with pytest.raises(ToolFailed) as caught:
        connector.apply(system.tool, system.arguments, expected=version, key="key-1", permit=permit)
    took = monotonic() - began - 0.3
    timer.join()
    assert (caught.value.code, took <= CANCEL_SECONDS) == (STOPPED, True)
    assert system.snapshot() == before
    found = f"broken off after {took:.1f} s, nothing changed"
    report_fault(Row(f"stop during a slow statement ({kind})", 1, found))
