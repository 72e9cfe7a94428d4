"""I38, I39: whatever is done to a pack is found, by ours and by the independent verifier.

Damages are drawn at random from fixed seeds, each kind as often as every other. What changes no meaning, such
as a ZIP comment or another compression, is refused as well: a pack has one form, in which every byte counts.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.verifying import verify_pack
from lineclear.application.record.findings import Fault
from lineclear.domain.ledger.signing import key_id
from support_audit import LOG, Unpacked, entries_of, examiner, executed
from support_damage import UNPROVEN, Damage, Place, forge_lists, forge_the_checkpoint
from support_lies import ALL, rewrite_by_another_key, sign_for_somebody, sign_other_entries

KEY = key_id(LOG.public_key)
ROUNDS = 10
LONG_ROUNDS = 60
FORGED = (forge_lists, forge_the_checkpoint, sign_for_somebody)

type Judge = Callable[[Path], bool]


class Gullible:
    """Takes every signature for true."""

    def __init__(self, _public_key: bytes) -> None:
        pass

    def is_signed(self, _message: bytes, _signature: bytes) -> bool:
        return True


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return Place(tmp_path_factory.mktemp("packs"), entries_of(executed()))


@pytest.fixture(scope="module")
def independent() -> ModuleType:
    return examiner()


def ours(pack: Path) -> bool:
    return verify_pack(pack, Trust(key=KEY)).conclusion.is_sound


def ours_without_signatures(pack: Path) -> bool:
    return verify_pack(pack, Trust(key=KEY), verifier_of=Gullible).conclusion.is_sound


def ours_without_root(pack: Path) -> bool:
    """As a verifier that never compared what it hashed with what was signed."""
    found = verify_pack(pack, Trust(key=KEY)).conclusion.findings
    return all(one.fault is Fault.TREE for one in found)


def by(module: ModuleType) -> Judge:
    return lambda pack: not module.verify(pack, KEY)[0]


def missed(place: Place, judges: dict[str, Judge], damages: tuple[Damage, ...], rounds: int) -> list[str]:
    """Which judge took which damaged pack for sound; a damage that changes nothing is no damage."""
    found = []
    for number, damage in enumerate(damages):
        for round_ in range(rounds):
            pack = damage(random.Random(number * 1_000_003 + round_), place)
            assert pack.read_bytes() != place.bytes, f"{damage.__name__} {round_} changed nothing"
            found += [f"{name}: {damage.__name__} {round_}" for name, judge in judges.items() if judge(pack)]
    return found


def test_the_undamaged_pack_is_sound_for_both(place: Place, independent: ModuleType):
    assert ours(place.pack)
    assert by(independent)(place.pack)


def test_i38_i39_no_damage_is_missed(place: Place, independent: ModuleType):
    assert len(ALL) * ROUNDS >= 300
    assert missed(place, {"ours": ours, "verify.py": by(independent)}, ALL, ROUNDS) == []


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_i38_i39_no_damage_is_missed_among_two_thousand(place: Place, independent: ModuleType):
    assert len(ALL) * LONG_ROUNDS >= 2_000
    assert missed(place, {"ours": ours, "verify.py": by(independent)}, ALL, LONG_ROUNDS) == []


def test_a_verifier_that_ignores_signatures_is_caught(place: Place):
    believing = examiner(
        lambda text: text.replace(
            "def is_signed(raw, signature, message):",
            "def is_signed(*_):\n    return True\n\n\ndef _(raw, signature, message):",
        )
    )
    judges = {"ours": ours_without_signatures, "verify.py": by(believing)}
    for damage in FORGED:
        found = missed(place, judges, (damage,), 3)
        assert {one.partition(":")[0] for one in found} == {"ours", "verify.py"}, damage


def test_a_verifier_that_ignores_the_root_is_caught(place: Place):
    blind = examiner(lambda text: text.replace("root=(rows[-1][0], self.root)", "root=(1, 1)"))
    found = missed(place, {"ours": ours_without_root, "verify.py": by(blind)}, (sign_other_entries,), 8)
    assert {one.partition(":")[0] for one in found} == {"ours", "verify.py"}


def test_the_variants_take_the_sound_pack_for_sound(place: Place):
    assert ours_without_signatures(place.pack)
    assert ours_without_root(place.pack)


def test_without_the_log_s_key_a_pack_of_another_log_is_sound_and_the_verdict_says_on_what_that_rests(
    place: Place, independent: ModuleType
):
    pack = rewrite_by_another_key(random.Random(1), place)
    conclusion = verify_pack(pack, Trust()).conclusion
    assert conclusion.is_sound
    assert independent.verify(pack)[0] == []
    assert any("is your log's. Compare it" in says for says in conclusion.unproven)
    assert conclusion.key != KEY


def test_i37_a_rewritten_past_is_found_by_the_checkpoint_that_an_auditor_kept(
    place: Place, independent: ModuleType
):
    """By the log's own key, and so that nothing contradicts itself: only the kept checkpoint tells."""
    kept, chance = place.ledger.checkpoint(), random.Random(37)
    for number in range(20):
        told = place.told()
        if number % 2:
            del told[-chance.randint(1, 2) :]
        else:
            late = [one for one in told if one["type"] not in {"workspace.created", "action.proposed"}]
            chance.choice(late)["at"] = "2026-01-01T00:00:00.001Z"
        pack = place.rewritten(told)
        assert ours(pack)
        assert by(independent)(pack)
        found = verify_pack(pack, Trust(key=KEY, older=(kept,))).conclusion.findings
        assert {one.fault for one in found} == {Fault.HISTORY}
        assert any("that you kept, or" in one for one in independent.verify(pack, KEY, [kept])[0])


def test_what_is_no_evidence_is_covered_by_the_log_s_signature_alone(place: Place, independent: ModuleType):
    """Guide, program and copies may be exchanged by whoever holds the log's key, and by nobody else."""
    for name in sorted(UNPROVEN):
        files = place.files.copy()
        files.files[name] += b"\n"
        assert not ours(files.lay_down(place.damaged))
        assert ours(files.sign_again().lay_down(place.damaged))
        assert by(independent)(place.damaged)


def test_every_refusal_names_what_and_where(place: Place):
    for number, damage in enumerate(ALL):
        pack = damage(random.Random(number), place)
        for found in verify_pack(pack, Trust(key=KEY)).conclusion.findings:
            assert found.where, damage
            assert len(found.says) > 10, damage


def test_a_pack_laid_down_again_from_its_files_is_the_same_to_the_byte(place: Place):
    again = Unpacked.of(place.pack).sign_again().lay_down(place.damaged)
    assert again.read_bytes() == place.bytes
