"""What a console shows where something was erased, or will be."""

from __future__ import annotations

from lineclear.application.governing.workspaces import activate_policy
from lineclear.application.record.erasing import Keeper, Whose, erase
from lineclear.desktop.presenters.sheets import ActionSheet, text_of
from lineclear.domain.vocabulary import Role, Tier, Verdict
from support.console import Console
from support.kernel import DOCUMENT

KEEPS_NONE = DOCUMENT.replace(
    "    tools:\n      - name: payments",
    "    audit:\n      log_payload: false\n    tools:\n      - name: payments",
    1,
)


def shown(console: Console, action: str) -> ActionSheet:
    console.sync()
    console.action.open(action)
    assert console.action_sheet is not None
    return console.action_sheet


def test_what_was_erased_says_when_and_by_whom_in_its_place():
    console = Console()
    kernel = console.kernel
    action = kernel.refund("60.00", note="Charged Wilhelmina twice")
    kernel.decide(kernel.reviewer("ops-east"), action, Verdict.REJECT, "Wrong amount")
    assert "Wilhelmina" in repr(shown(console, action.id))
    erase(
        kernel.services, kernel.token("root", Role.ADMIN, tier=Tier.THREE), Whose.ACTION, action.id, "Asked"
    )
    sheet = shown(console, action.id)
    assert "Wilhelmina" not in repr(sheet)
    assert "text erased" in text_of(sheet.title)
    assert sheet.changes is not None
    (line,) = sheet.changes.not_shown
    assert " by root: payload, before, after." in text_of(line.text)
    assert text_of(line.text).startswith("Erased on ")


def test_before_anybody_approves_it_is_said_that_the_payload_will_not_be_kept():
    console = Console()
    kernel = console.kernel
    activate_policy(kernel.services, KEEPS_NONE, by="admin")
    action = kernel.refund("60.00")
    checks = [text_of(line.text) for line in shown(console, action.id).checks]
    assert any("keeps no payload" in one and "cannot be undone" in one for one in checks)
    kernel.decide(kernel.reviewer("ops-east"), action)
    kernel.run()
    while Keeper(kernel.services).run_one():
        pass
    sheet = shown(console, action.id)
    assert sheet.changes is not None
    assert "because policy keeps no payload" in text_of(sheet.changes.not_shown[0].text)
    undo = next(one for one in sheet.decision.buttons if one.command == "review.undo")
    assert undo.why_not.startswith("What it did was erased")
