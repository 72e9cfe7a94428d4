"""Release: brings the next version of each service to staging. Free of I/O of its own."""

from __future__ import annotations

from datetime import timedelta

from lineclear.demo.agents.story import Desk, Stories, Story, called, planned, read

NAME = "release-agent"


def stories(desk: Desk) -> Stories:
    """One deployment for each service in staging; a second one tries production, which policy denies."""
    for record in desk.systems.records("deployments"):
        service, environment, version = (str(record[name]) for name in ("service", "environment", "version"))
        if not record["frozen"]:
            yield _deploy(desk, service, environment, version)


def _deploy(desk: Desk, service: str, environment: str, version: str) -> Story:
    *first, last = version.split(".")
    following = ".".join([*first, str(int(last) + 1)])
    return Story(
        name=f"deploy-{service}-{environment}-{following}",
        goal=f"Release {service} {following} to {environment}",
        workflow="releases",
        capability="deploy_service",
        tool="cicd.trigger_deploy",
        arguments={"service": service, "version": following, "environment": environment},
        why=f"{service} {following} passed its tests",
        note=f"All checks of {following} are green. {environment.capitalize()} runs {version}.",
        confidence="0.96",
        due=timedelta(hours=6),
        steps=(
            called("cicd.checks", "Checks", f"{service} {following}: 214 passed"),
            read("read deployments", "deployments.yaml", f"{service} in {environment}: {version}"),
            planned(desk.picker),
        ),
    )
