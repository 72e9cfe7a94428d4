"""What the border saw, in the database that all processes of a workspace share. Free of HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

import msgspec
from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql

from lineclear.adapters.sql.driver import Driver, Statement
from lineclear.adapters.sql.snapshot import SqlSnapshot
from lineclear.adapters.sql.tables import arrivals
from lineclear.application.ports import Snapshot, Store, Transaction
from lineclear.domain.arrivals import Arrival

_decoder: Final = msgspec.json.Decoder(Arrival)
_inserted: Final = postgresql.insert(arrivals)
# What PostgreSQL's construct compiles to is understood by both databases.
_keep: Final = Statement(
    _inserted.on_conflict_do_update(
        index_elements=["workspace", "token"], set_={"state": _inserted.excluded.state}
    )
)
_one: Final = Statement(
    select(arrivals.c.state).where(
        arrivals.c.workspace == bindparam("workspace"), arrivals.c.token == bindparam("token")
    )
)
_every: Final = Statement(
    select(arrivals.c.state).where(arrivals.c.workspace == bindparam("workspace")).order_by(arrivals.c.token)
)


class SqlArrivals:
    """Writes by the store's own writer, so that two processes never lose a refusal to each other."""

    def __init__(self, store: Store, workspace: str) -> None:
        self._store = store
        self._workspace = workspace

    def change(self, token: str, work: Callable[[Arrival], Arrival]) -> Arrival:
        def kept(tx: Transaction) -> Arrival:
            driver, key = _driver(tx), {"workspace": self._workspace, "token": token}
            row = driver.one(_one, key)
            changed = work(Arrival(token) if row is None else _decoder.decode(row[0]))
            driver.write(_keep, [{**key, "state": msgspec.json.encode(changed)}])
            return changed

        return self._store.transact(kept)

    def every(self) -> tuple[Arrival, ...]:
        def look(snapshot: Snapshot) -> tuple[Arrival, ...]:
            rows = _driver(snapshot).all(_every, {"workspace": self._workspace})
            return tuple(_decoder.decode(row[0]) for row in rows)

        return self._store.read(look)


def _driver(snapshot: Snapshot) -> Driver:
    return cast("SqlSnapshot", snapshot).driver
