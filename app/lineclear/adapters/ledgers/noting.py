"""What of an entry can be found: its facets, its words, and how a list tells it. Pure.

Reads entries as far as they fit; one that does not is noted as unreadable, never refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from lineclear.application.record.query import micros_of, millis_of
from lineclear.domain.erasure import BRIEF, TOMBSTONE
from lineclear.domain.money import MoneyError

UNREADABLE: Final = "unreadable"
ERASED: Final = TOMBSTONE
MOST_TEXT: Final = 16_384
"""Characters of one entry that can be searched."""
MOST_SAID: Final = 300
"""Characters that a list tells of an entry; the story has them all."""


class _Body(msgspec.Struct, frozen=True):
    """The texts of all events, by their names, and what a tombstone names; each is that wherever it is."""

    job: str = ""
    agent: str = ""
    capability: str = ""
    tool: str = ""
    amount: str = ""
    currency: str = ""
    verdict: str = ""
    outcome: str = ""
    undoes: str = ""
    because: str = ""
    reason: str = ""
    reference: str = ""
    detail: str = ""
    code: str = ""
    by: str = ""
    name: str = ""
    environment: str = ""
    state: str = ""
    role: str = ""
    person: str = ""
    subject: str = ""
    owner: str = ""
    action: str = ""
    by_action: str = ""
    worker: str = ""
    key: str = ""
    parts: tuple[str, ...] = ()


class _Entry(msgspec.Struct, frozen=True):
    type: str
    stream: str
    at: str
    actor: str
    body: _Body
    commits: dict[str, str]


class _Target(msgspec.Struct, frozen=True):
    connector: str = ""
    kind: str = ""
    id: str = ""


class _Quote(msgspec.Struct, frozen=True):
    source: str = ""
    excerpt: str = ""


class _Named(msgspec.Struct, frozen=True):
    name: str = ""


class _Brief(msgspec.Struct, frozen=True):
    """The texts of all briefs, by their names."""

    title: str = ""
    target: _Target = _Target()
    note: str = ""
    why: str = ""
    evidence: tuple[_Quote, ...] = ()
    reason: str = ""
    goal: str = ""
    customer: str = ""
    project: str = ""
    workflow: str = ""
    spans: tuple[_Named, ...] = ()
    because: str = ""
    detail: str = ""


_ENTRY: Final = msgspec.json.Decoder(_Entry)
_BRIEF: Final = msgspec.json.Decoder(_Brief)
_NOTHING: Final = _Brief()


@dataclass(frozen=True, slots=True)
class Subject:
    """What all entries of one stream are about, as its entries up to now say."""

    title: str = ""
    agent: str = ""
    capability: str = ""
    job: str = ""
    amount: str = ""
    currency: str = ""

    @property
    def micros(self) -> int | None:
        """The amount in millionths; None where there is none that can be read."""
        try:
            return micros_of(self.amount) if self.amount else None
        except MoneyError:
            return None


@dataclass(frozen=True, slots=True)
class Noted:
    """One entry as the index keeps it. `opens` is the subject that it states; None leaves it as it was.

    `erases` says that the words of its subject are gone.
    """

    type: str
    stream: str
    at: int
    actor: str
    verdict: str
    says: str
    words: str
    opens: Subject | None
    erases: bool = False


def brief_of(entry: bytes) -> str:
    """The digest of the brief to which an entry commits; empty where there is none or it is no entry."""
    try:
        return _ENTRY.decode(entry).commits.get("brief", "")
    except msgspec.MsgspecError:
        return ""


def note(entry: bytes, brief: bytes | None) -> Noted:
    """What can be found of an entry, with the content of its brief where that is here and was checked."""
    try:
        read = _ENTRY.decode(entry)
        at = millis_of(read.at)
    except (msgspec.MsgspecError, ValueError):
        return Noted(UNREADABLE, "", 0, "", "", "", "", None)
    said = _read_brief(brief)
    body = read.body
    words = " ".join(filter(None, (read.stream, *_body_words(body), *_brief_words(said))))
    return Noted(
        type=read.type,
        stream=read.stream,
        at=at,
        actor=read.actor,
        verdict=body.verdict or (body.outcome if read.type == "action.evaluated" else ""),
        says=_says(read.type, body, said)[:MOST_SAID],
        words=words[:MOST_TEXT],
        opens=_subject(read, said),
        erases=read.type == ERASED and BRIEF in body.parts,
    )


def _read_brief(brief: bytes | None) -> _Brief:
    if brief is None:
        return _NOTHING
    try:
        return _BRIEF.decode(brief)
    except msgspec.MsgspecError:
        return _NOTHING


def _subject(entry: _Entry, brief: _Brief) -> Subject | None:
    body = entry.body
    identifier = entry.stream.partition("/")[2]
    match entry.type:
        case "action.proposed" | "action.revised":
            return Subject(
                brief.title[:MOST_SAID], body.agent, body.capability, body.job, body.amount, body.currency
            )
        case "job.opened":
            return Subject(brief.goal[:MOST_SAID], body.agent, "", identifier)
        case "agent.enrolled":
            return Subject(agent=identifier)
        case _:
            return None


def _says(kind: str, body: _Body, brief: _Brief) -> str:
    """What the entry adds, in a few words; its type says the rest."""
    match kind:
        case "decision.recorded":
            told = (f"{body.person}: {body.verdict}", brief.reason)
        case "action.proposed":
            told = (body.tool, f"undoes {body.undoes}" if body.undoes else "")
        case "execution.started":
            told = (body.worker, body.key)
        case "device.signed":
            told = ("", body.action)
        case _:
            told = (body.outcome or body.state or body.role or body.name, _first(body, brief))
    return ", ".join(filter(None, told))


def _first(body: _Body, brief: _Brief) -> str:
    private = (brief.reason, brief.because, brief.detail)
    inline = (body.because, body.reason, body.reference, body.detail, body.by_action, body.by)
    return next(filter(None, (*private, *inline)), "")


def _body_words(body: _Body) -> Iterator[str]:
    yield from (body.tool, body.because, body.reason, body.reference, body.detail, body.code)
    yield from (body.name, body.environment, body.person, body.subject, body.owner, body.action)
    yield from (body.by_action, body.undoes)


def _brief_words(brief: _Brief) -> Iterator[str]:
    target = brief.target
    yield from (brief.title, target.connector, target.kind, target.id, brief.note, brief.why)
    yield from (brief.reason, brief.goal, brief.customer, brief.project, brief.workflow)
    yield from (brief.because, brief.detail)
    for quote in brief.evidence:
        yield from (quote.source, quote.excerpt)
    yield from (span.name for span in brief.spans)
