"""What a run says while it works: one line for each document.

Example: `str(step(2, 3, "二.txt", results))` is "[2/3] 二.txt: 4 facts".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zhfacts.records import Result


class Step(str):
    """A line of progress, with the number of documents done, in all, and taken from the cache so far."""

    done: int
    total: int
    unchanged: int

    def __new__(cls, text: str, done: int, total: int, unchanged: int = 0) -> Step:
        """A line for the document just done."""
        step = super().__new__(cls, f"[{done}/{total}] {text}")
        step.done, step.total, step.unchanged = done, total, unchanged
        return step


Progress = Callable[[Step], None] | None
"""What a run is given to be called with each line."""


def nothing_to_do(progress: Progress, count: int) -> None:
    """Say in one line that a run has found all `count` documents as they were."""
    if progress is not None:
        progress(Step("nothing has changed: the tables stay as they are", count, count, count))


def told(results: Sequence[Result]) -> str:
    """What came of a file, in a few words: 4 facts."""
    whole = [result.rejects[0].reason for result in results if result.document is None and result.rejects]
    if len(results) == 1 and whole:
        return whole[0]
    facts = f"{sum(len(result.facts) for result in results)} facts"
    if len(results) == 1:
        return facts
    refused = f", {len(whole)} refused" if whole else ""
    return f"{facts} in {len(results) - len(whole)} records{refused}"
