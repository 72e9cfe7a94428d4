"""A reviewer changes an action's arguments before deciding: a new revision, judged anew. Free of I/O.

Three records are kept: what the agent proposed, what the editor sent, and what would run. Votes never carry
over (I3), and whoever approves signs the new revision.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from lineclear.application.agents.agents_word import can
from lineclear.application.deciding.arriving import check_open
from lineclear.application.deciding.claiming import check_claim
from lineclear.application.deciding.loading import load_action, load_person
from lineclear.application.executing.inside import is_inside
from lineclear.application.governing.canaries import is_canary
from lineclear.application.idempotency import Request, replayed
from lineclear.application.judging.clearing import judge
from lineclear.application.judging.consulting import Consultation, consult_edit
from lineclear.application.judging.returning import Edited, Returned, return_to_review
from lineclear.application.ports import Snapshot, ToolFailed, Transaction
from lineclear.application.propose import money_of, tool_refusal
from lineclear.application.reading.answers import EditPreview
from lineclear.application.reasons import require_short
from lineclear.application.services import Services
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Preview
from lineclear.domain.identities import Agent, Person
from lineclear.domain.instances import Ability
from lineclear.domain.payloads import PAYLOAD_LIMIT, Change, read_payload
from lineclear.domain.policy.reasons import Evaluation, ReasonEffect
from lineclear.domain.policy.wording import sentence
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.strict_json import StrictJsonError, canonical, parse
from lineclear.domain.vocabulary import Outcome

LAST_EDIT = 50


@dataclass(frozen=True, slots=True)
class Edit:
    """The arguments as an editor wants them, as JSON text, and the revision that they looked at."""

    arguments: bytes
    revision: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Seen:
    """An edit that was read: the payload that it makes, its contract, and what is wrong with it by place."""

    payload: bytes
    change: Change
    contract: ToolContract
    problems: dict[str, str]


def contract_of(services: Services, principal: Principal, identifier: str) -> ToolContract:
    """What the arguments of an action may be: the form of an edit. Raises Refusal."""
    principal.require(Deed.READ)
    action = services.store.read(lambda snapshot: load_action(snapshot, identifier))
    return _contract(services, action)


def preview_edit(services: Services, principal: Principal, identifier: str, edit: Edit) -> EditPreview:
    """What would change and what policy would say; nothing is recorded. Raises Refusal.

    Arguments that do not fit their contract, and a connector that cannot say, are told and not raised.
    """
    principal.require(Deed.DECIDE)
    action = services.store.read(lambda snapshot: _editable(services, snapshot, principal, identifier, edit))
    seen = _read(services, action, edit.arguments)
    if seen.problems:
        return EditPreview(action.id, action.revision, seen.problems)
    try:
        preview = _preview(services, seen)
    except Refusal as refusal:
        return EditPreview(action.id, action.revision, problem=refusal.sentence)
    said = consult_edit(services, action, seen.change)
    evaluation = services.store.read(lambda snapshot: _judged(services, snapshot, action, seen, said))
    return EditPreview(action.id, action.revision, preview=preview, evaluation=evaluation)


def edit_action(
    services: Services, principal: Principal, identifier: str, edit: Edit, request: Request
) -> tuple[Action, bool]:
    """Make the edited revision; True where this was answered before. Raises Refusal.

    ARGUMENTS_INVALID says what is wrong by JSON pointer. What policy denies is refused and not recorded.
    """
    principal.require(Deed.DECIDE)
    require_short(edit.reason)
    earlier = services.store.read(lambda snapshot: replayed(snapshot, principal, request))
    if earlier is not None:
        return services.store.read(lambda snapshot: load_action(snapshot, identifier)), True
    action = services.store.read(lambda snapshot: _editable(services, snapshot, principal, identifier, edit))
    seen = _read(services, action, edit.arguments)
    if seen.problems:
        raise _invalid(seen)
    preview = _preview(services, seen)
    said = consult_edit(services, action, seen.change)

    def work(tx: Transaction) -> tuple[Action, bool]:
        if replayed(tx, principal, request) is not None:
            return load_action(tx, identifier), True
        current = _editable(services, tx, principal, identifier, edit)
        evaluation = _judged(services, tx, current, seen, said)
        _check_allowed(evaluation)
        if evaluation.outcome is Outcome.ALLOW and is_canary(tx, current):  # it never runs, and never says so
            raise Refusal(Code.NOT_EDITABLE, action=current.id, problem="it takes a decision as it is")
        returned = Returned(_because(principal, edit), preview, _edited(principal, edit, seen), said)
        current = return_to_review(services, tx, current, returned)
        tx.remember(request.answered(principal, current.id))
        return current, False

    return services.store.transact(work)


def _editable(
    services: Services, snapshot: Snapshot, principal: Principal, identifier: str, edit: Edit
) -> Action:
    """The action, if this person may edit the revision that they looked at."""
    action, person = load_action(snapshot, identifier), load_person(snapshot, principal)
    check_open(services, action)
    if edit.revision != action.revision:
        raise Refusal(Code.REVISION_STALE, seen=edit.revision, current=action.revision)
    if action.undoes or is_inside(action):
        problem = "an undo and a raised budget are what they are"
        raise Refusal(Code.NOT_EDITABLE, action=action.id, problem=problem)
    if action.revision >= LAST_EDIT:
        raise Refusal(Code.NOT_EDITABLE, action=action.id, problem=f"it has {LAST_EDIT} revisions already")
    if not can(action, Ability.EDIT):
        problem = "its agent would not learn of the edit and would go on with its own arguments"
        raise Refusal(Code.NOT_EDITABLE, action=action.id, problem=problem)
    check_claim(action, person.id, services.clock.now())
    _check_editor(action, person)
    return action


def _check_editor(action: Action, person: Person) -> None:
    if person.id == action.owner:
        raise Refusal(Code.OWNER_CANNOT_DECIDE, person=person.id, agent=action.agent)
    if person.tier < action.tier:
        held, needed = int(person.tier), int(action.tier)
        raise Refusal(Code.TIER_INSUFFICIENT, person=person.id, tier=held, needed=needed)


def _contract(services: Services, action: Action) -> ToolContract:
    contract = services.tools.contract(action.tool)
    if contract is None:
        raise Refusal(Code.TOOL_UNKNOWN, tool=action.tool)
    return contract


def _read(services: Services, action: Action, arguments: bytes) -> _Seen:
    """Read the arguments strictly; the payload holds their very bytes."""
    try:
        value = parse(arguments, max_bytes=PAYLOAD_LIMIT)
    except StrictJsonError as error:
        raise Refusal(Code.BODY_INVALID, problem=error) from error
    if not isinstance(value, dict):
        raise Refusal(Code.BODY_INVALID, problem="arguments is not an object")
    names = canonical({"capability": action.capability, "tool": action.tool})
    payload = b'{"arguments":' + arguments + b"," + names[1:]
    change = read_payload(payload)
    assert isinstance(change, Change)
    problems = services.tools.problems(action.tool, change.arguments)
    return _Seen(payload, change, _contract(services, action), dict(problems))


def _preview(services: Services, seen: _Seen) -> Preview:
    tool, arguments = seen.change.tool, seen.change.arguments
    try:
        return services.tools.connector(tool).preview(tool, arguments)
    except ToolFailed as error:
        raise tool_refusal(seen.contract, error) from error


def _judged(
    services: Services, snapshot: Snapshot, action: Action, seen: _Seen, said: Consultation | None
) -> Evaluation:
    agent = snapshot.load(Agent, action.agent)
    if agent is None:
        raise Refusal(Code.TOKEN_INVALID)
    heard = msgspec.structs.replace(action, consulted=said.said if said else None)
    return judge(services, snapshot, heard, seen.change, agent)[1]


def _check_allowed(evaluation: Evaluation) -> None:
    if evaluation.outcome is Outcome.DENY:
        denials = [one for one in evaluation.reasons if one.effect is ReasonEffect.DENY]
        raise Refusal(Code.EDIT_DENIED, problem=sentence(denials[0]) if denials else "it allows nothing here")


def _invalid(seen: _Seen) -> Refusal:
    place, words = min(seen.problems.items())
    problem = f"{place[1:] or 'the arguments'} {words}"
    return Refusal(Code.ARGUMENTS_INVALID, tool=seen.change.tool, problem=problem, **seen.problems)


def _because(principal: Principal, edit: Edit) -> str:
    said = f"{principal.subject} edited it"
    return f"{said}: {edit.reason.strip()}" if edit.reason.strip() else said


def _edited(principal: Principal, edit: Edit, seen: _Seen) -> Edited:
    money, contract = money_of(seen.contract, seen.change), seen.contract
    environment = seen.change.arguments.get(contract.environment) if contract.environment else ""
    return Edited(
        by=principal.subject,
        actor=principal.actor,
        payload=seen.payload,
        sent=edit.arguments,
        amount=f"{money.amount:f}" if money else "",
        currency=money.currency if money else "",
        environment=environment if isinstance(environment, str) else "",
    )
