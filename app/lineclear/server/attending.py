"""Claims, escalations and questions over HTTP. Free of frameworks."""

from __future__ import annotations

from http import HTTPStatus

from lineclear.application.deciding import claiming, escalating, handing
from lineclear.application.deciding.loading import load_action
from lineclear.domain.actions import Action
from lineclear.domain.policy.stages import Place
from lineclear.domain.principals import Deed
from lineclear.server.endpoints import Answer, Call, Endpoint, once, writes
from lineclear.wire.messages import Ask, Claim, Escalate, Nothing


def _claim(call: Call, asked: Claim) -> Answer:
    action = call.path["action"]

    def run() -> Answer:
        if asked.to:
            given = handing.hand_over(call.services, call.principal, action, asked.to, note=asked.note)
            return Answer(given)
        return Answer(claiming.claim(call.services, call.principal, action))

    return once(
        call,
        run,
        again=lambda: _present(call),
    )


def _release(call: Call, _: Nothing) -> Answer:
    action = call.path["action"]
    return once(
        call,
        lambda: Answer(claiming.release(call.services, call.principal, action)),
        again=lambda: _present(call),
    )


def _ask(call: Call, asked: Ask) -> Answer:
    action, replayed = claiming.ask(
        call.services, call.principal, call.path["action"], asked.text, call.request
    )
    return Answer(action, HTTPStatus.OK, replayed)


def _answer(call: Call, asked: Ask) -> Answer:
    action, replayed = claiming.answer(
        call.services, call.principal, call.path["action"], asked.text, call.request
    )
    return Answer(action, HTTPStatus.OK, replayed)


def _escalate(call: Call, asked: Escalate) -> Answer:
    to = Place(1, asked.tier, asked.group)
    action, replayed = escalating.escalate(
        call.services, call.principal, call.path["action"], to, asked.reason, call.request
    )
    return Answer(action, HTTPStatus.OK, replayed)


def _present(call: Call) -> Answer:
    return Answer(call.services.store.read(lambda snapshot: load_action(snapshot, call.path["action"])))


ENDPOINTS: tuple[Endpoint, ...] = (
    writes(
        "/v1/actions/{action}/claim",
        "Claim it for five minutes, renew the claim, or hand it over with a note.",
        _claim,
        asked=Claim,
        answered=Action,
        deed=Deed.DECIDE,
    ),
    writes(
        "/v1/actions/{action}/release",
        "Give a claim up.",
        _release,
        asked=Nothing,
        answered=Action,
        deed=Deed.DECIDE,
    ),
    writes(
        "/v1/actions/{action}/escalate",
        "Ask somebody of a tier or group besides; all that it took before still takes.",
        _escalate,
        asked=Escalate,
        answered=Action,
        deed=Deed.DECIDE,
    ),
    writes(
        "/v1/actions/{action}/questions",
        "Ask the agent something.",
        _ask,
        asked=Ask,
        answered=Action,
        deed=Deed.DECIDE,
    ),
    writes(
        "/v1/actions/{action}/answers",
        "Answer what was asked, as the agent.",
        _answer,
        asked=Ask,
        answered=Action,
        deed=Deed.PROPOSE,
    ),
)
