"""Engines: the same results in the same order, and a clear word where a worker dies."""

from __future__ import annotations

import os
import pickle
import signal
import time

import pytest

from handmade import NEWS, result
from zhfacts.engines import pool, serial
from zhfacts.errors import RuleError, ZhfactsError
from zhfacts.records import Result

ITEMS = [(f"{number}.txt", NEWS * number) for number in range(1, 6)]


def work(item: tuple[str, str]) -> Result:
    return result(*item)


def slow_first(number: int) -> int:
    time.sleep(0.3 if number == 0 else 0)
    return number * 2


def lost(item: object, how: str) -> str:
    """What stands in for an item over which a worker has died."""
    return f"{item} {how}"


def die(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if number in {7, 8, 19}:
        os._exit(number)
    if number == 11:
        os.abort()
    return number


def kill_parent_of_idle(number: int) -> int:
    """The process id, so that the test can kill a worker that has nothing to do."""
    time.sleep(0.05)
    return os.getpid()


class Unborn:
    """Work that cannot be sent to a worker alive."""

    def __call__(self, number: int) -> int:
        return number

    def __setstate__(self, _: object) -> None:
        os._exit(5)

    def __getstate__(self) -> dict[str, int]:
        return {"a": 1}


def broken_rule(number: int) -> int:
    raise RuleError(f"rules.toml:{number}: bad pattern")


@pytest.mark.parametrize("jobs", [1, 2, 99])
def test_pool_gives_what_serial_gives(jobs: int) -> None:
    alone = list(serial.run(work, ITEMS))
    assert list(pool.run(work, ITEMS, jobs, lost)) == alone
    assert [each.source for each in alone] == [source for source, _ in ITEMS]


def test_results_come_in_the_order_of_items_whichever_is_done_first() -> None:
    assert list(pool.run(slow_first, range(20), 2, lost)) == [number * 2 for number in range(20)]


def test_no_items_give_no_results() -> None:
    assert list(pool.run(slow_first, [], 2, lost)) == list(serial.run(slow_first, [])) == []


def test_a_worker_that_dies_takes_only_its_item_with_it() -> None:
    dead = {
        3: "3 killed by SIGKILL",
        7: "7 ended with code 7",
        8: "8 ended with code 8",
        11: "11 killed by SIGABRT",
        19: "19 ended with code 19",
    }
    assert list(pool.run(die, range(20), 2, lost)) == [dead.get(number, number) for number in range(20)]


def test_where_no_worker_can_begin_the_run_says_so() -> None:
    with pytest.raises(ZhfactsError, match=r"3 worker processes died .*code 5.*run with 1 job.*__main__"):
        list(pool.run(Unborn(), range(9), 2, lost))


def test_a_worker_that_dies_between_two_items_costs_none() -> None:
    results = pool.run(kill_parent_of_idle, range(40), 2, lost)
    first = next(results)
    time.sleep(0.3)  # both have answered and wait, or are about to
    os.kill(first, signal.SIGKILL)
    others = list(results)
    assert sum(isinstance(each, str) for each in others) <= 1
    assert len(others) == 39


def test_an_error_for_all_documents_reaches_the_caller_as_it_is() -> None:
    with pytest.raises(RuleError, match="bad pattern"):
        list(pool.run(broken_rule, range(3), 2, lost))


def test_a_run_that_is_given_up_ends_its_workers() -> None:
    results = pool.run(slow_first, range(1000), 2, lost)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]


def test_results_survive_the_way_between_processes() -> None:
    made = result("a.txt")
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own bytes
