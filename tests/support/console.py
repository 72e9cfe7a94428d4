"""A console without a window or threads: presenters over a whole kernel in one process."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from lineclear.adapters.memory.gateway import MemoryGateway
from lineclear.adapters.memory.ids import SeededIds
from lineclear.adapters.memory.store import MemoryStore
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.application.reading.replica import Replica
from lineclear.desktop.background import Background, InlineBackground
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.outbox.outgoing import TAKE_BACK_SECONDS
from lineclear.desktop.presenters.queue.queue_presenter import QueuePresenter
from lineclear.desktop.presenters.review.action_presenter import ActionPresenter
from lineclear.desktop.presenters.review.attending import Attending
from lineclear.desktop.presenters.review.deciding import Deciding
from lineclear.desktop.presenters.review.edit_sheets import EditSheet
from lineclear.desktop.presenters.review.editing import Editing
from lineclear.desktop.presenters.sheets import (
    ActionSheet,
    ButtonSheet,
    Mark,
    Notice,
    NoticeKind,
    QueueSheet,
    text_of,
)
from lineclear.desktop.presenters.ticks import Ticks
from lineclear.domain.vocabulary import Role, Tier
from support.kernel import Kernel, Signer


class MemoryKey(Signer):
    kept = "memory"


@dataclass
class Console:
    """What a reviewer's window holds, with what it last showed."""

    kernel: Kernel = field(default_factory=Kernel)
    background: Background = field(default_factory=InlineBackground)
    name: str = "ops-west"
    tier: Tier = Tier.TWO
    role: Role = Role.OPS

    def __post_init__(self) -> None:
        kernel = self.kernel
        self.steady = 100.0
        self.gateway = MemoryGateway(kernel.services, kernel.token(self.name, self.role, tier=self.tier))
        me = self.gateway.me()
        self.reviewer = Reviewer(self.gateway, MemoryKey(), me.origin, kernel.clock, SeededIds(3))
        self.replica = Replica(MemoryStore())
        ticks = Ticks(kernel.clock.now, lambda: self.steady)
        with_ = Collaborators(
            self.gateway, self.reviewer, self.replica, self.background, InlineBackground(), ticks, me.person
        )
        self.with_, self.me = with_, me
        self.queue, self.action = QueuePresenter(with_), ActionPresenter(with_)
        self.deciding = Deciding(with_, self.action)
        self.editing = Editing(with_, self.action)
        self.editing.changed.connect(self._take_edit)
        self.edit_sheet: EditSheet | None = None
        self.attending = Attending(with_, self.action)
        self.queue_sheet = QueueSheet("")
        self.action_sheet: ActionSheet | None = None
        self.notice: Notice | None = None
        self._connect()
        self.sync()

    def _connect(self) -> None:
        self.queue.changed.connect(self._take_queue)
        self.queue.chosen.connect(self.action.open)
        self.queue.emptied.connect(self._take_notice)
        self.action.changed.connect(self._take_action)
        self.action.emptied.connect(self._take_notice)
        self.deciding.decided.connect(self.queue.choose_next)
        self.deciding.taken_changed.connect(self.queue.mark_taken)
        self.deciding.taken_changed.connect(self.action.mark_taken)

    def sync(self) -> None:
        """Take in what the ledger has grown by, as the sync thread would."""
        feed = self.gateway.feed(self.replica.size())
        streams = self.replica.apply(feed.items)
        self.queue.refresh()
        self.action.on_changed(streams)
        self.deciding.on_changed(streams)

    def wait(self, seconds: float) -> None:
        self.steady += seconds

    def look_at(self, action_id: str) -> None:
        """Choose an action and look at it for long enough to decide."""
        self.queue.choose(action_id)
        self.wait(2)

    def decide(self, action_id: str, verdict: str, reason: str) -> None:
        """Take a decision and let its five seconds go by."""
        self.deciding.decide(action_id, verdict, reason)
        self.let_go()

    def read_by(self, background: Background) -> Collaborators:
        """The same collaborators, with another background for reads."""
        return replace(self.with_, background=background)

    def send_by(self, background: Background) -> None:
        """Send what is decided through another background."""
        self.deciding._with = replace(self.with_, sending=background)

    def let_go(self) -> None:
        """Wait until what was decided is sent."""
        if self.deciding.outgoing.rows:
            self.wait(TAKE_BACK_SECONDS)
            self.deciding.on_tick()

    def _take_edit(self, sheet: EditSheet) -> None:
        self.edit_sheet = sheet

    def _take_queue(self, sheet: QueueSheet) -> None:
        self.queue_sheet = sheet

    def _take_action(self, sheet: ActionSheet) -> None:
        self.action_sheet, self.notice = sheet, None

    def _take_notice(self, notice: Notice) -> None:
        self.action_sheet, self.notice = None, notice


def button(console: Console, command: str) -> ButtonSheet | None:
    """The button of a command below the action on screen, where there is one."""
    return next((one for one in console.action_sheet.decision.buttons if one.command == command), None)


def answers(console: Console) -> dict[str, str]:
    """What the five questions are answered."""
    return {one.ask: text_of(one.answer) for one in console.action_sheet.questions}


def checks(console: Console) -> list[tuple[Mark, str]]:
    return [(line.mark, text_of(line.text)) for line in console.action_sheet.checks]


def banner(console: Console) -> tuple[NoticeKind, str, str]:
    found = console.action_sheet.banner
    return found.kind, found.title, text_of(found.text)
