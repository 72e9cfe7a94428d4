"""What an IAM policy lets whom do, before and after: grants that appear, and how far a pattern reaches."""

from __future__ import annotations

from typing import Any

import pytest

from lineclear.domain.diffing import Direction, Standing, diff_access
from lineclear.domain.diffing.access import AccessDiff, is_covered


def grant(principal: Any, actions: Any, resource: Any = "ledger", **more: Any) -> dict[str, Any]:
    return {"principal": principal, "actions": actions, "resource": resource, **more}


def sentences(result: AccessDiff) -> list[tuple[str, str, tuple[str, ...], str, str]]:
    return [
        (change.direction, change.principal, change.actions, change.resource, change.standing)
        for change in result.changes
    ]


def test_a_new_action_in_a_grant_reads_as_who_gains_what_on_what() -> None:
    result = diff_access([grant("ann", ["read"])], [grant("ann", ["read", "write", "delete"])])
    assert sentences(result) == [("gains", "ann", ("write", "delete"), "ledger", "effective")]
    assert result.complete
    assert not result.losses
    assert not result.statements.is_empty


def test_a_renamed_principal_is_one_loss_and_one_gain() -> None:
    result = diff_access([grant("ann", "read")], [grant("bob", "read")])
    assert [change.principal for change in result.losses] == ["ann"]
    assert [change.principal for change in result.gains] == ["bob"]


def test_the_order_and_spelling_of_statements_change_nobodys_access() -> None:
    before = [grant(["ann", "bob"], ["read", "write"]), {"role": "owner", "members": ["cyd"]}]
    after = [
        {"role": "owner", "members": ["cyd"]},
        grant("bob", ["write", "read"]),
        grant("ann", ["read", "write"]),
    ]
    assert diff_access(before, after).changes == ()


def test_a_denial_that_comes_is_a_loss_and_one_that_goes_is_a_gain() -> None:
    denial = grant("ann", "delete", effect="Deny")
    came, went = diff_access([], [denial]), diff_access([denial], [])
    assert [(change.direction, change.denial) for change in came.changes] == [(Direction.LOSES, True)]
    assert [(change.direction, change.denial) for change in went.changes] == [(Direction.GAINS, True)]


def test_what_a_wider_grant_gives_already_is_shown_as_covered() -> None:
    wide = {"Effect": "Allow", "Principal": {"AWS": "ops"}, "Action": "s3:*", "Resource": "*"}
    narrow = {
        "Effect": "Allow",
        "Principal": {"AWS": "ops"},
        "Action": "s3:GetObject",
        "Resource": "bucket/*",
    }
    assert [change.standing for change in diff_access([wide], [wide, narrow]).changes] == [Standing.COVERED]
    assert [change.standing for change in diff_access([narrow], [narrow, wide]).changes] == [
        Standing.EFFECTIVE
    ]


def test_a_grant_against_which_a_denial_stands_says_so() -> None:
    denial = grant("*", "delete", "*", effect="Deny")
    result = diff_access([denial], [denial, grant("ann", ["delete", "read"])])
    assert {change.actions: change.standing for change in result.changes} == {
        ("delete",): Standing.DENIED,
        ("read",): Standing.EFFECTIVE,
    }


def test_a_condition_that_falls_away_is_a_gain_and_one_that_comes_a_loss() -> None:
    bound = grant("ann", "read", condition={"ip": "10.0.0.0/8"})
    free = grant("ann", "read")
    (gain,) = diff_access([bound], [free]).changes
    assert (gain.direction, gain.condition_before, gain.condition_after) == (
        Direction.GAINS,
        '{"ip": "10.0.0.0/8"}',
        None,
    )
    (loss,) = diff_access([free], [bound]).changes
    assert loss.direction is Direction.LOSES
    (other,) = diff_access([bound], [grant("ann", "read", condition={"ip": "0.0.0.0/0"})]).changes
    assert other.direction is Direction.REBINDS


@pytest.mark.parametrize("anyone", ["*", "allUsers", {"AWS": "*"}])
def test_access_for_everyone_stands_out(anyone: Any) -> None:
    (gain,) = diff_access([], [grant(anyone, "read")]).changes
    assert gain.concerns_everyone


@pytest.mark.parametrize(
    "statement",
    [
        {"Effect": "Allow", "NotPrincipal": "ann", "Action": "*", "Resource": "*"},
        {"Effect": "Allow", "Principal": "ann", "NotAction": "read", "Resource": "*"},
        {"Effect": "Perhaps", "Principal": "ann", "Action": "read"},
        {"principal": "ann"},
        {"principal": [], "action": "read"},
        {"principal": "ann", "members": ["bob"], "role": "owner"},
        {"principal": "ann", "Principal": "bob", "role": "owner"},
        {"principal": ["p"] * 100, "actions": ["a"] * 100, "resource": "r"},
        "all of it",
        7,
    ],
)
def test_a_statement_that_cannot_be_read_is_listed_and_never_guessed(statement: Any) -> None:
    result = diff_access([], [statement, grant("ann", "read")])
    assert not result.complete
    assert result.unread == (statement,)
    assert [change.principal for change in result.changes] == ["ann"]
    assert len(result.statements.changes) == 1, "the raw statements still show it"


@pytest.mark.parametrize(
    ("pattern", "name", "covered"),
    [
        ("*", "", True),
        ("s3:*", "s3:GetObject", True),
        ("s3:Get*", "s3:*", False),
        ("s3:?et", "s3:Get", True),
        ("s3:?", "s3:*", False),
        ("a*b*c", "aXbYc", True),
        ("a*b*c", "aXbY", False),
        ("", "", True),
        ("exact", "exact!", False),
    ],
)
def test_a_pattern_covers_only_what_is_within_it(pattern: str, name: str, covered: bool) -> None:
    assert is_covered(pattern, name) is covered


def test_a_hostile_pattern_is_judged_at_once() -> None:
    assert not is_covered("a*" * 200 + "b", "a" * 2_000)


def test_too_many_wide_statements_are_said_aloud_and_count_as_effective() -> None:
    wide = [grant(f"p{number}*", "read") for number in range(201)]
    result = diff_access(wide, [*wide, grant("p7x", "read")])
    assert result.cut
    assert not result.complete
    assert [change.standing for change in result.changes] == [Standing.EFFECTIVE]
