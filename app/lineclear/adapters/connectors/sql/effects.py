"""The receipts that a database keeps of what was done in it: they commit with the change. Blocking.

The table `lineclear_effects` is made on the first effect.
"""

from __future__ import annotations

from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from lineclear.adapters.connectors.sql.rows import is_sqlite
from lineclear.application.ports import ToolFailed
from lineclear.domain.effects import Effect

RECEIPTS: Final = "lineclear_effects"

_EFFECTS = sa.Table(
    RECEIPTS,
    sa.MetaData(),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("effect", sa.Text, nullable=False),
)


def recorded(connection: Connection, key: str, request: str | None) -> Effect | None:
    """The effect recorded under `key`; ToolFailed where it belongs to another request."""
    if not sa.inspect(connection).has_table(_EFFECTS.name):
        return None
    row = connection.execute(sa.select(_EFFECTS).where(_EFFECTS.c.key == key)).one_or_none()
    if row is None:
        return None
    if request is not None and row.request != request:
        raise ToolFailed("refused", "This key was already used for another change; use a new one.")
    return msgspec.json.decode(row.effect, type=Effect)


def record(connection: Connection, key: str, request: str, effect: Effect) -> None:
    """Write the receipt into the transaction of the change."""
    if not is_sqlite(connection):
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(RECEIPTS, 0))))
    _EFFECTS.create(connection, checkfirst=True)
    text = msgspec.json.encode(effect).decode()
    connection.execute(_EFFECTS.insert().values(key=key, request=request, effect=text))
