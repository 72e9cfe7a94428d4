"""Pages without their backend for the gallery: before the first answer, away, refused. Free of widgets."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from lineclear.desktop.gallery import control, jobs, samples
from lineclear.desktop.presenters.away import away_control, away_decision, away_jobs
from lineclear.desktop.presenters.control.control_sheets import ControlSheet
from lineclear.desktop.presenters.sheets import Notice, NoticeKind, Step
from lineclear.domain.text import paintable

_AWAY: Final = Notice(
    NoticeKind.OFFLINE,
    "Offline since 14:02",
    "As it was then. What you decide is signed here and sent when the backend answers.",
    Step("view.refresh", "Try again"),
)
_LOADING: Final = Notice(NoticeKind.LOADING, "Reading what is in force")
_FORBIDDEN: Final = Notice(
    NoticeKind.FORBIDDEN, "approver may not read this.", paintable("This needs: auditor, ops or admin.")
)
_REFUSED: Final = Notice(
    NoticeKind.FAILED,
    "Too many requests: 60 in a minute is the most for ops-west.",
    paintable("Wait a moment, then try again."),
)


_WAYS: Final = {
    "review.approve": "While the backend is away, approve only up to tier 1.",
    "review.reject": "",
    "review.stop_job": "",
}
ACTION: Final = replace(samples.ACTION, decision=away_decision(samples.ACTION.decision, _WAYS))
JOBS: Final = {
    "offline": away_jobs(jobs.JOBS, _AWAY),
    "away": away_jobs(jobs.NO_JOBS, _AWAY),
}
CONTROL: Final = {
    "offline": away_control(control.CONTROL_SCOPES, _AWAY),
    "loading": ControlSheet(notice=_LOADING),
    "away": ControlSheet(notice=_AWAY),
    "forbidden": ControlSheet(notice=_FORBIDDEN),
    "refused": replace(control.CONTROL, notice=_REFUSED),
}
