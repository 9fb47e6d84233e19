"""Counts words for the lexicon: those of jieba's dictionary, and of the treebanks and our own texts beside them."""

from __future__ import annotations

import gzip
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from segmenter.data import HAN, Sentence
from zhfacts.link import frequent

LEAST = 10
"""Words that jieba's dictionary has less often are left out."""
TIMES = 100
"""How often a word of a sentence counts beside the sixty million of the dictionary."""
LONGEST = 6
PERSON = "nr"
"""The tag of persons in the dictionary: names of its own time, which would cut others."""


def train(sentences: Iterable[Sentence], folder: Path) -> None:
    """Write the lexicon of jieba's dictionary and of the sentences' words."""
    counts: Counter[str] = Counter()
    total = 0
    for word, times, tag in _dictionary():
        total += times
        if times >= LEAST and tag != PERSON and len(word) <= LONGEST:
            counts[word] += times
    for word in (word for s in sentences for word in s.words if len(word) <= LONGEST and HAN.fullmatch(word[0])):
        if all(HAN.fullmatch(c) for c in word):
            counts[word] += TIMES
            total += TIMES
    write(counts, total, folder)


def write(counts: Counter[str], total: int, folder: Path) -> None:
    """The words by cost, each cost a line."""
    lines: dict[int, list[str]] = defaultdict(list)
    for word in sorted(counts):
        lines[round(-100 * math.log(counts[word] / total))].append(word)
    text = "".join(f"{cost} {' '.join(lines[cost])}\n" for cost in sorted(lines))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / frequent.FILE).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _dictionary() -> Iterator[tuple[str, int, str]]:
    """(word, how often, part of speech) of jieba's dictionary."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines():
        word, times, tag = line.split(" ")
        yield word, int(times), tag
