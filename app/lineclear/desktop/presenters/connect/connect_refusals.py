"""What a refused call means to whoever builds the agent, and what to do. Pure: free of Qt and I/O."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lineclear.domain.arrivals import Refused
from lineclear.domain.refusals import Code
from lineclear.domain.wording import marked, say

_EXPLAINED: Final[Mapping[str, str]] = MappingProxyType(
    {
        Code.NOT_FOUND: marked(
            "Wrong address. LINECLEAR_URL is the backend's address alone, without /v1 or anything behind it."
        ),
        Code.METHOD_REFUSED: marked("The address is right and the method is not: /openapi.json says which."),
        Code.HOST_REFUSED: marked(
            "It used a host name that this backend does not answer to: use the address in the lines, or "
            "start the backend with --allow-host."
        ),
        Code.ORIGIN_REFUSED: marked("It came from a web page: agents are programs of their own."),
        Code.TOKEN_INVALID: marked("This token is revoked: make another one here."),
        Code.TOKEN_EXPIRED: marked("This token's time is over: make another one here."),
        Code.CAPABILITY_NOT_IN_TOKEN: marked(
            "It proposed under a capability that its token does not reach: make a token that does, or "
            "propose under one that it reaches."
        ),
        Code.CAPABILITY_UNKNOWN: marked(
            "It proposed under a capability that policy does not know: see the document in Control."
        ),
        Code.TOOL_UNKNOWN: marked(
            "It named a tool that the workspace does not declare: tools stand in workspace.yaml by name."
        ),
        Code.ARGUMENTS_INVALID: marked(
            "The tool does not take these arguments: the answer that the agent got says which, and why."
        ),
        Code.BODY_INVALID: marked(
            "Its message was not understood: members are checked strictly, and unknown ones are refused. The "
            "answer that the agent got names the member."
        ),
        Code.QUERY_INVALID: marked("Its query was not understood: the answer names the member."),
        Code.KEY_MISSING: marked(
            "It wrote without an Idempotency-Key header: send one for each intended write."
        ),
        Code.KEY_REUSED: marked(
            "It sent another write under a key that was used before: a new write, a new key."
        ),
        Code.MEDIA_TYPE_REFUSED: marked("Its body has to be declared: Content-Type: application/json."),
        Code.AGENT_CANNOT_DECIDE: marked(
            "It asked for what only people may: an agent proposes, and reads its own work."
        ),
        Code.AGENT_STOPPED: marked("Somebody stopped this agent: Control lets it go on."),
        Code.JOB_CLOSED: marked("Its job is over: it has to open another, or give it another key."),
        Code.JOB_UNKNOWN: marked("It named a job that is not its own."),
        Code.ACTION_UNKNOWN: marked("It named an action that is not its own."),
        Code.SOURCE_CLOSED: marked(
            "This workspace takes no calls that agents make themselves: declare a system of kind agent."
        ),
    }
)


def explained(one: Refused) -> str:
    """What a refusal means to whoever builds the agent, and what to do."""
    told = _EXPLAINED.get(one.code)
    return say(told) if told else say("It was refused with {code}; its answer says why.", code=one.code)
