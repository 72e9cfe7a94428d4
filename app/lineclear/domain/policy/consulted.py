"""What a judge outside said of one action: a fact that stands on the ledger. Pure."""

from __future__ import annotations

import msgspec

from lineclear.domain.vocabulary import Outcome, Tier


class Consulted(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the judge at `url` said on one occasion; without an outcome it did not answer, as `problem` says.

    `occasion` is `proposal`, `edit` or `start`.
    """

    occasion: str
    url: str
    outcome: Outcome | None = None
    says: str = ""
    tier: Tier | None = None
    problem: str = ""
