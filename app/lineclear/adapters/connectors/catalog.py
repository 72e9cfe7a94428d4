"""All tools of a workspace with the connectors behind them: the `Tools` port. Free of I/O of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from jsonschema.exceptions import ValidationError  # type: ignore[import-untyped]  # ships no types
from jsonschema.validators import extend  # type: ignore[import-untyped]  # ships no types
from referencing import Registry

from lineclear.application.ports import Arguments, Connector
from lineclear.domain.contracts import ToolContract

_SHOWN = 80


def _pattern(_: object, pattern: str, instance: object, __: object) -> Iterator[ValidationError]:
    """ECMA-262 as the specification asks: `$` is the very end, not the place before a last line break."""
    exact = re.sub(r"(?<!\\)\$$", r"\\Z", pattern)
    if isinstance(instance, str) and not re.search(exact, instance):
        yield ValidationError(f"does not match {pattern}")


_Validator = extend(Draft202012Validator, {"pattern": _pattern})


class Catalog:
    """The tools that connectors declare, by name."""

    def __init__(self, connectors: Mapping[str, Connector]) -> None:
        self._connectors = dict(connectors)
        self._contracts: dict[str, ToolContract] = {}
        self._behind: dict[str, Connector] = {}
        for connector in self._connectors.values():
            for contract in connector.contracts():
                if contract.tool in self._contracts:
                    raise ValueError(f"two connectors declare the tool {contract.tool}")
                self._contracts[contract.tool] = contract
                self._behind[contract.tool] = connector
        self._validators = {
            tool: _Validator(contract.arguments, registry=Registry())
            for tool, contract in self._contracts.items()
        }

    def contract(self, tool: str) -> ToolContract | None:
        return self._contracts.get(tool)

    def contracts(self) -> Sequence[ToolContract]:
        return list(self._contracts.values())

    def problem(self, tool: str, arguments: Arguments) -> str | None:
        """The first way in which the arguments break the tool's JSON Schema; short, whatever was sent."""
        errors = list(self._validators[tool].iter_errors(dict(arguments)))
        if not errors:
            return None
        first = min(errors, key=lambda error: [str(step) for step in error.absolute_path])
        return f"{_where(first)} {_words(first)}"

    def problems(self, tool: str, arguments: Arguments) -> Mapping[str, str]:
        """The first problem of each place, by JSON pointer; what is missing has its own place."""
        found: dict[str, str] = {}
        for error in self._validators[tool].iter_errors(dict(arguments)):
            for place, words in _placed(error):
                found.setdefault(place, words)
        return found

    def connector(self, tool: str) -> Connector:
        """The connector behind a known tool; KeyError for any other."""
        return self._behind[tool]

    def connectors(self) -> Mapping[str, Connector]:
        return self._connectors


def _placed(error: ValidationError) -> Iterator[tuple[str, str]]:
    at = "".join(f"/{_escaped(step)}" for step in error.absolute_path)
    match error.validator:
        case "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            yield from ((f"{at}/{_escaped(name)}", "is needed") for name in missing)
        case "additionalProperties":
            known = error.schema.get("properties", {})
            extra = [name for name in error.instance if name not in known]
            yield from ((f"{at}/{_escaped(name)}", "does not belong here") for name in extra)
        case _:
            yield at or "/", _words(error)


def _escaped(step: object) -> str:
    """A step of a JSON pointer (RFC 6901)."""
    return str(step).replace("~", "~0").replace("/", "~1")


def _where(error: ValidationError) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return _cut(steps.removeprefix(".")) if steps else "the arguments"


def _words(error: ValidationError) -> str:
    """In words for the usual keywords: the library's own message repeats the value, however long."""
    limit: Any = error.validator_value
    match error.validator:
        case "required":
            missing = [name for name in limit if name not in error.instance]
            return f"must have {_cut(repr(missing[0]))}"
        case "additionalProperties":
            extra = [name for name in error.instance if name not in error.schema.get("properties", {})]
            return f"must not have {_cut(repr((extra or ['more members'])[0]))}"
        case "type":
            kinds = " or ".join(limit) if isinstance(limit, list) else limit
            return f"must be of type {kinds}, not {_cut(repr(error.instance))}"
        case "enum":
            return f"must be one of {_cut(', '.join(map(str, limit)))}, not {_cut(repr(error.instance))}"
        case "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties":
            return f"breaks {error.validator} {limit}: it has {len(error.instance)}"
        case other:
            asked = (
                f"must look like {_cut(limit)}, not"
                if other == "pattern"
                else f"breaks {other} {_cut(repr(limit))}:"
            )
            return f"{asked} {_cut(repr(error.instance))}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… (+{len(text) - _SHOWN} characters)"
