"""The closed list of why something was rejected: whose stage says so, and what to do about it.

Example: `REASONS["duplicate"].todo` says that nothing is to be done. docs/rejects.md has an example of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from zhfacts.inputs.base import REASONS as _READING
from zhfacts.records import OUT_OF_MEMORY, TOO_LONG, TOO_MANY, TOO_SLOW, WORKER_DIED

_FAULT: Final = "A fault of ours: please report it with `detail`."


@dataclass(frozen=True, slots=True)
class Reason:
    """The stage that gives a reason, and what the reader of the row can do."""

    stage: str
    todo: str


REASONS: Final[Mapping[str, Reason]] = {
    **{name: Reason("read", todo) for name, todo in _READING.items()},
    "duplicate": Reason("read", "Nothing: `detail` names the source under which its facts stand."),
    "no_such_document": Reason("metadata", "Mend the row's `source` in metadata.csv, or take the row out."),
    "provenance": Reason("check", _FAULT),
    "position": Reason("check", _FAULT),
    "kind": Reason("check", _FAULT),
    "schema": Reason("check", _FAULT),
    "reading": Reason("check", _FAULT),
    "order": Reason(
        "check", "Nothing where a line of another column cuts a number in two; else a fault of ours: please report it."
    ),
    TOO_SLOW: Reason("flow", "Look for a slow pattern in rules of your own (--rules), or raise --cpu-limit."),
    OUT_OF_MEMORY: Reason("flow", "It needs more than `--memory-limit`: split it, or raise the limit."),
    WORKER_DIED: Reason(
        "flow", "The process was lost (`detail` says how): run it with `--jobs 1`; where memory ran out, split it."
    ),
    TOO_LONG: Reason("flow", "Split it, or raise `--max-characters`."),
    TOO_MANY: Reason("flow", "Split it, or raise `--max-numbers`."),
    "internal_error": Reason("flow", "The program failed on this document: please report it with `detail`."),
}
"""Every word that rejects.reason may hold, in the order of the stages."""
