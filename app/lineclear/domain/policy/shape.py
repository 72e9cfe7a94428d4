"""The shape of a capability document: one set of models gives its checks, its remedies and its JSON Schema.

Pure. Import it only where documents are written or loaded: pydantic is slow to import.
"""

from collections.abc import Mapping
from math import prod
from typing import Annotated, override

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    Tag,
    model_validator,
)
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import PydanticCustomError
from pydantic_core.core_schema import NullableSchema, WithDefaultSchema

from lineclear.domain.policy.capabilities import KeyRule, UndoRule
from lineclear.domain.policy.compiling import LONGEST
from lineclear.domain.policy.conditions import Then
from lineclear.domain.policy.shape_values import (
    MAX_APPROVALS,
    Amount,
    Approvals,
    CapabilityName,
    Count,
    Duration,
    Name,
    Share,
    TierNumber,
)
from lineclear.domain.vocabulary import Mode

RETENTION_FLOOR_DAYS = 183
"""Six months: the least for which deployers of high-risk systems keep logs (EU AI Act, Article 26(6))."""

_RETENTION_MOST = 36_500
NEVER_REACHED = "never_reached"
NEVER_ASKED = "never_asked"
NEVER_MET = "never_met"
NOBODY_ASKED = "nobody_asked"
TWO_QUORUMS = "two_quorums"
ONE_FORM = "one_form"
TOO_MANY_WAYS = "too_many_ways"
ONE_MODE, MODE_EACH = "<one mode>", "<mode of each agent>"
ONE_CEILING, CEILING_EACH = "<one ceiling>", "<ceiling of each reviewer>"
MOST_STAGES = 8
_MOST_WAYS = 64

_TIER = "the least tier of a reviewer who approves: 1, 2 or 3"
_APPROVALS = f"how many different people must approve, 1 to {MAX_APPROVALS}"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ConditionShape(_Shape):
    """One condition in CEL, and what happens when it is true or cannot be answered."""

    when: Annotated[str, Field(min_length=1, max_length=LONGEST)] = Field(
        description="a CEL expression over action, agent, job, target, time and workspace"
    )
    then: Annotated[Then, Field(strict=False)] = Field(
        description="what happens when it is true or cannot be answered: ask or deny"
    )
    tier: TierNumber | None = Field(None, description=_TIER)
    says: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        None, description="the reason in words, for the reviewer and for the agent"
    )


class RateShape(_Shape):
    """How often one agent may propose."""

    most: Annotated[StrictInt, Field(ge=1, le=100_000)] = Field(
        description="how many proposals of one agent are taken in that time, such as 20"
    )
    per: Duration = Field(description="in how long a time: seconds, or a duration such as 30m, 1h or 1d")
    then: Annotated[Then, Field(strict=False)] = Field(
        Then.ASK, description="what happens beyond it: ask or deny"
    )


class AskedShape(_Shape):
    """Who is asked besides: one person at this tier or above, of this group, or both."""

    tier: TierNumber | None = Field(None, description=_TIER)
    group: Name | None = Field(None, description="the group of which they must be, such as finance")

    @model_validator(mode="after")
    def _somebody_is_asked(self) -> "AskedShape":
        if self.tier is None and self.group is None:
            raise PydanticCustomError(NOBODY_ASKED, "neither tier nor group")
        return self


class EscalateShape(_Shape):
    """Who is asked besides when decisions do not come."""

    after: Duration = Field(description="after how long: seconds, or a duration such as 30m, 4h or 1d")
    to: AskedShape = Field(description="who is asked besides, as a tier, a group, or both")


class PlaceShape(_Shape):
    """So many people who must approve."""

    approvals: Approvals = Field(1, description=_APPROVALS)
    tier: TierNumber | None = Field(None, description=_TIER)
    group: Name | None = Field(None, description="the group of which they must be, such as finance")
    of: list[Name] | None = Field(
        None, min_length=1, description="the reviewers of whom they must be, by name"
    )

    @model_validator(mode="after")
    def _enough_are_named(self) -> "PlaceShape":
        if self.of is not None and self.approvals > len(set(self.of)):
            raise PydanticCustomError(NEVER_MET, "too few are named")
        return self


class WayShape(PlaceShape):
    """One way to meet a stage: a place, or several of which all must be filled."""

    all_of: list[PlaceShape] | None = Field(
        None, min_length=1, max_length=MOST_STAGES, description="a list of places that must all be filled"
    )

    @model_validator(mode="after")
    def _one_form(self) -> "WayShape":
        if self.all_of is not None and self.model_fields_set & set(PlaceShape.model_fields):
            raise PydanticCustomError(ONE_FORM, "a place and a list of places")
        return self


class StageShape(WayShape):
    """One step of an approval; all stages must be met, by different people, in any order."""

    name: Name = Field(description="what the stage is called, such as finance")
    any_of: list[WayShape] | None = Field(
        None, min_length=1, max_length=MOST_STAGES, description="a list of ways, of which one is enough"
    )
    escalate: EscalateShape | None = Field(
        None, description="who is asked besides when this stage is not met in time, as after and to"
    )

    @model_validator(mode="after")
    def _one_of_them(self) -> "StageShape":
        if self.any_of is not None and self.model_fields_set & {*PlaceShape.model_fields, "all_of"}:
            raise PydanticCustomError(ONE_FORM, "a place and a list of ways")
        return self


type Stages = Annotated[list[StageShape], Field(min_length=1, max_length=MOST_STAGES)]

_STAGES = "a list of the stages of an approval, each with its name and who must approve"
_SECOND = "the share of approvals that get a second look by another person, 0 to 1, such as 0.1"
_ESCALATE = "who is asked besides when decisions do not come in time, as after and to"
_CONDITIONS = "a list of conditions, each with when and then"
_RATE = "how many proposals of one agent are taken in how long a time, as most and per"
_UNDO = "whether what cannot be undone is denied (required) or asked for (preferred)"
_CONFIDENCE = "the confidence under which a person must approve, 0 to 1, such as 0.85"


class _Who(_Shape):
    """What tools and capabilities say alike."""

    tier: TierNumber | None = Field(None, description=_TIER)
    approvals: Approvals | None = Field(None, description=_APPROVALS)
    stages: Stages | None = Field(None, description=_STAGES)
    second_review: Share | None = Field(None, description=_SECOND)
    escalate: EscalateShape | None = Field(None, description=_ESCALATE)
    min_confidence: Share | None = Field(None, description=_CONFIDENCE)
    reversible: Annotated[UndoRule, Field(strict=False)] | None = Field(None, description=_UNDO)
    rate: RateShape | None = Field(None, description=_RATE)
    conditions: list[ConditionShape] | None = Field(
        None, min_length=1, max_length=20, description=_CONDITIONS
    )

    @model_validator(mode="after")
    def _one_quorum(self) -> "_Who":
        if self.stages is not None and self.approvals is not None:
            raise PydanticCustomError(TWO_QUORUMS, "stages and approvals")
        if prod(len(stage.any_of or "1") for stage in self.stages or ()) > _MOST_WAYS:
            raise PydanticCustomError(TOO_MANY_WAYS, "too many ways together")
        return self


class ToolShape(_Who):
    """One tool of a capability, with its limits."""

    name: Name = Field(description="the tool's name, such as payments.create_refund")
    max_amount_usd: Amount | None = Field(
        None, description="the most in USD that one action may move, over zero, such as 200 or 49.50"
    )
    requires_approval_over_usd: Amount | None = Field(
        None, description="the amount in USD over which a person must approve, over zero, such as 50"
    )
    requires_approval: StrictBool | None = Field(
        None, description="whether a person must always approve: true or false"
    )
    idempotency_key: Annotated[KeyRule, Field(strict=False)] | None = Field(
        None, description="whether a proposal must carry an idempotency key: required or optional"
    )
    contract_version: Annotated[StrictInt, Field(ge=1, le=1_000_000)] | None = Field(
        None, description="the version of the tool's contract for which this was written, such as 1"
    )

    @model_validator(mode="after")
    def _line_under_ceiling(self) -> "ToolShape":
        over, most = self.requires_approval_over_usd, self.max_amount_usd
        if over is not None and most is not None and over > most:
            raise PydanticCustomError(NEVER_REACHED, "over the ceiling")
        return self


class AuditShape(_Shape):
    """How payloads are kept."""

    log_payload: StrictBool | None = Field(None, description="whether payloads are kept: true or false")
    retention_days: Annotated[StrictInt, Field(ge=RETENTION_FLOOR_DAYS, le=_RETENTION_MOST)] | None = Field(
        None, description=f"for how many days payloads are kept, {RETENTION_FLOOR_DAYS} to {_RETENTION_MOST}"
    )


class EnvironmentShape(_Shape):
    """Where tools that name an environment may act."""

    allowed: list[Name] = Field(
        min_length=1, description='a list of the environments that may be touched, such as ["staging"]'
    )
    requires_approval: list[Name] | None = Field(
        None, min_length=1, description="a list of those in which a person must always approve"
    )

    @model_validator(mode="after")
    def _asks_inside(self) -> "EnvironmentShape":
        if not set(self.requires_approval or ()) <= set(self.allowed):
            raise PydanticCustomError(NEVER_ASKED, "not allowed at all")
        return self


class BudgetShape(_Shape):
    """What one agent may do with this capability in one UTC day."""

    per_agent_per_day_usd: Amount | None = Field(
        None, description="the most in USD that one agent may move in one UTC day, over zero, such as 1000"
    )
    per_agent_per_day_actions: Count | None = Field(
        None, description="the most actions that one agent may start in one UTC day, such as 50"
    )


class BudgetsShape(_Shape):
    """What all agents together may use in one UTC day."""

    per_day_cost_usd: Amount | None = Field(
        None, description="the most in USD that agents' work may cost in one UTC day, over zero, such as 50"
    )
    per_day_steps: Count | None = Field(
        None, description="the most steps that agents may take in one UTC day, such as 5000"
    )


type ModeName = Annotated[Mode, Field(strict=False)]
type ModesShape = Annotated[
    Annotated[ModeName, Tag(ONE_MODE)] | Annotated[dict[Name, ModeName], Field(min_length=1), Tag(MODE_EACH)],
    Discriminator(lambda value: MODE_EACH if isinstance(value, Mapping) else ONE_MODE),
]


type CeilingsShape = Annotated[
    Annotated[Amount, Tag(ONE_CEILING)]
    | Annotated[dict[Name, Amount], Field(min_length=1), Tag(CEILING_EACH)],
    Discriminator(lambda value: CEILING_EACH if isinstance(value, Mapping) else ONE_CEILING),
]


class CapabilityShape(_Who):
    """One named permission."""

    tools: list[ToolShape] = Field(
        min_length=1, description="a list of the tools that this capability may use, each with its name"
    )
    audit: AuditShape | None = Field(None, description="how payloads are kept")
    environment: EnvironmentShape | None = Field(None, description="where its tools may act")
    modes: ModesShape | None = Field(
        None,
        description="draft, assisted, delegated or managed: one for every agent, or one for each agent named"
        " and under `everyone` one for all others",
    )
    undo_window: Duration | None = Field(
        None, description="how long an undo is offered: seconds, or a duration such as 30m, 24h or 7d"
    )
    budget: BudgetShape | None = Field(None, description="what one agent may do with it in one UTC day")
    reviewer_ceilings_usd: CeilingsShape | None = Field(
        None,
        description="the most in USD that a reviewer may approve: one amount, or one for each reviewer named",
    )


_JUDGE_URL = r"^(https://[^/?#@\s]+|http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?)/v1/data(/[A-Za-z0-9_.~-]+)+$"
_ENV_NAME = r"^OPA_[A-Za-z0-9_]{1,96}$"
"""Whoever writes policy also names where the token is sent: other secrets of the machine are out of reach."""


class JudgeShape(_Shape):
    """Open Policy Agent, asked beside this document; it can ask and deny, never allow."""

    url: Annotated[str, Field(pattern=_JUDGE_URL, max_length=500)] = Field(
        description="a rule of OPA's Data API, such as https://opa.example/v1/data/lineclear/decision;"
        " plain http on this machine only"
    )
    unreachable: Annotated[Then, Field(strict=False)] = Field(
        Then.DENY, description="what happens when it does not answer in time: ask or deny"
    )
    timeout_ms: Annotated[StrictInt, Field(ge=50, le=5_000)] = Field(
        500, description="for how many milliseconds an answer is waited for, 50 to 5000"
    )
    token_env: Annotated[str, Field(pattern=_ENV_NAME)] | None = Field(
        None, description="the environment variable that holds a bearer token for it, as OPA_TOKEN"
    )


class DocumentShape(_Shape):
    """A capability document: what agents may do, and who must approve it."""

    capabilities: dict[CapabilityName, CapabilityShape] = Field(
        min_length=1, description="the capabilities of this workspace by name"
    )
    budgets: BudgetsShape | None = Field(None, description="what all agents together may use in one UTC day")
    opa: JudgeShape | None = Field(None, description="a judge outside that is asked as well, with its url")


class _AbsentOverNull(GenerateJsonSchema):
    """Optional keys may be left out, never null."""

    @override
    def nullable_schema(self, schema: NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    @override
    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def json_schema() -> JsonSchemaValue:
    """The JSON Schema (2020-12) of a capability document, for editors and for remedies."""
    schema = DocumentShape.model_json_schema(schema_generator=_AbsentOverNull)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema, "title": "Capability document"}
