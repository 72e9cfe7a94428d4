"""Clients that take as little of the machine as they can, since what they measure runs on it too."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

_NUMBERS = count()
_EACH_JOB = 10
"""Proposals in one job, as jobs of agents have them."""


class Line:
    """One kept-alive connection; HTTP/1.1 without anything that the server here does not send."""

    def __init__(self, port: int, token: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._common = (
            f"Host: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        )

    def post(self, path: str, body: bytes) -> bytes:
        """The body of the answer, which must be a success."""
        head = (
            f"POST {path} HTTP/1.1\r\n{self._common}Idempotency-Key: bench-{next(_NUMBERS)}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._socket.sendall(head.encode() + body)
        said = b""
        while b"\r\n\r\n" not in said:
            said += self._socket.recv(65_536)
        fields, _, answer = said.partition(b"\r\n\r\n")
        length = int(fields.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(answer) < length:
            answer += self._socket.recv(65_536)
        assert fields.startswith(b"HTTP/1.1 20"), answer
        return answer

    def close(self) -> None:
        self._socket.close()


@dataclass
class Agent:
    """Proposes refunds on records of its own choice, a few in each job."""

    line: Line
    jobs: Sequence[str]
    count: int = 0

    @property
    def has_jobs(self) -> bool:
        """Whether there is a job left for one more proposal."""
        return self.count < len(self.jobs) * _EACH_JOB

    def propose(self, record: int | None = None) -> bytes:
        job = self.jobs[self.count // _EACH_JOB]
        self.count += 1
        number = next(_NUMBERS)
        arguments = {
            "id": f"rec_{number % 1_000 if record is None else record}",
            "fields": {"status": "refunded"},
            "amount": f"{60 + number % 100}.00",
            "currency": "USD",
            "reason": f"ticket {number}",
        }
        payload = {"capability": "issue_refund", "tool": "payments.create_refund", "arguments": arguments}
        asked = {"job": job, "payload": payload, "note": "Charged twice.", "confidence": "0.95"}
        return self.line.post("/v1/actions", json.dumps(asked).encode())


@dataclass
class Server:
    """A `kernel_server` with a connection for each of its agents."""

    process: subprocess.Popen[str]
    port: int
    reviewers: Sequence[str]
    agents: Sequence[Agent]
    collections: tuple[float, float]
    """Seconds of a full garbage collection, before and after the start was settled."""

    seconds: list[float] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rate(self, each: int) -> float:
        """Proposals in a second by all agents at once, each with the next as soon as one is answered."""
        gate = threading.Barrier(len(self.agents) + 1)

        def work(agent: Agent) -> None:
            gate.wait()
            for _ in range(each):
                begun = time.perf_counter()
                agent.propose()
                self.seconds.append(time.perf_counter() - begun)

        threads = [threading.Thread(target=work, args=[agent]) for agent in self.agents]
        for thread in threads:
            thread.start()
        gate.wait()
        begun = time.perf_counter()
        for thread in threads:
            thread.join()
        return len(threads) * each / (time.perf_counter() - begun)

    def started(self) -> dict[str, int]:
        """When the effect on each record started, in nanoseconds since the epoch."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        moments: dict[str, int] = json.loads(self.process.stdout.readline())
        return moments


@contextmanager
def serving(kind: str, folder: Path) -> Iterator[Server]:
    """A server of this kind on a ledger of its own."""
    folder.mkdir()
    program = Path(__file__).with_name("kernel_server.py")
    paths = os.pathsep.join(path for path in sys.path if path)
    with subprocess.Popen(
        [sys.executable, program, kind, folder],
        env=os.environ | {"PYTHONPATH": paths},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        agents = [Agent(Line(said["port"], token), jobs) for token, jobs in said["agents"]]
        try:
            yield Server(process, said["port"], said["reviewers"], agents, said["collections"])
        finally:
            for agent in agents:
                agent.line.close()
            process.stdin.close()
