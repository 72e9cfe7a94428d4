"""The arguments of an action as they stand, for its agent: people may have edited them.

Free of frameworks.
"""

from __future__ import annotations

import msgspec

from lineclear.application.deciding.loading import load_action
from lineclear.application.ports import Snapshot
from lineclear.application.recording import content_of
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal


class _Payload(msgspec.Struct, frozen=True):
    arguments: msgspec.Raw


def arguments_of(services: Services, principal: Principal, identifier: str) -> tuple[Action, bytes]:
    """An agent's own action and its arguments as JSON text, those of the present revision.

    Refusal(ACTION_UNKNOWN) for all others' actions, BLOB_UNKNOWN where the contents were erased.
    """
    principal.require(Deed.PROPOSE)

    def work(snapshot: Snapshot) -> tuple[Action, bytes]:
        action = load_action(snapshot, identifier)
        if action.agent != principal.subject:
            raise Refusal(Code.ACTION_UNKNOWN, action=identifier)
        digest = action.content.payload
        sealed = snapshot.blob(digest)
        if sealed is None:
            raise Refusal(Code.BLOB_UNKNOWN, digest=digest)
        payload = msgspec.json.decode(content_of(sealed, digest), type=_Payload)
        return action, bytes(payload.arguments)

    return services.store.read(work)
