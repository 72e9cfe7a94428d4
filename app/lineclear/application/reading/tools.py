"""The tools of a workspace: what each promises, and how its newest executions ended. Free of I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256

import msgspec

from lineclear.application.ports import ActionQuery, Snapshot
from lineclear.application.reading.answers import ToolState
from lineclear.domain.actions import Action
from lineclear.domain.contracts import ToolContract
from lineclear.domain.strict_json import canonical
from lineclear.domain.vocabulary import ActionStatus

LOOKED_AT = 300
"""So many executions that ended are looked at, the newest first."""

_WELL = frozenset({ActionStatus.SUCCEEDED, ActionStatus.UNDONE})
_ILL = frozenset({ActionStatus.FAILED, ActionStatus.UNKNOWN})


def tool_states(snapshot: Snapshot, contracts: Iterable[ToolContract]) -> tuple[ToolState, ...]:
    """Every tool by name."""
    ended = snapshot.actions(ActionQuery(statuses=_WELL | _ILL, order="newest"), limit=LOOKED_AT).items
    well, ill = _newest(ended, _WELL), _newest(ended, _ILL)
    return tuple(
        _state(contract, well, ill) for contract in sorted(contracts, key=lambda contract: contract.tool)
    )


def definition_of(contract: ToolContract) -> str:
    """What names a definition: SHA-256, in hex, of the contract as canonical JSON. Any change changes it."""
    return sha256(canonical(msgspec.to_builtins(contract))).hexdigest()


def _newest(ended: Iterable[Action], statuses: frozenset[ActionStatus]) -> dict[str, Action]:
    found: dict[str, Action] = {}
    for action in ended:
        if action.status in statuses and action.run is not None:
            found.setdefault(action.tool, action)
    return found


def _state(contract: ToolContract, well: Mapping[str, Action], ill: Mapping[str, Action]) -> ToolState:
    failed = ill.get(contract.tool)
    return ToolState(
        contract,
        definition_of(contract),
        _ended(well.get(contract.tool)),
        _ended(failed),
        failed.run.detail if failed is not None and failed.run is not None else "",
    )


def _ended(action: Action | None) -> str:
    return action.run.ended_at or action.updated_at if action is not None and action.run is not None else ""
