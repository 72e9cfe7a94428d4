"""Strict JSON at the border and canonical JSON (RFC 8785) for what we sign. Free of I/O and of forgiveness.

What two parsers could read differently is refused: what is shown, judged and executed is one thing.
No Unicode normalisation takes place; look-alikes are for the view to flag.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import NoneType
from typing import Annotated, Final

import msgspec
import rfc8785

type Json = bool | int | float | str | list[Json] | dict[str, Json] | None

MAX_BYTES = 1_048_576
MAX_DEPTH = 64
MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON implementation keeps exactly (RFC 8259 section 6)."""

_BOM = b"\xef\xbb\xbf"
_CERTAINLY_SAFE_DIGITS = 15
_SHOWN = 60
_BEYOND = "The number is beyond 2^53-1 in size"


class StrictJsonFault(StrEnum):
    """Why a text or a value is not JSON that every reader would read alike."""

    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    BYTE_ORDER_MARK = "byte_order_mark"
    NOT_UTF8 = "not_utf8"
    SYNTAX = "syntax"
    DUPLICATE_KEY = "duplicate_key"
    NOT_FINITE = "not_finite"
    INTEGER_RANGE = "integer_range"
    INEXACT_NUMBER = "inexact_number"
    LONE_SURROGATE = "lone_surrogate"
    NOT_JSON = "not_json"
    NOT_CANONICAL = "not_canonical"


_REMEDIES = {
    StrictJsonFault.TOO_LARGE: "Send a reference to the content instead of the content.",
    StrictJsonFault.TOO_DEEP: "Flatten the structure.",
    StrictJsonFault.BYTE_ORDER_MARK: "Send plain UTF-8 without a byte order mark.",
    StrictJsonFault.NOT_UTF8: "Encode the text as UTF-8; send binary content as base64.",
    StrictJsonFault.SYNTAX: "Send exactly one JSON value as RFC 8259 defines it.",
    StrictJsonFault.DUPLICATE_KEY: "Send each key of an object once.",
    StrictJsonFault.NOT_FINITE: "Leave the member out, or send a string that says what is meant.",
    StrictJsonFault.INTEGER_RANGE: "Send the number as a string.",
    StrictJsonFault.INEXACT_NUMBER: "Send the number as a decimal string.",
    StrictJsonFault.LONE_SURROGATE: "Send whole characters; a surrogate is half of one.",
    StrictJsonFault.NOT_JSON: "Use only objects with string keys, lists, strings, numbers, booleans, null.",
    StrictJsonFault.NOT_CANONICAL: "Write it as RFC 8785 defines.",
}


class StrictJsonError(ValueError):
    """Not acceptable JSON. `path` is a JSON Pointer (RFC 6901), `offset` counts bytes where it is known.

    `detail` says what is wrong, `remedy` what to send instead; `str()` gives both.
    """

    def __init__(
        self, code: StrictJsonFault, path: str = "", *, offset: int | None = None, detail: str
    ) -> None:
        self.code = code
        self.path = path
        self.offset = offset
        self.detail = detail
        where = f" at {_cut(path)}" if path else f" at byte {offset}" if offset is not None else ""
        super().__init__(f"{detail}{where}. {self.remedy}")

    @property
    def remedy(self) -> str:
        return _REMEDIES[self.code]


@dataclass(frozen=True, slots=True)
class _Mark:
    """Stands in a parsed tree where a fault is, so that its path can be told."""

    code: StrictJsonFault
    detail: str


class _Marked(Exception):  # noqa: N818  # carries a mark out of a decoder hook
    def __init__(self, mark: _Mark) -> None:
        super().__init__(mark.detail)
        self.mark = mark


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _shown(text: str) -> str:
    return _cut(json.dumps(text))


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Marked(_Mark(StrictJsonFault.DUPLICATE_KEY, "A key is repeated"))
    return members


def _marked_members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for key, value in pairs:
        repeated = key in members
        detail = f"The key {_shown(key)} is repeated"
        members[key] = _Mark(StrictJsonFault.DUPLICATE_KEY, detail) if repeated else value
    return members


def _integer(literal: str) -> int:
    if len(literal) <= _CERTAINLY_SAFE_DIGITS:
        return int(literal)
    digits = literal.removeprefix("-")
    if len(digits) > _CERTAINLY_SAFE_DIGITS + 1 or int(digits) > MAX_INTEGER:
        raise _Marked(_Mark(StrictJsonFault.INTEGER_RANGE, f"{_BEYOND}: {_cut(literal)}"))
    return int(literal)


def _number(literal: str) -> float:
    """A float whose shortest form is the number that was written; else people would be shown another.

    Beyond 2^53-1 every float is an integer, and JCS writes it as one.
    """
    value = float(literal)
    for mark in _float_faults(value):
        raise _Marked(_Mark(mark.code, f"{mark.detail}: {_cut(literal)}"))
    if Decimal(repr(value)) != Decimal(literal):
        detail = f"The number {_cut(literal)} would be read as {value!r}"
        raise _Marked(_Mark(StrictJsonFault.INEXACT_NUMBER, detail))
    return value


def _constant(name: str) -> float:
    raise _Marked(_Mark(StrictJsonFault.NOT_FINITE, f"{name} is not JSON"))


def _marking[T](hook: Callable[[str], T]) -> Callable[[str], T | _Mark]:
    def marked(literal: str) -> T | _Mark:
        try:
            return hook(literal)
        except _Marked as found:
            return found.mark

    return marked


_FAST = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_integer, parse_float=_number, parse_constant=_constant
)
_CAREFUL = json.JSONDecoder(
    object_pairs_hook=_marked_members,
    parse_int=_marking(_integer),
    parse_float=_marking(_number),
    parse_constant=_marking(_constant),
)


def parse(data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> Json:
    """Read exactly one JSON value; raises StrictJsonError for anything that readers could read differently.

    No number may exceed 2^53-1 in size. Integers stay integers; a number with a fraction or an exponent
    becomes a float and must survive that exactly. `max_depth` counts nested containers, `max_bytes` bytes.
    """
    text = _text(data, max_bytes)
    value = _decoded(text, max_depth)
    nested = data.count(b"[") + data.count(b"{")
    if nested > max_depth and _is_deeper(value, max_depth):
        raise _too_deep(max_depth)
    if b"\\ud" in data or b"\\uD" in data:
        _refuse_faults(value)
    return value


def parse_canonical(data: bytes, *, max_bytes: int = MAX_BYTES) -> Json:
    """Read bytes that are the canonical form of what they say; raises StrictJsonError for all others.

    Being its own canonical form rules out every ambiguity at once, and is cheap to see.
    """
    if len(data) <= max_bytes:
        value = _as_canonical(data)
        if value is not _NOTHING:
            return value  # type: ignore[return-value]  # not the sentinel, hence JSON
    parse(data, max_bytes=max_bytes)
    raise StrictJsonError(StrictJsonFault.NOT_CANONICAL, detail="The text is not in canonical form")


_NOTHING = object()


def _as_canonical(data: bytes) -> object:
    try:
        if data.isascii():
            plain = _PLAIN_READER.decode(data)
            if _PLAIN.encode(plain) == data:
                return plain
    except (msgspec.DecodeError, UnicodeError):
        pass  # it may still be canonical, with floats in it or many levels
    try:
        value: Json = msgspec.json.decode(data)
        return value if canonical(value) == data else _NOTHING
    except (msgspec.DecodeError, StrictJsonError, UnicodeDecodeError, RecursionError):
        return _NOTHING  # `parse` says why


def _plain_type(depth: int) -> type:
    """Values without floats, without integers beyond 2^53-1, and so many containers deep at most."""
    scalars = bool | Annotated[int, msgspec.Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)] | str | None
    if not depth:
        return scalars  # type: ignore[return-value]  # a union is what a decoder takes for a type
    inner = _plain_type(depth - 1)
    return scalars | list[inner] | dict[str, inner]  # type: ignore[return-value,valid-type]  # ditto


_PLAIN_READER: Final[msgspec.json.Decoder[Json]] = msgspec.json.Decoder(_plain_type(6))
"""Refuses, while it reads, whatever `_is_plain` would find. Keys beyond ASCII it does not see."""


def canonical(value: Json) -> bytes:
    """The JCS form (RFC 8785) of a value; raises StrictJsonError for what has none.

    Two routes, one result, proven equal in the tests: values without floats and with ASCII keys, which is
    what entries are made of, go through msgspec; all others through the rfc8785 library.
    """
    plain = _plain_canonical(value)
    if plain is not None:
        return plain
    if _is_deeper(value, MAX_DEPTH):
        raise _too_deep(MAX_DEPTH)
    _refuse_faults(value)
    return rfc8785.dumps(value)


_PLAIN = msgspec.json.Encoder(order="sorted")


def _plain_canonical(value: Json) -> bytes | None:
    try:
        return _PLAIN.encode(value) if _is_plain((value,), MAX_DEPTH) else None
    except (TypeError, UnicodeEncodeError):
        return None  # a key that is no string, or half a surrogate pair: the slow route tells where


def _is_plain(children: Iterable[object], depth: int) -> bool:
    """Whether msgspec's sorted form of each child is its JCS form.

    The two differ only in floats, in the order of keys beyond the BMP (code points against UTF-16) and in
    what they accept; strings they escape alike. One loop, because every entry passes through it.
    """
    for child in children:
        kind = type(child)
        if kind is str or kind is bool or kind is NoneType:
            continue
        if kind is int:
            plain = -MAX_INTEGER <= child <= MAX_INTEGER  # type: ignore[operator]  # `kind` is its type
        elif kind is dict:
            plain = depth > 0 and "".join(child).isascii() and _is_plain(child.values(), depth - 1)  # type: ignore[arg-type,attr-defined]  # ditto
        else:
            plain = kind is list and depth > 0 and _is_plain(child, depth - 1)  # type: ignore[arg-type]  # ditto
        if not plain:
            return False
    return True


def _text(data: bytes, max_bytes: int) -> str:
    if len(data) > max_bytes:
        detail = f"The text has {len(data)} bytes; {max_bytes} is the most"
        raise StrictJsonError(StrictJsonFault.TOO_LARGE, detail=detail)
    if data.startswith(_BOM):
        detail = "The text starts with a byte order mark"
        raise StrictJsonError(StrictJsonFault.BYTE_ORDER_MARK, offset=0, detail=detail)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        detail = "The text is not UTF-8"
        raise StrictJsonError(StrictJsonFault.NOT_UTF8, offset=error.start, detail=detail) from None


def _decoded(text: str, max_depth: int) -> Json:
    try:
        try:
            value: Json = _FAST.decode(text)
        except _Marked:
            fault = _first_fault(_CAREFUL.decode(text))
            assert fault is not None, "the careful decoder marks what the fast one refuses"
            raise fault from None
    except json.JSONDecodeError as error:
        offset = len(text[: error.pos].encode())
        detail = f"This is not JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise StrictJsonError(StrictJsonFault.SYNTAX, offset=offset, detail=detail) from None
    except RecursionError:
        raise _too_deep(max_depth) from None
    return value


def _too_deep(max_depth: int) -> StrictJsonError:
    detail = f"The value is nested more than {max_depth} levels deep"
    return StrictJsonError(StrictJsonFault.TOO_DEEP, detail=detail)


def _is_deeper(value: object, max_depth: int) -> bool:
    level = [value] if isinstance(value, list | dict) else []
    for _ in range(max_depth):
        if not level:
            return False
        inner = (node.values() if isinstance(node, dict) else node for node in level)
        level = [child for children in inner for child in children if isinstance(child, list | dict)]
    return bool(level)


def _refuse_faults(value: object) -> None:
    fault = _first_fault(value)
    if fault is not None:
        raise fault


def _first_fault(value: object) -> StrictJsonError | None:
    """The first fault in document order, with its path; expects a value of bounded depth."""
    stack = [("", value)]
    while stack:
        path, node = stack.pop()
        if isinstance(node, dict):
            marks = _key_faults(node)
            stack.extend([(f"{path}/{_escaped(key)}", child) for key, child in node.items()][::-1])
        elif isinstance(node, list):
            marks = iter(())
            stack.extend([(f"{path}/{index}", child) for index, child in enumerate(node)][::-1])
        else:
            marks = _scalar_faults(node)
        for mark in marks:
            return StrictJsonError(mark.code, path, detail=mark.detail)
    return None


def _key_faults(node: dict[object, object]) -> Iterator[_Mark]:
    for key in node:
        if isinstance(key, str):
            yield from _scalar_faults(key)
        else:
            yield _Mark(StrictJsonFault.NOT_JSON, f"The key {_cut(repr(key))} is not a string")


def _scalar_faults(node: object) -> Iterator[_Mark]:
    match node:
        case _Mark():
            yield node
        case str():
            if not _is_whole(node):
                yield _Mark(StrictJsonFault.LONE_SURROGATE, "The text holds half a surrogate pair")
        case bool() | None:
            return
        case int():
            if not -MAX_INTEGER <= node <= MAX_INTEGER:
                yield _Mark(StrictJsonFault.INTEGER_RANGE, _BEYOND)
        case float():
            yield from _float_faults(node)
        case _:
            yield _Mark(StrictJsonFault.NOT_JSON, f"A value of type {type(node).__name__} is not JSON")


def _float_faults(value: float) -> Iterator[_Mark]:
    if not math.isfinite(value):
        yield _Mark(StrictJsonFault.NOT_FINITE, "The number is not finite")
    elif abs(value) > MAX_INTEGER:
        yield _Mark(StrictJsonFault.INTEGER_RANGE, _BEYOND)


def _is_whole(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _escaped(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")
