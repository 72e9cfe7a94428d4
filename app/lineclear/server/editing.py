"""Edits over HTTP: the form, what it would come to, and the new revision. Free of frameworks."""

from __future__ import annotations

from http import HTTPStatus

import msgspec

from lineclear.application.agents.arguments import arguments_of
from lineclear.application.deciding import editing
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.principals import Deed
from lineclear.server.endpoints import Answer, Call, Endpoint, reads, writes
from lineclear.wire.messages import Arguments, Edit, EditPreview, Nothing


def _contract(call: Call, _: Nothing) -> Answer:
    return Answer(editing.contract_of(call.services, call.principal, call.path["action"]))


def _preview(call: Call, asked: Edit) -> Answer:
    return Answer(editing.preview_edit(call.services, call.principal, call.path["action"], _edit(asked)))


def _edited(call: Call, asked: Edit) -> Answer:
    action, replayed = editing.edit_action(
        call.services, call.principal, call.path["action"], _edit(asked), call.request
    )
    return Answer(action, HTTPStatus.OK, replayed)


def _arguments(call: Call, _: Nothing) -> Answer:
    action, arguments = arguments_of(call.services, call.principal, call.path["action"])
    return Answer(Arguments(action.id, action.revision, msgspec.Raw(arguments)))


def _edit(asked: Edit) -> editing.Edit:
    return editing.Edit(bytes(asked.arguments), asked.revision, asked.reason)


ENDPOINTS: tuple[Endpoint, ...] = (
    reads(
        "/v1/actions/{action}/contract",
        "Read what the action's arguments may be.",
        _contract,
        asked=Nothing,
        answered=ToolContract,
        deed=Deed.READ,
    ),
    writes(
        "/v1/actions/{action}/edit/preview",
        "See what an edit would change and what policy would say; nothing is recorded.",
        _preview,
        asked=Edit,
        answered=EditPreview,
        deed=Deed.DECIDE,
    ),
    writes(
        "/v1/actions/{action}/edit",
        "Make the edited revision; votes are void, and policy judges it anew.",
        _edited,
        asked=Edit,
        answered=Action,
        deed=Deed.DECIDE,
    ),
    reads(
        "/v1/actions/{action}/arguments",
        "Read the arguments of one's own action as they stand, after people edited them.",
        _arguments,
        asked=Nothing,
        answered=Arguments,
        deed=Deed.PROPOSE,
    ),
)
