"""What must hold in every ledger, judged from its entries and blobs alone. Free of stores and of the kernel.

Each rule yields the invariant that was broken with where and how; an empty list is a ledger without fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from lineclear.adapters.system.signatures import Ed25519Signatures
from lineclear.application.executing.inside import INSIDE, RAISE_DAY
from lineclear.application.executing.settling import LAST_ATTEMPT, LAST_QUESTION
from lineclear.application.services import moment
from lineclear.domain import events as e
from lineclear.domain.contracts import ToolContract
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.ledger.statements import DecisionStatement, open_decision
from lineclear.domain.payloads import Change, read_payload
from lineclear.domain.policy.document import CapabilityDocument, load
from lineclear.domain.policy.evaluation import Evaluation, Facts, evaluate
from lineclear.domain.records import Recorded
from lineclear.domain.vocabulary import EffectClass, Outcome, Tier, Verdict

type Blobs = Callable[[str], bytes | None]
type Contracts = Callable[[str], ToolContract | None]


@dataclass(frozen=True, slots=True)
class Broken:
    """An invariant that a ledger breaks. `rule` names it, with `retry` where only a repeated start does."""

    rule: str
    detail: str


@dataclass(slots=True)
class Life:
    """One action as its stream has told it so far."""

    proposed: e.ActionProposed
    revision: int = 1
    payload: str = ""
    judged: e.ActionEvaluated | None = None
    cleared: e.ActionCleared | None = None
    votes: list[Recorded] = field(default_factory=list)
    starts: list[e.ExecutionStarted] = field(default_factory=list)
    token: int = 0
    asked: int = 0
    deadline: str = ""
    ended: str = ""
    undone: int = 0


@dataclass(frozen=True, slots=True)
class _Key:
    """A key that the ledger says was enrolled."""

    public_key: str

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        return Ed25519Signatures().holds(self.public_key, signature, message)


_ENDS = {
    "execution.succeeded": "succeeded",
    "execution.failed": "failed",
    "execution.unknown": "unknown",
    "action.expired": "expired",
    "action.withdrawn": "withdrawn",
    "action.stopped": "stopped",
}


_AFTERWARDS = {("succeeded", "action.undone"), ("unknown", "execution.reconciled")}


class Judge:
    """Reads a ledger once, in order, and keeps what it breaks."""

    def __init__(self, blobs: Blobs, contracts: Contracts) -> None:
        self.broken: list[Broken] = []
        self.lives: dict[str, Life] = {}
        self._blobs = blobs
        self._contracts = contracts
        self._seqs: dict[str, int] = {}
        self._safe_modes: set[str] = set()
        self._stopped: dict[str, int] = {}
        self._policy = ""
        self._environment = ""
        self._keys: dict[str, _Key] = {}

    def read(self, ledger: Sequence[Recorded]) -> list[Broken]:
        """Everything that the whole ledger breaks."""
        for index, one in enumerate(ledger):
            self._is_dense(index, one)
            match one.event:
                case e.SafeModeSwitched(on=on):
                    (self._safe_modes.add if on else self._safe_modes.discard)(one.id)
                case e.JobStopped():
                    self._stopped[one.id] = one.index
                case e.PolicyActivated():
                    self._policy = one.commits["document"]
                case e.DeviceEnrolled(public_key=key):
                    self._keys[one.id] = _Key(key)
                case e.WorkspaceCreated(environment=environment):
                    self._environment = environment
            if one.stream.startswith("action/"):
                self._follow(one)
        return self.broken

    def note(self, one: Recorded) -> None:
        """Keep a proposal or a start without judging it."""
        match one.event:
            case e.ActionProposed() as proposed:
                payload = one.commits["payload"]
                self.lives[one.id] = Life(proposed, payload=payload, deadline=proposed.deadline)
            case e.ExecutionStarted() as start:
                self.lives[one.id].starts.append(start)

    def started(self) -> dict[str, str]:
        """Every key that was sent, with its action."""
        return {start.key: name for name, life in self.lives.items() for start in life.starts}

    def _no(self, rule: str, one: Recorded, detail: str) -> None:
        self.broken.append(Broken(rule, f"entry {one.index} ({one.type} of {one.id}): {detail}"))

    def _is_dense(self, index: int, one: Recorded) -> None:
        if one.index != index or one.seq != self._seqs.get(one.stream, -1) + 1:
            self._no("I40", one, f"index {one.index} at {index}, seq {one.seq} in its stream")
        self._seqs[one.stream] = one.seq

    def _follow(self, one: Recorded) -> None:
        if isinstance(one.event, e.ActionProposed):
            self.note(one)
            return
        life = self.lives[one.id]
        self._is_open(life, one)
        match one.event:
            case e.ActionRevised(revision=revision):
                life.revision, life.payload = revision, one.commits["payload"]
                life.judged, life.cleared, life.votes, life.ended = None, None, [], ""
                life.token = life.asked = 0
            case e.ActionEvaluated() as judged:
                life.judged = judged
                life.ended = "denied" if judged.outcome is Outcome.DENY else ""
            case e.DecisionRecorded(verdict=verdict):
                self._is_bound(life, one)
                life.votes.append(one)
                life.ended = "rejected" if verdict is Verdict.REJECT else life.ended
            case e.ActionCleared() as cleared:
                life.cleared = cleared
            case e.DeadlineMoved(deadline=deadline):
                life.deadline = deadline
            case e.ExecutionStarted() as start:
                self._may_start(life, one, start)
                life.starts.append(start)
                life.token = start.token
            case e.ExecutionAsked(token=token):
                self._is_newer(life, one, token)
                life.token, life.asked = token, life.asked + 1
            case e.ActionUndone() as undone:
                self._is_undone(life, one, undone)
        self._is_outcome_of_newest(life, one)
        self._is_given_up(life, one)
        life.ended = _ENDS.get(one.type, life.ended)

    def _is_outcome_of_newest(self, life: Life, one: Recorded) -> None:
        match one.event:
            case e.ExecutionSucceeded(token=token) | e.ExecutionFailed(token=token):
                if token != life.token:
                    self._no("I25", one, f"token {token}, and {life.token} is the newest")

    def _is_given_up(self, life: Life, one: Recorded) -> None:
        """I33: what may be repeated is repeated; waiting and being held use up no try."""
        match one.event:
            case e.ExecutionUnknown() | e.ExecutionFailed(code="unreachable"):
                contract = self._contracts(life.proposed.tool)
            case _:
                return
        if contract is None or contract.effect is EffectClass.BLIND:
            return
        clearance = life.cleared.clearance if life.cleared else ""
        tries = sum(start.clearance == clearance for start in life.starts)
        if tries < LAST_ATTEMPT and life.asked < LAST_QUESTION:
            self._no("I33", one, f"given up after {tries} tries and {life.asked} questions")

    def _is_open(self, life: Life, one: Recorded) -> None:
        """Terminal is terminal: only an undo follows a success, and a deny is followed by nothing."""
        if life.ended and (life.ended, one.type) not in _AFTERWARDS:
            rule = "I30" if one.type == "execution.started" else "terminal"
            self._no(rule, one, f"it was {life.ended} already")

    def _is_undone(self, life: Life, one: Recorded, undone: e.ActionUndone) -> None:
        life.undone += 1
        other = self.lives.get(undone.by_action)
        if other is None or other.proposed.undoes != one.id or other.ended != "succeeded":
            self._no("I32", one, "no undo of its own stands behind it")
        elif other.cleared is None or other.judged is None:
            self._no("I32", one, "its undo was never cleared")
        if life.undone > 1:
            self._no("I32 twice", one, "one effect was taken back twice")

    def _statement(self, one: Recorded) -> DecisionStatement:
        envelope = self._blobs(one.commits["statement"])
        assert envelope is not None
        return open_decision(envelope, self._keys)

    def _is_bound(self, life: Life, one: Recorded) -> None:
        signed = self._statement(one)
        policy = life.judged.policy if life.judged else ""
        if (signed.action, signed.revision, signed.payload_sha256, signed.policy_sha256) != (
            one.id,
            life.revision,
            life.payload,
            policy,
        ):
            self._no("I2", one, "the signed statement names another action, revision, payload or policy")

    def _may_start(self, life: Life, one: Recorded, start: e.ExecutionStarted) -> None:
        again = any(earlier.key == start.key for earlier in life.starts)
        suffix = " retry" if again else ""
        self._is_cleared(life, one, start)
        self._is_fenced(life, one, start)
        if life.proposed.mutates and self._safe_modes & _scopes(life.proposed):
            self._no("I28", one, "safe mode was on")
        is_of_its_job = not life.proposed.undoes and life.proposed.tool != RAISE_DAY
        if life.proposed.job in self._stopped and is_of_its_job:
            self._no("I29" + suffix, one, "its job was stopped")
        if life.deadline and moment(one.at) >= moment(life.deadline):
            self._no("I30" + suffix, one, "its deadline had passed")
        if not life.proposed.undoes and life.proposed.connector != INSIDE:
            self._is_within_policy(life, one, suffix)

    def _is_cleared(self, life: Life, one: Recorded, start: e.ExecutionStarted) -> None:
        cleared, judged = life.cleared, life.judged
        if cleared is None or judged is None:
            self._no("I1", one, "nothing cleared it")
            return
        if (start.clearance, start.revision) != (cleared.clearance, life.revision):
            self._no("I2", one, "it names another clearance or revision")
        if (cleared.policy, cleared.revision) != (judged.policy, judged.revision):
            self._no("I2", one, "the clearance rests on another policy or revision")
        if cleared.by == "policy":
            if judged.outcome is not Outcome.ALLOW:
                self._no("I1", one, "policy did not allow it")
            return
        people = {
            vote.event.person
            for vote in life.votes
            if isinstance(vote.event, e.DecisionRecorded) and vote.event.verdict is Verdict.APPROVE
        }
        people -= {life.proposed.owner}
        if len(people) < max(1, judged.approvals):
            self._no("I1", one, f"only {sorted(people)} approved it")

    def _is_fenced(self, life: Life, one: Recorded, start: e.ExecutionStarted) -> None:
        same = [earlier for earlier in life.starts if earlier.clearance == start.clearance]
        if same:
            self._is_newer(life, one, start.token)
        if any(earlier.key != start.key for earlier in same):
            self._no("I27", one, "another key for the same clearance")

    def _is_newer(self, life: Life, one: Recorded, token: int) -> None:
        if token <= life.token:
            self._no("I25", one, f"token {token} after {life.token}")

    def _is_within_policy(self, life: Life, one: Recorded, suffix: str) -> None:
        """I11: the stricter of the policy of then, which `_is_cleared` judges, and the one in force now."""
        evaluation = self._evaluated(life)
        held = [vote.event.tier for vote in life.votes if isinstance(vote.event, e.DecisionRecorded)]
        if evaluation is None or evaluation.outcome is Outcome.DENY:
            self._no("I11" + suffix, one, "the policy in force denies it")
        elif evaluation.outcome is Outcome.ASK and max(held, default=0) < (evaluation.tier or Tier.ONE):
            self._no("I11" + suffix, one, "the policy in force asks for somebody else")

    def _evaluated(self, life: Life) -> Evaluation | None:
        sealed, document = self._blobs(life.payload), self._blobs(self._policy)
        assert sealed is not None
        assert document is not None
        payload = read_payload(unseal(sealed))
        assert isinstance(payload, Change)
        loaded = _loaded(document)
        if payload.capability not in loaded.capabilities:
            return None
        confidence = life.proposed.confidence
        facts = Facts(
            capability=payload.capability,
            tool=payload.tool,
            arguments=payload.arguments,
            contract=self._contracts(payload.tool),
            workspace_environment=self._environment,
            confidence=Decimal(confidence) if confidence else None,
            idempotency_key=True,
            mode=loaded.mode_of(payload.capability, life.proposed.agent),
        )
        return evaluate(loaded, facts)


def _scopes(proposed: e.ActionProposed) -> set[str]:
    return {
        "workspace",
        f"environment:{proposed.environment}",
        f"connector:{proposed.connector}",
        f"capability:{proposed.capability}",
    }


_documents: dict[bytes, CapabilityDocument] = {}


def _loaded(document: bytes) -> CapabilityDocument:
    if document not in _documents:
        _documents[document] = load(document.decode())
    return _documents[document]
