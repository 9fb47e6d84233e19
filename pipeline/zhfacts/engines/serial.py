"""One item after the other, in this process.

Example: `list(run(len, ["一", "二三"]))` is [1, 2].
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Out = TypeVar("Out")


def run(work: Callable[[Item], Out], items: Sequence[Item]) -> Iterator[Out]:
    """What `work` makes of each item, in their order."""
    return map(work, items)
