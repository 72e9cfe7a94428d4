"""People and other agents reach their backend while all that an agent asks for waits behind a system."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import pytest

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.governing.people import Grant, issue_token
from lineclear.application.ports import Arguments
from lineclear.domain.effects import Preview
from lineclear.domain.vocabulary import Role, Tier
from lineclear.server.serving import HttpServer, listen
from lineclear.server.tail import EACH_AGENT
from support.kernel import CONTRACTS, Kernel

PATIENCE = 20.0


class HangingTools(MemoryTools):
    """A system that answers nobody about `pay_1` until it is let go."""

    def __init__(self) -> None:
        captured = {"status": "captured"}
        super().__init__(CONTRACTS, {"pay_1": captured, "pay_2": captured})
        self.asked = threading.Semaphore(0)
        self.goes_on = threading.Event()

    def preview(self, tool: str, arguments: Arguments) -> Preview:
        if arguments["id"] == "pay_1":
            self.asked.release()
            assert self.goes_on.wait(2 * PATIENCE)
        return super().preview(tool, arguments)


@dataclass
class Caller:
    """One token over HTTP."""

    url: str
    secret: str
    sent: list[int] = field(default_factory=list)

    def post(self, path: str, body: dict[str, Any], key: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.secret}", "Idempotency-Key": key}
        with httpx.Client(base_url=self.url, trust_env=False, timeout=PATIENCE) as client:
            return client.post(path, json=body, headers=headers)


@dataclass
class Hung:
    """A backend at which one agent waits with as many requests as it may have, and some more."""

    kernel: Kernel
    tools: HangingTools
    url: str
    proposals: list[Future[httpx.Response]]

    def caller(self, who: str, role: Role, tier: Tier = Tier.ONE, owner: str = "") -> Caller:
        return Caller(self.url, token_of(self.kernel, who, role, tier, owner))


def token_of(kernel: Kernel, who: str, role: Role, tier: Tier = Tier.ONE, owner: str = "") -> str:
    lasts = timedelta(days=40_000)  # the kernel's clock stands still
    return issue_token(kernel.services, Grant(who, role, tier, owner=owner, lasts=lasts)).secret


def proposed(job: str, payment: str) -> dict[str, Any]:
    change = {"id": payment, "fields": {"status": "refunded"}, "amount": "20.00", "currency": "USD"}
    payload = {"capability": "issue_refund", "tool": "payments.create_refund", "arguments": change}
    return {"job": job, "payload": payload}


@pytest.fixture
def hung() -> Iterator[Hung]:
    tools = HangingTools()
    kernel = Kernel(tools=tools)
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    agent = Caller(url, token_of(kernel, "support-agent", Role.AGENT, owner="owner"))
    server = HttpServer(kernel.services, listener)
    server.start()
    try:
        with ThreadPoolExecutor(2 * EACH_AGENT) as pool:
            body = proposed(kernel.job, "pay_1")
            proposals = [
                pool.submit(agent.post, "/v1/actions", body, f"key-{number}")
                for number in range(2 * EACH_AGENT)
            ]
            assert all(tools.asked.acquire(timeout=PATIENCE) for _ in range(EACH_AGENT))
            yield Hung(kernel, tools, url, proposals)
            tools.goes_on.set()
            assert all(one.result().status_code < httpx.codes.INTERNAL_SERVER_ERROR for one in proposals)
    finally:
        tools.goes_on.set()
        server.close()


def test_i28_i34_safe_mode_does_not_wait_behind_agents_whose_system_hangs(hung: Hung):
    lead = hung.caller("lead", Role.OPS, Tier.TWO)
    switched = lead.post("/v1/safe-mode", {"on": True, "reason": "it hangs"}, "lead-1")
    assert switched.status_code == httpx.codes.OK, switched.text


def test_i28_an_agent_does_not_wait_behind_another_whose_system_hangs(hung: Hung):
    other = hung.caller("other-agent", Role.AGENT, owner="owner")
    opened = other.post("/v1/jobs", {"goal": "Refund the second payment"}, "job-1")
    assert opened.status_code == httpx.codes.CREATED, opened.text
    found = other.post("/v1/actions", proposed(opened.json()["id"], "pay_2"), "act-1")
    assert found.status_code == httpx.codes.CREATED, found.text
    assert not hung.tools.asked.acquire(blocking=False)  # the first agent had no more than its share
