"""Verifies an audit pack: python verify.py PACK --key KEY [--checkpoint FILE]. See VERIFY.md.

Shares no line with the program that made the pack. Needs Python 3.10 and the library `cryptography` only, no
network, and nobody's word but the key and the checkpoints that you bring.
"""

# ruff: noqa: ANN001, ANN002, ANN003, ANN201, ANN204, INP001, PLR2004, PTH123, SIM115, T201

import argparse
import base64
import hashlib
import json
import re
import struct
import sys
import zipfile
from decimal import Decimal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MOST, CHUNK, FAR, MANY = 256 << 20, 1 << 20, 0xFFFFFFFF, 0xFFFF
SPKI = bytes.fromhex("302a300506032b6570032100")
IN_TOTO, STATEMENT = "application/vnd.in-toto+json", "https://in-toto.io/Statement/v1"
MANIFEST = "manifest.dsse.json"
# An event, the statuses that it may follow, and the one to which it leads where that is always the same.
STEPS = """
content.erased:over: x.delayed:started: action.answered:any: action.released:any: action.asked:pending:
canary.revealed:pending,rejected:stopped action.cleared:proposed,pending:cleared action.evaluated:proposed:
action.revised:pending,cleared,started:proposed action.stopped:waiting,started:stopped action.claimed:pending:
action.withdrawn:waiting:withdrawn x.started:cleared,started:started action.undone:succeeded:undone
action.expired:waiting:expired x.succeeded:started:succeeded x.unknown:started:unknown x.cancelled:started:
deadline.moved:waiting: x.held:cleared,started: x.failed:started:failed x.reconciled:unknown:
x.asked:started: x.reported:started,unknown: decision.recorded:pending: action.escalated:pending:
action.second_look:pending: action.consulted:proposed,cleared,started:"""
OVER = "denied,rejected,agreed,expired,withdrawn,stopped,failed,succeeded,undone"
STEPS = STEPS.replace("any:", "waiting,started,unknown,over:").replace("waiting", "proposed,pending,cleared")
STEPS = STEPS.replace("over:", f"{OVER}:").replace("x.", "execution.").split()
FROM = {name: (before.split(","), to) for name, before, to in (step.split(":") for step in STEPS)}
LEADS = {"allow": "proposed", "ask": "pending", "deny": "denied", "approve": "pending", "reject": "rejected"}
WRONG = (OSError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError, EOFError)


def h(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("base64 with stray bits")
    return data


def is_signed(raw, signature, message):
    try:
        return Ed25519PublicKey.from_public_bytes(raw).verify(signature, message) is None
    except (InvalidSignature, ValueError):
        return False


def jcs(value):  # RFC 8785, for values without floats whose keys are ASCII
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def envelope(data):
    """A DSSE envelope's body, the key id that it names, and whether a key signed it."""
    told = json.loads(data)
    (line,) = told["signatures"]
    if jcs(told) != data or len(told) != 3 or len(line) != 2 or told["payloadType"] != IN_TOTO:
        raise ValueError("a DSSE envelope is not written in its one form")
    body, signature = b64(told["payload"]), b64(line["sig"])
    pae = b"DSSEv1 %d %b %d %b" % (len(IN_TOTO), IN_TOTO.encode(), len(body), body)
    return body, line["keyid"], lambda raw: is_signed(raw, signature, pae)


def root(hashes):
    """RFC 6962 section 2.1 over leaf hashes, level by level; an odd one goes up as it is."""
    level = list(hashes) or [h()]
    while len(level) > 1:
        pairs = [h(b"\1", *level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def leads(node, index, last, path, top):
    """RFC 9162 section 2.1.3.2: whether the path leads from a leaf hash to the root."""
    for one in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = h(b"\1", one, node)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            node = h(b"\1", node, one)
        index, last = index >> 1, last >> 1
    return last == 0 and node == top


class Check:
    """One verification; `problems` says what does not hold, and where."""

    def __init__(self, zip_file, key="", older=(), exporter=""):
        self.zip, self.problems = zip_file, []
        self.sizes = {info.filename: info.file_size for info in self.zip.infolist()}
        self.key, self.older, self.exporter, self.signatures, self.starts = key, older, exporter, 0, 0
        self.streams, self.actions, self.devices, self.people, self.safe = {}, {}, {}, {}, set()
        self.policy, self.ledger, self.chosen, self.absent = None, "", {"policy/active"}, {}

    def expect(self, where, **pairs):
        for name, (found, due) in pairs.items():
            if found != due:
                self.problems.append(f"{where}: {name} is {str(found)[:70]!r}, and {str(due)[:70]!r} is due")

    def container(self):
        """Write the ZIP's headers again: all must come out the same, so that each byte is accounted for."""
        made, offset, count, wide = [], 0, len(self.zip.infolist()), b""
        for info in self.zip.infolist():
            name, size = info.filename.encode("ascii"), info.file_size
            same = (0, 0, 0, 0x21, info.CRC, size, size, len(name))
            extra = struct.pack("<2HQ", 1, 8, offset) if offset >= FAR else b""
            need, at = 45 if extra else 20, min(offset, FAR)
            made.append(struct.pack("<4s6H3IH", b"PK\1\2", 0x300 | need, need, *same))
            made.append(struct.pack("<4H2I", len(extra), 0, 0, 0, 0o100644 << 16, at) + name + extra)
            local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, *same, 0) + name
            self.zip.fp.seek(offset)
            if self.zip.fp.read(len(local)) != local or info.header_offset != offset:
                raise ValueError(f"the header before {name[:99]!r} is not that of a pack")
            if not re.fullmatch(rb"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}", name) or b".." in name:
                raise ValueError(f"{name[:99]!r}: no file of a pack has this name")
            offset += len(local) + size
        size, few = sum(map(len, made)), min(count, MANY)
        if count >= MANY or size >= FAR or offset >= FAR:
            wide = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 0x32D, 45, 0, 0, count, count, size, offset)
            wide += struct.pack("<4sIQI", b"PK\6\7", 0, offset + size, 1)
        last = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, few, few, min(size, FAR), min(offset, FAR), 0)
        self.zip.fp.seek(offset)
        due = b"".join(made) + wide + last
        if self.zip.fp.read(len(due) + 1) != due or self.zip.namelist() != sorted(self.sizes):
            raise ValueError("its directory is not written as that of a pack")

    def read(self, name):
        if self.sizes.get(name, FAR) > MOST:
            raise ValueError(f"{name} is missing or too large")
        return self.zip.read(name)

    def run(self):
        self.container()
        self.heads()
        files = {}
        for name in self.sizes:
            state = hashlib.sha256()
            with self.zip.open(name) as file:
                while part := file.read(CHUNK):
                    state.update(part)
            files[name] = state.hexdigest()
            named = re.search("(?:decisions|payloads)/([0-9a-f]{64})", name)
            self.expect(name, digest=(files[name], named[1] if named else files[name]))
        self.manifest(files)
        self.tree()
        for stream, missing in self.absent.items():
            in_scope = self.scope["kind"] == "all" or stream in self.chosen
            self.expect(stream, missing=(sorted(missing) if in_scope else [], []))
        self.expect("devices", undecided=([name for name, one in self.devices.items() if one["open"]], []))
        held = {name: one["key"] for name, one in self.devices.items()}
        for name, raw in {"log": self.raw, **held}.items():
            due = b"-----BEGIN PUBLIC KEY-----\n%b\n-----END PUBLIC KEY-----\n" % base64.b64encode(SPKI + raw)
            self.expect(f"keys/{name}.pem", key=(self.read(f"keys/{name}.pem"), due))

    def heads(self):
        """The log's key, as tlog-policy names it, and the checkpoint that it signed."""
        form = r"log (([^\s+]+)\+([0-9a-f]{8})\+(\S+))\n((?:witness \S+ \S+\n)*)quorum none\n"
        vkey, self.origin, short, key, seers = re.fullmatch(form, self.read("tlog-policy").decode()).groups()
        self.raw, self.short = b64(key)[1:], bytes.fromhex(short)
        named = self.key in ("", vkey, h(SPKI, self.raw).hex())
        if b64(key)[:1] != b"\1" or h(self.origin.encode(), b"\n\1", self.raw)[:4] != self.short or not named:
            raise ValueError(f"it is of the log {vkey}, which is not the one that you named")
        self.note = self.read("checkpoint")
        self.size, self.root = self.checkpoint(self.note)
        seen = [self.read(name) for name in self.sizes if name.startswith("checkpoints/")]
        self.kept = [self.checkpoint(note) for note in (*self.older, *seen)]
        keys = [line.split(" ")[2].split("+", 2) for line in seers.splitlines()]
        for text, _, tail in (note.decode().rpartition("\n\n") for note in seen):
            for one in (b64(line.split(" ")[2]) for line in tail.splitlines()):
                signed = f"cosignature/v1\ntime {int.from_bytes(one[4:12], 'big')}\n{text}\n".encode()
                for name in (key for key in keys if one[:4].hex() == key[1]):  # C2SP tlog-cosignature
                    self.expect(name[0], cosigned=(is_signed(b64(name[2])[1:], one[12:], signed), True))

    def checkpoint(self, note):
        """C2SP tlog-checkpoint: what a note states that the log's key signed."""
        text, _, tail = note.decode().rpartition("\n\n")
        form = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]*)\n(\S+)((?:\n[^\n]+)*)", text)
        lines = [line.split(" ") for line in tail.removesuffix("\n").split("\n")]
        signed = [b64(line[2]) for line in lines if line[:2] == ["\u2014", self.origin]]
        signed = [one[4:] for one in signed if one[:4] == self.short]
        holds = signed and all(is_signed(self.raw, one, f"{text}\n".encode()) for one in signed)
        if not holds or not form or form[1] != self.origin:
            raise ValueError("a checkpoint is not signed by this log, or is no checkpoint")
        return int(form[2]), b64(form[3])

    def manifest(self, files):
        """Every other file with its digest, under the log's signature or that of an exporter you named."""
        body, signer, holds = envelope(self.read(MANIFEST))
        who, raw = "log", self.raw
        if self.exporter and self.exporter == signer:
            who, raw = "exporter", b64(self.read("keys/exporter.pem").decode().split("\n")[1])[len(SPKI) :]
        if h(SPKI, raw).hex() != signer or not holds(raw):
            raise ValueError("the manifest is not signed by the log, nor by an exporter that you named")
        ssh = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + raw).decode()
        due = f'{self.origin if who == "log" else who} namespaces="auditpack@lineclear" ssh-ed25519 {ssh}\n'
        self.expect("keys/allowed_signers", line=(self.read("keys/allowed_signers"), due.encode()))
        told = json.loads(body)
        about, listed = told["predicate"], {one["name"]: one["digest"]["sha256"] for one in told["subject"]}
        self.scope, self.erased = about["scope"], set(about.get("absent", ()))
        said = (told["_type"], told["predicateType"], jcs(told), about["signed_by"])
        self.expect(MANIFEST, statement=(said, (STATEMENT, "urn:lineclear:auditpack:v1", body, who)))
        said, due = (about["origin"], about["size"], about["root"]), (self.origin, self.size, self.root.hex())
        self.expect(MANIFEST, checkpoint=(said, due))
        for name in sorted(listed.keys() | files.keys() - {MANIFEST}):
            self.expect(name, digest=(files.get(name), listed.get(name)))

    def places(self, kind, count):
        """Path and width of every tile, or bundle of entries, over so many hashes (C2SP tlog-tiles)."""
        for index in range((count + 255) // 256):
            path, rest, width = f"{index % 1000:03d}", index // 1000, min(256, count - index * 256)
            while rest:
                path, rest = f"x{rest % 1000:03d}/{path}", rest // 1000
            yield f"tile/{kind}/{path}" + (f".p/{width}" if width < 256 else ""), width

    def tree(self):
        hashes, level = [], 0
        for name, width in self.places("entries", self.size):
            data, at, first = self.read(name), 0, len(hashes)
            while at < len(data):
                start, at = at + 2, at + 2 + int.from_bytes(data[at : at + 2], "big")
                hashes.append(h(b"\0", data[start:at]))
                self.entry(len(hashes) - 1, data[start:at], hashes[-1])
            self.expect(name, end=((at, len(hashes)), (len(data), first + width)))
        self.expect("checkpoint", root=(root(hashes), self.root))
        for size, top in self.kept:
            found, due = (size <= self.size, root(hashes[:size])), (True, top)
            self.expect(f"{size} entries of a checkpoint that you kept, or a witness", fits=(found, due))
        while hashes:
            above = []
            for at, (name, width) in enumerate(self.places(level, len(hashes))):
                row = hashes[256 * at : 256 * at + width]
                self.expect(name, hashes=(self.read(name), b"".join(row)))
                above += [root(row)] if width == 256 else []
            hashes, level = above, level + 1

    def entry(self, index, data, leaf):
        one, name = json.loads(data), f"proofs/{index}.tlog-proof"
        stream, kind, body = one["stream"], one["type"], one["body"]
        where = f"entry {index} ({kind} of {stream})"
        if name in self.sizes:
            head, _, note = self.read(name).partition(b"\n\n")
            first, second, *path = head.decode().split("\n")
            said = (first, second, note, leads(leaf, index, self.size - 1, map(b64, path), self.root))
            self.expect(name, lines=(said, ("c2sp.org/tlog-proof@v1", f"index {index}", self.note, True)))
        self.expect(where, number=(one["seq"], self.streams.get(stream, 0)), form=(jcs(one), data))
        self.expect(where, first=(kind == "workspace.created", index == 0))
        self.streams[stream] = one["seq"] + 1
        by, of = self.scope["kind"], self.scope.get("name")
        opens = kind == "action.proposed" or (kind == "job.opened" and by != "capability")
        named = stream == f"{by}/{of}" or (opens and body.get(by) == of)
        during = self.scope.get("start", "") <= one["at"] < self.scope.get("end", "~")
        if (during if by == "time" else named) and stream.startswith(("action/", "job/", "agent/")):
            self.chosen.add(stream)
        for part, digest in one["commits"].items():
            file = f"decisions/{digest}.dsse.json" if part == "statement" else f"payloads/{digest}"
            if file not in self.sizes and digest not in self.erased:
                self.absent.setdefault(stream, set()).add(file)
        self.follow(where, one, stream.partition("/")[2], leaf.hex())

    def follow(self, where, one, name, leaf):
        """What happened, and whether it could: the ledger's own rules, replayed."""
        kind, body, device = one["type"], one["body"], self.devices.get(name)
        if kind == "workspace.created":
            self.ledger = leaf
        elif kind == "policy.activated":
            self.policy = (body["digest"], body["version"])
        elif kind == "person.enrolled":
            self.people[name] = body
        elif kind == "safe_mode.switched":
            (self.safe.add if body["on"] else self.safe.discard)(name)
        elif kind == "device.enrolled":
            raw = b64(body["public_key"])
            self.expect(where, name=(name, h(SPKI, raw).hex()), enrolled=(device, None))
            fresh = {"key": raw, "of": body["person"], "out": False, "last": "", "counter": 0, "open": ""}
            self.devices[name] = fresh
        elif kind == "device.revoked":
            device["out"] = True
        elif kind == "device.signed":
            self.expect(where, counter=(body["counter"] > device["counter"], True), open=(device["open"], ""))
            device.update(before=device["last"], last=one["commits"]["statement"], open=body["action"])
            device["counter"] = body["counter"]
        elif one["stream"].startswith("action/"):
            self.step(where, one, name, leaf)

    def step(self, where, one, name, leaf):
        kind, body, action = one["type"], one["body"], self.actions.get(name)
        if kind == "action.proposed":
            self.expect(where, known=(action, None))
            action = {"id": name, "status": "proposed", "revision": 1, "by": one["actor"], "clearance": ""}
            self.actions[name] = {**action, **body, **one["commits"], "challenge": leaf, "votes": {}}
            return
        self.expect(where, follows=(FROM[kind][0] == [""] or action["status"] in FROM[kind][0], True))
        to = "" if body.get("caught") else FROM[kind][1]
        if kind == "action.revised":
            self.expect(where, revision=(body["revision"], action["revision"] + 1))
            fresh = {"challenge": leaf, "votes": {}, "clearance": "", "escalated": []}
            action.pop("second", None)
            action.update({"amount": "", **body, **one["commits"], **fresh})
        elif kind == "action.evaluated":
            said, to = (body["policy"], body["policy_version"], body["revision"]), LEADS[body["outcome"]]
            self.expect(where, policy=(said, (*self.policy, action["revision"])))
            action.update(judged=body, clearance="")
        elif kind == "decision.recorded":
            self.decision(where, one, action, self.devices[body["device"]], self.people[body["person"]])
            to = LEADS[body["verdict"]]
        elif kind == "action.escalated":
            action["escalated"] = [*action.get("escalated", ()), body["to"]]
        elif kind == "action.second_look":
            digest, at = action["newest"]
            drawn = h(f"second look\n{action['challenge']}\n{digest}\n{at}".encode())
            number = int.from_bytes(drawn[:8]) % 1_000_000
            due = {"draw": number, "drawn": number < Decimal(body["share"]) * 1_000_000}
            self.expect(where, second_look=({**body, **due}, body), once=("second" in action, False))
            action["second"] = body.get("after", ()) if body["drawn"] else ()
        elif kind == "action.cleared":
            self.cleared(where, body, action)
            to = to if action["judged"].get("executes", True) else "agreed"
        elif kind == "execution.started":
            key = action["key"] if action["status"] == "started" else body["key"]
            said, due = (body["clearance"], body["revision"], body["key"]), (action["revision"], key)
            named = (f"{one}:{action.get(one)}" for one in ("environment", "connector", "capability"))
            held = action["mutates"] and not self.safe.isdisjoint(("workspace", *named))
            self.expect(where, start=(said, (action["clearance"] or "one", *due)), safe_mode=(held, False))
            action["key"], self.starts = body["key"], self.starts + 1
        elif kind in ("execution.reconciled", "execution.reported"):
            to = "succeeded" if body.get("happened", body.get("succeeded")) else "failed"
        action["status"] = to or action["status"]

    def decision(self, where, one, action, device, person):
        """Signed on this person's device, over exactly this, by somebody who could decide it."""
        body, digest, judged = one["body"], one["commits"]["statement"], action["judged"]
        mine = {"of": body["person"], "out": False, "last": digest, "counter": body["counter"]}
        self.expect(where, device=({**device, **mine, "open": action["id"]}, device))
        device["open"], tier, who = "", judged.get("tier") or 1, body["person"]
        fits, ceiling, amount = True, person.get("ceiling"), action.get("amount")
        if ceiling and amount:
            fits = person["currency"] == action["currency"] and abs(Decimal(amount)) <= Decimal(ceiling)
        may = [fits, person["role"] in ("approver", "ops", "admin"), tier <= person["tier"] == body["tier"]]
        may += [who != action["owner"], f"person/{who}" != action["by"], f"person/{who}" == one["actor"]]
        self.expect(where, authority=([*may, who not in action["votes"]], [True] * 7))
        action["votes"][who] = (body["verdict"], body["tier"], body.get("groups", ()))
        action["newest"] = (digest, one["at"])
        if f"decisions/{digest}.dsse.json" not in self.sizes:
            return
        payload, key, holds = envelope(self.read(f"decisions/{digest}.dsse.json"))
        self.expect(where, signature=((holds(device["key"]), key), (True, body["device"])))
        self.signatures += 1
        said = json.loads(payload)["predicate"]
        due = {one: action[one] for one in ("capability", "challenge", "revision")}
        seen = {one: action[one] for one in ("after", "before", "payload", "revision", "version")}
        due |= {"view_sha256": h(jcs({"action": action["id"], **seen})).hex(), "tier": tier}
        due |= {"payload_sha256": action["payload"], "policy_sha256": judged["policy"]}
        due |= {"action": action["id"], "origin": self.ledger, "verdict": body["verdict"]}
        due |= {"device_counter": body["counter"], "previous_decision": device["before"] or None}
        due |= {one: body.get(one) for one in ("dwell_ms", "changes_seen")}
        self.expect(where, signed=({one: said.get(one) for one in due}, due))
        bare = judged.get("confirms") and body["verdict"] == "approve" and not said.get("confirmed")
        self.expect(where, confirmed=(bool(bare), False))
        self.expect(where, in_time=(one["at"] < said["not_after"], True))

    def cleared(self, where, body, action):
        judged, out = action["judged"], {action["owner"], action["agent"], action["by"].partition("/")[2]}
        votes = [vote for person, vote in action["votes"].items() if person not in out]
        for_it = sum(vote == "approve" and tier >= (judged.get("tier") or 1) for vote, tier, _ in votes)
        enough = for_it >= max(1, judged.get("approvals", 0)) and all(
            vote == "approve" for vote, _, _ in votes
        )
        before = action.get("second", ())
        looked = [vote for person, vote in action["votes"].items() if person not in {*out, *before}]
        enough = enough and (not before or any(tier >= (judged.get("tier") or 1) for _, tier, _ in looked))
        for to in action.get("escalated", ()):
            held = [to.get("group", "") in ("", *groups) for _, tier, groups in votes if tier >= to["tier"]]
            enough = enough and any(held)
        by = {"allow": "policy", "ask": "decisions" if enough else "more people"}.get(judged["outcome"])
        drawn = not judged.get("second_review") or "second" in action or by == "policy"
        self.expect(where, second_look=(drawn, True))
        due = {"by": by, "revision": action["revision"], "policy": judged["policy"]}
        self.expect(where, clearance=({**body, **due}, body))
        action["clearance"] = body["clearance"]


def verify(path, key="", older=(), exporter=""):
    """What does not hold, and the check; an empty list is a sound pack."""
    check = None
    try:
        with zipfile.ZipFile(path) as zip_file:
            check = Check(zip_file, key, older, exporter)
            check.run()
    except (*WRONG, zipfile.BadZipFile, struct.error) as error:
        return [*(check.problems if check else ()), f"it cannot be judged further: {error!r}"], check
    return check.problems, check


def main():
    options = argparse.ArgumentParser(description="Verify an audit pack. VERIFY.md says what is checked.")
    options.add_argument("pack")
    options.add_argument("--key", default="", help="the log's key as you know it: its vkey, or its id")
    options.add_argument("--exporter", default="", help="the id of the key of an exporter whom you trust")
    options.add_argument("--checkpoint", action="append", default=[], type=lambda n: open(n, "rb").read())
    asked = options.parse_args()
    problems, done = verify(asked.pack, asked.key, asked.checkpoint, asked.exporter)
    if problems:
        sys.exit("\n".join(f"NO  {ascii(problem)[1:-1]}" for problem in problems))
    known = "as you named it" if asked.key else "by the pack's own word: COMPARE IT with what you were given"
    print(f"OK  {done.size} entries, {done.signatures} signed decisions, {done.starts} starts; key {known}")


if __name__ == "__main__":
    main()
