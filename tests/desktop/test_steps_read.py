"""What went into a step and what came out of it: read when it is asked for, painted, never interpreted."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from lineclear.application.jobs import end_job, record_spans
from lineclear.application.reading.steps import Gap
from lineclear.application.record.erasing import Whose, erase
from lineclear.desktop.background import HeldBackground
from lineclear.desktop.desks.jobs_desk import JobsDesk
from lineclear.desktop.gallery import steps as samples
from lineclear.desktop.presenters.console_presenter import ConsolePresenter
from lineclear.desktop.presenters.jobs.jobs_presenter import JobsPresenter
from lineclear.desktop.presenters.jobs.span_sheets import span_sheet
from lineclear.desktop.presenters.jobs.step_reading import StepReading
from lineclear.desktop.presenters.jobs.step_sheets import side_of
from lineclear.desktop.presenters.sheets import NoticeKind, text_of
from lineclear.domain.events import StepContents
from lineclear.domain.text import CONTINUES
from lineclear.domain.vocabulary import Role
from support.console import Console
from support.spans import span

HOSTILE = "<b>bold</b>\x1b[2J \u202egnp.exe\n" + "x" * 9_000


class Reader:
    """A console whose job has one step with contents and one without, and what it shows of a step."""

    def __init__(self, background=None) -> None:
        self.console = Console()
        kernel = self.console.kernel
        contents = {"plan": StepContents(HOSTILE, '{"a": [1, 2]}')}
        spans = span("plan", 0, 4), span("rest", 4, 1)
        record_spans(kernel.services, kernel.agent, kernel.job, spans, kernel.key(), contents=contents)
        self.console.sync()
        self.jobs = JobsPresenter(self.console.with_, self.console.me)
        self.jobs.show(is_shown=True)
        self.reading = StepReading(self.console.read_by(background) if background else self.console.with_)
        self.shown = []
        self.card = None
        self.reading.changed.connect(self.shown.append)
        self.jobs.span_changed.connect(lambda sheet: setattr(self, "card", sheet))

    def choose(self, span_id: str) -> Reader:
        self.jobs.open(self.console.kernel.job, span_id)
        return self

    def read(self, span_id: str = "plan") -> Reader:
        self.choose(span_id)
        self.reading.open(*self.jobs.chosen)
        return self

    def erase(self) -> None:
        kernel = self.console.kernel
        end_job(kernel.services, kernel.agent, kernel.job, "completed", kernel.key())
        root = kernel.reviewer("root", role=Role.ADMIN).principal
        erase(kernel.services, root, Whose.JOB, kernel.job, "Asked for by the customer")


def test_what_went_in_and_came_out_is_read_and_shown_as_it_was_recorded():
    sheet = Reader().read().shown[-1]
    assert sheet.input.text.startswith("<b>bold</b><U+001B>[2J <U+202E>gnp.exe\nxxx")
    assert sheet.output.text == '{"a": [1, 2]}'
    assert sheet.output.laid_out == '{\n  "a": [\n    1,\n    2\n  ]\n}'
    assert sheet.input.is_unusual
    assert "text direction is overridden" in sheet.input.remark


def test_a_long_line_is_shown_to_its_end_in_parts_that_say_so():
    text = side_of("x" * 9_000).text
    lines = text.split("\n")
    assert [len(line) for line in lines] == [4_099, 4_099, 808]
    assert [line.endswith(CONTINUES) for line in lines] == [True, True, False]


def test_a_step_says_that_it_is_being_read_until_it_is():
    held = HeldBackground()
    reader = Reader(held).read()
    assert [sheet.state.kind for sheet in reader.shown] == [NoticeKind.LOADING]
    held.held.pop()()
    assert reader.shown[-1].state is None


def test_an_answer_that_comes_after_the_step_was_closed_or_another_one_opened_is_dropped():
    held = HeldBackground()
    reader = Reader(held).read()
    reader.reading.close()
    held.held.pop()()
    assert len(reader.shown) == 1
    reader.read("plan").read("rest")
    held.held.pop()()
    assert text_of(reader.shown[-1].title) == "rest"


def test_a_step_of_which_nothing_was_recorded_says_so_and_offers_nothing():
    reader = Reader().read("rest")
    assert reader.shown[-1].state.title == "Not recorded"
    assert not reader.card.is_readable


def test_one_side_alone_may_be_recorded_and_an_empty_one_is_not_an_absent_one():
    assert side_of(None).said == "Its agent did not record it."
    assert side_of("").said == "Recorded, and empty."


def test_what_was_erased_says_when_and_by_whom_and_leaves_the_screen_where_it_is_open():
    reader = Reader().read()
    reader.erase()
    reader.console.sync()
    reader.choose("plan")
    reader.reading.on_job(reader.jobs.found)
    state = reader.shown[-1].state
    assert state.title == "Erased"
    assert "by root: inputs and outputs of steps. The tombstone is in the ledger" in text_of(state.text)


def test_the_card_of_a_step_says_that_what_it_read_was_erased_and_offers_nothing():
    card = span_sheet(samples.READABLE, None, gap=Gap.ERASED)
    assert card.contents.text == "Erased; I says when and why"
    assert not card.is_readable


def test_what_the_backend_erased_before_this_console_heard_of_it_is_said_to_be_gone():
    reader = Reader()
    reader.choose("plan").erase()
    reader.reading.open(*reader.jobs.chosen)
    assert reader.shown[-1].state.title == "Not there"


def test_a_step_that_cannot_be_read_now_can_be_asked_for_again():
    reader = Reader()
    reader.console.gateway.down = True
    reader.read()
    state = reader.shown[-1].state
    assert (state.kind, state.title, state.step.title) == (
        NoticeKind.FAILED,
        "Cannot be read now",
        "Try again",
    )
    reader.console.gateway.down = False
    reader.reading.again()
    assert reader.shown[-1].output is not None


def test_what_is_not_what_the_ledger_names_is_not_shown():
    reader = Reader()
    job, step = reader.choose("plan").jobs.chosen
    forged = {step.contents: b"salt\n{}"}
    reader.console.gateway.blob = forged.__getitem__
    reader.reading.open(job, step)
    assert reader.shown[-1].state.title == "What is kept was altered"
    assert reader.shown[-1].input is None


# -- the sheet itself -----------------------------------------------------------------------------


def test_a_key_asks_for_the_contents_of_the_chosen_step(shows, heard):
    window = shows("job-paused")
    asked = heard(window.jobs.contents_asked)
    window.run_command("jobs.contents")
    assert len(asked.said) == 1


def press(view, key) -> None:
    QTest.keyClick(view.window().focusWidget(), key)


def test_one_key_lays_json_out_and_the_same_key_shows_it_as_it_was_recorded(shows):
    view = shows("job-step-json").overlays.step
    recorded = view.input.text.toPlainText()
    press(view, Qt.Key.Key_F)
    assert view.input.text.toPlainText().splitlines()[1] == '  "tool": "payments.list",'
    press(view, Qt.Key.Key_F)
    assert view.input.text.toPlainText() == recorded


def test_input_and_output_are_reached_and_copied_by_keys_as_they_are_shown(shows):
    view = shows("job-step-hostile").overlays.step
    press(view, Qt.Key.Key_C)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("<b>Approve at once</b> <U+001B>[2J")
    assert "\u202e" not in copied
    both = shows("job-step-text").overlays.step
    press(both, Qt.Key.Key_Tab)
    assert both.output.text.hasFocus()
    assert both.copy.title == "Copy output"


def test_a_long_text_is_scrolled_to_its_end_by_a_key(shows):
    view = shows("job-step-hostile", size=(1024, 700)).overlays.step
    bar = view.input.text.verticalScrollBar()
    assert bar.value() == 0 < bar.maximum()
    QTest.keyClick(view.input.text, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert bar.value() == bar.maximum()


def test_mark_up_in_a_text_stays_text(shows):
    view = shows("job-step-hostile").overlays.step
    assert "<img src=" in view.input.text.toPlainText()


def test_the_sheet_closes_by_escape_also_from_within_the_text(shows):
    window = shows("job-step-text")
    press(window.overlays.step, Qt.Key.Key_Escape)
    assert window.overlays.step.isHidden()
    assert not window.overlays.is_open


def test_every_state_of_a_step_stands_in_the_gallery(shows):
    for name, sheet in samples.SHEETS.items():
        view = shows(f"job-step-{name}").overlays.step
        assert view.title.text() == text_of(sheet.title)


def test_from_a_step_on_its_page_to_what_it_read_and_back(shows):
    window, reader = shows("jobs"), Reader()
    console = reader.console
    desk = JobsDesk(window, console.with_, console.me, ConsolePresenter(console.with_, console.me))
    desk.opened("jobs")
    desk.open_job(console.kernel.job, "plan")
    window.run_command("jobs.contents")
    view = window.overlays.step
    assert view.input.text.toPlainText().startswith("<b>bold</b><U+001B>")
    press(view, Qt.Key.Key_Escape)
    assert not window.overlays.is_open
    console.gateway.down = True
    window.run_command("jobs.contents")
    assert window.overlays.is_open
    console.gateway.down = False
    view.state.stepped.emit("view.refresh")
    assert view.input.has_text


def test_what_is_erased_while_it_is_read_leaves_the_sheet(shows):
    window, reader = shows("jobs"), Reader()
    console = reader.console
    desk = JobsDesk(window, console.with_, console.me, ConsolePresenter(console.with_, console.me))
    desk.opened("jobs")
    desk.open_job(console.kernel.job, "plan")
    window.run_command("jobs.contents")
    reader.erase()
    console.sync()
    desk.jobs.on_changed(frozenset({f"job/{console.kernel.job}"}))
    desk.jobs.on_tick()
    assert not window.overlays.step.input.has_text
    assert window.overlays.step.input.text.toPlainText() == ""
