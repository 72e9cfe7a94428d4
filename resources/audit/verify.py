"""Verifies an audit pack: python verify.py PACK --key KEY [--checkpoint FILE]. VERIFY.md says what is checked.

Shares no line with the program that made the pack. Needs Python 3.10 and the library `cryptography` only, no
network, and nobody's word but the key and the checkpoints that you bring.
"""
# ruff: noqa: ANN, C901, D102, D103, D107, PLR0912, PLR0913, PLR2004, S603  # one file, short enough to be read whole

import argparse
import base64
import hashlib
import json
import os
import re
import struct
import sys
import zlib
from datetime import datetime
from decimal import Decimal
from itertools import islice

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

HEX = "[0-9a-f]{64}"
NAMES = re.compile(
    r"checkpoint|tlog-policy|SHA256SUMS(\.sig)?|VERIFY\.md|verify\.py|manifest\.dsse\.json|events\.(csv|jsonl)"
    rf"|keys/(allowed_signers|({HEX}|log|exporter)\.pem)|decisions/{HEX}\.dsse\.json|payloads/{HEX}"
    r"|proofs/\d{1,19}\.tlog-proof|entries/\d{1,19}\.json|tile/(entries|\d{1,2})/(x\d{3}/)*\d{3}(\.p/\d{1,3})?",
    re.ASCII,
)
LISTS = ("SHA256SUMS", "SHA256SUMS.sig", "manifest.dsse.json")
ALWAYS = {*LISTS, "VERIFY.md", "verify.py", "events.csv", "events.jsonl", "keys/allowed_signers"}
MOST, CHUNK, MOST_FILES, FAR, MANY = 256 << 20, 1 << 20, 1_000_000, 0xFFFFFFFF, 0xFFFF
SPKI = bytes.fromhex("302a300506032b6570032100")
IN_TOTO = "application/vnd.in-toto+json"
KINDS = ("https://in-toto.io/Statement/v1", "urn:lineclear:auditpack:v1")
NAMESPACE = "auditpack@lineclear"
WAITING, READY, RUNNING = ("proposed", "pending", "cleared"), ("cleared", "started"), ("started",)
FROM = {  # the statuses that an event may follow, and the one to which it leads, by what it says where that counts
    "action.evaluated": (("proposed",), {"ask": "pending", "deny": "denied", "allow": "proposed"}),
    "action.cleared": (("proposed", "pending"), "cleared"),
    "action.revised": (READY, "proposed"),
    "action.stopped": ((*WAITING, "started"), "stopped"),
    **{f"action.{to}": (WAITING, to) for to in ("expired", "withdrawn")},
    "action.undone": (("succeeded",), "undone"),
    "deadline.moved": (WAITING, ""),
    "decision.recorded": (("pending",), {"approve": "", "reject": "rejected"}),
    **{f"execution.{to}": (RUNNING, to) for to in ("succeeded", "failed", "unknown")},
    **{f"execution.{name}": (RUNNING, "") for name in ("asked", "delayed")},
    "execution.held": (READY, ""),
    "execution.reconciled": (("unknown",), {True: "succeeded", False: "failed"}),
    "execution.started": (READY, "started"),
}


class WrongError(Exception):
    """Without this nothing further can be judged."""


def h(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def b64(text):
    data = base64.b64decode(text, validate=True)
    if text64(data) != text:
        raise ValueError("base64 with stray bits")
    return data


def text64(data):
    return base64.b64encode(data).decode()


def key_id(raw):
    return h(SPKI, raw).hex()


def pem(raw):
    return f"-----BEGIN PUBLIC KEY-----\n{text64(SPKI + raw)}\n-----END PUBLIC KEY-----\n".encode()


def is_signed(raw, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def load(data):
    def once(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a member is repeated")
        return dict(pairs)

    return json.loads(data, object_pairs_hook=once)


def jcs(value):
    """RFC 8785, for values without floats whose keys are ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def envelope(data):
    """Body, key id, and whether a key signed it, of a DSSE envelope that is written in its one form."""
    told = load(data)
    payload, line = told["payload"], told["signatures"][0]
    only = {"payload": payload, "payloadType": IN_TOTO, "signatures": [{k: line[k] for k in ("keyid", "sig")}]}
    if jcs(only) != data:
        raise ValueError("a DSSE envelope is not in its one form")
    body, signature = b64(payload), b64(line["sig"])
    pae = b"DSSEv1 %d %b %d %b" % (len(IN_TOTO), IN_TOTO.encode(), len(body), body)
    return body, line["keyid"], lambda raw: is_signed(raw, signature, pae)


def root(hashes):
    """RFC 6962 section 2.1 over leaf hashes, level by level; an odd one goes up as it is."""
    level = list(hashes) or [h()]
    while len(level) > 1:
        pairs = [h(b"\1", *level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def leads(node, index, size, path, top):
    """RFC 9162 section 2.1.3.2: whether the path leads from a leaf hash to the root."""
    last = size - 1
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


class Pack:
    """Files by name, in a ZIP of which every byte is accounted for."""

    def __init__(self, path):
        self.path, self.at, self.sizes = path, {}, {}
        with open(path, "rb") as file:  # noqa: PTH123
            self.list(file, file.seek(0, os.SEEK_END))
        for name, size in self.sizes.items():
            if not NAMES.fullmatch(name) or (size > MOST and not name.startswith("events.")):
                raise WrongError(f"{name[:99]!r}: no file of a pack has this name or size")

    def list(self, file, end):
        """Read the directory and write it again: it has to come out the same, and so have all headers."""
        file.seek(max(0, end - 98))
        tail = file.read()
        count, size, start = struct.unpack("<10xHIIxx", tail[-22:])
        if (count == MANY or FAR in (size, start)) and len(tail) == 98:
            count, size, start = struct.unpack("<32x3Q42x", tail)
        if count > MOST_FILES or size > MOST or end - start not in (size + 22, size + 98):
            raise WrongError("it does not end as a pack ends")
        file.seek(start)
        found, made, offset, read = file.read(), [], 0, 0
        for _ in range(count):
            crc, length, name_size = struct.unpack("<16xI4xIH16x", found[read : read + 46])
            name = found[read + 46 : read + 46 + name_size]
            same = (0, 0, 0, 0x21, crc, length, length, name_size)
            extra = struct.pack("<2HQ", 1, 8, offset) if offset >= FAR else b""
            need = 45 if extra else 20
            made.append(struct.pack("<4s6H3IH", b"PK\1\2", 0x300 | need, need, *same))
            made.append(struct.pack("<4H2I", len(extra), 0, 0, 0, 0o100644 << 16, min(offset, FAR)) + name + extra)
            local = struct.pack("<4s5H3I2H", b"PK\3\4", 20, *same, 0) + name
            file.seek(offset)
            if file.read(len(local)) != local or name.decode() in self.sizes:
                raise WrongError(f"the header before {name[:99]!r} is not that of a pack")
            self.at[name.decode()], self.sizes[name.decode()] = (offset + len(local), crc), length
            offset, read = offset + len(local) + length, read + 46 + len(name + extra)
        size, wide, few = sum(map(len, made)), b"", min(count, MANY)
        if count >= MANY or size >= FAR or offset >= FAR:
            wide = struct.pack("<4sQ2H2I4Q", b"PK\6\6", 44, 0x32D, 45, 0, 0, count, count, size, offset)
            wide += struct.pack("<4sIQI", b"PK\6\7", 0, offset + size, 1)
        last = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, few, few, min(size, FAR), min(offset, FAR), 0)
        if start != offset or found != b"".join(made) + wide + last or list(self.sizes) != sorted(self.sizes):
            raise WrongError("its directory is not written as that of a pack")

    def parts(self, name):
        (start, crc), left, seen = self.at[name], self.sizes[name], 0
        with open(self.path, "rb") as file:  # noqa: PTH123
            file.seek(start)
            while left:
                part = file.read(min(left, CHUNK))
                left, seen = left - len(part), zlib.crc32(part, seen)
                yield part
        if crc != seen:
            raise WrongError(f"the checksum of {name} is not that of its bytes")

    def read(self, name):
        if name not in self.sizes:
            raise WrongError(f"{name} is missing")
        return b"".join(self.parts(name))


class Check:
    """One verification; `problems` says what does not hold, and where."""

    def __init__(self, path, key="", older=(), exporter=""):
        self.pack, self.problems, self.due = Pack(path), [], {"checkpoint", "tlog-policy", "keys/log.pem"}
        self.key, self.older, self.exporter = key, older, exporter
        self.streams, self.actions, self.devices, self.people = {}, {}, {}, {}
        self.safe, self.policy, self.ledger, self.about, self.chosen = set(), None, "", {}, set()
        self.excerpt, self.signatures = LISTS[2] not in self.pack.sizes, 0

    def expect(self, where, **pairs):
        for name, (found, due) in pairs.items():
            if found != due:
                self.problems.append(f"{where}: {name} is {str(found)[:70]!r}, and {str(due)[:70]!r} is due")

    def run(self):
        """All of it, in order."""
        self.heads()
        files = {}
        for name in self.pack.sizes:
            state = hashlib.sha256()
            for part in self.pack.parts(name):
                state.update(part)
            files[name] = state.hexdigest()
            named = re.search(rf"(?:decisions|payloads)/({HEX})", name)
            self.expect(name, digest=(files[name], named[1] if named else files[name]))
        if self.excerpt:
            self.alone()
        else:
            self.lists(files)
            self.choose()
            self.tree()
        for name, device in self.devices.items():
            self.due.add(f"keys/{name}.pem")
            self.expect(f"keys/{name}.pem", key=(self.pack.read(f"keys/{name}.pem"), pem(device["key"])))
            self.expect(f"device {name}", undecided=(not self.excerpt and device["open"], False))
        for name in self.pack.sizes.keys() - self.due:
            self.expect(name, references=(0, "at least one"))

    def heads(self):
        form = r"log (([^\s+]+)\+([0-9a-f]{8})\+(\S+))\nquorum none\n"
        vkey, self.origin, short, material = re.fullmatch(form, self.pack.read("tlog-policy").decode()).groups()
        self.raw = b64(material)[1:]
        due = h(self.origin.encode(), b"\n\1", self.raw).hex()[:8]
        if b64(material)[:1] != b"\1" or due != short or self.key not in ("", vkey, key_id(self.raw)):
            raise WrongError(f"the pack is of the log with key {key_id(self.raw)}, not of the one that you named")
        self.short = bytes.fromhex(short)
        self.expect("keys/log.pem", key=(self.pack.read("keys/log.pem"), pem(self.raw)))
        self.note = self.pack.read("checkpoint")
        self.size, self.root = self.checkpoint(self.note)
        self.kept = [self.checkpoint(note) for note in self.older]

    def checkpoint(self, note):
        """C2SP tlog-checkpoint: what a note states that the log's key signed."""
        text, _, tail = note.decode().rpartition("\n\n")
        form = re.fullmatch(r"([^\n]+)\n(0|[1-9][0-9]*)\n(\S+)((?:\n[^\n]+)*)", text)
        lines = [line.split(" ") for line in tail.removesuffix("\n").split("\n")]
        signed = [b64(line[2]) for line in lines if line[:2] == ["\u2014", self.origin]]
        signed = [one[4:] for one in signed if one[:4] == self.short]
        holds = signed and all(is_signed(self.raw, one, f"{text}\n".encode()) for one in signed)
        if not holds or not form or form[1] != self.origin or not tail.endswith("\n"):
            raise WrongError("a checkpoint is not signed by this log, or is no checkpoint")
        return int(form[2]), b64(form[3])

    def lists(self, files):
        """Manifest and sums: every file with its digest, under the log's signature or an exporter's."""
        self.due |= ALWAYS
        body, signer, holds = envelope(self.pack.read(LISTS[2]))
        who, raw = ("log", self.raw) if signer == key_id(self.raw) else ("exporter", b"")
        if not raw and self.exporter == signer:
            raw = b64(self.pack.read("keys/exporter.pem").decode().split("\n")[1])[len(SPKI) :]
            self.due.add("keys/exporter.pem")
            self.expect("keys/exporter.pem", key=(self.pack.read("keys/exporter.pem"), pem(raw)))
        if key_id(raw) != signer or not holds(raw):
            raise WrongError("the manifest is not signed by the log, nor by an exporter that you named")
        told = load(body)
        self.about, listed = told["predicate"], {one["name"]: one["digest"]["sha256"] for one in told["subject"]}
        kinds = (told["_type"], told["predicateType"], self.about["signed_by"])
        stated = (self.about["origin"], self.about["size"], self.about["root"])
        proofs = sum(name.startswith("proofs/") for name in files)
        self.expect(LISTS[2], kinds=(kinds, (*KINDS, who)), form=(jcs(told), body))
        self.expect(LISTS[2], checkpoint=(stated, (self.origin, self.size, self.root.hex())))
        self.expect(LISTS[2], proofs=(self.about["counts"].get("proofs", 0), proofs))
        for name in sorted(listed.keys() | files.keys() - set(LISTS)):
            self.expect(name, digest=(files.get(name), listed.get(name)))
        sums = "".join(f"{digest}  {name}\n" for name, digest in files.items() if name not in LISTS[:2]).encode()
        self.expect(LISTS[0], files=(self.pack.read(LISTS[0]), sums))
        self.ssh(self.pack.read(LISTS[0]), self.origin if who == "log" else who, raw)

    def ssh(self, sums, who, raw):
        """OpenSSH's PROTOCOL.sshsig, armored as ssh-keygen does."""

        def string(*parts):
            return b"".join(struct.pack(">I", len(part)) + part for part in parts)

        kind, common = b"ssh-ed25519", string(NAMESPACE.encode(), b"", b"sha512")
        public = string(kind, raw)
        signer = f'{who} namespaces="{NAMESPACE}" ssh-ed25519 {text64(public)}\n'.encode()
        armored = self.pack.read(LISTS[1]).decode()
        signature = b64("".join(armored.split("\n")[1:-2]))[-64:]
        blob = text64(b"SSHSIG\0\0\0\1" + string(public) + common + string(string(kind, signature)))
        lines = [blob[at : at + 70] for at in range(0, len(blob), 70)]
        form = "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])
        holds = is_signed(raw, signature, b"SSHSIG" + common + string(hashlib.sha512(sums).digest()))
        self.expect("keys/allowed_signers", line=(self.pack.read("keys/allowed_signers"), signer))
        self.expect(LISTS[1], form=(armored, form), holds=(holds, True))

    def places(self, kind, count):
        """Path and width of every tile, or bundle of entries, over so many hashes (C2SP tlog-tiles)."""
        for index in range((count + 255) // 256):
            path, rest, width = f"{index % 1000:03d}", index // 1000, min(256, count - index * 256)
            while rest:
                path, rest = f"x{rest % 1000:03d}/{path}", rest // 1000
            self.due.add(f"tile/{kind}/{path}" + (f".p/{width}" if width < 256 else ""))
            yield f"tile/{kind}/{path}" + (f".p/{width}" if width < 256 else ""), width

    def entries(self):
        for name, width in self.places("entries", self.size):
            data, at, held = self.pack.read(name), 0, []
            while at < len(data):
                start, at = at + 2, at + 2 + int.from_bytes(data[at : at + 2], "big")
                held.append(data[start:at])
            if at != len(data) or len(held) != width:
                raise WrongError(f"{name} does not hold {width} whole entries")
            yield from held

    def choose(self):
        """The streams in scope, whose contents and decisions have to be here."""
        kind, name, start, end = (self.about["scope"].get(one, "") for one in ("kind", "name", "start", "end"))
        for one in map(load, self.entries() if kind != "all" else ()):
            opens = one["type"] == "action.proposed" or (one["type"] == "job.opened" and kind != "capability")
            named = name and ((opens and one["body"].get(kind) == name) or one["stream"] == f"{kind}/{name}")
            during = kind == "time" and start <= one["at"] and (not end or one["at"] < end)
            if (named or during) and one["stream"].startswith(("action/", "job/", "agent/")):
                self.chosen.add(one["stream"])

    def covers(self, stream):
        if self.excerpt or self.about["scope"]["kind"] != "all":
            return stream in self.chosen or stream.startswith(("policy/", "action/" if self.excerpt else "policy/"))
        return True

    def tree(self):
        hashes, level = [], 0
        for index, data in enumerate(self.entries()):
            hashes.append(h(b"\0", data))
            self.entry(index, data, hashes[-1])
        self.expect("checkpoint", root=(root(hashes), self.root))
        for size, top in self.kept:
            same = size <= self.size and root(hashes[:size]) == top
            self.expect(f"the checkpoint of {size} entries that you kept", continued=(same, True))
        while hashes:
            rows, above = iter(hashes), []
            for name, width in self.places(level, len(hashes)):
                row = list(islice(rows, width))
                self.expect(name, hashes=(self.pack.read(name), b"".join(row)))
                above += [root(row)] if width == 256 else []
            hashes, level = above, level + 1

    def alone(self):
        """An excerpt: single entries, each with its proof."""
        self.expect("an excerpt", grown=([one for one in self.kept if one != (self.size, self.root)], []))
        indices = sorted(int(name[8:-5]) for name in self.pack.sizes if name.startswith("entries/"))
        self.expect("an excerpt", entries=(bool(indices), True))
        for index in indices:
            data = self.pack.read(f"entries/{index}.json")
            self.due.add(f"entries/{index}.json")
            self.pack.read(f"proofs/{index}.tlog-proof")
            self.entry(index, data, h(b"\0", data))

    def entry(self, index, data, leaf):
        name, one = f"proofs/{index}.tlog-proof", load(data)
        stream, where = one["stream"], f"entry {index} ({one['type']} of {one['stream']})"
        if name in self.pack.sizes:
            self.due.add(name)
            head, _, note = self.pack.read(name).partition(b"\n\n")
            first, second, *path = head.decode().split("\n")
            said = (first, second, note, leads(leaf, index, self.size, list(map(b64, path)), self.root))
            self.expect(name, lines=(said, ("c2sp.org/tlog-proof@v1", f"index {index}", self.note, True)))
        due, seq = self.streams.get(stream, 0), one["seq"]
        dense = seq == due or (self.excerpt and seq > due and not stream.startswith("action/"))
        self.expect(where, number=(seq, seq if dense else due), form=(jcs(one), data))
        self.expect(where, first=(one["type"] == "workspace.created", index == 0))
        self.streams[stream] = seq + 1
        for part, digest in one["commits"].items() if self.covers(stream) else ():
            file = f"decisions/{digest}.dsse.json" if part == "statement" else f"payloads/{digest}"
            self.due.add(file)
            self.expect(where, here=(file in self.pack.sizes or digest in self.about.get("absent", ()), True))
        self.follow(where, one, stream.partition("/")[2], one["body"], leaf.hex())
