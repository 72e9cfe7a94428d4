"""The gateway's document: which servers it stands before, and what their tools are to policy. Reads one file.

```yaml
goal: Work on support tickets         # what its jobs are called in the console
servers:
  desk:
    command: desk-mcp                 # a server of its own, over standard input and output
    args: [--stdio]
    env: {DESK_KEY: DESK_API_KEY}     # its variable: the variable of the gateway that holds the value
    capability: agents_write          # for every tool that names no other
    tools:
      send: {tool: desk.send, capability: agents_write}
  crm:
    url: https://crm.example.com/mcp  # or one over streamable HTTP
    headers: {Authorization: CRM_AUTHORIZATION}
    tools:
      look_up: {capability: agents_read}
approve:                              # what a client's own tools are, for its permission prompt
  Bash: {tool: shell.run, capability: run_commands}
```

A tool of server `desk` is `desk.<name>` to policy unless `tool` says otherwise. No secret stands in the file:
credentials are named by the variable that holds them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from lineclear.domain.refusals import Code, Refusal

BETWEEN = "__"
"""Stands between a server's name and its tool's, in the name that the client sees."""

type Variable = Annotated[str, msgspec.Meta(pattern="^[A-Za-z_][A-Za-z0-9_]{0,99}$")]
type ServerName = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{0,30}$")]
type Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of the document's parts."""


class ToolEntry(_Part, frozen=True):
    """What one tool is to policy."""

    tool: str = ""
    capability: str = ""


class ServerEntry(_Part, frozen=True):
    """One server. `timeout` is how many seconds a call may take."""

    command: str = ""
    args: tuple[str, ...] = ()
    env: dict[str, Variable] = {}
    url: str = ""
    headers: dict[str, Variable] = {}
    capability: str = ""
    tools: dict[str, ToolEntry] = {}
    timeout: Seconds = 600.0


class Config(_Part, frozen=True):
    """The document. `patience` is for how many seconds the backend may be away.

    `hold` is for how many seconds a request waits where its client knows to come back; 0 is for ever.
    """

    servers: dict[ServerName, ServerEntry]
    approve: dict[str, ToolEntry] = {}
    goal: Annotated[str, msgspec.Meta(min_length=1, max_length=200)] = "Tool calls through the gateway"
    patience: Annotated[float, msgspec.Meta(ge=0, le=600)] = 20.0
    hold: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 0.0


@dataclass(frozen=True, slots=True)
class Mapped:
    """A tool of a server, and what it is to policy."""

    server: str
    name: str
    tool: str
    capability: str


def read_config(file: Path) -> Config:
    """Refusal(GATEWAY_UNUSABLE) for what cannot be read or means nothing."""
    try:
        config = msgspec.convert(YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")), Config)
    except OSError as error:
        raise unusable(f"{file} cannot be read ({error.strerror})") from None
    except (YAMLError, ValueError) as error:  # not UTF-8, and what does not fit, are among them
        raise unusable(f"{file}: {str(error).splitlines()[0]:.300}") from None
    for name, server in config.servers.items():
        _check(name, server)
    if any(not entry.tool or not entry.capability for entry in config.approve.values()):
        raise unusable("each entry of approve names its tool and its capability")
    return config


def _check(name: str, server: ServerEntry) -> None:
    if bool(server.command) == bool(server.url):
        raise unusable(f"server {name} has either a command or a url")
    if (server.url and (server.args or server.env)) or (server.command and server.headers):
        raise unusable(f"server {name}: args and env go with a command, headers with a url")
    if server.url and not server.url.startswith(("https://", "http://")):
        raise unusable(f"server {name}: the url is an http or https address")


def mapped(config: Config, server: str, name: str) -> Mapped:
    """What a server's tool is to policy; Refusal(TOOL_UNMAPPED) where nobody said under which capability."""
    entry = config.servers[server]
    tool = entry.tools.get(name, ToolEntry())
    capability = tool.capability or entry.capability
    if not capability:
        raise Refusal(Code.TOOL_UNMAPPED, tool=f"{server}.{name}")
    return Mapped(server, name, tool.tool or f"{server}.{name}", capability)


def filled(variables: Mapping[str, str]) -> dict[str, str]:
    """Each name with its variable's value; Refusal(GATEWAY_UNUSABLE) for a variable that is not set."""
    missing = [variable for variable in variables.values() if variable not in os.environ]
    if missing:
        raise unusable(f"the variable {missing[0]} is not set")
    return {name: os.environ[variable] for name, variable in variables.items()}


def unusable(problem: str) -> Refusal:
    return Refusal(Code.GATEWAY_UNUSABLE, problem=problem)
