"""The client of our own backend, on one connection pool. Free of the server's and the desktop's libraries."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from lineclear.adapters.http.connection import Connection
from lineclear.adapters.http.deciding import DecidingCalls
from lineclear.adapters.http.following import Follower, Heard, Lost
from lineclear.adapters.http.log import LogClient
from lineclear.adapters.http.people import PeopleClient
from lineclear.adapters.http.policies import PoliciesClient
from lineclear.application.budgeting.setting import Limit
from lineclear.application.governing.scopes import WORKSPACE
from lineclear.application.reading.answers import (
    ActionPage,
    BudgetAnswer,
    Control,
    Detail,
    DeviceAnswer,
    Feed,
    FeedItem,
    JobPage,
    Me,
    Oversight,
)
from lineclear.application.reading.queue_query import Sort
from lineclear.application.recording import kept
from lineclear.domain.control import SafeMode
from lineclear.domain.identities import Agent, Device
from lineclear.domain.jobs import Job
from lineclear.domain.vocabulary import Tier
from lineclear.wire.budgets import SetBudget
from lineclear.wire.messages import (
    EnrolDevice,
    ListActions,
    ListJobs,
    ReadFeed,
    ReadOversight,
    Resume,
    SafeModes,
    Stop,
    SwitchSafeMode,
    View,
)


class BackendClient(DecidingCalls):
    """A `Gateway`, and all that agents ask. Blocking; safe to use from several threads.

    Every call raises Refusal: the backend's own, or Refusal(UNREACHABLE) where no answer came within
    `timeout` seconds. `key` makes a write idempotent.
    """

    def __init__(self, url: str, token: str, *, timeout: float = 10) -> None:
        super().__init__(Connection(url, token, timeout=timeout))
        self.people = PeopleClient(self._connection)
        self.tokens = self.people
        self.policies = PoliciesClient(self._connection)
        self.log = LogClient(self._connection)

    def close(self) -> None:
        """Give the connections back; a `follow` has to be stopped before."""
        self._connection.close()

    def me(self) -> Me:
        return self._connection.get("/v1/me", Me)

    def control(self) -> Control:
        return self._connection.get("/v1/control", Control)

    def safe_modes(self) -> tuple[SafeMode, ...]:
        """Of every scope that was ever switched, the newest state."""
        return self._connection.get("/v1/safe-mode", SafeModes).items

    def jobs(self, *, after: str = "", limit: int = 100) -> JobPage:
        return self._connection.get("/v1/jobs", JobPage, ListJobs(after, limit))

    def actions(
        self,
        view: View = View.WAITING,
        *,
        tier: Tier | None = None,
        text: str = "",
        job: str = "",
        after: str = "",
        limit: int = 100,
        sifting: str = "",
        sort: Sort | None = None,
    ) -> ActionPage:
        asked = ListActions(view, tier, text, job, after, limit, sifting, sort)
        return self._connection.get("/v1/actions", ActionPage, asked)

    def oversight(self, days: int = 7) -> Oversight:
        """How people decided in the last so many days."""
        return self._connection.get("/v1/oversight", Oversight, ReadOversight(days))

    def detail(self, action: str) -> Detail:
        return self._connection.get(f"/v1/actions/{action}/detail", Detail)

    def stop(self, job: str, reason: str, *, key: str) -> Job:
        return self._write(f"/v1/jobs/{job}/stop", Stop(reason), Job, key)

    def set_budget(self, job: str, wanted: Limit, *, key: str) -> BudgetAnswer:
        asked = SetBudget(wanted.kind, wanted.limit, wanted.reason)
        return self._write(f"/v1/jobs/{job}/budget", asked, BudgetAnswer, key)

    def switch_safe_mode(self, *, on: bool, reason: str, key: str, scope: str = WORKSPACE) -> SafeMode:
        return self._write("/v1/safe-mode", SwitchSafeMode(on, reason, scope), SafeMode, key)

    def stop_agent(self, agent: str, reason: str, *, key: str) -> Agent:
        return self._write(f"/v1/agents/{agent}/stop", Stop(reason), Agent, key)

    def resume_agent(self, agent: str, reason: str, *, key: str) -> Agent:
        return self._write(f"/v1/agents/{agent}/resume", Resume(reason), Agent, key)

    def enrol_device(self, public_key: str, kept: str, *, key: str) -> Device:
        return self._write("/v1/devices", EnrolDevice(public_key, kept), DeviceAnswer, key).device

    def blob(self, digest: str) -> bytes:
        """What is kept under a digest, checked against it; Refusal(BLOB_UNKNOWN) where it was erased."""
        blob = self._connection.get_bytes(f"/v1/blobs/{digest}")
        try:
            return kept(blob, digest)
        except ValueError as error:
            raise self._connection.unreachable(error) from None

    def feed(self, start: int, *, limit: int = 1_000, wait: float = 0) -> Feed:
        """Entries from `start` on; with `wait` (30 s at most) as soon as there is one."""
        return self._connection.get("/v1/feed", Feed, ReadFeed(start, limit, wait), wait=wait)

    def follow(
        self,
        start: int,
        stop: threading.Event,
        *,
        heard: Heard = lambda: None,
        lost: Lost = lambda _: None,
    ) -> Iterator[FeedItem]:
        """Entries from `start` on, as they are appended, until `stop` is set; see `Follower`."""
        return Follower(self._connection, stop, heard, lost).items(start)
