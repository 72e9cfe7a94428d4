"""Power loss, modelled: what a real process asked of the disk is recorded, and replayed up to any moment.

The process runs the product's own store on its own SQLite under strace. At a cut, a file is what was written
before its last finished sync; of what was written after, each 512 bytes may be there or not. Not modelled: a
disk that lies about its sync, and a directory that forgets the name of a new file.

Run as a program it is that process: FOLDER SYNCHRONOUS COUNT. It appends to a ledger and writes a line to the
file `acks` for each append that was acknowledged.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import event

from lineclear.adapters.sql.engine import open_engine
from lineclear.adapters.sql.store import SqlStore
from lineclear.adapters.sql.upgrade import upgrade
from support.faults import program, surroundings
from support.ledgers import open_job

SECTOR = 512
FILES = ("ledger.db", "ledger.db-wal")
ACKS = "acks"
_CALL = re.compile(
    r'^\d+ +(?P<name>\w+)\(\d+<(?P<path>[^>]*)>(?:, "(?P<data>[^"]*)")?'
    r"(?P<numbers>[\d, ]*)\) += (?P<result>-?\d+)"
)


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at a place of a file, not yet on the disk."""

    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file made longer or shorter, not yet on the disk."""

    file: str
    length: int


@dataclass(frozen=True, slots=True)
class Sync:
    """All that was asked of a file before is on the disk."""

    file: str


@dataclass(frozen=True, slots=True)
class Ack:
    """From here on somebody relies on this job."""

    job: str


type Step = Write | Cut | Sync | Ack


@dataclass
class Disk:
    """What is safe, and what waits to be."""

    safe: dict[str, bytearray] = field(default_factory=dict)
    waiting: list[Write | Cut] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)

    def take(self, step: Step) -> None:
        match step:
            case Ack(job=job):
                self.acknowledged.add(job)
            case Sync(file=file):
                for one in self.waiting:
                    if one.file == file:
                        _apply(self.safe, one)
                self.waiting = [one for one in self.waiting if one.file != file]
            case _:
                self.waiting.append(step)

    def lose_power(self, chance: random.Random) -> dict[str, bytearray]:
        """The files as they are found afterwards."""
        files = {name: bytearray(content) for name, content in self.safe.items()}
        survives = chance.choice((0.0, 0.5, 0.9))
        for one in self.waiting:
            match one:
                case Cut() if chance.random() < survives:
                    _apply(files, one)
                case Write(file=file, offset=offset, data=data):
                    for start in range(0, len(data), SECTOR):
                        if chance.random() < survives:
                            _apply(files, Write(file, offset + start, data[start : start + SECTOR]))
        return files


def _apply(files: dict[str, bytearray], step: Write | Cut) -> None:
    content = files.setdefault(step.file, bytearray())
    match step:
        case Cut(length=length):
            del content[length:]
            content.extend(bytes(length - len(content)))
        case Write(offset=offset, data=data):
            content.extend(bytes(max(0, offset - len(content))))
            content[offset : offset + len(data)] = data


def record(strace: str, folder: Path, synchronous: str, count: int) -> list[Step]:
    """Run the process and give what it did, in order."""
    log = folder / "strace.log"
    subprocess.run(
        [
            *(strace, "--quiet=all", "-f", "--seccomp-bpf", "-xx", "-y", "-s", "1000000", "-o", str(log)),
            *("-e", "trace=pwrite64,write,ftruncate,fdatasync,fsync"),
            *program("faults_power", folder, synchronous, count),
        ],
        env=surroundings(),
        check=True,
        timeout=120,
    )
    with log.open(encoding="ascii") as lines:
        return [step for line in lines for step in _steps(line)]


def _steps(line: str) -> Iterator[Step]:
    found = _CALL.match(line)
    if found is None or int(found["result"]) < 0:
        return
    path = (
        bytes.fromhex(found["path"].replace("\\x", "")).decode() if "\\x" in found["path"] else found["path"]
    )
    file = Path(path).name
    data = bytes.fromhex((found["data"] or "").replace("\\x", ""))
    numbers = [int(number) for number in found["numbers"].replace(",", " ").split()]
    if file == ACKS and found["name"] == "write":
        yield Ack(data.decode().strip())
    elif file in FILES:
        match found["name"]:
            case "pwrite64":
                yield Write(file, numbers[-1], data)
            case "ftruncate":
                yield Cut(file, numbers[-1])
            case "fdatasync" | "fsync":
                yield Sync(file)


def main(folder: str, synchronous: str, count: str) -> None:
    engine = open_engine(f"sqlite:///{folder}/ledger.db")
    if synchronous != "FULL":  # what must be caught
        engine.dispose()
        event.listen(engine, "connect", lambda raw, _: raw.execute(f"PRAGMA synchronous = {synchronous}"))
    upgrade(engine)
    store = SqlStore(engine, "acme")
    acks = os.open(Path(folder, ACKS), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    padding = "Settle " * 1_500
    for number in range(int(count)):
        job = store.transact(lambda tx, n=number: open_job(tx, f"job-{n}", goal=padding))
        os.write(acks, f"{job.id}\n".encode())
    os._exit(0)  # the end of a program would be a checkpoint and a last sync


if __name__ == "__main__":
    main(*sys.argv[1:])
