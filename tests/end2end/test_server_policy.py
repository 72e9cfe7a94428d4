"""Policy over HTTP: seen, brought into force, kept through a restart, and tried on history."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Outcome, Role, Tier
from lineclear.wire.policies import Suppose
from support.backend import new_key, new_workspace, refund_payload, running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return new_workspace(tmp_path / "workspace")


def stricter(text: str) -> str:
    return text.replace("max_amount_usd: 200", "max_amount_usd: 60", 1)


def test_what_people_brought_into_force_stays_through_a_restart(folder: Path):
    with running(folder, workers=0) as here:
        lead = here.client(here.token("lead", Role.OPS, tier=Tier.THREE)).policies
        text = lead.versions().document
        change = lead.compare(stricter(text), key=new_key())
        assert [one.direction for one in change.changes] == ["stricter"]
        key = new_key()
        lead.activate(stricter(text), expected=change.expected, reason="Fraud", key=key)
        again = lead.activate(stricter(text), expected=change.expected, reason="Fraud", key=key)
        assert again.version == change.expected + 1
        assert here.bot().propose(refund_payload("70.00")).status is ActionStatus.DENIED
    with running(folder, workers=0) as here:
        lead = here.client(here.token("lead", Role.OPS, tier=Tier.THREE)).policies
        assert lead.versions().document == stricter(text)
        assert lead.version(1).document == text
    (folder / "policy.yaml").write_text(text + "# edited\n", encoding="utf-8")
    with running(folder, workers=0) as here:
        lead = here.client(here.token("lead", Role.OPS, tier=Tier.THREE)).policies
        assert lead.versions().document == text + "# edited\n"


def test_an_ops_lead_of_tier_two_looks_and_changes_nothing(folder: Path):
    with running(folder, workers=0) as here:
        ops = here.client(here.token("ops", Role.OPS, tier=Tier.TWO)).policies
        text = ops.versions().document
        with pytest.raises(Refusal) as caught:
            ops.activate(stricter(text), expected=1, reason="Fraud", key=new_key())
        assert caught.value.code is Code.TIER_INSUFFICIENT
        assert len(ops.versions().versions) == 1


def test_history_is_replayed_page_by_page_beside_the_policy_in_force(folder: Path):
    with running(folder, workers=0) as here:
        bot, reader = here.bot(), here.client(here.token("auditor", Role.AUDITOR)).policies
        for _ in range(3):
            bot.propose(refund_payload("70.00"))
        text = reader.versions().document
        start, asked, denied = 0, 0, 0
        while True:
            page = reader.replay([stricter(text)], start=start, limit=6, key=new_key())
            now, then = page.results
            asked += now.outcomes.get(Outcome.ASK, 0)
            denied += then.outcomes.get(Outcome.DENY, 0)
            start = page.next
            if start == page.size:
                break
        assert (asked, denied) == (3, 3)


def test_all_that_waits_is_judged_under_a_text_and_stays_as_it_is(folder: Path):
    with running(folder, workers=0) as here:
        bot, reader = here.bot(), here.client(here.token("auditor", Role.AUDITOR)).policies
        waiting = [bot.propose(refund_payload("70.00")).id for _ in range(2)]
        trial = reader.queue(stricter(reader.versions().document), key=new_key())
        assert [one.action for one in trial.items] == waiting
        assert {(one.was, one.would) for one in trial.items} == {("ask", "deny")}
        assert not trial.more
        assert len(here.client(here.token("ops", Role.OPS)).actions().items) == len(waiting)
        with pytest.raises(Refusal) as caught:
            reader.queue("capabilities: [", key=new_key())
        assert caught.value.code is Code.DOCUMENT_INVALID


def test_an_action_that_nobody_proposed_is_explained_over_http(folder: Path):
    with running(folder, workers=0) as here:
        token = here.token("auditor", Role.AUDITOR)
        asked = Suppose(msgspec.Raw(refund_payload("70.00")), confidence="0.9")
        found = here.client(token).policies.what_if(asked, key=new_key())
        assert found.evaluation.outcome is Outcome.ASK
        assert "an amount of 50.00 USD" in {turn.says for turn in found.turns}
        http, headers = here.http(token), {"Content-Type": "application/json"}
        wrong = b'{"at": "some day", "payload": ' + refund_payload("70.00") + b"}"
        refused = http.post(
            "/v1/lab/what-if", content=wrong, headers=headers | {"Idempotency-Key": new_key()}
        )
        assert refused.json()["code"] == "body_invalid"
