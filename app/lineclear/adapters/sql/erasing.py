"""Destroys the rows that an erasure takes: blobs, the key of their stream, fingerprints of requests.

Free of transactions. Rows are overwritten where they lie (`secure_delete`); journals are for `scrubbing`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from sqlalchemy import bindparam, delete, select, update

from lineclear.adapters.sql.driver import Driver, Statement
from lineclear.adapters.sql.tables import blobs, entries, keys, requests
from lineclear.domain.erasure import TOMBSTONE

_commits: Final = Statement(
    select(entries.c.entry).where(
        entries.c.workspace == bindparam("workspace"),
        entries.c.stream == bindparam("stream"),
        entries.c.type != bindparam("tombstone"),
    )
)
_blob_gone: Final = Statement(
    delete(blobs).where(blobs.c.workspace == bindparam("workspace"), blobs.c.digest == bindparam("digest"))
)
_key_gone: Final = Statement(
    delete(keys).where(keys.c.workspace == bindparam("workspace"), keys.c.subject == bindparam("subject"))
)
_request_blank: Final = Statement(
    update(requests).where(requests.c.workspace == bindparam("of"), requests.c.result == bindparam("which")),
    "fingerprint",
)


class _Commits(msgspec.Struct, frozen=True):
    commits: dict[str, str]


def named_parts(
    driver: Driver, workspace: str, stream: str, parts: frozenset[str]
) -> Mapping[str, list[str]]:
    """The digests to which a stream's entries commit, by part, of those parts."""
    asked = {"workspace": workspace, "stream": stream, "tombstone": TOMBSTONE}
    found: dict[str, list[str]] = {}
    for (entry,) in driver.all(_commits, asked):
        for part, digest in msgspec.json.decode(entry, type=_Commits).commits.items():
            if part in parts:
                found.setdefault(part, []).append(digest)
    return found


def erase_rows(
    driver: Driver, workspace: str, stream: str, named: Mapping[str, list[str]], *, whole: bool
) -> None:
    """Delete blobs; with the whole of it also the key, and what recognises the requests that led to it."""
    for digests in named.values():
        for digest in digests:
            driver.change(_blob_gone, {"workspace": workspace, "digest": digest})
    if whole:
        driver.change(_key_gone, {"workspace": workspace, "subject": stream})
        # A digest of a body that can be guessed is a trace of it. The key stays used: no second action.
        identifier = stream.partition("/")[2]
        driver.change(_request_blank, {"of": workspace, "which": identifier, "fingerprint": ""})
