"""How many processes a run is good for: as many as there are processors for it, fewer where there is little to do.

Example: `jobs_for(40, 12_000_000, None)` is 2 on a machine of two processors, `jobs_for(1, 2_000, None)` is 1.
"""

from __future__ import annotations

import os
from typing import Final

WORTH: Final = 1_000_000
"""Bytes of text for which a worker is worth its start: about two seconds of work."""


def processors() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def jobs_for(files: int, size: int, wanted: int | None) -> int:
    """The number of processes for so many files of so many bytes in all; `wanted` is what the user has said."""
    if wanted is None:
        return max(1, min(processors(), size // WORTH))
    return wanted if files > 1 or size >= WORTH else 1
