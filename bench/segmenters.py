"""Speeds of the segmenters and the tagger, cold and warm, on the clauses with digits of our own sample documents.

`.venv/bin/python bench/segmenters.py`
"""

from __future__ import annotations

import re
import resource
import time
from pathlib import Path

from zhfacts.errors import InputError
from zhfacts.link import tags, words

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
CLAUSE = re.compile(r"[^，。；！？\n]+[，。；！？]?")
NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
LEAST = 200_000


def clauses() -> list[str]:
    """Clauses with a digit, their line wraps undone."""
    texts = [path.read_text("utf-8").replace("\n", "") for path in sorted(SEEDS.glob("*.txt"))]
    return [c for text in texts for c in CLAUSE.findall(text) if NUMBER.search(c)]


def main() -> None:
    """Print characters a second of each, with the numbers protected."""
    found = [(c, [m.span() for m in NUMBER.finditer(c)]) for c in clauses()]
    size = sum(len(c) for c, _ in found)
    rounds = -(-LEAST // size)
    print(f"{len(found)} clauses, {size} characters, {rounds} rounds")
    for name in ("char", "lexicon", "pkuseg", "jieba"):
        start = time.perf_counter()
        try:
            chosen = words.segmenter(name)
        except InputError as error:
            print(f"{name}: {error}")
            continue
        loaded = time.perf_counter()
        for _ in range(rounds):
            cut = [chosen.words(c, spans) for c, spans in found]
        done = time.perf_counter()
        for _ in range(rounds):
            for row in cut:
                tags.tag(row)
        tagged = time.perf_counter()
        print(
            f"{name}: loaded in {loaded - start:.2f} s, {rounds * size / (done - loaded):,.0f} characters/s, "
            f"with tags {rounds * size / (tagged - loaded):,.0f}; "
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
        )


if __name__ == "__main__":
    main()
