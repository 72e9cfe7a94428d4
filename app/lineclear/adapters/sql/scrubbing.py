"""Makes sure that what was deleted is in no file of the database. Free of rows."""

from __future__ import annotations

from sqlalchemy import Engine

from lineclear.adapters.sql.faults import refusing
from lineclear.domain.refusals import Code, Refusal

_TABLES = "blobs, keys, entries, actions, jobs, states, requests"


def scrub(engine: Engine) -> None:
    """Write the database anew without what was deleted, and empty its journal.

    On SQLite nothing of it is left in file, journal or free pages. PostgreSQL gives the room back; how long
    its write-ahead log and its backups are kept is for whoever runs it. Raises Refusal(DATABASE_BUSY) while
    others read or write: what was deleted may then still lie in the journal.
    """
    with refusing(), engine.connect() as connection:
        alone = connection.execution_options(isolation_level="AUTOCOMMIT")
        if connection.dialect.name != "sqlite":
            alone.exec_driver_sql(f"VACUUM {_TABLES}")
            return
        alone.exec_driver_sql("VACUUM")
        if alone.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()[0]:
            raise Refusal(Code.DATABASE_BUSY)
