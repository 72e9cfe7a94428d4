"""Puts the demo together: sample workspace, backend, people, sample agents; all in one folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec

from lineclear.application.governing.people import Grant, authenticate, issue_token
from lineclear.application.services import Services
from lineclear.demo.agents.roster import AGENTS
from lineclear.demo.agents.runner import Pace
from lineclear.demo.children import Child
from lineclear.demo.reading import read_row
from lineclear.demo.sample import SampleWorkspace, build
from lineclear.domain.money import parse_money
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Role, Tier
from lineclear.server.embed import open_data

__all__ = ["REVIEWER", "Demo", "prepare", "read_row"]

REVIEWER: Final = "ops-west"
_OWNER = "automation-lead"
_PEOPLE = (
    Grant(REVIEWER, Role.OPS, Tier.TWO, parse_money("500.00", "USD")),
    Grant("sec-lead", Role.APPROVER, Tier.THREE),
    Grant("sec-duty", Role.APPROVER, Tier.THREE),
    Grant("audit", Role.AUDITOR),
    Grant("admin", Role.ADMIN, Tier.THREE),
)
_MARK = "demo.json"
_TOKENS = "tokens.json"
_LOGS = "logs"


class _Mark(msgspec.Struct, frozen=True):
    """Says that a folder is ours to fill and to empty."""

    seed: int


def prepare(folder: Path, *, seed: int, fresh: bool) -> int:
    """Make the sample workspace unless it stands there already; the seed that it was made from.

    Raises Refusal for a folder that holds something else: nothing that is not ours is touched.
    """
    mark = folder / _MARK
    if not mark.exists() and folder.exists() and any(folder.iterdir()):
        problem = "it holds what `lineclear demo` did not make; name an empty or a new folder with --data."
        raise Refusal(Code.DOCUMENT_INVALID, document=folder, problem=problem)
    if mark.exists() and not fresh and SampleWorkspace(folder).document.exists():
        return msgspec.json.decode(mark.read_bytes(), type=_Mark).seed
    if mark.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_bytes(msgspec.json.encode(_Mark(seed)))
    (folder / _LOGS).mkdir()
    build(folder, seed=seed)
    return seed


@dataclass(frozen=True, slots=True)
class Access:
    """Where the backend is, and a token for each person and agent."""

    url: str
    tokens: Mapping[str, str]


class Demo:
    """The demo's processes, for the length of a block or until `close`.

    Nothing is restarted; `ended` tells what ended.
    """

    def __init__(self, folder: Path, *, seed: int = 7, pace: Pace | None = None) -> None:
        """`folder` was made by `prepare` with this seed."""
        self.folder = folder
        self._seed = seed
        self._pace = pace or Pace()
        self._children: list[Child] = []
        self._reported: set[str] = set()
        self.tokens_file = folder / _TOKENS

    def open(self) -> None:
        """Start every child; after a failure none is left."""
        try:
            self.access = self._start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def children(self) -> tuple[Child, ...]:
        """The backend first, then the agents."""
        return tuple(self._children)

    def ended(self) -> list[tuple[str, int]]:
        """Children that ended since the last call, each with its exit code."""
        found = [(child.name, child.ended) for child in self._children if child.name not in self._reported]
        gone = [(name, code) for name, code in found if code is not None]
        self._reported.update(name for name, _ in gone)
        return gone

    def close(self) -> None:
        """End every child, agents before the backend; what waits for a person stays in the queue."""
        for child in reversed(self._children):
            child.end()
        self._children.clear()

    def _start(self) -> Access:
        tokens = _tokens(self.folder, self.tokens_file)
        arguments = ["serve", "--data", str(self.folder), "--json"]
        backend = self._child("backend", "lineclear.demo.tether", arguments)
        url = str(backend.said()["url"])
        for name in AGENTS:
            self._child(
                name,
                "lineclear.demo.agents",
                self._told(name),
                {
                    "LINECLEAR_URL": url,
                    "LINECLEAR_TOKEN": tokens[name],
                },
            )
        return Access(url, tokens)

    def _told(self, agent: str) -> list[str]:
        pace = self._pace
        options = {
            "--data": self.folder,
            "--seed": self._seed,
            "--actions": pace.actions,
            "--pace": pace.seconds,
            "--open": pace.open_at_once,
        }
        given = [str(part) for option in options.items() for part in option]
        return [agent.removesuffix("-agent"), *given, "--tethered"]

    def _child(
        self, name: str, module: str, arguments: list[str], extra: Mapping[str, str] | None = None
    ) -> Child:
        child = Child(name, module, arguments, self.folder / _LOGS / f"{name}.log", extra)
        self._children.append(child)
        return child


def _tokens(folder: Path, path: Path) -> Mapping[str, str]:
    """A token for each person and agent; those of an earlier start where they still hold."""
    opened = open_data(folder)
    try:
        tokens = _kept(opened.services, path)
        if tokens is None:
            agents = [Grant(name, Role.AGENT, owner=_OWNER) for name in AGENTS]
            tokens = {grant.name: issue_token(opened.services, grant).secret for grant in (*_PEOPLE, *agents)}
            _write_private(path, msgspec.json.encode(tokens))
    finally:
        opened.close()
    return tokens


def _kept(services: Services, path: Path) -> Mapping[str, str] | None:
    try:
        tokens = msgspec.json.decode(path.read_bytes(), type=dict[str, str])
        for secret in tokens.values():
            authenticate(services, secret)
    except (FileNotFoundError, Refusal):
        return None
    return tokens if {*AGENTS, *(person.name for person in _PEOPLE)} <= set(tokens) else None


def _write_private(path: Path, content: bytes) -> None:
    """For its owner's eyes only, from its first byte."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
