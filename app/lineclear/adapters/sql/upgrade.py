"""Bringing a database's schema up to this program's, by the Alembic revisions beside this module."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Engine, text

from lineclear.adapters.sql.engine import writing
from lineclear.adapters.sql.faults import refusing, unusable

MIGRATIONS: Final = "lineclear.adapters.sql:migrations"
_ADVISORY_LOCK: Final = 0x6C696E65636C6561  # "lineclea": one upgrade at a time


def upgrade(engine: Engine) -> None:
    """Make or alter the tables, all in one transaction; does nothing where they are current.

    Raises Refusal(DATABASE_UNUSABLE) for a database that a newer program has altered.
    """
    with refusing(), writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
        _upgrade(connection)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415  # slow to import, and needed once
    from alembic.config import Config  # noqa: PLC0415
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", MIGRATIONS)
    known = ScriptDirectory.from_config(config)
    found = MigrationContext.configure(connection).get_current_heads()
    unknown = set(found) - {script.revision for script in known.walk_revisions()}
    if unknown:
        raise unusable(
            f"a newer Lineclear has altered it (schema {', '.join(sorted(unknown))})",
            "Update this program, or restore a backup from before the newer one was used.",
        )
    if set(found) != set(known.get_heads()):
        command.upgrade(config, "head")
