"""Which year or date of the text names the period of a number, as the tables keep its days and not its words.

Example: in 2023年，甲公司营业收入5亿元 the period of 5亿元 is 2023, and 2023年 the words that name it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from zhfacts.records import TIME_KINDS

Key = tuple[object, object, object]


def anchors(facts: Sequence[dict[str, Any]]) -> list[int | None]:
    """For each fact of a document the number of the nearest time before it in its article with its period's days.

    Where none stands before it, the next one on its own line or the line below; of a period that its own sentence
    states, one of that sentence. None where no year or date names the period (去年, the day of publication), or
    the fact has none.
    """
    named: dict[Key, list[int]] = {}
    for number, fact in enumerate(facts):
        if fact["kind"] in TIME_KINDS and fact["date_start"] is not None:
            named.setdefault((fact["article"], fact["date_start"], fact["date_end"]), []).append(number)
    return [_anchor(number, facts, named) for number in range(len(facts))]


def _anchor(number: int, facts: Sequence[dict[str, Any]], named: dict[Key, list[int]]) -> int | None:
    fact = facts[number]
    if fact["kind"] in TIME_KINDS or fact["period_start"] is None or fact["period_from"] == "published":
        return None
    times = named.get((fact["article"], fact["period_start"], fact["period_end"]), [])
    if fact["period_from"] == "stated":
        times = [time for time in times if facts[time]["quote"] == fact["quote"]]
    behind = bisect_left(times, number)
    if behind:
        return times[behind - 1]
    close = [time for time in times if facts[time]["line_start"] <= fact["line_end"] + 1]
    return close[0] if close else None
