"""Sentences of refusals of the MCP gateway, which stands beside an agent. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lineclear.domain.refusal_codes import Code, Form, Kind

FORMS: Final[Mapping[Code, Form]] = {
    Code.DEFINITION_UNREVIEWED: Form(
        Kind.FORBIDDEN,
        "The definition of {tool} is not one that was reviewed: {problem}.",
        "It was not called. A person reads it and accepts it with `lineclear gateway --config FILE --pin`.",
    ),
    Code.GATEWAY_UNUSABLE: Form(
        Kind.UNAVAILABLE, "The gateway cannot be used: {problem}.", "Correct that, and start it again."
    ),
    Code.TOOL_UNMAPPED: Form(
        Kind.FORBIDDEN,
        "The gateway knows no capability for tool {tool}.",
        "It was not called. Name the tool in the gateway's document.",
    ),
    Code.UPSTREAM_DOWN: Form(
        Kind.UNAVAILABLE,
        "The server {server} cannot be reached: {problem}.",
        "It was not called. Check that server, then call again.",
    ),
}
