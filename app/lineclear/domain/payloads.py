"""The payload of an action: the exact bytes that are stored, shown, signed and executed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from lineclear.domain.actions import Action
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json, StrictJsonError, canonical, parse

PAYLOAD_LIMIT = 1_048_576
_PROPOSED = frozenset({"capability", "tool", "arguments"})
_UNDOING = frozenset({"capability", "tool", "undoes", "effect"})


@dataclass(frozen=True, slots=True)
class Change:
    """A payload that proposes a change through a tool."""

    capability: str
    tool: str
    arguments: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Undoing:
    """A payload that takes back the effect (by its digest) of an earlier action."""

    capability: str
    tool: str
    undoes: str
    effect: str


def read_payload(content: bytes) -> Change | Undoing:
    """Read payload bytes strictly; raises Refusal(BODY_INVALID or BODY_TOO_LARGE)."""
    if len(content) > PAYLOAD_LIMIT:
        raise Refusal(Code.BODY_TOO_LARGE, size=len(content), limit=PAYLOAD_LIMIT)
    try:
        value = parse(content, max_bytes=PAYLOAD_LIMIT)
    except StrictJsonError as error:
        raise Refusal(Code.BODY_INVALID, problem=error) from error
    if not isinstance(value, dict):
        raise Refusal(Code.BODY_INVALID, problem="the payload is not an object")
    match value:
        case {"capability": str(capability), "tool": str(tool), "arguments": dict(arguments)} if (
            value.keys() == _PROPOSED
        ):
            return Change(capability, tool, arguments)
        case {
            "capability": str(capability),
            "tool": str(tool),
            "undoes": str(undoes),
            "effect": str(effect),
        } if value.keys() == _UNDOING:
            return Undoing(capability, tool, undoes, effect)
        case _:
            problem = (
                "the payload has exactly the members capability (text), tool (text) and arguments (object)"
            )
            raise Refusal(Code.BODY_INVALID, problem=problem)


def undo_payload(action: Action, effect: str) -> bytes:
    """The payload of the action that undoes `action`, whose effect has the digest `effect`."""
    return canonical(
        {"capability": action.capability, "tool": action.tool, "undoes": action.id, "effect": effect}
    )


def view_digest(action: Action) -> str:
    """The digest of what a reviewer sees of the present revision; signed with each decision."""
    content = action.content
    seen: dict[str, Json] = {
        "action": action.id,
        "after": content.after,
        "before": content.before,
        "payload": content.payload,
        "revision": action.revision,
        "version": action.version,
    }
    return sha256(canonical(seen)).hexdigest()
