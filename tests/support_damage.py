"""What can be done to a pack without the log's key: to its bytes, and to its files.

A damage takes chance and a place and gives a pack that is not the sound one.
"""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from lineclear.adapters.auditpack import names
from lineclear.domain.ledger.notes import Note, NoteSignature, parse_note
from lineclear.domain.ledger.tiles import join_bundle, split_bundle
from lineclear.domain.strict_json import canonical
from support_audit import FOREIGN, LOG, Entries, Unpacked, write
from support_ledger import Key, flipped

type Told = list[dict[str, Any]]
type Damage = Callable[[random.Random, Place], Path]

BUNDLE = "tile/entries/000.p/{}"
UNPROVEN = {names.GUIDE, names.PROGRAM, names.LINES, names.TABLE}
"""Texts that are no evidence: the log's key alone stands for them."""


class Forger:
    """Claims a key that it does not hold."""

    def __init__(self, claimed: Key = LOG) -> None:
        self.public_key = claimed.public_key

    def sign(self, message: bytes) -> bytes:
        return FOREIGN.sign(message)


class Place:
    """The sound pack in every form in which it can be damaged."""

    def __init__(self, folder: Path, ledger: Entries) -> None:
        self.ledger = ledger
        self.pack = write(ledger, folder / "sound.auditpack")
        self.bytes = self.pack.read_bytes()
        self.files = Unpacked.of(self.pack)
        self.damaged = folder / "damaged.auditpack"

    def put(self, data: bytes) -> Path:
        self.damaged.write_bytes(data)
        return self.damaged

    def told(self) -> Told:
        return [json.loads(entry) for entry in self.ledger.all]

    def rewritten(self, told: Told, **blobs: bytes) -> Path:
        """The log written anew and signed by its own key, with proofs and lists as they have to be."""
        return write(Entries(map(canonical, told), {**self.ledger.blobs, **blobs}), self.damaged)


# -- the file's bytes ---------------------------------------------------------------------------------------


def flip_a_bit(chance: random.Random, place: Place) -> Path:
    return place.put(flipped(place.bytes, chance.randrange(len(place.bytes) * 8)))


def write_over(chance: random.Random, place: Place) -> Path:
    data, at = bytearray(place.bytes), chance.randrange(len(place.bytes) - 16)
    data[at : at + 16] = chance.randbytes(16)
    return place.put(bytes(data))


def swap_stretches(chance: random.Random, place: Place) -> Path:
    data, size = place.bytes, chance.choice((1, 30, 500))
    while True:
        one, other = sorted(chance.sample(range(len(data) - size), 2))
        swapped = data[other : other + size] + data[one + size : other] + data[one : one + size]
        if one + size <= other and swapped != data[one : other + size]:
            return place.put(data[:one] + swapped + data[other + size :])


def cut_out(chance: random.Random, place: Place) -> Path:
    at = chance.randrange(len(place.bytes) - 64)
    return place.put(place.bytes[:at] + place.bytes[at + chance.randint(1, 64) :])


def put_in(chance: random.Random, place: Place) -> Path:
    at = chance.randrange(len(place.bytes) + 1)
    return place.put(place.bytes[:at] + chance.randbytes(chance.randint(1, 64)) + place.bytes[at:])


def cut_off(chance: random.Random, place: Place) -> Path:
    return place.put(place.bytes[: chance.randrange(len(place.bytes))])


def comment(chance: random.Random, place: Place) -> Path:
    """A ZIP comment means nothing to any unpacker; a pack has none."""
    said = chance.randbytes(chance.randint(1, 40)).hex().encode()
    return place.put(place.bytes[:-2] + len(said).to_bytes(2, "little") + said)


def zip_again(chance: random.Random, place: Place) -> Path:
    """The same files, which every unpacker gives alike, by another program."""
    out = BytesIO()
    method = chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(out, "w", method) as other:
        for name, data in place.files.files.items():
            other.writestr(name, data)
    return place.put(out.getvalue())


# -- its files, laid down again in the one form, without any key --------------------------------------------


def any_file(chance: random.Random, files: dict[str, bytes]) -> str:
    return chance.choice([name for name, data in files.items() if data])


def change_a_file(chance: random.Random, place: Place) -> Path:
    files = place.files.copy()
    name = any_file(chance, files.files)
    files.files[name] = flipped(files.files[name], chance.randrange(len(files.files[name]) * 8))
    return files.lay_down(place.damaged)


def leave_out_a_file(chance: random.Random, place: Place) -> Path:
    files = place.files.copy()
    del files.files[any_file(chance, files.files)]
    return files.lay_down(place.damaged)


def add_a_file(chance: random.Random, place: Place) -> Path:
    files = place.files.copy()
    data = chance.randbytes(40)
    digest = sha256(data).hexdigest()
    name = chance.choice((names.content_name(digest), names.decision_name(digest), names.device_name(digest)))
    files.files[name] = data
    return files.lay_down(place.damaged)


def swap_files(chance: random.Random, place: Place) -> Path:
    files = place.files.copy().files
    while True:
        one, other = chance.sample(sorted(files), 2)
        if files[one] != files[other] and max(len(files[one]), len(files[other])) < 4_000:
            files[one], files[other] = files[other], files[one]
            return Unpacked(files).lay_down(place.damaged)


def reorder_entries(chance: random.Random, place: Place) -> Path:
    """Entries change places, and tiles follow, so that only the root tells."""
    files, entries = place.files.copy(), list(place.ledger.all)
    one, other = chance.sample(range(len(entries)), 2)
    entries[one], entries[other] = entries[other], entries[one]
    return with_entries(files, entries).lay_down(place.damaged)


def forge_lists(chance: random.Random, place: Place) -> Path:
    """A text is changed, and the lists are made anew in the log's name by somebody who has not its key."""
    files = place.files.copy()
    files.files[chance.choice(sorted(UNPROVEN))] += b"\nBelieve me.\n"
    return files.sign_again(Forger()).lay_down(place.damaged)


def with_entries(files: Unpacked, entries: list[bytes]) -> Unpacked:
    size = len(entries)
    assert split_bundle(files.files[BUNDLE.format(size)], size)
    files.files[BUNDLE.format(size)] = join_bundle(entries)
    files.files[f"tile/0/000.p/{size}"] = b"".join(sha256(b"\0" + entry).digest() for entry in entries)
    return files


def forge_the_checkpoint(chance: random.Random, place: Place) -> Path:
    """The log is written anew in a way that agrees with everything, by somebody who has not its key."""
    told = place.told()
    told[chance.randrange(1, len(told))]["actor"] = "system/somebody"
    files = Unpacked.of(place.rewritten(told))
    note = files.files[names.CHECKPOINT]
    forged = _forged(note)
    for name, data in files.files.items():
        files.files[name] = data.replace(note, forged)
    return files.sign_again(Forger()).lay_down(place.damaged)


def _forged(note: bytes) -> bytes:
    parsed = parse_note(note)
    (line,) = parsed.signatures
    return Note(parsed.text, (NoteSignature(line.name, line.key_id, FOREIGN.sign(note)),)).encode()


BYTES: tuple[Damage, ...] = (
    flip_a_bit, write_over, swap_stretches, cut_out, put_in, cut_off, comment, zip_again,
)  # fmt: skip
FILES: tuple[Damage, ...] = (
    change_a_file, leave_out_a_file, add_a_file, swap_files, reorder_entries,
    forge_lists, forge_the_checkpoint,
)  # fmt: skip
