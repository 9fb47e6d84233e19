"""Parts of speech of words, as Universal Dependencies names them: 出口额 增长 8.7% -> NOUN VERB NUM.

A linear chain of our own: whole-number weights for what a word looks like, for its neighbours and for two tags in
a row, so that sums are exact and the same everywhere. Trained by `make segmenter`, beside the segmenter.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]

SHIPPED: Final = Path(__file__).resolve().parents[1] / "models" / "segmenter"
FILE: Final = "tags.json.gz"
SPACE: Final = "SPACE"
"""The tag of white space, as spaCy has it."""
KNOWN: Final = 1 << 14
"""Words whose scores are kept."""
LONGEST: Final = 4
"""Beyond it the lengths of words make no difference."""
PIECE: Final = 1000
"""Words decided at once: bounds the memory that a long text takes."""


def shape(word: str) -> str:
    """What kind of characters a word has: 8.7% -> d., 出口额 -> h, GPT -> l."""
    kinds: list[str] = []
    for c in word[:LONGEST]:
        kind = "d" if c.isnumeric() else ("h" if c >= "一" else "l") if c.isalpha() else "."
        if not kinds or kinds[-1] != kind:
            kinds.append(kind)
    return "".join(kinds)


def own(word: str) -> tuple[str, ...]:
    """Features that a word has by itself."""
    first, last, length = word[0], word[-1], min(len(word), LONGEST)
    return (
        "bias",
        "w" + word,
        f"a{length}{first}",
        f"z{length}{last}",
        "a" + first,
        "z" + last,
        "A" + word[:2],
        "Z" + word[-2:],
        f"s{length}{shape(word)}",
    )


def before(word: str) -> tuple[str, ...]:
    """Features that a word gives to the one after it."""
    return ("p" + word, "P" + word[-1], "q" + shape(word))


def after(word: str) -> tuple[str, ...]:
    """Features that a word gives to the one before it."""
    return ("n" + word, "N" + word[0], "m" + shape(word))


START, END = ("p",), ("n",)
"""Features of the first and of the last word."""


class Tagger:
    """Weights and what is computed from them; nothing that matters changes once it is loaded."""

    def __init__(self, names: Sequence[str], weights: Mapping[str, Sequence[int]], between: Scores) -> None:
        from spacy_pkuseg.inference import run_viterbi  # a tenth of a second, for whoever tags

        self.names = tuple(names)
        self._decode = run_viterbi
        self.weights = {feature: np.array(row, dtype=np.float64) for feature, row in weights.items()}
        self.between = between
        self.start, self.end = self._sum(START), self._sum(END)
        self._lock = threading.Lock()
        self._rows: dict[str, int] = {}
        self._scores = np.empty((KNOWN, 3, len(self.names)))
        """For each word that was met the scores it gives itself, the word after it and the word before it."""

    def _sum(self, features: Iterable[str]) -> Scores:
        total: Scores = np.zeros(len(self.names))
        for feature in features:
            row = self.weights.get(feature)
            if row is not None:
                total += row
        return total

    def knows(self, word: str) -> bool:
        """Whether it has learnt anything of this very word."""
        return "w" + word in self.weights

    def tag(self, words: Sequence[str]) -> list[str]:
        """One tag for each word: 我国 出口 增长 -> PRON NOUN VERB."""
        if not all(words) or any(map(str.isspace, words)):
            told = iter(self.tag([word for word in words if word and not word.isspace()]))
            return [next(told) if word and not word.isspace() else SPACE for word in words]
        pieces = [words[at : at + PIECE] for at in range(0, len(words), PIECE)]
        return [self.names[state] for piece in pieces for state in self._states(piece)]

    def _met(self, words: Sequence[str]) -> list[int]:
        """The rows of words; when all rows are taken, all are given anew."""
        if len(self._rows) + len(words) > KNOWN:
            self._rows.clear()
        rows = self._rows
        for word in words:
            if word not in rows:
                rows[word] = len(rows)
                self._scores[rows[word]] = [self._sum(features(word)) for features in (own, before, after)]
        return [rows[word] for word in words]

    def _states(self, words: Sequence[str]) -> list[int]:
        with self._lock:
            rows = self._met(words)
            own, before, after = self._scores[rows].swapaxes(0, 1)
        scores = own.copy()
        scores[0] += self.start
        scores[1:] += before[:-1]
        scores[:-1] += after[1:]
        scores[-1] += self.end
        states: list[int] = self._decode(scores, self.between)[1].tolist()
        return states


@lru_cache(maxsize=4)
def tagger(folder: Path = SHIPPED) -> Tagger:
    """The tagger of a folder, loaded once."""
    data: dict[str, Any] = json.loads(gzip.decompress((folder / FILE).read_bytes()))
    names = data["tags"]
    weights: dict[str, list[int]] = {}
    for feature, row in data["weights"].items():
        dense = [0] * len(names)
        for tag, weight in zip(row[::2], row[1::2], strict=True):
            dense[tag] = weight
        weights[feature] = dense
    return Tagger(names, weights, np.array(data["between"], dtype=np.float64))


def tag(words: Sequence[str]) -> list[str]:
    """UPOS of each word of a clause by the shipped tagger, SPACE for white space."""
    return tagger().tag(words)


def digest(folder: Path = SHIPPED) -> str:
    """SHA-256 of the tagger's file, as hex."""
    return hashlib.sha256((folder / FILE).read_bytes()).hexdigest()
