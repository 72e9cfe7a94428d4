"""Judges what lies inside a pack, entry by entry: replay, proofs, contents, keys, and nothing beside them.

Free of I/O beyond the pack, and of the tree, which `verifying` builds from the same entries.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Final

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.container import Pack
from lineclear.adapters.auditpack.forms import pem_of
from lineclear.adapters.auditpack.head import Head
from lineclear.application.record.findings import Fault, Findings
from lineclear.application.record.log import log_origin
from lineclear.application.record.replay import Evidence, Replay
from lineclear.domain.actions import Action
from lineclear.domain.events import ContentErased
from lineclear.domain.identities import Device
from lineclear.domain.jobs import Job
from lineclear.domain.ledger.checkpoint import CheckpointError
from lineclear.domain.ledger.merkle import is_included
from lineclear.domain.ledger.notes import NoteError
from lineclear.domain.ledger.proofs import ProofError, parse_proof
from lineclear.domain.ledger.signing import VerifierOf
from lineclear.domain.records import Recorded

_NONE: Final[frozenset[str]] = frozenset()


class Inside:
    """Takes entries in order and follows all that they name. `covers` says whose contents have to be here."""

    def __init__(
        self,
        pack: Pack,
        head: Head,
        findings: Findings,
        verifier_of: VerifierOf,
        covers: Callable[[str], bool],
        *,
        excerpt: bool,
        watch: str,
    ) -> None:
        self.absent: frozenset[str] = frozenset()
        self.due = {names.CHECKPOINT, names.LOG_POLICY, names.LOG_KEY}
        self.proofs = names.indices(pack.sizes, of_proofs=True)
        self._pack = pack
        self._head = head
        self._findings = findings
        self._covers = covers
        self._gone: list[tuple[Recorded, str]] = []
        self._here: dict[str, frozenset[str]] = {}
        evidence = Evidence(self._envelope, covers, verifier_of)
        self.replay = Replay(evidence, findings, excerpt=excerpt, watch=watch)

    def take(self, index: int, data: bytes, leaf: bytes, *, is_known: bool = False) -> None:
        """Judge the entry at a place, with its proof and the contents to which it commits.

        `is_known` says that these very bytes were found to be an entry.
        """
        proof = self.proofs.get(index)
        if proof is not None:
            self._check_proof(proof, index, leaf)
        recorded = self.replay.take(index, data, leaf, is_known=is_known)
        if recorded is not None and self._covers(recorded.stream):
            self._check_contents(recorded)

    def finish(self) -> None:
        """Judge what only the end shows: the log's name, keys, and files that nothing refers to."""
        self.replay.finish()
        self._check_origin()
        for device in self.replay.devices:
            self._check_device(device)
        for recorded, part in self._gone:
            self._check_tombstone(recorded, part)
        for name in self._pack.sizes:
            if name not in self.due:
                self._findings.add(Fault.FILE_STRAY, name, "nothing in the pack refers to it")

    def _check_proof(self, name: str, index: int, leaf: bytes) -> None:
        self.due.add(name)
        self.replay.counts.proofs += 1
        try:
            proof = parse_proof(self._pack.read(name))
        except (ProofError, NoteError, CheckpointError) as error:
            self._findings.add(Fault.PROOF, name, str(error))
            return
        checkpoint = self._head.checkpoint
        if (proof.index, proof.checkpoint, proof.extra) != (index, self._head.note, None):
            says = "it is of another entry or checkpoint, or says more than a proof"
            self._findings.add(Fault.PROOF, name, says)
        elif not is_included(leaf, index, checkpoint.size, proof.path, checkpoint.root):
            says = f"it does not lead from entry {index} to the checkpoint's root"
            self._findings.add(Fault.PROOF, name, says)

    def _check_origin(self) -> None:
        workspace, origin = self.replay.workspace, self._head.checkpoint.origin
        if workspace is not None and log_origin(workspace.name) != origin:
            says = f"it is of {origin}, and the entries are those of the workspace {workspace.name}"
            self._findings.add(Fault.CHECKPOINT, names.CHECKPOINT, says)

    def _check_erased(self, recorded: Recorded, event: ContentErased) -> None:
        """What a tombstone says was erased is not in any pack that holds the tombstone."""
        for part in sorted(self._here.get(recorded.stream, _NONE).intersection(event.parts)):
            where = f"entry {recorded.index} ({recorded.type} of {recorded.stream})"
            self._findings.add(Fault.CONTENT, where, f"it says that its {part} was erased, and that is here")

    def _check_contents(self, recorded: Recorded) -> None:
        counts, here = self.replay.counts, set[str]()
        if isinstance(recorded.event, ContentErased):
            self._check_erased(recorded, recorded.event)
        for part, digest in recorded.commits.items():
            name = names.committed_name(part, digest)
            if name in self._pack.sizes:
                counts.contents += part != "statement" and name not in self.due
                self.due.add(name)
                here.add(part)
            elif digest in self.absent:
                counts.absent += 1
                self._gone.append((recorded, part))
            else:
                says = f"entry {recorded.index} ({recorded.type}) commits to it as {part}, and it is not here"
                self._findings.add(Fault.CONTENT, name, says)
        if not self._here.get(recorded.stream, _NONE) >= here:
            self._here[recorded.stream] = self._here.get(recorded.stream, _NONE) | here

    def _check_tombstone(self, recorded: Recorded, part: str) -> None:
        state = self.replay.states.get(recorded.stream)
        erased = state.erased if isinstance(state, Action | Job) else None
        if erased is None or part not in erased.parts:
            where = f"entry {recorded.index} ({recorded.type} of {recorded.stream})"
            self._findings.add(Fault.CONTENT, where, f"its {part} is not here, and no tombstone erased it")

    def _check_device(self, device: Device) -> None:
        name = names.device_name(device.id)
        self.due.add(name)
        try:
            expected = pem_of(b64decode(device.public_key, validate=True))
        except ValueError:
            return  # the replay has said so
        if name not in self._pack.sizes:
            self._findings.add(Fault.FILE_MISSING, name, "a device of the ledger has no key here")
        elif self._pack.read(name) != expected:
            self._findings.add(Fault.DEVICE, name, "it is not the key that the ledger enrolled")

    def _envelope(self, digest: str) -> bytes | None:
        found = (names.decision_name(digest), names.content_name(digest))
        return next((self._pack.read(name) for name in found if name in self._pack.sizes), None)
