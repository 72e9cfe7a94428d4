"""Which files a pack may hold, and how large each may be. Free of I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

CHECKPOINT: Final = "checkpoint"
LOG_POLICY: Final = "tlog-policy"
MANIFEST: Final = "manifest.dsse.json"
SUMS: Final = "SHA256SUMS"
SUMS_SIGNATURE: Final = "SHA256SUMS.sig"
LOG_KEY: Final = "keys/log.pem"
EXPORTER_KEY: Final = "keys/exporter.pem"
SIGNERS: Final = "keys/allowed_signers"
GUIDE: Final = "VERIFY.md"
PROGRAM: Final = "verify.py"
LINES: Final = "events.jsonl"
TABLE: Final = "events.csv"

MOST_FILES: Final = 1_000_000
MOST_MANIFEST: Final = 256 * 1_048_576
MOST_CONTENT: Final = 64 * 1_048_576
_MIB: Final = 1_048_576

LIMITS: Final = tuple(
    (re.compile(pattern), most)
    for pattern, most in (
        (r"checkpoint|tlog-policy|keys/allowed_signers", _MIB),
        (r"checkpoints/(0|[1-9][0-9]{0,18})", _MIB),
        (r"keys/([0-9a-f]{64}|log|exporter)\.pem", 4_096),
        (r"VERIFY\.md|verify\.py|SHA256SUMS\.sig", _MIB),
        (r"SHA256SUMS|manifest\.dsse\.json", MOST_MANIFEST),
        (r"events\.(csv|jsonl)", 0xFFFF_FFFE),
        (r"decisions/[0-9a-f]{64}\.dsse\.json", 65_536),
        (r"payloads/[0-9a-f]{64}", MOST_CONTENT),
        (r"proofs/(0|[1-9][0-9]{0,18})\.tlog-proof", 2 * _MIB),
        (r"entries/(0|[1-9][0-9]{0,18})\.json", 65_535),
        (r"tile/entries/(x[0-9]{3}/){0,6}[0-9]{3}(\.p/[0-9]{1,3})?", 256 * 65_537),
        (r"tile/[0-9]{1,2}/(x[0-9]{3}/){0,6}[0-9]{3}(\.p/[0-9]{1,3})?", 8_192),
    )
)
"""What a name may look like, and the most bytes that its file may have."""

_DECISION: Final = re.compile(r"decisions/([0-9a-f]{64})\.dsse\.json")
_CONTENT: Final = re.compile(r"payloads/([0-9a-f]{64})")
_COSIGNED: Final = re.compile(r"checkpoints/([0-9]+)")
_PROOF: Final = re.compile(r"proofs/([0-9]+)\.tlog-proof")
_ENTRY: Final = re.compile(r"entries/([0-9]+)\.json")


def most_bytes(name: str) -> int | None:
    """How large a file of this name may be; None where no pack holds one."""
    return next((most for pattern, most in LIMITS if pattern.fullmatch(name)), None)


def decision_name(digest: str) -> str:
    return f"decisions/{digest}.dsse.json"


def content_name(digest: str) -> str:
    return f"payloads/{digest}"


def proof_name(index: int) -> str:
    return f"proofs/{index}.tlog-proof"


def entry_name(index: int) -> str:
    return f"entries/{index}.json"


def cosigned_name(size: int) -> str:
    return f"checkpoints/{size}"


def cosigned_names(names: Iterable[str]) -> list[str]:
    """Checkpoints with cosignatures, in no order."""
    return [name for name in names if _COSIGNED.fullmatch(name)]


def size_of(name: str) -> int:
    """Of how many entries the checkpoint in this file is."""
    return int(name.rpartition("/")[2])


def device_name(device: str) -> str:
    return f"keys/{device}.pem"


def named_digest(name: str) -> str:
    """The digest that a decision or a content bears as its name; empty for all other files."""
    found = _DECISION.fullmatch(name) or _CONTENT.fullmatch(name)
    return found[1] if found else ""


def committed_name(part: str, digest: str) -> str:
    """Where the file lies to which an entry commits under the name `part`."""
    return decision_name(digest) if part == "statement" else content_name(digest)


def indices(names: Iterable[str], *, of_proofs: bool) -> dict[int, str]:
    """Proofs, or single entries, by the place of their entry."""
    form = _PROOF if of_proofs else _ENTRY
    return {int(found[1]): name for name in names if (found := form.fullmatch(name))}
