"""How a tool on HTTP resources is defined, and what it makes of the one that was read. Free of I/O.

```yaml
  crm.update_customer:
    system: crm-api                            # a system of kind `http`
    ...                                        # see `definitions`
    read: GET /customers/{args.customer_id}    # CEL in braces; values are escaped, none can leave its place
    write: PATCH /customers/{args.customer_id} # PATCH merges, PUT replaces, POST makes, DELETE removes
    body: {email: args.email, note: args.note} # members by CEL; or `fields` (a map) with `allowed` names
    optional: [note]                           # members that the body goes without where they are null
    ignored: [updated_at]                      # members that are the system's own: never shown or written
    checks:
      - that: now.status == "active"
        else: "{now.name} is {now.status}."
    if_match: true                             # the write names the ETag that was shown
    idempotency_header: Idempotency-Key        # the write carries the key in this header
    window: 86400                              # seconds for which the system honours it: class B
    lookup: GET /operations?key={key}          # or it can be asked for a key afterwards: class C
    found: "size(answer.items) > 0 ? answer.items[0] : null"   # what was made, or true, or neither
                                               # absent: any answer but an empty one tells of an effect
    probe: /customers?limit=0                  # asked now and then to see whether this tool can be used
    reversible: true                           # PATCH and PUT are undone by writing back what they changed
  payments.create_refund:
    read: GET /payments/{args.payment_id}      # for POST: what it rests on; optional
    write: POST /payments/{args.payment_id}/refunds
    compensate: DELETE /refunds/{made.id}      # or `DELETE location`, the path that the answer names
    ...
  crm.delete_contact:
    write: DELETE /contacts/{args.id}
    compensate: PUT /contacts/{args.id}        # or POST: made anew from what was read
    ...
```

Expressions see `args` and `now` (the resource as it was read, or null); `compensate` of a POST sees
`args` and `made` (the answer's body). With neither window nor lookup the tool is of class D. A tool without
a write is a read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import Annotated, Literal, Self
from urllib.parse import quote

from pydantic import Field, PlainValidator, field_validator, model_validator

from lineclear.adapters.connectors.definitions import Cel, Checks, Names, Tool, evaluated, strangers
from lineclear.adapters.connectors.expressions import Expression, Scope, Template
from lineclear.adapters.connectors.http.patch import patched
from lineclear.adapters.connectors.http.system import HEADER, OWN, is_plain
from lineclear.adapters.connectors.undoing import Record
from lineclear.adapters.connectors.versions import is_same
from lineclear.application.ports import Arguments, ToolFailed
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass

_LOCATION = "location"
_QUERY = re.compile(r"[A-Za-z0-9/._~!$&'()*+,;=:@%?-]*")


class Method(StrEnum):
    """What is asked of a resource (RFC 9110 section 9, RFC 5789)."""

    GET = "GET"
    PATCH = "PATCH"
    PUT = "PUT"
    POST = "POST"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path whose parts are CEL expressions; no path stands for the answer's `Location`."""

    method: Method
    template: Template | None
    source: str

    @classmethod
    def parse(cls, source: object) -> Route:
        method, _, path = source.partition(" ") if isinstance(source, str) else ("", "", "")
        if method not in Method.__members__:
            raise ValueError("a route is a method and a path, as in GET /customers/{args.id}")
        if path == _LOCATION:
            return cls(Method(method), None, f"{method} {path}")
        template = Template.parse(path)
        place, _, query = "x".join(template.texts).partition("?")
        if not is_plain(place) or not _QUERY.fullmatch(query):
            raise ValueError(
                "a path starts with / and has no dot segments; escape what is no plain character"
            )
        return cls(Method(method), template, f"{method} {path}")

    @property
    def names(self) -> frozenset[str]:
        return self.template.names if self.template else frozenset()

    def path(self, scope: Scope) -> str:
        """The path with each value escaped (RFC 3986); ToolFailed("invalid") for one that leads elsewhere."""
        assert self.template is not None, "a location is a POST's compensation, which its answer names"
        pieces: list[str] = []
        for text, hole in zip_longest(self.template.texts, self.template.holes):
            pieces.append(text)
            if hole is not None:
                is_query = any("?" in piece for piece in pieces)
                pieces.append(_escaped(hole, evaluated(hole, scope), is_query=is_query))
        return "".join(pieces)


def _escaped(hole: Expression, value: Json, *, is_query: bool) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ToolFailed("invalid", f"`{hole.source:.80}` is no part of a path: a text or a number is.")
    text = str(value)
    # A server that unescapes before it splits must find no other path either.
    if not is_query and (text in ("", ".", "..") or not text.isprintable() or re.search(r"[/\\%?#;]", text)):
        raise ToolFailed("invalid", f"`{hole.source:.80}` is {text!r:.60}, which would lead to another path.")
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise ToolFailed("invalid", f"`{hole.source:.80}` holds half a character.") from None


type Path = Annotated[Route, PlainValidator(Route.parse)]
type Member = Annotated[str, Field(min_length=1, max_length=100)]


class HttpTool(Tool):
    """A tool on one resource: what it reads, demands and writes."""

    read: Path | None = None
    write: Path | None = None
    body: dict[Member, Cel] = Field(default_factory=dict)
    fields: Cel | None = None
    allowed: Names = ()
    optional: Names = ()
    ignored: Names = ()
    checks: Checks = ()
    media_type: Literal["application/merge-patch+json", "application/json"] | None = None
    if_match: bool = False
    idempotency_header: Annotated[str, Field(pattern=HEADER)] | None = None
    window: Annotated[int, Field(ge=4)] | None = None
    lookup: Path | None = None
    found: Cel | None = None
    compensate: Path | None = None
    probe: str = ""

    @field_validator("probe")
    @classmethod
    def _asks_a_plain_path(cls, text: str) -> str:
        place, _, query = text.partition("?")
        if text and not (is_plain(place) and _QUERY.fullmatch(query)):
            raise ValueError("what is asked is a plain path that starts with /")
        return text

    @property
    def mutates(self) -> bool:
        return self.write is not None

    @property
    def effect(self) -> EffectClass:
        """What the definition says of the other side: a read can be repeated, a write as far as keys go."""
        if self.window is not None or self.write is None:
            return EffectClass.KEYED
        return EffectClass.QUERYABLE if self.lookup is not None else EffectClass.BLIND

    @property
    def method(self) -> Method:
        return self.write.method if self.write else Method.GET

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        for problem in [
            *_route_problems(self),
            *_body_problems(self),
            *_key_problems(self),
            *_undo_problems(self),
        ]:
            raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        spoken: list[Expression | Template] = [self.title, self.target.id, *self.body.values()]
        spoken += [part for check in self.checks for part in (check.that, check.otherwise)]
        spoken += [self.fields] if self.fields else []
        _require_known("title, target, body or checks", strangers(spoken, {"args", "now"}))
        after = "made" if self.method is Method.POST else "now"
        known = {"read": {"args"}, "write": {"args", "now"}, "lookup": {"key"}, "compensate": {"args", after}}
        for name, names in known.items():
            route: Route | None = getattr(self, name)
            _require_known(name, set(route.names) - names if route else set())
        _require_known("found", strangers([self.found] if self.found else [], {"answer", "key"}))
        return self

    def shown(self, state: Record) -> Record:
        """The resource as people see it, and as it is compared."""
        return {name: value for name, value in state.items() if name not in self.ignored}

    def payload(self, scope: Scope) -> Record | None:
        """The body that is sent; None for a DELETE."""
        if self.method is Method.DELETE:
            return None
        if self.fields is not None:
            return self._allowed(evaluated(self.fields, scope))
        values = {name: evaluated(value, scope) for name, value in self.body.items()}
        return {
            name: value for name, value in values.items() if value is not None or name not in self.optional
        }

    def _allowed(self, fields: Json) -> Record:
        if not isinstance(fields, dict):
            raise ToolFailed("invalid", "The fields are not a map of names to values.")
        refused = [name for name in fields if name not in self.allowed]
        if refused:
            may = ", ".join(self.allowed)
            raise ToolFailed("invalid", f"{refused[0]!r:.60} may not be written; these may: {may}.")
        return fields

    def made(self, before: Record | None, body: Record | None) -> Record | None:
        """The resource after the write; ToolFailed where there is nothing to change."""
        if before is None and self.method in (Method.PATCH, Method.DELETE):
            raise ToolFailed("not_found", "There is no such resource, so there is nothing to change.")
        if body is None:
            return None
        after = patched(before or {}, body) if self.method is Method.PATCH else body
        if is_same(before, after):
            raise ToolFailed("refused", "Nothing would change; the resource already is as it would be made.")
        return after

    def told(self, answer: Json, key: str) -> Record | bool:
        """Whether a lookup's answer tells of an effect; a record is what it made."""
        if self.found is None:
            return answer not in (None, [], {})
        told = evaluated(self.found, {"answer": answer, "key": key})
        return told if isinstance(told, dict) else told is True

    def place(self, arguments: Arguments) -> str:
        """The path at which the tool reads; "" where it reads nothing."""
        return self.read.path({"args": dict(arguments)}) if self.read else ""


def _require_known(where: str, unknown: set[str]) -> None:
    if unknown:
        raise ValueError(f"{where}: nobody defines {', '.join(sorted(unknown))}")


def _route_problems(tool: HttpTool) -> Iterable[str]:
    if tool.read is None and tool.method is not Method.POST:
        yield "`read` says what is looked at first; only a POST goes without"
    if any(route and route.method is not Method.GET for route in (tool.read, tool.lookup)):
        yield "`read` and `lookup` are GET"
    if tool.write is not None and tool.method is Method.GET:
        yield "`write` is PATCH, PUT, POST or DELETE"
    if any(route and route.template is None for route in (tool.read, tool.write, tool.lookup)):
        yield "only `compensate` can be at the answer's location"


def _body_problems(tool: HttpTool) -> Iterable[str]:
    wants = tool.method in (Method.PATCH, Method.PUT, Method.POST)
    if wants == (tool.fields is None and not tool.body) or (tool.fields is not None and tool.body):
        yield "PATCH, PUT and POST have either `body` or `fields`, the others neither"
    if (tool.fields is None) != (not tool.allowed):
        yield "`fields` needs `allowed`, the members that may be named"
    if any(name in tool.ignored for name in (*tool.body, *tool.allowed)):
        yield "what is ignored is not written"
    if any(name not in tool.body for name in tool.optional):
        yield "`optional` names members of `body`"
    if tool.media_type is not None and tool.method is not Method.PATCH:
        yield "`media_type` is for PATCH; all else is application/json"


def _key_problems(tool: HttpTool) -> Iterable[str]:
    if tool.write is None and (tool.if_match or tool.idempotency_header or tool.compensate):
        yield "a read has no `if_match`, `idempotency_header` or `compensate`"
    if (tool.idempotency_header is None) != (tool.window is None and tool.lookup is None):
        yield "`idempotency_header` and `window` or `lookup` belong together: how the key is sent, and why"
    if tool.idempotency_header is not None and tool.idempotency_header.lower() in OWN:
        yield f"{tool.idempotency_header} is set by the connector"
    if tool.lookup is not None and "key" not in tool.lookup.names:
        yield "`lookup` asks for {key}"
    if tool.found is not None and tool.lookup is None:
        yield "`found` needs `lookup`"
    if tool.if_match and tool.method is Method.POST:
        yield "a POST names no version: what it makes has none yet"


_COMPENSATIONS = {Method.POST: (Method.DELETE,), Method.DELETE: (Method.PUT, Method.POST)}


def _undo_problems(tool: HttpTool) -> Iterable[str]:
    may = _COMPENSATIONS.get(tool.method, ())
    if tool.compensate is not None and tool.compensate.method not in may:
        yield "`compensate` is DELETE for a POST, PUT or POST for a DELETE; PATCH and PUT are written back"
    if tool.compensate is not None and tool.compensate.template is None and tool.method is not Method.POST:
        yield "only a POST's answer has a location"
    if may and tool.reversible != (tool.compensate is not None):
        yield "`reversible` and `compensate` belong together for POST and DELETE"
    if tool.write is None and tool.reversible:
        yield "a read has nothing to undo"
