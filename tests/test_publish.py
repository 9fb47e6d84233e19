"""The output folder, and what a killed run leaves behind."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from handmade import digests, published, result
from zhfacts.errors import OutputError
from zhfacts.tables import publish
from zhfacts.tables.frames import frame
from zhfacts.tables.validate import validate
from zhfacts.tables.write import write

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
from zhfacts.tables import publish
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


def test_two_runs_at_once_do_not_remove_each_others_work(tmp_path: Path) -> None:
    with publish.staging(tmp_path) as first, publish.staging(tmp_path) as second:
        for build, text in ((first, "一增长1%"), (second, "二增长2%")):
            write([result("a.txt", text)], build, {"version": "0"})
            publish.commit(build, tmp_path)
    assert state(tmp_path) == "二增长2%"
