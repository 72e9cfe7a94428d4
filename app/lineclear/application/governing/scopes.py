"""Where safe mode can be on: the whole workspace, an environment, a connector, a capability. Free of I/O."""

from __future__ import annotations

import re

from lineclear.application.ports import Snapshot
from lineclear.domain.actions import Action
from lineclear.domain.control import SafeMode
from lineclear.domain.refusals import Code, Refusal

WORKSPACE = "workspace"
_SCOPE = re.compile(r"workspace|(environment|connector|capability):[A-Za-z0-9][A-Za-z0-9._-]{0,62}")


def check_scope(scope: str) -> str:
    """The scope as it stands; Refusal(BODY_INVALID) for anything else."""
    if not _SCOPE.fullmatch(scope):
        problem = "a scope is workspace, environment:NAME, connector:NAME or capability:NAME"
        raise Refusal(Code.BODY_INVALID, problem=problem)
    return scope


def scopes_of(action: Action) -> tuple[str, ...]:
    """Every scope that an action is in, the widest first."""
    named = {
        "environment": action.environment,
        "connector": action.connector,
        "capability": action.capability,
    }
    return (WORKSPACE, *(f"{kind}:{name}" for kind, name in named.items() if name))


def safe_mode_over(snapshot: Snapshot, action: Action) -> SafeMode | None:
    """The widest safe mode that holds an action back; None where it may start."""
    return next(iter(safe_modes_over(snapshot, action)), None)


def safe_modes_over(snapshot: Snapshot, action: Action) -> tuple[SafeMode, ...]:
    """Every safe mode that holds an action back, the widest first."""
    if not action.mutates:
        return ()
    found = (snapshot.load(SafeMode, scope) for scope in scopes_of(action))
    return tuple(one for one in found if one is not None and one.on)
