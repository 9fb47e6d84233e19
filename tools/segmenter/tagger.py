"""Trains the tagger: an averaged structured perceptron over the features of zhfacts.link.tags."""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from spacy_pkuseg.inference import run_viterbi

from segmenter.data import Sentence
from zhfacts.link import tags

ROUNDS = 8
SCALE = 100
"""Averaged weights are kept as whole hundredths."""
SEEN_AT_LEAST = 2
"""Features that only one word of the whole training part has are left out."""
SMALLEST = 0.3


def train(sentences: Sequence[Sentence], folder: Path, rounds: int = ROUNDS) -> None:
    """Learn from the tagged sentences and write the weights."""
    names = sorted({name for sentence in sentences for name in sentence.tags})
    index, numbered = _numbered(sentences)
    golds = [np.array([names.index(name) for name in sentence.tags]) for sentence in sentences]
    chain = Chain(len(index), len(names))
    shuffled = random.Random(0)  # noqa: S311  # an order, no secret
    order = list(range(len(sentences)))
    for _ in range(rounds):
        shuffled.shuffle(order)
        for i in order:
            chain.learn(numbered[i], golds[i])
    write(folder, names, index, *chain.averaged())


def _numbered(sentences: Sequence[Sentence]) -> tuple[dict[str, int], list[list[list[int]]]]:
    """Numbers of the features that are frequent enough, and each word's features by number."""
    seen = [features(sentence.words) for sentence in sentences]
    counted = Counter(feature for rows in seen for row in rows for feature in row)
    kept = [feature for feature, n in counted.items() if n >= SEEN_AT_LEAST]
    index = {feature: n for n, feature in enumerate(sorted(kept))}
    return index, [[[index[f] for f in row if f in index] for row in rows] for rows in seen]


def features(words: Sequence[str]) -> list[tuple[str, ...]]:
    """All features of each word of a sentence."""
    left = [tags.START, *(tags.before(word) for word in words[:-1])]
    right = [*(tags.after(word) for word in words[1:]), tags.END]
    return [(*tags.own(word), *a, *b) for word, a, b in zip(words, left, right, strict=True)]


class Chain:
    """Weights while they are learnt, with the sums that their average needs."""

    def __init__(self, size: int, names: int) -> None:
        self.weights, self.weighted = np.zeros((size, names)), np.zeros((size, names))
        self.between, self.between_weighted = np.zeros((names, names)), np.zeros((names, names))
        self.step = 1

    def learn(self, rows: Sequence[list[int]], gold: np.ndarray[Any, Any]) -> None:
        """Decode one sentence and move the weights from what was wrong to what is right."""
        scores = np.array([self.weights[row].sum(0) for row in rows])
        found = run_viterbi(scores, self.between)[1]
        for i in np.flatnonzero(found != gold):
            self._add(rows[i], gold[i], 1)
            self._add(rows[i], found[i], -1)
        for states, sign in ((gold, 1), (found, -1)):
            np.add.at(self.between, (states[:-1], states[1:]), sign)
            np.add.at(self.between_weighted, (states[:-1], states[1:]), sign * self.step)
        self.step += 1

    def _add(self, row: list[int], state: int, sign: int) -> None:
        self.weights[row, state] += sign
        self.weighted[row, state] += sign * self.step

    def averaged(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Weights averaged over all steps."""
        return self.weights - self.weighted / self.step, self.between - self.between_weighted / self.step


def write(
    folder: Path,
    names: Sequence[str],
    index: dict[str, int],
    weights: np.ndarray[Any, Any],
    between: np.ndarray[Any, Any],
) -> None:
    """The weights as whole numbers, small ones left out; a row is tag, weight, tag, weight."""
    rows = {}
    for feature, n in index.items():
        strong = np.flatnonzero(np.abs(weights[n]) >= SMALLEST)
        row = [int(x) for tag in strong for x in (tag, round(weights[n, tag] * SCALE))]
        if row:
            rows[feature] = row
    data = {"tags": list(names), "between": np.rint(between * SCALE).astype(int).tolist(), "weights": rows}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / tags.FILE).write_bytes(gzip.compress(text.encode(), 9, mtime=0))
