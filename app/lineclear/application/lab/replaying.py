"""Replays recorded actions under documents that may never have been in force. Changes nothing.

One pass reads history once for any number of documents. The same ledger and texts give the same answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from lineclear.application.governing.workspaces import check_document
from lineclear.application.judging.clearing import facts_of, policy_in_force
from lineclear.application.lab.history import PAGE, History, Lack, Past
from lineclear.application.lab.tallies import Tally
from lineclear.application.reading.answers import ReplayPage, WhatIf
from lineclear.application.services import Services, stamp
from lineclear.domain.control import Workspace
from lineclear.domain.payloads import Change
from lineclear.domain.policy.capabilities import CapabilityDocument, Rule
from lineclear.domain.policy.evaluation import Evaluation, Facts, Occasion, evaluate
from lineclear.domain.policy.turning import turns
from lineclear.domain.principals import Deed, Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import Mode

type Heard = Callable[[int, int], bool]
"""Told how many entries of how many are read; False ends the pass there."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which entries to read: from `start` on, so many at the most; without a limit all."""

    start: int = 0
    limit: int | None = None


EVERYTHING = Stretch()


def replay(
    services: Services,
    documents: Sequence[CapabilityDocument],
    *,
    stretch: Stretch = EVERYTHING,
    heard: Heard = lambda _done, _size: True,
) -> ReplayPage:
    """Every document over one stretch of history; `next` is where to go on, equal to `size` at the end."""
    tallies = [Tally(document.digest) for document in documents]
    size = services.store.read(lambda snapshot: snapshot.size())
    reached = stretch.start
    for at, past in walk(services, documents, stretch, size, heard):
        reached = at
        for document, tally in zip(documents, tallies, strict=True):
            if isinstance(past, Lack):
                tally.leave_out(past)
            elif past is not None:
                tally.add(past, evaluate(document, facts_under(document, past)))
    return ReplayPage(
        start=stretch.start, next=reached, size=size, results=tuple(one.answer() for one in tallies)
    )


def walk(
    services: Services,
    documents: Sequence[CapabilityDocument],
    stretch: Stretch,
    size: int,
    heard: Heard,
) -> Iterator[tuple[int, Past | Lack | None]]:
    """Past actions in order, each with the place behind its page; a bare place at the end of each page.

    What is appended while it reads is not read.
    """
    history = History(services, documents, whole=stretch.start == 0)
    end = size if stretch.limit is None else min(size, stretch.start + stretch.limit)
    at = stretch.start
    while at < end:
        after, found = history.page(at, min(PAGE, end - at))
        for past in found:
            yield after, past
        at = after
        yield at, None
        if not heard(at, end):
            return


def facts_under(document: CapabilityDocument, past: Past) -> Facts:
    """The facts of a past action as a document would have met them."""
    return facts_of(
        document,
        past.change,
        contract=past.contract,
        confidence=past.confidence,
        environment=past.environment,
        mode=past.mode,
        occasion=past.occasion,
        consulted=past.consulted,
    )


def with_threshold(
    document: CapabilityDocument, threshold: Decimal, *, capability: str = "", tool: str = ""
) -> CapabilityDocument:
    """The document with another confidence threshold: everywhere, in one capability, or for one tool."""
    changed = {}
    for name, known in document.capabilities.items():
        if capability and name != capability:
            changed[name] = known
            continue
        tools = {
            called: replace(one, min_confidence=Rule(threshold, one.line)) if tool in ("", called) else one
            for called, one in known.tools.items()
        }
        changed[name] = replace(known, tools=MappingProxyType(tools))
    return replace(document, capabilities=MappingProxyType(changed))


def replay_page(
    services: Services, principal: Principal, texts: Sequence[str], stretch: Stretch
) -> ReplayPage:
    """One page of a replay, of the text in force and then of others. Raises Refusal."""
    principal.require(Deed.READ)
    return replay(services, [_in_force(services), *map(check_document, texts)], stretch=stretch)


def _in_force(services: Services) -> CapabilityDocument:
    return services.store.read(lambda snapshot: policy_in_force(snapshot)[1])


# One action that never happened.


@dataclass(frozen=True, slots=True)
class Supposed:
    """An action to judge: what it would change, by whom, how sure. `agent` need not be enrolled."""

    change: Change
    agent: str = ""
    confidence: str = ""
    mode: Mode | None = None
    workflow: str = ""
    customer: str = ""
    project: str = ""
    at: str = ""


def what_if(services: Services, document: CapabilityDocument, supposed: Supposed) -> WhatIf:
    """What a document says of one action, and what would have changed that. Raises Refusal(TOOL_UNKNOWN)."""
    workspace = services.store.read(lambda snapshot: snapshot.every(Workspace)[0])
    contract = services.tools.contract(supposed.change.tool)
    if contract is None:
        raise Refusal(Code.TOOL_UNKNOWN, tool=supposed.change.tool)
    occasion = Occasion(
        agent=supposed.agent,
        customer=supposed.customer,
        project=supposed.project,
        workflow=supposed.workflow,
        workspace=workspace.name,
        at=supposed.at or stamp(services.clock.now()),
        recent=(),
    )
    facts = facts_of(
        document,
        supposed.change,
        contract=contract,
        confidence=supposed.confidence,
        environment=workspace.environment,
        mode=supposed.mode,
        occasion=occasion,
    )
    return judged(document, facts)


def judged(document: CapabilityDocument, facts: Facts) -> WhatIf:
    """An evaluation with what would have changed it."""
    found: Evaluation = evaluate(document, facts)
    return WhatIf(evaluation=found, turns=turns(document, facts, found))
