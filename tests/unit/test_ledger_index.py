"""The index over a ledger finds exactly what a look at every entry would, at every position, and no less."""

from __future__ import annotations

import json
from collections import Counter
from itertools import batched
from pathlib import Path
from random import Random

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from lineclear.adapters.ledgers.index import Item, LedgerIndex
from lineclear.application.record.query import Facet, LedgerQuery, Order, parse_query
from lineclear.application.record.reading import Cancelled
from lineclear.domain.ledger.entries import Entry, encode

KEY = b"k" * 32
SIZE = 6_000
AGENTS = ("support-agent", "billing-agent", "crm-agent")
DIGEST = "0" * 64


def at(place: int) -> str:
    return f"2026-11-{1 + place // 600:02d}T09:{place % 60:02d}:00.000Z"


def brief(**texts: object) -> bytes:
    return json.dumps(texts).encode()


def ledger(size: int) -> list[Item]:
    random, items = Random(7), list[Item]()
    for number in range(size // 3):
        stream, agent = f"action/act-{number:06d}", random.choice(AGENTS)
        amount = f"{random.randrange(500)}.{random.randrange(100):02d}"
        proposed = {"job": f"job-{number // 4}", "agent": agent, "capability": f"cap_{number % 3}"}
        proposed |= {"tool": "payments.create_refund", "amount": amount, "currency": "USD"}
        title = brief(title=f"Refund to customer {number % 50}", note="Charged twice, says the ticket")
        reason = "Wrong customer" if number % 40 == 0 else "As agreed"
        decided = {"verdict": "reject" if number % 40 == 0 else "approve", "person": f"ops-{number % 5}"}
        start = len(items)
        for seq, (kind, actor, body, text) in enumerate(
            (
                ("action.proposed", f"agent/{agent}", proposed, title),
                ("decision.recorded", f"person/ops-{number % 5}", decided, brief(reason=reason)),
                ("execution.succeeded", "worker/w1", {"reference": f"re_{number}"}, None),
            )
        ):
            entry = Entry(kind, stream, seq, at(start + seq), actor, body, {"brief": DIGEST})
            items.append((encode(entry), text))
    return items


ITEMS = ledger(SIZE)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory):
    made = LedgerIndex(tmp_path_factory.mktemp("index") / "index.db", KEY)
    for batch in batched(ITEMS, 500):
        made.take(batch)
    yield made
    made.close()


def looked_at(text: str) -> list[int]:
    """What a person who reads every entry finds."""
    found, about = [], dict[str, dict]()
    for place, (data, said) in enumerate(ITEMS):
        entry = json.loads(data)
        if entry["type"] == "action.proposed":
            about[entry["stream"]] = entry["body"]
        body, private = about[entry["stream"]], json.loads(said or b"{}")
        tests = {
            "refund": True,  # it is in every title, and a title is of all that happened to its action
            '"charged twice"': private.get("note", "").startswith("Charged twice"),
            "wron*": private.get("reason", "").startswith("Wrong"),
            "agent:crm-agent": body["agent"] == "crm-agent",
            "type:decision": entry["type"].startswith("decision."),
            "type:execution.succeeded": entry["type"] == "execution.succeeded",
            "by:ops-3": entry["actor"] == "person/ops-3",
            "verdict:reject": entry["body"].get("verdict") == "reject",
            "capability:cap_1": body["capability"] == "cap_1",
            "job:job-7": body["job"] == "job-7",
            "action:act-000012": entry["stream"] == "action/act-000012",
            "amount>250": float(body["amount"]) > 250,
            "amount<=10": float(body["amount"]) <= 10,
            "on:2026-11-02": entry["at"].startswith("2026-11-02"),
            "agent:nobody": False,
        }
        if all(tests[part] for part in text.split("  ") if part):
            found.append(place)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "refund",
        '"charged twice"',
        "wron*",
        "agent:crm-agent",
        "type:decision",
        "by:ops-3",
        "verdict:reject",
        "job:job-7",
        "action:act-000012",
        "amount>250",
        "agent:nobody",
        "refund  agent:crm-agent",
        "type:execution.succeeded  amount<=10",
        "wron*  by:ops-3",
        "on:2026-11-02  capability:cap_1",
    ],
)
@pytest.mark.parametrize("order", Order)
def test_a_query_finds_what_a_look_at_every_entry_finds(index: LedgerIndex, text: str, order: Order):
    query, expected = parse_query(text, order), looked_at(text)
    if order is Order.NEWEST:
        expected.reverse()
    assert index.count(query, SIZE) == len(expected)
    for start in {0, 1, len(expected) // 2, 2_047, 2_048, 2_600, max(len(expected) - 20, 0)}:
        page = index.page(query, SIZE, start, 100)
        assert [line.index for line in page] == expected[start : start + 100]
    for position in {0, len(expected) // 3, len(expected) - 1} if expected else ():
        assert index.place(query, SIZE, expected[position]) == position


@pytest.mark.parametrize("order", Order)
def test_a_page_far_down_is_read_in_as_many_steps_as_the_first(index: LedgerIndex, order: Order):
    def steps(start: int) -> int:
        """How often SQLite told that it had done a hundred more."""
        told = list[int]()
        index._paging.set_progress_handler(lambda: told.append(1), 100)
        index.page(LedgerQuery(order=order), SIZE, start, 100)
        index._paging.set_progress_handler(None, 0)
        return len(told)

    assert steps(SIZE // 2) + steps(SIZE - 100) <= 2 * steps(0) + 4


def test_values_are_counted_within_the_rest_of_the_query(index: LedgerIndex):
    counts = {one.facet: dict(one.values) for one in index.facets(parse_query("verdict:reject"), SIZE)}
    rejected = [json.loads(ITEMS[place][0]) for place in looked_at("verdict:reject")]
    assert counts[Facet.BY] == Counter(entry["actor"] for entry in rejected)
    assert counts[Facet.VERDICT] == {"approve": SIZE // 3 - len(rejected), "reject": len(rejected)}
    everything = {one.facet: dict(one.values) for one in index.facets(LedgerQuery(), SIZE)}
    assert everything[Facet.TYPE]["action.proposed"] == SIZE // 3


def test_a_line_tells_what_its_action_is_about(index: LedgerIndex):
    (line,) = index.page(parse_query("action:act-000012 verdict:approve"), SIZE, 0, 9)
    assert (line.title, line.says) == ("Refund to customer 12", "ops-2: approve, As agreed")
    assert line.amount.endswith(" USD")


def test_what_comes_later_moves_nothing_that_is_looked_at(tmp_path: Path):
    index = LedgerIndex(tmp_path / "index.db", KEY)
    index.take(ITEMS[:300])
    query = parse_query("refund")
    before = index.page(query, 300, 0, 40)
    index.take(ITEMS[300:600])
    assert index.page(query, 300, 0, 40) == before
    assert index.page(query, 600, 0, 1)[0].index == 599
    index.close()


def test_an_index_goes_on_where_it_was_left(tmp_path: Path):
    first = LedgerIndex(tmp_path / "index.db", KEY)
    first.take(ITEMS[:301])
    first.close()
    again = LedgerIndex(tmp_path / "index.db", KEY)
    assert again.size() == 301
    again.take(ITEMS[301:600])
    line = again.page(LedgerQuery(), 302, 0, 1)[0]
    assert (line.index, line.title) == (301, "Refund to customer 0")
    assert again.count(parse_query("verdict:approve"), 600) == 195
    again.close()


def test_a_batch_that_fails_leaves_nothing_behind(tmp_path: Path):
    index = LedgerIndex(tmp_path / "index.db", KEY)

    def broken():
        yield ITEMS[24]
        raise OSError

    with pytest.raises(OSError):
        index.take(broken())
    assert index.size() == 0
    index.take(ITEMS[:3])
    assert dict(index.facets(LedgerQuery(), 3)[0].values)["action.proposed"] == 1
    index.take(ITEMS[24:25])
    assert index.count(parse_query("job:job-2"), 4) == 1
    index.close()


def test_the_file_says_nothing_without_its_key_and_gives_way_to_another(tmp_path: Path):
    path = tmp_path / "index.db"
    index = LedgerIndex(path, KEY)
    index.take(ITEMS[:60])
    index.close()
    assert path.stat().st_mode & 0o077 == 0
    assert not any(b"customer" in file.read_bytes() for file in tmp_path.iterdir())
    other = LedgerIndex(path, b"o" * 32)
    assert other.size() == 0
    other.close()
    with pytest.raises(Cancelled):
        other.size()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[1]",
        b'{"type":7}',
        b"\xff\xfe",
        ITEMS[0][0][:-1],
        ITEMS[0][0].replace(b'"at":"2026', b'"at":"never'),
    ],
)
def test_what_is_no_entry_is_listed_as_unreadable(tmp_path: Path, data: bytes):
    index = LedgerIndex(tmp_path / "index.db", KEY)
    index.take([(data, b"\x00 no brief"), ITEMS[1]])
    assert [line.type for line in index.page(LedgerQuery(), 2, 0, 9)] == ["decision.recorded", "unreadable"]
    index.close()


def test_words_are_never_read_as_the_languages_of_the_index(index: LedgerIndex):
    for word in (
        "refund OR 1",
        "NOT",
        'a"b',
        "words:refund",
        "NEAR(a b)",
        "x' OR '1'='1",
        "*",
        "^refund",
        "-",
    ):
        index.count(LedgerQuery(words=(word,)), SIZE)
    assert index.count(LedgerQuery(words=("refund OR zebra",)), SIZE) == 0


# -- erasure


def pages(path: Path, key: bytes) -> bytes:
    """All pages of an index and its journal, decrypted, free ones as well.

    SQLCipher 4: AES-256-CBC; each page of 4,096 bytes ends with its initialisation vector and an HMAC, and
    the first begins with sixteen bytes of salt (https://www.zetetic.net/sqlcipher/design/).
    """
    opened, journal = list[bytes](), path.with_name(path.name + "-wal")
    file, log = path.read_bytes(), journal.read_bytes() if journal.exists() else b""
    found = [(file[at : at + 4_096], at == 0) for at in range(0, len(file), 4_096)]
    found += [
        (log[at + 24 : at + 24 + 4_096], log[at : at + 4] == b"\0\0\0\1") for at in range(32, len(log), 4_120)
    ]
    for page, is_first in found:
        start, vector = 16 if is_first else 0, page[-80:-64]
        closed = Cipher(algorithms.AES256(key), modes.CBC(vector)).decryptor()
        opened.append(closed.update(page[start:-80]))
    return b"".join(opened)


def entry_of(items: list[Item]):
    return lambda place: items[place][0]


def erasing(stream: str, seq: int, *parts: str) -> Item:
    body = {"by": "root", "cause": "request", "parts": list(parts)}
    entry = Entry("content.erased", stream, seq, at(0), "person/root", body, {"brief": DIGEST})
    return encode(entry), brief(reason="She asked for it")


def private(number: int, word: str) -> list[Item]:
    stream, body = f"action/act-{number}", {"agent": "support-agent", "tool": "payments.refund"}
    proposed = Entry("action.proposed", stream, 0, at(0), "agent/a", body, {"brief": DIGEST})
    decided = Entry(
        "decision.recorded", stream, 1, at(1), "person/ops", {"verdict": "reject"}, {"brief": DIGEST}
    )
    title = brief(title=f"Refund to {word} Example", note=f"{word} was charged twice")
    return [(encode(proposed), title), (encode(decided), brief(reason=f"not a duplicate, says {word}"))]


def test_i41_erased_words_are_in_no_page_of_an_index(tmp_path: Path):
    path = tmp_path / "index.db"
    index = LedgerIndex(path, KEY)
    items = [item for number in range(400) for item in private(number, f"Xylophonia{number % 2}")]
    for batch in batched(items, 100):
        index.take(batch)
    assert b"ylophonia0" in pages(path, KEY)
    assert b"ylophonia1" in pages(path, KEY)
    tombstones = [erasing(f"action/act-{number}", 2, "brief", "payload") for number in range(0, 400, 2)]
    items += tombstones
    index.take(tombstones)
    index.forget(entry_of(items))
    left = pages(path, KEY)
    assert b"ylophonia0" not in left
    assert b"ylophonia1" in left
    size = index.size()
    assert index.count(parse_query("xylophonia0"), size) == 0
    assert index.count(parse_query("xylophonia1"), size) == 400
    assert index.count(parse_query("action:act-0"), size) == 3
    assert index.count(parse_query("payments.refund agent:support-agent"), size) == 400
    assert [line.title for line in index.page(parse_query("action:act-0"), size, 0, 9)] == ["", "", ""]
    assert index.count(parse_query('"she asked"'), size) == 200
    index.close()
    assert b"ylophonia0" not in pages(path, KEY)


def test_i41_an_erasure_that_was_interrupted_is_carried_out_when_the_index_is_opened_again(tmp_path: Path):
    items = [*private(1, "Xylophonia"), erasing("action/act-1", 2, "brief")]
    index = LedgerIndex(tmp_path / "index.db", KEY)
    index.take(items)

    def broken(_place: int) -> bytes:
        raise Cancelled

    with pytest.raises(Cancelled):
        index.forget(broken)
    index.close()
    again = LedgerIndex(tmp_path / "index.db", KEY)
    assert again.count(parse_query("xylophonia"), 3) == 2
    again.forget(entry_of(items))
    assert again.count(parse_query("xylophonia"), 3) == 0
    again.close()
    assert b"ylophonia" not in pages(tmp_path / "index.db", KEY)


def test_an_erasure_of_contents_alone_leaves_the_words(tmp_path: Path):
    items = [*private(1, "Xylophonia"), erasing("action/act-1", 2, "payload")]
    index = LedgerIndex(tmp_path / "index.db", KEY)
    index.take(items)
    index.forget(entry_of(items))
    assert index.count(parse_query("xylophonia"), 3) == 3
    index.close()
