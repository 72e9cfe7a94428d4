"""Decisions, undo and reconciling over HTTP. Free of frameworks; the signature is made and kept elsewhere."""

from __future__ import annotations

import base64
import binascii
from http import HTTPStatus

from lineclear.application.deciding.decide import Decision, decide
from lineclear.application.executing.reconcile import reconcile
from lineclear.application.executing.undo import UndoRequest, preview_undo, undo
from lineclear.domain.actions import Action
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Code, Refusal
from lineclear.server.endpoints import Answer, Call, Endpoint, reads, writes, written
from lineclear.wire.messages import Decide, Nothing, Reconcile, Undo, UndoPreview


def _decide(call: Call, asked: Decide) -> Answer:
    try:
        envelope = base64.b64decode(asked.envelope, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(Code.BODY_INVALID, problem="envelope is not base64") from None
    decision = Decision(envelope, asked.device, asked.reason)
    action, replayed = decide(call.services, call.principal, call.path["action"], decision, call.request)
    return written(action, replayed=replayed)


def _preview_undo(call: Call, _: Nothing) -> Answer:
    return Answer(UndoPreview(preview_undo(call.services, call.principal, call.path["action"])))


def _undo(call: Call, asked: Undo) -> Answer:
    wanted = UndoRequest(asked.version, asked.reason)
    action, replayed = undo(call.services, call.principal, call.path["action"], wanted, call.request)
    return written(action, replayed=replayed)


def _reconcile(call: Call, asked: Reconcile) -> Answer:
    action, replayed = reconcile(
        call.services,
        call.principal,
        call.path["action"],
        call.request,
        happened=asked.happened,
        reason=asked.reason,
    )
    return Answer(action, HTTPStatus.OK, replayed)


ENDPOINTS: tuple[Endpoint, ...] = (
    writes(
        "/v1/actions/{action}/decisions",
        "Record a signed verdict.",
        _decide,
        asked=Decide,
        answered=Action,
        deed=Deed.DECIDE,
    ),
    reads(
        "/v1/actions/{action}/undo",
        "See what an undo would do to the target as it is now.",
        _preview_undo,
        asked=Nothing,
        answered=UndoPreview,
        deed=Deed.UNDO,
    ),
    writes(
        "/v1/actions/{action}/undo",
        "Propose the undo that was seen.",
        _undo,
        asked=Undo,
        answered=Action,
        deed=Deed.UNDO,
    ),
    writes(
        "/v1/actions/{action}/reconcile",
        "Say what became of an attempt of unknown outcome.",
        _reconcile,
        asked=Reconcile,
        answered=Action,
        deed=Deed.DECIDE,
    ),
)
