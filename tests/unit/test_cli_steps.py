"""The steps of an action's job at a terminal: listed, read, escaped, and said to be gone where they are."""

from __future__ import annotations

import pytest

from lineclear.application.jobs import record_spans
from lineclear.application.reading.contents import AlteredError
from lineclear.cli.steps import list_steps, show_step
from lineclear.domain.events import StepContents
from lineclear.domain.refusals import Code, Refusal
from support.kernel import Kernel
from support.spans import span
from support.terminal import Terminal

HOSTILE = "\x1b]0;owned\x07 [bold]x[/bold] \u202egnp.exe\n! Approved"


@pytest.fixture
def kernel() -> Kernel:
    """Its job has a step that is kept, one that is not, and an action."""
    kernel = Kernel()
    spans = span("plan", 0, 4, tokens=810), span("rest", 4, 1, error="TimeoutError")
    contents = {"plan": StepContents(HOSTILE, '{"a": 1}')}
    record_spans(kernel.services, kernel.agent, kernel.job, spans, kernel.key(), contents=contents)
    return kernel


def test_steps_are_listed_with_what_is_kept_of_them(kernel: Kernel):
    terminal = Terminal(kernel)
    list_steps(terminal.desk, kernel.refund("80.00").id)
    assert [line.split() for line in terminal.said.splitlines()] == [
        ["1", "tool", "kept", "plan", "(plan)"],
        ["2", "tool", "not", "recorded", "rest", "(rest)"],
    ]


@pytest.mark.parametrize("step", ["1", "plan"])
def test_input_and_output_are_printed_by_number_or_id_and_obeyed_by_nothing(kernel: Kernel, step: str):
    terminal = Terminal(kernel)
    show_step(terminal.desk, kernel.refund("80.00").id, step)
    assert "Input\n  <U+001B>]0;owned<U+0007> [bold]x[/bold] <U+202E>gnp.exe\n| ! Approved\n" in terminal.said
    assert 'Output\n  {"a": 1}\n' in terminal.said


def test_json_holds_both_as_they_were_recorded(kernel: Kernel):
    terminal = Terminal(kernel, as_json=True)
    show_step(terminal.desk, kernel.refund("80.00").id, "plan")
    said = terminal.json
    assert (said["number"], said["input"], said["output"], said["gap"]) == (1, HOSTILE, '{"a": 1}', None)


def test_a_step_that_was_not_recorded_says_so_and_what_failed(kernel: Kernel):
    terminal = Terminal(kernel)
    show_step(terminal.desk, kernel.refund("80.00").id, "2")
    assert "! Failed: TimeoutError" in terminal.said
    assert "! Its agent did not record what went into this step" in terminal.said


def test_a_step_that_does_not_exist_is_refused(kernel: Kernel):
    action = kernel.refund("80.00").id
    for step in ("3", "0", "²", "0000000010", "9" * 5_000):
        with pytest.raises(Refusal) as refused:
            show_step(Terminal(kernel).desk, action, step)
        assert refused.value.code is Code.NOT_FOUND


def test_what_is_not_what_the_ledger_names_is_not_printed(kernel: Kernel):
    terminal = Terminal(kernel)
    terminal.gateway.blob = lambda _digest: b"salt\n{}"
    with pytest.raises(AlteredError):
        show_step(terminal.desk, kernel.refund("80.00").id, "1")
    assert terminal.said == ""
