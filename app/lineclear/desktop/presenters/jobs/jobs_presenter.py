"""Which jobs are listed and which one is open, read from the replica. Knows no widget."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from lineclear.application.reading.answers import Me
from lineclear.application.reading.jobs import JobFound, JobsFound, Standing, find_jobs, read_job
from lineclear.application.reading.steps import gap_of
from lineclear.desktop.presenters.changes.origins import fields_from
from lineclear.desktop.presenters.collaborators import Collaborators
from lineclear.desktop.presenters.jobs.comparing import compare_runs
from lineclear.desktop.presenters.jobs.job_page import job_sheet, jobs_sheet
from lineclear.desktop.presenters.jobs.list_sheets import JobSheet
from lineclear.desktop.presenters.jobs.span_sheets import span_sheet
from lineclear.domain.events import Span
from lineclear.domain.jobs import Job
from lineclear.domain.text import paintable

_PAGE = 100


class JobsPresenter(QObject):
    """All methods on the GUI thread. Nothing is read while the page is closed; news once a second at most."""

    listed = Signal(object)
    """A `JobsSheet`."""
    opened = Signal(object)
    """A `JobSheet`, or None where no job is open any more."""
    span_changed = Signal(object)
    """The `SpanSheet` of the chosen span, or None."""

    def __init__(self, with_: Collaborators, me: Me, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with = with_
        self._me = me
        self._is_shown = False
        self._is_due = False
        self._standing, self._text, self._limit = Standing.ALL, "", _PAGE
        self._job = ""
        self._span = ""
        self._other = ""
        self._found: JobFound | None = None
        self._asked_list = self._asked_job = 0

    @property
    def job(self) -> str:
        """The id of the job that is open, or nothing."""
        return self._job

    @property
    def found(self) -> Job | None:
        """The job that is open, once it was read."""
        return self._found.job if self._found is not None else None

    @property
    def chosen(self) -> tuple[Job, Span] | None:
        """The span that is chosen, with its job."""
        if self._found is None:
            return None
        span = next((one for one in self._found.spans if one.id == self._span), None)
        return (self._found.job, span) if span is not None else None

    def show(self, *, is_shown: bool) -> None:
        """The page came to the front, or left it."""
        self._is_shown = is_shown
        if is_shown:
            self._load()

    def on_changed(self, streams: frozenset[str]) -> None:
        """The ledger grew."""
        self._is_due |= any(stream.startswith(("job/", "action/")) for stream in streams)

    def on_tick(self) -> None:
        """A second has gone by."""
        if self._is_shown and self._is_due:
            self._load()

    def filter(self, standing: str) -> None:
        """List those that stand so."""
        self._standing, self._limit = Standing(standing), _PAGE
        self._load_list()

    def search(self, text: str) -> None:
        """List those that hold a text."""
        self._text, self._limit = text.strip(), _PAGE
        self._load_list()

    def more(self) -> None:
        """List older ones too."""
        self._limit += _PAGE
        self._load_list()

    def open(self, job: str, span: str = "") -> None:
        """Show one job, at one of its spans."""
        self._job, self._span, self._other, self._found = job, span, "", None
        self._load_job()

    def close(self) -> None:
        """Back to the list."""
        self._job, self._span, self._other, self._found = "", "", "", None
        self._asked_job += 1
        self.opened.emit(None)

    def choose_span(self, span: str) -> None:
        """Say what is known of a span of the open job."""
        self._span = span
        self._tell_span()

    def compare(self, other: str) -> None:
        """Hold the open job against another one; against none with an empty id."""
        self._other = other
        if other:
            self._load_job()

    # -- reading ----------------------------------------------------------------------------------

    def _load(self) -> None:
        self._is_due = False
        self._load_list()
        if self._job:
            self._load_job()

    def _load_list(self) -> None:
        self._asked_list += 1
        asked, store = self._asked_list, self._with.replica.store
        standing, text, limit = self._standing, self._text, self._limit

        def done(found: JobsFound) -> None:
            if asked == self._asked_list:
                now, more = self._with.ticks.now(), found.next is not None
                sheet = jobs_sheet(found.jobs, self._me, now, found.tallies, standing, text, has_more=more)
                self.listed.emit(sheet)

        self._with.background.run(
            lambda: store.read(lambda snapshot: find_jobs(snapshot, standing, text, limit=limit)),
            done=done,
            failed=_raise,
        )

    def _load_job(self) -> None:
        self._asked_job += 1
        asked, job, other = self._asked_job, self._job, self._other
        store, me, now = self._with.replica.store, self._me, self._with.ticks.now()

        def work() -> tuple[JobFound, JobSheet] | None:
            found = store.read(lambda snapshot: read_job(snapshot, job))
            beside = store.read(lambda snapshot: read_job(snapshot, other)) if other else None
            if found is None:
                return None
            return found, beside_other(with_track(job_sheet(found, me, now), found), found, beside)

        def done(made: tuple[JobFound, JobSheet] | None) -> None:
            if asked != self._asked_job:
                return
            if made is None:
                self.close()
                return
            self._found = made[0]
            self.opened.emit(made[1])
            self._tell_span()

        self._with.background.run(work, done=done, failed=_raise)

    def _tell_span(self) -> None:
        found, chosen = self._found, self.chosen
        if found is None or chosen is None:
            self.span_changed.emit(None)
            return
        (job, span), actions = chosen, found.actions
        quotes = (one for action in actions for one in action.evidence if one.span == span.id)
        sheet = span_sheet(
            span,
            self._with.ticks.now().tzinfo,
            gap=gap_of(span, job),
            fields=tuple(map(paintable, fields_from(actions, span.id))),
            quotes=tuple(paintable(f"{one.source}: {one.excerpt}") for one in quotes),
        )
        self.span_changed.emit(sheet)


def with_track(sheet: JobSheet, found: JobFound) -> JobSheet:
    """With the timeline of its spans; imports numpy, so not for the GUI thread."""
    if not found.spans:
        return sheet
    from lineclear.desktop.plotting.track import track_of  # noqa: PLC0415  # numpy, on first use

    track = track_of(found.spans)
    _ = track.mipmap, track.places  # made here, where nobody waits for a frame
    return replace(sheet, track=track)


def beside_other(sheet: JobSheet, found: JobFound, other: JobFound | None) -> JobSheet:
    """With another run beside it; imports numpy, so not for the GUI thread."""
    if other is None:
        return sheet
    title = next((one.title for one in sheet.others if one.id == other.job.id), other.job.id)
    compared = compare_runs(found.job, found.spans, other.job, other.spans, title)
    if other.spans:
        from lineclear.desktop.plotting.track import track_of  # noqa: PLC0415  # numpy, on first use

        compared = replace(compared, track=track_of(other.spans))
    return replace(sheet, compared=compared)


def _raise(error: Exception) -> None:
    raise error
