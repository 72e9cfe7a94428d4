"""A form from a tool's JSON Schema: rows to fill in, and arguments with some of them changed. Pure.

Every leaf of the arguments has its row; what the schema does not describe is edited as JSON text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, cast

from lineclear.domain.contracts import ToolContract
from lineclear.domain.strict_json import Json, StrictJsonError, canonical, parse
from lineclear.domain.text import paintable
from lineclear.domain.wording import say

type Schema = Mapping[str, Json]

_WHOLE: Final = re.compile(r"-?(0|[1-9][0-9]*)")
_LONG_FROM: Final = 300
_MOST_DEPTH: Final = 16
_MOST_TEXT: Final = 50_000
_MOST_LINE: Final = 5_000
_ABSENT: Final = object()


class Kind(StrEnum):
    """How a row is filled in. `absent` is a member that may be added, `json` anything as JSON text.

    A text whose characters cannot all be seen is `json` too, with escapes; a very long one is `fixed`.
    """

    GROUP = "group"
    LIST = "list"
    ABSENT = "absent"
    TEXT = "text"
    LONG = "long"
    WHOLE = "whole"
    NUMBER = "number"
    CHOICE = "choice"
    FLAG = "flag"
    JSON = "json"
    FIXED = "fixed"


_KINDS: Final = {"integer": Kind.WHOLE, "number": Kind.NUMBER, "boolean": Kind.FLAG}


@dataclass(frozen=True, slots=True)
class Row:
    """One place in the arguments, by JSON pointer. `text` is what stands in it now."""

    path: str
    title: str
    depth: int
    kind: Kind
    text: str = ""
    choices: tuple[str, ...] = ()
    hint: str = ""
    can_go: bool = False
    can_grow: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """Arguments that are being edited. `unread` holds what was typed and is no value of its place yet."""

    contract: ToolContract
    arguments: Json
    unread: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def typed(self, path: str, text: str) -> Draft:
        """With another text in a place; what cannot be read there is kept and told."""
        unread = {key: each for key, each in self.unread.items() if key != path}
        try:
            value = _read(self._schema(path), self._value(path), text)
        except ValueError as error:
            return replace(self, unread={**unread, path: (text, str(error))})
        return replace(self, arguments=_put(self.arguments, _steps(path), value), unread=unread)

    def grown(self, path: str) -> Draft:
        """With an item more in a list, or with an absent member in its place."""
        value = self._value(path)
        schema = self._schema(path)
        added = _blank(schema) if not isinstance(value, list) else [*value, _blank(_items(schema))]
        return replace(self, arguments=_put(self.arguments, _steps(path), added))

    def shrunk(self, path: str) -> Draft:
        """Without a member or an item; what was typed in it or after it goes."""
        parent = path.rpartition("/")[0]
        unread = {key: each for key, each in self.unread.items() if not key.startswith(f"{parent}/")}
        return replace(self, arguments=_drop(self.arguments, _steps(path)), unread=unread)

    def rows(self, problems: Mapping[str, str] | None = None) -> tuple[Row, ...]:
        """The form as it stands, with what is wrong where it is wrong."""
        told = dict(problems or {})
        return tuple(self._told(row, told) for row in _rows(self._root, self.arguments, self.contract))

    def sent(self) -> bytes:
        """The arguments as they would be sent: numbers keep their type."""
        return json.dumps(self.arguments, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def _root(self) -> Schema:
        return self.contract.arguments

    def _told(self, row: Row, problems: Mapping[str, str]) -> Row:
        text, words = self.unread.get(row.path, (row.text, problems.get(row.path, "")))
        return replace(row, text=text, problem=words)

    def _schema(self, path: str) -> Schema:
        found: Schema = self._root
        for step in _steps(path):
            found = _below(self._root, found, step)
        return found

    def _value(self, path: str) -> object:
        found: object = self.arguments
        for step in _steps(path):
            found = _member(found, step)
        return found


def pointer(steps: str) -> str:
    """A dotted name such as `lines.0.net` as a JSON pointer; a pointer stays one."""
    return steps if steps.startswith("/") else "/" + steps.replace(".", "/")


def _rows(root: Schema, arguments: Json, contract: ToolContract) -> Iterator[Row]:
    money = contract.money.amount if contract.money else None
    for row in _walk(root, root, arguments, Row("", "", -1, Kind.GROUP)):
        if row.path:
            is_money = row.path == f"/{money}"
            hints = (row.hint, say("an amount of money") if is_money else "")
            yield replace(row, hint=", ".join(filter(None, hints)))


def _walk(root: Schema, schema: Schema, value: object, at: Row) -> Iterator[Row]:
    schema = _resolved(root, schema)
    match value:
        case dict() if at.depth < _MOST_DEPTH:
            yield replace(at, kind=Kind.GROUP)
            needed = schema.get("required")
            names = [*_properties(schema), *(name for name in value if name not in _properties(schema))]
            for name in names:
                is_needed = isinstance(needed, list) and name in needed
                below = Row(f"{at.path}/{_escaped(name)}", name, at.depth + 1, Kind.ABSENT)
                is_missing = is_needed and name not in value
                below = replace(below, hint=say("needed") if is_missing else "", can_go=not is_needed)
                yield from _walk(root, _below(root, schema, name), value.get(name, _ABSENT), below)
        case list() if at.depth < _MOST_DEPTH:
            yield replace(at, kind=Kind.LIST, can_grow=True, hint=_hint(schema, at.hint))
            for number, item in enumerate(value):
                below = Row(f"{at.path}/{number}", f"{at.title} {number + 1}", at.depth + 1, Kind.ABSENT)
                yield from _walk(root, _items(schema), item, replace(below, can_go=True))
        case _ if value is _ABSENT:
            yield replace(at, kind=Kind.ABSENT, can_go=False, hint=_hint(schema, at.hint))
        case _:
            yield _leaf(schema, cast("Json", value), at)


def _leaf(schema: Schema, value: Json, at: Row) -> Row:
    kind = _kind(schema, value)
    if kind is Kind.FIXED:
        text = say("{count:,} characters, too many to edit here", count=len(str(value)))
        return replace(at, kind=kind, text=text, hint=_hint(schema, at.hint))
    is_plain = kind in (Kind.TEXT, Kind.LONG) or (kind is Kind.CHOICE and isinstance(value, str))
    text = value if is_plain and isinstance(value, str) else json.dumps(value)
    choices = tuple(map(_choice, _listed(schema))) if kind is Kind.CHOICE else ()
    return replace(at, kind=kind, text=text, choices=choices, hint=_hint(schema, at.hint))


def _kind(schema: Schema, value: object) -> Kind:
    """By the schema where it is plain, else by what stands there."""
    if _listed(schema):
        return Kind.CHOICE
    if isinstance(value, str) and not _is_plain(value):
        return Kind.FIXED if _is_endless(value) else Kind.JSON
    stated = schema.get("type")
    if stated == "string" or (stated is None and isinstance(value, str)):
        most = schema.get("maxLength")
        room = most if isinstance(most, int) else len(str(value))
        return Kind.LONG if room > _LONG_FROM or "\n" in str(value) else Kind.TEXT
    return _KINDS.get(str(stated), Kind.JSON)


def _is_plain(text: str) -> bool:
    """Whether a text can be edited as it is: every character is seen, and no line is endless."""
    return not _is_endless(text) and all(paintable(line).text == line for line in text.split("\n"))


def _is_endless(text: str) -> bool:
    return len(text) > _MOST_TEXT or max(map(len, text.split("\n"))) > _MOST_LINE


def _hint(schema: Schema, first: str) -> str:
    """What the schema asks for, in a few words."""
    said = [first, str(schema.get("description", ""))]
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        said.append(say("{low} to {high}", low=low, high=high))
    elif low is not None or high is not None:
        said.append(say("{low} or more", low=low) if low is not None else say("{high} or less", high=high))
    if "maxLength" in schema:
        said.append(say("at most {count} characters", count=schema["maxLength"]))
    if "minItems" in schema:
        said.append(say("at least {count}", count=schema["minItems"]))
    if "pattern" in schema and "description" not in schema:
        said.append(say("like {pattern}", pattern=schema["pattern"]))
    return ", ".join(one for one in said if one)


def _read(schema: Schema, before: object, text: str) -> Json:
    """What a text means in its place; raises ValueError with words for whoever typed it."""
    kind = _kind(schema, before)
    match kind:
        case Kind.TEXT | Kind.LONG:
            return text
        case Kind.WHOLE if not _WHOLE.fullmatch(text.strip()):
            raise ValueError(say("is a whole number"))
        case Kind.CHOICE:
            found = [each for each in _listed(schema) if _choice(each) == text]
            if not found:
                choices = ", ".join(map(_choice, _listed(schema)))
                raise ValueError(say("is one of {choices}", choices=choices))
            return found[0]
        case Kind.FLAG if text not in ("true", "false"):
            raise ValueError(say("is true or false"))
    try:
        value = parse(text.strip().encode())
    except StrictJsonError as error:
        words = say("is a number") if kind is Kind.NUMBER else str(error)
        raise ValueError(words) from None
    if kind is Kind.NUMBER and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(say("is a number"))
    return value


def _blank(schema: Schema) -> Json:
    """What a new place holds first: what the schema proposes, else the least of its kind."""
    if "default" in schema or _listed(schema):
        return schema["default"] if "default" in schema else _listed(schema)[0]
    match schema.get("type"):
        case "object":
            needed = schema.get("required")
            names = needed if isinstance(needed, list) else []
            return {str(name): _blank(_below(schema, schema, str(name))) for name in names}
        case "array":
            least = schema.get("minItems", 0)
            return [_blank(_items(schema)) for _ in range(least if isinstance(least, int) else 0)]
        case "integer" | "number" | "boolean" as stated:
            return False if stated == "boolean" else schema.get("minimum", 0)
        case _:
            return ""


def _listed(schema: Schema) -> list[Json]:
    listed = [schema["const"]] if "const" in schema else schema.get("enum")
    return listed if isinstance(listed, list) else []


def _choice(value: Json) -> str:
    return value if isinstance(value, str) else canonical(value).decode()


def _resolved(root: Schema, schema: Schema) -> Schema:
    """A local reference followed; anything else as it is."""
    ref = schema.get("$ref")
    if not isinstance(ref, str) or not ref.startswith("#/"):
        return schema
    found: object = root
    for step in _steps(ref[1:]):
        found = _member(found, step)
    return cast("Schema", found) if isinstance(found, dict) else {}


def _below(root: Schema, schema: Schema, step: str) -> Schema:
    schema = _resolved(root, schema)
    if step in _properties(schema):
        found = _properties(schema)[step]
    else:
        found = schema.get("items" if step.isdigit() else "additionalProperties")
    return _resolved(root, found) if isinstance(found, dict) else {}


def _items(schema: Schema) -> Schema:
    items = schema.get("items")
    return items if isinstance(items, dict) else {}


def _properties(schema: Schema) -> dict[str, Json]:
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _steps(path: str) -> tuple[str, ...]:
    return tuple(one.replace("~1", "/").replace("~0", "~") for one in path.split("/")[1:])


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _member(value: object, step: str) -> object:
    if isinstance(value, dict):
        return value.get(step, _ABSENT)
    if isinstance(value, list) and step.isdigit() and int(step) < len(value):
        return value[int(step)]
    return _ABSENT


def _put(value: Json, steps: tuple[str, ...], new: Json) -> Json:
    """The value with `new` in a place; raises KeyError where there is no such place."""
    if not steps:
        return new
    step, rest = steps[0], steps[1:]
    if isinstance(value, list):
        return [_put(each, rest, new) if str(at) == step else each for at, each in enumerate(value)]
    if not isinstance(value, dict):
        raise KeyError(step)
    if rest and step not in value:
        raise KeyError(step)
    return {**value, step: _put(value.get(step), rest, new)}


def _drop(value: Json, steps: tuple[str, ...]) -> Json:
    step, rest = steps[0], steps[1:]
    if rest:
        return _put(value, (step,), _drop(cast("Json", _member(value, step)), rest))
    if isinstance(value, list):
        return [each for at, each in enumerate(value) if str(at) != step]
    return {name: each for name, each in value.items() if name != step} if isinstance(value, dict) else value
