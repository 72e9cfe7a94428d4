"""A ledger that is open, from a pack or a backend: its stories, proofs and verdict, and hostile packs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lineclear.adapters.auditpack import names
from lineclear.adapters.auditpack.excerpting import excerpt
from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.ledgers.opened import OpenedLedger, open_pack_ledger
from lineclear.application.record.findings import Fault, Scope, ScopeKind
from lineclear.application.record.query import parse_query
from lineclear.application.record.reading import Cancelled, LedgerKind, LedgerStory, SignatureState
from lineclear.domain.ledger.checkpoint import open_checkpoint
from lineclear.domain.ledger.merkle import is_included, leaf_hash
from lineclear.domain.ledger.proofs import parse_proof
from lineclear.domain.refusals import Code, Refusal
from lineclear.domain.vocabulary import ActionStatus
from support.kernel import Kernel
from support_audit import FOREIGN, LOG, ORIGIN, Unpacked, entries_of, executed, key_of, write
from support_ledger import PublicKey, flipped

KEY = str(key_of(LOG))


def anyway(_done: int, _total: int) -> None:
    """Lets the work go on."""


@pytest.fixture(scope="module")
def kernel() -> Kernel:
    return executed()


@pytest.fixture(scope="module")
def pack(kernel: Kernel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(entries_of(kernel), tmp_path_factory.mktemp("packs") / "acme.auditpack")


@pytest.fixture
def opened(pack: Path, tmp_path: Path) -> Iterator[OpenedLedger]:
    ledger = open_pack_ledger(pack, tmp_path / "cache", Trust(key=KEY))
    ledger.follow(anyway)
    yield ledger
    ledger.close()


def told(ledger: OpenedLedger, text: str) -> LedgerStory:
    """The story around the newest entry that a search finds."""
    return ledger.story(ledger.page(parse_query(text), ledger.size(), 0, 1)[0].index)


def test_a_pack_opens_without_a_backend_and_says_what_it_is(opened: OpenedLedger):
    about = opened.about
    assert (about.kind, about.name, about.file) == (LedgerKind.BUNDLE, ORIGIN, "acme.auditpack")
    assert (about.scope, about.signed_by, about.is_pinned) == ("everything", "log", True)
    assert about.exported_at == "2026-01-31T09:30:00.000Z"
    assert opened.size() == about.size == 49


def test_private_words_are_found_because_they_are_in_the_pack(opened: OpenedLedger):
    found = opened.page(parse_query('"not a duplicate"'), opened.size(), 0, 9)
    assert [line.type for line in found] == ["decision.recorded"]
    assert found[0].says == "ops-west: reject, Not a duplicate"


def test_an_actions_story_goes_from_proposal_to_undo_with_what_was_checked(opened: OpenedLedger):
    story = told(opened, 'type:action.proposed "charged twice"')
    kinds = [step.recorded.type for step in story.steps]
    assert kinds[:3] == ["action.proposed", "action.evaluated", "decision.recorded"]
    assert kinds[-1] == "action.undone"
    assert story.action is not None
    assert story.action.status is ActionStatus.UNDONE
    decision = story.steps[2].signature
    assert decision is not None
    assert (decision.state, decision.says) == (SignatureState.HOLDS, "")
    assert decision.statement is not None
    assert decision.statement.payload_sha256 == story.action.content.payload
    assert story.effect is not None
    assert story.undone is not None
    assert story.undone.after == story.effect.before
    assert story.standing.is_proven
    assert story.standing.is_pinned


def test_an_entry_that_is_about_no_action_tells_itself(opened: OpenedLedger):
    story = told(opened, "type:policy.activated")
    assert [step.recorded.type for step in story.steps] == ["policy.activated"]
    assert story.action is None
    assert story.standing.is_proven


def test_one_proof_and_its_decision_go_into_files_that_stand_alone(opened: OpenedLedger, tmp_path: Path):
    index = opened.page(parse_query("type:decision verdict:approve"), opened.size(), 0, 1)[0].index
    files = opened.export_proof(index, str(tmp_path / "refund.tlog-proof"))
    assert [Path(file).name for file in files] == [
        "refund.tlog-proof",
        "refund.entry.json",
        "refund.dsse.json",
    ]
    proof, entry = parse_proof(Path(files[0]).read_bytes()), Path(files[1]).read_bytes()
    checkpoint = open_checkpoint(proof.checkpoint, key_of(LOG), PublicKey)
    assert is_included(leaf_hash(entry), proof.index, checkpoint.size, proof.path, checkpoint.root)
    assert json.loads(Path(files[2]).read_bytes())["payloadType"] == "application/vnd.in-toto+json"


def test_a_proof_that_cannot_be_written_is_refused(opened: OpenedLedger, tmp_path: Path):
    with pytest.raises(Refusal) as refused:
        opened.export_proof(3, str(tmp_path / "nowhere" / "x.tlog-proof"))
    assert refused.value.code is Code.DOCUMENT_INVALID


def test_a_pack_is_verified_with_progress_and_can_be_given_up(opened: OpenedLedger):
    heard: list[tuple[int, int]] = []
    conclusion = opened.verify(lambda done, total: heard.append((done, total)))
    assert conclusion.is_sound
    assert heard[-1][0] == heard[-1][1]
    shares = [done / total for done, total in heard]
    assert shares == sorted(shares)

    def enough(done: int, total: int) -> None:
        if done * 2 > total:
            raise Cancelled

    with pytest.raises(Cancelled):
        opened.verify(enough)


def test_an_index_that_was_given_up_goes_on_and_is_found_again(pack: Path, tmp_path: Path, monkeypatch):
    first = open_pack_ledger(pack, tmp_path, Trust())

    def enough(done: int, _total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        first.follow(enough)
    half = first.size()
    first.close()
    again = open_pack_ledger(pack, tmp_path, Trust())
    assert again.size() == half > 0
    assert again.follow(anyway) == 49
    again.close()
    assert len(list(tmp_path.glob("*.index"))) == 1


def test_what_is_outside_of_the_scope_is_said_to_be_missing(kernel: Kernel, tmp_path: Path):
    scoped = write(entries_of(kernel), tmp_path / "scoped", scope=Scope(ScopeKind.JOB, "job-nobody"))
    ledger = open_pack_ledger(scoped, tmp_path, Trust())
    ledger.follow(anyway)
    story = told(ledger, "type:decision")
    assert story.chosen is not None
    assert story.chosen.signature is not None
    assert story.chosen.signature.state is SignatureState.ABSENT
    assert "statement" in story.chosen.missing
    assert story.standing.is_proven
    assert ledger.about.scope == "job job-nobody"
    ledger.close()


def laid(pack: Path, out: Path, change) -> Path:
    """The pack with files changed, and its lists as whoever holds the log's key would sign them."""
    files = Unpacked.of(pack)
    change(files.files)
    return files.sign_again().lay_down(out)


def test_a_content_that_was_changed_is_named_and_not_shown(pack: Path, opened: OpenedLedger, tmp_path: Path):
    before = told(opened, 'type:action.proposed "charged twice"')
    assert before.action is not None
    digest = before.action.content.payload

    def change(files: dict[str, bytes]) -> None:
        files[names.content_name(digest)] += b" "

    ledger = open_pack_ledger(laid(pack, tmp_path / "changed", change), tmp_path, Trust())
    ledger.follow(anyway)
    story = ledger.story(before.steps[0].recorded.index)
    assert story.payload is None
    assert story.steps[0].altered == ("payload",)
    assert any(found.fault is Fault.FILE_ALTERED for found in ledger.verify(anyway).findings)
    ledger.close()


def test_a_changed_entry_is_not_where_the_signed_root_says(pack: Path, tmp_path: Path):
    def change(files: dict[str, bytes]) -> None:
        name = next(name for name in files if name.startswith("tile/entries/"))
        files[name] = files[name].replace(b'"reference":"', b'"referencf":"')

    ledger = open_pack_ledger(laid(pack, tmp_path / "changed", change), tmp_path, Trust())
    ledger.follow(anyway)
    changed = [index for index in range(49) if not ledger.story(index).standing.is_proven]
    assert changed
    assert "another entry" in ledger.story(changed[0]).standing.says
    assert not ledger.verify(anyway).is_sound
    ledger.close()


def test_a_damaged_pack_is_refused_with_the_reason_and_never_a_crash(pack: Path, tmp_path: Path):
    data = pack.read_bytes()
    hostile = {
        "empty": b"",
        "text": b"hello",
        "cut": data[: len(data) // 2],
        "no end": data[:-10],
        "zip": b"PK\x05\x06" + bytes(18),
    }
    for name, content in hostile.items():
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(Refusal) as refused:
            open_pack_ledger(path, tmp_path / "cache", Trust())
        assert refused.value.code is Code.PACK_UNUSABLE
        assert name in refused.value.sentence


@contextmanager
def suppress_only(code: Code) -> Iterator[None]:
    """Lets this refusal end what was going on, and no other."""
    try:
        yield
    except Refusal as refused:
        if refused.code is not code:
            raise


@pytest.mark.parametrize("seed", range(40))
def test_a_flipped_bit_is_refused_or_found(pack: Path, tmp_path: Path, seed: int):
    """I38, as the console meets it: whatever is wrong, it opens or refuses, and the verdict finds it."""
    data = pack.read_bytes()
    path = tmp_path / "flipped"
    path.write_bytes(flipped(data, seed * 8 * len(data) // 40 + seed))
    with suppress_only(Code.PACK_UNUSABLE):
        ledger = open_pack_ledger(path, tmp_path / "cache", Trust(key=KEY))
        with suppress_only(Code.PACK_UNUSABLE):
            ledger.follow(anyway)
            for index in range(0, ledger.size(), 7):
                ledger.story(index)
        assert not ledger.verify(anyway).is_sound
        ledger.close()


def test_another_log_than_the_one_that_was_named_is_refused(pack: Path, tmp_path: Path):
    with pytest.raises(Refusal, match="not the one you named"):
        open_pack_ledger(pack, tmp_path, Trust(key=str(key_of(FOREIGN))))


def test_an_excerpt_is_sent_to_its_own_command(pack: Path, opened: OpenedLedger, tmp_path: Path):
    action = told(opened, 'type:action.proposed "charged twice"').action
    assert action is not None
    excerpt(pack, action.id, tmp_path / "excerpt")
    with pytest.raises(Refusal, match="audit show"):
        open_pack_ledger(tmp_path / "excerpt", tmp_path, Trust())
