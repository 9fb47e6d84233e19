"""Faults and circumstances: a real run killed at any moment, and the same bytes wherever and however it runs."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

import pytest

from zhfacts import api
from zhfacts.cache.store import FOLDER
from zhfacts.progress import Step
from zhfacts.tables.publish import FILES
from zhfacts.tables.schema import SCHEMAS
from zhfacts.tables.validate import validate

Start = Callable[..., subprocess.Popen[str]]
KILLS = 20
TABLES = FILES[:-1]
SENTENCE = "{year}年，远岚集团营业收入达到{money}亿元，同比增长{percent}%。\n"


def write(folder: Path, seed: int, count: int = 3, lines: int = 30) -> Path:
    """A folder of documents of our own, the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    folder.mkdir()
    for number in range(count):
        figures = [
            {
                "year": chance.randint(1990, 2023),
                "money": chance.randint(2, 9999),
                "percent": chance.randint(1, 99) / 10,
            }
            for _ in range(lines)
        ]
        text = "".join(SENTENCE.format(**each) for each in figures)
        (folder / f"{number}.txt").write_text(text, "utf-8")
    return folder


def tables(out: Path) -> tuple[bytes, ...]:
    return tuple((out / name).read_bytes() for name in TABLES)


def loaded(out: Path) -> tuple[bytes, ...]:
    """The tables as `load` gives them, all read: it raises where one is not that of run.json."""
    run = api.load(out)
    assert len(run.documents) == len(run.facts["doc_id"].unique())
    assert all(len(getattr(run, name)) >= 0 for name in SCHEMAS)
    assert validate(out) == []
    return tables(out)


@pytest.mark.skipif(os.name == "nt", reason="killed otherwise there")
def test_a_run_killed_at_any_moment_leaves_the_old_or_the_new_tables(process: Start, tmp_path: Path) -> None:
    inputs = [write(tmp_path / name, seed) for seed, name in enumerate(("one", "two"))]
    states = []
    for folder in inputs:
        api.run(folder, tmp_path / f"clean-{folder.name}")
        states.append(tables(tmp_path / f"clean-{folder.name}"))
    out = tmp_path / "out"
    api.run(inputs[0], out)
    begun = time.monotonic()
    with process("extract", inputs[1], "--out", tmp_path / "measured", "--force") as ended:
        ended.communicate()
    whole = time.monotonic() - begun
    chance = random.Random(6)  # noqa: S311 - no secret
    moments = [1.3 * whole * (number + chance.random()) / KILLS for number in range(KILLS)]
    chance.shuffle(moments)
    moments.append(20 * whole)  # the last one comes when all is done, however busy the machine is
    seen = [0]
    for number, option in zip(range(KILLS + 1), cycle(("--force", "--resume")), strict=False):
        jobs = 2 if number % 10 == 9 else 1
        with process("extract", inputs[1 - seen[-1]], "--out", out, option, "--jobs", jobs) as ended:
            with contextlib.suppress(subprocess.TimeoutExpired):
                ended.wait(moments[number])
            ended.kill()
        state = loaded(out)
        assert state in states
        seen.append(states.index(state))
    assert set(seen) == {0, 1}, "no run got through: the moments are badly chosen"
    steps: list[Step] = []
    api.run(inputs[1], out, progress=steps.append)
    assert tables(out) == states[1]
    assert {path.name for path in out.iterdir()} == {*FILES, FOLDER}  # nothing of the dead is left


def test_a_run_goes_on_where_a_killed_one_was(process: Start, tmp_path: Path) -> None:
    folder, out = write(tmp_path / "docs", 3, count=8, lines=100), tmp_path / "out"
    with process("extract", folder, "--out", out) as ended:
        assert ended.stderr is not None
        for _ in range(3):
            ended.stderr.readline()
        ended.kill()
    steps: list[Step] = []
    api.run(folder, out, progress=steps.append)
    assert 3 <= steps[-1].unchanged <= 8  # all of them where the kill came too late
    api.run(folder, tmp_path / "clean")
    assert tables(out) == tables(tmp_path / "clean")


EVERYWHERE = """
import sys
from pathlib import Path
from zhfacts import api

if __name__ == "__main__":
    folder, out = map(Path, sys.argv[1:3])
    inputs = sorted(folder.iterdir())
    orders = [inputs[1:] + inputs[:1], inputs[::-1]]
    for number, (order, jobs) in enumerate(zip(orders, map(int, sys.argv[3:]))):
        api.run(order, out / str(number), jobs, force=True)
"""
PLACES = (
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Shanghai", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "random", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"},
)
JOBS = (("1", "2"), ("3", "1"), ("1", "1"))


def test_the_bytes_are_the_same_for_any_order_workers_hash_seed_zone_and_locale(tmp_path: Path) -> None:
    folder = write(tmp_path / "docs", 4, count=3, lines=20)
    (folder / "今年.txt").write_text("本报讯 今年5月，松山省出口增长8.7%，去年为3.2亿美元。\n" * 3, "utf-8")
    found, infos = set(), set()
    for place, jobs in zip(PLACES, JOBS, strict=True):
        out = tmp_path / place["PYTHONHASHSEED"]
        script = tmp_path / "everywhere.py"  # workers import it anew, which a string cannot be
        script.write_text(EVERYWHERE, "utf-8")
        command = [sys.executable, str(script), str(folder), str(out), *jobs]
        subprocess.run(command, env={**os.environ, **place}, check=True)
        for each in out.iterdir():
            found.add(tables(each))
            info = json.loads((each / "run.json").read_text("utf-8"))
            infos.add(json.dumps({key: info[key] for key in info.keys() - {"started", "finished"}}, sort_keys=True))
    assert len(found) == 1
    assert len(infos) == 1


ABORTING = """
import sys
from zhfacts.cli import app
import zhfacts.cli.schema as schema
import ctypes, atexit

libc = ctypes.CDLL(None)
crash = ctypes.CFUNCTYPE(None)(lambda: libc.abort())
libc.__cxa_atexit(crash, None, None)  # as a C++ library's teardown that terminates
sys.argv = ["zhfacts", *sys.argv[1:]]
app.{how}()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks glibc for the teardown")
def test_no_library_teardown_changes_the_exit_code(process: Start) -> None:
    for arguments, code in ((("schema",), 0), (("show", "0", "--out", "missing"), 3), (("frobnicate",), 2)):
        with process(*arguments, code=ABORTING.replace("{how}", "script")) as ended:
            out, err = ended.communicate()
        assert ended.returncode == code
        assert out if code == 0 else err.startswith("zhfacts: ")
