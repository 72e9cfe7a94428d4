"""Refusals as the errors of the Agent Approval Protocol. Free of I/O."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from lineclear.domain.refusals import Code, Kind, Refusal
from lineclear.wire.aap import ErrorResponse, ErrorSaid

_BY_KIND: Final[Mapping[Kind, tuple[HTTPStatus, str]]] = MappingProxyType(
    {
        Kind.MALFORMED: (HTTPStatus.BAD_REQUEST, "invalid_request"),
        Kind.UNPROCESSABLE: (HTTPStatus.BAD_REQUEST, "invalid_request"),
        Kind.TOO_LARGE: (HTTPStatus.BAD_REQUEST, "invalid_request"),
        Kind.WRONG_MEDIA_TYPE: (HTTPStatus.BAD_REQUEST, "invalid_request"),
        Kind.WRONG_METHOD: (HTTPStatus.METHOD_NOT_ALLOWED, "invalid_request"),
        Kind.UNAUTHENTICATED: (HTTPStatus.UNAUTHORIZED, "authentication"),
        Kind.FORBIDDEN: (HTTPStatus.FORBIDDEN, "authorization"),
        Kind.MISSING: (HTTPStatus.NOT_FOUND, "not_found"),
        Kind.CONFLICT: (HTTPStatus.CONFLICT, "conflict"),
        Kind.TOO_MANY: (HTTPStatus.TOO_MANY_REQUESTS, "rate_limit"),
        Kind.UNAVAILABLE: (HTTPStatus.SERVICE_UNAVAILABLE, "dependency"),
        Kind.BROKEN: (HTTPStatus.INTERNAL_SERVER_ERROR, "internal"),
    }
)

_BY_CODE: Final[Mapping[Code, tuple[HTTPStatus, str, str]]] = MappingProxyType(
    {
        Code.KEY_REUSED: (HTTPStatus.CONFLICT, "conflict", "idempotency_conflict"),
        Code.RECEIVER_UNVERIFIED: (
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "invalid_request",
            "webhook_verification_failed",
        ),
    }
)

_CODES: Final[Mapping[Code, str]] = MappingProxyType(
    {
        Code.ACTION_DECIDED: "already_terminal",
        Code.ACTION_UNKNOWN: "not_found",
        Code.CLEARANCE_CONSUMED: "already_consumed",
        Code.CLEARANCE_OVER: "approval_expired",
        Code.KEY_MISSING: "missing_idempotency_key",
        Code.NOT_CLEARED: "not_approved",
        Code.OUTCOME_KNOWN: "outcome_conflict",
        Code.RECEIVER_UNSAFE: "invalid_webhook_url",
    }
)

_HEADERS: Final[Mapping[HTTPStatus, Mapping[str, str]]] = MappingProxyType(
    {
        HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
        HTTPStatus.TOO_MANY_REQUESTS: {"Retry-After": "5"},
        HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": "1"},
    }
)


def error_of(refusal: Refusal, exchange: str) -> tuple[HTTPStatus, ErrorResponse, Mapping[str, str]]:
    """Status, envelope and further headers of a refusal; a code of ours where the protocol has none."""
    status, kind, code = _BY_CODE.get(refusal.code) or (*_BY_KIND[refusal.kind], _code(refusal))
    headers = dict(_HEADERS.get(status, {}))
    if refusal.code is Code.METHOD_REFUSED:
        headers["Allow"] = refusal.params["allowed"]
    message = f"{refusal.sentence} {refusal.remedy}".strip()
    return status, ErrorResponse(ErrorSaid(kind, code, message, exchange)), headers


def _code(refusal: Refusal) -> str:
    if refusal.code is Code.START_REFUSED:
        return refusal.params["cause"]
    return _CODES.get(refusal.code, str(refusal.code))
