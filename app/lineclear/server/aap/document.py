"""The OpenAPI 3.1 description of what is answered below `/aap`, made from the addresses. Free of I/O."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from lineclear.server.aap.routes import Way
from lineclear.wire.aap import BASE
from lineclear.wire.codecs import JSON, encode

type Part = dict[str, object]

PATH: Final = f"{BASE}/openapi.json"
_UUID: Final[Part] = {"type": "string", "format": "uuid"}
_TIME: Final[Part] = {"type": "string", "format": "date-time", "pattern": "Z$"}
_TEXT: Final[Part] = {"type": "string"}
_NAMED: Final[Part] = {"type": "string", "minLength": 1}
_OBJECT: Final[Part] = {"type": "object", "additionalProperties": True}
_DURATION: Final[Part] = {"type": "string", "pattern": "^[1-9][0-9]*(s|m|h)$"}
_URL: Final[Part] = {"type": "string", "format": "uri", "pattern": r"^https://[^/?#@\s]+([/?][^#\s]*)?$"}
_SECRET: Final[Part] = {"type": "string", "pattern": "^whsec_[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"}
_CALL: Final[Part] = {
    "tool": _NAMED,
    "server": _NAMED,
    "arguments": _OBJECT,
    "timeout": _DURATION,
    "agent_reasoning": _TEXT,
    "context": _OBJECT,
}


def _closed(required: str, **properties: object) -> Part:
    """An object with these members and no others; `required` names them, divided by blanks."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": required.split(),
        "properties": properties,
    }


_CREATE: Final = _closed("tool arguments timeout", **_CALL)
_OUTCOME: Final = _closed("status", status={"enum": ["succeeded", "failed"]}, note=_NAMED)
_REQUEST: Final = _closed(
    "id tool arguments timeout status created_at deadline_at",
    **_CALL,
    id=_UUID,
    status={"enum": ["pending", "approved", "denied", "expired", "cancelled"]},
    created_at=_TIME,
    deadline_at=_TIME,
    decision=_closed(
        "status decided_at",
        status={"enum": ["approved", "denied", "expired", "cancelled"]},
        note=_TEXT,
        decided_at=_TIME,
        expires_at=_TIME,
    ),
    consumption=_closed(
        "consumed_at",
        consumed_at=_TIME,
        outcome=_closed(
            "status reported_at", status={"enum": ["succeeded", "failed"]}, note=_TEXT, reported_at=_TIME
        ),
    ),
)
_RECEIVER: Final[Part] = {"type": {"const": "webhook"}, "url": _URL, "registration_id": _UUID}
_INPUT: Final = _closed("type url registration_id signing_secret", **_RECEIVER, signing_secret=_SECRET)
_INSTANCE: Final = _closed(
    "id name", id=_UUID, name=_NAMED, delivery=_closed("type url registration_id", **_RECEIVER)
)
_PROVISION: Final = _closed("", instance_name={**_NAMED, "maxLength": 200}, delivery=_INPUT)
_UPDATE: Final[Part] = {
    **_closed("", instance_name={**_NAMED, "maxLength": 200}, delivery={"oneOf": [_INPUT, {"type": "null"}]}),
    "minProperties": 1,
}
_PROVISIONED: Final = _closed(
    "instance credential", instance=_INSTANCE, credential=_closed("token", token=_NAMED, expires_at=_TIME)
)
_ERROR: Final = _closed(
    "error",
    error=_closed(
        "type code message request_id",
        type={
            "enum": [
                "invalid_request",
                "authentication",
                "authorization",
                "not_found",
                "conflict",
                "rate_limit",
                "dependency",
                "internal",
            ]
        },
        code={"type": "string", "pattern": "^[a-z][a-z0-9]*(_[a-z0-9]+)*$"},
        message=_NAMED,
        param=_NAMED,
        request_id=_UUID,
    ),
)

# What each address takes and gives, and which errors it knows beside those of every address.
_SHAPES: Final[dict[str, tuple[str, str, str]]] = {
    f"POST {BASE}/v1/requests": ("Create", "Request", "400 409"),
    f"GET {BASE}/v1/requests/{{id}}": ("", "Request", "400 404"),
    f"DELETE {BASE}/v1/requests/{{id}}": ("", "Request", "404 409"),
    f"POST {BASE}/v1/requests/{{id}}/consume": ("", "Request", "400 404 409"),
    f"POST {BASE}/v1/requests/{{id}}/outcome": ("Outcome", "Request", "400 404 409"),
    f"POST {BASE}/v1/instances": ("Provision", "Provisioned", "400 409 422"),
    f"GET {BASE}/v1/instances/{{id}}": ("", "Instance", "404"),
    f"PATCH {BASE}/v1/instances/{{id}}": ("Update", "Instance", "400 404 409 422"),
    f"DELETE {BASE}/v1/instances/{{id}}": ("", "", "404"),
}
_ALWAYS: Final = "401 403 429 500 503"
_EXCHANGE: Final[Part] = {"X-Request-ID": {"required": True, "schema": _UUID}}
_KEY: Final[Part] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "minLength": 1},
}
_INFO: Final[Part] = {
    "title": "Lineclear, Agent Approval Protocol 1.0 provider",
    "version": "1.0.0",
    "description": (
        "Requests want an instance's credential or an agent's token, instances a provisioner's token. "
        "Errors have one envelope."
    ),
}


def document(ways: Iterable[Way]) -> bytes:
    """The description as JSON."""
    paths: dict[str, Part] = {}
    for way in ways:
        paths.setdefault(way.path, {})[way.method.lower()] = _operation(way)
    schemas = {
        "Create": _CREATE,
        "Outcome": _OUTCOME,
        "Request": _REQUEST,
        "Provision": _PROVISION,
        "Update": _UPDATE,
        "Provisioned": _PROVISIONED,
        "Instance": _INSTANCE,
        "Error": _ERROR,
    }
    components = {
        "schemas": schemas,
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    }
    return encode(
        {
            "openapi": "3.1.0",
            "info": _INFO,
            "paths": paths,
            "components": components,
            "security": [{"token": []}],
        }
    )


def _operation(way: Way) -> Part:
    taken, given, errors = _SHAPES[f"{way.method} {way.path}"]
    parameters: list[Part] = [
        {"name": name, "in": "query", "schema": _DURATION, "description": "30 seconds at most."}
        for name in sorted(way.query)
    ]
    if "{id}" in way.path:
        parameters.append({"name": "id", "in": "path", "required": True, "schema": _UUID})
    if way.has_key:
        parameters.append(_KEY)
    operation: Part = {
        "operationId": f"{way.method.lower()}{way.path.removeprefix(BASE).replace('/', '_')}",
        "summary": way.says,
        "parameters": parameters,
        "responses": _responses(way, given) | {status: _error(status) for status in _codes(errors)},
    }
    if taken:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(taken)}}}
    return operation


def _responses(way: Way, given: str) -> Part:
    if not given:
        return {"204": {"description": "Done.", "headers": _EXCHANGE}}
    content = {JSON: {"schema": _ref(given)}}
    responses: Part = {
        "200": {"description": "Done, now or before.", "headers": _EXCHANGE, "content": content}
    }
    if _makes(way):
        responses["201"] = {"description": "Made.", "headers": _EXCHANGE, "content": content}
    return responses


def _makes(way: Way) -> bool:
    """Whether the address makes something."""
    return way.method == "POST" and "{id}" not in way.path


def _codes(errors: str) -> list[str]:
    return [*errors.split(), *_ALWAYS.split()]


def _error(status: str) -> Part:
    content = {JSON: {"schema": _ref("Error")}}
    return {"description": f"{HTTPStatus(int(status)).phrase}.", "headers": _EXCHANGE, "content": content}


def _ref(name: str) -> Part:
    return {"$ref": f"#/components/schemas/{name}"}
