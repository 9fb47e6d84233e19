"""Whom the peers agree with: our percents, amounts and times beside theirs on the same strings.

The strings are the blocks of the five real documents and the news lines, as zhfacts lays them out. The table goes
to the screen, every disagreement to bench/.cache/disagreements.tsv (ignored by git: numbers only, no sentences).
"""

from __future__ import annotations

import calendar
import csv
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from corpus import CACHE, HERE
from peers import BASE, Find, Peer

from zhfacts.flow import Settings, extract_file
from zhfacts.layout.blocks import lay_out
from zhfacts.numbers.scan import find
from zhfacts.read import from_text
from zhfacts.records import Number, When

SHARED = HERE.parents[1] / "shared"
KIND = {"percent": "percent", "percentage_point": "percent", "money": "money", "year": "time", "date": "time"}
PEERS = {"jionlp": ("money", "time"), "recognizers": ("percent", "money", "time")}
TIMES = {"time_point", "time_span", "datetimeV2.date", "datetimeV2.daterange"}
"""Peers' types that are years and dates; the others are durations, clock times and recurring times."""
JIONLP_CASE = {"元": "CNY", "港元": "HKD", "港币": "HKD", "日元": "JPY", "韩元": "KRW", "台币": "TWD", "马克": "DEM"}
FAR = 50
"""Relative years beyond this count from a year stated before (当年), which a block does not know."""
Day = tuple[int | None, int | None, int]
"""Year, month and day; None where nobody said it."""
Value = tuple[Any, ...] | None
Pair = tuple[str, "Item | None", "Item | None"]


@dataclass(frozen=True)
class Text:
    """A block, where its characters stand, and the day that 去年 counts from."""

    name: str
    text: str
    lines: tuple[int, ...]
    base: tuple[int, int, int]


@dataclass(frozen=True)
class Item:
    """A find of either side: span, what it says (None: not compared), and that in words."""

    start: int
    end: int
    value: Value
    shown: str


def texts() -> Iterator[Text]:
    """Blocks of the real documents (else of our own), and each news line as a document of its own."""
    folder = SHARED / "seeds" if (SHARED / "seeds").is_dir() else HERE.parent / "seeds"
    for path in sorted(folder.glob("*.txt")):
        document = extract_file(path.name, path, Settings()).document
        day = document.published if document else None
        base = (day.year, day.month, day.day) if day else BASE
        yield from _blocks(path.name[:3], path.read_text(encoding="utf-8"), 0, base)
    for path in sorted((SHARED / "news").glob("*.txt")):
        for n, line in enumerate(path.read_text(encoding="utf-8").split("\n")):
            yield from _blocks(path.name[:3], line, n, BASE)


def _blocks(name: str, text: str, above: int, base: tuple[int, int, int]) -> Iterator[Text]:
    document, blocks = lay_out(from_text(text))
    for block in blocks:
        places = tuple(above + document.line_at(block.origin.at(i)).number for i in range(len(block.text)))
        yield Text(name, block.text, places, base)


def ours(text: Text) -> Iterator[tuple[str, Item]]:
    """Our finds; kinds that no peer is asked for come with their own name."""
    for n in find(text.text):
        kind = KIND.get(n.kind, n.kind)
        if kind == "time" and n.when:
            first, last = _span(n.when, text.base)
            yield kind, Item(n.start, n.end, (first, last), f"{_show(first)}/{_show(last)}")
        else:
            value = (*_amount(n), n.unit)
            yield kind, Item(n.start, n.end, value, " ".join(map(str, value)))


def _amount(n: Number) -> tuple[Decimal | None, ...]:
    return (n.low, n.high) if n.low is not None and n.high is not None else (n.value,)


def _span(when: When, base: tuple[int, int, int]) -> tuple[Day, Day]:
    """First and last day of a time as written; a year that nobody said stays None."""
    if when.month_relative is not None:
        months = base[0] * 12 + base[1] - 1 + when.month_relative
        ends = [(months // 12, months % 12 + 1, end[2]) for end in (when.first, when.last)]
    else:
        second = when.relative_end if when.relative_end is not None else when.relative
        relatives = zip((when.first, when.last), (when.relative, second), strict=True)
        ends = [(_year(end[0], relative, base[0]), end[1], end[2]) for end, relative in relatives]
    (y, m, d), (y2, m2, d2) = ends
    if d and d2 and not m and not m2:
        return (y, None, d), (y2, None, d2)
    m2 = m2 or 12
    return (y, m or 1, d or 1), (y2, m2, d2 or calendar.monthrange(y2 if y2 and y2 > 0 else 2024, m2)[1])


def _year(year: int | None, relative: int | None, base: int) -> int | None:
    if year is not None:
        return year
    return base + relative if relative is not None and abs(relative) < FAR else None


def _show(day: Day) -> str:
    y, m, d = day
    return f"{'XXXX' if y is None else y}-{'XX' if m is None else f'{m:02}'}-{d:02}"


def theirs(peer: str, find: Find) -> tuple[str, list[Item]] | None:
    """A peer's find in our terms, one item for each reading it offers; None for kinds that are not compared."""
    start, end, kind, value = find
    if kind == "time":
        if value["type"] not in TIMES:
            return None
        spans = _jionlp_days(value) if peer == "jionlp" else _recognizers_days(value)
        items = [Item(start, end, span, "/".join(map(_show, span))) for span in spans]
        return kind, items or [Item(start, end, None, "no value")]
    amount = _jionlp_money(value) if peer == "jionlp" else _recognizers_amount(value)
    return kind, [Item(start, end, amount, " ".join(map(str, amount)) if amount else "no value")]


def _days(first: str, last: str) -> tuple[Day, Day] | None:
    found = [re.match(r"(-?\d+)-(\d\d)-(\d\d)", s) for s in (first, last)]
    if not all(found):
        return None
    a, b = ((int(m[1]), int(m[2]), int(m[3])) for m in found if m)
    return a, b


def _jionlp_days(value: dict[str, Any]) -> list[tuple[Day, Day]]:
    times = value.get("time")
    span = _days(*times) if isinstance(times, list) and len(times) == 2 else None
    return [span] if span else []


def _recognizers_days(value: dict[str, Any]) -> list[tuple[Day, Day]]:
    """All readings; the end of a range is the day after it."""
    spans = []
    for one in value.get("values") or []:
        if one.get("type") == "date":
            spans.append(_days(one.get("value", ""), one.get("value", "")))
        elif one.get("start") and one.get("end"):
            span = _days(one["start"], one["end"])
            if span and date(*span[1]) > date.min:  # type: ignore[arg-type]  # it says 0001-01-01 where it knows none
                last = date(*span[1]) - timedelta(days=1)  # type: ignore[arg-type]
                spans.append((span[0], (last.year, last.month, last.day)))
    return [span for span in spans if span]


def _jionlp_money(value: dict[str, Any]) -> Value:
    numbers = value["num"] if isinstance(value["num"], list) else [value["num"]]
    case = value["case"]
    unit = currencies().get(case, case)
    return (*(_decimal(n) for n in numbers), unit)


@cache
def currencies() -> dict[str, str]:
    """ISO codes by the Chinese names that jionlp uses."""
    return {**{name: code for code, name in Locale.parse("zh").currencies.items()}, **JIONLP_CASE}


def _recognizers_amount(value: dict[str, Any]) -> Value:
    number = value.get("value")
    if number is None:
        return None
    unit = value.get("isoCurrency") or value.get("unit") or ("%" if value["type"] == "percentage" else "?")
    return _decimal(number.removesuffix("%")), unit


def _decimal(text: str) -> Decimal | str:
    try:
        return Decimal(text)
    except InvalidOperation:
        return text


def same_value(kind: str, a: Value, b: Value) -> bool:
    """Equal values; of our times only what is said counts: 12月 is any year's."""
    if a is None or b is None:
        return False
    if kind == "time":
        ends = zip(a, b, strict=True)
        return all(x is None or x == y for one, other in ends for x, y in zip(one, other, strict=True))
    return a == b


def same_span(text: str, a: Item, b: Item) -> bool:
    """Equal spans, hedges at either end left out: jionlp takes 约 and 以上 in."""
    left, right = sorted((a.start, b.start)), sorted((a.end, b.end))
    return _hedge(text[left[0] : left[1]]) and _hedge(text[right[0] : right[1]])


@cache
def hedges() -> frozenset[str]:
    """Our own hedge words, and what jionlp takes in besides."""
    tables = tomllib.loads((HERE.parent / "rules" / "numbers" / "bounds" / "rules.toml").read_text(encoding="utf-8"))
    rows = [row for table in tables.values() if isinstance(table, list) for row in table]
    return frozenset({word for row in rows for word in row.get("words", [])} | set("达多余共仅") | {"达到"})


def _hedge(text: str) -> bool:
    while text:
        word = next((text[:k] for k in range(min(5, len(text)), 0, -1) if text[:k] in hedges()), "")
        if not word:
            return False
        text = text[len(word) :]
    return True


def compare(
    text: Text, kind: str, mine: list[Item], other: list[list[Item]]
) -> Iterator[tuple[str, Item | None, Item | None]]:
    """(outcome, ours, theirs) of every find; a find is paired once, with the one it shares most with."""
    left = list(other)
    for one in mine:
        near = [t for t in left if t[0].start < one.end and one.start < t[0].end]
        if not near:
            yield "only ours", one, None
            continue
        best = max(near, key=lambda t: min(t[0].end, one.end) - max(t[0].start, one.start))
        left.remove(best)
        match = next((t for t in best if same_value(kind, one.value, t.value)), None)
        if same_span(text.text, one, best[0]):
            yield ("agree" if match else "other value"), one, match or best[0]
        else:
            yield ("other span" if match else "other span and value"), one, match or best[0]
    for items in left:
        yield "only theirs", None, items[0]


def elsewhere(pair: Pair, kind: str, finds: list[tuple[str, Item]]) -> Pair:
    """A find that only they have, told apart where we have a number of another kind there, or cut otherwise."""
    outcome, mine, other = pair
    if outcome == "only theirs" and other:
        for own, item in finds:
            if item.start < other.end and other.start < item.end:
                return ("in pieces" if own == kind else "other kind"), replace(item, shown=f"{own} {item.shown}"), other
    return outcome, mine, other


OUTCOMES = (
    "agree", "other value", "other span", "other span and value", "in pieces", "only ours", "other kind", "only theirs",
)  # fmt: skip
THEIRS_ALONE = ("in pieces", "other kind", "only theirs")


def main() -> None:
    all_texts = list(texts())
    counts: dict[tuple[str, str], Counter[str]] = {(p, k): Counter() for p, kinds in PEERS.items() for k in kinds}
    other_types: Counter[str] = Counter()
    found: list[list[str]] = []
    with Peer() as peer:
        for name, kinds in PEERS.items():
            answer = peer.ask(name, texts=[t.text for t in all_texts], bases=[t.base for t in all_texts])
            for text, finds in zip(all_texts, answer["found"], strict=True):
                read = [one for one in (theirs(name, (*f,)) for f in finds) if one]
                other_types[name] += len(finds) - len(read)
                mine = list(ours(text))
                for kind in kinds:
                    pairs = compare(text, kind, [i for k, i in mine if k == kind], [i for k, i in read if k == kind])
                    for pair in (elsewhere(p, kind, mine) for p in pairs):
                        counts[name, kind][pair[0]] += 1
                        if pair[0] != "agree":
                            found.append([name, kind, *_cells(text, pair)])
    _write(CACHE / "disagreements.tsv", found)
    print(_table(counts))
    print(f"\n{len(all_texts)} texts, {sum(len(t.text) for t in all_texts):,} characters. Durations, clock times and")
    print(f"recurring times, which are not compared: {dict(other_types)}")


def _table(counts: dict[tuple[str, str], Counter[str]]) -> str:
    out = ["| Peer | Kind | Ours | Theirs | " + " | ".join(OUTCOMES) + " |", "|---|---|" + "--:|" * (len(OUTCOMES) + 2)]
    for (name, kind), count in counts.items():
        sides = [count.total() - sum(count[o] for o in THEIRS_ALONE), count.total() - count["only ours"]]
        out.append(f"| {name} | {kind} | " + " | ".join(map(str, [*sides, *(count[o] for o in OUTCOMES)])) + " |")
    return "\n".join(out)


def _cells(text: Text, pair: Pair) -> list[str]:
    outcome, *items = pair
    at = min(i.start for i in items if i)
    sides = [s for i in items for s in ((text.text[i.start : i.end], i.shown) if i else ("", ""))]
    return [outcome, f"{text.name}:{text.lines[at]}", *sides]


def _write(path: Path, rows: list[list[str]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(["peer", "kind", "outcome", "place", "ours", "our_value", "theirs", "their_value"])
        writer.writerows(rows)
    print(f"{path}: {len(rows)} disagreements")


if __name__ == "__main__":
    main()
