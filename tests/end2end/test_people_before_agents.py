"""People reach their backend while all that agents ask for waits behind a system that hangs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from lineclear.adapters.memory.tools import MemoryTools
from lineclear.application.governing.people import Grant, issue_token
from lineclear.application.ports import Arguments
from lineclear.domain.effects import Preview
from lineclear.domain.vocabulary import Role, Tier
from lineclear.server.serving import THREADS, HttpServer, listen
from lineclear.server.tail import AGENT_THREADS
from support.kernel import CONTRACTS, Kernel

PATIENCE = 20.0


class HangingTools(MemoryTools):
    """A system that answers nobody until it is let go."""

    def __init__(self) -> None:
        super().__init__(CONTRACTS, {"pay_1": {"status": "captured"}})
        self.asked = threading.Semaphore(0)
        self.goes_on = threading.Event()

    def preview(self, tool: str, arguments: Arguments) -> Preview:
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


def test_i28_i34_safe_mode_does_not_wait_behind_agents_whose_system_hangs():
    tools = HangingTools()
    kernel = Kernel(tools=tools)
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    lasts = timedelta(days=40_000)  # the kernel's clock stands still
    lead = Caller(url, issue_token(kernel.services, Grant("lead", Role.OPS, Tier.TWO, lasts=lasts)).secret)
    grant = Grant("support-agent", Role.AGENT, owner="owner", lasts=lasts)
    agent = Caller(url, issue_token(kernel.services, grant).secret)
    change = {"id": "pay_1", "fields": {"status": "refunded"}, "amount": "20.00", "currency": "USD"}
    payload = {"capability": "issue_refund", "tool": "payments.create_refund", "arguments": change}
    server = HttpServer(kernel.services, listener)
    server.start()
    try:
        with ThreadPoolExecutor(2 * THREADS) as pool:
            proposals = [
                pool.submit(
                    agent.post, "/v1/actions", {"job": kernel.job, "payload": payload}, f"key-{number}"
                )
                for number in range(2 * THREADS)
            ]
            assert all(tools.asked.acquire(timeout=PATIENCE) for _ in range(AGENT_THREADS))
            switched = lead.post("/v1/safe-mode", {"on": True, "reason": "it hangs"}, "lead-1")
            tools.goes_on.set()
            assert switched.status_code == httpx.codes.OK, switched.text
            assert all(one.result().status_code < httpx.codes.INTERNAL_SERVER_ERROR for one in proposals)
    finally:
        tools.goes_on.set()
        server.close()
