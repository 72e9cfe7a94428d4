"""Bringing a database's schema up to this program's, by the Alembic revisions beside this module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, text

from lineclear.adapters.sql.engine import writing
from lineclear.adapters.sql.faults import refusing, unusable

if TYPE_CHECKING:
    from alembic.config import Config

# Late imports: Alembic takes its time, and an open store needs it once.

MIGRATIONS: Final = "lineclear.adapters.sql:migrations"
_ADVISORY_LOCK: Final = 0x6C696E65636C6561  # "lineclea": one upgrade at a time


def upgrade(engine: Engine) -> None:
    """Make or alter the tables, all in one transaction; does nothing where they are current.

    Raises Refusal(DATABASE_UNUSABLE) for a database that a newer program has altered.
    """
    from alembic.config import Config  # noqa: PLC0415  # slow to import, and needed once
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    # Read before the lock is taken: whoever starts at the same moment waits for the alteration alone.
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    known = ScriptDirectory.from_config(config)
    revisions = {script.revision for script in known.walk_revisions()}
    with refusing(), writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
        _upgrade(connection, config, set(known.get_heads()), revisions)


def _upgrade(connection: Connection, config: Config, heads: set[str], revisions: set[str]) -> None:
    from alembic import command  # noqa: PLC0415  # slow to import, and needed once
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    found = set(MigrationContext.configure(connection).get_current_heads())
    if unknown := found - revisions:
        raise unusable(
            f"a newer Lineclear has altered it (schema {', '.join(sorted(unknown))})",
            "Update this program, or restore a backup from before the newer one was used.",
        )
    if found != heads:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
