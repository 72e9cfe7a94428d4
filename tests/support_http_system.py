"""A provider of customers over HTTP for the connectors' contract, in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar

from lineclear.adapters.connectors.http.connector import HttpConnector
from lineclear.adapters.connectors.http.system import HttpSystem as HttpSettings
from lineclear.adapters.connectors.http.tools import HttpTool
from lineclear.application.ports import Connector
from lineclear.domain.strict_json import Json
from support.provider import Provider
from support_connectors import made

HTTP_TOOL = """
title: "Change {now.name}"
target: {kind: customer, id: args.id}
reversible: true
read: GET /customers/{args.id}
write: PATCH /customers/{args.id}
body: {email: args.email, plan: args.plan}
if_match: true
idempotency_header: Idempotency-Key
"""
HTTP_CLASSES = {"keyed": "window: 86400", "queryable": "lookup: GET /operations?key={key}"}
CUSTOMERS: dict[str, Json] = {
    "/customers/c1": {"name": "Ada", "email": "ada@example.org", "plan": {"name": "free", "seats": 1}},
    "/customers/c2": {"name": "Bob", "email": "bob@example.org", "plan": {"name": "team", "seats": 5}},
}


class HttpSystem:
    """Customers at a provider that runs in a process of its own."""

    tool, final = "update", "update_finally"
    arguments: ClassVar[dict[str, Json]] = {"id": "c1", "email": "a@example.org", "plan": {"name": "team"}}
    hostile: ClassVar[list[dict[str, Json]]] = [
        *[
            {"id": identifier, "email": "x@example.org", "plan": {}}
            for identifier in (
                "../payments/p1", "c1/../c2", "c2/", "..", ".", "", "c1?x=1", "c1#x", "c1%2F..%2Fc2", "c1;x",
                "\\c1", "c1\r\nX-Admin: yes", "c1\0", "\u202ec1", "\ud800", ["c1"], {"$ne": None}, None, True,
                1.5, "http://x",
            )
        ],
        {"id": "c1", "email": {"$ne": None}, "plan": {"name": {"a": [1, {"b": None}]}}},
        {"id": "c1", "email": None, "plan": {"name": "x", "seats": None}},
        {"id": "c1", "email": '", "admin": true, "x": "', "plan": {"name": "\u2028\0\x1b[31m"}},
        {"id": "c1", "email": "\ud800", "plan": {}},
        {"id": "c1", "email": 2**60, "plan": {}},
        {"id": "c1"},
    ]  # fmt: skip

    def __init__(self, provider: Provider, journal: Path, kind: str) -> None:
        self._provider = provider
        self._journal = journal
        self._class = HTTP_CLASSES[kind]

    def tools(self) -> dict[str, HttpTool]:
        text = HTTP_TOOL + self._class
        return {
            self.tool: made(HttpTool, text),
            self.final: made(HttpTool, text.replace("reversible: true", "loses: mails that were sent")),
        }

    def connector(self) -> Connector:
        return http_connector(self._provider.url, self.tools(), self._journal)

    def broken(self) -> Connector:
        return http_connector("http://127.0.0.1:1", self.tools(), self._journal)

    def snapshot(self) -> Json:
        return self._provider.state()

    def interfere(self) -> None:
        self._provider.edit("/customers/c1", {"email": "else@example.org"})

    def interfere_after(self) -> None:
        self._provider.edit("/customers/c1", {"plan": {"name": "scale"}})

    def work_elsewhere(self) -> None:
        self._provider.edit("/customers/c1", {"name": "Ada L."})


def http_connector(
    url: str,
    tools: Mapping[str, HttpTool],
    journal: Path,
    *,
    settings: Mapping[str, object] | None = None,
    environment: Mapping[str, str] | None = None,
    now: Callable[[], int] = lambda: 1_795_000_000,
) -> HttpConnector:
    """A connector for one provider; one second is as long as a test waits for a silent one."""
    content = {"kind": "http", "base_url": url, "timeout": 1, **(settings or {})}
    return HttpConnector(
        "system",
        HttpSettings.model_validate(content),
        tools,
        journal=journal,
        environment=(environment or {}).get,
        now=now,
    )
