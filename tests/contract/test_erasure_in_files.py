"""What was erased is gone from every file, is never made again, and a pack made afterwards is sound."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.verifying import verify_pack
from lineclear.adapters.sql.engine import open_engine
from lineclear.adapters.sql.tables import blobs, keys
from lineclear.application.jobs import end_job, record_spans
from lineclear.application.ports import ActionQuery, Snapshot
from lineclear.application.record.erasing import Keeper, Whose, erase, erase_as
from lineclear.application.record.findings import Fault
from lineclear.domain.actions import Action
from lineclear.domain.erasure import PRIVATE
from lineclear.domain.events import Span
from lineclear.domain.ledger.sealing import unseal
from lineclear.domain.principals import Principal
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus, Role, SpanKind, Tier, Verdict
from support.kernel import Kernel
from support.stores import Place, place_of
from support_audit import LOG, Entries, entries_of, examiner, executed, key_of, write

WORDS = ("Wilhelmina Example was charged twice", "her ticket 20418-W", "not a duplicate, says Wilhelmina")


TRUST = Trust(str(key_of(LOG)))


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of(request.param, tmp_path, request)


@pytest.fixture
def kernel(place: Place) -> Iterator[Kernel]:
    with place.opened() as store:
        yield Kernel(store=store)


def admin(kernel: Kernel) -> Principal:
    return kernel.token("root", Role.ADMIN, tier=Tier.THREE)


def told(kernel: Kernel, amount: str = "60.00") -> Action:
    """A refund that somebody rejected, with private words everywhere that words can be."""
    action = kernel.refund(amount, note=WORDS[0], why=WORDS[1], reason="duplicate of Wilhelmina")
    return kernel.decide(kernel.reviewer(), action, Verdict.REJECT, WORDS[2])


def erased_all(kernel: Kernel, whose: Whose, name: str) -> None:
    erase(kernel.services, admin(kernel), whose, name, "She asked for it")
    keeper = Keeper(kernel.services)
    while keeper.run_one():
        pass


def test_i41_erased_means_gone_from_every_file(tmp_path: Path, request: pytest.FixtureRequest):
    """Plaintext, salts, data keys as they are kept and as they were, and what they closed."""
    folder = tmp_path / "data"
    folder.mkdir()
    place = place_of("sqlite", folder, request)
    with place.opened() as store:
        kernel = Kernel(store=store)
        other = kernel.refund("61.00", note="Karoline stays")
        kernel.decide(kernel.reviewer("ops-east"), other, Verdict.REJECT, "Not hers")
        for number in range(30):
            told(kernel, f"{70 + number}.00")
        action = told(kernel)
        span = Span(
            "s-1",
            "Read the ticket of Wilhelmina",
            SpanKind.TOOL,
            "2026-01-01T00:00:00.000Z",
            "2026-01-01T00:00:01.000Z",
        )
        record_spans(kernel.services, kernel.agent, kernel.job, (span,), kernel.key())
        end_job(kernel.services, kernel.agent, kernel.job, "completed", kernel.key())
        traces = [*(word.encode() for word in WORDS), b"ilhelmina"]
        traces += salts(kernel, f"action/{action.id}", f"job/{kernel.job}")
        traces += closed(place.url, f"action/{action.id}", f"job/{kernel.job}")
        assert any(found(folder, trace) for trace in traces)
        assert len(traces) > 12
        erase(kernel.services, admin(kernel), Whose.JOB, kernel.job, "She asked for it")
        assert any(found(folder, trace) for trace in traces)  # in the journal, which the search does see
        Keeper(kernel.services).scrub_due()
        assert [trace for trace in traces if found(folder, trace)] == []
        assert not found(folder, b"Karoline")  # of the same job
    assert [trace for trace in traces if found(folder, trace)] == []
    with place.opened() as store:
        assert all(
            store.read(lambda s, d=digest: s.blob(d)) is None
            for digest in (action.content.payload, action.content.before, action.content.after)
        )


def found(folder: Path, trace: bytes) -> list[str]:
    return [path.name for path in folder.iterdir() if trace in path.read_bytes()]


def salts(kernel: Kernel, *streams: str) -> list[bytes]:
    """The salts of all that these streams commit to, in both spellings."""
    told: list[bytes] = []
    for one in kernel.store.read(lambda s: s.entries(start=0, limit=999)):
        entry = json.loads(one.entry)
        for part, digest in entry["commits"].items():
            if entry["stream"] in streams and part in PRIVATE:
                sealed = kernel.store.read(lambda s, d=digest: s.blob(d))
                assert sealed is not None
                assert unseal(sealed)
                told += [sealed[:64], bytes.fromhex(sealed[:64].decode())]
    return told


def closed(url: str, *streams: str) -> list[bytes]:
    """Keys as they are wrapped, and what they closed."""
    engine = open_engine(url)
    with engine.connect() as connection:
        wrapped = connection.execute(select(keys.c.wrapped).where(keys.c.subject.in_(streams))).scalars()
        bodies = connection.execute(select(blobs.c.sealed)).scalars()
        told = [
            *wrapped,
            *(body[-48:] for body in bodies if any(one.encode() in body[:99] for one in streams)),
        ]
    engine.dispose()
    return told


def test_a_repetition_of_an_erased_proposal_makes_no_second_one(kernel: Kernel):
    request = kernel.key()
    action = kernel.refund("60.00", note=WORDS[0], request=request)
    kernel.decide(kernel.reviewer(), action, Verdict.REJECT, "No")
    erased_all(kernel, Whose.ACTION, action.id)
    with pytest.raises(Refusal) as refused:
        kernel.refund("60.00", note=WORDS[0], request=request)
    assert refused.value.code is Code.KEY_REUSED


def test_a_pack_made_after_an_erasure_is_sound_and_one_that_hides_a_content_is_not(tmp_path: Path):
    kernel = executed()
    action = next(one for one in kernel.store.read(_actions) if one.status is ActionStatus.REJECTED)
    digest = action.content.payload
    source = entries_of(kernel)
    hidden = Entries(source.all, {name: blob for name, blob in source.blobs.items() if name != digest})
    faults = verify_pack(write(hidden, tmp_path / "hidden"), TRUST).conclusion.findings
    assert [(one.fault, "no tombstone" in one.says) for one in faults] == [(Fault.CONTENT, True)]

    erase_as(kernel.services, "person/root", "root", Whose.ACTION, action.id, "She asked for it")
    pack = write(entries_of(kernel), tmp_path / "pack")
    conclusion = verify_pack(pack, TRUST).conclusion
    assert (conclusion.findings, conclusion.counts.absent) == ((), 5)
    assert examiner().verify(pack, str(key_of(LOG)))[0] == []


def _actions(snapshot: Snapshot) -> tuple[Action, ...]:
    return snapshot.actions(ActionQuery(order="newest")).items
