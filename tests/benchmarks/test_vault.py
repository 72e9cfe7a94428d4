"""What closing blobs costs, in one run: the same appends and proposals with and without a vault."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from statistics import median

import pytest

from lineclear.adapters.sql.store import SqlStore, open_store
from lineclear.adapters.sql.vault import Vault
from lineclear.adapters.system.vaults import AesVault
from support.kernel import Kernel
from support.ledgers import open_job
from support_benchmarks import AtLeast, Ratio

pytestmark = pytest.mark.bench

TIMES = 400
KEY = bytes(range(32))


@contextmanager
def opened(path: Path, vault: Vault | None) -> Iterator[SqlStore]:
    store = open_store(f"sqlite:///{path}", "acme", vault=vault)
    yield store
    store.close()


def rates(closed: Callable[[], object], plain: Callable[[], object]) -> tuple[float, float]:
    """How many a second of each, measured alternately, so that a noisy moment meets both."""

    def seconds(work: Callable[[], object]) -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    pairs = [(seconds(closed), seconds(plain)) for _ in range(TIMES)]
    return 1 / median(pair[0] for pair in pairs), 1 / median(pair[1] for pair in pairs)


def test_closing_blobs_keeps_appends_fast(tmp_path: Path, report_ratio: Callable[[Ratio], None]):
    numbers = count()

    def append(store: SqlStore) -> None:
        store.transact(lambda tx: open_job(tx, f"job-{next(numbers)}"))

    with opened(tmp_path / "closed", AesVault(KEY)) as closed, opened(tmp_path / "plain", None) as plain:
        ours, theirs = rates(lambda: append(closed), lambda: append(plain))
    what = f"blobs left open; {ours:,.0f}/s against {theirs:,.0f}/s"
    report_ratio(Ratio("appends with closed blobs", what, ours / theirs, AtLeast(0.85)))


def test_closing_blobs_keeps_proposals_fast(tmp_path: Path, report_ratio: Callable[[Ratio], None]):
    numbers = count()
    with opened(tmp_path / "closed", AesVault(KEY)) as closed, opened(tmp_path / "plain", None) as plain:
        kernels = Kernel(store=closed), Kernel(store=plain)
        ours, theirs = rates(
            *(lambda kernel=one: kernel.refund("20.00", reason=f"ticket {next(numbers)}") for one in kernels)
        )
    what = f"blobs left open; {ours:,.0f}/s against {theirs:,.0f}/s"
    report_ratio(Ratio("proposals with closed blobs", what, ours / theirs, AtLeast(0.85)))
