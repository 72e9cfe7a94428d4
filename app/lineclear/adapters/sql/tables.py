"""The tables of a backend as SQLAlchemy Core describes them. Free of connections.

Every key begins with the workspace, so that one database can serve several and each stays together.
Rows beside `entries` and `blobs` are folds of the ledger, or work and answers that belong to one; `arrivals`
alone is neither.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# Ids compare by code point on both databases, never by a locale.
WORD: Final = Text().with_variant(Text(collation="C"), "postgresql")
NUMBER: Final = BigInteger().with_variant(Integer(), "sqlite")


def _key(*names: str) -> list[Column[str]]:
    return [Column(name, WORD, primary_key=True) for name in ("workspace", *names)]


ledgers: Final = Table(
    "ledgers",
    metadata,
    *_key(),
    comment="One row for each workspace; on PostgreSQL its writer holds the row.",
    sqlite_strict=True,
)

entries: Final = Table(
    "entries",
    metadata,
    *_key(),
    Column("index", NUMBER, primary_key=True, autoincrement=False),
    Column("stream", WORD, nullable=False),
    Column("seq", NUMBER, nullable=False),
    Column("type", WORD, nullable=False),
    Column("entry", LargeBinary, nullable=False),
    Column("brief", WORD, comment="Digest of the blob that holds the brief."),
    UniqueConstraint("workspace", "stream", "seq"),
    comment="The ledger: what was hashed and signed, byte for byte.",
    sqlite_strict=True,
)

actions: Final = Table(
    "actions",
    metadata,
    *_key("id"),
    Column("state", LargeBinary, nullable=False),
    Column("status", WORD, nullable=False),
    Column("stake", WORD, nullable=False),
    Column("tier", NUMBER, nullable=False),
    Column("least_tier", NUMBER, nullable=False, comment="The lowest with which somebody fills a place."),
    Column("job", WORD, nullable=False),
    Column("agent", WORD, nullable=False),
    Column("capability", WORD, nullable=False),
    Column("environment", WORD, nullable=False),
    Column(
        "due",
        NUMBER,
        nullable=False,
        comment="Deadline in microseconds since 1970, or its place behind them all.",
    ),
    Column("claimed_by", WORD, nullable=False),
    Column("claimed_until", NUMBER, nullable=False, comment="Microseconds since 1970; 0 without a claim."),
    Column("flagged", NUMBER, nullable=False, comment="1 where something asks for a second look."),
    Column("by_risk", NUMBER, nullable=False, comment="Rises from the riskiest."),
    Column("by_amount", NUMBER, nullable=False, comment="Rises from the largest, in millionths."),
    Column("proposed", NUMBER, nullable=False, comment="Index of the first entry."),
    Column("updated", NUMBER, nullable=False, comment="Index of the newest entry."),
    Column("searched", Text, nullable=False, comment="Case-folded title, id and agent."),
    Index(None, "workspace", "status", "due", "proposed"),
    Index(None, "workspace", "status", "updated"),
    Index(None, "workspace", "status", "proposed"),
    Index(None, "workspace", "status", "by_risk", "proposed"),
    Index(None, "workspace", "status", "by_amount", "proposed"),
    Index(None, "workspace", "status", "agent", "due", "proposed"),
    Index(None, "workspace", "updated"),
    Index(None, "workspace", "agent", "status", "due"),
    Index(None, "workspace", "job", "updated"),
    sqlite_strict=True,
)

jobs: Final = Table(
    "jobs",
    metadata,
    *_key("id"),
    Column("state", LargeBinary, nullable=False),
    Column("opened", NUMBER, nullable=False, comment="Index of the first entry."),
    Index(None, "workspace", "opened"),
    sqlite_strict=True,
)

states: Final = Table(
    "states",
    metadata,
    *_key("kind", "id"),
    Column("state", LargeBinary, nullable=False),
    comment="Aggregates of the small kinds.",
    sqlite_strict=True,
)

blobs: Final = Table(
    "blobs",
    metadata,
    *_key("digest"),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_strict=True,
)

keys: Final = Table(
    "keys",
    metadata,
    *_key("subject"),
    Column("wrapped", LargeBinary, nullable=False),
    comment="Data keys of blobs, each under the workspace's key.",
    sqlite_strict=True,
)

requests: Final = Table(
    "requests",
    metadata,
    *_key("principal", "key"),
    Column("fingerprint", WORD, nullable=False),
    Column("result", WORD, nullable=False),
    comment="Answers to idempotent requests.",
    sqlite_strict=True,
)

tasks: Final = Table(
    "tasks",
    metadata,
    *_key("id"),
    Column("kind", WORD, nullable=False),
    Column("ref", WORD, nullable=False),
    Column("due", NUMBER, nullable=False, comment="Microseconds since 1970."),
    Column("token", NUMBER, nullable=False),
    Column("attempts", NUMBER, nullable=False),
    Column("held_until", NUMBER, comment="End of the lease; null where nobody holds it."),
    Column("proposer", WORD, nullable=False, comment="Whose turn it takes."),
    Column("waits_for", WORD, nullable=False, comment="What lets it go on before it is due, or nothing."),
    Index(None, "workspace", "proposer", "due", "id"),
    Index(None, "workspace", "waits_for"),
    sqlite_strict=True,
)

arrivals: Final = Table(
    "arrivals",
    metadata,
    *_key("token"),
    Column("state", LargeBinary, nullable=False),
    comment="What the border saw of each token; no fold of the ledger, and bounded.",
    sqlite_strict=True,
)
