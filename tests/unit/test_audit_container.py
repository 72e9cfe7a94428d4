"""What a stranger may hand in as a pack: nothing is unpacked, followed or read beyond its bounds."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest

from lineclear.adapters.auditpack import zipform
from lineclear.adapters.auditpack.container import ContainerError, open_pack
from lineclear.adapters.auditpack.head import Trust
from lineclear.adapters.auditpack.names import MOST_FILES, most_bytes
from lineclear.adapters.auditpack.verifying import verify_pack
from lineclear.adapters.auditpack.writing import Spool, TooLargeError, write_pack
from lineclear.adapters.auditpack.zipform import Directory, Member, ZipFormError, read_central, read_end
from lineclear.application.record.findings import Fault
from support_audit import examiner

FAR = 5 * 2**30


def laid_down(*members: tuple[str, bytes], count: int | None = None) -> bytes:
    """A ZIP in the one form, of whatever names and in whatever order."""
    out, listed, offset = BytesIO(), [], 0
    for name, data in members:
        member = Member(name, len(data), zlib.crc32(data), offset)
        out.write(member.local + data)
        listed.append(member)
        offset = member.end
    size = sum(out.write(member.central) for member in listed)
    out.write(Directory(len(members) if count is None else count, size, offset).end)
    return out.getvalue()


def refused(tmp_path: Path, data: bytes) -> str:
    """What both verifiers refuse, in the words of ours."""
    pack = tmp_path / "hostile.auditpack"
    pack.write_bytes(data)
    (found,) = verify_pack(pack, Trust()).conclusion.findings
    assert found.fault is Fault.CONTAINER
    assert examiner().verify(pack)[0] != []
    return found.says


@pytest.mark.parametrize(
    "name",
    [
        "../checkpoint",
        "/etc/passwd",
        "a/../checkpoint",
        "C:\\checkpoint",
        "checkpoint\x00.txt",
        "tile/0/../../x",
        "payloads/" + "A" * 64,
        "Checkpoint",
        "x" * 300,
        "",
    ],
)
def test_a_name_that_no_pack_has_is_refused(tmp_path: Path, name: str):
    assert refused(tmp_path, laid_down((name, b"data")))


@pytest.mark.parametrize(
    ("members", "count"),
    [
        ((("tlog-policy", b"b"), ("checkpoint", b"a")), None),
        ((("checkpoint", b"a"), ("checkpoint", b"b")), None),
        ((("checkpoint", b"a"),), 2),
        ((("checkpoint", b"a"), ("tlog-policy", b"b")), 1),
        ((), 65_000),
    ],
)
def test_a_directory_that_is_not_in_order_is_refused(tmp_path: Path, members, count):
    assert refused(tmp_path, laid_down(*members, count=count))


def test_a_bomb_is_refused_before_a_byte_of_it_is_unpacked(tmp_path: Path):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("checkpoint", bytes(50_000_000))
    assert len(out.getvalue()) < 100_000
    assert "not written as a pack's" in refused(tmp_path, out.getvalue())


def test_a_file_that_is_too_large_for_its_name_is_refused(tmp_path: Path):
    limit = most_bytes("keys/log.pem")
    assert limit is not None
    assert "are the most" in refused(tmp_path, laid_down(("keys/log.pem", bytes(limit + 1))))


def test_a_size_that_the_file_does_not_have_is_refused(tmp_path: Path):
    member = Member("checkpoint", 2**31, 0, 0)
    end = Directory(1, len(member.central), member.end).end
    assert refused(tmp_path, member.local + member.central + end)


def test_a_claim_of_more_files_than_there_may_be_is_refused(tmp_path: Path):
    assert refused(tmp_path, Directory(MOST_FILES + 1, 0, 0).end)
    assert refused(tmp_path, Directory(2**63, 2**62, 2**62).end)


@pytest.mark.parametrize(
    "data", [b"", b"PK", b"\x00" * 500, b"PK\x05\x06" + bytes(18), b"not a pack at all" * 9]
)
def test_what_is_no_pack_is_refused_without_a_traceback(tmp_path: Path, data: bytes):
    pack = tmp_path / "none"
    pack.write_bytes(data)
    assert not verify_pack(pack, Trust()).conclusion.is_sound
    assert examiner().verify(pack)[0] != []


def test_a_link_in_an_unpacked_pack_is_not_followed(tmp_path: Path):
    (tmp_path / "outside").write_text("secret")
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "checkpoint").symlink_to(tmp_path / "outside")
    with pytest.raises(ContainerError, match="neither a file nor a folder"), open_pack(tmp_path / "pack"):
        pass


def test_a_folder_without_end_is_not_descended(tmp_path: Path):
    deep = tmp_path / "pack"
    for _ in range(20):
        deep /= "d"
    deep.mkdir(parents=True)
    with pytest.raises(ContainerError), open_pack(tmp_path / "pack"):
        pass


def test_files_beyond_four_gigabytes_are_placed_and_found_again():
    """ZIP64, without writing as much: the forms are read back as they are written."""
    members = [Member("checkpoint", zipform.MOST_SIZE, 1, 0)]
    members.append(Member("events.csv", FAR - members[0].end - 40, 2, members[0].end))
    members.append(Member("tlog-policy", 7, 3, members[1].end))
    central = b"".join(member.central for member in members)
    directory = Directory(3, len(central), members[2].end)
    assert directory.is_64
    assert read_end(directory.end) == directory
    assert [one.offset for one in read_central(central, directory, 10)] == [one.offset for one in members]
    assert struct.unpack("<H", members[2].central[4:6])[0] & 0xFF == 45
    with pytest.raises(ZipFormError):
        list(read_central(central, Directory(3, len(central), members[2].end + 1), 10))


def test_many_files_are_counted_as_zip64_counts(tmp_path: Path):
    """Our form is the one that Python's own reader finds, on both sides of 65,535 files."""
    for count in (65_534, 65_535, 65_536):
        data = laid_down(*((f"proofs/{index:019d}.tlog-proof", b"") for index in range(count)))
        with zipfile.ZipFile(BytesIO(data)) as other:
            assert len(other.infolist()) == count
        assert read_end(data[-98:]).count == count


def test_a_spool_takes_no_more_than_a_pack_may_hold(tmp_path: Path):
    with Spool.beside(tmp_path / "out") as spool:
        with pytest.raises(TooLargeError, match=r"keys/log\.pem"):
            spool.add("keys/log.pem", [bytes(5_000)])
        with pytest.raises(ValueError, match="no new file"):
            spool.add("../x", [b""])


def test_a_pack_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path):
    with Spool.beside(tmp_path / "out") as spool:
        spool.add("checkpoint", [b"x"])
        (tmp_path / "out").mkdir()
        with pytest.raises(OSError):
            write_pack(spool, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
