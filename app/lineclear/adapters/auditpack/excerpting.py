"""Takes one action out of a pack: its entries with their proofs, and what it takes to judge them alone.

An excerpt is a folder. It needs no manifest: every file in it is proven by the log's checkpoint.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.container import Pack, open_pack
from lineclear.adapters.auditpack.forms import log_policy
from lineclear.adapters.auditpack.writing import Spool
from lineclear.domain.ledger.checkpoint import Checkpoint, parse_checkpoint
from lineclear.domain.ledger.merkle import inclusion_proof
from lineclear.domain.ledger.notes import parse_note
from lineclear.domain.ledger.proofs import LedgerProof
from lineclear.domain.ledger.tiles import bundles_of, hash_reader, split_bundle
from lineclear.domain.ledger.witness_policy import parse_witness_policy


class ExcerptError(ValueError):
    """This pack does not hold what an excerpt of that action takes."""


class _Named(msgspec.Struct, frozen=True):
    device: str = ""
    person: str = ""


class _Peek(msgspec.Struct, frozen=True):
    stream: str
    type: str
    body: _Named
    commits: dict[str, str]


_PEEK: Final = msgspec.json.Decoder(_Peek)
_BASES: Final = (
    "device.enrolled",
    "device.signed",
    "policy.activated",
    "workspace.created",
)
_WHOLE: Final = ("person/", "trial/")
"""Streams of which all counts that came before: what was lent and ended, which trial was on."""


def excerpt(path: Path, action: str, folder: Path) -> int:
    """Write an action of a sound pack into a new folder; how many entries that took.

    Raises ExcerptError and OSError. Verify the pack first: nothing is judged here.
    """
    with open_pack(path) as pack, Spool.beside(folder) as spool:
        if names.MANIFEST not in pack.sizes:
            raise ExcerptError("it takes a whole pack to make an excerpt of")
        note = pack.read(names.CHECKPOINT)
        checkpoint = parse_checkpoint(parse_note(note).text)
        chosen = _chosen(pack, checkpoint, f"action/{action}")
        if not chosen:
            raise ExcerptError(f"the pack has no action {action}")
        for name in _files(pack, chosen):
            spool.add(name, pack.parts(name))
        # Witnesses are enrolled by entries that an excerpt leaves out.
        log = parse_witness_policy(pack.read(names.LOG_POLICY)).logs[0].key
        spool.add(names.LOG_POLICY, [log_policy(log)])
        size = checkpoint.size
        read = hash_reader(lru_cache(maxsize=64)(lambda tile: pack.read(tile.path)), size)
        for index, data in chosen.items():
            spool.add(names.entry_name(index), [data])
            proof = LedgerProof(index, inclusion_proof(read, index, size), note)
            spool.add(names.proof_name(index), [proof.encode()])
        spool.unpack(folder)
        return len(chosen)


def _chosen(pack: Pack, checkpoint: Checkpoint, stream: str) -> dict[int, bytes]:
    """The action's entries, and of other streams those by which they are judged."""
    newest: dict[str, tuple[int, bytes]] = {}
    whole: defaultdict[str, dict[int, bytes]] = defaultdict(dict)
    chosen: dict[int, bytes] = {}
    for index, data in enumerate(_entries(pack, checkpoint)):
        peek = _PEEK.decode(data)
        if peek.stream == stream:
            chosen[index] = data
            chosen.update(newest[key] for key in _grounds(peek) if key in newest)
            chosen.update(whole[_whole(peek)])
        elif peek.stream.startswith(_WHOLE):
            whole[peek.stream][index] = data
        elif peek.type in _BASES:
            newest[f"{peek.stream} {peek.type}"] = (index, data)
    return dict(sorted(chosen.items()))


def _grounds(peek: _Peek) -> Iterator[str]:
    yield "workspace/this workspace.created"
    if peek.type == "action.evaluated":
        yield "policy/active policy.activated"
    if peek.type == "decision.recorded":
        yield f"device/{peek.body.device} device.enrolled"
        yield f"device/{peek.body.device} device.signed"


def _whole(peek: _Peek) -> str:
    """The stream that counts for an entry as a whole, if any."""
    match peek.type:
        case "action.evaluated":
            return "trial/live"
        case "decision.recorded":
            return f"person/{peek.body.person}"
        case _:
            return ""


def _files(pack: Pack, chosen: dict[int, bytes]) -> Iterator[str]:
    """What the entries name, each once; ExcerptError where the pack's scope left it out."""
    wanted = {names.CHECKPOINT, names.LOG_KEY}
    for data in chosen.values():
        peek = _PEEK.decode(data)
        if peek.type == "device.enrolled":
            wanted.add(names.device_name(peek.stream.partition("/")[2]))
        if not peek.stream.startswith(("device/", *_WHOLE)):
            wanted |= {names.committed_name(part, digest) for part, digest in peek.commits.items()}
    missing = wanted - pack.sizes.keys()
    if missing:
        raise ExcerptError(f"{min(missing)} is not in the pack; export it with a scope that has this action")
    return iter(sorted(wanted))


def _entries(pack: Pack, checkpoint: Checkpoint) -> Iterator[bytes]:
    for bundle in bundles_of(checkpoint.size):
        yield from split_bundle(pack.read(bundle.path), bundle.width)
