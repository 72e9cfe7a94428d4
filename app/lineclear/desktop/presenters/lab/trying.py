"""A change of policy being tried: typed, checked, replayed, activated. Knows no widget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from lineclear.application.lab.tallies import added
from lineclear.application.reading.answers import Me, Policies, ReplayPage
from lineclear.application.reading.offices import key_of
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.control.safe_modes import why_not
from lineclear.desktop.presenters.lab.drafts import Checked, Draft, Pass
from lineclear.desktop.presenters.lab.effort import Effort, Viewing
from lineclear.desktop.presenters.lab.lab_page import (
    change_findings,
    diff_lines,
    history_lines,
    history_rows,
    problem_rows,
    queue_findings,
)
from lineclear.desktop.presenters.lab.lab_sheets import Findings, HistorySheet, LabSheet
from lineclear.desktop.presenters.refused import notice_of
from lineclear.desktop.presenters.sheets import Chip, Tone
from lineclear.domain.control import ActivePolicy
from lineclear.domain.policy.amending import with_mode
from lineclear.domain.policy.document import DocumentError, load
from lineclear.domain.principals import Deed
from lineclear.domain.refusals import Refusal
from lineclear.domain.vocabulary import Mode, Tier
from lineclear.domain.wording import say

PAGE = 5_000
"""Entries that one page of history reads; after each the pass can be cancelled."""


type Wish = tuple[str, str, Mode]
"""Capability, agent, and the mode that it shall have."""


class Trying(QObject):
    """All methods on the GUI thread. `evaluate` is called when typing has paused; late answers are dropped.

    The draft is kept for the session until it is discarded or in force.
    """

    changed = Signal(object)
    """LabSheet."""
    closed = Signal()
    paused = Signal()
    """Something was typed that nobody was asked about yet."""

    def __init__(self, with_: Collaborators, me: Me, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with, self._me = with_, me
        self._draft: Draft | None = None
        self._is_open = False
        self._is_grown = False
        self._is_asking = False
        self._wished: Wish | None = None
        self._viewing = Viewing()
        self._typed = 0
        self._walked = 0

    @property
    def has_draft(self) -> bool:
        """Whether a change was begun and neither discarded nor activated."""
        return self._draft is not None and self._draft.text != self._draft.in_force

    def open(self, wished: Wish | None = None) -> None:
        """Begin with a copy of the text in force, or go on where it was left.

        A mode that is wished for is written into the text, and the diff shown to activate it.
        """
        self._is_open = True
        self._wished = wished
        self._read()

    def view_as(self, viewing: Viewing) -> None:
        """Reckon by another cost of a review, or show only what waits at most at one's own tier."""
        self._viewing = viewing
        self._emit()

    def typed(self, text: str) -> None:
        """Another text stands in the editor."""
        draft = self._draft
        if draft is None or draft.text == text:
            return
        self._typed += 1
        self._walked += 1
        self._is_asking = False
        draft.text, draft.checked, draft.passed = text, None, Pass()
        draft.is_activating, draft.is_wished = False, False
        draft.notice = draft.refused = None
        self._emit()
        self.paused.emit()

    def evaluate(self) -> None:
        """Check the text as it stands; if it can be taken, ask what it changes and what waits under it."""
        draft = self._draft
        if draft is None or not self._is_open:
            return
        self._typed += 1
        self._is_asking, self._is_grown = True, False
        asked, text, policies = self._typed, draft.text, self._with.gateway.policies
        key = key_of("try", self._with.ticks.now(), asked, text)

        def work() -> Checked:
            try:
                load(text)
            except DocumentError as error:
                return Checked(error.problems)
            change = policies.compare(text, key=f"{key}-compare")
            return Checked((), change, policies.queue(text, key=f"{key}-queue"))

        def done(checked: Checked) -> None:
            if asked == self._typed:
                self._is_asking = False
                draft.checked, draft.notice = checked, None
                if draft.is_wished:
                    draft.is_activating, draft.is_wished = not _why_not(draft, self._me), False
                self._emit()

        self._with.background.run(work, done=done, failed=self._failing(lambda: asked == self._typed))

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew: what waits may be other actions now, and another version may be in force."""
        if any(stream.startswith("policy/") for stream in streams) and self._is_open:
            self._read()
        elif any(stream.startswith("action/") for stream in streams):
            self._is_grown = True

    def on_tick(self) -> None:
        """A second has gone by: hold the text against the queue as it is now, if that changed."""
        draft = self._draft
        if self._is_open and self._is_grown and not self._is_asking and draft is not None and draft.checked:
            self.evaluate()

    def replay(self) -> None:
        """Hold the text against history, page by page from the beginning."""
        draft = self._draft
        if draft is not None and draft.checked is not None and not draft.checked.problems:
            self._walked += 1
            draft.passed = Pass(is_running=True)
            self._emit()
            self._next_page(draft)

    def cancel(self) -> None:
        """Stop after the page that is being read; what was found so far stays."""
        if self._draft is not None and self._draft.passed.is_running:
            self._walked += 1
            self._draft.passed = replace(self._draft.passed, is_running=False)
            self._emit()

    def look_at_diff(self) -> None:
        """Show what would come into force, before it is asked why."""
        if self._draft is not None and not _why_not(self._draft, self._me):
            self._draft.is_activating = True
            self._emit()

    def back_to_text(self) -> None:
        """Go on typing."""
        if self._draft is not None:
            self._draft.is_activating = False
            self._emit()

    def activate(self, reason: str) -> None:
        """Bring into force what the diff shows, against the version that it was held against."""
        draft, reviewer = self._draft, self._with.reviewer
        if draft is None or reviewer is None or not draft.is_activating or not reason.strip():
            return
        if _why_not(draft, self._me):
            return
        assert draft.checked is not None  # or it could not be activated
        assert draft.checked.change is not None
        text, expected, policies = draft.text, draft.checked.change.expected, self._with.gateway.policies
        key = key_of("activate", text, expected, reason)

        def work() -> ActivePolicy:
            reviewer.check(grants=True)
            return policies.activate(text, expected=expected, reason=reason, key=key)

        def done(_active: ActivePolicy) -> None:
            if self._draft is draft:
                self.discard()

        self._with.sending.run(work, done=done, failed=self._failing(lambda: self._draft is draft))

    def discard(self) -> None:
        """Keep nothing."""
        self._draft = None
        self.leave()

    def leave(self) -> None:
        """Back to the control page; the text is kept."""
        self._is_open = False
        self._typed += 1
        self._is_asking = False
        self.cancel()
        if self._draft is not None:
            self._draft.is_activating = False
        self.closed.emit()

    # -- asking -----------------------------------------------------------------------------------

    def _read(self) -> None:
        """Read the version in force; a draft is held against it from then on."""

        def done(found: Policies) -> None:
            if not self._is_open:
                return
            version = found.versions[0].version if found.versions else 0
            if self._draft is None or not self.has_draft:
                self._draft = Draft(found.document, found.document, version)
            elif version != self._draft.version:
                self._walked += 1
                self._draft = Draft(self._draft.text, found.document, version)
            wished, self._wished = self._wished, None
            if wished is not None:
                _write_mode(self._draft, *wished)
            self._emit()
            self.evaluate()

        policies = self._with.gateway.policies
        self._with.background.run(policies.versions, done=done, failed=self._failing(lambda: True))

    def _next_page(self, draft: Draft) -> None:
        asked, text, start = self._walked, draft.text, draft.passed.next
        policies = self._with.gateway.policies
        key = key_of("replay", self._with.ticks.now(), asked, start, text)

        def done(page: ReplayPage) -> None:
            if asked != self._walked or self._draft is not draft:
                return
            draft.passed = _with_page(draft.passed, page)
            self._emit()
            if draft.passed.is_running:
                self._next_page(draft)

        self._with.background.run(
            lambda: policies.replay((text,), start=start, limit=PAGE, key=key),
            done=done,
            failed=self._failing(lambda: asked == self._walked and self._draft is draft),
        )

    def _failing(self, is_wanted: Callable[[], bool]) -> Callable[[Exception], None]:
        def failed(error: Exception) -> None:
            if not isinstance(error, Refusal):
                raise error
            if is_wanted() and self._draft is not None:
                self._is_asking = False
                self._draft.passed = replace(self._draft.passed, is_running=False)
                self._draft.notice = notice_of(error)
                self._emit()

        return failed

    # -- showing ----------------------------------------------------------------------------------

    def _emit(self) -> None:
        draft = self._draft
        if draft is None or not self._is_open:
            return
        checked = draft.checked or Checked()
        self.changed.emit(
            LabSheet(
                title=say("Trying a change of version {version}", version=draft.version),
                text=draft.text,
                state=_state(draft),
                problems=problem_rows(checked.problems),
                changes=change_findings(checked.change) if checked.change else Findings(_waits(draft)),
                queue=queue_findings(checked.queue, _at_most(self._viewing, self._me))
                if checked.queue
                else Findings(_waits(draft)),
                history=_history(draft, self._viewing.effort),
                diff=diff_lines(draft.in_force, draft.text, draft.version) if draft.is_activating else (),
                is_activating=draft.is_activating,
                activate=say("Activate as version {version}", version=draft.version + 1),
                why_not=_why_not(draft, self._me),
                offered=_offered(draft, self._me),
                notice=draft.notice or draft.refused,
                viewing=self._viewing,
            )
        )


def _at_most(viewing: Viewing, me: Me) -> int:
    """The highest tier of what is shown; 0 shows all."""
    return int(me.person.tier) if viewing.only_mine and me.person is not None else 0


def _write_mode(draft: Draft, capability: str, agent: str, mode: Mode) -> None:
    """Write the mode that was wished for; where the text has no place for it, say so."""
    try:
        draft.text = with_mode(draft.text, capability, agent, mode)
    except Refusal as error:
        draft.refused = notice_of(error)
    else:
        draft.checked, draft.passed, draft.is_wished = None, Pass(), True


def _why_not(draft: Draft, me: Me) -> str:
    """Why the text cannot be activated by this person now; empty where it can."""
    may_not = why_not(me, Deed.ACTIVATE_POLICY)
    person = me.person
    if may_not:
        return may_not
    if person is None or person.tier < Tier.THREE:
        tier = (
            say("you are at tier {tier}", tier=int(person.tier))
            if person is not None
            else say("you are not enrolled")
        )
        return say("Changing policy takes a person of tier 3; {tier}.", tier=tier)
    if draft.text == draft.in_force:
        return say("Nothing is changed yet.")
    if draft.checked is None:
        return say("The text is not checked yet.")
    return say("Correct the text first.") if draft.checked.problems else ""


def _offered(draft: Draft, me: Me) -> tuple[str, int] | None:
    """The text that could come into force now, with the version that it was held against."""
    change = draft.checked.change if draft.checked is not None else None
    return None if change is None or _why_not(draft, me) else (draft.text, change.expected)


def _with_page(before: Pass, page: ReplayPage) -> Pass:
    """The sums so far and one page more. The text in force is always the first result."""
    first, second = page.results
    if before.sums is not None:
        first, second = added(before.sums[0], first), added(before.sums[1], second)
    is_over = page.next >= page.size or page.next == page.start
    return Pass(page.next, page.size, is_running=not is_over, sums=(first, second))


def _state(draft: Draft) -> Chip:
    if draft.checked is None:
        return Chip(say("Checking"))
    count = len(draft.checked.problems)
    if count:
        return Chip(say("{count:,} to correct", count=count), Tone.STOP)
    return Chip(say("As in force")) if draft.text == draft.in_force else Chip(say("Can be taken"), Tone.OK)


def _waits(draft: Draft) -> str:
    return say("Checking") if draft.checked is None else say("Not known: the text has to be corrected first")


def _history(draft: Draft, effort: Effort) -> HistorySheet:
    passed = draft.passed
    is_ready = draft.checked is not None and not draft.checked.problems
    may_not = "" if is_ready else say("The text has to be taken first.")
    if passed.sums is None:
        remark = say("Reading") if passed.is_running else ""
        return HistorySheet(remark, is_running=passed.is_running, why_not=may_not)
    first, second = passed.sums
    is_whole = passed.next >= passed.size
    return HistorySheet(
        remark=say("all {size:,} entries", size=passed.size)
        if is_whole
        else say("{next:,} of {size:,} entries", next=passed.next, size=passed.size),
        done=passed.next / max(passed.size, 1),
        is_running=passed.is_running,
        rows=history_rows(first, second, effort),
        lines=tuple(history_lines(first, second, effort)),
        why_not=may_not,
    )
