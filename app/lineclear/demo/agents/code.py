"""Code: changes the billing service's repository, several files at a time. Free of I/O of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lineclear.demo.agents.story import Desk, Stories, Story, called, planned, read

NAME = "code-agent"

_CAPTURE = '''\
"""Captures the payment for an order."""

from billing.gateway import Capture, Gateway, Timeout
from billing.retries import RetryBudget
from billing.settings import RETRY_RATIO

_BUDGET = RetryBudget(RETRY_RATIO)


def capture(gateway: Gateway, wanted: Capture, budget: RetryBudget = _BUDGET) -> str:
    """Try again only while the budget allows it, so that an outage is not made worse."""
    budget.called()
    while True:
        try:
            return gateway.capture(wanted)
        except Timeout:
            if not budget.may_retry():
                raise
'''

_RETRIES = '''\
"""A budget for retries: a share of all calls, shared by everybody who captures."""

import threading

RESERVE = 3
"""Retries that are there from the start, for a service that has just come up."""


class RetryBudget:
    """`ratio` retries for each call; safe to use from several threads."""

    def __init__(self, ratio: float) -> None:
        self._ratio = ratio
        self._left = float(RESERVE)
        self._turn = threading.Lock()

    def called(self) -> None:
        with self._turn:
            self._left += self._ratio

    def may_retry(self) -> bool:
        """Take one retry out of the budget, if there is one."""
        with self._turn:
            if self._left < 1:
                return False
            self._left -= 1
            return True
'''

_SETTINGS = '''\
"""What operations may change without a release."""

RETRY_RATIO = 0.1
TIMEOUT_SECONDS = 10
'''

_TEST = """

class RetryBudgetTest(unittest.TestCase):
    def test_an_outage_is_not_made_worse(self) -> None:
        budget, gateway = RetryBudget(ratio=0.0), Slow(timeouts=100)
        with self.assertRaises(Timeout):
            capture(gateway, WANTED, budget)
        with self.assertRaises(Timeout):
            capture(gateway, WANTED, budget)
        self.assertEqual(gateway.calls, RESERVE + 2)
"""

_TOPICS = (
    ("refunds", "A refund fails", "Look up what is left of the payment; a refund never exceeds it."),
    ("timeouts", "Captures time out", "Check the gateway's status page before anything else."),
    ("currencies", "A currency is refused", "Amounts of two currencies are never added."),
    ("releases", "A release is rolled back", "The previous version is kept for seven days."),
    ("invoices", "An invoice is disputed", "Compare its lines with the usage report of the same month."),
)


def stories(desk: Desk) -> Stories:
    """The retry budget, then pages of a runbook."""
    yield _retry_budget(desk)
    yield from _runbook(desk)


def _retry_budget(desk: Desk) -> Story:
    changes = desk.systems.file("CHANGELOG.md")
    tests = desk.systems.file("tests/test_capture.py")
    tests = tests.replace(
        "from billing.money import Money\n",
        "from billing.money import Money\nfrom billing.retries import RESERVE, RetryBudget\n",
    )
    released = changes.replace(
        "# Changes\n",
        "# Changes\n\n## Unreleased\n\n- Retries share a budget instead of a count for each call.\n",
    )
    return Story(
        name="fix-retry-budget",
        goal="Stop retry storms in billing",
        workflow="engineering",
        capability="change_code",
        tool="cicd.open_pr",
        arguments={
            "title": "fix/retry-budget",
            "message": "Retry captures within a budget\n\nDuring an outage, retries tripled the load.",
            "files": [
                {"path": "billing/capture.py", "content": _CAPTURE},
                {"path": "billing/retries.py", "content": _RETRIES},
                {"path": "billing/settings.py", "content": _SETTINGS},
                {"path": "tests/test_capture.py", "content": tests + _TEST},
                {"path": "CHANGELOG.md", "content": released},
            ],
        },
        why="5 files, retries share a budget",
        note="Timeouts of the gateway were retried three times each. A shared budget bounds the extra load.",
        confidence="0.87",
        due=timedelta(hours=2),
        steps=(
            read("read incident report", "Incident report", "Retries tripled the load on the gateway."),
            read("read billing/capture.py", "billing/capture.py", "for attempt in range(RETRIES + 1):"),
            planned(desk.picker, "model: write change"),
            called("run tests", "Tests", "6 passed"),
        ),
    )


def _runbook(desk: Desk) -> Iterator[Story]:
    for topic, happens, advice in _TOPICS:
        yield Story(
            name=f"runbook-{topic}",
            goal=f"Write the runbook page on {topic}",
            workflow="engineering",
            capability="change_code",
            tool="cicd.open_pr",
            arguments={
                "title": f"docs/runbook-{topic}",
                "message": f"Say what to do when: {happens.lower()}",
                "files": [
                    {"path": f"docs/runbook/{topic}.md", "content": f"# {happens}\n\n{advice}\n"},
                ],
            },
            why="runbook page is missing",
            note="The on-call notes answer this question by hand each time.",
            confidence="0.92",
            due=timedelta(hours=10),
            steps=(
                read("read on-call notes", "On-call notes", f"{happens}: {advice}"),
                planned(desk.picker, "model: write page"),
            ),
        )
