"""Turns what a shape refuses into problems with a place and a remedy, in the writer's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from pydantic.json_schema import JsonSchemaValue
from pydantic_core import ErrorDetails
from rapidfuzz import fuzz, process

from lineclear.domain.policy.problems import Problem, spelled
from lineclear.domain.policy.shape import (
    NEVER_ASKED,
    NEVER_MET,
    NEVER_REACHED,
    NOBODY_ASKED,
    ONE_FORM,
    TOO_MANY_WAYS,
    TWO_QUORUMS,
    json_schema,
)
from lineclear.domain.policy.showing import shown
from lineclear.domain.policy.source import Path, Source

_ALIKE = 60.0
"""The least similarity, of 100, at which a known key is offered as the one that was meant."""

# What contradicts itself: at which key, in which words, with which remedy. Without a key, the group itself.
_CONTRADICTIONS: Mapping[str, tuple[str, str, str]] = {
    NEVER_REACHED: (
        "requires_approval_over_usd",
        "requires_approval_over_usd is over max_amount_usd, so it would never ask.",
        "Lower it, or raise max_amount_usd.",
    ),
    NEVER_ASKED: (
        "requires_approval",
        "requires_approval names an environment that is not allowed at all.",
        "Add it to allowed, or remove it here.",
    ),
    NEVER_MET: (
        "of",
        "More approvals are asked for than reviewers are named.",
        "Name more reviewers in of, or ask for fewer approvals.",
    ),
    NOBODY_ASKED: (
        "",
        "This says of nobody that they are asked.",
        "Name a tier, a group, or both, such as to: {tier: 3, group: finance}.",
    ),
    ONE_FORM: (
        "",
        "This says who must approve in two ways.",
        "Keep one: approvals with tier, group and of; or all_of; or any_of.",
    ),
    TOO_MANY_WAYS: (
        "stages",
        "These stages can be met in more than 64 ways.",
        "Name fewer alternatives in any_of.",
    ),
    TWO_QUORUMS: (
        "stages",
        "stages and approvals both say how many must approve.",
        "Keep one of the two.",
    ),
}


class Adviser:
    """Knows one source and the schema; makes one problem of each refusal."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._schema = json_schema()

    def problem(self, refused: ErrorDetails) -> Problem:
        path = self._path(refused)
        match refused["type"]:
            case "missing":
                return self._missing((*path, str(refused["loc"][-1])))
            case "extra_forbidden":
                return self._unknown(path)
            case "too_short":
                says = f"{_name(path)} is empty."
                return self._of_value(path, says, self._remedy(path))
            case _ if refused["type"] in _CONTRADICTIONS:
                return self._contradiction(refused["type"], path)
            case _ if refused["loc"][-1] == "[key]":
                return self._misnamed(path)
            case _:
                says = f"{_name(path)} cannot be {shown(refused['input'])}."
                return self._of_value(path, says, self._remedy(path))

    def _path(self, refused: ErrorDetails) -> Path:
        """The location without what is no part of the text: names of alternatives, missing keys."""
        path: Path = ()
        for part in refused["loc"]:
            if (*path, part) in self._source.places:
                path = (*path, part)
        return path

    def _missing(self, path: Path) -> Problem:
        place = self._source.places[path[:-1]]
        remedy = f"Add it: {self._description(path)}."
        return Problem(
            place.key_line, place.key_column, spelled(path), f"Key {path[-1]} is missing here.", remedy
        )

    def _unknown(self, path: Path) -> Problem:
        known = sorted(self._known(path[:-1]))
        nearest = process.extractOne(str(path[-1]), known, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        remedy = f"Did you mean {nearest[0]}?" if nearest else f"Known keys here: {', '.join(known)}."
        return self._of_key(path, f"Unknown key {shown(path[-1])}.", remedy)

    def _contradiction(self, kind: str, path: Path) -> Problem:
        key, says, remedy = _CONTRADICTIONS[kind]
        return self._of_value((*path, key), says, remedy) if key else self._of_key(path, says, remedy)

    def _misnamed(self, path: Path) -> Problem:
        marks = "_ and -" if len(path) == len(("capabilities", "name")) else "_ . : / @ and -"
        return self._of_key(path, f"{shown(path[-1])} cannot be a name.", f"Use letters, digits, {marks}.")

    def _of_key(self, path: Path, says: str, remedy: str) -> Problem:
        place = self._source.places[path]
        return Problem(place.key_line, place.key_column, spelled(path), says, remedy)

    def _of_value(self, path: Path, says: str, remedy: str) -> Problem:
        place = self._source.places[path]
        return Problem(place.line, place.column, spelled(path), says, remedy)

    def _remedy(self, path: Path) -> str:
        known = self._known(path)
        keys = f", with the keys {', '.join(known)}" if known else ""
        return f"Write {self._description(path)}{keys}."

    def _description(self, path: Path) -> str:
        """What the schema says of a path, or of the nearest group around it that it describes."""
        node, said = self._schema, ""
        for part in path:
            node = self._within(node, part)
            said = str(node.get("description") or said)
        return said[:1].lower() + said[1:].rstrip(".")

    def _known(self, path: Path) -> list[str]:
        node = self._schema
        for part in path:
            node = self._within(node, part)
        return list(self._resolved(node).get("properties", {}))

    def _within(self, node: JsonSchemaValue, part: str | int) -> JsonSchemaValue:
        group = self._resolved(node)
        if isinstance(part, int):
            return _schema_of(group.get("items"))
        named = group.get("properties", {}).get(part)
        return _schema_of(named if named is not None else group.get("additionalProperties"))

    def _resolved(self, node: JsonSchemaValue) -> JsonSchemaValue:
        reference = str(node.get("$ref", ""))
        return _schema_of(self._schema["$defs"][reference.rpartition("/")[2]]) if reference else node


def _schema_of(node: object) -> JsonSchemaValue:
    """A schema, or the empty one that says nothing (where a schema is `false` or absent)."""
    return cast("JsonSchemaValue", node) if isinstance(node, dict) else {}


def _name(path: Path) -> str:
    """What to call the value: its key, or for an item the key of its list."""
    words = [part for part in path if isinstance(part, str)]
    name = shown(words[-1]) if words else "the document"
    return name if path and isinstance(path[-1], str) else f"An item of {name}"
