"""How the audit commands answer: verdicts and stories, in words and as JSON. Free of rules."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec
import typer

from lineclear.application.record.findings import EVERYTHING, Scope, ScopeKind
from lineclear.application.services import stamp
from lineclear.domain.text import paintable

if TYPE_CHECKING:
    from lineclear.adapters.auditpack.story import Told
    from lineclear.application.record.findings import Conclusion

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PERCENT = 100


def scope_of(named: dict[str, str], start: str, end: str) -> Scope:
    """The one scope that the options name; typer's own complaint where they name two."""
    given = {kind: name for kind, name in named.items() if name}
    if len(given) + bool(start or end) > 1:
        raise typer.BadParameter("choose one of --job, --agent, --capability, --action and --from with --to")
    if start or end:
        return Scope(ScopeKind.TIME, start=_instant(start), end=_instant(end))
    for kind, name in given.items():
        return Scope(ScopeKind(kind), name=name)
    return EVERYTHING


def _instant(text: str) -> str:
    """A day in UTC or an RFC 3339 time, as the ledger writes times; empty stays empty."""
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day and no time such as 2026-01-31T09:30:00Z") from None
    if moment.tzinfo is None and not _DAY.fullmatch(text):
        raise typer.BadParameter(f"{text!r} needs its offset from UTC, such as Z")
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def progress(what: str) -> Progress:
    """Tells a person on a terminal how far it is; tells nobody anything elsewhere."""
    return Progress(what, is_shown=sys.stderr.isatty())


class Progress:
    """Bytes done of all, in whole percents, on one line of standard error."""

    def __init__(self, what: str, *, is_shown: bool) -> None:
        self._what = what
        self._is_shown = is_shown
        self._told = -1

    def __call__(self, done: int, total: int) -> None:
        percent = done * _PERCENT // max(total, 1)
        if self._is_shown and percent != self._told:
            self._told = percent
            sys.stderr.write(f"\r{self._what}: {percent} %{'' if percent < _PERCENT else chr(10)}")
            sys.stderr.flush()


def conclusion_json(conclusion: Conclusion) -> dict[str, object]:
    """A verdict for programs."""
    plain = {
        name: getattr(conclusion, name) for name in ("origin", "size", "root", "key", "scope", "omitted")
    }
    return {
        "sound": conclusion.is_sound,
        **plain,
        "counts": msgspec.to_builtins(conclusion.counts),
        "findings": [msgspec.to_builtins(found) for found in conclusion.findings],
        "proven": list(conclusion.proven),
        "unproven": list(conclusion.unproven),
    }


def conclusion_words(conclusion: Conclusion) -> str:
    """A verdict for people. What comes from outside is shown with escapes, and on one line each."""
    return "\n".join(_lines(conclusion))


def _lines(conclusion: Conclusion) -> Iterator[str]:
    if conclusion.is_sound:
        yield f"SOUND: {_shown(conclusion.origin)}, {conclusion.size:,} entries, {_shown(conclusion.scope)}."
        yield f"Signed by key {conclusion.key}; root {conclusion.root}."
        yield "\nProven:"
        yield from (f"  + {_shown(says)}" for says in conclusion.proven)
        yield "\nNot proven:"
        yield from (f"  - {_shown(says)}" for says in conclusion.unproven)
        return
    yield "NOT SOUND. Nothing in this pack is proven. What does not hold:"
    yield from (f"  ! {_shown(found.where)}: {_shown(found.says)}." for found in conclusion.findings)
    if conclusion.omitted:
        yield f"  ! and {conclusion.omitted:,} more."


def story_words(told: list[Told], conclusion: Conclusion) -> str:
    """What happened to an action, entry by entry."""
    lines = []
    for one in told:
        lines.append(f"{one.index:>8}  {_shown(one.at)}  {_shown(one.by)}: {_shown(one.says)}")
        lines += [f"{'':>12}{_shown(detail)}" for detail in one.details]
    state = f"all proven under the root of {conclusion.size:,} entries, signed by key {conclusion.key}"
    if not conclusion.is_sound:
        state = "NOTHING OF THIS IS PROVEN: `lineclear audit verify` says what does not hold"
    return "\n".join([*lines, state])


def _shown(text: str) -> str:
    return paintable(text).text
