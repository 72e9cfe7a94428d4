"""Every kind of store that the contract runs on, opened the way a composition root opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lineclear.adapters.memory.store import MemoryStore
from lineclear.adapters.sql.store import open_store
from lineclear.adapters.system.vaults import AesVault
from lineclear.application.ports import Store

KINDS = ("memory", "sqlite", "encrypted", "postgres")
DURABLE = KINDS[1:]
KEY = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a store can be opened, by several at once unless it lives in memory."""

    url: str
    open: Callable[[], Store]

    @contextmanager
    def opened(self) -> Iterator[Store]:
        store = self.open()
        try:
            yield store
        finally:
            store.close()


def place_of(kind: str, folder: Path, request: pytest.FixtureRequest) -> Place:
    """An empty place of this kind; PostgreSQL's is asked for only where it is wanted."""
    if kind == "memory":
        return Place("", MemoryStore)
    postgres = kind == "postgres"
    url = request.getfixturevalue("postgres_database") if postgres else f"sqlite:///{folder}/ledger.db"
    key = KEY if kind == "encrypted" else None
    vault = None if kind == "encrypted" else AesVault(KEY)
    return Place(url, lambda: open_store(url, "acme", key=key, vault=vault))
