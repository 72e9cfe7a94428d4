"""The addresses of the Agent Approval Protocol, as values; the app, documentation and tests read them.

Free of frameworks. A handler runs in a thread: it may block on store and receivers, and raises Refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from urllib.parse import parse_qsl

from lineclear.application.agents.outside import Outside
from lineclear.application.idempotency import Request
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import StrictJsonError, canonical, parse
from lineclear.server.bodies import read_message
from lineclear.server.endpoints import Answer
from lineclear.wire.codecs import BODY_LIMIT

_MOST_QUERY_MEMBERS = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """An authenticated request. `secret` is the token that was presented, `path` the id in the address."""

    outside: Outside
    principal: Principal
    secret: str
    path: str
    query: Mapping[str, str]
    body: bytes
    key: str | None
    operation: str

    @property
    def request(self) -> Request:
        """The idempotent write: keys are scoped to caller, operation and resource, and compare values."""
        if not self.key:
            raise Refusal(Code.KEY_MISSING)
        scope = f"aap\n{self.operation}\n{self.path}\n{self.key}"
        return Request(sha256(scope.encode()).hexdigest(), self._fingerprint())

    def message[M](self, kind: type[M]) -> M:
        """The body as a message; Refusal(BODY_INVALID)."""
        return read_message(self.body, kind)

    def _fingerprint(self) -> str:
        try:
            value = parse(self.body, max_bytes=BODY_LIMIT) if self.body else None
        except StrictJsonError as error:
            raise Refusal(Code.BODY_INVALID, problem=error) from None
        return sha256(canonical(value)).hexdigest()


@dataclass(frozen=True, slots=True)
class Way:
    """One address with its method. `has_body` is whether it takes one, `query` what it takes there."""

    method: str
    path: str
    says: str
    deed: Deed
    run: Callable[[Asked], Answer]
    has_body: bool = False
    has_key: bool = False
    query: frozenset[str] = frozenset()


def read_query(raw: bytes, known: frozenset[str]) -> dict[str, str]:
    """The members of a query; Refusal(QUERY_INVALID) for an unknown, a repeated or an unreadable one.

    Where an address takes no query the protocol has no word for a wrong one, and nobody reads it.
    """
    if not known:
        return {}
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(raw),
            errors="strict",
            max_num_fields=_MOST_QUERY_MEMBERS,
        )
    except ValueError as error:
        raise Refusal(Code.QUERY_INVALID, problem=error) from None
    members = dict(pairs)
    if len(members) != len(pairs) or not members.keys() <= known:
        raise Refusal(Code.QUERY_INVALID, problem="a member is unknown or given twice")
    return members


def answered(body: object, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(body, status)


__all__ = ["Answer", "Asked", "Way", "answered", "read_query"]
