"""Scores of the segmenters and of the tagger on sentences that were not learnt from, and their speeds.

`PYTHONPATH=tools .venv/bin/python -m segmenter.measure ../shared/ud` prints a table.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from segmenter import data
from segmenter.data import Sentence
from zhfacts.errors import InputError
from zhfacts.link import tags, words

Cut = Callable[[str], list[str]]


def spans(cut: Iterable[str]) -> set[tuple[int, int]]:
    """Start and end of each word."""
    found, at = set(), 0
    for word in cut:
        found.add((at, at + len(word)))
        at += len(word)
    return found


def word_f1(cut: Cut, sentences: Iterable[Sentence]) -> float:
    """F1 of whole words in percent."""
    hit = gold = found = 0
    for sentence in sentences:
        right, said = spans(sentence.words), spans(cut(sentence.text))
        hit, gold, found = hit + len(right & said), gold + len(right), found + len(said)
    return 200 * hit / max(1, gold + found)


def accuracy(tag: Callable[[Sequence[str]], list[str]], sentences: Iterable[Sentence]) -> float:
    """How many of the treebank's own words get the right tag, in percent."""
    pairs = [pair for s in sentences for pair in zip(tag(s.words), s.tags, strict=True)]
    return 100 * sum(a == b for a, b in pairs) / max(1, len(pairs))


def joint_f1(cut: Cut, tag: Callable[[Sequence[str]], list[str]], sentences: Iterable[Sentence]) -> float:
    """F1 in percent of words that are both cut and tagged right."""
    hit = total = 0
    for s in sentences:
        found = cut(s.text)
        right = set(zip(sorted(spans(s.words)), s.tags, strict=True))
        said = set(zip(sorted(spans(found)), tag(found), strict=True))
        hit, total = hit + len(right & said), total + len(right) + len(said)
    return 200 * hit / max(1, total)


def speed(work: Callable[[str], object], texts: Sequence[str], least: float = 1.0) -> float:
    """Characters a second, over at least so many seconds."""
    start, done = time.perf_counter(), 0
    while time.perf_counter() - start < least:
        for text in texts:
            work(text)
        done += sum(map(len, texts))
    return done / (time.perf_counter() - start)


def held_out(parts: dict[str, list[Sentence]]) -> dict[str, list[Sentence]]:
    """The sentences of each part that were not learnt from."""
    return {name: [s for s in sentences if s.held_out] for name, sentences in parts.items()}


def main() -> None:
    """Print a table of all segmenters that are installed."""
    banks = held_out(data.treebanks(Path(sys.argv[1])))
    everything = [s for part in banks.values() for s in part]
    texts = [s.text for s in everything]
    for name in ("pkuseg", "jieba", "char"):
        try:
            chosen = words.segmenter(name)
        except InputError as error:
            print(f"{name}: {error}")
            continue
        scores = " ".join(f"{part} {word_f1(chosen.words, kept):.2f}" for part, kept in banks.items())
        joint = joint_f1(chosen.words, tags.tag, everything)
        print(f"{name}: {scores} words and tags {joint:.2f}; {speed(chosen.words, texts):,.0f} characters/s")
    print(f"tagger: {accuracy(tags.tag, everything):.2f} % of the treebanks' words")
    rows = [words.segmenter("pkuseg").words(text) for text in texts]
    start = time.perf_counter()
    for row in rows:
        tags.tag(row)
    print(f"tagger: {sum(map(len, texts)) / (time.perf_counter() - start):,.0f} characters/s")


if __name__ == "__main__":
    main()
