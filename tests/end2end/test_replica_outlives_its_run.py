"""What a console knew is kept on its device: shown while the backend is away, and gone when it is erased."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from lineclear.adapters.http.client import BackendClient
from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.system.replicas import FileReplica, Seats, drop_replicas
from lineclear.application.reading.answers import FeedItem, Me
from lineclear.application.reading.replica import Replica, opened_replica
from lineclear.desktop.address import Address
from lineclear.desktop.background import InlineBackground
from lineclear.desktop.console import Console
from lineclear.desktop.opening import Opened, open_backend
from lineclear.desktop.presenters.sheets import text_of
from lineclear.desktop.sync import Sync
from lineclear.desktop.views.kit import Text
from lineclear.domain.events import JobBrief
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier, Verdict
from support.backend import Bot, copied, lineclear, new_key, new_workspace, running, served
from support_layout import shown

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")
PATIENCE = 60_000
NOTE = "Wilhelmina Example was charged twice"
NOWHERE = "http://127.0.0.1:9"


class Now:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A workspace in which one action waits, a token for it, and where a device keeps replicas."""
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("LINECLEAR_KEY_PASSPHRASE", "a passphrase of the test")
    folder = new_workspace(tmp_path / "workspace")
    with running(folder, workers=0) as here:
        ops = here.token("ops-west", Role.OPS, tier=Tier.TWO)
        client = here.client(here.token("support-agent", Role.AGENT, owner="owner"))
        action = Bot(client, client.open_job(JobBrief("Refund"), key=new_key())).propose(note=NOTE)
    return folder, ops, action, tmp_path / "xdg_data_home" / "lineclear" / "replicas"


def opened(url: str, token: str) -> Opened:
    return open_backend(Address(url, token), InlineBackground(), InlineBackground())


def follow(found: Opened) -> None:
    """Take in all that the backend has."""
    with_ = found.with_
    sync = Sync(with_.gateway, with_.replica, None, with_.hearing)
    while sync._exchange() or with_.gateway.feed(with_.replica.size()).items:
        pass


def read_once(folder: Path, token: str, action: str) -> str:
    """A console reads the ledger and an action, and ends; where the backend was."""
    with running(folder, workers=0) as here:
        found = opened(here.url, token)
        follow(found)
        found.with_.replica.keep(found.with_.gateway.detail(action))
        found.close()
        return here.url


def files(kept: Path, prefix: str = "") -> list[Path]:
    return [one for one in sorted(kept.rglob(f"{prefix}*")) if one.is_file()]


def test_what_was_known_is_there_without_the_backend_and_only_what_may_be_is_decided(place):
    folder, ops, action, kept = place
    url = read_once(folder, ops, action.id)
    found = opened(url, ops)
    with_, reviewer = found.with_, found.with_.reviewer
    assert with_.kept.away is not None
    assert with_.kept.since
    assert with_.replica.detail(action.id).payload is not None
    known = with_.replica.store.read(lambda snapshot: snapshot.load(type(action), action.id))
    assert with_.hearing.is_away
    assert with_.hearing.last is None  # so that no tier is fresh enough to be approved
    with pytest.raises(Refusal) as caught:
        reviewer.decide(known, Verdict.APPROVE)
    assert caught.value.code is Code.OFFLINE_APPROVAL
    with pytest.raises(Refusal) as caught:
        reviewer.decide(known, Verdict.REJECT, "Not this one")
    assert caught.value.code is Code.DECISION_KEPT
    found.close()
    assert files(kept, "e-")
    for path in kept.rglob("*.sealed"):
        data = path.read_bytes()
        assert not any(word in data for word in (NOTE.encode(), b"pay_5002", b"ops-west", b"stream", b"role"))
        assert path.stat().st_mode & 0o077 == 0


def test_where_nothing_was_kept_or_the_token_is_another_one_the_backend_is_simply_away(place):
    folder, ops, action, _ = place
    with pytest.raises(Refusal):
        opened(NOWHERE, ops)
    url = read_once(folder, ops, action.id)
    with pytest.raises(Refusal):
        opened(url, f"{ops}x")


@pytest.fixture
def consoles(qapp, qtbot):
    qapp.setStyle("Fusion")
    made = []

    def console(address) -> Console:
        one = Console(address)
        made.append(one)
        with qtbot.waitActive(one.window):
            one.window.show()
        one.connect_backend()
        return one

    def end(one: Console) -> None:
        made.remove(one)
        one.close()
        one.window.deleteLater()
        one.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    yield console, end
    for one in made:
        end(one)


def freshness(console: Console) -> str:
    return console.window.top._freshness.text.text()


def test_a_console_started_without_its_backend_shows_the_queue_as_it_was_and_goes_on_from_there(
    place, consoles, qtbot
):
    folder, ops, action, kept = place
    start, end = consoles
    with served(folder, "--workers", 0) as backend:
        address, port = Address(backend.url, ops), backend.url.rpartition(":")[2]
        console = start(address)
        qtbot.waitUntil(lambda: freshness(console).startswith("Live"), timeout=PATIENCE)
        qtbot.waitUntil(lambda: bool(files(kept, "d-") and files(kept, "heard")), timeout=PATIENCE)
        rows = [text_of(row.title) for row in console.window.review.queue.model.rows()]
        assert rows
        end(console)
        backend.kill()
    console = start(address)
    qtbot.waitUntil(lambda: freshness(console).startswith("Offline since"), timeout=PATIENCE)
    window = console.window
    queue = window.review.queue
    qtbot.waitUntil(lambda: len(queue.model.rows()) == len(rows), timeout=PATIENCE)
    assert [text_of(row.title) for row in queue.model.rows()] == rows
    assert any("As it was then." in one.text() for one in shown(queue, Text))
    console.session.queue.choose(action.id)
    qtbot.waitUntil(lambda: console.session.action.on_screen(action.id) is not None, timeout=PATIENCE)
    size = console.session.replica.size()
    assert size > 0
    with served(folder, "--workers", 0, "--port", port):
        qtbot.waitUntil(lambda: freshness(console).startswith("Live"), timeout=PATIENCE)
        assert console.session.replica.size() >= size


def test_a_damaged_file_is_left_as_it_is_and_told_once(place):
    folder, ops, action, kept = place
    url = read_once(folder, ops, action.id)
    segment = files(kept, "e-")[0]
    segment.write_bytes(damaged := segment.read_bytes()[:-1] + b"?")
    with pytest.raises(Refusal):
        opened(url, ops)
    assert segment.read_bytes() == damaged
    with running(folder, workers=0) as here:
        first = opened(here.url, ops)
        assert str(segment) in first.with_.kept.damage
        assert first.with_.replica.size() == 0
        follow(first)
        first.close()
        second = opened(here.url, ops)
        assert second.with_.kept.damage == ""
        assert second.with_.replica.size() == first.with_.replica.size() > 0
        second.close()
    assert damaged in [path.read_bytes() for path in files(kept)]


def test_i41_what_was_erased_while_the_console_was_away_goes_from_its_device_when_it_hears_of_it(place):
    folder, ops, action, _ = place
    with running(folder, workers=0) as here:
        here.hand().decide(action, Verdict.REJECT, "Not a duplicate")
    read_once(folder, ops, action.id)
    asked = ("--data", folder, "--action", action.id, "--reason", "She asked for it", "--json")
    with running(folder, workers=0) as here:
        found = opened(here.url, ops)
        assert NOTE.encode() in msgspec.json.encode(found.with_.replica.detail(action.id))
        found.close()
    assert lineclear("erase", *asked).returncode == 0
    with running(folder, workers=0) as here:
        found = opened(here.url, ops)
        assert NOTE in kept_words(found)
        follow(found)
        assert NOTE not in kept_words(found)
        assert found.with_.replica.detail(action.id) is None
        found.close()


def kept_words(found: Opened) -> str:
    """All that can be read of what is kept, by whoever has the key."""
    keeping = found.with_.replica._keeping
    return "".join(item.brief for batch in keeping.batches() for item in batch)


def test_i37_a_ledger_that_forked_alarms_also_where_its_beginning_was_kept(place, tmp_path):
    folder, ops, _, _ = place
    other = copied(folder, tmp_path / "other")
    with running(folder, workers=0) as here:
        here.token("ops-more", Role.OPS)
        found = opened(here.url, ops)
        follow(found)
        found.with_.witness.check()
        found.close()
    with running(other, workers=0) as here:
        for number in range(4):
            here.token(f"other-{number}", Role.OPS)
        found = opened(here.url, ops)
        assert found.with_.replica.size() > 0
        found.with_.witness.check()
        assert found.with_.alarm is not None
        found.close()


# -- the files by themselves --------------------------------------------------------------------------


@pytest.fixture
def items(place) -> list[FeedItem]:
    folder, ops, _, _ = place
    with running(folder, workers=0) as here:
        client = BackendClient(here.url, ops)
        found = list(client.feed(0).items)
        client.close()
    return found


def test_more_than_its_bound_is_not_kept_at_all(items, tmp_path):
    keeping = FileReplica(tmp_path / "kept", bytes(32), Now(), most=4_000)
    replica = Replica(MemoryStore(), keeping)
    replica.apply(items[:2])
    assert len(files(tmp_path / "kept", "e-")) == 1
    replica.apply(items)
    keeping.heard()
    assert sum(path.stat().st_size for path in files(tmp_path / "kept")) < 4_000
    again, damage = opened_replica(MemoryStore, FileReplica(tmp_path / "kept", bytes(32), Now()))
    assert (again.size(), damage) == (0, "")


def test_entries_are_kept_without_gaps_however_they_come_and_by_whomever(items, tmp_path):
    first, second = (FileReplica(tmp_path / "kept", bytes(32), Now()) for _ in range(2))
    for start in range(0, len(items), 3):
        first.take(items[start : start + 3], {})
        second.take(items[max(0, start - 2) : start + 3], {})
    second.take([msgspec.structs.replace(items[-1], index=len(items) + 5)], {})
    assert [item for batch in first.batches() for item in batch] == items
    assert len(files(tmp_path, "e-")) <= len(items) // 200 + 1


def test_another_key_reads_nothing_and_changes_nothing(items, tmp_path):
    FileReplica(tmp_path / "kept", bytes(32), Now()).take(items, {})
    before = [path.read_bytes() for path in files(tmp_path, "e-")]
    replica, damage = opened_replica(MemoryStore, FileReplica(tmp_path / "kept", bytes(31) + b"1", Now()))
    assert replica.size() == 0
    assert damage
    assert [path.read_bytes() for path in files(tmp_path, "e-")] == before


def test_whose_token_it_is_is_known_only_with_the_token(tmp_path):
    me = Me("ops", "ops-west", "northwind", "test", "00" * 32)
    Seats(tmp_path, "http://a", "secret").keep(me)
    assert Seats(tmp_path, "http://a", "secret").known() == me
    assert Seats(tmp_path, "http://b", "secret").known() is None
    assert Seats(tmp_path, "http://a", "other").known() is None
    assert not any(b"ops-west" in path.read_bytes() or "ops" in path.name for path in files(tmp_path))
    Seats(tmp_path, "http://a", "secret").drop()
    assert Seats(tmp_path, "http://a", "secret").known() is None


def test_a_token_that_counts_no_more_opens_nothing_afterwards_either(place):
    folder, ops, action, _ = place
    url = read_once(folder, ops, action.id)
    with running(folder, workers=0) as here:
        Seats(place[3], here.url, "revoked").keep(Me("ops", "x", "w", "test", "00" * 32))
        with pytest.raises(Refusal) as caught:
            opened(here.url, "revoked")
        assert caught.value.code is Code.TOKEN_INVALID
        assert Seats(place[3], here.url, "revoked").known() is None
    found = opened(url, ops)
    assert found.with_.kept.away is not None
    found.close()


def test_a_ledger_that_was_accepted_anew_is_read_anew(items, tmp_path):
    folder = tmp_path / "replicas"
    FileReplica(folder / "aa" / "kept", bytes(32), Now()).take(items, {})
    drop_replicas(folder, "bb")
    assert files(folder, "e-")
    drop_replicas(folder, "aa")
    assert not files(folder)


def test_who_is_somebody_else_by_now_is_connected_anew_before_anything_is_taken(qtbot):
    sync = Sync(None, Replica(MemoryStore()), is_same=lambda: False)
    with qtbot.waitSignal(sync.outdated, timeout=PATIENCE):
        sync.start()
    sync.wait()
    assert sync._replica.size() == 0
