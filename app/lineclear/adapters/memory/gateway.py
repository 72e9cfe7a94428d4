"""The backend without HTTP: a Gateway over the use cases of one process, for tests, previews and the demo."""

from __future__ import annotations

from hashlib import sha256

from lineclear.adapters.memory.deciding import DecidingGateway
from lineclear.adapters.memory.people import MemoryPeople, MemoryTokens
from lineclear.adapters.memory.policies import MemoryPolicies
from lineclear.application import jobs
from lineclear.application.budgeting import setting
from lineclear.application.budgeting.setting import Limit
from lineclear.application.governing import people
from lineclear.application.governing import safe_mode as switching
from lineclear.application.governing.scopes import WORKSPACE
from lineclear.application.idempotency import Request
from lineclear.application.ports import Page, Snapshot
from lineclear.application.reading import snapshots as reading
from lineclear.application.reading.answers import (
    ActionPage,
    BudgetAnswer,
    Control,
    Detail,
    Feed,
    Me,
    Oversight,
)
from lineclear.application.reading.oversight import read_oversight
from lineclear.application.reading.queue_query import Sort
from lineclear.application.recording import kept
from lineclear.domain.actions import Action
from lineclear.domain.control import SafeMode
from lineclear.domain.identities import Agent, Device, Person
from lineclear.domain.jobs import Job
from lineclear.domain.principals import Deed
from lineclear.domain.vocabulary import Tier
from lineclear.wire.listing import query_of
from lineclear.wire.messages import ListActions, View


class MemoryGateway(DecidingGateway):
    """What the server answers to one principal, and in the same refusals. Safe to use from any thread.

    While `down` is true every call is a Refusal(UNREACHABLE), as with a backend that does not run.
    """

    @property
    def people(self) -> MemoryPeople:
        return MemoryPeople(self._caller)

    @property
    def tokens(self) -> MemoryTokens:
        return MemoryTokens(self._caller)

    @property
    def policies(self) -> MemoryPolicies:
        return MemoryPolicies(self._caller)

    def me(self) -> Me:
        return reading.read_me(*self._caller())

    def control(self) -> Control:
        return reading.read_control(*self._caller())

    def safe_modes(self) -> tuple[SafeMode, ...]:
        """Of every scope that was ever switched, the newest state."""
        services, principal = self._caller()
        principal.require(Deed.READ)
        return services.store.read(lambda snapshot: snapshot.every(SafeMode))

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
        services, principal = self._caller()
        principal.require(Deed.READ)
        asked = ListActions(view, tier, text, job, filter=sifting, sort=sort)

        def work(snapshot: Snapshot) -> Page[Action]:
            query = query_of(asked, snapshot.load(Person, principal.subject), services.clock.now())
            return snapshot.actions(query, after=after or None, limit=limit)

        page = services.store.read(work)
        return ActionPage(page.items, page.next or "")

    def oversight(self, days: int = 7) -> Oversight:
        return read_oversight(*self._caller(), days)

    def detail(self, action: str) -> Detail:
        return reading.read_detail(*self._caller(), action)

    def blob(self, digest: str) -> bytes:
        services, principal = self._caller()
        principal.require(Deed.READ)
        return kept(services.store.read(lambda snapshot: snapshot.blob(digest)), digest)

    def stop(self, job: str, reason: str, *, key: str) -> Job:
        del key  # stopping what is stopped changes nothing
        return jobs.stop_job(*self._caller(), job, reason)

    def set_budget(self, job: str, wanted: Limit, *, key: str) -> BudgetAnswer:
        fingerprint = sha256(f"{job}\n{wanted}".encode()).hexdigest()
        found = setting.set_budget(*self._caller(), job, wanted, Request(key, fingerprint))
        return BudgetAnswer(found[0], found[1])

    def switch_safe_mode(self, *, on: bool, reason: str, key: str, scope: str = WORKSPACE) -> SafeMode:
        del key  # asking for what already is changes nothing
        return switching.switch_safe_mode(*self._caller(), on=on, reason=reason, scope=scope)

    def stop_agent(self, agent: str, reason: str, *, key: str) -> Agent:
        del key  # stopping what is stopped changes nothing
        return jobs.stop_agent(*self._caller(), agent, reason)

    def resume_agent(self, agent: str, reason: str, *, key: str) -> Agent:
        del key  # as little does resuming what goes on
        return jobs.resume_agent(*self._caller(), agent, reason)

    def enrol_device(self, public_key: str, kept: str, *, key: str) -> Device:
        del key  # the same key of a device again changes nothing
        return people.enrol_device(*self._caller(), public_key, kept)

    def feed(self, start: int, *, limit: int = 1_000, wait: float = 0) -> Feed:
        services, principal = self._caller()
        feed = reading.read_feed(services, principal, start, limit)
        if feed.items or not wait:
            return feed
        services.store.wait(max(feed.size, start), wait)
        return reading.read_feed(*self._caller(), start, limit)
