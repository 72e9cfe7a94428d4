"""Which step of the job a field came from, where its agent said so; what is not said is not shown. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lineclear.application.reading.answers import Detail
from lineclear.application.reading.contents import Contents
from lineclear.desktop.presenters.changes.origin_sheets import Origin
from lineclear.desktop.presenters.sheets import Source
from lineclear.domain.actions import Action
from lineclear.domain.events import Span
from lineclear.domain.pointers import found_in, steps_of
from lineclear.domain.strict_json import Json, canonical
from lineclear.domain.text import paintable
from lineclear.domain.wording import say

type Steps = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origins:
    """By place. What was said of a whole record or list holds for what is in it."""

    places: Mapping[Steps, Origin] = field(default_factory=dict)

    def of(self, path: Sequence[str | int]) -> Origin | None:
        """Where the field at a path came from, or None."""
        if not self.places:
            return None
        steps = tuple(map(str, path))
        found = (self.places.get(steps[:length]) for length in range(len(steps), 0, -1))
        return next((one for one in found if one is not None), None)


NO_ORIGINS = Origins()


def origins_of(detail: Detail, root: str) -> Origins:
    """What the agent said of what lies below a root; after an edit nothing is known of the state it makes."""
    action = detail.action
    if not action.sources or (action.edited_by and root == "after"):
        return NO_ORIGINS
    spans = {span.id: (number, span) for number, span in enumerate(detail.spans, 1)}
    places: dict[Steps, Origin] = {}
    for pointer, span in action.sources.items():
        steps = steps_of(pointer)
        if steps and steps[0] == root and span in spans:
            places[steps[1:]] = Origin(span, spans[span][0], step_text(*spans[span]))
    return Origins(places)


def argument_sources(detail: Detail, contents: Contents) -> tuple[Source, ...]:
    """The arguments whose source is known, with their values; those that people edited are left out."""
    origins = origins_of(detail, "arguments").places
    return tuple(
        Source(paintable(".".join(steps)), paintable(_value_text(value)), _short(origin), origin.span)
        for steps, origin in origins.items()
        for value in found_in(contents.payload, ("arguments", *steps))
        if contents.proposed is None or value in found_in(contents.proposed, ("arguments", *steps))
    )


def step_text(number: int, span: Span) -> str:
    """A step as the review page names it."""
    return say("step {number}, {name}", number=number, name=paintable(span.name).text)


def _short(origin: Origin) -> str:
    return say("step {steps}", steps=origin.number)


def fields_from(actions: Sequence[Action], span: str) -> Iterator[str]:
    """The fields of these actions that came from a span, each with its action; outside text."""
    for action in actions:
        for pointer, source in action.sources.items():
            if source == span:
                steps = steps_of(pointer) or (pointer,)
                yield f"{'.'.join(steps[1:])} · {action.title or action.tool}"


def named_spans(actions: Sequence[Action]) -> frozenset[str]:
    """The spans from which a field of these actions came."""
    return frozenset(span for action in actions for span in action.sources.values())


def _value_text(value: Json) -> str:
    return value if isinstance(value, str) else canonical(value).decode()
