"""What the border saw of one token: first and last use, and calls that it refused. Pure.

Kept beside the ledger and not on it: a refused call changed nothing, and whoever holds a wrong token could
make an append-only record grow without end. Of a call there is what it was refused for, when and where; never
its words, as nobody could erase them here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

MOST: Final = 20
"""Refusals kept for one token; the oldest go first."""

NO_TOKEN: Final = "none"  # noqa: S105  # a name, not a secret
"""The name under which calls without a token are kept."""
UNKNOWN_TOKEN: Final = "unknown"  # noqa: S105  # a name, not a secret
"""The name under which calls with a token that was never given are kept."""

_SHOWN_PARTS: Final = 8
_HIDDEN: Final = "…"


class Refused(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call that was refused, `times` in a row, the last time `at`. `path` has no ids in it."""

    at: str
    code: str
    method: str
    path: str
    times: int = 1


class Arrival(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One token's uses, by its id. `first` and `last` are empty where it opened nothing yet."""

    token: str
    first: str = ""
    last: str = ""
    refused: tuple[Refused, ...] = ()

    def used(self, at: str) -> Arrival:
        """It opened something."""
        return msgspec.structs.replace(self, first=self.first or at, last=at)

    def turned_away(self, call: Refused) -> Arrival:
        """It was refused. The same again is counted, so that who tries for ever hides nothing else."""
        before, newest = self.refused[:-1], self.refused[-1:]
        if newest and (newest[0].code, newest[0].method, newest[0].path) == (
            call.code,
            call.method,
            call.path,
        ):
            call = msgspec.structs.replace(call, times=newest[0].times + 1)
        else:
            before = self.refused
        return msgspec.structs.replace(self, refused=(*before, call)[-MOST:])


def shown_path(path: str, known: Iterable[str]) -> str:
    """An address with only those parts that are addresses of ours: all others may be somebody's words."""
    words = frozenset(known)
    parts = [part if part in words else _HIDDEN for part in path.split("/")[1 : _SHOWN_PARTS + 1]]
    return "/" + "/".join(parts)
