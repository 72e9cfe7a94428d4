"""What a program keeps at hand of a ledger is used for that very ledger only."""

from __future__ import annotations

import msgspec

from lineclear.adapters.sql.known import MOST, Changes, Key, Known, Recent, Tail
from lineclear.domain.jobs import Job
from lineclear.domain.state import Aggregate

JOB: Key = (Job, "job-1")
FIRST, SECOND = Tail(1, b"first"), Tail(2, b"second")


def job(seq: int) -> Job:
    raw = {"id": "job-1", "seq": seq}
    fields = {field.name: raw.get(field.name, "") for field in msgspec.structs.fields(Job) if field.required}
    return Job(**fields)


def learned(recent: Recent, tail: Tail, state: Aggregate | None) -> Known:
    known = recent.at(tail)
    assert known is not None
    known.learn(JOB, state, tail.size)
    return known


def grown(tail: Tail, **states: Aggregate) -> tuple[Tail, Changes]:
    return tail, Changes({(type(state), name): state for name, state in states.items()}, {}, ())


def test_what_was_read_is_known_until_the_ledger_is_another():
    recent = Recent()
    learned(recent, FIRST, job(0))

    again = recent.at(FIRST)
    assert again is not None
    found = again.state(JOB, FIRST.size)
    assert found is not None
    assert found.value == job(0)

    other = recent.at(SECOND)
    assert other is not None
    assert other.state(JOB, SECOND.size) is None


def test_a_ledger_of_the_same_size_with_another_newest_entry_is_another():
    recent = Recent()
    learned(recent, FIRST, job(0))

    assert recent.at(Tail(1, b"restored")) is None
    assert recent.begin(Tail(1, b"restored")).state(JOB, 1) is None


def test_what_is_known_not_to_be_there_is_told_from_what_is_not_known():
    known = learned(Recent(), FIRST, None)

    found = known.state(JOB, FIRST.size)
    assert found is not None
    assert found.value is None
    assert known.state((Job, "job-2"), FIRST.size) is None


def test_a_reader_of_before_a_commit_does_not_find_what_it_made():
    recent = Recent()
    before = learned(recent, FIRST, job(0))
    recent.begin(FIRST).grow(*grown(SECOND, **{"job-1": job(1)}))
    recent.end()

    assert before.state(JOB, FIRST.size) is None
    found = before.state(JOB, SECOND.size)
    assert found is not None
    assert found.value == job(1)


def test_what_was_read_before_a_commit_is_not_kept_after_it():
    recent = Recent()
    before = recent.at(FIRST)
    assert before is not None
    recent.begin(FIRST).grow(*grown(SECOND, **{"job-1": job(1)}))

    before.learn(JOB, job(0), FIRST.size)

    found = before.state(JOB, SECOND.size)
    assert found is not None
    assert found.value == job(1)


def test_who_reads_between_a_commit_and_its_news_relies_on_nothing():
    recent = Recent()
    learned(recent, FIRST, job(0))
    recent.begin(FIRST)

    assert recent.at(SECOND) is None
    recent.end()
    assert recent.at(SECOND) is not None


def test_only_so_much_is_kept_and_the_newest_of_it():
    known = Known(FIRST)
    for number in range(MOST + 1):
        known.learn((Job, f"job-{number}"), job(0), FIRST.size)

    assert known.state((Job, "job-0"), FIRST.size) is None
    assert known.state((Job, f"job-{MOST}"), FIRST.size) is not None
