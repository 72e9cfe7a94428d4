"""A YAML or JSON document as text: reads its records and changes one, leaving all else as it is. Pure.

A change of YAML is cut into the text at the record's own lines, so that comments, order, quotes and
blank lines elsewhere stay byte for byte. Whatever was cut is read again and must mean exactly what
was asked, else the change is refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import StringIO

import msgspec
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from lineclear.adapters.connectors.undoing import Record
from lineclear.adapters.connectors.versions import is_same
from lineclear.application.ports import ToolFailed
from lineclear.domain.strict_json import Json, StrictJsonError, canonical, parse

MAX_BYTES = 4_194_304


class Splice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lines in which two texts differ: from line `at`, `removed` became `inserted`."""

    at: int
    removed: list[str]
    inserted: list[str]

    def reverse(self, text: str) -> str:
        lines = text.splitlines(keepends=True)
        lines[self.at : self.at + len(self.inserted)] = self.removed
        return "".join(lines)


def splice(old: str, new: str) -> Splice:
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    return Splice(start, before[start : len(before) - end], after[start : len(after) - end])


def _common(a: list[str], b: list[str]) -> int:
    count = 0
    for one, other in zip(a, b, strict=False):
        if one != other:
            break
        count += 1
    return count


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its text, and what it says."""

    text: str
    is_json: bool
    content: Json

    @classmethod
    def read(cls, data: bytes, *, is_json: bool) -> Document:
        """Raises ToolFailed("invalid") for what is not one plain document."""
        if len(data) > MAX_BYTES:
            raise ToolFailed("invalid", f"The document has {len(data)} bytes; {MAX_BYTES} is the most.")
        try:
            if is_json:
                return cls(data.decode(), is_json, parse(data, max_bytes=MAX_BYTES))
            _require_no_aliases(data.decode())
            content = YAML(typ="safe", pure=True).load(data.decode())
            canonical(content)
        except (StrictJsonError, YAMLError, UnicodeDecodeError, ValueError) as error:
            raise ToolFailed(
                "invalid", f"The document cannot be read: {str(error).splitlines()[0]:.200}"
            ) from None
        return cls(data.decode(), is_json, content)

    def records(self, path: str) -> list[Record]:
        """The list at `path` (names joined by dots); ToolFailed where there is none."""
        part = self.content
        for name in path.split("."):
            if not isinstance(part, dict) or name not in part:
                raise ToolFailed("not_found", f"The document has no list {path!r}.")
            part = part[name]
        if not isinstance(part, list) or not all(isinstance(record, dict) for record in part):
            raise ToolFailed("invalid", f"{path!r} in the document is no list of records.")
        return [record for record in part if isinstance(record, dict)]

    def changed(self, path: str, index: int, before: Record | None, after: Record | None) -> Document:
        """The document with one record added at, replaced at, or removed from `index`."""
        wanted = _with(self.content, path.split("."), index, before, after)
        text = self._json(wanted) if self.is_json else self._yaml(path, index, before, after)
        try:
            found = Document.read(text.encode(), is_json=self.is_json)
        except ToolFailed:
            found = None
        if found is None or not is_same(found.content, wanted):
            raise ToolFailed(
                "refused",
                f"{path!r} is written in a way that cannot be changed in place; write one record a line.",
            )
        return found

    def _json(self, wanted: Json) -> str:
        """As the text is indented now, where some indentation gives it back; else by two."""
        for indent in (2, 4, None, 1, "\t"):
            for end in ("\n", ""):
                if json.dumps(self.content, indent=indent, ensure_ascii=False) + end == self.text:
                    return json.dumps(wanted, indent=indent, ensure_ascii=False) + end
        return json.dumps(wanted, indent=2, ensure_ascii=False) + "\n"

    def _yaml(self, path: str, index: int, before: Record | None, after: Record | None) -> str:
        nodes = _sequence(self.text, path)
        if before is None and after is not None:
            return _inserted(self.text, nodes, index, after)
        if before is not None and after is not None:
            return _replaced(self.text, nodes.value[index], before, after)
        return _removed(self.text, nodes, index)


def _require_no_aliases(text: str) -> None:
    """An alias would make one change appear in two places; a few of them can stand for gigabytes."""
    if "&" in text and any(isinstance(event, AliasEvent) for event in YAML(pure=True).parse(text)):
        raise ToolFailed("invalid", "The document uses aliases (`*name`); write the values out.")


def _with(content: Json, path: list[str], index: int, before: Record | None, after: Record | None) -> Json:
    if isinstance(content, dict) and path:
        return {
            name: _with(part, path[1:], index, before, after) if name == path[0] else part
            for name, part in content.items()
        }
    assert isinstance(content, list), "records() found a list here"
    middle: list[Json] = [] if after is None else [dict(after)]
    return [*content[:index], *middle, *content[index + (before is not None) :]]


def _sequence(text: str, path: str) -> SequenceNode:
    node: Node = YAML(pure=True).compose(text)
    for name in path.split("."):
        assert isinstance(node, MappingNode), "records() found mappings on the way"
        node = next(value for key, value in node.value if key.value == name)
    if not isinstance(node, SequenceNode):
        raise ToolFailed("refused", f"{path!r} is an alias in the document; write the list out.")
    return node


def _end(node: Node) -> int:
    """Where the text of a node ends, before comments and blank lines that follow it."""
    if not isinstance(node, MappingNode | SequenceNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(node, MappingNode) else last)


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    """After the line break of the line that `index` is in or ends."""
    if index and text[index - 1] == "\n":
        return index
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _dumped(value: Json, indent: int) -> str:
    """A record as an item of a block list, its dash at column `indent`."""
    lines = _written(value, flow=False).splitlines(keepends=True)
    return "".join(f"{' ' * indent}{line}" for line in lines)


def _scalar(value: Json) -> str:
    return _written(value, flow=True).strip().removeprefix("[").removesuffix("]")


_BREAKS = frozenset("\x85\u2028\u2029")


def _written(value: Json, *, flow: bool) -> str:
    """A list of one, on lines that are never folded."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = flow
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # typed by its default
    yaml.allow_unicode = True
    yaml.width = MAX_BYTES
    out = StringIO()
    yaml.dump([value], out)
    if not _BREAKS.isdisjoint(out.getvalue()):  # a break of its own inside a value would gain an indent
        yaml.allow_unicode, out = False, StringIO()
        yaml.dump([value], out)
    return out.getvalue()


def _dash(text: str, item: Node) -> int:
    """Where the dash of a block item is; ToolFailed where it does not stand at the head of its line."""
    start = int(item.start_mark.index)
    line = _line_start(text, start)
    head = text[line:start]
    if head.strip() != "-":
        raise ToolFailed(
            "refused", "The list is not written with one record a line; a change in place needs that."
        )
    return line + head.index("-")


def _inserted(text: str, nodes: SequenceNode, index: int, record: Record) -> str:
    if not nodes.value:
        return _filled(text, nodes, record)
    if index < len(nodes.value):
        dash = _dash(text, nodes.value[index])
        at = _line_start(text, dash)
    else:
        dash = _dash(text, nodes.value[-1])
        at = _line_end(text, _end(nodes.value[-1]))
    lead = "\n" if at and text[at - 1] != "\n" else ""
    return text[:at] + lead + _dumped(record, dash - _line_start(text, dash)) + text[at:]


def _filled(text: str, nodes: SequenceNode, record: Record) -> str:
    """An empty list is written in brackets: behind its name, or on a line of its own."""
    start, end = int(nodes.start_mark.index), int(nodes.end_mark.index)
    line = _line_start(text, start)
    head = text[line:start]
    if not head.strip():
        return text[:line] + _dumped(record, len(head)).rstrip("\n") + text[end:]
    indent = len(head) - len(head.lstrip()) + 2
    return f"{text[:start].rstrip(' ')}\n{_dumped(record, indent).rstrip()}{text[end:]}"


def _removed(text: str, nodes: SequenceNode, index: int) -> str:
    item = nodes.value[index]
    dash = _dash(text, item)
    start, end = _line_start(text, dash), _line_end(text, _end(item))
    rest = f"{text[start:dash]}  []\n" if len(nodes.value) == 1 else ""  # deeper than the list's own name
    return text[:start] + rest + text[end:]


def _replaced(text: str, item: Node, before: Record, after: Record) -> str:
    """Only the values that differ are rewritten, the last one first so that places stay right."""
    assert isinstance(item, MappingNode), "records() found mappings in the list"
    nodes = {key.value: value for key, value in item.value}
    differing = [name for name, value in after.items() if name in before and not is_same(before[name], value)]
    if before.keys() != after.keys():
        return _rewritten(text, item, after)
    for name in sorted(differing, key=lambda name: -int(nodes[name].start_mark.index)):
        node = nodes[name]
        if not isinstance(node, ScalarNode) or isinstance(after[name], list | dict):
            return _rewritten(text, item, after)
        start, end = int(node.start_mark.index), int(node.end_mark.index)
        gap = " " if start == end and text[start - 1 : start] == ":" else ""
        text = text[:start] + gap + _scalar(after[name]) + text[end:]
    return text


def _rewritten(text: str, item: Node, after: Record) -> str:
    dash = _dash(text, item)
    start, end = _line_start(text, dash), _line_end(text, _end(item))
    return text[:start] + _dumped(after, dash - start) + text[end:]
