"""Sentences of refusals about jobs, proposals, executions and what holds them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lineclear.domain.refusal_codes import Code, Form, Kind

FORMS: Final[Mapping[Code, Form]] = {
    Code.AGENT_STOPPED: Form(
        Kind.FORBIDDEN, "Agent {agent} was stopped by {by}.", "An ops lead can let it go on in Control."
    ),
    Code.ARGUMENTS_INVALID: Form(
        Kind.UNPROCESSABLE,
        "The arguments of {tool} do not fit its contract: {problem}.",
        "Correct the arguments and propose again with a new key.",
    ),
    Code.BREAKER_OPEN: Form(
        Kind.UNAVAILABLE,
        "Connector {connector} failed {failures} times in a row; nothing is sent to it before {until}.",
        "It is tried again by itself. Check the system behind it.",
    ),
    Code.BUDGET_ASKED: Form(
        Kind.CONFLICT,
        "Action {action} asks already to raise this limit of job {job}.",
        "Decide on that one; a cut voids it.",
    ),
    Code.BUDGET_BEYOND_DAY: Form(
        Kind.CONFLICT,
        "The workspace's day has no room for {limit}: with what is left of it, job {job} can have {most}.",
        "Raise it to no more than that, wait until 00:00 UTC, or change the day's budget in the policy.",
    ),
    Code.BUDGET_SPENT: Form(
        Kind.CONFLICT,
        "{budget} does not allow this today: {used} of {limit} is used or set aside, {left} is left. "
        "It renews at {renews}.",
        "Wait until it renews. A reviewer can raise it for the day, unless they chose to keep it.",
    ),
    Code.CANARY_UNSEEN: Form(
        Kind.CONFLICT,
        "Nobody will be asked about this canary: it is {status}.",
        "Plant one that policy asks a person about.",
    ),
    Code.CAPABILITY_UNKNOWN: Form(
        Kind.UNPROCESSABLE,
        "Capability {capability} is not in the active policy.",
        "Use one of: {known}; or add it to the capability document.",
    ),
    Code.CLEARANCE_CONSUMED: Form(
        Kind.CONFLICT,
        "The clearance of action {action} was consumed before; it is good for one execution.",
        "Do not execute again. Propose anew if it still needs to happen.",
    ),
    Code.CLEARANCE_OVER: Form(
        Kind.CONFLICT,
        "The clearance of action {action} ended at {until}.",
        "Do not execute. Propose anew if it still needs to happen.",
    ),
    Code.CONNECTOR_DOWN: Form(
        Kind.UNAVAILABLE,
        "Connector {connector} cannot be reached: {problem}.",
        "Nothing was changed. Check the system behind it and try again.",
    ),
    Code.CREDENTIAL_GONE: Form(
        Kind.CONFLICT,
        "The credential of instance {instance} cannot be given again.",
        "Use the provisioner's token that made the instance, or delete it and provision another.",
    ),
    Code.TRIAL_REFUSED: Form(
        Kind.CONFLICT, "The trial cannot begin: {problem}.", "See `lineclear policy live` for what is on."
    ),
    Code.JUDGE_UNREACHABLE: Form(
        Kind.UNAVAILABLE,
        "The policy judge at {judge} did not answer: {problem}.",
        "It is asked again by itself. See whether it runs, or take it out of the capability document.",
    ),
    Code.JOB_CLOSED: Form(Kind.CONFLICT, "Job {job} is {status}.", "Open a new job."),
    Code.JOB_PAUSED: Form(
        Kind.CONFLICT,
        "Job {job} is paused: its {budget} budget is spent ({used} of {limit}).",
        "A reviewer can raise the budget or end the job; the request is in the queue.",
    ),
    Code.JOB_UNKNOWN: Form(
        Kind.MISSING, "There is no job {job} for this agent.", "Open a job first with POST /v1/jobs."
    ),
    Code.MODE_DRAFT: Form(
        Kind.CONFLICT,
        "Agent {agent} is in draft mode for {capability}: approvals record agreement and execute nothing.",
        "Raise the mode in Control.",
    ),
    Code.NOT_CLEARED: Form(
        Kind.CONFLICT,
        "Action {action} is {status}, not cleared.",
        "Do not execute. Wait until it is cleared, or propose anew.",
    ),
    Code.NOT_CONSUMED: Form(
        Kind.CONFLICT,
        "Nothing was executed yet: the clearance of action {action} was not consumed.",
        "Consume the clearance, execute, then report the outcome.",
    ),
    Code.OUTCOME_KNOWN: Form(
        Kind.CONFLICT, "Action {action} has another outcome: {status}.", "Tell a reviewer what happened."
    ),
    Code.SAFE_MODE_ON: Form(
        Kind.CONFLICT,
        "Safe mode is on: {reason}.",
        "Nothing that mutates may start until an ops lead leaves safe mode.",
    ),
    Code.START_REFUSED: Form(
        Kind.CONFLICT,
        "Action {action} may not start now: {problem}.",
        "Do not execute. While the clearance holds you may try again.",
    ),
    Code.TARGET_MOVED: Form(
        Kind.CONFLICT,
        "{target} changed since it was shown.",
        "Nothing was changed. Look at its present state and decide again.",
    ),
    Code.TOOL_UNKNOWN: Form(
        Kind.UNPROCESSABLE, "No connector knows tool {tool}.", "Declare it in the workspace document."
    ),
    Code.TOO_MANY_PENDING: Form(
        Kind.TOO_MANY,
        "Agent {agent} has {pending} actions waiting; {limit} is the most.",
        "Wait until some are decided.",
    ),
}
