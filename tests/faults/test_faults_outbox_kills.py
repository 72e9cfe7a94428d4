"""A console killed between signing, keeping, sending and hearing: nothing is lost or made twice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lineclear.adapters.system.keys import DeviceKey
from lineclear.adapters.system.outboxes import FileOutbox
from lineclear.application.deciding.outbox import Kept, Stage
from lineclear.application.recording import read_stored
from lineclear.domain.events import DecisionRecorded, DeviceSigned
from lineclear.domain.vocabulary import Role, Tier
from support import outbox_console
from support.backend import Running, new_workspace, refund_payload, running
from support.faults_backend import Launcher

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


@dataclass
class Consoles:
    """Consoles of one person on one device, one after the other; `folder` outlives each of them."""

    starter: Launcher
    url: str
    token: str
    folder: Path

    def run(self, point: str, after: int) -> str:
        """How one ended."""
        told = {"url": self.url, "token": self.token, "folder": str(self.folder), "said": str(self._said)}
        return self.starter.ended(self.starter.send(told | {"point": point, "after": str(after)}))

    def called_waiting(self) -> set[str]:
        """Of which actions any of them said that the decision waits."""
        return set(self._said.read_text().split()) if self._said.exists() else set()

    @property
    def _said(self) -> Path:
        return self.folder.with_suffix(".said")


def decided(here: Running) -> list[str]:
    """The action of every verdict on the ledger; what each device counted only grew."""
    entries = here.backend.services.store.read(lambda snapshot: snapshot.entries(start=0, limit=10_000))
    events = [(one.id, one.event) for one in map(read_stored, entries)]
    signed = [event.counter for _, event in events if isinstance(event, DeviceSigned)]
    assert signed == sorted(set(signed))
    return [action for action, event in events if isinstance(event, DecisionRecorded)]


def killed_at(here: Running, consoles: Consoles, point: str) -> None:
    bot = here.bot()
    proposed = [bot.propose(refund_payload(f"6{number}.00")) for number in range(WAITING)]
    for after in range(1, WAITING + 1):
        ended = consoles.run(point, after)
        assert ended in ("exit 0", "signal 9")
        assert after > 1 or ended == "signal 9", point
        assert consoles.called_waiting() <= {one.action for one in kept(consoles)}
    assert consoles.run("", 1) == "exit 0"
    ids = {one.id for one in proposed}
    assert sorted(one for one in decided(here) if one in ids) == sorted(ids), point
    assert {one.action for one in kept(consoles)} == ids
    assert {one.stage for one in kept(consoles)} == {Stage.SENT}


def kept(consoles: Consoles) -> tuple[Kept, ...]:
    return FileOutbox(consoles.folder, SECRET).read().items


def test_i46_whatever_moment_a_console_is_killed_in_what_waited_is_recorded_once(
    tmp_path: Path, starter: Launcher
):
    with running(new_workspace(tmp_path / "workspace"), workers=0) as here:
        token = here.token("ops-west", Role.OPS, tier=Tier.TWO)
        for point in POINTS:
            folder = tmp_path / point.replace(" ", "-")
            killed_at(here, Consoles(starter, here.url, token, folder), point)
