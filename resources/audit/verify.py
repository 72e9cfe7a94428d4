"""Verifies an audit pack: python verify.py PACK --key KEY [--checkpoint FILE]. See VERIFY.md."""
# Shares no line with the program that made the pack. Needs Python 3.11, `cryptography`, and no network.

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

FAR, MANY, MANIFEST = 0xFFFFFFFF, 0xFFFF, "manifest.dsse.json"
SPKI = bytes.fromhex("302a300506032b6570032100")
IN_TOTO, STATEMENT = "application/vnd.in-toto+json", "https://in-toto.io/Statement/v1"
# Events, the statuses that they may follow, and the one to which they lead where that is always the same.
OPEN = "proposed,pending,cleared"
OVER = "denied,rejected,agreed,expired,withdrawn,stopped,failed,succeeded,undone"
STEPS = f"""
action.proposed::proposed action.evaluated:proposed: action.consulted:proposed,cleared,started:
action.asked,action.claimed,action.escalated,action.second_look,decision.recorded:pending:
action.cleared:proposed,pending:cleared action.revised:cleared,started:proposed action.undone:succeeded:undone
action.withdrawn:{OPEN}:withdrawn action.expired:{OPEN}:expired action.stopped:{OPEN},started:stopped
deadline.moved:{OPEN}: execution.held:cleared,started: execution.started:cleared,started:started
execution.asked,execution.cancelled,execution.delayed:started: execution.failed:started:failed
execution.unknown:started:unknown execution.succeeded:started:succeeded execution.reconciled:unknown:
execution.reported:started,unknown: canary.revealed:pending,rejected:stopped content.erased:{OVER}:
action.answered,action.released:{OPEN},started,unknown,{OVER}:"""
STEPS = [[part.split(",") for part in step.split(":")] for step in STEPS.split()]
FROM = {name: (before, to) for names, before, (to,) in STEPS for name in names}
LEADS = {"allow": "proposed", "ask": "pending", "deny": "denied", "approve": "pending", "reject": "rejected"}
LEADS |= {True: "succeeded", False: "failed"}
OWN = {"grounds": "own", "giver": "", "groups": []}
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


def levels(hashes):  # RFC 6962 section 2.1: leaves, then level by level; an odd one goes up as it is
    found = [list(hashes) or [h()]]
    while len(below := found[-1]) > 1:
        pairs = [h(b"\1", *below[at : at + 2]) for at in range(0, len(below) - 1, 2)]
        found.append(pairs + below[len(pairs) * 2 :])
    return found


def within(limit, action):  # whether an amount, where there is one, is within a ceiling, where there is one
    ceiling, amount = limit.get("ceiling"), action.get("amount")
    fits = ceiling and amount and abs(Decimal(amount)) <= Decimal(ceiling)
    return not ceiling or not amount or (fits and limit["currency"] == action["currency"])


def standing(person, action, at):
    """The first that suffices of a person's own authority, what others lent, break-glass; else their own."""
    out, tier = {action["owner"], action["by"].partition("/")[2], *action["voted"]}, action["tier"]
    lent = [one for one in person["lent"].values() if action["capability"] in one["capabilities"]]
    every = [person["own"], *(one for one in lent if one["giver"] not in out), person["glass"]]
    able = (one for one in every if one["tier"] >= tier and one.get("until", "~") > at)
    return next((one for one in able if within(one, action)), person["own"])


class Check:
    """One verification; `problems` says what does not hold, and where."""

    def __init__(self, key, older, exporter):
        self.key, self.older, self.exporter, self.signatures, self.starts = key, older, exporter, 0, 0
        self.newest, self.actions, self.people, self.keys, self.undecided = {}, {}, {}, {}, {}
        self.chosen, self.absent, self.seers, self.problems = {"policy/active"}, {}, {}, []

    def expect(self, where, **pairs):
        for name, (found, due) in pairs.items():
            if found != due:
                self.problems.append(f"{where}: {name} is {str(found)[:70]!r}, and {str(due)[:70]!r} is due")

    def container(self):
        """Write the ZIP's headers again: all must come out the same, so that each byte is accounted for."""
        made, due, offset, count = [], [], 0, len(self.zip.infolist())
        for info in self.zip.infolist():
            name, size = info.filename.encode("ascii"), info.file_size
            same = (0, 0, 0, 0x21, info.CRC, size, size, len(name))
            extra = struct.pack("<2HQ", 1, 8, offset) if offset >= FAR else b""
            need, at = 45 if extra else 20, min(offset, FAR)
            made.append(struct.pack("<4s6H3IH", b"PK\1\2", 0x300 | need, need, *same))
            made.append(struct.pack("<4H2I", len(extra), 0, 0, 0, 0o100644 << 16, at) + name + extra)
            due.append((offset, struct.pack("<4s5H3I2H", b"PK\3\4", 20, *same, 0) + name))
            if not re.fullmatch(rb"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}", name) or b".." in name:
                raise ValueError(f"{name[:99]!r}: no file of a pack has this name")
            offset += len(due[-1][1]) + size
        size, few = sum(map(len, made)), min(count, MANY)
        if count >= MANY or size >= FAR or offset >= FAR:
            wide = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 0x32D, 45, 0, 0, count, count, size, offset)
            made.append(wide + struct.pack("<4sIQI", b"PK\6\7", 0, offset + size, 1))
        last = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, few, few, min(size, FAR), min(offset, FAR), 0)
        for at, part in (*due, (offset, b"".join(made) + last)):
            self.zip.fp.seek(at)
            if self.zip.fp.read(len(part)) != part or self.zip.namelist() != sorted(self.sizes):
                raise ValueError(f"what stands at byte {at} is not what stands there in a pack")
        self.expect("the pack", bytes_behind_its_end=(self.zip.fp.read(1), b""))

    def run(self):
        self.read, self.sizes = self.zip.read, {one.filename: one.file_size for one in self.zip.infolist()}
        self.container()
        self.heads()
        digests = (hashlib.file_digest(self.zip.open(name), "sha256") for name in self.sizes)
        self.manifest({name: one.hexdigest() for name, one in zip(self.sizes, digests, strict=True)})
        self.tree()
        for stream, missing in self.absent.items():
            if self.scope["kind"] == "all" or stream in self.chosen:
                self.expect(stream, missing=(sorted(missing.difference(self.newest[stream]["gone"])), []))
        seers = "".join(line for _, line in sorted(self.seers.items()))
        self.expect("the log", undecided=(self.undecided, {}), witnesses=(self.named, seers))
        for name, raw in {"log": self.raw, **self.keys}.items():
            due = b"-----BEGIN PUBLIC KEY-----\n%b\n-----END PUBLIC KEY-----\n" % base64.b64encode(SPKI + raw)
            self.expect(f"keys/{name}.pem", key=(self.read(f"keys/{name}.pem"), due))

    def heads(self):
        """The log's key, as tlog-policy names it, and the checkpoint that it signed."""
        form = r"log (([^\s+]+)\+([0-9a-f]{8})\+(\S+))\n((?:witness \S+ \S+\n)*)quorum none\n"
        policy = re.fullmatch(form, self.read("tlog-policy").decode())
        vkey, self.origin, short, key, self.named = policy.groups()
        self.raw, self.short = b64(key)[1:], bytes.fromhex(short)
        named = self.key in ("", vkey, h(SPKI, self.raw).hex())
        if b64(key)[:1] != b"\1" or h(self.origin.encode(), b"\n\1", self.raw)[:4] != self.short or not named:
            raise ValueError(f"it is of the log {vkey}, which is not the one that you named")
        self.size, self.root = self.checkpoint(self.read("checkpoint"))
        seen = [self.read(name) for name in self.sizes if name.startswith("checkpoints/")]
        self.kept = [self.checkpoint(note) for note in (*self.older, *seen)]
        keys = [line.split(" ")[2].split("+", 2) for line in self.named.splitlines()]
        for text, _, tail in (note.decode().rpartition("\n\n") for note in seen):
            for one in (b64(line.split(" ")[2]) for line in tail.splitlines()):
                signed = f"cosignature/v1\ntime {int.from_bytes(one[4:12], 'big')}\n{text}\n".encode()
                for name in (key for key in keys if one[:4].hex() == key[1]):  # C2SP tlog-cosignature
                    self.expect(name[0], cosigned=(is_signed(b64(name[2])[1:], one[12:], signed), True))

    def checkpoint(self, note):  # C2SP tlog-checkpoint: what a note states that the log's key signed
        text, _, tail = note.decode().rpartition("\n\n")
        form = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]*)\n(\S+)((?:\n[^\n]+)*)", text)
        lines = [line.split(" ") for line in tail.removesuffix("\n").split("\n")]
        signed = [b64(line[2]) for line in lines if line[:2] == ["\u2014", self.origin]]
        signed = [one[4:] for one in signed if one[:4] == self.short]
        holds = signed and all(is_signed(self.raw, one, f"{text}\n".encode()) for one in signed)
        if not holds or not form or form[1] != self.origin:
            raise ValueError("a checkpoint is not signed by this log, or is no checkpoint")
        return int(form[2]), b64(form[3])

    def manifest(self, files):  # every other file with its digest, signed by the log or your exporter
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
        said = (told["_type"], told["predicateType"], jcs(told), *map(about.get, ("origin", "size", "root")))
        due = (STATEMENT, "urn:lineclear:auditpack:v1", body, self.origin, self.size, self.root.hex())
        self.expect(MANIFEST, statement=(said, due), signed_by=(about["signed_by"], who))
        for name in sorted(listed.keys() | files.keys() - {MANIFEST}):
            found, named = files.get(name), re.search("(?:decisions|payloads)/([0-9a-f]{64})", name)
            self.expect(name, digest=((found, named[1] if named else found), (listed.get(name), found)))

    def places(self, kind, count):  # C2SP tlog-tiles: path and width of each over so many hashes
        for index in range((count + 255) // 256):
            path, rest, width = f"{index % 1000:03d}", index // 1000, min(256, count - index * 256)
            while rest:
                path, rest = f"x{rest % 1000:03d}/{path}", rest // 1000
            yield f"tile/{kind}/{path}" + (f".p/{width}" if width < 256 else ""), width

    def tree(self):
        hashes = []
        for name, width in self.places("entries", self.size):
            data, at, first = self.read(name), 0, len(hashes)
            while at < len(data):
                start, at = at + 2, at + 2 + int.from_bytes(data[at : at + 2], "big")
                hashes.append(h(b"\0", data[start:at]))
                self.entry(len(hashes) - 1, data[start:at], hashes[-1].hex())
            self.expect(name, end=((at, len(hashes)), (len(data), first + width)))
        rows = levels(hashes)
        self.expect("checkpoint", root=(rows[-1][0], self.root))
        for size, top in self.kept:
            found = (size <= self.size, levels(hashes[:size])[-1][0])
            self.expect(f"{size} entries that you kept, or a witness", fits=(found, (True, top)))
        for level in range(0, self.size.bit_length(), 8):
            for at, (name, width) in enumerate(self.places(level // 8, self.size >> level)):
                self.expect(name, hashes=(self.read(name), b"".join(rows[level][256 * at :][:width])))
        for index in range(self.size):
            if (name := f"proofs/{index}.tlog-proof") in self.sizes:  # C2SP tlog-proof
                beside = [row[at : at + 1] for n, row in enumerate(rows) for at in [index >> n ^ 1]]
                path = "".join(f"{base64.b64encode(one[0]).decode()}\n" for one in beside if one)
                due = f"c2sp.org/tlog-proof@v1\nindex {index}\n{path}\n".encode() + self.read("checkpoint")
                self.expect(name, proof=(self.read(name), due))

    def entry(self, index, data, leaf):
        """One entry at its place, with what it commits to; then whether it could follow those before."""
        one = json.loads(data, parse_float=str)
        stream, kind, body = one["stream"], one["type"], one["body"]
        where, (of, _, name) = f"entry {index} ({kind} of {stream})", stream.partition("/")
        past = self.newest.get(stream, {"seq": -1, "kind": "", "gone": [], "counter": 0, "leaf": leaf})
        first, due = kind == "workspace.created", (past["seq"] + 1, index == 0, data)
        self.expect(where, place=((one["seq"], first, jcs(one)), due))
        now = {"seq": one["seq"], "kind": kind, "at": one["at"], "before": past.get("statement")}
        now |= {"since": past.get("since", one["at"]), "gone": [*past["gone"], *body.get("parts", ())]}
        self.newest[stream] = {**past, **body, **one["commits"], **now}
        by, which = self.scope["kind"], self.scope.get("name")
        opens = kind == "action.proposed" or (kind == "job.opened" and by != "capability")
        named = stream == f"{by}/{which}" or (opens and body.get(by) == which)
        during = self.scope.get("start", "") <= one["at"] < self.scope.get("end", "~")
        if (during if by == "time" else named) and of in ("action", "job", "agent"):
            self.chosen.add(stream)
        for part, digest in one["commits"].items():
            file = f"decisions/{digest}.dsse.json" if part == "statement" else f"payloads/{digest}"
            if file not in self.sizes:
                self.absent.setdefault(stream, set()).add(part if digest in self.erased else file)
        if kind == "device.enrolled":
            self.keys[name] = b64(body["public_key"])
            found, due = (past["kind"], one["actor"]), ("", f"person/{body['person']}")
            self.expect(where, name=(name, h(SPKI, self.keys[name]).hex()), enrolled=(found, due))
        elif kind == "device.signed":
            able = past["kind"] != "device.revoked" and body["counter"] > past["counter"]
            self.expect(where, able=(able and name not in self.undecided, True))
            self.undecided[name] = body["action"]
        elif kind == "witness.enrolled":
            who, raw = f"{self.origin}/{body['person']}", b"\4" + b64(body["public_key"])
            vkey = f"{who}+{h(who.encode(), b'\n', raw)[:4].hex()}+{base64.b64encode(raw).decode()}"
            self.seers[name] = f"witness {body['person']}-{name[:8]} {vkey}\n"
        elif of == "person":
            self.person(where, one, name)
        elif of == "action" or kind in FROM.keys() - {"content.erased"}:
            self.step(where, one, name, leaf)

    def person(self, where, one, name):
        """What somebody can decide by: their own authority, what others lent, unreviewed break-glass."""
        kind, body, by = one["type"], one["body"], one["actor"].removeprefix("person/")
        known = self.people.setdefault(name, {"lent": {}, "glass": {"tier": 0}})
        if kind == "person.enrolled":
            known["own"] = body
        elif kind == "person.left":
            known.update(own={"role": "left", "tier": 0}, lent={})
        elif kind == "authority.delegated":
            giver = self.people[body["giver"]]["own"]
            same = all(body.get(one) == giver.get(one) for one in ("ceiling", "currency"))
            lent = same and body["tier"] <= giver["tier"] and body["giver"] == by != name
            self.expect(where, lent=(lent, True))
            known["lent"][body["delegation"]] = {**body, "grounds": "delegated"}
        elif kind == "delegation.ended":
            known["lent"].pop(body["delegation"], None)
        else:
            broken = kind == "glass.broken"
            self.expect(where, by=((by == name, body.get("by", by)), (broken, by)))
            known["glass"] = {**body, "tier": 3 * broken, "grounds": "break_glass"}

    def step(self, where, one, name, leaf):
        kind, body = one["type"], one["body"]
        fresh = {"amount": "", **body, **one["commits"], "challenge": leaf, "clearance": "", "votes": []}
        fresh |= {"voted": set(), "escalated": [], "second": {}}
        if kind == "action.proposed":
            self.expect(where, once=(self.actions.get(name), None))
            start = {"id": name, "status": "", "revision": 1, "by": one["actor"], "said": {}}
            self.actions[name] = {**start, **fresh}
            agent, job = self.newest[f"agent/{body['agent']}"], self.newest[f"job/{body['job']}"]
            of = self.actions[body["undoes"]] if "undoes" in body else {**agent, "agent": job["agent"]}
            self.expect(where, whose=((body["owner"], body["agent"]), (of["owner"], of["agent"])))
        action, (before, to) = self.actions[name], FROM[kind]
        before = ["pending"] if body.get("edited_by") else before  # people edit what waits for them
        revision = action["revision"] + (kind == "action.revised")
        follows = (action["status"] in before, body.get("revision", revision))
        self.expect(where, follows=(follows, (True, revision)))
        if kind == "action.revised":
            action.update(fresh, said={} if "edited_by" in body else action["said"])
        elif kind == "action.consulted":
            action["said"] = body["said"]
        elif kind == "action.evaluated":
            self.evaluated(where, body, action)
        elif kind == "decision.recorded":
            self.decision(where, one, action, self.newest[f"device/{body['device']}"])
        elif kind == "action.escalated":
            action["escalated"].append(body["to"])
        elif kind == "action.second_look":
            drawn = int.from_bytes(h(action["drawn_from"].encode())[:8], "big") % 1_000_000
            due = {"draw": drawn, "drawn": drawn < Decimal(body["share"]) * 1_000_000}
            due |= {"after": [vote["who"] for vote in action["votes"]]}
            due |= {"share": action["judged"]["second_review"]}
            found = ({**body, **due}, action["second"], self.enough(action))
            self.expect(where, second_look=(found, (body, {}, True)))
            action["second"] = body
        elif kind == "action.cleared":
            judged = action["judged"]
            by = {"allow": "policy", "ask": "decisions" if self.enough(action) else "more people"}
            due = {"by": by.get(judged["outcome"]), "policy": judged["policy"]}
            drawn = judged["outcome"] == "allow" or "second_review" not in judged or action["second"] != {}
            self.expect(where, clearance=({**body, **due}, body), second_look=(drawn, True))
            action["clearance"], to = body["clearance"], to if judged.get("executes", True) else "agreed"
        elif kind == "execution.started":
            key = action["key"] if action["status"] == "started" else body["key"]
            said, due = (body["clearance"], body["key"]), (action["clearance"] or "one", key)
            named = (f"{one}:{action.get(one)}" for one in ("environment", "connector", "capability"))
            safe = [self.newest.get(f"safe_mode/{one}", {}).get("on") for one in ("workspace", *named)]
            self.expect(where, start=(said, due), safe_mode=(action["mutates"] and any(safe), False))
            action["key"], self.starts = body["key"], self.starts + 1
        said = [body[one] for one in ("outcome", "verdict", "happened", "succeeded") if one in body]
        to = LEADS[said[0]] if said else "" if body.get("caught") else to
        action["status"] = to or action["status"]

    def evaluated(self, where, body, action):
        """What its entry says it is, by the policy in force or one on trial, and denied where a judge did."""
        action.update(judged=body, clearance="", tier=body.get("tier") or 1)
        if (file := f"payloads/{action['payload']}") in self.sizes:
            said, parts = json.loads(self.read(file)[65:]), ("capability", "tool", "undoes")
            fits = {action["amount"], action.get("currency", "")} <= {
                "",
                *map(str, said.get("arguments", {}).values()),
            }
            found, due = ([one.get(part, "") for part in parts] for one in (said, action))
            self.expect(where, content=((found, fits or "undoes" in said), (due, True)))
        active, trial = self.newest["policy/active"], self.newest.get("trial/live", {"kind": ""})
        due, job = [(active["digest"], active["version"])], action["job"]
        on = (trial["kind"], trial.get("version")) == ("trial.started", active["version"])
        if on and self.newest[f"job/{job}"]["since"] > trial["at"]:
            half = h(f"trial\n{trial['digest']}\n{job}".encode())[0] >> 7
            due += [(trial["digest"], trial["version"])] * half
        self.expect(where, policy=((body["policy"], body["policy_version"]) in due, True))
        asked = [one["params"]["judge"][:200] for one in body["reasons"] if one["path"] == "opa"]
        outside = action["said"].get("outcome") == "deny" and action["said"]["url"][:200] in asked
        self.expect(where, denied=(outside and body["outcome"] != "deny", False))

    def decision(self, where, one, action, device):
        """Signed on this person's device, over exactly this, by somebody who could decide it."""
        body, digest, judged = one["body"], one["commits"]["statement"], action["judged"]
        who, person = body["person"], self.people[body["person"]]
        due = {"kind": "device.signed", "person": who, "statement": digest, "counter": body["counter"]}
        found = ({**device, **due}, self.undecided.pop(body["device"], ""))
        self.expect(where, device=(found, (device, action["id"])))
        stands = standing(person, action, one["at"])
        vote = {**OWN, **stands, "groups": person["own"].get("groups", [])}
        vote = {part: vote[part] for part in (*OWN, "tier")}
        self.expect(where, stands=({**OWN, **body}, {**OWN, **body, **vote}))
        may = [person["own"]["role"] in ("approver", "ops", "admin"), within(stands, action)]
        may += ["stages" in judged or stands["tier"] >= action["tier"], f"person/{who}" == one["actor"]]
        may += [who not in {action["owner"], *action["voted"]}, f"person/{who}" != action["by"]]
        self.expect(where, authority=(may, [True] * 6))
        action["votes"].append({**vote, "who": who, "verdict": body["verdict"]})
        action["voted"] |= {who, vote["giver"]}
        action["drawn_from"] = f"second look\n{action['challenge']}\n{digest}\n{one['at']}"
        if f"decisions/{digest}.dsse.json" not in self.sizes:
            return
        payload, key, holds = envelope(self.read(f"decisions/{digest}.dsse.json"))
        self.expect(where, signature=((holds(self.keys[body["device"]]), key), (True, body["device"])))
        self.signatures += 1
        said = json.loads(payload)["predicate"]
        seen = {one: action[one] for one in ("after", "before", "payload", "revision", "version")}
        due = {one: action[one] for one in ("capability", "challenge", "revision", "tier")}
        due |= {one: body.get(one) for one in ("verdict", "bulk", "dwell_ms", "changes_seen")}
        due |= {"view_sha256": h(jcs({"action": action["id"], **seen})).hex(), "action": action["id"]}
        due |= {"payload_sha256": action["payload"], "policy_sha256": judged["policy"]}
        due |= {"device_counter": body["counter"], "previous_decision": device["before"]}
        due |= {"origin": self.newest["workspace/this"]["leaf"]}
        self.expect(where, signed=({one: said.get(one) for one in due}, due))
        void = [judged.get("confirms") and not said.get("confirmed"), one["at"] >= said["not_after"]]
        self.expect(where, void=(body["verdict"] == "approve" and any(void), False))

    def enough(self, action):
        """Whether nobody is against it, enough are for it, and somebody of each who were asked besides."""
        out, second = {action["owner"], action["agent"], action["by"].partition("/")[2]}, action["second"]
        votes = [one for one in action["votes"] if out.isdisjoint({one["who"], one["giver"]})]
        met = [one["verdict"] == "approve" for one in votes]
        met += [len(votes) >= max(1, action["judged"].get("approvals", 0))]
        for to in action["escalated"]:
            high = [one for one in votes if one["tier"] >= to["tier"]]
            met += [any(to.get("group", "") in ("", *one["groups"]) for one in high)]
        if second.get("drawn"):
            later = [one for one in votes if not {one["who"], one["giver"]} & set(second["after"])]
            met += [any(one["tier"] >= action["tier"] for one in later)]
        return all(met)


def verify(path, key="", older=(), exporter=""):
    """What does not hold, and the check; an empty list is a sound pack."""
    check = Check(key, older, exporter)
    try:
        with zipfile.ZipFile(path) as check.zip:
            check.run()
    except (*WRONG, zipfile.BadZipFile, struct.error) as error:
        check.problems.append(f"it cannot be judged further: {error!r}")
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
