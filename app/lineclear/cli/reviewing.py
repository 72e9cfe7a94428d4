"""One person's desk in a terminal: use cases, signing and refusals as in the window. Free of HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

import msgspec
import typer

from lineclear.application.deciding.decide import unconfirmed
from lineclear.application.deciding.dispatching import DeviceKey
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.deciding.reviewing import Looked
from lineclear.application.executing.undo import UndoRequest, moved_words
from lineclear.application.governing.scopes import WORKSPACE
from lineclear.application.ports import Clock, Ids
from lineclear.application.reading.answers import ActionPage, Detail, Me
from lineclear.application.reading.contents import AlteredError, Contents, open_contents
from lineclear.application.reading.gateway import Gateway
from lineclear.application.reading.queue_query import Sort
from lineclear.application.reasons import require_reason
from lineclear.application.record.witnessing import Notebook
from lineclear.cli.exits import Exit, status_of
from lineclear.cli.holding import Around, agent_rows, safe_mode_rows, scope_rows
from lineclear.cli.rendering import BLANK, Row, Screen, rows_of
from lineclear.cli.sheets import (
    action_rows,
    decided_rows,
    list_rows,
    stopped_rows,
    title_rows,
    today_rows,
    undo_rows,
)
from lineclear.domain.actions import Action
from lineclear.domain.confirming import asks_to_confirm, confirm_words
from lineclear.domain.control import SafeMode
from lineclear.domain.identities import Agent
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.standing import reach_of
from lineclear.domain.vocabulary import ActionStatus, JobStatus, Tier, Verdict
from lineclear.wire.messages import View

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
_AGENT: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_JOB: Final = "job-"
_PAGE: Final = 100
_DIGEST: Final = 16
_ALTERED: Final = "It is not shown, because what is shown must be what runs. Tell an administrator."


class Filter(StrEnum):
    """Which actions a list shows: open ones up to the reader's tier, all open ones, or what has ended."""

    MINE = "mine"
    ALL = "all"
    DONE = "done"


_EMPTY: Final = {
    Filter.MINE: "Nothing needs you.",
    Filter.ALL: "Nothing is open.",
    Filter.DONE: "Nothing has ended yet.",
}


class Backend(Gateway, Protocol):
    """The gateway with the lists that a terminal asks for."""

    def actions(
        self,
        view: View = View.WAITING,
        *,
        tier: Tier | None = None,
        text: str = "",
        job: str = "",
        after: str = "",
        limit: int = 100,
        sifting: str = "",
        sort: Sort | None = None,
    ) -> ActionPage: ...

    def safe_modes(self) -> tuple[SafeMode, ...]: ...


class KeyChain(Protocol):
    """Where signing keys are kept; opened only for what is signed. Raises Refusal(KEYRING_UNUSABLE)."""

    def key(self, workspace: str, person: str) -> DeviceKey: ...


class NotDone(Exception):  # noqa: N818  # an expected end of a command, as Refusal is
    """Nothing was done, for a reason that lies in the terminal and not in the backend."""

    def __init__(self, code: str, sentence: str, remedy: str, status: Exit) -> None:
        super().__init__(sentence)
        self.problem = Problem(code, sentence, remedy)
        self.status = status


class Problem(msgspec.Struct, frozen=True):
    """What `--json` says of a failure, as the member `error`."""

    code: str
    sentence: str
    remedy: str
    params: dict[str, str] = {}


@contextmanager
def answering(out: Screen, err: Screen) -> Iterator[None]:
    """Ends the command where it was refused, with an exit code: in JSON on `out`, or in words on `err`."""
    try:
        yield
    except Refusal as refusal:
        problem = Problem(refusal.code, refusal.sentence, refusal.remedy, refusal.params)
        status = status_of(refusal)
    except AlteredError as error:
        problem, status = Problem("content_altered", str(error), _ALTERED), Exit.REFUSED
    except NotDone as ended:
        problem, status = ended.problem, ended.status
    else:
        return
    screen = out if out.as_json else err
    screen.answer({"error": problem}, (*rows_of("! ", problem.sentence), *rows_of("  ", problem.remedy)))
    raise typer.Exit(status)


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list is narrowed to, and what comes first; `sifting` is a filter as the console writes it."""

    text: str = ""
    sifting: str = ""
    sort: Sort | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What was settled beforehand: `yes` stands for the answer, `revision` is the only one that is meant.

    `confirm` is what would be typed to approve at tier 3.
    """

    yes: bool = False
    revision: int | None = None
    confirm: str = ""


def _unwatched(_me: Me) -> None:
    """Nothing is known here of the ledger."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a reviewer does from a terminal. `ask` is None where there is nobody to ask."""

    backend: Backend
    screen: Screen
    clock: Clock
    ids: Ids
    keys: Callable[[], KeyChain]
    ask: Callable[[str], bool] | None = field(default=None)
    watch: Callable[[Me], None] = field(default=_unwatched)
    """Verifies the ledger's log against what this device kept; Refusal(LEDGER_ALARM) where it was changed."""
    prompt: Callable[[str], str] | None = field(default=None)
    """Asks for a line of text; None where there is nobody to ask."""

    def queue(
        self, chosen: Filter, text: str, limit: int, sifting: str = "", sort: Sort | None = None
    ) -> None:
        """Print what comes first of what fits."""
        sought = Sought(text, sifting, sort)
        tier = None
        if chosen is Filter.MINE:
            person = self.backend.me().person
            tier = reach_of(person, self.now()) if person is not None else None
        found, more = self.collect(chosen, tier, sought, limit)
        empty = "Nothing fits the filter." if sought.sifting else _EMPTY[chosen]
        rows = list_rows(found, self.now(), more=more, empty=empty)
        self.screen.answer({"items": found, "more": more}, rows)

    def show(self, action: str, *, unchanged: bool) -> None:
        """Print all that there is to see of one action."""
        detail, contents = self.read(action)
        shown = {**msgspec.structs.asdict(detail), "contents": contents}
        rows = self._rows(detail, contents, unchanged=unchanged)
        self.screen.answer(shown, rows)

    def approve(self, action: str, reason: str, asked: Asked) -> None:
        """Show the action, ask, and sign an approval of exactly what was shown."""
        detail, contents = self.read(action)
        shown = detail.action
        if contents.missing:
            raise Refusal(Code.BLOB_UNKNOWN, digest=_digest_of(shown, contents.missing[0]))
        if asked.revision not in {None, shown.revision}:
            raise Refusal(Code.REVISION_STALE, seen=asked.revision, current=shown.revision)
        rows = self._rows(detail, contents, unchanged=False)
        self.screen.show((*rows, BLANK))
        _require_pending(shown)
        self.watch(self.backend.me())
        reviewer = self.reviewer()
        digest = shown.content.payload[:_DIGEST]
        seen_at = self.clock.now()
        self.confirm(f"Approve revision {shown.revision} with digest {digest}…?", asked)
        typed = confirmed(self, shown, asked)
        dwell = None if asked.yes else round((self.clock.now() - seen_at).total_seconds() * 1_000)
        looked = Looked(detail.payload or "", typed, dwell)
        decided = reviewer.decide(shown, Verdict.APPROVE, reason, looked)
        self.screen.answer(decided, decided_rows(decided))

    def reject(self, action: str, reason: str) -> None:
        """Sign a rejection of the present revision."""
        require_reason(reason, "Rejecting")
        detail, _ = self.read(action)
        _require_pending(detail.action)
        self.screen.show(title_rows(detail.action))
        decided = self.reviewer().decide(detail.action, Verdict.REJECT, reason)
        self.screen.answer(decided, decided_rows(decided))

    def stop(self, target: str, reason: str) -> None:
        """Stop a job, or the job of an action."""
        job = target if target.startswith(_JOB) else self.read(target)[0].job.id
        stopped = self.backend.stop(checked(job), reason, key=self._key())
        self.screen.answer(stopped, stopped_rows(stopped))

    def undo(self, action: str, reason: str, asked: Asked) -> None:
        """Show what taking an effect back would do now, ask, and propose exactly that."""
        preview = self.backend.preview_undo(checked(action))
        self.screen.show((*undo_rows(preview), BLANK))
        if not preview.undo.possible:
            raise Refusal(Code.NOT_REVERSIBLE, title=preview.title, problem=moved_words(preview))
        self.watch(self.backend.me())
        self.confirm(f"Undo {action} as shown?", asked)
        proposed = self.backend.undo(action, UndoRequest(preview.version, reason), key=self._key())
        self.screen.answer(proposed, decided_rows(proposed))

    def reconcile(self, action: str, reason: str, *, happened: bool) -> None:
        """Say what became of an attempt of unknown outcome."""
        require_reason(reason, "Reconciling")
        known = self.backend.reconcile(checked(action), happened=happened, reason=reason, key=self._key())
        self.screen.show(title_rows(known))
        self.screen.answer(known, decided_rows(known))

    def stop_agent(self, agent: str, reason: str) -> None:
        """Stop an agent with all its jobs."""
        require_reason(reason, "Stopping an agent")
        self._say(self.backend.stop_agent(_checked_agent(agent), reason, key=self._key()))

    def resume_agent(self, agent: str, reason: str) -> None:
        """Let a stopped agent go on."""
        require_reason(reason, "Resuming an agent")
        self._say(self.backend.resume_agent(_checked_agent(agent), reason, key=self._key()))

    def _say(self, agent: Agent) -> None:
        self.screen.answer(agent, agent_rows(agent))

    def switch_safe_mode(self, *, on: bool, reason: str, scope: str = WORKSPACE) -> None:
        """Request safe mode of a scope, or leave it."""
        require_reason(reason, "Safe mode" if on else "Leaving safe mode")
        switched = self.backend.switch_safe_mode(on=on, reason=reason, key=self._key(), scope=scope)
        self.screen.answer(switched, scope_rows(switched, self.now()))

    def safe_modes(self) -> None:
        """Print where safe mode is on and was left, by whom and why."""
        known = self.backend.safe_modes()
        self.screen.answer({"items": known}, safe_mode_rows(known, self.now()))

    def trust_log(self, notebook: Notebook, asked: Asked) -> None:
        """Show the alarm that stands, ask, and begin anew with the log as it is."""
        alarm = notebook.alarm()
        said = alarm.says if alarm is not None else "No alarm stands. What is known of the log is forgotten."
        self.screen.show((*rows_of("! ", said), BLANK))
        self.confirm("Accept the ledger as it is now?", asked)
        notebook.forget()
        told = rows_of("  ", "Accepted. The next contact is as the first; the evidence stays where it is.")
        self.screen.answer({"alarm": alarm}, tuple(told))

    def _rows(self, detail: Detail, contents: Contents, *, unchanged: bool) -> Iterator[Row]:
        """One action, whole, as this reader may see it, with what holds it back."""
        reader, around = "", Around()
        if detail.action.needs_second_look:
            reader = self.backend.me().subject
        if not self.screen.as_json:
            is_paused = detail.job.status is JobStatus.PAUSED
            around = Around(
                self.backend.control() if detail.action.held else None,
                self.backend.actions(View.WAITING, job=detail.job.id).items if is_paused else (),
            )
        return action_rows(detail, contents, around, self.now(), unchanged=unchanged, reader=reader)

    def read(self, action: str) -> tuple[Detail, Contents]:
        """The action, checked: each stored part has the digest that the ledger names."""
        detail = self.backend.detail(checked(action))
        if detail.action.id != action:
            raise AlteredError("The backend answered about another action.")
        return detail, open_contents(detail)

    def collect(
        self, chosen: Filter, tier: Tier | None, sought: Sought, limit: int
    ) -> tuple[list[Action], bool]:
        """Up to `limit` actions, and whether there are more."""
        view = View.DONE if chosen is Filter.DONE else View.OPEN
        found: list[Action] = []
        after = ""
        while True:
            page = self.backend.actions(
                view,
                tier=tier,
                text=sought.text,
                after=after,
                limit=max(limit, _PAGE),
                sifting=sought.sifting,
                sort=sought.sort,
            )
            found += [action for action in page.items if action.status is not ActionStatus.PROPOSED]
            after = page.next
            if not after or len(found) > limit:
                return found[:limit], len(found) > limit

    def reviewer(self) -> Reviewer:
        me = self.backend.me()
        key = self.keys().key(me.origin, me.subject)
        return Reviewer(self.backend, key, me.origin, self.clock, self.ids)

    def confirm(self, question: str, asked: Asked) -> None:
        if asked.yes:
            return
        if self.ask is None:
            raise NotDone(
                "confirmation_impossible",
                "There is no terminal to ask on.",
                "Look at it with `lineclear review show`, then repeat the command with --yes.",
                Exit.USAGE,
            )
        if not self.ask(question):
            raise NotDone(
                "declined", "Nothing was sent.", "Repeat the command when you have decided.", Exit.REFUSED
            )

    def now(self) -> datetime:
        """The present in the reader's own zone."""
        return self.clock.now().astimezone()

    def _key(self) -> str:
        return self.ids.new("req")


def confirmed(here: Desk, action: Action, asked: Asked) -> str:
    """What was typed to approve at tier 3; empty where nothing has to be. Refusal for anything but it."""
    wanted = confirm_words(action).text
    if not asks_to_confirm(action, action.tier):
        return ""
    typed = asked.confirm
    if not typed and here.prompt is not None and not asked.yes:
        typed = here.prompt(f"Type {wanted} to approve it at tier 3:")
    if typed != wanted:
        raise unconfirmed(action, is_typed=bool(typed))
    return typed


def _require_pending(action: Action) -> None:
    if action.status is not ActionStatus.PENDING:
        raise Refusal(Code.ACTION_DECIDED, action=action.id, status=action.status)


def checked(identifier: str) -> str:
    """An id that may stand in an address; Refusal(ACTION_UNKNOWN) for anything else."""
    if not _ID.fullmatch(identifier):
        raise Refusal(Code.ACTION_UNKNOWN, action=identifier)
    return identifier


def _checked_agent(name: str) -> str:
    """An agent's name that may stand in an address; Refusal(NOT_FOUND) for anything else."""
    if not _AGENT.fullmatch(name):
        raise Refusal(Code.NOT_FOUND, what=f"Agent {name}")
    return name


def _digest_of(action: Action, part: str) -> str:
    named = {"payload": action.content.payload, "before": action.content.before}
    return named.get(part, action.content.after)


def show_budgets(here: Desk) -> None:
    """Print what is left of today."""
    today = here.backend.control().budgets
    here.screen.answer({"items": today}, today_rows(today))
