"""Everything that can be done to a pack: to its bytes, its files, its log, with the log's key or without.

A damage takes chance and a place and gives a pack that is not the sound one. Whoever holds the log's key can
sign whatever they like; what they cannot do is make it agree with what reviewers' devices signed.
"""

from __future__ import annotations

import json
import random
import zipfile
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from lineclear.adapters.auditpack import names
from lineclear.domain.ledger.notes import Note, NoteSignature, parse_note
from lineclear.domain.ledger.statements import Envelope, decision_digest, parse_envelope
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


def _any(chance: random.Random, files: dict[str, bytes]) -> str:
    return chance.choice([name for name, data in files.items() if data])


def change_a_file(chance: random.Random, place: Place) -> Path:
    files = place.files.copy()
    name = _any(chance, files.files)
    files.files[name] = flipped(files.files[name], chance.randrange(len(files.files[name]) * 8))
    return files.lay_down(place.damaged)


def leave_out_a_file(chance: random.Random, place: Place) -> Path:
    files = place.files.copy()
    del files.files[_any(chance, files.files)]
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
    return _with_entries(files, entries).lay_down(place.damaged)


def forge_lists(chance: random.Random, place: Place) -> Path:
    """A text is changed, and the lists are made anew in the log's name by somebody who has not its key."""
    files = place.files.copy()
    files.files[chance.choice(sorted(UNPROVEN))] += b"\nBelieve me.\n"
    return files.sign_again(Forger()).lay_down(place.damaged)


def _with_entries(files: Unpacked, entries: list[bytes]) -> Unpacked:
    size = len(entries)
    assert split_bundle(files.files[BUNDLE.format(size)], size)
    files.files[BUNDLE.format(size)] = join_bundle(entries)
    files.files[f"tile/0/000.p/{size}"] = b"".join(sha256(b"\0" + entry).digest() for entry in entries)
    return files


# -- lists signed anew with the log's own key, under the checkpoint that was given before --------------------


def sign_a_changed_file(chance: random.Random, place: Place) -> Path:
    files = place.files.copy()
    lists = {names.MANIFEST, names.SUMS, names.SUMS_SIGNATURE}
    evidence = {name: data for name, data in files.files.items() if name not in UNPROVEN | lists}
    name = _any(chance, evidence)
    files.files[name] = flipped(evidence[name], chance.randrange(len(evidence[name]) * 8))
    return files.sign_again().lay_down(place.damaged)


def sign_without_a_file(chance: random.Random, place: Place) -> Path:
    files = place.files.copy()
    kept = [name for name in files.files if name.startswith(("decisions/", "payloads/", "tile/"))]
    del files.files[chance.choice(kept)]
    return files.sign_again().lay_down(place.damaged)


def sign_other_entries(chance: random.Random, place: Place) -> Path:
    """Entries are changed, tiles and lists follow, proofs are gone: only the checkpoint's root tells."""
    files, told = place.files.copy(), place.told()
    told[chance.randrange(1, len(told))]["at"] = "2026-01-31T00:00:00.000Z"
    for name in [name for name in files.files if name.startswith("proofs/")]:
        del files.files[name]
    _with_entries(files, list(map(canonical, told)))
    return files.sign_again(proofs=0).lay_down(place.damaged)


# -- the whole log written anew with its own key, against what devices signed -------------------------------


def _of(told: Told, *types: str) -> list[int]:
    return [index for index, one in enumerate(told) if one["type"] in types]


def _renumbered(told: Told) -> Told:
    due: dict[str, int] = {}
    for one in told:
        one["seq"] = due.get(one["stream"], 0)
        due[one["stream"]] = one["seq"] + 1
    return told


def _deciders(told: Told) -> list[int]:
    people = {told[index]["body"]["person"] for index in _of(told, "decision.recorded")}
    return [
        index for index in _of(told, "person.enrolled") if told[index]["stream"].partition("/")[2] in people
    ]


def drop_a_step(chance: random.Random, place: Place) -> Path:
    """An entry is gone and the numbers of its stream are closed up."""
    told = place.told()
    steps = ("action.proposed", "action.evaluated", "action.cleared", "execution.started", "device.signed")
    others = ("decision.recorded", "device.enrolled", "policy.activated", "workspace.created")
    del told[chance.choice([*_of(told, *steps, *others), *_deciders(told)])]
    return place.rewritten(_renumbered(told))


def leave_a_gap(chance: random.Random, place: Place) -> Path:
    told = place.told()
    later = {one["stream"] for one in told if one["seq"] > 0}
    first = [index for index, one in enumerate(told) if one["seq"] == 0 and one["stream"] in later and index]
    del told[chance.choice(first)]
    return place.rewritten(told)


def double_a_step(chance: random.Random, place: Place) -> Path:
    told = place.told()
    types = ("decision.recorded", "action.cleared", "device.signed", "execution.succeeded", "device.enrolled")
    index = chance.choice(_of(told, *types))
    told.insert(index + chance.randint(1, 3), dict(told[index]))
    return place.rewritten(_renumbered(told))


def start_too_early(chance: random.Random, place: Place) -> Path:
    told = place.told()
    started = chance.choice(_of(told, "execution.started"))
    cleared = [i for i in _of(told, "action.cleared") if told[i]["stream"] == told[started]["stream"]][-1]
    told.insert(cleared, told.pop(started))
    return place.rewritten(_renumbered(told))


def start_what_was_not_cleared(chance: random.Random, place: Place) -> Path:
    told = place.told()
    started = told[chance.choice(_of(told, "execution.started"))]["body"]
    member = chance.choice(("clearance", "revision"))
    started[member] = {"clearance": "clr-0000000000000000", "revision": started["revision"] + 1}[member]
    return place.rewritten(told)


def _decided(chance: random.Random, told: Told) -> tuple[dict[str, Any], dict[str, Any]]:
    """A decision and its device's signature, which stands before it."""
    index = chance.choice(_of(told, "decision.recorded"))
    return told[index], told[index - 1]


def say_another_verdict(chance: random.Random, place: Place) -> Path:
    told = place.told()
    body = _decided(chance, told)[0]["body"]
    body["verdict"] = {"approve": "reject", "reject": "approve"}[body["verdict"]]
    return place.rewritten(told)


def replay_a_decision(chance: random.Random, place: Place) -> Path:
    """What a device signed for one action is said to be about another."""
    told = place.told()
    decided = [(told[index], told[index - 1]) for index in _of(told, "decision.recorded")]
    one, other = chance.sample(decided, 2)
    for entry in other:
        entry["commits"]["statement"] = one[0]["commits"]["statement"]
    return place.rewritten(told)


def swap_what_was_approved(chance: random.Random, place: Place) -> Path:
    """What a decided action would do becomes what another one would do."""
    told = place.told()
    decided = {told[index]["stream"] for index in _of(told, "decision.recorded")}
    proposed = [told[i] for i in _of(told, "action.proposed") if told[i]["stream"] in decided]
    part = chance.choice(("payload", "before", "after"))
    one, other = chance.sample(proposed, 2)
    if one["commits"][part] == other["commits"][part]:
        part = "payload"
    one["commits"][part] = other["commits"][part]
    return place.rewritten(told)


def sign_for_somebody(chance: random.Random, place: Place) -> Path:
    """A decision is changed and signed in the device's name by a key that is not the device's."""
    told = place.told()
    decision, signed = _decided(chance, told)
    opened = parse_envelope(place.ledger.blobs[decision["commits"]["statement"]])
    statement = json.loads(opened.payload)
    statement["predicate"]["claimed_time"] = "2026-01-01T00:00:00.001Z"
    payload = canonical(statement)
    unsigned = Envelope(opened.payload_type, payload, opened.key_id, b"")
    forged = Envelope(
        opened.payload_type, payload, opened.key_id, FOREIGN.sign(unsigned.signed_bytes)
    ).encode()
    digest = decision_digest(forged)
    for entry in (decision, signed):
        entry["commits"]["statement"] = digest
    return place.rewritten(told, **{digest: forged})


def use_a_foreign_device(chance: random.Random, place: Place) -> Path:
    """The enrolled key of a device becomes another, under the same name or under the key's own."""
    told = place.told()
    enrolled = told[chance.choice(_of(told, "device.enrolled"))]
    enrolled["body"]["public_key"] = b64encode(FOREIGN.public_key).decode()
    return place.rewritten(told)


def take_authority_away(chance: random.Random, place: Place) -> Path:
    told = place.told()
    person = told[chance.choice(_deciders(told))]["body"]
    member = chance.choice(("role", "tier"))
    person[member] = {"role": "auditor", "tier": 1}[member]
    return place.rewritten(told)


def decide_as_the_owner(chance: random.Random, place: Place) -> Path:
    told = place.told()
    decision = _decided(chance, told)[0]
    first = next(one for one in told if one["stream"] == decision["stream"])
    first["body"]["owner"] = decision["body"]["person"]
    return place.rewritten(told)


def clear_without_people(chance: random.Random, place: Place) -> Path:
    told = place.told()
    by_people = [index for index in _of(told, "action.cleared") if told[index]["body"]["by"] == "decisions"]
    told[chance.choice(by_people)]["body"]["by"] = chance.choice(("policy", "nobody"))
    return place.rewritten(told)


def judge_by_another_policy(chance: random.Random, place: Place) -> Path:
    told = place.told()
    judged = told[chance.choice(_of(told, "action.evaluated"))]["body"]
    member = chance.choice(("policy", "policy_version"))
    judged[member] = {"policy": "0" * 64, "policy_version": judged["policy_version"] + 1}[member]
    return place.rewritten(told)


def revoke_before(chance: random.Random, place: Place) -> Path:
    told = place.told()
    signed = chance.choice(_of(told, "device.signed"))
    told.insert(signed, {**told[signed], "type": "device.revoked", "body": {"by": "admin"}, "commits": {}})
    return place.rewritten(_renumbered(told))


def start_in_safe_mode(chance: random.Random, place: Place) -> Path:
    told = place.told()
    started = chance.choice(_of(told, "execution.started"))
    body = {"on": True, "by": "ops-west", "reason": "Something is odd"}
    entry = {
        "type": "safe_mode.switched",
        "stream": "safe_mode/workspace",
        "seq": 0,
        "body": body,
        "commits": {},
    }
    told.insert(started, {**told[started], **entry})
    return place.rewritten(told)


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


def rewrite_by_another_key(_chance: random.Random, place: Place) -> Path:
    """The same log under a key of somebody else: only who knows the log's key can tell."""
    foreign = Entries(place.ledger.all, place.ledger.blobs, FOREIGN)
    return write(foreign, place.damaged, signer=FOREIGN, log=FOREIGN)


BYTES: tuple[Damage, ...] = (
    flip_a_bit, write_over, swap_stretches, cut_out, put_in, cut_off, comment, zip_again,
)  # fmt: skip
FILES: tuple[Damage, ...] = (
    change_a_file, leave_out_a_file, add_a_file, swap_files, reorder_entries,
    forge_lists, forge_the_checkpoint,
)  # fmt: skip
SIGNED: tuple[Damage, ...] = (sign_a_changed_file, sign_without_a_file, sign_other_entries)
REWRITTEN: tuple[Damage, ...] = (
    drop_a_step, leave_a_gap, double_a_step, start_too_early, start_what_was_not_cleared, say_another_verdict,
    replay_a_decision, swap_what_was_approved, sign_for_somebody, use_a_foreign_device, take_authority_away,
    decide_as_the_owner, clear_without_people, judge_by_another_policy, revoke_before, start_in_safe_mode,
    rewrite_by_another_key,
)  # fmt: skip
ALL = BYTES + FILES + SIGNED + REWRITTEN
