"""Every command of the console, declared once. Free of widgets and of what the commands do.

Menus, shortcut help, tool tips, key caps and tests are views of `COMMANDS`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lineclear.domain.wording import marked, say


class Scope(StrEnum):
    """Where a command's keys reach."""

    WINDOW = "window"
    REVIEW = "review"
    JOBS = "jobs"
    TIMELINE = "timeline"
    """A timeline that has the focus, on the jobs page."""
    INSIGHTS = "insights"
    LEDGER = "ledger"


class Section(StrEnum):
    """Under which heading a command stands in menus and in the help."""

    DECIDE = marked("Decide")
    MOVE = marked("Move")
    QUEUE = marked("Queue")
    READ = marked("Read the changes")
    JOBS = marked("Jobs")
    TIMELINE = marked("Timeline")
    INSIGHTS = marked("Insights")
    GO = marked("Go to")
    LEDGER = marked("Ledger")
    VIEW = marked("View")
    SAFETY = marked("Safety")
    PROGRAM = marked("Program")


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a person can ask for. `keys` are Qt key sequences, first the one that is shown.

    `needs` names the permission without which the backend refuses it, or nothing.
    """

    id: str
    title: str
    keys: tuple[str, ...]
    section: Section
    scope: Scope = Scope.WINDOW
    needs: str = ""


COMMANDS: Final = (
    Command("review.approve", marked("Approve"), ("A",), Section.DECIDE, Scope.REVIEW, "approve"),
    Command("review.edit", marked("Edit, then approve"), ("E",), Section.DECIDE, Scope.REVIEW, "approve"),
    Command("review.reject", marked("Reject with a reason"), ("R",), Section.DECIDE, Scope.REVIEW, "approve"),
    Command(
        "review.reconcile",
        marked("Reconcile an unknown outcome"),
        ("O",),
        Section.DECIDE,
        Scope.REVIEW,
        "approve",
    ),
    Command(
        "review.claim", marked("Claim, or give the claim up"), ("C",), Section.DECIDE, Scope.REVIEW, "approve"
    ),
    Command(
        "review.hand_over",
        marked("Hand over to another reviewer"),
        ("H",),
        Section.DECIDE,
        Scope.REVIEW,
        "approve",
    ),
    Command("review.escalate", marked("Escalate"), ("Shift+E",), Section.DECIDE, Scope.REVIEW, "approve"),
    Command("review.ask", marked("Ask the agent"), ("Q",), Section.DECIDE, Scope.REVIEW, "approve"),
    Command("review.stop_job", marked("Stop the job"), ("S",), Section.DECIDE, Scope.REVIEW, "stop"),
    Command("review.undo", marked("Undo what it did"), ("U",), Section.DECIDE, Scope.REVIEW, "approve"),
    Command(
        "decision.take_back",
        marked("Take back a decision that was not sent"),
        ("Z",),
        Section.DECIDE,
        needs="approve",
    ),
    Command(
        "outbox.open",
        marked("Decisions on this device"),
        ("Shift+Z",),
        Section.DECIDE,
        needs="approve",
    ),
    Command("review.next", marked("Next action"), ("J", "Down"), Section.MOVE, Scope.REVIEW),
    Command("review.previous", marked("Previous action"), ("K", "Up"), Section.MOVE, Scope.REVIEW),
    Command("review.open", marked("Open the action"), ("Return", "Enter"), Section.MOVE, Scope.REVIEW),
    Command("palette.open", marked("Find a command or an action"), ("Ctrl+K",), Section.MOVE),
    Command("search.focus", marked("Search what is shown"), ("/",), Section.MOVE),
    Command("queue.mark", marked("Mark to approve together"), ("M",), Section.QUEUE, Scope.REVIEW, "approve"),
    Command(
        "queue.bulk",
        marked("Approve alike ones together"),
        ("Shift+A",),
        Section.QUEUE,
        Scope.REVIEW,
        "approve",
    ),
    Command("queue.views", marked("Views of the queue"), ("W",), Section.QUEUE, Scope.REVIEW),
    Command("queue.filter", marked("Filter the queue"), ("Shift+F",), Section.QUEUE, Scope.REVIEW),
    Command("queue.sort", marked("Sort the queue"), ("Shift+T",), Section.QUEUE, Scope.REVIEW),
    Command("queue.clear", marked("Clear the filter"), ("Shift+X",), Section.QUEUE, Scope.REVIEW),
    Command("queue.save_view", marked("Save this view"), ("Shift+W",), Section.QUEUE, Scope.REVIEW),
    Command("queue.forget_view", marked("Forget this view"), ("Ctrl+Shift+W",), Section.QUEUE, Scope.REVIEW),
    Command("diff.next", marked("Next change"), ("N",), Section.READ, Scope.REVIEW),
    Command("diff.previous", marked("Previous change"), ("P",), Section.READ, Scope.REVIEW),
    Command("diff.next_record", marked("Next record"), ("Shift+N",), Section.READ, Scope.REVIEW),
    Command("diff.previous_record", marked("Previous record"), ("Shift+P",), Section.READ, Scope.REVIEW),
    Command("diff.find", marked("Find in the changes"), ("Ctrl+F",), Section.READ, Scope.REVIEW),
    Command(
        "review.source", marked("To the step that the field came from"), ("T",), Section.READ, Scope.REVIEW
    ),
    Command("diff.fold", marked("Fold or unfold what is unchanged"), ("F",), Section.READ, Scope.REVIEW),
    Command("diff.layout", marked("Code side by side or unified"), ("D",), Section.READ, Scope.REVIEW),
    Command("diff.copy", marked("Copy the row"), ("Ctrl+C",), Section.READ, Scope.REVIEW),
    Command("jobs.next", marked("Next job"), ("J",), Section.JOBS, Scope.JOBS),
    Command("jobs.previous", marked("Previous job"), ("K",), Section.JOBS, Scope.JOBS),
    Command(
        "jobs.open", marked("Open the job, or its action"), ("Return", "Enter"), Section.JOBS, Scope.JOBS
    ),
    Command("jobs.back", marked("Back to the list"), ("Esc",), Section.JOBS, Scope.JOBS),
    Command("jobs.stop", marked("Stop the job"), ("S",), Section.JOBS, Scope.JOBS, "stop"),
    Command("jobs.stop_agent", marked("Stop the agent"), ("Shift+S",), Section.JOBS, Scope.JOBS, "stop"),
    Command("jobs.budget", marked("Change its budget"), ("B",), Section.JOBS, Scope.JOBS),
    Command("jobs.timeline", marked("To the timeline"), ("T",), Section.JOBS, Scope.JOBS),
    Command("jobs.steps", marked("Steps as a list, or as a timeline"), ("L",), Section.JOBS, Scope.JOBS),
    Command(
        "jobs.contents", marked("What went into the step and came out"), ("I",), Section.JOBS, Scope.JOBS
    ),
    Command("jobs.compare", marked("Compare with another run"), ("C",), Section.JOBS, Scope.JOBS),
    Command("timeline.closer", marked("Closer"), ("+", "="), Section.TIMELINE, Scope.TIMELINE),
    Command("timeline.further", marked("Further away"), ("-",), Section.TIMELINE, Scope.TIMELINE),
    Command("timeline.earlier", marked("Earlier"), ("Left",), Section.TIMELINE, Scope.TIMELINE),
    Command("timeline.later", marked("Later"), ("Right",), Section.TIMELINE, Scope.TIMELINE),
    Command("timeline.start", marked("To the beginning"), ("Home",), Section.TIMELINE, Scope.TIMELINE),
    Command("timeline.end", marked("To the end"), ("End",), Section.TIMELINE, Scope.TIMELINE),
    Command("timeline.fit", marked("All of it"), ("F",), Section.TIMELINE, Scope.TIMELINE),
    Command("timeline.next_step", marked("Next step"), ("N",), Section.TIMELINE, Scope.TIMELINE),
    Command("timeline.previous_step", marked("Previous step"), ("P",), Section.TIMELINE, Scope.TIMELINE),
    Command("timeline.lane_down", marked("Step below"), ("Down",), Section.TIMELINE, Scope.TIMELINE),
    Command("timeline.lane_up", marked("Step above"), ("Up",), Section.TIMELINE, Scope.TIMELINE),
    Command("insights.day", marked("The last day"), ("1",), Section.INSIGHTS, Scope.INSIGHTS),
    Command("insights.week", marked("The last 7 days"), ("7",), Section.INSIGHTS, Scope.INSIGHTS),
    Command("insights.month", marked("The last 30 days"), ("3",), Section.INSIGHTS, Scope.INSIGHTS),
    Command("insights.sort", marked("Sort by the next column"), ("S",), Section.INSIGHTS, Scope.INSIGHTS),
    Command(
        "insights.turn", marked("Turn the order of the table"), ("Shift+S",), Section.INSIGHTS, Scope.INSIGHTS
    ),
    Command("go.review", marked("Review"), ("G, R",), Section.GO),
    Command("go.jobs", marked("Jobs"), ("G, J",), Section.GO),
    Command("go.ledger", marked("Ledger"), ("G, L",), Section.GO),
    Command("go.insights", marked("Insights"), ("G, I",), Section.GO),
    Command("go.control", marked("Control"), ("G, C",), Section.GO),
    Command("go.connect", marked("Connect an agent"), ("G, A",), Section.GO),
    Command("ledger.next", marked("Next entry"), ("J",), Section.LEDGER, Scope.LEDGER),
    Command("ledger.previous", marked("Previous entry"), ("K",), Section.LEDGER, Scope.LEDGER),
    Command("ledger.verify", marked("Verify the ledger"), ("V",), Section.LEDGER),
    Command("ledger.open_pack", marked("Open an audit pack"), ("Ctrl+O",), Section.LEDGER),
    Command("ledger.close_pack", marked("Close the audit pack"), ("Ctrl+W",), Section.LEDGER),
    Command("ledger.export_proof", marked("Save the proof of the entry"), ("X",), Section.LEDGER),
    Command("view.refresh", marked("Refresh"), ("F5", "Ctrl+R"), Section.VIEW),
    Command("view.theme", marked("Next theme"), ("Ctrl+Shift+T",), Section.VIEW),
    Command("settings.open", marked("Settings"), ("Ctrl+,",), Section.VIEW),
    Command(
        "safe_mode.toggle", marked("Safe mode on or off"), ("Ctrl+Shift+M",), Section.SAFETY, needs="control"
    ),
    Command("connections.open", marked("Connections"), ("Ctrl+Shift+O",), Section.PROGRAM),
    Command("session.lock", marked("Lock"), ("Ctrl+L",), Section.PROGRAM),
    Command("help.keys", marked("Keyboard shortcuts"), ("?", "F1"), Section.PROGRAM),
    Command("program.quit", marked("Quit"), ("Ctrl+Q",), Section.PROGRAM),
)


def find_command(command_id: str, commands: Iterable[Command] = COMMANDS) -> Command | None:
    """Return a declared command, or None for one that this build does not have."""
    return next((command for command in commands if command.id == command_id), None)


_KEYS: Final = {
    "Ctrl": marked("Ctrl"),
    "Shift": marked("Shift"),
    "Return": marked("Enter"),
    "Enter": marked("Enter"),
    "Left": marked("Left"),
    "Right": marked("Right"),
    "Up": marked("Up"),
    "Down": marked("Down"),
    "Home": marked("Home"),
    "End": marked("End"),
}
"""What stands on a key, where it is a word that differs from language to language."""
_SPLIT: Final = re.compile(r"(?<=[^+ ])\+|, ")
"""Between the keys of a chord and of a sequence; a plus that begins one is the key itself."""


def key_of(command_id: str) -> str:
    """Return the key to show beside a command, such as `G R`; nothing when it has none."""
    command = find_command(command_id)
    if command is None or not command.keys:
        return ""
    return shown_key(command.keys[0])


def shown_key(keys: str) -> str:
    """Return a key sequence as people read it: chords with a space between."""
    return " ".join(say(_KEYS[one]) if one in _KEYS else one for one in _SPLIT.split(keys))


def tip_of(command: Command) -> str:
    """Return a command's tool tip: its title and its key."""
    keys = say(" or ").join(dict.fromkeys(shown_key(key) for key in command.keys))
    title = say(command.title)
    return f"{title} ({keys})" if keys else title


def conflicts(commands: Iterable[Command]) -> set[str]:
    """Return the key sequences that two commands claim, or that hide another one's chord.

    Keys of the window reach everywhere, so no narrower scope may claim them either; those of a timeline reach
    within the jobs page. Pages are never in front together.
    """
    every = tuple(commands)
    return set().union(*(_conflicts(every, page) for page in _PAGES))


_PAGES: Final = (
    {Scope.WINDOW, Scope.REVIEW},
    {Scope.WINDOW, Scope.JOBS, Scope.TIMELINE},
    {Scope.WINDOW, Scope.INSIGHTS},
    {Scope.WINDOW, Scope.LEDGER},
)
"""Which scopes reach at once."""


def _conflicts(commands: Iterable[Command], reaching: set[Scope]) -> set[str]:
    claimed = Counter(
        key for command in commands if command.scope in reaching for key in dict.fromkeys(command.keys)
    )
    twice = {key for key, times in claimed.items() if times > 1}
    return twice | set(_hidden_chords(claimed))


def _hidden_chords(claimed: Iterable[str]) -> Iterator[str]:
    keys = set(claimed)
    return (key for key in keys if ", " in key and key.split(", ", 1)[0] in keys)
