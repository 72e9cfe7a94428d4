"""Refusals and failures as RFC 9457 problem details. Free of I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from lineclear.domain.refusals import Code, Kind, Refusal
from lineclear.wire.messages import Problem

MEDIA_TYPE = "application/problem+json"

STATUS: Final[Mapping[Kind, HTTPStatus]] = MappingProxyType(
    {
        Kind.MALFORMED: HTTPStatus.BAD_REQUEST,
        Kind.UNAUTHENTICATED: HTTPStatus.UNAUTHORIZED,
        Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
        Kind.MISSING: HTTPStatus.NOT_FOUND,
        Kind.CONFLICT: HTTPStatus.CONFLICT,
        Kind.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        Kind.UNPROCESSABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
        Kind.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
        Kind.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
        Kind.WRONG_METHOD: HTTPStatus.METHOD_NOT_ALLOWED,
        Kind.WRONG_MEDIA_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        Kind.BROKEN: HTTPStatus.INTERNAL_SERVER_ERROR,
    }
)

_HEADERS: Final[Mapping[HTTPStatus, Mapping[str, str]]] = MappingProxyType(
    {
        HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
        HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "5"},
        HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "1"},
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """A problem with the headers that go with it."""

    problem: Problem
    headers: Mapping[str, str] = field(default_factory=dict)


def refused(refusal: Refusal) -> Told:
    """A refusal as its caller meets it: the same code and parameters that the product raised."""
    status = STATUS[refusal.kind]
    problem = Problem(
        type=f"urn:lineclear:problem:{refusal.code}",
        title=refusal.code.replace("_", " ").capitalize(),
        status=int(status),
        detail=refusal.sentence,
        code=refusal.code,
        remedy=refusal.remedy,
        params=refusal.params,
    )
    if refusal.code is Code.METHOD_REFUSED:  # RFC 9110 section 15.5.6
        return Told(problem, {"Allow": refusal.params["allowed"]})
    return Told(problem, _HEADERS.get(status, {}))


def broken(incident: str) -> Told:
    """A bug of ours: where to find it in the log, and not one word of what it says."""
    return refused(Refusal(Code.BROKEN, incident=incident))
