"""I39: programs that share no line with ours judge ledgers, notes and decisions as ours does.

The Go module golang.org/x/mod/sumdb (packages `note` and `tlog`, from Debian's golang-golang-x-mod-dev) and
OpenSSL are asked; where one is not installed its sentences are skipped, loudly.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from lineclear.domain.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint, sign_checkpoint
from lineclear.domain.ledger.cosignature import cosign
from lineclear.domain.ledger.entries import encode
from lineclear.domain.ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    root_at,
)
from lineclear.domain.ledger.notes import KeyType, Note, NoteError, VerifierKey
from lineclear.domain.ledger.tiles import grown
from support_ledger import Key, PublicKey, entry, flipped, stored

GO_PATH = Path("/usr/share/gocode")


GO = shutil.which("go")


needs_go = pytest.mark.skipif(
    GO is None or not (GO_PATH / "src/golang.org/x/mod/sumdb").is_dir(),
    reason="SKIPPED ORACLE: install golang-go and golang-golang-x-mod-dev to check the ledger against Go",
)


# Answers a list of cases with what Go's own packages say of each: "" for yes, a result, or the error.
PROGRAM = """
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type Case struct {
	Op, Note, Text, Key, Name, Folder string
	Leaf, Root, OldRoot, Public       []byte
	Proof                             [][]byte
	Index, Size, Old                  int64
}

type Folder string

func (f Folder) Height() int                       { return 8 }
func (f Folder) SaveTiles([]tlog.Tile, [][]byte)   {}
func (f Folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

type Witness struct {
	name string
	key  ed25519.PublicKey
	id   uint32
}

func (w Witness) Name() string    { return w.name }
func (w Witness) KeyHash() uint32 { return w.id }
func (w Witness) Verify(text, sig []byte) bool {
	if len(sig) != 72 {
		return false
	}
	head := fmt.Sprintf("cosignature/v1\\ntime %d\\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(w.key, append([]byte(head), text...), sig[8:])
}

func hash(data []byte) (h tlog.Hash) {
	copy(h[:], data)
	return h
}

func hashes(proof [][]byte) (all []tlog.Hash) {
	for _, data := range proof {
		all = append(all, hash(data))
	}
	return all
}

func open(text string, verifier note.Verifier, err error) (string, error) {
	if err != nil {
		return "", err
	}
	_, err = note.Open([]byte(text), note.VerifierList(verifier))
	return "", err
}

func readTree(c Case) (string, error) {
	reader := tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: hash(c.Root)}, Folder(c.Folder))
	record, err := tlog.ProveRecord(c.Size, c.Index, reader)
	if err != nil {
		return "", err
	}
	growth, err := tlog.ProveTree(c.Size, c.Old, reader)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	for _, h := range append(record, growth...) {
		fmt.Fprintf(&out, "%x\\n", h[:])
	}
	return out.String(), nil
}

func sign(c Case) (string, error) {
	signer, err := note.NewSigner(c.Key)
	if err != nil {
		return "", err
	}
	signed, err := note.Sign(&note.Note{Text: c.Text}, signer)
	return string(signed), err
}

func answer(c Case) (string, error) {
	switch c.Op {
	case "record":
		return "", tlog.CheckRecord(hashes(c.Proof), c.Size, hash(c.Root), c.Index, hash(c.Leaf))
	case "tree":
		return "", tlog.CheckTree(hashes(c.Proof), c.Size, hash(c.Root), c.Old, hash(c.OldRoot))
	case "leaf":
		h := tlog.RecordHash(c.Leaf)
		return fmt.Sprintf("%x", h[:]), nil
	case "tiles":
		return readTree(c)
	case "note":
		verifier, err := note.NewVerifier(c.Key)
		return open(c.Note, verifier, err)
	case "cosignature":
		return open(c.Note, Witness{c.Name, c.Public, uint32(c.Index)}, nil)
	case "sign":
		return sign(c)
	}
	return "", errors.New("unknown case")
}

func main() {
	var cases []Case
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	answers := []map[string]string{}
	for _, c := range cases {
		result, err := answer(c)
		told := map[string]string{"result": result}
		if err != nil {
			told["error"] = err.Error()
		}
		answers = append(answers, told)
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}
"""


ORIGIN = "ledger.example/acme"


LOG = Key("log")


LOG_KEY = VerifierKey(ORIGIN, KeyType.ED25519, LOG.public_key)


WITNESS = Key("witness")


WITNESS_KEY = VerifierKey("console.example/ada", KeyType.COSIGNATURE, WITNESS.public_key)


ENTRIES = [encode(entry(seq)) for seq in range(700)]


LEAVES = list(map(leaf_hash, ENTRIES))


READ = stored(LEAVES)


HEAD = Checkpoint(ORIGIN, len(LEAVES), root_at(READ, len(LEAVES)))


SIGNED = sign_checkpoint(HEAD, LOG)


@pytest.fixture(scope="module")
def go(tmp_path_factory):
    """Asks Go about many cases at once; each answer has `result`, and `error` where Go says no."""
    folder = tmp_path_factory.mktemp("go")
    (folder / "main.go").write_text(PROGRAM, encoding="utf-8")
    settings = {"GO111MODULE": "off", "GOPATH": str(GO_PATH), "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    program = folder / "oracle"
    subprocess.run(
        [GO, "build", "-o", program, "main.go"],
        cwd=folder,
        env=os.environ | settings,
        check=True,
        timeout=110,
    )

    def ask(cases):
        plain = [{key: _plain(value) for key, value in case.items()} for case in cases]
        run = subprocess.run([program], input=json.dumps(plain), capture_output=True, text=True, check=True)
        return json.loads(run.stdout)

    return ask


def _plain(value):
    if isinstance(value, bytes):
        return b64encode(value).decode()
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def record(index, size, leaf, root, proof):
    return {"op": "record", "index": index, "size": size, "leaf": leaf, "root": root, "proof": proof}


def tree(old, size, old_root, root, proof):
    return {"op": "tree", "old": old, "size": size, "oldRoot": old_root, "root": root, "proof": proof}


@needs_go
def test_i39_go_accepts_every_proof_that_we_make(go):
    sizes = [*range(1, 40), 255, 256, 257, 511, 700]
    records = [
        record(index, size, LEAVES[index], root_at(READ, size), inclusion_proof(READ, index, size))
        for size in sizes
        for index in {0, size // 3, size // 2, size - 1}
    ]
    trees = [
        tree(old, size, root_at(READ, old), root_at(READ, size), consistency_proof(READ, old, size))
        for size in sizes
        for old in {1, (size + 1) // 2, size}
    ]
    assert [told for told in go(records + trees) if "error" in told] == []


@needs_go
def test_i39_go_and_we_judge_changed_proofs_alike(go):
    chance = random.Random(9162)
    cases, ours = [], []
    for _ in range(1_500):
        size = chance.randint(1, 90)
        index, old = chance.randrange(size), chance.randint(1, size)
        parts = [LEAVES[index], root_at(READ, size), *inclusion_proof(READ, index, size)]
        parts, index, size = _tampered(chance, parts, index, size)
        cases.append(record(index, size, parts[0], parts[1], tuple(parts[2:])))
        ours.append(is_included(parts[0], index, size, parts[2:], parts[1]))
        size = max(size, old)
        parts = [root_at(READ, old), root_at(READ, size), *consistency_proof(READ, old, size)]
        parts, old, size = _tampered(chance, parts, old, size)
        cases.append(tree(old, size, parts[0], parts[1], tuple(parts[2:])))
        ours.append(is_consistent(old, parts[0], size, parts[1], parts[2:]) and old > 0)
    theirs = ["error" not in told for told in go(cases)]
    assert theirs == ours
    assert 300 < sum(ours) < 2_000


def _tampered(chance, parts, index, size):
    """Half of the time nothing; else a bit, a missing or added hash, another place or size."""
    kind = chance.randrange(10)
    if kind == 0:
        part = chance.randrange(len(parts))
        parts[part] = flipped(parts[part], chance.randrange(256))
    elif kind == 1 and len(parts) > 2:
        del parts[chance.randrange(2, len(parts))]
    elif kind == 2:
        parts.insert(chance.randrange(2, len(parts) + 1), chance.choice(LEAVES))
    elif kind == 3:
        index = max(0, index + chance.choice((-1, 1)))
    elif kind == 4:
        size = max(1, size + chance.choice((-1, 1)))
    return parts, index, size


@needs_go
def test_i39_go_hashes_entries_as_we_do(go):
    told = go([{"op": "leaf", "leaf": written} for written in ENTRIES[:50]])
    assert [answer["result"] for answer in told] == [leaf.hex() for leaf in LEAVES[:50]]


@needs_go
def test_i39_go_reads_our_tiles_and_makes_the_same_proofs_from_them(go, tmp_path):
    tiles: dict = {}
    for start, stop in ((0, 3), (3, 256), (256, 400), (400, 700)):
        tiles |= grown(tiles.__getitem__, start, LEAVES[start:stop])
    for tile, data in tiles.items():
        (tmp_path / tile.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / tile.path).write_bytes(data)
    cases = [
        {
            "op": "tiles",
            "folder": str(tmp_path),
            "index": index,
            "old": index + 1,
            "size": 700,
            "root": HEAD.root,
        }
        for index in range(0, 700, 23)
    ]
    for case, told in zip(cases, go(cases), strict=True):
        ours = (
            *inclusion_proof(READ, case["index"], 700),
            *consistency_proof(READ, case["old"], 700),
        )
        assert told == {"result": "".join(f"{hash_.hex()}\n" for hash_ in ours)}


@needs_go
def test_i39_go_opens_our_checkpoints_and_we_open_go_s(go):
    seed = b64encode(b"\1" + LOG.private.private_bytes_raw()).decode()
    skey = f"PRIVATE+KEY+{ORIGIN}+{LOG_KEY.id.hex()}+{seed}"
    opened, signed = go(
        [
            {"op": "note", "note": SIGNED.encode().decode(), "key": str(LOG_KEY)},
            {"op": "sign", "text": HEAD.text, "key": skey},
        ]
    )
    assert "error" not in opened
    assert open_checkpoint(signed["result"].encode(), LOG_KEY, PublicKey) == HEAD
    assert signed["result"].encode() == SIGNED.encode()


@needs_go
def test_i39_go_and_we_refuse_the_same_changed_notes(go):
    chance = random.Random(6962)
    notes = [flipped(SIGNED.encode(), chance.randrange(len(SIGNED.encode()) * 8)) for _ in range(600)]
    # JSON cannot carry what is not UTF-8; both refuse that before they look at anything else.
    texts = [text for note in notes if (text := _text(note)) is not None]
    told = go([{"op": "note", "note": text, "key": str(LOG_KEY)} for text in texts])
    for text, answer in zip(texts, told, strict=True):
        if "error" in answer:
            with pytest.raises((NoteError, CheckpointError)):
                open_checkpoint(text.encode(), LOG_KEY, PublicKey)
        else:
            # Go leaves stray bits at the end of base64 be; there ours is the stricter reader.
            assert text.encode()[:-4] == SIGNED.encode()[:-4]
    assert len(texts) > 400


def _text(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


@needs_go
def test_i39_a_witness_written_in_go_verifies_our_cosignatures(go):
    line = cosign(SIGNED.text, WITNESS_KEY.name, 1_700_000_000, WITNESS)
    case = {
        "op": "cosignature",
        "note": Note(SIGNED.text, (*SIGNED.signatures, line)).encode().decode(),
        "name": WITNESS_KEY.name,
        "public": WITNESS.public_key,
        "index": int.from_bytes(WITNESS_KEY.id),
    }
    genuine, forged = go([case, case | {"public": LOG.public_key}])
    assert "error" not in genuine
    assert "error" in forged
