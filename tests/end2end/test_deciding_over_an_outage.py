"""A console as it is put together, and a backend as a process of its own that is killed and started again."""

from __future__ import annotations

import pytest

from lineclear.adapters.http.client import BackendClient
from lineclear.application.deciding.reviewer import Reviewer
from lineclear.desktop.address import Address
from lineclear.desktop.background import InlineBackground
from lineclear.desktop.opening import Opened, open_backend
from lineclear.desktop.sync import Sync
from lineclear.domain.events import JobBrief
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, Tier, Verdict
from support.backend import Bot, new_key, new_workspace, running, served


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A workspace, tokens for it, and a device whose keys and outbox lie in a folder of the test's."""
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("LINECLEAR_KEY_PASSPHRASE", "a passphrase of the test")
    folder = new_workspace(tmp_path / "workspace")
    with running(folder, workers=0) as here:
        ops = here.token("ops-west", Role.OPS, tier=Tier.TWO)
        agent = here.token("support-agent", Role.AGENT, owner="owner")
    return folder, ops, agent


def opened(url: str, token: str) -> tuple[Opened, Reviewer, Sync]:
    found = open_backend(Address(url, token), InlineBackground(), InlineBackground())
    assert found.with_.reviewer is not None
    sync = Sync(found.with_.gateway, found.with_.replica, None, found.with_.hearing)
    follow(sync)
    return found, found.with_.reviewer, sync


def follow(sync: Sync) -> None:
    """What the thread of a console does, once."""
    try:
        sync._exchange()
    except Refusal:
        assert sync._hearing is not None
        sync._hearing.lost()


def test_i46_what_was_decided_during_an_outage_is_sent_by_the_next_run_of_the_console(place):
    folder, ops, agent = place
    with served(folder, "--workers", 0) as backend:
        url, port = backend.url, backend.url.rpartition(":")[2]
        client = BackendClient(url, agent)
        bot = Bot(client, client.open_job(JobBrief("Refund"), key=new_key()))
        first, second = bot.propose(), bot.propose()
        console, reviewer, sync = opened(url, ops)
        backend.kill()
        follow(sync)
        assert reviewer.dispatch.is_away
        for action in (first, second):
            with pytest.raises(Refusal) as caught:
                reviewer.decide(action, Verdict.REJECT, "Not this one")
            assert caught.value.code is Code.DECISION_KEPT
        with pytest.raises(Refusal) as caught:
            reviewer.decide(first, Verdict.APPROVE)
        assert caught.value.code is Code.OFFLINE_APPROVAL
        with pytest.raises(Refusal) as caught:
            reviewer.send_next()
        assert caught.value.code is Code.UNREACHABLE
        console.close()
        client.close()
    with served(folder, "--workers", 0, "--port", port) as backend:
        console, reviewer, _ = opened(backend.url, ops)
        assert [one.action for one in reviewer.dispatch.contents().waiting][:2] == [first.id, second.id]
        while reviewer.send_next() is not None:
            pass
        statuses = [console.with_.gateway.detail(one.id).action.status for one in (first, second)]
        assert statuses == [ActionStatus.REJECTED, ActionStatus.REJECTED]
        assert not reviewer.dispatch.contents().waiting
        console.close()
