"""Reads what went into a step when somebody asks for it, in the background. Knows no widget."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from lineclear.application.reading.contents import AlteredError
from lineclear.application.reading.steps import Gap, gap_of, read_step
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.jobs.step_sheets import (
    StepSheet,
    altered_sheet,
    loading_sheet,
    read_sheet,
    refused_sheet,
)
from lineclear.domain.events import Span
from lineclear.domain.jobs import Job
from lineclear.domain.refusals import Refusal


class StepReading(QObject):
    """All methods on the GUI thread. Nothing is kept once it is closed; late answers are dropped."""

    changed = Signal(object)
    """A `StepSheet` of the step that is open."""

    def __init__(self, with_: Collaborators, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self._open: tuple[Job, Span] | None = None
        self._asked = 0

    def open(self, job: Job, span: Span) -> None:
        """Read one step of a job."""
        self._open = job, span
        self._asked += 1
        asked, now, gateway = self._asked, self._with.ticks.now(), self._with.gateway
        if gap_of(span, job) is not None:
            self.changed.emit(read_sheet(span, gap_of(span, job) or Gap.MISSING, job, now))
            return
        self.changed.emit(loading_sheet(span))
        self._with.background.run(
            lambda: read_sheet(span, read_step(span, job, gateway.blob), job, now),
            done=partial(self._done, asked),
            failed=partial(self._failed, asked, span),
        )

    def again(self) -> None:
        """Read the open step once more."""
        if self._open is not None:
            self.open(*self._open)

    def on_job(self, job: Job) -> None:
        """The job is known anew: what was erased meanwhile does not stay in sight."""
        if self._open is None or self._open[0].id != job.id:
            return
        before, span = self._open
        if gap_of(span, job) is not gap_of(span, before):
            self.open(job, span)

    def close(self) -> None:
        """Nobody looks any more."""
        self._open = None
        self._asked += 1

    def _done(self, asked: int, sheet: StepSheet) -> None:
        if asked == self._asked:
            self.changed.emit(sheet)

    def _failed(self, asked: int, span: Span, error: Exception) -> None:
        match error:
            case _ if asked != self._asked:
                return
            case Refusal():
                self.changed.emit(refused_sheet(span, error))
            case AlteredError():
                self.changed.emit(altered_sheet(span))
            case _:
                raise error
