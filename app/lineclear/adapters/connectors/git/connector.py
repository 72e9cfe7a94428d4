"""The connector for files of a Git repository. Effect class C: branch and trailers answer afterwards.

```yaml
  cicd.open_pr:
    system: billing-repo                       # a system of kind `git`: a bare repository
    stake: code
    title: "Merge {args.title} into {branch}"  # sees args, branch, and files (their number)
    target: {kind: branch, id: branch}
    reversible: true
    arguments:                                 # these names have a fixed meaning
      type: object
      required: [title, message, files]
      properties:
        branch: {type: string}                 # absent: the system's `branch`
        title: {type: string}                  # one line
        message: {type: string}
        files: {type: array, items: {type: object}}   # {path, content} or {path, delete: true}
```

The change is a commit on the branch `lineclear/<key>`, merged by compare-and-set of the target's ref.
A commit elsewhere on the target does not disturb it: the version is that of the touched files. An undo is a
revert made and merged in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from dulwich.objects import Blob, Commit, ObjectID
from pydantic import Field

from lineclear.adapters.connectors.definitions import Tool, identified, rendered
from lineclear.adapters.connectors.git.files import FileState, made, texts, wanted_files
from lineclear.adapters.connectors.git.repository import GitRepository, opened, trailers
from lineclear.adapters.connectors.versions import version_of
from lineclear.application.executing.permits import UNLIMITED
from lineclear.application.ports import Arguments, Permit, ToolFailed, ToolOutcomeUnknown
from lineclear.domain.contracts import ToolContract
from lineclear.domain.effects import Effect, Health, HealthState, Preview, Shape, Target, UndoPlan
from lineclear.domain.strict_json import Json
from lineclear.domain.vocabulary import EffectClass

_ATTEMPTS = 3

type Files = dict[str, FileState | None]


class GitTool(Tool):
    """A tool on files; what it changes is wholly in its arguments."""

    shape: Annotated[Shape, Field(strict=False)] = Shape.CODE


class _Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an undo needs: the files as they were and as the merge left them."""

    title: str
    target: Target
    branch: str
    merge: str
    before: dict[str, FileState | None]
    after: dict[str, FileState | None]


@dataclass(frozen=True, slots=True)
class _Plan:
    """A change of files, not yet carried out."""

    title: str
    target: Target
    branch: str
    message: str
    before: Files
    after: Files
    blobs: tuple[Blob, ...] = ()

    @property
    def version(self) -> str:
        return _version(self.branch, self.before)


def _version(branch: str, files: Files) -> str:
    blobs: dict[str, Json] = {
        path: f"{state.mode:o} {state.blob}" if state else None for path, state in files.items()
    }
    return version_of({"branch": branch, "files": blobs})


class GitConnector:
    """Reads, previews, applies and undoes changes of files in one bare repository.

    `now` gives whole seconds since 1970 for commit times; `author` is "Name <address>".
    """

    def __init__(
        self,
        system: str,
        path: Path,
        tools: Mapping[str, GitTool],
        *,
        branch: str,
        author: str,
        now: Callable[[], int],
    ) -> None:
        self._system = system
        self._path = path
        self._tools = dict(tools)
        self._branch = branch
        self._author = author
        self._now = now

    def contracts(self) -> Sequence[ToolContract]:
        return [
            tool.contract(name, EffectClass.QUERYABLE, mutates=True) for name, tool in self._tools.items()
        ]

    def _opened(self) -> AbstractContextManager[GitRepository]:
        return opened(self._path, self._author, self._now)

    def preview(self, tool: str, arguments: Arguments) -> Preview:
        definition = self._tools[tool]
        with self._opened() as repository:
            plan = self._plan(definition, arguments, repository)
            blobs = {blob.id.decode(): blob for blob in plan.blobs}
            after = {path: state for path, state in plan.after.items() if state and state.blob not in blobs}
            new = {
                path: blobs[state.blob].data.decode()
                for path, state in plan.after.items()
                if state and state.blob in blobs
            }
            return Preview(
                target=plan.target,
                title=plan.title,
                shape=definition.shape,
                before=texts(repository.store, plan.before),
                after={**texts(repository.store, after), **new},
                version=plan.version,
                undo=definition.plan,
            )

    def apply(
        self, tool: str, arguments: Arguments, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        definition = self._tools[tool]
        request = version_of([tool, dict(arguments)])
        permit.check()
        with self._opened() as repository, repository.exclusive():
            done = self._done(repository, key, self._branch_of(arguments), request)
            if done is not None:
                return done
            plan = self._plan(definition, arguments, repository, expected)
            return _carry_out(repository, plan, request, key, permit)

    def find(
        self,
        tool: str,  # noqa: ARG002  # a key is one tool's
        arguments: Arguments,
        *,
        key: str,
        permit: Permit = UNLIMITED,
    ) -> Effect | None:
        permit.check()
        with self._opened() as repository:
            return self._done(repository, key, self._branch_of(arguments), None)

    def _done(self, repository: GitRepository, key: str, branch: str, request: str | None) -> Effect | None:
        proposed = repository.proposed(key)
        noted = trailers(proposed) if proposed else {}
        if request is not None and noted.get("Lineclear-Request", request) != request:
            raise ToolFailed("refused", "This key was already used for another change; use a new one.")
        branch = noted.get("Lineclear-Branch", branch)
        merge = repository.merged(key, branch)
        return None if merge is None else self._effect(repository, branch, merge)

    def _effect(self, repository: GitRepository, branch: str, merge: Commit) -> Effect:
        return _effect(repository, Target(self._system, "branch", branch), branch, merge)

    def preview_undo(self, tool: str, receipt: Json) -> Preview:
        definition, given = self._undoable(tool, receipt)
        with self._opened() as repository:
            plan, moved, conflicts = _undo_plan(given, repository)
            words = f"changed since and in the way: {', '.join(conflicts)}" if conflicts else definition.loses
            return Preview(
                target=given.target,
                title=f"Undo: {given.title}",
                shape=definition.shape,
                before=texts(repository.store, plan.before),
                after=texts(repository.store, plan.after),
                version=_version(given.branch, repository.snapshot(given.branch).states(list(given.after))),
                undo=UndoPlan(possible=not conflicts, window=definition.undo_window, loses=words),
                moved=tuple(moved),
            )

    def undo(
        self, tool: str, receipt: Json, *, expected: str, key: str, permit: Permit = UNLIMITED
    ) -> Effect:
        _, given = self._undoable(tool, receipt)
        request = version_of(["undo", tool, receipt])
        permit.check()
        with self._opened() as repository, repository.exclusive():
            done = self._done(repository, key, given.branch, request)
            if done is not None:
                return done
            states = repository.snapshot(given.branch).states(list(given.after))
            _require_version(_version(given.branch, states), expected)
            plan, _, conflicts = _undo_plan(given, repository)
            if conflicts:
                detail = f"Changed since the effect, so undoing would overwrite it: {', '.join(conflicts)}."
                raise ToolFailed("target_moved", detail)
            if not plan.after:
                raise ToolFailed(
                    "refused", "Nothing is left to undo; the files already are as they were before."
                )
            return _carry_out(repository, plan, request, key, permit)

    def _undoable(self, tool: str, receipt: Json) -> tuple[GitTool, _Receipt]:
        definition = self._tools[tool]
        if not definition.reversible:
            raise ToolFailed(
                "refused", f"{tool} cannot be undone{f': {definition.loses}' if definition.loses else ''}."
            )
        try:
            return definition, msgspec.convert(receipt, _Receipt)
        except msgspec.ValidationError as error:
            raise ToolFailed("invalid", f"This is no receipt of this connector: {error!s:.200}") from None

    def probe(self) -> Health:
        try:
            with self._opened() as repository:
                repository.head(self._branch)
        except ToolFailed as error:
            return Health(HealthState.DOWN, str(error))
        return Health(HealthState.HEALTHY)

    def _branch_of(self, arguments: Arguments) -> str:
        return _text(arguments, "branch", self._branch)

    def _plan(
        self, tool: GitTool, arguments: Arguments, repository: GitRepository, expected: str | None = None
    ) -> _Plan:
        branch = self._branch_of(arguments)
        files = wanted_files(arguments)
        before = repository.snapshot(branch).states([file.path for file in files])
        texts(repository.store, before)  # refuses binary content, which nobody could have been shown
        _require_version(_version(branch, before), expected or _version(branch, before))
        after: Files = {}
        blobs = []
        for file in files:
            after[file.path], blob = made(file, before[file.path])
            blobs += [blob] if blob else []
        scope: dict[str, Json] = {"args": dict(arguments), "branch": branch, "files": len(files)}
        title = _text(arguments, "title")
        if not title.strip() or not title.isprintable():
            raise ToolFailed("invalid", "title is one line of printable text.")
        message = _text(arguments, "message", "").replace("\0", "").strip()
        return _Plan(
            title=rendered(tool.title, scope),
            target=Target(self._system, tool.target.kind, identified(tool.target, scope)),
            branch=branch,
            message=f"{title}\n\n{message}" if message else title,
            before=before,
            after=after,
            blobs=tuple(blobs),
        )


def _text(arguments: Arguments, name: str, otherwise: str | None = None) -> str:
    found = arguments.get(name, otherwise)
    if not isinstance(found, str):
        raise ToolFailed("invalid", f"{name} is a text.")
    return found


def _require_version(found: str, expected: str) -> None:
    if found != expected:
        raise _moved()


def _moved() -> ToolFailed:
    return ToolFailed("target_moved", "The files changed since they were shown; look at them again.")


def _carry_out(repository: GitRepository, plan: _Plan, request: str, key: str, permit: Permit) -> Effect:
    """Commit on a branch of its own, then merge; again where others were faster elsewhere on the target."""
    permit.check()  # waiting for the lock may have taken long
    notes = f"Lineclear-Key: {key}\nLineclear-Branch: {plan.branch}\nLineclear-Request: {request}\n"
    head = repository.head(plan.branch)
    proposed = repository.propose(key, head, plan.after, plan.blobs, f"{plan.message}\n\n{notes}")
    for _ in range(_ATTEMPTS):
        head = repository.head(plan.branch)
        if repository.at(head).states(list(plan.before)) != plan.before:
            repository.withdraw(key, proposed)
            raise _moved()
        with _withdrawn(repository, key, proposed):
            permit.check()
        message = f"Merge {plan.message.splitlines()[0]}\n\n{notes}"
        merge = _merged(repository, plan, head, proposed, message, key)
        if merge is not None:
            return _effect(repository, plan.target, plan.branch, merge)
    raise ToolFailed("unreachable", f"Others keep writing to {plan.branch}; try again.")


@contextmanager
def _withdrawn(repository: GitRepository, key: str, proposed: Commit) -> Iterator[None]:
    """What may not go on leaves no branch of its own behind."""
    try:
        yield
    except ToolFailed:
        repository.withdraw(key, proposed)
        raise


def _merged(
    repository: GitRepository, plan: _Plan, head: ObjectID, proposed: Commit, message: str, key: str
) -> Commit | None:
    """The merge; where the disk failed midway, what the repository says decides."""
    try:
        return repository.merge(plan.branch, head, proposed, plan.after, message)
    except OSError as error:
        if repository.merged(key, plan.branch) is not None:
            raise ToolOutcomeUnknown("The change was merged, but the disk did not confirm it.") from error
        raise


def _effect(repository: GitRepository, target: Target, branch: str, merge: Commit) -> Effect:
    """What a merge did, read from the repository alone, so that asking later gives the same answer."""
    paths = repository.differing(merge)
    before = repository.at(merge.parents[0]).states(paths)
    after = repository.at(merge.id).states(paths)
    title = merge.message.decode(errors="replace").splitlines()[0]
    receipt = _Receipt(title, target, branch, merge.id.decode(), before, after)
    return Effect(
        reference=merge.id.decode(),
        before=texts(repository.store, before),
        after=texts(repository.store, after),
        version=_version(branch, after),
        receipt=msgspec.to_builtins(receipt),
    )


def _undo_plan(given: _Receipt, repository: GitRepository) -> tuple[_Plan, list[str], list[str]]:
    """The revert, with the paths that moved since and those among them that stand in its way."""
    now = repository.snapshot(given.branch).states(list(given.after))
    moved = [path for path, state in given.after.items() if now[path] != state]
    conflicts = [path for path in moved if now[path] != given.before.get(path)]
    kept = [path for path in given.after if path not in moved or path in conflicts]
    after = {path: now[path] if path in conflicts else given.before.get(path) for path in kept}
    plan = _Plan(
        title=f"Undo: {given.title}",
        target=given.target,
        branch=given.branch,
        message=f'Revert "{given.title}"\n\nThis takes back {given.merge}.',
        before={path: now[path] for path in kept},
        after=after,
    )
    return plan, moved, conflicts
