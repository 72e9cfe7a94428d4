"""The JSON Schema that editors use says what the loader says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from lineclear.domain.policy.document import DocumentError, load
from lineclear.domain.policy.shape import json_schema

RESOURCES = Path(__file__).parents[2] / "resources/policy"
WRITE_IT = (
    'PYTHONPATH=app python -c "import json; from lineclear.domain.policy.shape import json_schema; '
    'print(json.dumps(json_schema(), indent=2))" > resources/policy/capabilities.schema.json'
)


def fits(text: str) -> bool:
    return Draft202012Validator(json_schema()).is_valid(YAML(typ="safe", pure=True).load(text))


def test_the_shipped_schema_is_the_one_that_the_code_gives():
    shipped = (RESOURCES / "capabilities.schema.json").read_text()
    assert shipped == json.dumps(json_schema(), indent=2) + "\n", f"write it anew: {WRITE_IT}"


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("name", ["smallest.yaml", "full.yaml"])
def test_the_examples_fit_the_schema(name: str):
    assert fits((RESOURCES / name).read_text())


def test_every_key_that_can_be_written_is_in_the_full_example():
    full = (RESOURCES / "full.yaml").read_text()
    shapes = [shape for shape in json_schema()["$defs"].values() if "properties" in shape]
    assert {key for shape in shapes for key in shape["properties"] if f"{key}:" not in full} == set()


@pytest.mark.parametrize(
    "line",
    [
        "tier: 4",
        "tier: null",
        "max_amount_usd: -1",
        "max_amount_usd: 1e",
        "idempotency_key: no",
        "colour: red",
        "min_confidence: 2",
        "approvals: 0",
        "requires_approval: perhaps",
    ],
)
def test_what_the_schema_refuses_the_loader_refuses(line: str):
    text = f"capabilities:\n  a:\n    tools:\n      - name: x\n        {line}\n"
    assert not fits(text)
    with pytest.raises(DocumentError):
        load(text)
