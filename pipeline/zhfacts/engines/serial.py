"""One item after the other, in this process.

Example: `run(work, ["一", "二三"])` gives ("一", results of 一), then ("二三", its results).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
Out = TypeVar("Out")


def run(
    work: Callable[[Item], Iterable[Out]], items: Iterable[Item]
) -> Generator[tuple[Item, Iterator[Out]], None, None]:
    """Each item with the results that `work` makes of it, in their order."""
    return ((item, iter(work(item))) for item in items)
