"""Infrastructure: asks for access that is lacking, revokes what has expired. Free of I/O of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lineclear.agents.asking import Plain
from lineclear.demo.agents.story import Desk, Stories, Story, called, planned, read

NAME = "infra-agent"
_TODAY = "2026-11-20"  # the sample's own day, as in its records
_BOT = "service:deploy-bot"
_WANTED = (
    (_BOT, "storage.admin", "storage/artifacts", "Releases fail to prune old artifacts: 403 on delete."),
    (
        "service:report-runner",
        "billing.viewer",
        "billing/reports",
        "The monthly report cannot read its input.",
    ),
    ("group:support", "billing.viewer", "billing/reports", "Support answers questions about reports."),
    (_BOT, "deploy.runner", "clusters/preview", "Preview environments are deployed by hand."),
)


def stories(desk: Desk) -> Stories:
    """The grant that a pipeline needs, the one that should be gone, then what else was asked for."""
    grants = _grants(desk)
    wanted = [asked for asked in _WANTED if asked[:3] not in grants]
    yield from (_grant(desk, *asked) for asked in wanted[:1])
    yield from _expired(desk)
    yield from (_grant(desk, *asked) for asked in wanted[1:])


def _grants(desk: Desk) -> set[tuple[str, str, str]]:
    return {
        (str(one["principal"]), str(one["role"]), str(one["resource"]))
        for one in desk.systems.records("access")
    }


def _grant(desk: Desk, principal: str, role: str, resource: str, said: str) -> Story:
    held = [f"{role} on {resource}" for who, role, resource in sorted(_grants(desk)) if who == principal]
    arguments: dict[str, Plain] = {"principal": principal, "role": role, "resource": resource}
    return Story(
        name=f"grant-{principal}-{role}-{resource}",
        goal=f"Unblock {principal.partition(':')[2]} on {resource}",
        workflow="access",
        capability="manage_access",
        tool="access.grant",
        arguments=arguments,
        why=f"IAM policy, {len(held)} statements",
        note=f"{said} The role covers the whole resource; there is no narrower one that would do.",
        confidence="0.90",
        due=timedelta(minutes=9, seconds=30) if role == "storage.admin" else timedelta(hours=5),
        steps=(
            read("read pipeline log", "Pipeline log", said),
            called("access.list", "access.yaml", "; ".join(held) or "no grants"),
            planned(desk.picker),
        ),
    )


def _expired(desk: Desk) -> Iterator[Story]:
    for one in desk.systems.records("access"):
        until = _until(one)
        if not until or until >= _TODAY:
            continue
        principal, role, resource = str(one["principal"]), str(one["role"]), str(one["resource"])
        yield Story(
            name=f"revoke-{principal}-{role}-{resource}",
            goal="Review access that has expired",
            workflow="access",
            capability="manage_access",
            tool="access.revoke",
            arguments={"principal": principal, "role": role, "resource": resource},
            why=f"expired on {until}",
            note="The engagement is over; the grant is still listed.",
            confidence="0.97",
            due=timedelta(hours=7),
            steps=(
                called("access.list", "access.yaml", f"{principal}: {role} on {resource} until {until}"),
                planned(desk.picker),
            ),
        )


def _until(grant: dict[str, object]) -> str:
    condition = grant.get("condition")
    return str(condition.get("expires", "")) if isinstance(condition, dict) else ""
