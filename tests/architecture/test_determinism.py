"""Clock, ids and randomness are ports: only `adapters/system` asks for them, so that a seed replays a run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from support_source import APP, Finding, Source, is_within, report, sources, write

SYSTEM = ("lineclear/adapters/system.py", "lineclear/adapters/system/")

ASKING = re.compile(
    r"""
      datetime\.(datetime|date)\.(now|utcnow|today)
    | time\.(time|time_ns|sleep|localtime|gmtime|ctime)
    | asyncio\.sleep
    | uuid\.(uuid\d|getnode)
    | (random|secrets|numpy\.random)(\..+)?
    | os\.(urandom|getrandom)
    | PySide6\.QtCore\.(
        (QDate|QTime|QDateTime)\.current\w* | QRandomGenerator(\..+)? | QUuid\.create\w* | QThread\.\w*sleep
      )
    """,
    re.VERBOSE,
)
MEASURING = re.compile(r"time\.(monotonic|perf_counter|process_time|thread_time)(_ns)?")

# Files that measure how long something takes, and why that decides nothing that a replay has to repeat.
MEASURES: dict[str, str] = {}

# Programs that somebody pastes and that stand on no port of ours, and why.
PASTED: dict[str, str] = {
    "lineclear/agents/examples/first_aap.py": "the key of a call is the agent's own to make",
    "lineclear/agents/examples/first_http.py": "so is that of a write, where no SDK makes it",
}

# Files that may make a generator from a seed they are given, and why.
SEEDED = {"lineclear/adapters/memory/ids.py": "the port's replayable side: the same seed gives the same ids"}
GENERATOR = {"random", "random.Random"}


def asks_the_machine(files: Iterable[Source], measures: Iterable[str] = MEASURES) -> list[Finding]:
    return [
        Finding(file.path, line, name)
        for file in files
        if not is_within(file.path, (*SYSTEM, *PASTED))
        for line, name in file.uses()
        if not (name in GENERATOR and is_within(file.path, SEEDED))
        if ASKING.fullmatch(name) or (MEASURING.fullmatch(name) and not is_within(file.path, measures))
    ]


def test_only_the_system_adapter_asks_for_time_ids_or_chance():
    assert report(asks_the_machine(sources(APP))) == ""


@pytest.mark.parametrize(
    "code",
    [
        "from datetime import datetime\nnow = datetime.now",
        "import datetime as dt\nnow = dt.date.today()",
        "import time\ntime.sleep(1)",
        "def wait():\n    from time import sleep as rest\n    rest(1)",
        "from uuid import uuid4",
        "import random",
        "import secrets as hidden",
        "import os\nos.urandom(4)",
        "from PySide6.QtCore import QDateTime\nQDateTime.currentDateTimeUtc()",
        "import time\ntime.perf_counter()",
    ],
)
def test_every_way_to_ask_is_found(tmp_path: Path, code: str):
    write(tmp_path, {"lineclear/domain/sample.py": code})
    assert asks_the_machine(sources(tmp_path))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("lineclear/adapters/system.py", "import time\ntime.time()"),
        ("lineclear/domain/sample.py", "import uuid\nuuid.UUID('0' * 32)"),
        ("lineclear/domain/sample.py", "def due(clock):\n    return clock.now()"),
        ("lineclear/domain/measured.py", "import time\ntime.perf_counter()"),
        ("lineclear/adapters/memory/ids.py", "import random\nrandom.Random(7)"),
    ],
)
def test_ports_parsing_and_listed_measuring_are_no_asking(tmp_path: Path, path: str, code: str):
    write(tmp_path, {path: code})
    assert report(asks_the_machine(sources(tmp_path), measures=["lineclear/domain/measured.py"])) == ""


def test_no_file_is_listed_that_measures_nothing():
    existing = {file.path: file for file in sources(APP)}
    idle = [
        path
        for path in MEASURES
        if path not in existing or not any(MEASURING.fullmatch(name) for _, name in existing[path].uses())
    ]
    assert idle == []
