"""How fast and how small differences are: against parsing the documents, against git and against difflib."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from pathlib import Path
from random import Random
from time import perf_counter
from typing import Any

import pytest

from lineclear.domain.diffing import ABSENT, changed_spans, diff, diff_fields, diff_texts, folded
from lineclear.domain.text import paintable, paintable_lines
from support_benchmarks import AtLeast, AtMost, Ratio

type Report = Callable[[Ratio], None]

ROUNDS = 7
APP = Path(__file__).parents[2] / "app"


def best[T](work: Callable[[], T], rounds: int = ROUNDS) -> float:
    """Seconds of the fastest round: noise only ever adds."""
    times = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def invoice(lines: int) -> dict[str, Any]:
    """Ten leaves of its own and ten per line item."""
    return {
        "id": "inv-1",
        "vendor": {"name": "Acme", "iban": "DE89", "country": "DE", "vat": "DE1", "email": "a@example.com"},
        "status": "open",
        "note": "for services in March",
        "paid": False,
        "due": "2026-04-01",
        "lines": [
            {
                "line": number,
                "sku": f"sku-{number}",
                "text": f"Item number {number}",
                "quantity": number % 7,
                "price": number * 1.25,
                "amount": f"{number * 12}.00",
                "taxed": number % 2 == 0,
                "cost_centre": None,
                "tags": ["office", "travel"],
            }
            for number in range(lines)
        ],
    }


def edited(document: dict[str, Any]) -> dict[str, Any]:
    """The same with an account and every seventh amount changed."""
    lines = [line | {"amount": "9.99"} if line["line"] % 7 == 0 else line for line in document["lines"]]
    return document | {"vendor": document["vendor"] | {"iban": "DE90"}, "lines": lines}


@pytest.mark.bench
@pytest.mark.parametrize("leaves", [210, 2_100])
def test_a_typed_field_diff_costs_no_more_than_parsing(report_ratio: Report, leaves: int) -> None:
    made = invoice(leaves // 10 - 1)
    texts = [json.dumps(made), json.dumps(edited(made))]
    before, after = map(json.loads, texts)
    rounds = 100_000 // leaves
    parsing = best(lambda: [json.loads(text) for text in texts], rounds)
    bare = best(lambda: diff_fields(before, after), rounds)
    counted = best(lambda: diff_fields(before, after).counts(), rounds)
    result = diff_fields(before, after)
    assert result.unchanged + len(result.changes) == leaves
    row = f"typed field diff, {leaves:,} leaves"
    report_ratio(Ratio(row, "json.loads of both", bare / parsing, AtMost(1.0)))
    report_ratio(Ratio(f"{row}, and counts", "json.loads of both", counted / parsing, AtMost(1.5)))


@pytest.mark.bench
@pytest.mark.parametrize("leaves", [210, 2_100])
def test_a_typed_field_diff_is_far_faster_than_deepdiff(report_ratio: Report, leaves: int) -> None:
    deepdiff = pytest.importorskip("deepdiff")
    before = invoice(leaves // 10 - 1)
    after = edited(before)
    ours = best(lambda: diff_fields(before, after), 20)
    other = best(lambda: deepdiff.DeepDiff(before, after), 3)
    report_ratio(Ratio(f"typed field diff, {leaves:,} leaves", "deepdiff", other / ours, AtLeast(50)))


@pytest.mark.bench
def test_every_type_trap_is_seen(report_ratio: Report) -> None:
    traps = [
        1,
        1.0,
        True,
        "1",
        None,
        ABSENT,
        0,
        False,
        0.0,
        -0.0,
        "",
        [],
        {},
        [1],
        [True],
        {"1": 1},
        {"1": 1.0},
    ]
    pairs = [(old, new) for place, old in enumerate(traps) for new in traps[place + 1 :]]
    seen = sum(not diff(old, new).is_empty for old, new in pairs)
    report_ratio(Ratio("type traps seen", "all pairs", 100 * seen / len(pairs), AtLeast(100), "%"))


def code_lines(count: int, random: Random) -> Iterator[str]:
    for _ in range(count):
        usual = random.choice(["", "    }", "    return result", "    else:"])
        yield (
            usual
            if random.random() < 0.2
            else f"    value_{random.randrange(2 * count)} = {random.random():.6f}"
        )


def json_lines(count: int, random: Random) -> Iterator[str]:
    for number in range(count // 8):
        yield from ("  {", f'    "id": {number},', f'    "name": "n{random.randrange(50)}",')
        yield from (
            f'    "amount": {random.randrange(1_000)},',
            '    "tags": [',
            '      "a"',
            "    ],",
            "  },",
        )


def four_lines(count: int, random: Random) -> Iterator[str]:
    for _ in range(count):
        yield random.choice("abcd")


def edit(lines: list[str], share: float, random: Random, fresh: Callable[[], str]) -> list[str]:
    """Change, remove or insert that share of the lines, a third each."""
    made: list[str] = []
    for line in lines:
        chance = random.random()
        if chance < share / 3:
            made.append(fresh())
        elif chance >= 2 * share / 3:
            made += [line] if chance >= share else [line, fresh()]
    return made


def git_diff(folder: Path, *options: str) -> str:
    command = ["git", "diff", "--no-index", "--no-color", *options, "before", "after"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


MAKERS = {"code": code_lines, "JSON-like": json_lines, "four distinct lines": four_lines}


@pytest.mark.bench
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("count", [1_000, 10_000, 100_000])
@pytest.mark.parametrize("share", [0.01, 0.1])
def test_a_text_diff_keeps_up_with_git(
    report_ratio: Report, tmp_path: Path, kind: str, count: int, share: float
) -> None:
    random = Random(count)
    lines = list(MAKERS[kind](count, random))
    fresh = (lambda: random.choice("abcd")) if kind.startswith("four") else (lambda: f"new {random.random()}")
    before, after = "\n".join(lines), "\n".join(edit(lines, share, random, fresh))
    (tmp_path / "before").write_text(before + "\n", encoding="utf-8")
    (tmp_path / "after").write_text(after + "\n", encoding="utf-8")
    git = best(lambda: git_diff(tmp_path, "--histogram"))
    ours = best(lambda: diff_texts(before, after))
    added, removed = git_diff(tmp_path, "--minimal", "--numstat").split()[:2]
    counts = diff_texts(before, after).counts()
    size = (counts.added + counts.removed + 2 * counts.changed) / (int(added) + int(removed))
    row = f"text diff, {kind}, {count:,} lines, {share:.0%}"
    report_ratio(Ratio(row, "git diff --histogram", ours / git, AtMost(1.5 if count > 10_000 else 1.0)))
    report_ratio(Ratio(f"{row}: changed lines", "git diff --minimal", size, AtMost(1.05)))


ADVERSARIAL = {
    "random of four": "[r.choice('abcd') for _ in range(n)], [r.choice('abcd') for _ in range(n)]",
    "one line, repeated": "['a'] * n, ['a'] * (n // 2) + ['b'] * (n // 2)",
    "reversed": "[str(k) for k in range(n)], [str(k) for k in range(n, 0, -1)]",
    "nothing in common": "[f'a{k}' for k in range(n)], [f'b{k}' for k in range(n)]",
    "shuffled": "[str(k) for k in range(n)], [str(k) for k in r.sample(range(n), n)]",
    "out of step": "['a', 'b', 'c'] * (n // 3), ['c', 'b', 'a'] * (n // 3)",
    "halves swapped": "[str(k % 30000) for k in range(n)], [str((k + n // 2) % 30000) for k in range(n)]",
    "unlike pairs": "[str(k % 250) for k in range(n)], [str(k * k % 251) for k in range(n)]",
}
CHILD = """
from pathlib import Path
from random import Random
from time import perf_counter
from lineclear.domain.diffing import Diff, apply, diff_texts

def peak():
    status = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

n, r = 50_000, Random(1)
old, new = {lines}
before, after = "\\n".join(old), "\\n".join(new)
used = peak()
start = perf_counter()
result = diff_texts(before, after)
spent = perf_counter() - start
used = peak() - used
assert apply(Diff(result.kind, None, None, result.changes), before) == after
print(spent, used / 1024)
"""


@pytest.mark.bench
@pytest.mark.parametrize("kind", ADVERSARIAL)
def test_adversarial_texts_are_bounded_in_time_and_memory(report_ratio: Report, kind: str) -> None:
    command = [sys.executable, "-c", CHILD.format(lines=ADVERSARIAL[kind])]
    run = subprocess.run(command, env={"PYTHONPATH": str(APP)}, capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, run.stdout.split())
    row = f"adversarial 50,000 lines, {kind}"
    report_ratio(Ratio(row, "a fixed time", seconds, AtMost(1.0), "s"))
    report_ratio(Ratio(row, "a fixed size", megabytes, AtMost(200), "MB"))


@pytest.mark.bench
def test_changed_words_of_a_long_line_are_found_at_once(report_ratio: Report) -> None:
    random = Random(7)
    words = ["".join(random.choice("abcdefghij") for _ in range(random.randrange(2, 9))) for _ in range(180)]
    before = " ".join(words)[:1_000]
    after = " ".join(word if random.random() > 0.1 else word[::-1] for word in words)[:1_000]
    reference = best(lambda: SequenceMatcher(None, before, after, autojunk=False).get_opcodes(), 3)
    ours = best(lambda: changed_spans(before, after), 50)
    report_ratio(
        Ratio("intra-line words, 1,000 characters", "difflib on characters", reference / ours, AtLeast(100))
    )


@pytest.mark.bench
def test_text_is_made_paintable_before_anyone_waits(report_ratio: Report) -> None:
    plain, hostile = "Pay 100.00 to Ann. " * 5_500, "pay\u202e \u0440\u0430y e\u0301 <U+202E>\t" * 4_500
    report_ratio(
        Ratio(
            "paintable, 100 kB plain",
            "a fixed time",
            1_000 * best(lambda: paintable(plain)),
            AtMost(10),
            "ms",
        )
    )
    report_ratio(
        Ratio(
            "paintable, 100 kB hostile",
            "a fixed time",
            1_000 * best(lambda: paintable(hostile)),
            AtMost(200),
            "ms",
        )
    )
    long = "x" * 10_000_000
    first = 1_000 * best(lambda: next(paintable_lines(long)))
    report_ratio(Ratio("first chunk of 10 MB in one line", "a fixed time", first, AtMost(10), "ms"))


@pytest.mark.bench
def test_one_change_in_a_thousand_fields_is_folded_at_once(report_ratio: Report) -> None:
    before = {f"field_{number}": number for number in range(1_000)}
    after = before | {"field_500": "other"}
    result = diff(before, after)
    spent = 1_000 * best(lambda: list(folded(result)))
    report_ratio(Ratio("rows and folds of 1,000 fields", "a fixed time", spent, AtMost(20), "ms"))
