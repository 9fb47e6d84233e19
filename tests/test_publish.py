"""The output folder, and what a killed run leaves behind."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from handmade import digests, published, result
from zhfacts.errors import OutputError
from zhfacts.tables import lock, publish
from zhfacts.tables.frames import frame
from zhfacts.tables.validate import validate
from zhfacts.tables.write import write

fcntl = pytest.importorskip("fcntl")

# the output folder


def test_files_of_others_survive_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("ours", "utf-8")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine", "utf-8")
    for _ in range(2):
        published(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == {*publish.FILES, "README.md", "notes"}
    assert (tmp_path / "notes" / "a.txt").read_text("utf-8") == "mine"


def test_a_failed_run_leaves_the_old_outputs_and_no_folder_of_its_own(tmp_path: Path) -> None:
    published(tmp_path / "old")
    before = digests(tmp_path / "old")
    for name in ("old", "fresh"):
        with pytest.raises(RuntimeError), publish.staging(tmp_path / name) as build:
            (build / "facts.parquet").write_text("half", "utf-8")
            raise RuntimeError
    assert digests(tmp_path / "old") == before
    assert {path.name for path in (tmp_path / "old").iterdir()} == set(publish.FILES)
    assert not (tmp_path / "fresh").exists()


@pytest.mark.parametrize("name", ["facts.parquet", "run.json"])
def test_what_is_not_ours_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}", "utf-8")
    with pytest.raises(OutputError, match=name), publish.staging(tmp_path):
        pass
    (tmp_path / name).unlink()
    published(tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    with pytest.raises(OutputError, match="is a folder"), publish.staging(tmp_path):
        pass


@pytest.mark.parametrize("place", ["file", "file/below", "dangling"])
def test_an_output_folder_that_cannot_be_made(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    (tmp_path / "dangling").symlink_to(tmp_path / "file" / "no")
    with pytest.raises(OutputError, match=place.partition("/")[0]), publish.staging(tmp_path / place):
        pass


@pytest.mark.parametrize("content", [None, "{", "[]", '{"tool": "other"}'])
def test_a_folder_without_a_run_says_so(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "run.json").write_text(content, "utf-8")
    with pytest.raises(OutputError, match=r"run\.json"):
        publish.read_info(tmp_path)


WRITER = """
import os, signal, sys
from pathlib import Path
from handmade import result
from zhfacts.tables import lock, publish
from zhfacts.tables.write import write

out, text, die_at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
moves = 0
move = publish._move

def counted(old, new):
    global moves
    if moves == die_at:
        os.kill(os.getpid(), signal.SIGKILL)
    moves += 1
    move(old, new)

publish._move = counted
print("ready", flush=True)
with publish.staging(out) as build:
    write([result("a.txt", text)], build, {"version": "0"})
    publish.commit(build, out)
"""


def writer(out: Path, text: str, die_at: int = -1) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    command = [sys.executable, "-c", WRITER, str(out), text, str(die_at)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def state(out: Path) -> str:
    """Which of two runs the folder holds, whole, for readers that know of us."""
    info = publish.read_info(out)
    assert validate(out) == []
    return str(frame(out, "lines", info)["text"].iloc[0])


@pytest.mark.parametrize("move", range(1 + len(publish.FILES)))
def test_a_run_killed_before_any_of_its_renames_leaves_one_run_whole(tmp_path: Path, move: int) -> None:
    (tmp_path / "README.md").write_text("ours", "utf-8")
    published(tmp_path, result("a.txt", "旧增长1%"))
    before = digests(tmp_path)
    with writer(tmp_path, "新增长2%", move) as process:
        assert process.wait() == -signal.SIGKILL
    if move == 0:  # before the commit nothing that is seen has changed
        assert digests(tmp_path) == before
    assert state(tmp_path) == ("旧增长1%" if move == 0 else "新增长2%")
    published(tmp_path, result("a.txt", "再增长3%"))
    assert state(tmp_path) == "再增长3%"
    assert {path.name for path in tmp_path.iterdir()} == {*publish.FILES, "README.md"}


def test_a_reader_without_rights_sees_a_committed_run_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published(tmp_path, result("a.txt", "旧增长1%"))
    with writer(tmp_path, "新增长2%", 3) as process:
        process.wait()

    def denied(out: Path) -> None:
        raise PermissionError(out)

    monkeypatch.setattr(publish, "recover", denied)
    assert state(tmp_path) == "新增长2%"
    assert (tmp_path / publish.READY).is_dir()


def test_a_run_killed_at_any_moment_leaves_one_run_whole(tmp_path: Path) -> None:
    chance = random.Random(11)  # noqa: S311 - no secret
    published(tmp_path, result("a.txt", "旧增长1%"))
    for _ in range(6):
        with writer(tmp_path, "新增长2%") as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.random() * 0.06)
            process.kill()
        assert state(tmp_path) in {"旧增长1%", "新增长2%"}
    published(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(publish.FILES)


def test_a_full_disk_is_told_and_changes_nothing(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    published(tmp_path)
    before = digests(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))  # what a full disk does, but for the error's name
    try:
        full = pytest.raises(OutputError, match="no space left")
        with full, publish.staging(tmp_path) as build, publish.explained(tmp_path):
            write([result("a.txt")], build, {"version": "0"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert digests(tmp_path) == before


def test_a_second_run_into_a_folder_is_told_of_the_first(tmp_path: Path) -> None:
    published(tmp_path, result("a.txt", "旧增长1%"))
    before = digests(tmp_path)
    with publish.staging(tmp_path):
        busy = rf"in use by another run \(process {os.getpid()} on .*, since .* UTC\); wait .* --out"
        with pytest.raises(OutputError, match=busy), publish.staging(tmp_path):
            pass
        assert state(tmp_path) == "旧增长1%"  # readers need no lock
    assert digests(tmp_path) == before
    assert not (tmp_path / lock.LOCK).exists()


HOLDER = """
import sys, time
from pathlib import Path
from zhfacts.tables import lock, publish

with publish.staging(Path(sys.argv[1])):
    print("ready", flush=True)
    time.sleep(60)
"""


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(OutputError, match=f"process {holder.pid} on"), publish.staging(tmp_path):
            pass
        holder.kill()
    assert (tmp_path / lock.LOCK).exists()
    published(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(publish.FILES)


def test_where_the_file_system_has_no_locks_the_process_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(_handle: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "take", without)
    for pid, host, busy in ((os.getppid(), socket.gethostname(), True), (os.getppid(), "elsewhere", False)):
        (tmp_path / lock.LOCK).write_text(json.dumps({"pid": pid, "host": host, "since": "now"}), "utf-8")
        if busy:
            with pytest.raises(OutputError, match=f"process {pid} .*none of zhfacts"), lock.alone(tmp_path):
                pass
        else:
            with lock.alone(tmp_path):
                pass
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    for owner in ({"pid": gone.pid, "host": socket.gethostname()}, {"pid": "x"}, [], {"pid": -1}):
        (tmp_path / lock.LOCK).write_text(json.dumps(owner), "utf-8")
        with lock.alone(tmp_path):
            pass


class Msvcrt:
    """The module of Windows over locks of Linux: as there, a byte range, refused with EACCES, gone with the handle."""

    LK_NBLCK = 2

    def locking(self, handle: int, mode: int, size: int) -> None:
        assert (mode, size) == (self.LK_NBLCK, 1)
        at = os.lseek(handle, 0, os.SEEK_CUR)
        lock_range = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, at, size, 0)
        try:
            fcntl.fcntl(handle, F_OFD_SETLK, lock_range)
        except BlockingIOError:
            raise PermissionError(errno.EACCES, "Permission denied") from None


F_OFD_SETLK = 37
"""Of Linux: locks of an open file, not of the process, so that one process can try both sides."""


@pytest.mark.skipif(sys.platform != "linux", reason="stands on locks of Linux")
def test_the_lock_of_windows_keeps_a_second_run_out_and_ends_with_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "take", lock.by_locking(Msvcrt()))
    with lock.alone(tmp_path):
        assert json.loads((tmp_path / lock.LOCK).read_text("utf-8"))["pid"] == os.getpid()
        assert (tmp_path / lock.LOCK).stat().st_size < 1000  # the byte that is locked lies behind, unwritten
        busy = pytest.raises(OutputError, match=rf"in use by another run \(process {os.getpid()} on")
        with busy, lock.alone(tmp_path):
            pass
    with lock.alone(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(Msvcrt, "locking", broken)
    with pytest.raises(OSError, match="Input/output"), lock.alone(tmp_path):
        pass


def test_a_lock_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine", "utf-8")
    (tmp_path / lock.LOCK).symlink_to(tmp_path / "mine")
    with pytest.raises(OutputError, match="cannot write in"), publish.staging(tmp_path):
        pass
    assert (tmp_path / "mine").read_text("utf-8") == "mine"


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root on Linux can mount a small disk")
def test_a_disk_that_fills_up_leaves_the_old_tables(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets no disk be mounted")
    try:
        out = disk / "out"
        published(out)
        before = digests(out)
        big = result("b.txt", "".join(f"甲公司{number * 7919 % 99991}增长{number}%。\n" for number in range(4000)))
        full = pytest.raises(OutputError, match=r"no space left to write .* make room, what stood there is unchanged")
        with full, publish.staging(out) as build, publish.explained(out):
            write([big], build, {"version": "0"})
        assert digests(out) == before
        assert validate(out) == []
        (disk / "filler").write_bytes(bytes(os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize))
        full = pytest.raises(OutputError, match="no space left")
        with full, publish.staging(out) as build, publish.explained(out):
            write([big], build, {"version": "0"})
        assert digests(out) == before
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_disk_that_is_full_when_tables_are_synced_leaves_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path)
    before = digests(tmp_path)

    def full(path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(publish, "sync", full)
    with pytest.raises(OutputError, match="no space left"):
        published(tmp_path, result("b.txt"))
    monkeypatch.undo()
    assert digests(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == set(publish.FILES)
