"""One item after the other, in this process.

Example: `list(run(len, ["一", "二三"]))` is [1, 2].
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Out = TypeVar("Out")


def run(work: Callable[[Item], Out], items: Sequence[Item]) -> Generator[Out, None, None]:
    """What `work` makes of each item, in their order."""
    return (work(item) for item in items)
