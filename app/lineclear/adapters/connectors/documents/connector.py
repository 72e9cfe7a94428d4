"""The connector for the records of one YAML or JSON document. Effect class C: the journal answers afterwards.

A tool definition (see `document_tools`) adds, sets or removes one record of a list. The document is
replaced as a whole under an advisory lock; its version is the digest of its bytes. An undo gives back
the very bytes where nobody wrote since, and else compares three ways, field by field.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from lineclear.adapters.connectors.definitions import failing, identified, rendered, require
from lineclear.adapters.connectors.documents.file import DocumentFile, Intent, digest
from lineclear.adapters.connectors.documents.text import Document, Splice, splice
from lineclear.adapters.connectors.documents.tools import DocumentTool, position
from lineclear.adapters.connectors.undoing import Change, Record, Restoration, paths, restore
from lineclear.adapters.connectors.versions import is_same, version_of
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Arguments, Permit, ToolFailed
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Effect, Health, HealthState, Preview, Target, UndoPlan, of_tools
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass


class _Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an undo needs: the record, its index in the list, and the lines that were cut."""

    title: str
    target: Target
    change: Change
    index: int
    lines: Splice
    version: str


@dataclass(frozen=True, slots=True)
class _Plan:
    """A change of one document, not yet carried out."""

    title: str
    target: Target
    change: Change
    index: int
    old: Document
    new: Document
    before: Json
    after: Json

    def effect(self, key: str) -> Effect:
        version = digest(self.new.text.encode())
        lines = splice(self.old.text, self.new.text)
        receipt = _Receipt(self.title, self.target, self.change, self.index, lines, version)
        return Effect(
            reference=key,
            before=self.before,
            after=self.after,
            version=version,
            receipt=msgspec.to_builtins(receipt),
        )


class DocumentConnector:
    """Reads, previews, applies and undoes changes of records in one document."""

    def __init__(self, system: str, path: Path, tools: Mapping[str, DocumentTool]) -> None:
        self._system = system
        self._path = path
        self._file = DocumentFile(path)
        self._tools = dict(tools)

    def contracts(self) -> Sequence[ToolContract]:
        return [
            tool.contract(name, EffectClass.QUERYABLE, mutates=True) for name, tool in self._tools.items()
        ]

    def preview(self, tool: str, arguments: Arguments) -> Preview:
        definition = self._tools[tool]
        plan = self._plan(definition, arguments, self._read())
        return Preview(
            target=plan.target,
            title=plan.title,
            shape=definition.shape,
            before=plan.before,
            after=plan.after,
            version=digest(plan.old.text.encode()),
            undo=definition.plan,
        )

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        definition = self._tools[tool]
        request = version_of([tool, dict(arguments)])
        permit.check()
        with self._file.locked():
            done = self._file.effect(key, request)
            if done is not None:
                return done
            old = self._read()
            _require_version(digest(old.text.encode()), expected)
            return self._carry_out(self._plan(definition, arguments, old), request, key, permit)

    def find(
        self,
        tool: str,  # noqa: ARG002  # the key says it all
        arguments: Arguments,  # noqa: ARG002  # the key says it all
        *,
        key: str,
        permit: Permit = UNLIMITED,
    ) -> Effect | None:
        permit.check()
        self._file.read()  # a journal beside a document that is gone proves nothing
        return self._file.effect(key)

    def preview_undo(self, tool: str, receipt: Json) -> Preview:
        definition, given = self._undoable(tool, receipt)
        document = self._read()
        restoration, index = _restoration(definition, given, document)
        before, after = _shown(definition, document, restoration.restored, restoration.now, index)
        conflicts = paths([restoration], conflicts=True)
        words = f"changed since and in the way: {', '.join(conflicts)}" if conflicts else definition.loses
        return Preview(
            target=given.target,
            title=f"Undo: {given.title}",
            shape=definition.shape,
            before=before,
            after=after,
            version=digest(document.text.encode()),
            undo=UndoPlan(possible=not conflicts, window=definition.undo_window, loses=words),
            moved=paths([restoration], conflicts=False),
        )

    def undo(
        self, tool: str, receipt: Json, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        definition, given = self._undoable(tool, receipt)
        request = version_of(["undo", tool, receipt])
        permit.check()
        with self._file.locked():
            done = self._file.effect(key, request)
            if done is not None:
                return done
            document = self._read()
            _require_version(digest(document.text.encode()), expected)
            return self._carry_out(_undo_plan(definition, given, document), request, key, permit)

    def probe(self) -> Health:
        try:
            document = self._read()
        except ToolFailed as error:
            return Health(HealthState.DOWN, str(error))
        return of_tools(self._tools, failing(self._tools, lambda tool: document.records(tool.records)))

    def _read(self) -> Document:
        return Document.read(self._file.read(), is_json=self._path.suffix == ".json")

    def _undoable(self, tool: str, receipt: Json) -> tuple[DocumentTool, _Receipt]:
        definition = self._tools[tool]
        if not definition.reversible:
            raise ToolFailed(
                "refused", f"{tool} cannot be undone{f': {definition.loses}' if definition.loses else ''}."
            )
        try:
            given = msgspec.convert(receipt, _Receipt)
        except msgspec.ValidationError as error:
            raise ToolFailed("invalid", f"This is no receipt of this connector: {error!s:.200}") from None
        if given.change.place != definition.records:
            raise ToolFailed("invalid", f"This receipt is of another version of {tool}.")
        return definition, given

    def _plan(self, tool: DocumentTool, arguments: Arguments, old: Document) -> _Plan:
        records = old.records(tool.records)
        fields, place = tool.wanted(arguments, records)
        now: Json = None if place is None else records[place]
        scope: dict[str, Json] = {"args": dict(arguments), "record": now, "records": [*records]}
        require(tool.checks, scope)
        before, after, index = tool.made(arguments, records)
        key = {name: fields[name] for name in tool.key}
        shown_before, shown_after = _shown(tool, old, after, before, index)
        return _Plan(
            title=rendered(tool.title, scope),
            target=Target(self._system, tool.target.kind, identified(tool.target, scope)),
            change=Change(tool.records, tool.records, key, before, after, many=True),
            index=index,
            old=old,
            new=old.changed(tool.records, index, before, after),
            before=shown_before,
            after=shown_after,
        )

    def _carry_out(self, plan: _Plan, request: str, key: str, permit: Permit) -> Effect:
        permit.check()  # waiting for the lock may have taken long
        effect = plan.effect(key)
        old, new = plan.old.text.encode(), plan.new.text.encode()
        self._file.replace(new, Intent(key, request, digest(old), digest(new), effect))
        return effect


def _require_version(found: str, expected: str) -> None:
    if found != expected:
        raise ToolFailed("target_moved", "The document changed since it was shown; look at it again.")


def _shown(
    tool: DocumentTool, document: Document, after: Record | None, before: Record | None, index: int
) -> tuple[Json, Json]:
    """The list before and after, or only the records that agree with the changed one in `alongside`."""
    records = document.records(tool.records)
    made = [*records[:index], *([] if after is None else [after]), *records[index + (before is not None) :]]
    subject = after or before or {}
    old: Json = [record for record in records if _is_alongside(tool, record, subject)]
    new: Json = [record for record in made if _is_alongside(tool, record, subject)]
    return {tool.records: old}, {tool.records: new}


def _is_alongside(tool: DocumentTool, record: Record, subject: Record) -> bool:
    return all(is_same(record.get(name), subject.get(name)) for name in tool.alongside)


def _restoration(tool: DocumentTool, given: _Receipt, document: Document) -> tuple[Restoration, int]:
    """What undoing makes of the record now, and its index in the list."""
    records = document.records(tool.records)
    place = position(records, given.change.key)
    now = None if place is None else records[place]
    index = min(given.index, len(records)) if place is None else place
    return restore(given.change, now), index


def _undo_plan(tool: DocumentTool, given: _Receipt, document: Document) -> _Plan:
    restoration, index = _restoration(tool, given, document)
    conflicts = paths([restoration], conflicts=True)
    if conflicts:
        detail = f"Changed since the effect, so undoing would overwrite it: {', '.join(conflicts)}."
        raise ToolFailed("target_moved", detail)
    if not restoration.is_needed:
        raise ToolFailed("refused", "Nothing is left to undo; the record already is as it was before.")
    before, after = _shown(tool, document, restoration.restored, restoration.now, index)
    change = Change(
        given.change.name,
        given.change.place,
        given.change.key,
        restoration.now,
        restoration.restored,
        many=True,
    )
    return _Plan(
        title=f"Undo: {given.title}",
        target=given.target,
        change=change,
        index=index,
        old=document,
        new=_restored(tool, given, document, restoration, index),
        before=before,
        after=after,
    )


def _restored(
    tool: DocumentTool, given: _Receipt, document: Document, restoration: Restoration, index: int
) -> Document:
    """The very bytes from before where nobody wrote since, comments and all; else a change in place."""
    changed = document.changed(tool.records, index, restoration.now, restoration.restored)
    if digest(document.text.encode()) != given.version:
        return changed
    text = given.lines.reverse(document.text)
    exact = Document.read(text.encode(), is_json=document.is_json)
    return exact if is_same(exact.content, changed.content) else changed
