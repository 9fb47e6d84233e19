"""The collector of circles looks less often while stages run, and as often as before once they have ended."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor

import pytest

import zhfacts
from zhfacts.guard import seldom_collected


def test_the_collector_is_set_back() -> None:
    before = gc.get_threshold()
    with seldom_collected():
        assert gc.get_threshold()[0] > before[0]
        with seldom_collected():
            pass
        assert gc.get_threshold()[0] > before[0]
    assert gc.get_threshold() == before


def test_also_when_the_block_fails() -> None:
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), seldom_collected():
        1 / 0  # noqa: B018
    assert gc.get_threshold() == before


def test_also_when_threads_overlap() -> None:
    before = gc.get_threshold()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(zhfacts.extract, ["营收增长8.7%。" * 20] * 40))
    assert gc.get_threshold() == before
