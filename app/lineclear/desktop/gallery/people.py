"""Sample sheets for the gallery: people in Control while somebody's glass is open. Free of Qt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from lineclear.application.reading.answers import Me
from lineclear.desktop.gallery import control as gallery_control
from lineclear.desktop.presenters.control.people_page import Staff, glass_sheet, people_sheet
from lineclear.domain.identities import Delegation, Device, Glass, Person
from lineclear.domain.vocabulary import Role, Tier

_NOW: Final = datetime(2026, 11, 22, 14, 2, tzinfo=UTC)
_LENT: Final = Delegation(
    "dlg_1", "ops-west", Tier.TWO, ("issue_refund",), "2026-11-24T18:00:00Z", "500.00", "USD"
)
_GLASS: Final = Glass(
    "2026-11-22T13:51:00Z", "2026-11-22T14:21:00Z", "Payments are down, the on-call is away"
)
_PEOPLE: Final = (
    Person("ops-west", 4, Role.OPS, Tier.THREE, groups=("finance", "on-call")),
    Person("ops-east", 3, Role.OPS, Tier.TWO, "500.00", "USD", glass=_GLASS),
    Person("support-lead", 2, Role.APPROVER, Tier.ONE, "100.00", "USD", received=(_LENT,)),
    Person("data-lead", 3, Role.APPROVER, Tier.TWO, left="ops-admin"),
)
_DEVICES: Final = (
    Device("3b0c77a1e2f49d10", 1, "ops-west", "", "keyring"),
    Device("9f1e02d4c8ab7731", 1, "ops-east", "", "keyring"),
    Device("71c0aa52be3d6f08", 2, "ops-east", "", "file", revoked=True),
    Device("c41d9a7e60b2f583", 1, "support-lead", "", "keyring"),
)
_STAFF: Final = Staff(_PEOPLE, _DEVICES, ("deploy_service", "issue_refund", "merge_contacts"))
_ME: Final = Me("ops", "ops-west", "acme/support-ops", "production", "gallery", _PEOPLE[0])

PEOPLE: Final = people_sheet(_STAFF, _ME, _NOW)
GLASS: Final = glass_sheet(_PEOPLE, _NOW)
CONTROL: Final = replace(gallery_control.CONTROL, budgets=(), connectors=(), agents=())
