"""What a person has read of the servers' tools: a hash of each definition, kept beside the document.

A server can change what its tool says of itself, and with it what a model does, after everybody looked. So
only a definition that is to the byte the one that was reviewed is shown to a client or called.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import cast

import msgspec

from lineclear.agents.gateway.config import unusable
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import Json, StrictJsonError, canonical
from lineclear.domain.text import paintable


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that a client is shown of a tool."""

    description: str
    input_schema: dict[str, object]

    def digest(self, name: str) -> str:
        """SHA-256 of the definition's canonical JSON (RFC 8785); empty where it has none."""
        value = {"name": name, "description": self.description, "inputSchema": self.input_schema}
        try:
            return sha256(canonical(cast("Json", value))).hexdigest()
        except StrictJsonError:
            return ""


class Pin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A definition as it was reviewed; the hash decides, the rest is there to show what changed."""

    sha256: str
    definition: Definition


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    servers: dict[str, dict[str, Pin]] = {}


type Tools = Mapping[str, Definition]
"""A server's tools by name."""


@dataclass(frozen=True, slots=True)
class Pins:
    """What was reviewed, by server and tool."""

    servers: Mapping[str, Mapping[str, Pin]]

    def check(self, server: str, name: str, found: Definition | None) -> None:
        """Refusal(DEFINITION_UNREVIEWED) unless this very definition was reviewed."""
        pin = self.servers.get(server, {}).get(name)
        if found is None:
            problem = "the server does not offer it any more" if pin else "the server does not offer it"
        elif pin is None:
            problem = "nobody has reviewed it yet"
        elif not pin.sha256 or found.digest(name) != pin.sha256:
            problem = "the server has changed it since it was reviewed"
        else:
            return
        raise Refusal(Code.DEFINITION_UNREVIEWED, tool=f"{server}.{name}", problem=problem)

    def reviewed(self, server: str, tools: Tools) -> dict[str, Definition]:
        """Those of a server's tools that may be shown to a client."""
        pins = self.servers.get(server, {})
        return {
            name: found
            for name, found in tools.items()
            if name in pins and pins[name].sha256 and found.digest(name) == pins[name].sha256
        }


def pins_file(config: Path) -> Path:
    return config.with_name(f"{config.stem}.pins.json")


def read_pins(file: Path) -> Pins:
    """What was reviewed; nothing where there is no file. Refusal(GATEWAY_UNUSABLE) for another one."""
    try:
        return Pins(msgspec.json.decode(file.read_bytes(), type=_File).servers)
    except FileNotFoundError:
        return Pins({})
    except (OSError, msgspec.MsgspecError) as error:
        raise unusable(f"{file} cannot be read ({error})") from None


def write_pins(file: Path, found: Mapping[str, Tools]) -> None:
    """Accept these definitions and no others."""
    pins = {
        server: {name: Pin(one.digest(name), one) for name, one in sorted(tools.items())}
        for server, tools in sorted(found.items())
    }
    written = file.with_name(f"{file.name}.new")
    written.write_bytes(msgspec.json.format(msgspec.json.encode(_File(pins)), indent=2) + b"\n")
    written.replace(file)


def differences(pins: Pins, found: Mapping[str, Tools]) -> Iterator[str]:
    """What a person has to read before they accept, line by line, safe to print."""
    for server in sorted(pins.servers.keys() | found.keys()):
        before, after = pins.servers.get(server, {}), found.get(server, {})
        for name in sorted(before.keys() | after.keys()):
            old = before[name].definition if name in before else None
            for line in _difference(f"{server}.{name}", old, after.get(name)):
                yield paintable(line).text


def _difference(title: str, old: Definition | None, new: Definition | None) -> Iterator[str]:
    if old == new:
        return
    yield f"{title}: {'new' if old is None else 'gone' if new is None else 'changed'}"
    for line in difflib.unified_diff(_lines(old), _lines(new), n=1, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            yield f"  {line}"


def _lines(definition: Definition | None) -> list[str]:
    if definition is None:
        return []
    schema = json.dumps(definition.input_schema, indent=2, sort_keys=True, ensure_ascii=False)
    return [*definition.description.split("\n"), *schema.split("\n")]
