"""A live ledger for whoever may still take a blind second look: it keeps back who decided before, and how.

Nothing is taken off the record, and everything else is passed through. Free of I/O.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from lineclear.application.record.findings import Conclusion
from lineclear.application.record.query import Facet, LedgerQuery, Order
from lineclear.application.record.reading import (
    FacetCounts,
    LedgerAbout,
    LedgerLine,
    LedgerStory,
    OpenLedger,
    Progress,
    StoryStep,
)
from lineclear.domain import events as e
from lineclear.domain.refusals import Code, Refusal

_DRAW: Final = "action.second_look"
_TELLING: Final = frozenset((Facet.BY, Facet.VERDICT))
"""By what nobody may find a decision that is kept back: its being found would tell it."""
_PAGE: Final = 256
type IsBlind = Callable[[str], bool]
"""Whether the reader shall not see yet how others decided on an action, by its id."""


class WithheldLedger:
    """An `OpenLedger` of which lines and stories keep back the decisions on actions that are judged blindly.

    A list of what happened has them, so that a count says that there are decisions, and not whose. A search
    by person, by verdict or by words does not find them, and no proof of them is written.
    """

    def __init__(self, ledger: OpenLedger, is_blind: IsBlind) -> None:
        self._ledger = ledger
        self._is_blind = is_blind
        self._drawn: tuple[int, tuple[str, ...]] = (0, ())
        """How many draws were read, and the actions among them that are judged blindly: set as one."""

    @property
    def about(self) -> LedgerAbout:
        return self._ledger.about

    @property
    def forgotten(self) -> int:
        return self._ledger.forgotten

    def size(self) -> int:
        return self._ledger.size()

    def follow(self, progress: Progress) -> int:
        return self._ledger.follow(progress)

    def count(self, query: LedgerQuery, until: int) -> int:
        return self._ledger.count(self._searched(query, until), until)

    def page(self, query: LedgerQuery, until: int, start: int, limit: int) -> tuple[LedgerLine, ...]:
        return tuple(map(self._line, self._ledger.page(self._searched(query, until), until, start, limit)))

    def place(self, query: LedgerQuery, until: int, index: int) -> int | None:
        return self._ledger.place(self._searched(query, until), until, index)

    def facets(self, query: LedgerQuery, until: int) -> tuple[FacetCounts, ...]:
        found = self._ledger.facets(self._searched(query, until), until)
        kept_back = self._kept_back(until)
        if not kept_back:
            return found
        untold = self._ledger.facets(replace(query, without=kept_back), until)
        pairs = zip(found, untold, strict=True)
        return tuple(less if less.facet in _TELLING else whole for whole, less in pairs)

    def keeps_back(self, query: LedgerQuery, until: int) -> bool:
        return bool(self._searched(query, until).without)

    def story(self, index: int) -> LedgerStory:
        story = self._ledger.story(index)
        return replace(story, steps=tuple(map(self._step, story.steps)))

    def verify(self, progress: Progress) -> Conclusion:
        return self._ledger.verify(progress)

    def export_proof(self, index: int, file: str) -> tuple[str, ...]:
        chosen = self.story(index).chosen
        if chosen is not None and chosen.withheld:
            raise Refusal(Code.SECOND_LOOK_FIRST)
        return self._ledger.export_proof(index, file)

    def close(self) -> None:
        self._ledger.close()

    def _searched(self, query: LedgerQuery, until: int) -> LedgerQuery:
        """The query, without what it must not find."""
        is_telling = query.words or any(query.chosen(facet) for facet in _TELLING)
        return replace(query, without=self._kept_back(until)) if is_telling else query

    def _kept_back(self, until: int) -> tuple[int, ...]:
        """Where the entries below a place are that tell who decided before a look that may be one's own."""
        return tuple(place for action in self._waiting() for place in self._places(action, until))

    def _waiting(self) -> tuple[str, ...]:
        """The actions that are judged blindly; each draw is read once, and forgotten with its look."""
        draws, size = LedgerQuery(only=((Facet.TYPE, _DRAW),), order=Order.OLDEST), self.size()
        heard, drawn = self._drawn
        while lines := self._ledger.page(draws, size, heard, _PAGE):
            heard += len(lines)
            drawn += tuple(map(_action_of, lines))
        self._drawn = heard, tuple(filter(self._is_blind, dict.fromkeys(drawn)))
        return self._drawn[1]

    def _places(self, action: str, until: int) -> Iterator[int]:
        of_action = LedgerQuery(only=((Facet.ACTION, action),))
        for query in (
            of_action.narrowed(Facet.TYPE, "decision.recorded"),
            of_action.narrowed(Facet.TYPE, _DRAW),
            LedgerQuery((action,), ((Facet.TYPE, "device.signed"),)),
        ):
            lines = self._ledger.page(query, until, 0, _PAGE)
            yield from (line.index for line in lines if _action_of(line) == action)

    def _line(self, line: LedgerLine) -> LedgerLine:
        if not self._is_blind(_action_of(line)):
            return line
        about = line.about if line.about.startswith("action/") else ""
        return replace(line, actor="", about=about, says="", withheld=True)

    def _step(self, step: StoryStep) -> StoryStep:
        match step.recorded.event:
            case e.DecisionRecorded() | e.SecondLookDrawn():
                action = step.recorded.id
            case e.DeviceSigned(action=action):
                pass
            case _:
                return step
        if not self._is_blind(action):
            return step
        return replace(step, brief=None, signature=None, missing=(), altered=(), withheld=True)


def _action_of(line: LedgerLine) -> str:
    """The action that a line tells a decision of; nothing where it tells of none."""
    match line.type:
        # The draw names those who approved before it.
        case "decision.recorded" | "action.second_look":
            return line.about.partition("/")[2]
        case "device.signed":
            return line.says
        case _:
            return ""
