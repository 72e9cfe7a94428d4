"""I39: programs that share no line with ours judge a pack as ours does: coreutils, OpenSSH, OpenSSL, Go.

Where one is not installed its sentences are skipped, loudly.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.forms import allowed_signers
from support_audit import FOREIGN, LOG, ORIGIN, PROJECT, Unpacked, entries_of, executed, key_of, write
from support_ledger import flipped

GO_PATH = Path("/usr/share/gocode")

PROGRAM = """
package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type Folder string

func (f Folder) Height() int                     { return 8 }
func (f Folder) SaveTiles([]tlog.Tile, [][]byte) {}
func (f Folder) ReadTiles(tiles []tlog.Tile) (all [][]byte, err error) {
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

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Opens the checkpoint with the vkey, then proves each entry of the one bundle, by tiles and by proof files.
func main() {
	folder, vkey := os.Args[1], os.Args[2]
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	check(err)
	verifier, err := note.NewVerifier(vkey)
	check(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\\n")
	var size int64
	fmt.Sscan(lines[1], &size)
	var root tlog.Hash
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	copy(root[:], raw)
	reader := tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, Folder(folder))
	bundle, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("tile/entries/000.p/%d", size)))
	check(err)
	for index := int64(0); index < size; index++ {
		length := int(binary.BigEndian.Uint16(bundle))
		entry := bundle[2 : 2+length]
		bundle = bundle[2+length:]
		leaf := tlog.Hash(sha256.Sum256(append([]byte{0}, entry...)))
		proof, err := tlog.ProveRecord(size, index, reader)
		check(err)
		check(tlog.CheckRecord(proof, size, root, index, leaf))
		file, err := os.ReadFile(filepath.Join(folder, fmt.Sprintf("proofs/%d.tlog-proof", index)))
		check(err)
		head := strings.Split(strings.Split(string(file), "\\n\\n")[0], "\\n")[2:]
		var path tlog.RecordProof
		for _, line := range head {
			raw, err := base64.StdEncoding.DecodeString(line)
			check(err)
			var one tlog.Hash
			copy(one[:], raw)
			path = append(path, one)
		}
		check(tlog.CheckRecord(path, size, root, index, leaf))
	}
	fmt.Println("all", size)
}
"""


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [name for name in programs if shutil.which(name) is None]
    return pytest.mark.skipif(
        bool(missing), reason=f"SKIPPED ORACLE: install {', '.join(missing)} to check packs against it"
    )


needs_go = pytest.mark.skipif(
    shutil.which("go") is None or not (GO_PATH / "src/golang.org/x/mod/sumdb").is_dir(),
    reason="SKIPPED ORACLE: install golang-go and golang-golang-x-mod-dev to check packs against Go",
)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(entries_of(executed()), tmp_path_factory.mktemp("tools") / "sound.auditpack")


@pytest.fixture
def folder(pack: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(pack) as opened:
        assert opened.testzip() is None
        opened.extractall(tmp_path / "pack")
    return tmp_path / "pack"


def run(folder: Path, *command: str, said: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, cwd=folder, input=said, capture_output=True, check=False)


@needs("unzip")
def test_i39_unzip_finds_a_pack_without_fault(pack: Path):
    assert run(pack.parent, "unzip", "-tqq", pack.name).returncode == 0


@needs("sha256sum")
def test_i39_sha256sum_reads_the_sums(folder: Path):
    assert run(folder, "sha256sum", "--strict", "-c", names.SUMS).returncode == 0
    listed = {line.split("  ")[1] for line in (folder / names.SUMS).read_text().splitlines()}
    kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert kept - listed == {names.SUMS, names.SUMS_SIGNATURE, names.MANIFEST}
    (folder / names.CHECKPOINT).write_bytes(flipped((folder / names.CHECKPOINT).read_bytes(), 5))
    assert run(folder, "sha256sum", "--strict", "-c", names.SUMS).returncode == 1


@needs("ssh-keygen")
def test_i39_ssh_keygen_accepts_the_signature_over_the_sums_and_nothing_else(folder: Path):
    def verify(sums: bytes, *, space: str = "auditpack@lineclear", signer: str = ORIGIN) -> int:
        asked = ("-f", names.SIGNERS, "-I", signer, "-n", space, "-s", names.SUMS_SIGNATURE)
        return run(folder, "ssh-keygen", "-Y", "verify", *asked, said=sums).returncode

    sums = (folder / names.SUMS).read_bytes()
    assert verify(sums) == 0
    assert verify(flipped(sums, 9)) != 0
    assert verify(sums, space="file") != 0
    assert verify(sums, signer="somebody.example") != 0


@needs("bash", "unzip", "sha256sum", "ssh-keygen", "openssl", "python3")
def test_i39_the_commands_of_the_guide_do_what_it_says(pack: Path, tmp_path: Path):
    with zipfile.ZipFile(pack) as opened:
        guide = opened.read(names.GUIDE).decode()
    (script,) = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    (tmp_path / "PACK").write_bytes(pack.read_bytes())
    done = run(tmp_path, "bash", "-euo", "pipefail", "-c", script)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b"Signature Verified Successfully") == 2
    assert b"entries are what the checkpoint states" in done.stdout
    assert b'"decision.recorded"' in done.stdout
    assert f'Good "auditpack@lineclear" signature for {ORIGIN}'.encode() in done.stdout
    assert done.stdout.split()[0].decode() in guide
    assert names.LOG_KEY in guide
    assert sorted(path.name for path in (tmp_path / "pack").iterdir()) == inside(pack)


def inside(pack: Path) -> list[str]:
    with zipfile.ZipFile(pack) as opened:
        return sorted({name.partition("/")[0] for name in opened.namelist()})


@needs("bash", "unzip", "sha256sum", "ssh-keygen", "openssl", "python3")
def test_i39_the_commands_of_the_guide_take_no_key_but_the_log_s(pack: Path, tmp_path: Path):
    """A stranger lists and signs all files anew, under a key of their own beside the log's."""
    files = Unpacked.of(pack)
    guide = files.files[names.GUIDE].decode()
    files.files[names.LINES] = b"whatever\n"
    files.files[names.SIGNERS] = allowed_signers(ORIGIN, FOREIGN.public_key)
    files.sign_again(FOREIGN).lay_down(tmp_path / "PACK")
    (script,) = re.findall(r"```sh\n(.*?)```", guide, re.DOTALL)
    done = run(tmp_path, "bash", "-euo", "pipefail", "-c", script)
    assert b'Good "auditpack@lineclear" signature' in done.stdout
    assert done.returncode != 0
    assert b"differ" in done.stdout + done.stderr


@needs("openssl")
def test_i39_openssl_reads_every_key(folder: Path):
    keys = sorted((folder / "keys").glob("*.pem"))
    assert len(keys) == 3
    for key in keys:
        shown = run(folder, "openssl", "pkey", "-pubin", "-in", str(key), "-noout", "-text")
        assert b"ED25519 Public-Key" in shown.stdout


@needs_go
def test_i39_go_opens_the_checkpoint_and_proves_every_entry_from_tiles_and_from_proof_files(
    folder: Path, tmp_path: Path
):
    (tmp_path / "main.go").write_text(PROGRAM, encoding="utf-8")
    settings = {
        "GO111MODULE": "off",
        "GOPATH": str(GO_PATH),
        "GOCACHE": str(tmp_path / "cache"),
        "GOFLAGS": "",
    }
    build = ["go", "build", "-o", str(tmp_path / "oracle"), "main.go"]
    subprocess.run(build, cwd=tmp_path, env=os.environ | settings, check=True, timeout=110)
    asked = (str(tmp_path / "oracle"), str(folder), str(key_of(LOG)))
    said = run(folder, *asked)
    assert (said.returncode, said.stdout) == (0, b"all 49\n"), said.stderr
    bundle = folder / "tile/entries/000.p/49"
    bundle.write_bytes(flipped(bundle.read_bytes(), 99))
    assert run(folder, *asked).returncode != 0


@needs("python3")
def test_i39_the_program_in_the_pack_runs_by_itself_from_an_empty_folder(pack: Path, tmp_path: Path):
    with zipfile.ZipFile(pack) as opened:
        (tmp_path / "verify.py").write_bytes(opened.read(names.PROGRAM))
    asked = [sys.executable, "-I", "verify.py", str(pack), "--key", str(key_of(LOG))]
    done = run(tmp_path, *asked)
    assert (done.returncode, done.stdout.split()[0]) == (0, b"OK"), done.stderr
    (tmp_path / "cut").write_bytes(pack.read_bytes()[:-1])
    broken = run(tmp_path, *asked[:3], "cut")
    assert broken.returncode == 1
    assert broken.stderr.startswith(b"NO ")
    missing = run(tmp_path, *asked[:3], "nowhere")
    assert missing.returncode == 1
    assert b"Traceback" not in missing.stderr


def test_the_program_is_short_and_knows_nothing_of_ours():
    text = (PROJECT / "resources" / "audit" / "verify.py").read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if line.strip()]) < 400
    imported = set(re.findall(r"^(?:import|from) ([\w.]+)", text, re.MULTILINE))
    assert not {name for name in imported if name.startswith("lineclear")}
    assert {name.partition(".")[0] for name in imported} <= {"cryptography", *sys.stdlib_module_names}
