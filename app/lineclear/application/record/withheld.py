"""A live ledger for whoever may still take a blind second look: it keeps back who decided before, and how.

Nothing is taken off the record, and everything else is passed through. Free of I/O.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lineclear.application.record.findings import Conclusion
from lineclear.application.record.query import LedgerQuery
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

type IsBlind = Callable[[str], bool]
"""Whether the reader shall not see yet how others decided on an action, by its id."""


class WithheldLedger:
    """An `OpenLedger` of which lines and stories keep back the decisions on actions that are judged blindly.

    What is searched for finds them as ever: a count says that there are decisions, and not whose.
    """

    def __init__(self, ledger: OpenLedger, is_blind: IsBlind) -> None:
        self._ledger = ledger
        self._is_blind = is_blind

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
        return self._ledger.count(query, until)

    def page(self, query: LedgerQuery, until: int, start: int, limit: int) -> tuple[LedgerLine, ...]:
        return tuple(map(self._line, self._ledger.page(query, until, start, limit)))

    def place(self, query: LedgerQuery, until: int, index: int) -> int | None:
        return self._ledger.place(query, until, index)

    def facets(self, query: LedgerQuery, until: int) -> tuple[FacetCounts, ...]:
        return self._ledger.facets(query, until)

    def story(self, index: int) -> LedgerStory:
        story = self._ledger.story(index)
        return replace(story, steps=tuple(map(self._step, story.steps)))

    def verify(self, progress: Progress) -> Conclusion:
        return self._ledger.verify(progress)

    def export_proof(self, index: int, file: str) -> tuple[str, ...]:
        return self._ledger.export_proof(index, file)

    def close(self) -> None:
        self._ledger.close()

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
