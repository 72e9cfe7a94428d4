"""A console killed between signing, keeping, sending and hearing: nothing is lost or made twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

from lineclear.adapters.system.keys import DeviceKey
from lineclear.adapters.system.outboxes import FileOutbox
from lineclear.application.deciding.outbox import Stage
from lineclear.application.recording import read_stored
from lineclear.demo.sample import build
from lineclear.domain.events import DecisionRecorded, DeviceSigned
from lineclear.domain.vocabulary import Role, Tier
from support import outbox_console
from support.backend import Running, refund_payload, running

POINTS = (
    "before sign",
    "behind sign",
    "before try",
    "behind try",
    "behind send",
    "before answer",
    "behind answer",
)
WAITING = 2
SECRET = DeviceKey(outbox_console.SEED, "file").secret("outbox")


def console(
    here: Running, token: str, folder: Path, point: str, after: int
) -> subprocess.CompletedProcess[str]:
    told = {"url": here.url, "token": token, "folder": str(folder), "point": point, "after": str(after)}
    command = [sys.executable, outbox_console.__file__, json.dumps(told)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def decided(here: Running) -> list[str]:
    """The action of every verdict on the ledger; what each device counted only grew."""
    entries = here.backend.services.store.read(lambda snapshot: snapshot.entries(start=0, limit=10_000))
    events = [(one.id, one.event) for one in map(read_stored, entries)]
    signed = [event.counter for _, event in events if isinstance(event, DeviceSigned)]
    assert signed == sorted(set(signed))
    return [action for action, event in events if isinstance(event, DecisionRecorded)]


def killed_at(here: Running, token: str, folder: Path, point: str) -> None:
    bot = here.bot()
    proposed = [bot.propose(refund_payload(f"6{number}.00")) for number in range(WAITING)]
    called_waiting: set[str] = set()
    for after in range(1, WAITING + 1):
        ended = console(here, token, folder, point, after)
        assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
        assert after > 1 or ended.returncode == -signal.SIGKILL, point
        called_waiting |= set(ended.stdout.split())
        assert called_waiting <= {one.action for one in FileOutbox(folder, SECRET).read().items}
    last = console(here, token, folder, "", 1)
    assert last.returncode == 0, last.stderr
    ids = {one.id for one in proposed}
    assert sorted(one for one in decided(here) if one in ids) == sorted(ids), point
    items = FileOutbox(folder, SECRET).read().items
    assert {one.action for one in items} == ids
    assert {one.stage for one in items} == {Stage.SENT}


def test_i46_whatever_moment_a_console_is_killed_in_what_waited_is_recorded_once(tmp_path):
    with running(build(tmp_path / "workspace").folder, workers=0) as here:
        token = here.token("ops-west", Role.OPS, tier=Tier.TWO)
        for point in POINTS:
            killed_at(here, token, tmp_path / point.replace(" ", "-"), point)
