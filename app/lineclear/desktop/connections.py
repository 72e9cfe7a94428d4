"""Backends that this console knows, kept with the other choices. Tokens are never among it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QSettings

from lineclear.desktop.preferences import stored_choices

_LIST = "connections"
_LAST = "last_connection"


@dataclass(frozen=True, slots=True)
class Connection:
    """One person in one workspace. `workspace`, `environment` and `person` are as the backend last said."""

    id: str
    name: str
    url: str
    workspace: str = ""
    environment: str = ""
    person: str = ""


def connection_id(origin: str, person: str) -> str:
    """One and the same for this person in this workspace, wherever its backend moves."""
    return sha256(f"{origin}\n{person}".encode()).hexdigest()[:16]


class Tokens(Protocol):
    """Keeps tokens by a connection's id. Blocking; raises Refusal. `kept` is keyring, file or memory."""

    @property
    def kept(self) -> str: ...

    def keep(self, connection: str, token: str) -> None: ...

    def find(self, connection: str) -> str: ...

    def forget(self, connection: str) -> None: ...


class Connections:
    """The list, in the order in which they were made, and which was used last. For the GUI thread."""

    def __init__(self, file: Path | None = None) -> None:
        self._stored = stored_choices(file)

    def every(self) -> tuple[Connection, ...]:
        """All that can be read; an entry without id or address counts as none."""
        found = []
        for place in range(self._stored.beginReadArray(_LIST)):
            self._stored.setArrayIndex(place)
            found.append(Connection(*(_text(self._stored, field.name) for field in fields(Connection))))
        self._stored.endArray()
        return tuple(one for one in found if one.id and one.url)

    def find(self, connection: str) -> Connection | None:
        """The one with this id."""
        return next((one for one in self.every() if one.id == connection), None)

    @property
    def last(self) -> Connection | None:
        """The one that was used last, if it is still known."""
        return self.find(_text(self._stored, _LAST))

    def use(self, connection: str) -> None:
        """The next start begins with this one; with none of them for an empty id."""
        self._stored.setValue(_LAST, connection)
        self._stored.sync()

    def keep(self, connection: Connection) -> None:
        """Add it, or put it in the place of the one with its id."""
        every = self.every()
        if any(one.id == connection.id for one in every):
            self._write(connection if one.id == connection.id else one for one in every)
        else:
            self._write((*every, connection))

    def forget(self, connection: str) -> None:
        """Take it off the list; its token is the keeper's."""
        self._write(one for one in self.every() if one.id != connection)

    def _write(self, connections: Iterable[Connection]) -> None:
        kept = tuple(connections)
        self._stored.remove(_LIST)
        self._stored.beginWriteArray(_LIST, len(kept))
        for place, one in enumerate(kept):
            self._stored.setArrayIndex(place)
            for field in fields(Connection):
                self._stored.setValue(field.name, getattr(one, field.name))
        self._stored.endArray()
        self._stored.sync()


def _text(stored: QSettings, name: str) -> str:
    found = stored.value(name, "")
    return found if isinstance(found, str) else ""
