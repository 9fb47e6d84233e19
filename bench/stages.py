"""Where a run's processor time goes, stage by stage, each without the stages it calls, on text of bench/corpus.py.

`python bench/stages.py --megabytes 5` prints a table; `--cut 0.5` leaves numbers out of half of the paragraphs, to show
that cost follows the numbers in a text more than its length.
"""

from __future__ import annotations

import argparse
import functools
import random
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from corpus import MEGABYTE, PARAGRAPH, varied

import zhfacts
from zhfacts import flow
from zhfacts.cache.store import Entry
from zhfacts.link import frequent, memory, mentions, tags
from zhfacts.tables import parts, rows, write

SPENT: dict[str, float] = defaultdict(float)
_running: list[float] = []
FIGURES = re.compile(r"[0-9０-９]+(?:\.[0-9]+)?[%％]?")


def timed(name: str, owner: Any, attribute: str) -> None:
    """Have a function note the time it takes, less that of noted functions that it calls."""
    function: Callable[..., Any] = getattr(owner, attribute)

    @functools.wraps(function)
    def call(*args: Any, **more: Any) -> Any:
        begin = time.process_time()
        _running.append(0.0)
        try:
            return function(*args, **more)
        finally:
            spent = time.process_time() - begin
            SPENT[name] += spent - _running.pop()
            if _running:
                _running[-1] += spent

    setattr(owner, attribute, call)


STAGES = (
    ("read: bytes, encoding, lines", flow, "read"),
    ("layout: roles, articles, blocks", flow, "lay_out"),
    ("numbers: find", flow, "find"),
    ("link: names", mentions.Mentions, "find"),
    ("link: word boundaries", frequent.Frequent, "cuts"),
    ("link: parts of speech", tags.Tagger, "tag"),
    ("link: parse", memory, "parse"),
    ("link: candidates and choice", flow, "link"),
    ("tables in text", flow, "_tables"),
    ("facts: rows with their places", flow, "_facts"),
    ("check: facts, one by one", flow, "keep_provable"),
    ("tables: columns made of rows", rows, "build"),
    ("tables: checks by column", write, "check_tables"),
    ("tables: row digests", parts.Digest, "update"),
    ("tables: Parquet", parts.TableWriter, "add"),
    ("cache: entries", Entry, "add"),
)


def thinned(text: str, share: float, seed: int) -> str:
    """The text with the figures taken out of a share of its paragraphs."""
    rng = random.Random(seed)  # noqa: S311  # a repeatable text, not a secret
    found = PARAGRAPH.split(text)
    return "\n\n".join(FIGURES.sub("许多", p) if rng.random() < share else p for p in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cut", type=float, default=0.0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "in")
        folder.mkdir()
        characters = 0
        for number, text in enumerate(varied(int(args.megabytes * MEGABYTE), args.seed)):
            told = thinned(text, args.cut, number) if args.cut else text
            (folder / f"{number:05}.txt").write_text(told, encoding="utf-8")
            characters += len(told)
        zhfacts.extract("2023年，远岚集团营业收入增长8.7%。")  # rules and models are loaded once for all
        for stage in STAGES:
            timed(*stage)
        begin = time.process_time()
        run = zhfacts.run([folder], Path(place, "out"), force=True)
        whole = time.process_time() - begin
    facts = run.info["tables"]["facts"]["count"]
    print(f"{args.megabytes:g} MB, {characters:,} characters, {facts:,} facts ({1e6 * facts / characters:,.0f} for a")
    print(f"million characters): {whole:.1f} s, {characters / whole:,.0f} characters/s, {facts / whole:,.0f} facts/s\n")
    print("| stage | seconds | share | µs for a character | µs for a fact |")
    print("| --- | --: | --: | --: | --: |")
    for name, spent in [*SPENT.items(), ("the rest", whole - sum(SPENT.values()))]:
        each = f"{1e6 * spent / characters:.2f} | {1e6 * spent / max(1, facts):,.0f}"
        print(f"| {name} | {spent:.2f} | {100 * spent / whole:.1f} % | {each} |")


if __name__ == "__main__":
    main()
