"""The OpenAPI 3.1 description, made from the endpoints and the messages themselves. Free of I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

import lineclear
from lineclear.server.endpoints import Endpoint
from lineclear.server.feed import EVENT_STREAM, STREAM
from lineclear.server.idempotency import HEADER
from lineclear.server.problems import MEDIA_TYPE
from lineclear.wire.codecs import JSON, encode
from lineclear.wire.messages import Problem, Propose, StreamFeed
from lineclear.wire.policies import Suppose

type Part = dict[str, object]

PATH = "/openapi.json"

_PAYLOAD: Final[Part] = {
    "type": "object",
    "description": "What would be done. Kept, shown, signed and executed as these exact bytes.",
    "properties": {
        "capability": {"type": "string"},
        "tool": {"type": "string"},
        "arguments": {"type": "object"},
    },
    "required": ["capability", "tool", "arguments"],
    "additionalProperties": False,
}
_KEY: Final[Part] = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": "One unique key for each intended write; the same key when it is repeated.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}
_INFO: Final[Part] = {
    "title": "Lineclear",
    "version": lineclear.__version__,
    "description": (
        "Agents propose, people and policy decide, effects are executed once and can be proved. "
        "Every address but /healthz and this one wants `Authorization: Bearer <token>` from "
        "`lineclear token create`; requests with a foreign Host or Origin are refused. "
        "Refusals are RFC 9457 problems with a `code`, its `params` and a `remedy`."
    ),
}


def document(endpoints: Iterable[Endpoint]) -> bytes:
    """The description as JSON."""
    known = list(endpoints)
    schemas = _Schemas(
        {Problem, StreamFeed, *(one for e in known for one in (e.asked, e.answered) if one is not bytes)}
    )
    paths: dict[str, Part] = {}
    for endpoint in known:
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = _operation(endpoint, schemas)
    paths[STREAM] = {"get": _stream(schemas)}
    paths["/healthz"] = {"get": _health()}
    return encode(
        {
            "openapi": "3.1.0",
            "info": _INFO,
            "paths": paths,
            "components": {
                "schemas": schemas.components,
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
            "security": [{"token": []}],
        }
    )


class _Schemas:
    """JSON Schemas of messages, by name."""

    def __init__(self, kinds: Iterable[type]) -> None:
        ordered = sorted(kinds, key=lambda kind: kind.__name__)
        references, components = msgspec.json.schema_components(
            ordered, ref_template="#/components/schemas/{name}"
        )
        self._references = dict(zip(ordered, references, strict=True))
        self.components: dict[str, Part] = components
        for kind in (Propose, Suppose):
            if kind.__name__ in components:
                components[kind.__name__]["properties"]["payload"] = _PAYLOAD

    def of(self, kind: type) -> Part:
        """A reference to a message, or the message itself where it is not shared."""
        return dict(self._references[kind])

    def members(self, kind: type) -> Mapping[str, Part]:
        """The members of a flat message, for a query."""
        properties = self.components[kind.__name__]["properties"]
        assert isinstance(properties, dict)
        return properties


def _operation(endpoint: Endpoint, schemas: _Schemas) -> Part:
    parameters = [_path_parameter(name) for name in re.findall(r"\{(\w+)\}", endpoint.path)]
    operation: Part = {
        "operationId": f"{endpoint.method.lower()}{re.sub(r'[^a-z]+', '_', endpoint.path).rstrip('_')}",
        "summary": endpoint.says,
        "parameters": parameters,
        "responses": _responses(endpoint, schemas),
    }
    if endpoint.method == "GET":
        parameters += _query(schemas.members(endpoint.asked))
        return operation
    parameters.append(_KEY)
    operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schemas.of(endpoint.asked)}}}
    return operation


def _responses(endpoint: Endpoint, schemas: _Schemas) -> Part:
    schema = {"type": "string"} if endpoint.answered is bytes else schemas.of(endpoint.answered)
    content = {endpoint.media_type: {"schema": schema}}
    responses: Part = {"200": {"description": "Done or read.", "content": content}}
    if endpoint.method == "POST":
        responses["201"] = {"description": "Made by this request.", "content": content}
    else:
        responses["304"] = {"description": "Still as the given ETag says."}
    return responses | _problems(schemas)


def _problems(schemas: _Schemas) -> Part:
    content = {MEDIA_TYPE: {"schema": schemas.of(Problem)}}
    return {
        "4XX": {"description": "Refused; nothing was changed.", "content": content},
        "503": {
            "description": "Something that this needs cannot be reached; nothing was changed.",
            "content": content,
        },
    }


def _path_parameter(name: str) -> Part:
    schema = {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,200}$"}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(members: Mapping[str, Part]) -> list[Part]:
    return [{"name": name, "in": "query", "schema": schema} for name, schema in members.items()]


def _stream(schemas: _Schemas) -> Part:
    content = {EVENT_STREAM: {"schema": {"type": "string"}}}
    return {
        "operationId": "get_v1_feed_stream",
        "summary": "Follow the ledger as server-sent events; `data` is a FeedItem, `id` its index.",
        "parameters": _query(schemas.members(StreamFeed)),
        "responses": {"200": {"description": "Until either side ends it.", "content": content}}
        | _problems(schemas),
    }


def _health() -> Part:
    schema = {"type": "object", "properties": {"status": {"const": "ok"}}, "required": ["status"]}
    return {
        "operationId": "get_healthz",
        "summary": "Whether the server answers.",
        "security": [],
        "responses": {"200": {"description": "It does.", "content": {JSON: {"schema": schema}}}},
    }
