"""Who may decide on an action, and whether the votes that there are suffice. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lineclear.domain import authority
from lineclear.domain.actions import Action, Judged, Vote
from lineclear.domain.identities import Person
from lineclear.domain.money import Money, parse_money
from lineclear.domain.policy.reasons import Evaluation
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.standing import Standing, standing_for
from lineclear.domain.vocabulary import Grounds, Outcome, Tier, Verdict


def check_vote(action: Action, person: Person, stands: Standing, at: datetime) -> None:
    """Refuse who has no authority over this action, who asked for it, and who has decided already."""
    check_authority(action, person, stands, at)
    if action.proposer == f"person/{person.id}":
        raise Refusal(Code.AUTHORITY_MISSING, person=person.id, problem="you asked for this undo.")
    if any(person.id in {vote.person, vote.giver} for vote in action.votes):
        raise Refusal(Code.DUPLICATE_VOTE, person=person.id)


def check_authority(action: Action, person: Person, stands: Standing, at: datetime) -> None:
    """Refuse who owns the agent, and whose tier, limit or groups do not reach this action."""
    if person.id == action.owner:
        raise Refusal(Code.OWNER_CANNOT_DECIDE, person=person.id, agent=action.agent)
    staged = action.judged is not None and action.judged.stages
    if not staged and stands.tier < action.tier:
        raise Refusal(
            Code.TIER_INSUFFICIENT, person=person.id, tier=int(stands.tier), needed=int(action.tier)
        )
    for condition in conditions(action, person, at):
        if not condition.met:
            problem = authority.sentence(condition)
            raise Refusal(Code.AUTHORITY_MISSING, person=person.id, problem=problem)


def conditions(action: Action, person: Person, at: datetime) -> tuple[authority.Condition, ...]:
    """Everything that this person's decision on this action takes at a time, met or missing."""
    stands = standing_for(person, action, at)
    reviewer = authority.Reviewer(
        person.id,
        person.role,
        stands.tier,
        stands.ceiling,
        is_active=not person.left,
        groups=person.groups,
        giver=stands.giver,
    )
    judged = action.judged
    subject = authority.Subject(
        action.owner,
        action.tier,
        max(1, judged.approvals if judged else 1),
        _money(action),
        action.capability,
        judged.stages if judged else (),
        judged.ceilings if judged else {},
        action.besides,
    )
    return (*authority.eligibility(reviewer, subject), *_grounds(stands))


def judgement(
    action: Action, votes: tuple[Vote, ...], asked: Evaluation | Judged | None = None
) -> authority.Judgement:
    """Whether these votes suffice for the present revision: as it was judged, or under a newer evaluation.

    A second look that was drawn takes one person more than had approved before it.
    Who could not approve under the newer one, because a ceiling is lower now, does not count there.
    """
    judged = asked or action.judged
    money, ceilings = _money(action), judged.ceilings if judged else {}
    cast = [
        authority.Vote(vote.person, vote.tier, vote.verdict, vote.device, vote.giver, vote.groups)
        for vote in votes
        if vote.verdict is Verdict.REJECT
        or authority.within_ceilings((vote.person, vote.giver), money, ceilings)
    ]
    excluded = frozenset({action.owner, action.agent, action.proposer.partition("/")[2]})
    found = authority.judge_each(_requirements(action, judged), cast, excluded=excluded)
    if action.second_look is None or not action.second_look.is_drawn:
        return found
    others = excluded.union(action.second_look.after)
    return authority.together(
        [found, authority.judge(authority.Quorum(1, action.tier), cast, excluded=others)]
    )


def judgement_of_stage(action: Action, name: str) -> authority.Judgement:
    """Whether the votes that there are meet one stage by itself."""
    stages = action.judged.stages if action.judged else ()
    one = tuple(stage for stage in stages if stage.name == name)
    alone = Judged(Outcome.ASK, "", 0, (), tier=action.tier, approvals=1, stages=one)
    return judgement(msgspec.structs.replace(action, escalated=(), second_look=None), action.votes, alone)


def _requirements(action: Action, judged: Evaluation | Judged | None) -> list[authority.Requirement]:
    """What policy asked for, then each who is asked besides."""
    if judged is None:
        asked = authority.required((), 1, action.tier)
    else:
        asked = authority.required(judged.stages, judged.approvals, judged.tier or Tier.ONE)
    return [asked, *(authority.besides(one.to) for one in action.escalated)]


def _grounds(stands: Standing) -> tuple[authority.Condition, ...]:
    """A line of its own for authority that is not the person's own."""
    params = {"giver": stands.giver, "until": stands.until}
    match stands.grounds:
        case Grounds.OWN:
            return ()
        case Grounds.DELEGATED:
            return (authority.Condition(authority.ConditionCode.DELEGATED, met=True, params=params),)
        case Grounds.BREAK_GLASS:
            return (authority.Condition(authority.ConditionCode.BREAK_GLASS, met=True, params=params),)


def _money(action: Action) -> Money | None:
    return parse_money(action.amount, action.currency) if action.amount else None
