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
    }
)

_HEADERS: Final[Mapping[HTTPStatus, Mapping[str, str]]] = MappingProxyType(
    {
        HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
        HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "5"},
        HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "1"},
    }
)


class Barred(Exception):  # noqa: N818  # a request that never reached the product, not an error of ours
    """A request that HTTP itself forbids: wrong host, origin, method or media type."""

    def __init__(self, status: HTTPStatus, code: str, says: str, remedy: str, **headers: str) -> None:
        super().__init__(says)
        self.status = status
        self.code = code
        self.remedy = remedy
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass(frozen=True, slots=True)
class Told:
    """A problem with the headers that go with it."""

    problem: Problem
    headers: Mapping[str, str] = field(default_factory=dict)


def refused(refusal: Refusal) -> Told:
    """A refusal as its caller meets it: the same code and parameters that the product raised."""
    status = STATUS[refusal.kind]
    problem = _problem(status, refusal.code, refusal.sentence, refusal.remedy, refusal.params)
    return Told(problem, _HEADERS.get(status, {}))


def barred(reason: Barred) -> Told:
    """A request that HTTP itself forbids."""
    return Told(_problem(reason.status, reason.code, str(reason), reason.remedy, {}), reason.headers)


def broken(incident: str) -> Told:
    """A bug of ours: where to find it in the log, and not one word of what it says."""
    says = f"Something is broken here. It was written to the log as incident {incident}."
    remedy = "Give the incident to whoever runs this backend."
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return Told(_problem(status, "internal_error", says, remedy, {"incident": incident}))


def _problem(status: HTTPStatus, code: str, says: str, remedy: str, params: dict[str, str]) -> Problem:
    return Problem(
        type=f"urn:lineclear:problem:{code}",
        title=code.replace("_", " ").capitalize(),
        status=int(status),
        detail=says,
        code=code,
        remedy=remedy,
        params=params,
    )


def no_such_address(path: str) -> Told:
    """Nothing is served at this path."""
    return refused(Refusal(Code.NOT_FOUND, what=path))
