"""What can be done to a pack with the log's own key, or with a foreign one in its place.

Whoever holds the log's key can
sign whatever they like; what they cannot do is make it agree with what reviewers' devices signed.
"""

from __future__ import annotations

import json
import random
from base64 import b64encode
from pathlib import Path
from typing import Any

from lineclear.adapters.auditpack import names
from lineclear.domain.ledger.statements import Envelope, decision_digest, parse_envelope
from lineclear.domain.strict_json import canonical
from support_audit import FOREIGN, Entries, write
from support_damage import BYTES, FILES, UNPROVEN, Damage, Place, Told, any_file, with_entries
from support_ledger import flipped

# -- lists signed anew with the log's own key, under the checkpoint that was given before --------------------


def sign_a_changed_file(chance: random.Random, place: Place) -> Path:
    files = place.files.copy()
    lists = {names.MANIFEST, names.SUMS, names.SUMS_SIGNATURE}
    evidence = {name: data for name, data in files.files.items() if name not in UNPROVEN | lists}
    name = any_file(chance, evidence)
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
    with_entries(files, list(map(canonical, told)))
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


def rewrite_by_another_key(_chance: random.Random, place: Place) -> Path:
    """The same log under a key of somebody else: only who knows the log's key can tell."""
    foreign = Entries(place.ledger.all, place.ledger.blobs, FOREIGN)
    return write(foreign, place.damaged, signer=FOREIGN, log=FOREIGN)


SIGNED: tuple[Damage, ...] = (sign_a_changed_file, sign_without_a_file, sign_other_entries)
REWRITTEN: tuple[Damage, ...] = (
    drop_a_step, leave_a_gap, double_a_step, start_too_early, start_what_was_not_cleared, say_another_verdict,
    replay_a_decision, swap_what_was_approved, sign_for_somebody, use_a_foreign_device, take_authority_away,
    decide_as_the_owner, clear_without_people, judge_by_another_policy, revoke_before, start_in_safe_mode,
    rewrite_by_another_key,
)  # fmt: skip
ALL = BYTES + FILES + SIGNED + REWRITTEN
