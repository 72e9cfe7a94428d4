"""The catalog: which tools there are, and what is wrong with arguments, in words."""

from __future__ import annotations

import pytest

from lineclear.adapters.connectors.catalog import Catalog
from lineclear.adapters.connectors.definitions import Tool
from support_connectors import SqlSystem, made

SCHEMA = {
    "type": "object",
    "required": ["id", "amount"],
    "properties": {
        "id": {"type": "string", "pattern": "^pay_[0-9]+$"},
        "amount": {"type": "string", "maxLength": 10},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"line": {"type": "integer"}}}},
        "kind": {"enum": ["a", "b"]},
    },
    "additionalProperties": False,
}
GOOD = {"id": "pay_1", "amount": "1.00"}


class OneTool:
    """A connector of which only the contract matters."""

    def contracts(self):
        tool = made(Tool, "title: x\ntarget: {kind: x, id: args.id}").model_copy(update={"arguments": SCHEMA})
        return [tool.contract("t", "B", mutates=True)]


@pytest.fixture
def catalog() -> Catalog:
    return Catalog({"system": OneTool()})


def test_arguments_that_fit_have_no_problem(catalog):
    assert catalog.problem("t", GOOD) is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"id": "pay_1"}, "the arguments must have 'amount'"),
        (GOOD | {"x": 1}, "the arguments must not have 'x'"),
        (GOOD | {"amount": 5}, "amount must be of type string, not 5"),
        (GOOD | {"amount": True}, "amount must be of type string, not True"),
        (GOOD | {"id": "pay_x"}, "id must look like ^pay_[0-9]+$, not 'pay_x'"),
        (GOOD | {"id": "pay_1\n"}, "id must look like ^pay_[0-9]+$, not 'pay_1\\n'"),
        (GOOD | {"amount": "1" * 11}, "amount breaks maxLength 10: it has 11"),
        (GOOD | {"kind": "c"}, "kind must be one of a, b, not 'c'"),
        (GOOD | {"lines": [{"line": 1}, {"line": "2"}]}, "lines[1].line must be of type integer, not '2'"),
    ],
)
def test_the_first_problem_is_said_with_its_place(catalog, arguments, words):
    assert catalog.problem("t", arguments) == words


def test_a_problem_does_not_repeat_a_megabyte(catalog):
    assert len(catalog.problem("t", GOOD | {"amount": "x" * 2_000_000, "y" * 1_000_000: 1})) < 300


def test_an_unknown_tool_has_no_contract(catalog):
    assert catalog.contract("nobody.knows") is None
    assert [contract.tool for contract in catalog.contracts()] == ["t"]


def test_two_connectors_cannot_declare_one_tool():
    with pytest.raises(ValueError, match="two connectors"):
        Catalog({"one": OneTool(), "other": OneTool()})


def test_health_is_told_for_each_connector(tmp_path):
    system = SqlSystem(f"sqlite:///{tmp_path / 'crm.sqlite'}")
    up = Catalog({"up": system.connector()}).connectors()["up"].probe()
    assert up.state == "healthy"
    assert Catalog({"gone": system.broken()}).connectors()["gone"].probe().state == "down"
