"""Arguments that a tool's JSON Schema would take, for whoever writes a first call. Pure.

What the schema itself offers counts first: `const`, `examples`, `default`, `enum` (JSON Schema 2020-12, 6.1.2
and 9). Else a value of the type, which a pattern or the other side may well refuse: a beginning, no promise.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from lineclear.domain.strict_json import Json

_DEEPEST: Final = 6
_PLAIN: Final[Mapping[str, Json]] = MappingProxyType(
    {"string": "…", "integer": 1, "number": 1, "boolean": True, "null": None}
)


def sample_of(schema: Json, *, depth: int = 0) -> Json:
    """A value for the schema; of an object, what it requires and nothing more."""
    if not isinstance(schema, dict) or depth > _DEEPEST:
        return "…"
    offered = _offered(schema)
    if offered:
        return offered[0]
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if kind == "array":
        return [sample_of(schema.get("items", {}), depth=depth + 1)]
    if kind == "object" or "properties" in schema or "required" in schema:
        return _object(schema, depth)
    if kind in {"integer", "number"}:
        least = schema.get("minimum", 1)
        return least if isinstance(least, int) else 1
    return _PLAIN.get(kind, "…") if isinstance(kind, str) else "…"


def _offered(schema: Mapping[str, Json]) -> list[Json]:
    if "const" in schema:
        return [schema["const"]]
    for name in ("examples", "enum"):
        values = schema.get(name)
        if isinstance(values, list) and values:
            return values
    return [schema["default"]] if "default" in schema else []


def _object(schema: Mapping[str, Json], depth: int) -> Json:
    known, required = schema.get("properties"), schema.get("required")
    parts = known if isinstance(known, dict) else {}
    names = [name for name in required if isinstance(name, str)] if isinstance(required, list) else []
    if not names and schema.get("minProperties"):
        names = list(parts)[:1]
    return {name: sample_of(parts.get(name, {}), depth=depth + 1) for name in names}
