"""What a run says while it works: one line for each document.

Example: `str(step(2, 3, "二.txt", results))` is "[2/3] 二.txt: 4 facts".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zhfacts.records import Result


class Step(str):
    """A line of progress, with the number of documents done, in all, and taken from the cache so far."""

    done: int
    total: int
    unchanged: int
    left: float | None
    """About how many seconds the rest will take; None where that cannot be said yet."""

    def __new__(cls, text: str, done: int, total: int, unchanged: int = 0, left: float | None = None) -> Step:
        """A line for the document just done."""
        step = super().__new__(cls, f"[{done}/{total}] {text}")
        step.done, step.total, step.unchanged, step.left = done, total, unchanged, left
        return step


Progress = Callable[[Step], None] | None
"""What a run is given to be called with each line."""


def nothing_to_do(progress: Progress, count: int) -> None:
    """Say in one line that a run has found all `count` documents as they were."""
    if progress is not None:
        progress(Step("nothing has changed: the tables stay as they are", count, count, count))


def in_words(seconds: float) -> str:
    """A time that is left, roughly: about 3 min."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 1.5 * size:
            return f"about {seconds / size:.0f} {unit}"
    return f"about {max(seconds, 1):.0f} s"


@dataclass
class Tally:
    """What has come of a file so far."""

    records: int = 0
    facts: int = 0
    refused: int = 0
    reason: str = ""
    """Why the last record was refused."""

    def add(self, result: Result) -> None:
        """Count one more result."""
        self.records += 1
        self.facts += len(result.facts)
        if result.document is None and result.rejects:
            self.refused += 1
            self.reason = result.rejects[0].reason

    def __str__(self) -> str:
        """What came of the file, in a few words: 4 facts."""
        if self.records == 1:
            return self.reason or f"{self.facts} facts"
        refused = f", {self.refused} refused" if self.refused else ""
        return f"{self.facts} facts in {self.records - self.refused} records{refused}"
