"""Taking an HTTP effect back: receipts, and the plan that returns a resource to what it was. Free of I/O.

An undo compares three ways, member by member: what the write itself changed goes back, what the provider
added and what others did since elsewhere stays, and what others changed in the same place stands in the way.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from lineclear.adapters.connectors.http.exchange import Answer, Found, Step
from lineclear.adapters.connectors.http.journal import Plan, Way
from lineclear.adapters.connectors.http.patch import patch_between, patched
from lineclear.adapters.connectors.http.system import is_plain
from lineclear.adapters.connectors.http.tools import HttpTool, Method
from lineclear.adapters.connectors.undoing import Change, Record, Restoration, restore
from lineclear.adapters.connectors.versions import is_same, version_of
from lineclear.application.ports import ToolFailed
from lineclear.domain.effects import Target
from lineclear.domain.strict_json import Json

ABSENT = "absent"
"""The version of what is not there."""


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that an undo needs. `before` differs from `after` only where the write itself changed something."""

    title: str
    target: Target
    write: str
    place: str
    before: Record | None
    after: Record | None
    back: Way | None
    forth: Way | None

    def as_json(self) -> Json:
        found: Json = msgspec.to_builtins(self)
        return found

    @property
    def change(self) -> Change:
        return Change(self.target.kind, self.place, {}, self.before, self.after)


def read_receipt(tool: HttpTool, name: str, receipt: Json) -> Receipt:
    """The receipt of an effect of this very tool that can be taken back; ToolFailed for any other."""
    if not (tool.reversible and tool.mutates):
        raise ToolFailed("refused", f"{name} cannot be undone{f': {tool.loses}' if tool.loses else ''}.")
    try:
        given = msgspec.convert(receipt, Receipt)
    except msgspec.ValidationError as error:
        raise ToolFailed("invalid", f"This is no receipt of this connector: {error!s:.200}") from None
    if tool.write is None or given.write != tool.write.source:
        raise ToolFailed("invalid", f"This receipt is of another version of {name}.")
    if given.back is None:
        raise ToolFailed(
            "refused", "The provider gave no way to take this back; it has to be done there by hand."
        )
    if not is_plain(given.place.partition("?")[0]) or given.back.method is Method.GET:
        raise ToolFailed("invalid", "This is no receipt of this connector: it names no place.")
    return given


def receipt_of(plan: Plan, after: Record | None) -> Receipt:
    """What undoes the plan, given the resource as the write left it."""
    before = plan.before if after is None else _outset(plan, after)
    return Receipt(plan.title, plan.target, plan.write, plan.place, before, after, plan.back, plan.forth)


def _outset(plan: Plan, after: Record) -> Record | None:
    """The resource as it is now, but for what the write itself changed: only that is ever written back."""
    if plan.before is None or plan.after is None:
        return plan.before
    found = dict(after)
    for name in {*plan.before, *plan.after}:
        if name in plan.before and name in plan.after and is_same(plan.before[name], plan.after[name]):
            continue
        found.pop(name, None)
        if name in plan.before:
            found[name] = plan.before[name]
    return found


def restoration_of(tool: HttpTool, given: Receipt, found: Found) -> Restoration:
    """What undoing makes of the resource as it was found."""
    return restore(given.change, record_of(tool, found))


def record_of(tool: HttpTool, found: Found) -> Record | None:
    """The resource as a record; ToolFailed where it is none."""
    if found.state is None:
        return None
    if not isinstance(found.state, dict):
        raise ToolFailed("invalid", "The resource is no JSON object; a tool that writes needs one.")
    return tool.shown(found.state)


def version_found(tool: HttpTool, found: Found) -> str:
    """The ETag where one is given, else a digest of what is shown."""
    if found.state is None:
        return ABSENT
    if tool.if_match and not found.is_strong:
        raise ToolFailed(
            "invalid", "The resource comes without a strong ETag, so `if_match` cannot hold; leave it out."
        )
    if found.etag:
        return found.etag
    return version_of(tool.shown(found.state) if isinstance(found.state, dict) else found.state)


def undo_plan(tool: HttpTool, given: Receipt, found: Found) -> Plan:
    """How the undo is sent. Raises ToolFailed where something stands in the way or nothing is left to do."""
    restoration = restoration_of(tool, given, found)
    if restoration.conflicts:
        names = ", ".join(standing(given, restoration))
        raise ToolFailed("target_moved", f"Changed since the effect, so undoing would overwrite it: {names}.")
    if not restoration.is_needed:
        raise ToolFailed("refused", "Nothing is left to undo; the resource already is as it was before.")
    assert given.back is not None, "a receipt without a way back was refused when it was read"
    step, after = _step(tool, given.back, restoration)
    return Plan(
        title=f"Undo: {given.title}",
        target=given.target,
        write=given.write,
        step=step if step.method is Method.POST else conditional(tool, step, found),
        place="" if step.method is Method.POST else given.place,
        args={},
        before=restoration.now,
        after=after,
        back=given.forth,
        forth=given.back,
    )


def restored(tool: HttpTool, given: Receipt, restoration: Restoration) -> Record | None:
    """The resource as the undo would leave it."""
    if restoration.conflicts or not restoration.is_needed or given.back is None:
        return restoration.restored
    return _step(tool, given.back, restoration)[1]


def _step(tool: HttpTool, back: Way, restoration: Restoration) -> tuple[Step, Record | None]:
    now, wanted = restoration.now, restoration.restored
    if wanted is None or back.method is Method.DELETE:
        return Step(back.method, back.path), None
    if now is not None and back.method is Method.PATCH:
        patch = patch_between(now, wanted)
        return Step(back.method, back.path, patch, media_type(tool)), patched(now, patch)
    return Step(back.method, back.path, wanted), wanted


def standing(given: Receipt, restoration: Restoration, *, conflicts: bool = True) -> tuple[str, ...]:
    """The members that stand in the way, or that moved at all; the target's kind for the whole of it."""
    names = restoration.conflicts if conflicts else restoration.moved
    return tuple(name or given.target.kind for name in names)


def media_type(tool: HttpTool) -> str:
    """RFC 7396 has a type of its own; a tool may say that its system wants another."""
    return tool.media_type or "application/merge-patch+json"


def conditional(tool: HttpTool, step: Step, found: Found) -> Step:
    """The step on exactly the state that was found, where the tool says that the system heeds it."""
    if not tool.if_match:
        return step
    return msgspec.structs.replace(step, match="*" if found.state is None else found.etag)


def ways(
    tool: HttpTool, path: str, before: Record | None, scope: Mapping[str, Json]
) -> tuple[Way | None, Way | None]:
    """How a write will be taken back and made again; a POST's way is known when it was answered."""
    if not tool.reversible or tool.method is Method.POST:
        return None, None
    forth = Way(tool.method, path)
    if tool.method is not Method.DELETE:
        return Way(Method.DELETE if before is None else tool.method, path), forth
    assert tool.compensate is not None, "the definition of a DELETE that is reversible has one"
    back = Way(tool.compensate.method, tool.compensate.path(scope))
    return back, forth if back.method == Method.PUT else None


def way_from(tool: HttpTool, plan: Plan, answer: Answer) -> Way | None:
    """How what a POST made is removed, as the answer says it; None where it does not."""
    route = tool.compensate
    if route is None:
        return None
    if route.template is None:
        return Way(route.method, answer.location) if answer.location else None
    try:
        return Way(route.method, route.path({"args": plan.args, "made": answer.body}))
    except ToolFailed:
        return None
