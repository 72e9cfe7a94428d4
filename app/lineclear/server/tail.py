"""The ledger's end, watched by one thread for all who wait on it. Free of frameworks."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from weakref import WeakValueDictionary

from lineclear.application.ports import Store
from lineclear.domain.refusals import Refusal
from lineclear.server.endpoints import Answer

_LOG = logging.getLogger(__name__)
AGENT_THREADS = 64
"""Requests of agents that may block on the store or a connector at the same time."""
EACH_AGENT = 16
"""So many of them under one token: an agent whose system hangs leaves the others theirs."""

_GLANCE = 0.5
"""Seconds for which the thread looks at the store before it looks whether it should end."""


class Tail:
    """Wakes waiters on one event loop when the ledger grows. Made and used on that loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._loop = asyncio.get_running_loop()
        self._size = 0
        self._changed = asyncio.Event()
        self._ending = threading.Event()
        self._waking = threading.Lock()
        self._for_agents = ThreadPoolExecutor(AGENT_THREADS, "lineclear-agent")
        self._turns = WeakValueDictionary[str, asyncio.Semaphore]()
        self._thread = threading.Thread(target=self._watch, name="lineclear-tail", daemon=True)
        self._thread.start()

    @property
    def is_closed(self) -> bool:
        """Whether nobody should wait any more."""
        return self._ending.is_set()

    async def beyond(self, size: int, seconds: float) -> int:
        """Wait until the ledger is longer than `size`, time is over or the tail closes; the size then."""
        try:
            async with asyncio.timeout(seconds):
                while self._size <= size and not self.is_closed:
                    await self._changed.wait()
        except TimeoutError:
            pass
        return self._size

    async def settled(self, run: Callable[[], Answer], *, agent: str = "") -> Answer:
        """What `run` answers in a thread, asked anew with each change until settled or out of time.

        Requests under the token of an `agent` have threads of their own, `EACH_AGENT` at most: they may wait
        for a system that hangs, and neither people who want to stop that nor other agents wait behind them.
        """
        answer = await self._in_thread(run, agent)
        end = self._loop.time() + (answer.again.seconds if answer.again is not None else 0)
        while answer.again is not None and self._loop.time() < end and not self.is_closed:
            await self.beyond(answer.again.size, end - self._loop.time())
            answer = await self._in_thread(run, agent)
        return answer

    def close(self) -> None:
        """Let all waiters go and end the watching; afterwards the loop is not touched again.

        From any thread, any number of times; the first call has to come while the loop runs.
        """
        with self._waking:
            if not self._ending.is_set():
                self._ending.set()
                self._loop.call_soon_threadsafe(self._wake, self._size)

    def join(self) -> None:
        """Wait for the thread to end; at most for one glance after `close`."""
        self._thread.join()
        self._for_agents.shutdown(wait=False)

    async def _in_thread(self, run: Callable[[], Answer], agent: str) -> Answer:
        if not agent:
            return await self._loop.run_in_executor(None, run)
        turns = self._turns.setdefault(agent, asyncio.Semaphore(EACH_AGENT))
        async with turns:
            return await self._loop.run_in_executor(self._for_agents, run)

    def _wake(self, size: int) -> None:
        self._size = max(size, self._size)
        waiting, self._changed = self._changed, asyncio.Event()
        waiting.set()

    def _watch(self) -> None:
        size = -1
        while not self._ending.is_set():
            try:
                now = self._store.wait(size, _GLANCE)
            except Refusal as refusal:
                _LOG.info("the ledger cannot be watched now: %s", refusal)
                self._ending.wait(_GLANCE)
                continue
            if now != size:
                size = now
                self._tell(size)

    def _tell(self, size: int) -> None:
        with self._waking:
            if not self._ending.is_set():  # afterwards the loop may be closed
                self._loop.call_soon_threadsafe(self._wake, size)
