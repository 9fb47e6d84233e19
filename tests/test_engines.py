"""Engines: the same results in the same order, and a clear word where a worker dies."""

from __future__ import annotations

import os
import pickle
import signal
import time
from functools import partial

import pytest

from handmade import NEWS, result
from zhfacts.engines import pool, serial
from zhfacts.errors import RuleError, ZhfactsError
from zhfacts.records import Result

ITEMS = [(f"{number}.txt", NEWS * number) for number in range(1, 12)]


def work(item: tuple[str, str]) -> Result:
    return result(*item)


def slow_first(number: int) -> int:
    time.sleep(0.3 if number == 0 else 0)
    return number * 2


def die(fatal: int, number: int) -> int:
    if number == fatal:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def broken_rule(number: int) -> int:
    raise RuleError(f"rules.toml:{number}: bad pattern")


@pytest.mark.parametrize("jobs", [1, 2, 99])
def test_pool_gives_what_serial_gives(jobs: int) -> None:
    alone = list(serial.run(work, ITEMS))
    assert list(pool.run(work, ITEMS, jobs)) == alone
    assert [each.source for each in alone] == [source for source, _ in ITEMS]


def test_results_come_in_the_order_of_items_whichever_is_done_first() -> None:
    assert list(pool.run(slow_first, range(20), 2)) == [number * 2 for number in range(20)]


def test_no_items_give_no_results() -> None:
    assert list(pool.run(slow_first, [], 2)) == list(serial.run(slow_first, [])) == []


def test_a_dead_worker_is_a_clear_error() -> None:
    with pytest.raises(ZhfactsError, match=r"a worker process died .* of 20 .*run with 1 job"):
        list(pool.run(partial(die, 7), range(20), 2))


def test_an_error_for_all_documents_reaches_the_caller_as_it_is() -> None:
    with pytest.raises(RuleError, match="bad pattern"):
        list(pool.run(broken_rule, range(3), 2))


def test_a_run_that_is_given_up_ends_its_workers() -> None:
    results = pool.run(slow_first, range(1000), 2)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]


def test_results_survive_the_way_between_processes() -> None:
    made = result("a.txt")
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - our own bytes
