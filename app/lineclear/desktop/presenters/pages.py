"""The top bar as a sheet. Pure: free of Qt, of I/O and of the clock."""

from __future__ import annotations

from lineclear.application.reading.answers import Me
from lineclear.desktop.presenters.environments import environment_chip
from lineclear.desktop.presenters.sheets import Chip, SafeModeSheet, Tone, TopSheet
from lineclear.domain.text import paintable
from lineclear.domain.vocabulary import Tier
from lineclear.domain.wording import say

_TIERS = {Tier.ONE: Tone.OK, Tier.TWO: Tone.CAUTION, Tier.THREE: Tone.STOP}


def top_sheet(me: Me | None, freshness: Chip, safe_mode: SafeModeSheet) -> TopSheet:
    """What is always in sight."""
    if me is None:
        return TopSheet("", Chip(""), freshness, safe_mode, "", Chip(""))
    tier = (
        Chip(say("Tier {tier}", tier=int(me.person.tier)), _TIERS[me.person.tier])
        if me.person
        else Chip(me.role)
    )
    return TopSheet(
        paintable(me.workspace),
        environment_chip(me.environment),
        freshness,
        safe_mode,
        paintable(me.subject),
        tier,
    )
