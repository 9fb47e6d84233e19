"""Engines: the same results in the same order, and a clear word where a worker dies."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from handmade import NEWS, result
from zhfacts.engines import pool, serial
from zhfacts.engines.worker import MOST_UNSENT
from zhfacts.errors import RuleError, ZhfactsError
from zhfacts.records import Result

ITEMS = [(f"{number}.txt", NEWS * number) for number in range(1, 6)]


def work(item: tuple[str, str]) -> Iterator[Result]:
    yield result(*item)


def slow_first(number: int) -> Iterator[int]:
    time.sleep(0.3 if number == 0 else 0)
    yield number * 2


def lost(item: object, done: int, how: str) -> tuple[tuple[str], None]:
    """What stands in for an item over which a worker has died."""
    return (f"{item} {how}",), None


def die(number: int) -> Iterator[int]:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if number in {7, 8, 19}:
        os._exit(number)
    if number == 11:
        os.abort()
    yield number


def kill_parent_of_idle(number: int) -> Iterator[int]:
    """The process id, so that the test can kill a worker that has nothing to do."""
    time.sleep(0.05)
    yield os.getpid()


def flat(found: Iterable[tuple[Any, Iterator[Any]]]) -> list[Any]:
    """All results of all items, as they come."""
    return [out for _, outs in found for out in outs]


class Unborn:
    """Work that cannot be sent to a worker alive."""

    def __call__(self, number: int) -> Iterator[int]:
        yield number

    def __setstate__(self, _: object) -> None:
        os._exit(5)

    def __getstate__(self) -> dict[str, int]:
        return {"a": 1}


def broken_rule(number: int) -> Iterator[int]:
    yield 0
    raise RuleError(f"rules.toml:{number}: bad pattern")


@pytest.mark.parametrize("jobs", [1, 2, 99])
def test_pool_gives_what_serial_gives(jobs: int) -> None:
    alone = flat(serial.run(work, ITEMS))
    assert flat(pool.run(work, ITEMS, jobs, lost)) == alone
    assert [each.source for each in alone] == [source for source, _ in ITEMS]


def test_results_come_in_the_order_of_items_whichever_is_done_first() -> None:
    assert flat(pool.run(slow_first, range(20), 2, lost)) == [number * 2 for number in range(20)]


def test_no_items_give_no_results() -> None:
    assert flat(pool.run(slow_first, [], 2, lost)) == flat(serial.run(slow_first, [])) == []


def test_a_worker_that_dies_takes_only_its_item_with_it() -> None:
    dead = {
        3: "3 killed by SIGKILL",
        7: "7 ended with code 7",
        8: "8 ended with code 8",
        11: "11 killed by SIGABRT",
        19: "19 ended with code 19",
    }
    assert flat(pool.run(die, range(20), 2, lost)) == [dead.get(number, number) for number in range(20)]


def test_where_no_worker_can_begin_the_run_says_so() -> None:
    with pytest.raises(ZhfactsError, match=r"3 worker processes died .*code 5.*run with 1 job"):
        flat(pool.run(Unborn(), range(9), 2, lost))


SCRIPT = """
import sys
import zhfacts

print("run", flush=True)
print(len(zhfacts.run(sys.argv[1], sys.argv[2], jobs=2).facts))
"""


def test_workers_do_not_run_the_script_that_called_for_them(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(2):
        (tmp_path / "in" / f"{number}.txt").write_text(NEWS + str(number), "utf-8")
    (tmp_path / "script.py").write_text(SCRIPT, "utf-8")
    command = [sys.executable, tmp_path / "script.py", tmp_path / "in", tmp_path / "out"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said.split()[0] == "run"
    assert int(said.split()[1]) > 0


def test_a_worker_that_dies_between_two_items_costs_none() -> None:
    results = pool.run(kill_parent_of_idle, range(40), 2, lost)
    (first,) = next(results)[1]
    time.sleep(0.3)  # both have answered and wait, or are about to
    os.kill(first, signal.SIGKILL)
    others = flat(results)
    assert sum(isinstance(each, str) for each in others) <= 1
    assert len(others) == 39


def test_an_error_for_all_documents_reaches_the_caller_as_it_is() -> None:
    with pytest.raises(RuleError, match="bad pattern"):
        flat(pool.run(broken_rule, range(3), 2, lost))


def test_a_run_that_is_given_up_ends_its_workers() -> None:
    results = pool.run(slow_first, range(1000), 2, lost)
    assert list(next(results)[1]) == [0]
    results.close()


def several(item: tuple[int, ...]) -> Iterator[int]:
    """A result for each number; 13 kills."""
    for number in item:
        if number == 13:
            os.kill(os.getpid(), signal.SIGKILL)
        yield number


def rest(item: tuple[int, ...], done: int, how: str) -> tuple[tuple[str], tuple[int, ...] | None]:
    return (f"{item[done]} {how}",), item[done + 1 :] or None


@pytest.mark.parametrize("weight", [1, pool.LIGHT])
def test_of_an_item_with_several_results_only_one_is_lost(weight: int) -> None:
    items = [(1, 2, 3), (11, 12, 13, 14), (13,), (), (13, 13, 15), (21, 22)]
    found = pool.run(several, items, 2, rest, weight=lambda _: weight)
    killed = "13 killed by SIGKILL"
    assert [(item, list(outs)) for item, outs in found] == [
        ((1, 2, 3), [1, 2, 3]),
        ((11, 12, 13, 14), [11, 12, killed, 14]),
        ((13,), [killed]),
        ((), []),
        ((13, 13, 15), [killed, killed, 15]),
        ((21, 22), [21, 22]),
    ]


@pytest.mark.parametrize("weight", [1, 1000])
def test_light_items_that_wait_behind_a_deadly_one_are_not_lost(weight: int) -> None:
    found = flat(pool.run(die, range(20), 2, lost, weight=lambda _: weight))
    assert [each for each in found if isinstance(each, int)] == [n for n in range(20) if n not in {3, 7, 8, 11, 19}]


class Large:
    """Work that notes in a folder that it was done, and gives a result of a megabyte; the first takes until told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, number: int) -> Iterator[bytes]:
        while number == 0 and not (self.folder / "go").exists():
            time.sleep(0.01)
        (self.folder / f"{number}.done").touch()
        yield bytes([number]) * (1 << 20)


def at_rest(folder: Path) -> int:
    """How many items were done once nothing has happened for a while."""
    count, quiet = 0, 0
    while not count or quiet < 10:
        found = len([*folder.glob("*.done")])
        count, quiet = (count, quiet + 1) if found == count else (found, 0)
        time.sleep(0.1)
    return count


def test_a_slow_first_item_lets_only_so_many_results_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MOST_WAITING", 4 << 20)
    results = pool.run(Large(tmp_path), range(100), 2, lost, weight=lambda _: 1)
    first: list[bytes] = []
    thread = Thread(target=lambda: first.extend(next(results)[1]), daemon=True)
    thread.start()
    waited = at_rest(tmp_path)
    assert 4 <= waited <= 4 + (MOST_UNSENT >> 20) + 3  # here, there, and one that is under way at either end
    (tmp_path / "go").touch()
    thread.join()
    assert [out[0] for out in (*first, *flat(results))] == [*range(100)]


def test_a_slow_writer_lets_only_so_many_results_wait(tmp_path: Path) -> None:
    (tmp_path / "go").touch()
    results = pool.run(Large(tmp_path), range(100), 2, lost, weight=lambda _: 1)
    assert len(next(iter(next(results)[1]))) == 1 << 20
    assert at_rest(tmp_path) <= 1 + 2 * (2 * pool.IN_HAND)
    assert len(flat(results)) == 99


def test_items_are_taken_as_they_are_needed() -> None:
    taken = []

    def items() -> Iterator[int]:
        for number in range(10_000):
            taken.append(number)
            yield number

    results = pool.run(slow_first, items(), 2, lost)
    assert [list(next(results)[1]) for _ in range(3)] == [[0], [2], [4]]
    assert len(taken) <= 3 + pool.AHEAD * 2
    results.close()


def test_what_is_done_here_keeps_its_place() -> None:
    here = {3: ["three"], 4: []}
    assert flat(pool.run(slow_first, range(6), 2, lost, here=here.get)) == [0, 2, 4, "three", 10]


def test_results_survive_the_way_between_processes() -> None:
    made = result("a.txt")
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own bytes
