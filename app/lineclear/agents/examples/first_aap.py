"""A first call by the Agent Approval Protocol, with its published client, `agentapprovalprotocol`.

LINECLEAR_URL and LINECLEAR_TOKEN say where, and as whom. The agent makes the call itself, once it is cleared.
"""

from __future__ import annotations

import os
import uuid

from agentapprovalprotocol import Allow, Call, Client, Deny, Gate

TOOL = "desk.send_reply"
ARGUMENTS = {
    "ticket": 20418,
    "to": "p.lindqvist@example.com",
    "subject": "Your refund",
    "body": "On its way.",
}


def main() -> None:
    client = Client(f"{os.environ['LINECLEAR_URL'].rstrip('/')}/aap", os.environ["LINECLEAR_TOKEN"])
    call = Call(key=str(uuid.uuid4()), tool=TOOL, arguments=ARGUMENTS, reasoning="first call")
    with Gate(client).guard(call) as verdict:
        match verdict:
            case Allow():
                print("Your own code makes the call with", ARGUMENTS)  # noqa: T201  # the program's answer
            case Deny(reason=reason):
                print(reason)  # noqa: T201  # the program's answer
            case _:
                print("Nobody has decided yet.")  # noqa: T201  # the program's answer


if __name__ == "__main__":
    main()
