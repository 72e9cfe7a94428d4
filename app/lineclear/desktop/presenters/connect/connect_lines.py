"""What an agent builder pastes for a first call: to install, export, save, start. Pure: free of Qt and I/O.

Programs are those of `lineclear.agents.examples`, with the names at their top put in; so they are the ones
that tests run.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from lineclear.application.reading.connections import Offer
from lineclear.domain.strict_json import Json, parse
from lineclear.domain.vocabulary import Executor
from lineclear.domain.wording import marked, say


class Way(StrEnum):
    """How an agent is built."""

    SDK = "sdk"
    LANGGRAPH = "langgraph"
    PYDANTIC_AI = "pydantic_ai"
    OPENAI_AGENTS = "openai_agents"
    AAP = "aap"
    MCP = "mcp"
    PROMPT = "prompt"
    HTTP = "http"


TITLES: Final[Mapping[Way, str]] = MappingProxyType(
    {
        Way.SDK: marked("Python SDK"),
        Way.LANGGRAPH: marked("LangGraph, LangChain"),
        Way.PYDANTIC_AI: marked("Pydantic AI"),
        Way.OPENAI_AGENTS: marked("OpenAI Agents SDK"),
        Way.AAP: marked("Agent Approval Protocol"),
        Way.MCP: marked("MCP client (Claude Code and others)"),
        Way.PROMPT: marked("Permission prompt of Claude Code"),
        Way.HTTP: marked("Plain HTTP"),
    }
)
PROGRAMS: Final[Mapping[Way, str]] = MappingProxyType(
    {
        Way.SDK: "first_sdk.py",
        Way.LANGGRAPH: "first_langgraph.py",
        Way.PYDANTIC_AI: "first_pydantic_ai.py",
        Way.OPENAI_AGENTS: "first_openai_agents.py",
        Way.AAP: "first_aap.py",
        Way.HTTP: "first_http.py",
    }
)
"""The example behind each way that is a program."""

_INSTALLED: Final[Mapping[Way, str]] = MappingProxyType(
    {
        Way.SDK: "lineclear",
        Way.LANGGRAPH: "lineclear[langgraph]",
        Way.PYDANTIC_AI: "lineclear[pydantic-ai]",
        Way.OPENAI_AGENTS: "lineclear[openai-agents]",
        Way.AAP: "agentapprovalprotocol",
        Way.MCP: "lineclear[agents]",
        Way.PROMPT: "lineclear[agents]",
    }
)
_BY_THE_AGENT: Final = frozenset({Way.AAP, Way.MCP, Way.PROMPT})
"""Ways by which only what an agent carries out itself comes in."""

CLIENT: Final = """\
{
  "mcpServers": {
    "lineclear": {
      "alwaysLoad": true,
      "command": "lineclear",
      "args": ["gateway", "--config", "gateway.yaml"],
      "env": {"LINECLEAR_URL": "${LINECLEAR_URL}", "LINECLEAR_TOKEN": "${LINECLEAR_TOKEN}"}
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines to paste together; `file` is what they are saved as, if they are."""

    title: str
    text: str
    file: str = ""
    is_secret: bool = False


def fitting(way: Way, offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """The tools that can be called by this way; what changes something first, as it shows more."""
    found = [one for one in offers if way not in _BY_THE_AGENT or one.executor is Executor.AGENT]
    return tuple(sorted(found, key=lambda one: not one.mutates))


def blocks_of(
    way: Way, programs: Mapping[str, str], offer: Offer, url: str, secret: str
) -> tuple[Block, ...]:
    """Everything to paste, in order. Without a `secret`, which is shown once, its place says so."""
    token = secret or "  # " + say("the token, which was shown once")
    exported = f"export LINECLEAR_URL={url}\nexport LINECLEAR_TOKEN={token}\n"
    begin = Block(say("In the shell that starts the agent"), exported, is_secret=bool(secret))
    installed = _INSTALLED.get(way)
    install = (Block(say("Once"), f'pip install "{installed}"\n'),) if installed else ()
    match way:
        case Way.MCP:
            rest = _gateway(offer)
        case Way.PROMPT:
            rest = _prompt(offer)
        case _:
            rest = _program(way, programs[PROGRAMS[way]], offer)
    return (*install, begin, *rest)


def _program(way: Way, source: str, offer: Offer) -> tuple[Block, ...]:
    text = with_names(
        source,
        {
            "CAPABILITY": offer.capability,
            "TOOL": offer.tool,
            "ARGUMENTS": parse(offer.arguments.encode()),
            "OWN": offer.executor is Executor.AGENT,
        },
    )
    file = f"first_{way.value}.py"
    return (
        Block(say("Save as {file}", file=file), text, file),
        Block(say("Start it"), f"python {file}\n"),
    )


def _gateway(offer: Offer) -> tuple[Block, ...]:
    document = f"""\
servers:
  first: # put your own server in its place, and its tools
    command: python
    args: [-m, lineclear.agents.examples.first_mcp_server]
    capability: {_quoted(offer.capability)}
    tools:
      first_call: {{tool: {_quoted(offer.tool)}}}
"""
    return (
        Block(say("Save as {file}", file="gateway.yaml"), document, "gateway.yaml"),
        Block(say("Review the server's tools"), "lineclear gateway --config gateway.yaml --pin\n"),
        Block(say("Save as {file}, for the client", file=".mcp.json"), CLIENT, ".mcp.json"),
        Block(say("Start it"), 'claude "Call first_call" --allowedTools mcp__lineclear\n'),
    )


def _prompt(offer: Offer) -> tuple[Block, ...]:
    entry = f"{{tool: {_quoted(offer.tool)}, capability: {_quoted(offer.capability)}}}"
    document = f"""\
servers: {{}}
approve: # each of the client's own tools that may be asked for, and what it is to policy
  Bash: {entry}
"""
    start = (
        'claude -p "List the files here" --mcp-config .mcp.json '
        "--permission-prompt-tool mcp__lineclear__approve\n"
    )
    return (
        Block(say("Save as {file}", file="gateway.yaml"), document, "gateway.yaml"),
        Block(say("Save as {file}, for the client", file=".mcp.json"), CLIENT, ".mcp.json"),
        Block(say("Start it"), start),
    )


def with_names(source: str, values: Mapping[str, Json]) -> str:
    """A program with its top-level names set to these values; names that it does not have are passed over.

    What a reader need not see goes: markers for the linter, which are about the package and not the copy.
    """
    lines = [_unmarked(line) for line in source.splitlines()]
    for node in reversed(ast.parse(source).body):
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        name = node.targets[0].id
        if name in values:
            start, end = node.lineno - 1, node.end_lineno or node.lineno
            _, mark, remark = lines[end - 1].partition("  # ")
            lines[start:end] = [f"{name} = {values[name]!r}{mark}{remark}"]
    return "\n".join(lines) + "\n"


def _unmarked(line: str) -> str:
    return line.partition("  # noqa")[0]


def _quoted(text: str) -> str:
    """A YAML scalar, which JSON's strings are."""
    return json.dumps(text)
