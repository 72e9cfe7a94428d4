"""Entries, facets, heads and verdicts of a ledger as sheets. Pure: free of Qt and of I/O.

Times are UTC here, because an auditor compares them with other records.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from lineclear.application.reading.formats import short_digest
from lineclear.application.record.findings import Conclusion
from lineclear.application.record.query import Facet, LedgerQuery, Order
from lineclear.application.record.reading import FacetCounts, LedgerAbout, LedgerKind, LedgerLine
from lineclear.desktop.presenters.closed_words import state_word, verdict_words
from lineclear.desktop.presenters.ledger.ledger_sheets import (
    EntriesSheet,
    EntryRow,
    FacetSheet,
    FacetValue,
    LedgerHead,
    VerdictKind,
    VerdictSheet,
)
from lineclear.desktop.presenters.ledger.ledger_types import type_words
from lineclear.desktop.presenters.sheets import Chip, Line, Mark, Notice, NoticeKind, Tone, Words
from lineclear.domain.text import paintable
from lineclear.domain.wording import figure, marked, say, say_n

_TITLES: Final = {
    Facet.TYPE: marked("What happened"),
    Facet.VERDICT: marked("Verdict"),
    Facet.AGENT: marked("Agent"),
    Facet.CAPABILITY: marked("Capability"),
    Facet.BY: marked("By"),
}
_TONES: Final = {
    "execution.succeeded": Tone.OK,
    "execution.failed": Tone.STOP,
    "execution.unknown": Tone.STOP,
    "execution.held": Tone.CAUTION,
    "action.cleared": Tone.OK,
    "action.stopped": Tone.STOP,
    "action.expired": Tone.CAUTION,
    "action.undone": Tone.CAUTION,
    "breaker.opened": Tone.CAUTION,
    "job.paused": Tone.CAUTION,
    "job.stopped": Tone.STOP,
    "safe_mode.switched": Tone.CAUTION,
    "device.revoked": Tone.CAUTION,
    "unreadable": Tone.STOP,
    "action.proposed": Tone.ACCENT,
}
NOT_YET: Final = marked("Shown after your own look")
"""Stands where a decision before a blind second look would tell by whom it was, and which."""
_TITLE_FIRST: Final = ("action.proposed", "action.cleared", "execution.")
_SYNTAX: Final = marked(
    "Write plain words, or a filter: agent:support-agent  type:decision  by:ops-west  amount>100  "
    "after:2026-11-01"
)


def utc_text(stamp: str) -> str:
    """A time of the ledger, to the second; as it stands where it is none."""
    try:
        return f"{datetime.fromisoformat(stamp).astimezone(UTC):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError):
        return paintable(stamp).text


def entry_row(line: LedgerLine) -> EntryRow:
    """One entry of the list."""
    title = line.title or line.about
    says = _says(line)
    told = (title, says) if line.type.startswith(_TITLE_FIRST) else (says, title)
    told = (say(NOT_YET), line.title) if line.withheld else told
    about = " · ".join(filter(None, (*told, line.amount)))
    what, time = type_words(line.type), utc_text(line.at)
    shown, by = paintable(about), paintable(line.actor)
    spoken = say(
        "Entry {index:,}, {time}: {what}, {text}, by {by}",
        index=line.index,
        time=time,
        what=what,
        text=shown.text,
        by=by.text,
    )
    return EntryRow(line.index, figure(line.index), time, what, shown, by, _tone(line), spoken)


def _says(line: LedgerLine) -> str:
    """What an entry says, where it is one of few words in the reader's own."""
    match line.type:
        case "action.evaluated":
            return verdict_words(line.says)
        case "decision.recorded":
            who, _, verdict = line.says.partition(": ")
            return f"{who}: {verdict_words(verdict)}" if verdict else line.says
        case "job.ended":
            return state_word(line.says)
        case _:
            return line.says


def _tone(line: LedgerLine) -> Tone:
    if line.type == "decision.recorded" and not line.withheld:
        return Tone.STOP if ": reject" in line.says else Tone.OK
    if line.type == "action.evaluated" and line.says.startswith("deny"):
        return Tone.STOP
    return _TONES.get(line.type, Tone.NEUTRAL)


def entries_sheet(
    query: LedgerQuery, count: int, lines: Iterable[LedgerLine], size: int, *, is_counted: bool
) -> EntriesSheet:
    """The list anew."""
    first = tuple(map(entry_row, lines))
    notice = None
    if not first:
        notice = _nothing(query, size)
    said = say_n("{count:,} entry", "{count:,} entries", size)
    if not query.is_everything:
        said = (
            say("{count:,} of {said}", count=count, said=said)
            if is_counted
            else say("Counting, of {said}", said=said)
        )
    return EntriesSheet(count, first, said, is_counted, query.order is Order.NEWEST, notice)


def _nothing(query: LedgerQuery, size: int) -> Notice:
    if not size:
        text = say("Entries appear here as they are read.")
        return Notice(NoticeKind.LOADING, say("Nothing is indexed yet"), text)
    if query.is_everything:
        return Notice(NoticeKind.EMPTY, say("No entries yet"))
    return Notice(
        NoticeKind.INFO,
        say("None of {number} is like that", number=say_n("{count:,} entry", "{count:,} entries", size)),
        say(_SYNTAX),
    )


def kept_back_notice() -> Notice:
    """Says over a list that finding these entries would tell what they keep back."""
    text = say(
        "Decisions before a second look that may be yours are not searched by person, verdict or words. "
        "Once it is taken they are found."
    )
    return Notice(NoticeKind.INFO, say("Some decisions are left out"), text)


def facet_sheets(query: LedgerQuery, facets: Iterable[FacetCounts]) -> tuple[FacetSheet, ...]:
    """The side list; a facet with one value alone leaves nothing to choose."""
    made = (_facet(query, one) for one in facets)
    return tuple(sheet for sheet in made if len(sheet.values) > 1 or any(v.is_chosen for v in sheet.values))


def _facet(query: LedgerQuery, facet: FacetCounts) -> FacetSheet:
    chosen = query.chosen(facet.facet)
    values = tuple(
        FacetValue(
            value,
            _value_words(facet.facet, value),
            figure(count),
            value == chosen,
        )
        for value, count in facet.values
    )
    return FacetSheet(facet.facet, say(_TITLES[facet.facet]), values)


def _value_words(facet: Facet, value: str) -> Words:
    match facet:
        case Facet.TYPE:
            return type_words(value)
        case Facet.VERDICT:
            words = verdict_words(value)
            return paintable(words[:1].upper() + words[1:])
        case _:
            return paintable(value)


def head_sheet(
    about: LedgerAbout, size: int, verified: Chip, notice: Notice | None, *, news: int, is_verifying: bool
) -> LedgerHead:
    """What is open; of a pack plainly that it is one, of when, and of what scope."""
    verify = say("Stop verifying") if is_verifying else say("Verify")
    came = say_n("{count:,} newer entry", "{count:,} newer entries", news) if news else ""
    if about.kind is LedgerKind.LIVE:
        entries = say_n("{count:,} entry", "{count:,} entries", size)
        said = f"{about.name} · {entries} · {_live_key(about)}"
        live = Chip(say("Live"), Tone.OK)
        return LedgerHead(
            say("Ledger"), paintable(said), live, verified, verify_title=verify, news=came, notice=notice
        )
    said = " · ".join(
        (about.name, _exported(about), say_n("{count:,} entry", "{count:,} entries", about.size))
    )
    title = paintable(about.file).text
    pack = Chip(say("Audit pack, read offline"), Tone.ACCENT)
    return LedgerHead(
        title, paintable(said), pack, verified, is_pack=True, verify_title=verify, news=came, notice=notice
    )


def _live_key(about: LedgerAbout) -> str:
    """Whose signature is checked, in words."""
    if about.since:
        return trusted_words(about.key, about.since)
    if about.is_pinned:
        return say("signed by key {key}, which you entered", key=short_digest(about.key))
    return say("first contact: no key of the log is known here yet")


def trusted_words(key: str, since: str) -> str:
    """A log's key that was taken at its word once, and since when."""
    return say("key {key}, trusted on first use on {day}", key=short_digest(key), day=since[:10])


def _exported(about: LedgerAbout) -> str:
    if not about.exported_at:
        return say("exported by somebody whose key you did not name")
    by = say("the log itself") if about.signed_by == "log" else about.signed_by
    return say(
        "exported {time} UTC by {by} · scope: {scope}",
        time=utc_text(about.exported_at),
        by=by,
        scope=about.scope,
    )


def verdict_chip(verdict: VerdictSheet | None) -> Chip:
    """How far it was verified, in two words."""
    if verdict is None:
        return Chip(say("Not verified"), Tone.CAUTION)
    match verdict.kind:
        case VerdictKind.RUNNING:
            return Chip(say("Verifying, {used} %", used=int(verdict.used * 100)), Tone.ACCENT)
        case VerdictKind.SOUND:
            return Chip(say("Verified: sound"), Tone.OK)
        case VerdictKind.UNSOUND:
            return Chip(say("Not sound"), Tone.STOP)
        case _:
            return Chip(say("Not verified"), Tone.CAUTION)


def running_sheet(done: int, total: int) -> VerdictSheet:
    """A verification under way."""
    used = done / total if total else 0.0
    text = say(
        "Every entry is hashed, replayed and judged, and every signature checked. You can go on reading."
    )
    return VerdictSheet(VerdictKind.RUNNING, say("Verifying, {used} %", used=int(used * 100)), text, used)


def ended_sheet(title: str, text: str) -> VerdictSheet:
    """A verification that came to no verdict."""
    return VerdictSheet(VerdictKind.ENDED, title, paintable(text))


def verdict_sheet(conclusion: Conclusion) -> VerdictSheet:
    """What is proven and what is not, in plain words."""
    if not conclusion.is_sound:
        fails = [
            Line(Mark.REFUSED, paintable(f"{found.says[:1].upper()}{found.says[1:]}"), paintable(found.where))
            for found in conclusion.findings
        ]
        if conclusion.omitted:
            fails.append(Line(Mark.REFUSED, say("And {omitted:,} more", omitted=conclusion.omitted)))
        title = say(
            "Not sound: {number}",
            number=say_n(
                "{count:,} fault", "{count:,} faults", len(conclusion.findings) + conclusion.omitted
            ),
        )
        text = say("Nothing in this ledger is proven. Keep it as it is, and ask whoever gave it to you.")
        return VerdictSheet(VerdictKind.UNSOUND, title, text, fails=tuple(fails))
    root = say("root {digest}", digest=short_digest(conclusion.root))
    signed = (
        say("signed by key {digest}", digest=short_digest(conclusion.key))
        if conclusion.key
        else say("signed by nobody known here")
    )
    entries = say_n("{count:,} entry", "{count:,} entries", conclusion.size)
    text = f"{conclusion.origin}, {entries}, {conclusion.scope}; {root}, {signed}."
    return VerdictSheet(
        VerdictKind.SOUND,
        say("Sound"),
        paintable(text),
        holds=tuple(Line(Mark.MET, paintable(says)) for says in conclusion.proven),
        open=tuple(Line(Mark.UNKNOWN, paintable(says)) for says in conclusion.unproven),
    )
