"""The Python SDK: put an agent behind clearances. See `client` for its shape. Free of Qt and the server.

`Client` blocks, `AsyncClient` awaits; a proposal's `Outcome` is one of the classes here, to `match` on.
"""

from lineclear.agents.async_client import AsyncClient, AsyncJob
from lineclear.agents.carrying import Order
from lineclear.agents.client import Client, Job
from lineclear.agents.outcomes import (
    Agreed,
    Begun,
    Cleared,
    Denied,
    Expired,
    Failed,
    Outcome,
    Rejected,
    Stopped,
    Succeeded,
    Undone,
    Unknown,
    Waiting,
    Withdrawn,
)
from lineclear.agents.spans import OpenSpan
from lineclear.domain.events import Budget, Evidence
from lineclear.domain.refusals import Code, Refusal

__all__ = [
    "Agreed",
    "AsyncClient",
    "AsyncJob",
    "Begun",
    "Budget",
    "Cleared",
    "Client",
    "Code",
    "Denied",
    "Evidence",
    "Expired",
    "Failed",
    "Job",
    "OpenSpan",
    "Order",
    "Outcome",
    "Refusal",
    "Rejected",
    "Stopped",
    "Succeeded",
    "Undone",
    "Unknown",
    "Waiting",
    "Withdrawn",
]
