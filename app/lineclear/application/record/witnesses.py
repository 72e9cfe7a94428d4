"""Witnesses of the ledger as its own entries name them: keys that cosign checkpoints. Free of I/O.

A witness's key decides nothing. It says that a console saw this tree, and had seen it grow until then.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable

from lineclear.application.deciding.loading import load_person
from lineclear.application.governing.people import check_kept, device_id
from lineclear.application.ports import Transaction
from lineclear.application.recording import Recorder
from lineclear.application.services import Services
from lineclear.domain.events import WitnessEnrolled
from lineclear.domain.identities import Witness
from lineclear.domain.ledger.notes import KeyType, VerifierKey
from lineclear.domain.ledger.witness_policy import NO_QUORUM, PolicyLog, PolicyWitness, WitnessPolicy
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal

_SHORT = 8


def enrol_witness(services: Services, principal: Principal, public_key: str, kept: str) -> Witness:
    """Enrol a key of the caller's that cosigns; the same key again changes nothing. Raises Refusal.

    Auditors may too: whoever reads the ledger can be its witness.
    """
    principal.require(Deed.READ)
    identifier = device_id(public_key)
    check_kept(kept)

    def work(tx: Transaction) -> Witness:
        person = load_person(tx, principal)
        known = tx.load(Witness, identifier)
        if known is None:
            enrolled = WitnessEnrolled(person.id, public_key, kept)
            return Recorder(services, tx, principal.actor).record(Witness, identifier, enrolled)
        if known.person != person.id:
            raise Refusal(Code.DEVICE_UNKNOWN, device=identifier, person=person.id)
        return known

    return services.store.transact(work)


def witness_name(origin: str, person: str) -> str:
    """The name under which a person's consoles cosign the log of this origin."""
    return f"{origin}/{person}"


def witness_key(origin: str, witness: Witness) -> VerifierKey:
    """What the witness's cosignatures are verified with."""
    raw = b64decode(witness.public_key, validate=True)
    return VerifierKey(witness_name(origin, witness.person), KeyType.COSIGNATURE, raw)


def policy_of(log: VerifierKey, witnesses: Iterable[Witness]) -> WitnessPolicy:
    """C2SP tlog-policy: the log and all enrolled witnesses, none of whom has to have cosigned."""
    listed = sorted(witnesses, key=lambda witness: witness.id)
    return WitnessPolicy(
        (PolicyLog(log),),
        tuple(PolicyWitness(f"{one.person}-{one.id[:_SHORT]}", witness_key(log.name, one)) for one in listed),
        (),
        NO_QUORUM,
    )
