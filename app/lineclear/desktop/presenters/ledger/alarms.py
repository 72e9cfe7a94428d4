"""What a console says of the ledger that it witnesses. Pure: free of Qt, of I/O and of the clock."""

from __future__ import annotations

from lineclear.application.reading.formats import short_digest
from lineclear.application.record.witnessing import Alarm, AlarmKind, Witnessed
from lineclear.desktop.presenters.ledger.alarm_sheets import AlarmSheet
from lineclear.desktop.presenters.sheets import Line, Mark
from lineclear.domain.text import paintable
from lineclear.domain.wording import marked, say, say_n

APPROVING_OFF = marked("Approving is off: this ledger is not the one that was known here.")

_TITLES = {
    AlarmKind.KEY_CHANGED: marked("Ledger alarm: it is signed by another key"),
    AlarmKind.UNSIGNED: marked("Ledger alarm: its checkpoint is not signed by its key"),
    AlarmKind.SHRUNK: marked("Ledger alarm: entries that were there are gone"),
    AlarmKind.FORKED: marked("Ledger alarm: its history was changed"),
    AlarmKind.OTHER_LEDGER: marked("Ledger alarm: it is the log of another workspace"),
    AlarmKind.SHOWN_OTHERWISE: marked("Ledger alarm: what is shown here is not what was signed"),
}
_REMEDY = marked(
    "Approving and undoing are off on this device; rejecting, stopping and safe mode still work. Ask whoever "
    "runs the backend, by another way than this console, and show them the evidence. Once it is explained, "
    "run: lineclear review trust-log"
)


def alarm_sheet(alarm: Alarm) -> AlarmSheet:
    """What was seen, what to do, and where the evidence is."""
    seen = paintable(alarm.says[:1].upper() + alarm.says[1:])
    evidence = paintable(say("Evidence: {evidence}", evidence=alarm.evidence)) if alarm.evidence else ""
    return AlarmSheet(say(_TITLES[alarm.kind]), seen, say(_REMEDY), evidence)


def witness_line(witnessed: Witnessed | None) -> Line:
    """What this console verified of the log's signed checkpoints."""
    if witnessed is None or (witnessed.alarm is None and not witnessed.size):
        return Line(Mark.UNKNOWN, say("No checkpoint of the log was verified yet"))
    if witnessed.alarm is not None:
        return Line(Mark.ATTENTION, say(_TITLES[witnessed.alarm.kind]), paintable(witnessed.alarm.says))
    key = say("log key {digest}", digest=short_digest(witnessed.key))
    said = say(
        "Checkpoint of {size:,} entries verified against the last one kept here, and cosigned",
        size=witnessed.size,
    )
    if witnessed.is_first:
        said = say(
            "First checkpoint, of {size:,} entries: kept, with the key that signed it", size=witnessed.size
        )
        key = say("{key}, trusted from now on; compare it with the one that you were given", key=key)
    return Line(Mark.MET, said, " · ".join((key, others_words(witnessed))))


def others_words(witnessed: Witnessed) -> str:
    """What the other consoles that cosign say of the same log."""
    count = len(witnessed.others)
    if not count:
        return say("no other witness has cosigned yet")
    return say_n(
        "{count} other witness cosigned this same ledger",
        "{count} other witnesses cosigned this same ledger",
        count,
    )
