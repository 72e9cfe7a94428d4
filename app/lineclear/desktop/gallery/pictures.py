"""Every page and state as a picture, painted from sample sheets without a backend or a screen."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from lineclear.desktop.assets import find_assets
from lineclear.desktop.gallery import (
    away,
    connect,
    control,
    deciding,
    formats,
    insights,
    lab,
    people,
    policy,
    samples,
    states,
    waits,
)
from lineclear.desktop.gallery.connection_scenes import connection_scenes
from lineclear.desktop.gallery.hazards import ACTION_HAZARDS
from lineclear.desktop.gallery.job_scenes import job_scenes
from lineclear.desktop.gallery.ledger_scenes import ledger_scenes
from lineclear.desktop.preferences import Choices
from lineclear.desktop.presenters.connect.connect_sheets import ConnectSheet
from lineclear.desktop.presenters.control.control_sheets import ControlSheet, OfflineSheet, Part, ScopeKind
from lineclear.desktop.presenters.insights.insight_sheets import InsightsSheet
from lineclear.desktop.presenters.lab.lab_sheets import LabSheet
from lineclear.desktop.presenters.sheets import ActionSheet
from lineclear.desktop.theme import Look, ThemeName
from lineclear.desktop.views.review.panels import ReconcilePanel
from lineclear.desktop.views.shell.window import Window

SIZE: Final = QSize(1440, 900)


def render(
    directory: Path,
    *,
    theme: ThemeName = ThemeName.LIGHT,
    size: QSize = SIZE,
    scale: float = 1,
    names: Collection[str] = (),
) -> tuple[Path, ...]:
    """Write one PNG for each scene, or each that is named, and return the files.

    Needs a `QApplication`, any platform will do.
    """
    directory.mkdir(parents=True, exist_ok=True)
    return tuple(_render_scene(directory, name, theme, size, scale) for name in names or SCENES)


def show_scene(window: Window, name: str) -> None:
    """Bring a window into one of the scenes."""
    window.display_top(samples.TOP)
    window.review.display_queue(samples.QUEUE)
    if name in _OVER_THE_SAMPLE:
        window.review.display_action(samples.ACTION)
    SCENES[name](window)


def settle() -> None:
    """Let Qt lay out what was just shown; one round of requests may cause another."""
    for _round in range(4):
        QCoreApplication.sendPostedEvents()


def picture(window: QWidget, scale: float) -> QImage:
    """Return a window as an image with `scale` device pixels to a logical one."""
    image = QImage(window.size() * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    window.render(painter, QPoint())
    painter.end()
    return image


def main(arguments: list[str]) -> int:
    """Render every scene in every theme into the folder that is named first."""
    application = QApplication(arguments)
    application.setStyle("Fusion")
    for theme in ThemeName:
        render(Path(arguments[1]) / theme.value, theme=theme)
    return 0


def _render_scene(directory: Path, name: str, theme: ThemeName, size: QSize, scale: float) -> Path:
    window = Window(Look(find_assets(), theme))
    window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    window.resize(size)
    window.show()
    show_scene(window, name)
    file = directory / f"{name}.png"
    settle()
    picture(window, scale).save(str(file))
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # else all stay, and lay out along
    return file


def _nothing_more(_window: Window) -> None:
    pass


def _queue_state(name: str) -> Callable[[Window], None]:
    def show(window: Window) -> None:
        window.review.display_queue(states.QUEUES[name])
        if not states.QUEUES[name].rows:
            window.review.display_no_action(states.NO_ACTION)
        if name == "offline":
            window.display_top(states.TOP_OFFLINE)
            window.review.display_action(away.ACTION)

    return show


def _waiting(window: Window) -> None:
    _queue_state("offline")(window)
    window.review.queue.outgoing.display_waiting(deciding.WAITING)
    window.overlays.show_waiting(deciding.WAITING)


def _reject(window: Window) -> None:
    window.run_command("review.reject")


def _stop(window: Window) -> None:
    window.run_command("review.stop_job")


def _undo(window: Window) -> None:
    window.review.display_action(states.ACTION_DONE)
    window.run_command("review.undo")


def _safe_mode(window: Window) -> None:
    window.run_command("safe_mode.toggle")


def _safe_mode_on(window: Window) -> None:
    window.display_top(states.TOP_SAFE_MODE)
    window.review.display_action(states.ACTION_TOO_HIGH)


def _control(sheet: ControlSheet) -> Callable[[Window], None]:
    def show(window: Window) -> None:
        window.run_command("go.control")
        window.control.display(sheet)

    return show


def _part(part: Part, sheet: ControlSheet = policy.CONTROL) -> Callable[[Window], None]:
    def show(window: Window) -> None:
        _control(sheet)(window)
        window.control.show_part(part)

    return show


def _mode_question(sheet: ControlSheet = policy.CONTROL) -> Callable[[Window], None]:
    """Somebody asks for another mode of one agent."""

    def show(window: Window) -> None:
        _part(Part.MODES, sheet)(window)
        window.control.modes.cells["deploy_service", "release-agent"].click()

    return show


def _control_offline(window: Window) -> None:
    window.display_top(states.TOP_OFFLINE)
    _part(Part.TOOLS, policy.OFFLINE)(window)


def _control_form(window: Window) -> None:
    """Safe mode for one connector, and an agent about to be stopped."""
    window.display_top(states.TOP_PARTIAL)
    _control(control.CONTROL)(window)
    form = window.control.scopes.form
    form.choose(ScopeKind.CONNECTOR)
    form.names["payments"].click()
    form.field.setText("The provider answers with the wrong currency")
    window.control.agents.lines.line("crm-agent").button.click()


def _control_rule(sheet: OfflineSheet, *, asks: bool = False) -> Callable[[Window], None]:
    """What may be decided while the backend is away; somebody may be about to change it."""

    def show(window: Window) -> None:
        _control(control.CONTROL)(window)
        window.control.offline.display(sheet)
        if asks and sheet.deed is not None:
            window.control.offline.deeds.open(sheet.deed.id)

    return show


def _control_leave(window: Window) -> None:
    """A second person confirms that a safe mode is left."""
    window.display_top(states.TOP_LEAVING)
    _control(control.CONTROL_SCOPES)(window)
    window.control.scopes.lines.line("workspace").button.click()


def _people(deed: str = "", person: str = "") -> Callable[[Window], None]:
    """Somebody's glass is open; a form may be."""

    def show(window: Window) -> None:
        window.glass.display(people.GLASS)
        _part(Part.PEOPLE, people.CONTROL)(window)
        card = window.control.people
        card.display(people.PEOPLE)
        if deed:
            (card.lines.line(person).deeds if person else card.deeds).open(deed)

    return show


def _lab(sheet: LabSheet, part: Part = Part.DOCUMENT) -> Callable[[Window], None]:
    def show(window: Window) -> None:
        _part(part, control.CONTROL)(window)
        window.control.display_lab(sheet)

    return show


def _connect(sheet: ConnectSheet) -> Callable[[Window], None]:
    def show(window: Window) -> None:
        window.run_command("go.connect")
        window.connecting.form.name.setText("refund-bot" if sheet.watch else "")
        window.connecting.form.owner.setText("support-lead" if sheet.watch else "")
        window.connecting.display(sheet)

    return show


def _insights(window: Window, sheet: InsightsSheet) -> None:
    window.run_command("go.insights")
    window.insights.display(sheet)


def _action(sheet: ActionSheet, command: str = "") -> Callable[[Window], None]:
    def show(window: Window) -> None:
        window.review.display_action(sheet)
        if command:
            window.run_command(command)

    return show


def _palette(window: Window) -> None:
    window.run_command("palette.open")
    palette = window.overlays.palette
    if palette is not None:
        palette.field.setText("re")


def _unknown(window: Window) -> None:
    window.review.display_queue(waits.QUEUE_UNKNOWN)
    window.review.display_action(waits.ACTION_UNKNOWN)


def _reconcile(window: Window) -> None:
    _unknown(window)
    window.run_command("review.reconcile")
    panel = window.review.bar.panel
    if isinstance(panel, ReconcilePanel):
        panel.choices[True].click()


def _around_the_sample() -> Iterator[tuple[str, Callable[[Window], None]]]:
    """What lies around the sample action, or over it."""
    yield "review", _nothing_more
    for name in states.QUEUES:
        yield f"queue-{name}", _queue_state(name)
    yield "reject", _reject
    yield "stop", _stop
    yield "outgoing", lambda window: window.review.queue.outgoing.display(deciding.OUTGOING)
    yield "outgoing-offline", lambda window: window.review.queue.outgoing.display(deciding.OUTGOING_OFFLINE)
    yield "waiting", _waiting
    yield "edit", lambda window: window.review.action.display_edit(deciding.EDIT)
    yield "edit-raised", lambda window: window.review.action.display_edit(deciding.EDIT_RAISED)
    yield "beside", lambda window: window.review.action.head.display_beside(deciding.BESIDE)
    yield "claimed", _action(deciding.ACTION_CLAIMED)  # as a claim comes while somebody looks
    yield from connection_scenes()
    yield "locked", lambda window: window.locking.lock(2)
    yield "leave", lambda window: window.overlays.ask_leave(2)
    yield "safe-mode", _safe_mode
    yield "palette", _palette
    yield "settings", lambda window: window.overlays.show_settings(Choices(), "console.ini")
    yield "help", lambda window: window.run_command("help.keys")


def _of_their_own() -> Iterator[tuple[str, Callable[[Window], None]]]:
    """What has an action or a page of its own."""
    yield "review-done", _action(states.ACTION_DONE)
    yield "review-unknown", _unknown
    yield "review-budget", _action(waits.ACTION_BUDGET)
    for name, held in waits.HELD.items():
        yield f"review-held-{name}", _action(held)
    yield "review-trying-again", _action(waits.ACTION_AGAIN)
    yield "review-too-soon", _action(waits.ACTION_TOO_SOON)
    yield "review-large", _action(waits.ACTION_LARGE)
    yield "review-hazards", _action(ACTION_HAZARDS)
    yield "review-formats", _action(formats.ACTION_FORMATS)
    yield "review-batch", _action(formats.ACTION_BATCH)
    yield "review-batch-record", _action(formats.ACTION_BATCH, "diff.next_record")
    yield "review-hostile", _action(states.ACTION_HOSTILE)
    yield "review-safe-mode", _safe_mode_on
    yield "reject-budget", _action(waits.ACTION_BUDGET, "review.reject")
    yield "reconcile", _reconcile
    yield "undo", _undo
    yield "undo-moved", _action(waits.ACTION_MOVED, "review.undo")
    yield "edited", _action(deciding.ACTION_EDITED)
    yield "claimable", _action(deciding.ACTION_CLAIMABLE)
    yield "confirm", _action(deciding.ACTION_TIER_3, "review.approve")
    yield from _attending_scenes()
    yield from job_scenes()
    yield from ledger_scenes()
    yield from _control_scenes()
    yield from _away_scenes()


def _attending_scenes() -> Iterator[tuple[str, Callable[[Window], None]]]:
    yield "hand-over", _action(deciding.ACTION_CLAIMABLE, "review.hand_over")
    yield "escalate", _action(deciding.ACTION_CLAIMABLE, "review.escalate")
    yield "ask", _action(deciding.ACTION_CLAIMABLE, "review.ask")


def _away_scenes() -> Iterator[tuple[str, Callable[[Window], None]]]:
    yield "review-away", _action(away.ACTION)
    for name, sheet in away.CONTROL.items():
        yield f"control-{name}", _control(sheet)


def _control_scenes() -> Iterator[tuple[str, Callable[[Window], None]]]:
    yield "control", _control(control.CONTROL)
    yield "control-scopes", _control(control.CONTROL_SCOPES)
    yield "control-form", _control_form
    yield "control-leave", _control_leave
    yield "control-rule", _control_rule(policy.RULE, asks=True)
    yield "control-rule-forbidden", _control_rule(policy.RULE_FORBIDDEN)
    yield "control-trial", _part(Part.NOW)
    yield "control-capabilities", _part(Part.CAPABILITIES)
    yield "control-tools", _part(Part.TOOLS)
    yield "control-tools-degraded", _part(Part.TOOLS, policy.DEGRADED)
    yield "control-tools-offline", _control_offline
    yield "control-modes", _part(Part.MODES)
    yield "control-modes-asking", _mode_question()
    yield "control-modes-forbidden", _mode_question(policy.FORBIDDEN)
    yield "control-modes-diff", _lab(policy.MODE_DIFF, Part.MODES)
    yield "control-document", _part(Part.DOCUMENT)
    yield "people", _people()
    yield "people-delegate", _people("delegate")
    yield "people-review", _people("review:ops-east", "ops-east")
    yield "lab", _lab(lab.LAB)
    yield "lab-running", _lab(lab.LAB_RUNNING)
    yield "lab-problems", _lab(lab.LAB_PROBLEMS)
    yield "lab-trial", _lab(lab.LAB_TRIAL)
    yield "lab-trial-new", _lab(lab.LAB_TRIAL_NEW)
    yield "lab-trial-refused", _lab(lab.LAB_TRIAL_REFUSED)
    yield "lab-activating", _lab(lab.LAB_ACTIVATING)
    for name, sheet in connect.SHEETS.items():
        yield f"connect-{name}", _connect(sheet)
    for name, shown in insights.SHEETS.items():
        yield f"insights-{name}", partial(_insights, sheet=shown)


_OVER_THE_SAMPLE: Final = dict(_around_the_sample())

SCENES: Final = {**_OVER_THE_SAMPLE, **dict(_of_their_own())}
"""What each picture shows, by the name of its file."""
