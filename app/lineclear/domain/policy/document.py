"""Capability documents: text in, frozen values with source lines out, or every problem at once. Pure.

Only what the text says is read: no includes, no environment, no defaults that depend on a place or a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from types import MappingProxyType

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lineclear.domain.policy.advice import Adviser
from lineclear.domain.policy.capabilities import (
    OTHERS,
    Audit,
    Capability,
    CapabilityDocument,
    Ceilings,
    DayLimits,
    Modes,
    OutsideJudge,
    Rate,
    Rule,
    ToolRules,
)
from lineclear.domain.policy.compiling import LONGEST, ConditionError, compiled
from lineclear.domain.policy.conditions import Condition
from lineclear.domain.policy.problems import DocumentError, Problem, spelled
from lineclear.domain.policy.shape import (
    CapabilityShape,
    ConditionShape,
    DocumentShape,
    EscalateShape,
    JudgeShape,
    PlaceShape,
    RateShape,
    StageShape,
    ToolShape,
    WayShape,
)
from lineclear.domain.policy.showing import shown
from lineclear.domain.policy.source import MAX_BYTES, Data, Path, Source, read
from lineclear.domain.policy.source import Place as Spot
from lineclear.domain.policy.stages import EVERYONE, Escalation, Place, Stage
from lineclear.domain.vocabulary import Mode, Tier

__all__ = ["MAX_BYTES", "CapabilityDocument", "DocumentError", "Problem", "digest", "load"]


def digest(text: str) -> str:
    """SHA-256, in hex, of the exact bytes of a document (UTF-8); a comment or a blank changes it."""
    return hashlib.sha256(text.encode()).hexdigest()


def load(text: str) -> CapabilityDocument:
    """Read a document; raises DocumentError with every problem, its line and column, and a remedy."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise DocumentError(
            [Problem(line, 1, "", "This is not Unicode text.", "Save it as UTF-8.")]
        ) from error
    if size > MAX_BYTES:
        says = f"The document has {size} bytes; {MAX_BYTES} is the most."
        raise DocumentError([Problem(1, 1, "", says, "Split it between workspaces.")])
    source = read(text)
    return _Builder(source).document(_checked(source), digest(text))


def _checked(source: Source) -> DocumentShape:
    """The document in its shape; raises DocumentError when text, shape or names are wrong."""
    if not isinstance(source.data, dict):
        raise DocumentError(source.problems or [_no_capabilities(source.data)])
    problems = list(source.problems)
    spoken = {problem.path for problem in problems}
    shape: DocumentShape | None = None
    try:
        shape = DocumentShape.model_validate(source.data)
    except ValidationError as error:
        adviser = Adviser(source)
        found = (adviser.problem(details) for details in _details(error))
        problems += [problem for problem in found if problem.path not in spoken]
    problems += (*_repeats(source), *_conditions(source))
    if shape is None or problems:
        raise DocumentError(problems)
    return shape


def _details(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_url=False, include_context=False)


def _no_capabilities(data: Data) -> Problem:
    says = "The document is empty." if data is None else "A document is a group of keys."
    return Problem(1, 1, "", says, "Begin with `capabilities:`, then one name for each capability.")


def _repeats(source: Source) -> Iterator[Problem]:
    """Tools, stages and environments that are listed twice, which a shape cannot see."""
    for path in source.places:
        listed = source.at(path)
        if not isinstance(listed, list):
            continue
        match path:
            case ("capabilities", _, "tools"):
                yield from _twice(source, [(*path, n, "name") for n in range(len(listed))])
            case (*_, "stages"):
                yield from _twice(source, [(*path, n, "name") for n in range(len(listed))])
            case ("capabilities", _, "environment", "allowed" | "requires_approval"):
                yield from _twice(source, [(*path, n) for n in range(len(listed))])


def _conditions(source: Source) -> Iterator[Problem]:
    """Conditions that cannot be compiled, each at the very place inside its text."""
    for path, place in source.places.items():
        match path:
            case (*_, "conditions", int(), "when"):
                text = source.at(path)
                if isinstance(text, str) and 0 < len(text) <= LONGEST:
                    yield from _uncompiled(path, place, text)


def _uncompiled(path: Path, place: Spot, text: str) -> Iterator[Problem]:
    """The place inside the text; of several lines only where it begins, since blocks are indented."""
    try:
        compiled(text)
    except ConditionError as error:
        if "\n" in text:
            says = f"In line {error.line} of the condition: {error.says}"
            yield Problem(place.line, place.column, spelled(path), says, error.remedy)
        else:
            column = place.column + error.column - 1
            yield Problem(place.line, column, spelled(path), error.says, error.remedy)


def _twice(source: Source, paths: list[Path]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for path in paths:
        place, value = source.places.get(path), source.at(path)
        if place is None or not isinstance(value, str):
            continue
        if value in first:
            says = f"{shown(value)} is already listed on line {first[value]}."
            yield Problem(place.line, place.column, spelled(path), says, "Keep one of the two.")
        first.setdefault(value, place.line)


def _tier(number: int | None) -> Tier | None:
    return None if number is None else Tier(number)


def _stage(shape: StageShape) -> Stage:
    ways: Sequence[WayShape] = shape.any_of if shape.any_of is not None else [shape]
    return Stage(shape.name, tuple(map(_way, ways)), _escalation(shape.escalate, shape.name))


def _escalation(shape: EscalateShape | None, stage: str = "") -> Escalation | None:
    if shape is None:
        return None
    return Escalation(shape.after, Place(1, _tier(shape.to.tier), shape.to.group or ""), stage)


def _way(shape: WayShape) -> tuple[Place, ...]:
    places: Sequence[PlaceShape] = shape.all_of if shape.all_of is not None else [shape]
    return tuple(map(_place, places))


def _place(shape: PlaceShape) -> Place:
    return Place(shape.approvals, _tier(shape.tier), shape.group or "", tuple(shape.of or ()))


class _Builder:
    """Puts checked shapes and their lines together."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def document(self, shape: DocumentShape, digested: str) -> CapabilityDocument:
        found = {name: self._capability(name, each) for name, each in shape.capabilities.items()}
        return CapabilityDocument(
            digested, MappingProxyType(found), self._budgets(shape), self._judge(("opa",), shape.opa)
        )

    def _judge(self, path: Path, stated: JudgeShape | None) -> OutsideJudge | None:
        if stated is None:
            return None
        token_env = stated.token_env or ""
        lines = {key: self._line((*path, key)) for key in sorted(stated.model_fields_set)}
        return OutsideJudge(
            self._line(path), stated.url, stated.unreachable, stated.timeout_ms, token_env, lines
        )

    def _capability(self, name: str, shape: CapabilityShape) -> Capability:
        path: Path = ("capabilities", name)
        tools = {tool.name: self._tool((*path, "tools", n), tool) for n, tool in enumerate(shape.tools)}
        where = shape.environment
        allowed = tuple(where.allowed) if where else None
        asking = tuple(where.requires_approval) if where and where.requires_approval else None
        return Capability(
            name=name,
            line=self._line(path),
            tools=MappingProxyType(tools),
            audit=self._audit(path, shape),
            environments=self._rule(path, "environment", allowed),
            tier=self._rule(path, "tier", _tier(shape.tier)),
            approvals=self._rule(path, "approvals", shape.approvals),
            modes=self._modes((*path, "modes"), shape.modes),
            undo_window=self._rule(path, "undo_window", shape.undo_window),
            budget=self._budget((*path, "budget"), shape),
            environments_asking=self._rule((*path, "environment"), "requires_approval", asking),
            ceilings=self._ceilings((*path, "reviewer_ceilings_usd"), shape.reviewer_ceilings_usd),
            min_confidence=self._rule(path, "min_confidence", shape.min_confidence),
            reversible=self._rule(path, "reversible", shape.reversible),
            rate=self._rate((*path, "rate"), shape.rate),
            conditions=self._conditions((*path, "conditions"), shape.conditions),
            stages=self._stages(path, shape.stages),
            second_review=self._rule(path, "second_review", shape.second_review),
            escalate=self._rule(path, "escalate", _escalation(shape.escalate)),
        )

    def _tool(self, path: Path, shape: ToolShape) -> ToolRules:
        return ToolRules(
            name=shape.name,
            line=self._line((*path, "name")),
            max_amount_usd=self._rule(path, "max_amount_usd", shape.max_amount_usd),
            requires_approval_over_usd=self._rule(
                path, "requires_approval_over_usd", shape.requires_approval_over_usd
            ),
            requires_approval=self._rule(path, "requires_approval", shape.requires_approval),
            tier=self._rule(path, "tier", _tier(shape.tier)),
            approvals=self._rule(path, "approvals", shape.approvals),
            idempotency_key=self._rule(path, "idempotency_key", shape.idempotency_key),
            min_confidence=self._rule(path, "min_confidence", shape.min_confidence),
            contract_version=self._rule(path, "contract_version", shape.contract_version),
            reversible=self._rule(path, "reversible", shape.reversible),
            rate=self._rate((*path, "rate"), shape.rate),
            conditions=self._conditions((*path, "conditions"), shape.conditions),
            stages=self._stages(path, shape.stages),
            second_review=self._rule(path, "second_review", shape.second_review),
            escalate=self._rule(path, "escalate", _escalation(shape.escalate)),
        )

    def _stages(self, path: Path, stated: list[StageShape] | None) -> Rule[tuple[Stage, ...]] | None:
        return self._rule(path, "stages", tuple(map(_stage, stated)) if stated else None)

    def _conditions(self, path: Path, stated: list[ConditionShape] | None) -> tuple[Condition, ...]:
        return tuple(
            Condition(
                one.when,
                self._line((*path, n, "when")),
                one.then,
                compiled(one.when),
                _tier(one.tier),
                one.says or "",
            )
            for n, one in enumerate(stated or ())
        )

    def _rate(self, path: Path, stated: RateShape | None) -> Rate | None:
        return None if stated is None else Rate(self._line(path), stated.most, stated.per, stated.then)

    def _ceilings(self, path: Path, stated: Decimal | dict[str, Decimal] | None) -> Ceilings | None:
        if stated is None:
            return None
        line = self._line(path)
        if isinstance(stated, Decimal):
            return Ceilings(line, MappingProxyType({EVERYONE: Rule(stated, line)}))
        named = {name: Rule(most, self._line((*path, name))) for name, most in stated.items()}
        return Ceilings(line, MappingProxyType(named))

    def _audit(self, path: Path, shape: CapabilityShape) -> Audit:
        if shape.audit is None:
            return Audit()
        inner = (*path, "audit")
        return Audit(
            log_payload=self._rule(inner, "log_payload", shape.audit.log_payload),
            retention_days=self._rule(inner, "retention_days", shape.audit.retention_days),
        )

    def _budget(self, path: Path, shape: CapabilityShape) -> DayLimits:
        if shape.budget is None:
            return DayLimits()
        stated = shape.budget
        return DayLimits(
            usd=self._rule(path, "per_agent_per_day_usd", stated.per_agent_per_day_usd),
            count=self._rule(path, "per_agent_per_day_actions", stated.per_agent_per_day_actions),
        )

    def _budgets(self, shape: DocumentShape) -> DayLimits:
        if shape.budgets is None:
            return DayLimits()
        path: Path = ("budgets",)
        return DayLimits(
            usd=self._rule(path, "per_day_cost_usd", shape.budgets.per_day_cost_usd),
            count=self._rule(path, "per_day_steps", shape.budgets.per_day_steps),
        )

    def _modes(self, path: Path, stated: Mode | dict[str, Mode] | None) -> Modes | None:
        if stated is None:
            return None
        if isinstance(stated, Mode):
            return Modes(self._line(path), stated, MappingProxyType({}))
        named = {agent: Rule(mode, self._line((*path, agent))) for agent, mode in stated.items()}
        others = named.pop(OTHERS, None)
        if others is None:
            return Modes(self._line(path), None, MappingProxyType(named))
        return Modes(self._line(path), others.value, MappingProxyType(named), others.line)

    def _rule[T](self, path: Path, key: str, value: T | None) -> Rule[T] | None:
        return None if value is None else Rule(value, self._line((*path, key)))

    def _line(self, path: Path) -> int:
        return self._source.places[path].key_line
