"""One piece of work of a sample agent: what it read, what it thought, what it proposes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from lineclear.agents.asking import Plain
from lineclear.agents.spans import Kind, OpenSpan
from lineclear.demo.picker import Picker
from lineclear.demo.reading import Systems
from lineclear.domain.events import Evidence

MODEL = "sample-planner"


@dataclass(frozen=True, slots=True)
class Step:
    """A span to come. `length` is in units of the runner's pace; `quotes` become evidence."""

    name: str
    kind: Kind
    length: float
    quotes: tuple[tuple[str, str], ...] = ()
    cost: str = "0"
    tokens: int = 0

    def record(self, span: OpenSpan, story: Story) -> list[Evidence]:
        """Say what the step was; what it read comes back as evidence."""
        span.cost(self.cost)
        span.tokens(self.tokens)
        if self.kind == "model":
            span.model(MODEL)
            read = "\n".join(excerpt for step in story.steps for _, excerpt in step.quotes)
            span.took(f"{story.goal}\n\n{read}")
            span.gave(
                {"tool": story.tool, "arguments": story.arguments, "why": story.why, "note": story.note}
            )
        elif self.quotes:
            span.took([source for source, _ in self.quotes])
            span.gave("\n".join(excerpt for _, excerpt in self.quotes))
        return [span.quote(source, excerpt) for source, excerpt in self.quotes]


@dataclass(frozen=True, slots=True)
class Story:
    """A job with one proposal. `name` tells it from all others of its agent, over restarts too."""

    name: str
    goal: str
    capability: str
    tool: str
    arguments: Mapping[str, Plain]
    why: str
    note: str
    confidence: str
    due: timedelta
    steps: tuple[Step, ...]
    customer: str = ""
    workflow: str = ""


type Stories = Iterator[Story]


@dataclass(frozen=True, slots=True)
class Desk:
    """What an agent works with."""

    systems: Systems
    picker: Picker


def read(name: str, source: str, excerpt: str) -> Step:
    """A look at one record."""
    return Step(name, "read", 0.4, ((source, excerpt),))


def called(name: str, source: str, excerpt: str) -> Step:
    """A call of a tool that changes nothing."""
    return Step(name, "tool", 0.6, ((source, excerpt),), cost="0.0004")


def planned(picker: Picker, name: str = "model: plan") -> Step:
    """A call of a model; cost and tokens as such calls have them."""
    tokens = 900 + picker.below(2_600)
    return Step(name, "model", 1.0, cost=f"0.{tokens * 12:06d}", tokens=tokens)
